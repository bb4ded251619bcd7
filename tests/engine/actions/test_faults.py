"""A marketplace that breaks off, stays silent or fails: the right fate for each order, and nothing done twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from magflow_tui.engine.actions import ActionPolicy
from magflow_tui.sandbox import Faults
from magflow_tui.sandbox.lifecycle import return_all

if TYPE_CHECKING:
    from conftest import Bench

#: Faults of an answer, and whether the marketplace has done what was asked all the same.
FAULTS = {
    "server_error": False,
    "reset": False,
    "cut_headers": False,
    "hang_before": False,
    "server_error_after": True,
    "reset_after": True,
    "truncated": True,
    "missing_is_error": True,
    "null_results": True,
    "hang": True,
    "slow": True,
}


@pytest.mark.parametrize(("fault", "happened"), FAULTS.items())
async def test_a_bulk_cancellation_whose_answer_is_spoilt_has_the_right_fate(
    bench: Bench, fault: str, happened: bool
) -> None:
    ids = [bench.bring(2) for _ in range(3)]
    await bench.put(*ids)
    bench.server.control.set_faults(Faults(slow_seconds=0.05))
    bench.fault(fault, "order/save")
    batch = await bench.act("cancel", *ids, reason=24)
    assert {row.state for row in batch.rows} == {"done" if happened else "failed"}, batch.rows[0].message
    assert bench.applied("cancelled") == (dict.fromkeys(ids, 1) if happened else {})
    assert bench.served(("order/save",)) == 1
    assert {row.status_after for row in batch.rows} == {0 if happened else 2}
    if not happened:
        assert bench.clock.waits == [10.0], "it may still happen: it is looked at again once that is over"
        again = await bench.act("cancel", *ids, reason=24)
        assert again.done == 3, "the operator may ask again"


@pytest.mark.parametrize(("fault", "happened"), FAULTS.items())
async def test_an_acknowledgement_whose_answer_is_spoilt_has_the_right_fate(
    bench: Bench, fault: str, happened: bool
) -> None:
    order_id = bench.bring(1)
    await bench.put(order_id)
    bench.server.control.set_faults(Faults(slow_seconds=0.05))
    bench.fault(fault, "order/acknowledge")
    row = await bench.row("acknowledge", order_id)
    assert row.state == ("done" if happened else "failed"), row.message
    assert bench.applied("acknowledged") == ({order_id: 1} if happened else {})
    assert bench.status(order_id) == (2 if happened else 1)


@pytest.mark.parametrize("fault", ["reset", "reset_after", "hang_before", "server_error_after"])
async def test_an_attachment_whose_answer_is_spoilt_has_the_right_fate(bench: Bench, fault: str) -> None:
    order_id = bench.bring(4)
    await bench.put(order_id)
    bench.fault(fault, "order/attachments/save")
    row = await bench.row("attach", order_id, url="https://example.com/f.pdf")
    happened = FAULTS[fault]
    assert row.state == ("done" if happened else "failed"), row.message
    assert bench.applied("attached") == ({order_id: 1} if happened else {})


async def test_a_write_that_is_refused_for_its_rate_is_repeated_and_done_once(bench: Bench) -> None:
    ids = [bench.bring(2) for _ in range(3)]
    await bench.put(*ids)
    bench.server.control.set_faults(Faults(retry_after=0))
    bench.fault("rate_limited", "order/save", times=2)
    batch = await bench.act("cancel", *ids, reason=24)
    assert batch.done == 3
    assert bench.applied("cancelled") == dict.fromkeys(ids, 1)
    assert bench.served(("order/save",)) == 3


async def test_a_write_that_is_carried_out_long_after_its_caller_gave_up_is_found_to_be_done(bench: Bench) -> None:
    ids = [bench.bring(2) for _ in range(2)]
    await bench.put(*ids)
    bench.server.control.set_faults(Faults(late_seconds=0.5))
    bench.fault("late", "order/save")
    bench.desk = bench.new_desk(policy=ActionPolicy(settle=0.6), sleep=asyncio.sleep)
    batch = await bench.act("cancel", *ids, reason=24)
    assert {row.state for row in batch.rows} == {"done"}
    assert "the answer was lost" in batch.rows[0].message
    assert bench.applied("cancelled") == dict.fromkeys(ids, 1)


async def test_nothing_is_sent_for_an_order_that_cannot_be_read_first(bench: Bench) -> None:
    order_id, other = bench.bring(2), bench.bring(2)
    await bench.put(order_id, other)
    bench.fault("server_error", "order/read", times=8)
    batch = await bench.act("cancel", order_id, other, reason=24)
    assert {row.state for row in batch.rows} == {"failed"}
    assert all(row.message.startswith("nothing was sent") for row in batch.rows)
    assert bench.served() == 0
    assert bench.clock.waits[:1] != [], "reads are repeated, a few times"


async def test_reading_back_goes_on_until_the_marketplace_can_be_read(bench: Bench) -> None:
    order_id = bench.bring(1)
    await bench.put(order_id)
    bench.fault("server_error", "order/read", times=9)
    row = await bench.row("acknowledge", order_id)
    assert row.state == "done"
    assert bench.served(("order/read",)) == 10
    assert bench.served() == 1


async def test_an_account_that_is_not_let_in_is_told_so(bench: Bench) -> None:
    new, running = bench.bring(1), bench.bring(2)
    await bench.put(new, running)
    bench.server.control.refuse_ip(True, account="main")
    acknowledged = await bench.row("acknowledge", new)
    assert acknowledged.state == "failed"
    assert "Invalid vendor ip" in acknowledged.message
    cancelled = await bench.row("cancel", running, reason=24)
    assert cancelled.state == "failed"
    assert bench.served(("order/save",)) == 0
    assert bench.events == [f"ana: order {new} not acknowledged", f"ana: order {running} not cancelled"]


async def test_what_is_refused_for_one_order_of_a_request_is_not_told_of_the_others(bench: Bench) -> None:
    good = [bench.bring(2) for _ in range(3)]
    bad = bench.bring(4)
    await bench.put(*good, bad)
    bench.expire(bad)
    batch = await bench.act("cancel", *good, bad, reason=24)
    states = {row.order_id: row for row in batch.rows}
    assert {states[order_id].state for order_id in good} == {"done"}
    assert not any(str(bad) in states[order_id].message for order_id in good)
    assert states[bad].state == "failed"
    assert "only within 48 hours" in states[bad].message
    assert states[bad].status_after == 4


async def test_orders_that_had_to_wait_for_others_are_read_afresh_before_they_are_sent(bench: Bench) -> None:
    def grow(order: dict[str, Any]) -> None:
        order["flags"] = [{"flag": number, "value": "x"} for number in range(800)]

    ids = [bench.bring(2) for _ in range(4)]
    for order_id in ids:
        bench.change(order_id, grow)
    await bench.put(*ids)

    async def sleep(seconds: float) -> None:
        bench.change(ids[3], return_all)
        await bench.clock.sleep(seconds)

    bench.desk = bench.new_desk(sleep=sleep)
    bench.fault("reset", "order/save")
    batch = await bench.act("status", *ids, to=3)
    states = {row.order_id: row.state for row in batch.rows}
    assert [states[order_id] for order_id in ids] == ["failed", "failed", "done", "refused"]
    assert bench.served(("order/save",)) == 2
