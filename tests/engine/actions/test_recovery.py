"""An engine that ends in the middle of an action: the next one finds out what became of it, and sends nothing."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection

from magflow_tui.sandbox import Faults
from magflow_tui.sandbox.lifecycle import cancel

if TYPE_CHECKING:
    from conftest import Bench


async def recovered(bench: Bench, batch_id: int | None) -> dict[int, tuple[str, str]]:
    """State and message of each order once everything is known."""
    assert batch_id is not None
    batch = await bench.desk.batch(batch_id, wait=20.0)
    assert batch is not None
    assert batch.finished
    return {row.order_id: (row.state, row.message) for row in batch.rows}


async def test_what_was_recorded_and_not_sent_is_not_sent_any_more(bench: Bench) -> None:
    ids = [bench.bring(2) for _ in range(3)]
    await bench.put(*ids)
    bench.fault("hang", "order/read", times=3)
    batch = await bench.request("cancel", *ids, reason=24)
    await bench.met("hang")
    await bench.crash()
    await bench.desk.recover()
    fates = await recovered(bench, batch.batch_id)
    assert fates == dict.fromkeys(ids, ("failed", "not sent: the engine ended before it"))
    assert bench.served() == 0
    assert bench.events == ["ana: 0 of 3 orders cancelled, 3 failed, as found out after the engine started again"]


async def test_what_was_carried_out_is_found_to_be_done_at_once(bench: Bench) -> None:
    ids = [bench.bring(2) for _ in range(3)]
    await bench.put(*ids)
    bench.fault("hang", "order/save")
    batch = await bench.request("cancel", *ids, reason=24)
    await bench.met("hang")
    await bench.crash()
    await bench.desk.recover()
    fates = await recovered(bench, batch.batch_id)
    told = "found out after the engine started again: cancelled: By customer request"
    assert fates == dict.fromkeys(ids, ("done", told))
    assert bench.clock.waits == []
    assert bench.applied("cancelled") == dict.fromkeys(ids, 1)
    assert bench.events == ["ana: 3 of 3 orders cancelled, as found out after the engine started again"]


async def test_what_was_not_carried_out_has_failed_once_no_request_can_be_on_its_way(bench: Bench) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    bench.fault("hang_before", "order/save")
    batch = await bench.request("cancel", order_id, reason=24)
    await bench.met("hang_before")
    await bench.crash()
    await bench.desk.recover()
    fates = await recovered(bench, batch.batch_id)
    told = "found out after the engine started again: not carried out, the order is in progress"
    assert fates == {order_id: ("failed", told)}
    assert bench.clock.waits == [40.0]
    assert bench.applied("cancelled") == {}


async def test_what_is_carried_out_while_it_is_waited_for_is_done(bench: Bench) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    bench.fault("hang_before", "order/save")
    batch = await bench.request("cancel", order_id, reason=24)
    await bench.met("hang_before")
    await bench.crash()

    async def sleep(seconds: float) -> None:
        bench.change(order_id, lambda order: cancel(order, 24))
        await bench.clock.sleep(seconds)

    bench.desk = bench.new_desk(sleep=sleep)
    await bench.desk.recover()
    assert (await recovered(bench, batch.batch_id))[order_id][0] == "done"


async def test_until_its_fate_is_known_an_order_takes_no_other_action(bench: Bench) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    bench.fault("hang_before", "order/save")
    batch = await bench.request("cancel", order_id, reason=24)
    await bench.met("hang_before")
    await bench.crash()
    looked, go_on = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        looked.set()
        await go_on.wait()
        await bench.clock.sleep(seconds)

    bench.desk = bench.new_desk(sleep=sleep)
    await bench.desk.recover()
    await looked.wait()
    choices = await bench.desk.choices("main", order_id)
    assert choices is not None
    assert {choice.kind for choice in choices.choices if choice.possible} == {"reread"}
    assert (await bench.row("status", order_id, to=3)).state == "refused"
    go_on.set()
    assert (await recovered(bench, batch.batch_id))[order_id][0] == "failed"
    assert (await bench.row("status", order_id, to=3)).state == "done"


async def test_after_the_answer_and_before_its_confirmation_each_order_is_told_apart(bench: Bench) -> None:
    good, bad = bench.bring(2), bench.bring(4)
    await bench.put(good, bad)
    bench.expire(bad)
    bench.server.control.set_faults(Faults(slow_seconds=0.1))
    bench.fault("slow", "order/save")
    batch = await bench.request("cancel", good, bad, reason=24)
    await bench.met("slow")
    bench.fault("hang", "order/read", times=2)
    await bench.met("hang")
    await bench.crash()
    await bench.desk.recover()
    fates = await recovered(bench, batch.batch_id)
    assert (fates[good][0], fates[bad][0]) == ("done", "failed")
    assert bench.applied("cancelled") == {good: 1}


async def test_a_restart_long_afterwards_does_not_wait(bench: Bench) -> None:
    order_id = bench.bring(1)
    await bench.put(order_id)
    bench.fault("hang_before", "order/acknowledge")
    batch = await bench.request("acknowledge", order_id)
    await bench.met("hang_before")
    await bench.crash()
    bench.clock.seconds += 3_600
    await bench.desk.recover()
    assert (await recovered(bench, batch.batch_id))[order_id][0] == "failed"
    assert bench.clock.waits == []


async def test_engines_that_come_and_go_do_not_begin_to_wait_anew(bench: Bench) -> None:
    order_id = bench.bring(1)
    await bench.put(order_id)
    bench.fault("hang_before", "order/acknowledge")
    batch = await bench.request("acknowledge", order_id)
    await bench.met("hang_before")
    await bench.crash()
    waited: list[float] = []
    waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        waiting.set()
        await asyncio.Event().wait()

    for _ in range(2):
        bench.desk = bench.new_desk(sleep=sleep)
        waiting.clear()
        await bench.desk.recover()
        await waiting.wait()
        await bench.desk.drain(2.0)
        bench.clock.seconds += 30
    assert waited == [40.0, 10.0]
    bench.desk = bench.new_desk()
    await bench.desk.recover()
    assert (await recovered(bench, batch.batch_id))[order_id][0] == "failed"
    assert bench.clock.waits == []


async def test_an_account_that_is_switched_off_keeps_its_question_until_it_is_on_again(bench: Bench) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    bench.fault("hang", "order/save")
    batch = await bench.request("cancel", order_id, reason=24)
    await bench.met("hang")
    await bench.crash()
    bench.desk = bench.new_desk(accounts={})
    await bench.desk.recover()
    assert [row.state for row in await bench.desk.actions()] == ["sending"]
    bench.desk = bench.new_desk()
    await bench.desk.recover()
    assert (await recovered(bench, batch.batch_id))[order_id][0] == "done"


async def test_an_engine_that_ends_lets_a_request_end_and_leaves_the_rest(bench: Bench) -> None:
    ids = [bench.bring(2) for _ in range(60)]
    await bench.put(*ids)
    bench.server.control.set_faults(Faults(slow_seconds=0.1))
    bench.fault("slow", "order/save")
    batch = await bench.request("cancel", *ids, reason=24)
    await bench.met("slow")
    await bench.desk.drain(2.0)
    assert batch.batch_id is not None
    rows = await bench.desk.actions(batch_id=batch.batch_id, limit=100)
    states = {row.order_id: row.state for row in rows}
    assert set(states.values()) == {"done", "recorded"}
    assert bench.applied("cancelled") == {order_id: 1 for order_id in ids if states[order_id] == "done"}
    bench.desk = bench.new_desk()
    await bench.desk.recover()
    fates = await recovered(bench, batch.batch_id)
    assert {state for state, _ in fates.values()} == {"done", "failed"}
    assert bench.served(("order/save",)) == 1


@pytest.mark.parametrize("fault", ["hang", "hang_before"])
async def test_an_engine_that_cannot_wait_leaves_what_is_under_way_to_the_next(bench: Bench, fault: str) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    bench.fault(fault, "order/save")
    await bench.request("cancel", order_id, reason=24)
    await bench.met(fault)
    await bench.desk.drain(0.01)
    assert [row.state for row in await bench.desk.actions()] == ["sending"]


async def test_a_store_that_fails_for_a_while_leaves_no_order_without_its_fate(bench: Bench) -> None:
    unsent, sent = bench.bring(2), bench.bring(1)
    await bench.put(unsent, sent)

    async def forbid(state: str) -> None:
        trigger = f"""CREATE TRIGGER full BEFORE UPDATE ON actions WHEN NEW.state = '{state}'
                      BEGIN SELECT RAISE(ABORT, 'disk is full'); END"""
        await bench.store.write(lambda connection: connection.exec_driver_sql(trigger))

    async def sleep(seconds: float) -> None:
        await bench.store.write(lambda connection: connection.exec_driver_sql("DROP TRIGGER IF EXISTS full"))
        await bench.clock.sleep(seconds)

    bench.desk = bench.new_desk(sleep=sleep)
    await forbid("sending")
    row = await bench.row("cancel", unsent, reason=24)
    assert (row.state, bench.served()) == ("failed", 0)
    assert "disk is full" in row.message
    await forbid("done")
    row = await bench.row("acknowledge", sent)
    assert (row.state, bench.applied("acknowledged")) == ("done", {sent: 1})
    assert bench.clock.waits == [60.0, 60.0]


async def test_a_request_whose_asker_goes_away_is_carried_out(bench: Bench) -> None:
    order_id = bench.bring(1)
    await bench.put(order_id)
    begun = threading.Event()
    go_on = threading.Event()

    def hold(connection: Connection) -> None:
        begun.set()
        go_on.wait(5)

    holding = asyncio.create_task(bench.store.write(hold))
    await asyncio.to_thread(begun.wait, 5)
    asking = asyncio.create_task(bench.act("acknowledge", order_id))
    await bench.until(lambda: not bench.store._database._writer._work_queue.empty())
    asking.cancel()
    go_on.set()
    await holding
    await asyncio.gather(asking, return_exceptions=True)
    await bench.until(lambda: bench.events)
    assert bench.applied("acknowledged") == {order_id: 1}
