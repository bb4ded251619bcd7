"""Starting, joining, cancelling, draining and resuming runs."""

from __future__ import annotations

import asyncio

import pytest

from magflow_tui.sandbox import Latency, SandboxAccount
from magflow_tui.sync import NotResumableError, SyncPolicy, UnknownAccountError

LONG = SandboxAccount(name="main", username="u", password="p", orders=900, offers=1200, days=20, fbe=0.1)


async def test_a_second_start_joins_the_run_that_is_at_work(rigs):
    rig = await rigs(LONG)
    starts = [rig.runner.start("main", "orders", full=True, requested_by="test") for _ in range(3)]
    started = await asyncio.gather(*starts)
    assert len({one.run.run_id for one in started}) == 1
    assert [one.joined for one in started] == [False, True, True]
    assert rig.runner.is_running("main", "orders")
    assert (await rig.runner.wait(started[0].run.run_id)).result == "completed"
    assert not rig.runner.is_running("main", "orders")
    assert (await rig.store.list_runs()).runs == (await rig.runner.wait(started[0].run.run_id),)


async def test_resources_of_an_account_and_accounts_run_side_by_side(rigs):
    other = SandboxAccount(name="hu", platform="emag-hu", username="h", password="h", orders=60, days=9)
    rig = await rigs(LONG, other, latency=Latency(mean=0.03))
    runs = await asyncio.gather(
        *(
            rig.runner.start(account, resource, full=True, requested_by="test")
            for account in ("main", "hu")
            for resource in ("orders", "offers", "rma")
        )
    )
    assert len(rig.runner.running()) == 6
    ended = [await rig.runner.wait(one.run.run_id) for one in runs]
    assert {run.result for run in ended} == {"completed"}
    for account in ("main", "hu"):
        for table in ("orders", "offers", "rma"):
            assert rig.stored(table, account) == rig.truth(table, account)


async def test_an_unknown_account_is_refused_naming_those_that_exist(rigs):
    rig = await rigs(LONG)
    with pytest.raises(UnknownAccountError, match=r"no account shop .*main"):
        await rig.runner.start("shop", "orders", full=False, requested_by="test")


@pytest.mark.parametrize("mode", ["after_page", "now"])
async def test_a_cancelled_run_keeps_its_pages_and_goes_on_from_there(rigs, mode):
    rig = await rigs(LONG)
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    run_id = started.run.run_id
    await rigs.until(lambda: rig.runner.running()[0].page >= 4)
    assert await rig.runner.cancel(run_id, mode)
    cancelled = await rig.runner.wait(run_id)
    assert (cancelled.result, cancelled.reason) == ("cancelled", "cancelled by the operator")
    assert 4 <= cancelled.pages < 9
    assert cancelled.items == len(rig.stored())
    assert not await rig.runner.cancel(run_id, mode)

    await rig.runner.resume(run_id)
    run = await rig.runner.wait(run_id)
    assert (run.result, run.resumed, run.finished_at is not None) == ("completed", 1, True)
    assert run.created == 900
    assert run.created + run.updated + run.unchanged + run.failed == run.items
    assert run.requests == len([record for record in rig.requests if record.run_id == run_id])
    assert rig.stored() == rig.truth()


async def test_cancelling_at_once_does_not_wait_for_an_answer_under_way(rigs):
    rig = await rigs(LONG, latency=Latency(mean=30.0))
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    await rigs.until(lambda: rig.sandbox.stats.served > 0)
    await rig.runner.cancel(started.run.run_id, "now")
    async with asyncio.timeout(5):
        assert (await rig.runner.wait(started.run.run_id)).result == "cancelled"


async def test_what_is_drained_stays_running_in_the_store_and_the_next_engine_goes_on_with_it(rigs):
    rig = await rigs(LONG)
    started = [
        await rig.runner.start("main", resource, full=True, requested_by="test") for resource in ("orders", "offers")
    ]
    await rigs.until(lambda: all(progress.page >= 2 for progress in rig.runner.running()))
    await rig.runner.drain(5.0)
    assert rig.runner.running() == ()
    pages = {}
    for one in started:
        run = await rig.store.get_run(one.run.run_id)
        assert (run.result, run.finished_at) == ("running", None)
        pages[run.run_id] = run.pages

    successor = await rigs(LONG, sandbox=rig.sandbox)
    resumed = await successor.runner.resume_interrupted()
    assert {run.run_id for run in resumed} == set(pages)
    for run_id, before in pages.items():
        run = await successor.runner.wait(run_id)
        assert (run.result, run.resumed) == ("completed", 1)
        assert run.pages > before
        assert run.created + run.updated + run.unchanged + run.failed == run.items
    assert successor.stored() == rig.truth()
    assert successor.stored("offers") == rig.truth("offers")
    # Nothing was read twice: every order once, and the few that the last window of changes holds.
    orders = await successor.store.get_run(started[0].run.run_id)
    assert orders.created == 900
    assert orders.unchanged < 20


