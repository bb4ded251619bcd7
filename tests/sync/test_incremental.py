"""An incremental sync: what changed, and hardly anything else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from magflow_tui.sandbox import SandboxAccount


async def test_an_incremental_sync_fetches_what_changed_and_under_5_percent_else(rigs):
    rig = await rigs()
    await rig.sync(full=True)
    rig.clock.seconds += 600
    changed = rig.sandbox.control.change_orders(150)["main"]
    added = rig.sandbox.control.add_orders(50)["main"]
    run = await rig.sync()
    assert (run.kind, run.result) == ("incremental", "completed")
    assert (run.created, run.updated) == (50, len(set(changed)))
    assert run.items <= 1.05 * len({*changed, *added})
    assert rig.stored() == rig.truth()


async def test_without_a_change_an_incremental_sync_is_one_page_of_each_type(rigs):
    rig = await rigs()
    await rig.sync(full=True)
    rig.requests.clear()
    run = await rig.sync()
    assert rig.routes() == ["order/read", "order/read"]
    assert (run.created, run.updated, run.result) == (0, 0, "completed")


async def test_an_account_of_one_type_alone_does_not_read_more_with_every_run(rigs):
    rig = await rigs(SandboxAccount(name="main", username="u", password="p", orders=200, fbe=1.0, days=70))
    await rig.sync(full=True)
    read = []
    for _ in range(8):
        rig.clock.seconds += 900
        rig.sandbox.control.change_orders(40)
        run = await rig.sync()
        assert run.result == "completed"
        assert rig.stored() == rig.truth()
        read.append(run.items)
    assert max(read[1:]) <= 2 * 40


async def test_a_quiet_type_is_read_once_more_only_when_it_lags(rigs):
    rig = await rigs(SandboxAccount(name="main", username="u", password="p", orders=60, fbe=1.0, days=70))
    await rig.sync(full=True)
    rig.sandbox.control.change_orders(3)
    await rig.sync()
    rig.clock.seconds += 60
    rig.sandbox.control.change_orders(3)
    rig.requests.clear()
    await rig.sync()
    assert rig.routes() == ["order/read"] * 2
    rig.clock.seconds += 900
    rig.sandbox.control.change_orders(3)
    rig.requests.clear()
    await rig.sync()
    assert rig.routes() == ["order/read"] * 3


async def test_an_account_never_read_whole_is_read_in_full_first(rigs):
    rig = await rigs()
    run = await rig.sync()
    assert run.kind == "full"
    assert (await rig.sync()).kind == "incremental"


async def test_changes_of_months_are_caught_up_with_in_spans_the_marketplace_accepts(rigs):
    rig = await rigs()
    await rig.sync(full=True)
    for _ in range(4):
        rig.clock.seconds += 25 * 86_400
        rig.sandbox.control.change_orders(60)
        rig.sandbox.control.add_orders(60)
    run = await rig.sync()
    assert (run.kind, run.result) == ("incremental", "completed")
    assert rig.stored() == rig.truth()


@pytest.mark.parametrize("skew", [-7200, 7200])
async def test_a_wrong_clock_of_ours_loses_no_change(rigs, skew):
    rig = await rigs()
    true_time = rig.clock.seconds
    rig.sandbox.app.world._wall_clock = lambda: true_time  # a clock of its own; ours is the rig's
    rig.clock.seconds += skew
    await rig.sync(full=True)
    for _ in range(3):
        true_time += 300
        rig.clock.seconds += 300
        rig.sandbox.control.change_orders(10)
        rig.sandbox.control.add_orders(3)
        assert (await rig.sync()).result == "completed"
        assert rig.stored() == rig.truth()


async def test_the_hour_that_repeats_in_autumn_hides_no_change(rigs):
    # 2026-10-25 03:00–04:00 in Bucharest happens twice: 00:00–01:00 and 01:00–02:00 UTC.
    rigs.clock.seconds = datetime(2026, 10, 24, 23, 0, tzinfo=UTC).timestamp()
    rig = await rigs(SandboxAccount(name="main", username="u", password="p", orders=300, days=40))
    await rig.sync(full=True)
    changed = set()
    for minutes in (30, 55, 70, 85, 100, 115, 130, 150, 175, 185, 200):  # through both passes, and out of the hour
        rig.clock.seconds = datetime(2026, 10, 24, 23, 0, tzinfo=UTC).timestamp() + 60 * minutes
        changed.update(rig.sandbox.control.change_orders(8)["main"])
        rig.sandbox.control.add_orders(1)
        run = await rig.sync()
        assert run.result == "completed"
        assert rig.stored() == rig.truth(), f"{minutes} min"
    assert len(changed) > 50


async def test_a_time_in_the_future_in_a_broken_order_does_not_move_the_watermark_there(rigs):
    rig = await rigs()
    book = rig.sandbox.app.world.sellers["main"].orders
    await rig.sync(full=True)
    rig.clock.seconds += 60
    book.change(5, int(rig.clock.seconds), lambda body: body.update(modified="2031-01-01 00:00:00"))
    await rig.sync()
    rig.clock.seconds += 600
    rig.sandbox.control.change_orders(20)
    await rig.sync()
    assert rig.stored() == rig.truth()
