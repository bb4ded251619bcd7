"""Every page that could not be read is in the record by name, with its attempts, until it is read after all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from magflow_tui.sandbox import Faults, PageFault, SandboxAccount
from magflow_tui.sync.checkpoint import decode_window

LONG = SandboxAccount(name="main", username="u", password="p", orders=900, days=12, fbe=0.1)
#: A run that lacks a page cannot tell that nothing is older, and would walk back to 2012.
RECENT = datetime.now(UTC).date() - timedelta(days=60)


def failures(rig, page):
    """Requests of a page that did not succeed."""
    return [record for record in rig.requests if record.page == page and record.outcome not in ("ok", "cancelled")]


async def test_a_page_that_always_fails_is_in_the_record_with_every_attempt(rigs):
    rig = await rigs(LONG, history_start=RECENT, faults=Faults(pages=(PageFault(route="order/read", page=3),)))
    run = await rig.sync(full=True)
    missed = await rig.store.missed_pages(run.run_id)
    assert {page.page for page in missed} == {3}
    assert all(page.recovered is None and page.error for page in missed)
    assert sum(page.attempts for page in missed) == len(failures(rig, 3))
    assert all(page.attempts > 4 for page in missed)  # more than one round of a call and its three retries
    assert {decode_window(page.place).type for page in missed} <= {2, 3}


async def test_a_page_that_fails_for_a_while_is_recovered_in_the_record(rigs):
    rig = await rigs(LONG, history_start=RECENT, faults=Faults(pages=(PageFault(route="order/read", page=3, times=6),)))
    run = await rig.sync(full=True)
    (page,) = await rig.store.missed_pages(run.run_id)
    assert run.result == "completed"
    assert page.page == 3
    assert 0 < page.attempts <= len(failures(rig, 3))
    assert page.recovered is not None


async def test_a_resumed_run_that_gets_its_page_has_nothing_missing_any_more(rigs):
    rig = await rigs(LONG, history_start=RECENT, faults=Faults(pages=(PageFault(route="order/read", page=3),)))
    partial = await rig.sync(full=True)
    rig.sandbox.control.set_faults(Faults())
    await rig.runner.resume(partial.run_id)
    assert (await rig.runner.wait(partial.run_id)).result == "completed"
    missed = await rig.store.missed_pages(partial.run_id)
    assert missed
    assert all(page.recovered is not None for page in missed)


async def test_changes_whose_page_fails_are_missed_once_and_settled_when_the_window_is_read(rigs):
    rig = await rigs(LONG)
    await rig.sync(full=True)
    rig.clock.seconds += 600
    rig.sandbox.control.change_orders(250)
    rig.sandbox.control.set_faults(Faults(pages=(PageFault(route="order/read", page=2),)))
    run = await rig.sync()
    missed = await rig.store.missed_pages(run.run_id)
    assert run.result == "partial"
    assert {page.page for page in missed} == {2}
    rig.sandbox.control.set_faults(Faults())
    await rig.runner.resume(run.run_id)
    await rig.runner.wait(run.run_id)
    assert all(page.recovered is not None for page in await rig.store.missed_pages(run.run_id))


async def test_a_run_without_failures_missed_nothing(rigs):
    rig = await rigs(LONG)
    run = await rig.sync(full=True)
    assert await rig.store.missed_pages(run.run_id) == ()