async def test_starting_goes_on_with_a_run_that_was_left_unfinished(rigs):
    rig = await rigs(LONG)
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    await rigs.until(lambda: rig.runner.running()[0].page >= 2)
    await rig.runner.drain(5.0)
    successor = await rigs(LONG, sandbox=rig.sandbox)
    again = await successor.runner.start("main", "orders", full=False, requested_by="other")
    assert (again.run.run_id, again.joined, again.run.resumed) == (started.run.run_id, False, 1)
    assert (await successor.runner.wait(again.run.run_id)).result == "completed"


async def test_a_full_sync_replaces_an_incremental_one_that_was_left_unfinished(rigs):
    rig = await rigs(LONG)
    await rig.sync(full=True)
    rig.sandbox.control.change_orders(500)
    incremental = await rig.runner.start("main", "orders", full=False, requested_by="test")
    await rigs.until(lambda: rig.runner.running()[0].page >= 1)
    await rig.runner.drain(5.0)
    successor = await rigs(LONG, sandbox=rig.sandbox)
    full = await successor.runner.start("main", "orders", full=True, requested_by="test")
    assert full.run.run_id != incremental.run.run_id
    assert (await successor.runner.wait(full.run.run_id)).result == "completed"
    assert (await successor.store.get_run(incremental.run.run_id)).result == "cancelled"
    assert successor.stored() == rig.truth()


async def test_a_failed_first_sync_is_gone_on_with_by_the_next_start(rigs):
    rig = await rigs(LONG)
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    await rigs.until(lambda: rig.runner.running()[0].page >= 3)
    rig.sandbox.control.refuse_ip(True)
    assert (await rig.runner.wait(started.run.run_id)).result == "failed"
    rig.sandbox.control.refuse_ip(False)
    again = await rig.runner.start("main", "orders", full=False, requested_by="schedule")
    assert (again.run.run_id, again.run.resumed) == (started.run.run_id, 1)
    assert (await rig.runner.wait(again.run.run_id)).result == "completed"
    assert rig.stored() == rig.truth()


async def test_what_is_complete_or_unknown_or_busy_cannot_be_resumed(rigs):
    rig = await rigs(LONG)
    run = await rig.sync("rma")
    with pytest.raises(NotResumableError, match="nothing left"):
        await rig.runner.resume(run.run_id)
    with pytest.raises(NotResumableError, match="no run 99"):
        await rig.runner.resume(99)
    first = await rig.runner.start("main", "offers", full=True, requested_by="test")
    await rig.runner.cancel(first.run.run_id, "now")
    await rig.runner.wait(first.run.run_id)
    await rig.runner.start("main", "offers", full=True, requested_by="test")
    if rig.runner.is_running("main", "offers"):
        with pytest.raises(NotResumableError, match="is running"):
            await rig.runner.resume(first.run.run_id)


async def test_a_run_tells_what_it_does_while_it_does_it(rigs):
    rig = await rigs(LONG, policy=SyncPolicy(ahead=1))
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    await rigs.until(lambda: rig.runner.running()[0].page >= 3)
    progress = rig.runner.running()[0]
    assert progress.phase.startswith("orders 2")
    assert "type 3" in progress.phase
    assert progress.items_total == 900
    assert progress.items == progress.created == 100 * progress.page
    assert progress.pages_total == 9
    assert progress.items_per_second > 0
    assert progress.eta_seconds > 0
    await rig.runner.cancel(started.run.run_id, "after_page")
    assert all(one.stopping for one in rig.runner.running())
    await rig.runner.wait(started.run.run_id)
    assert [event.kind for event in rig.events] == ["run.started", "run.finished"]
    assert rig.events[1].message.startswith("full sync of orders cancelled")


async def test_waiting_for_a_run_that_never_was_is_an_error(rigs):
    rig = await rigs(LONG)
    with pytest.raises(LookupError):
        await rig.runner.wait(12)
