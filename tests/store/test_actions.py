"""Actions in the store: recorded durably, one at a time for an order, counted and listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import text

from magflow_tui.rules.findings import Words
from magflow_tui.rules.transitions import Refusal
from magflow_tui.store.actions import (
    ActionDraft,
    Fate,
    Wanted,
    busy_orders,
    finish,
    get_batch,
    list_actions,
    mark_sending,
    open_actions,
    order_states,
    record_batch,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CANCEL = Wanted("cancel", reason=24)


def busy(order_id: int) -> Refusal:
    return Refusal(f"order {order_id} is busy", f"comanda {order_id} este ocupată", "busy", Words("busy", "ocupată"))


async def record(shelf, *ids: int, wanted: Wanted = CANCEL) -> int:
    drafts = [ActionDraft("main", number, "recorded", status_before=2) for number in ids]
    work = partial(record_batch, wanted=wanted, drafts=drafts, by="ana", at=NOON, requests=3, busy=busy)
    return await shelf.store.write(work, durable=True)


async def test_a_durable_transaction_is_synced_and_the_next_one_is_not(shelf):
    def level(connection):
        return connection.execute(text("PRAGMA synchronous")).scalar_one()

    normal, full = 1, 2
    assert await shelf.store.write(level, durable=True) == full
    assert await shelf.store.write(level) == normal


async def test_an_order_that_is_being_acted_on_is_refused_in_the_same_transaction(shelf):
    first = await record(shelf, 1, 2)
    second = await record(shelf, 2, 3)
    batch = await shelf.store.read(partial(get_batch, batch_id=second))
    assert [(row.order_id, row.state, row.message) for row in batch.rows] == [
        (2, "refused", "order 2 is busy"),
        (3, "recorded", ""),
    ]
    assert batch.refusals == (("busy", "ocupată", 1),)
    assert (batch.orders, batch.possible, batch.refused, batch.finished) == (2, 1, 1, False)
    assert await shelf.store.read(busy_orders) == {("main", 1), ("main", 2), ("main", 3)}
    actions = await shelf.store.read(partial(open_actions, batch_id=first))
    await shelf.store.write(
        partial(finish, fates=[Fate(each.action_id, "done", Words("done", "gata"), status_after=0) for each in actions],
                at=NOON)
    )  # fmt: skip
    assert await shelf.store.read(busy_orders) == {("main", 3)}
    assert (await shelf.store.read(partial(get_batch, batch_id=first))).finished


async def test_reading_again_neither_waits_nor_keeps_others_waiting(shelf):
    await record(shelf, 1, wanted=Wanted("reread"))
    assert await shelf.store.read(busy_orders) == frozenset()
    await record(shelf, 1)
    batch = await record(shelf, 1, wanted=Wanted("reread"))
    assert (await shelf.store.read(partial(get_batch, batch_id=batch))).possible == 1


async def test_an_action_keeps_its_way_from_recorded_to_its_fate(shelf):
    batch_id = await record(shelf, 1)
    (action,) = await shelf.store.read(open_actions)
    assert (action.state, action.wanted, action.by, action.sent_at) == ("recorded", CANCEL, "ana", None)
    sent = NOON + timedelta(seconds=5)
    await shelf.store.write(partial(mark_sending, rows=[(action.action_id, 3)], at=sent), durable=True)
    (action,) = await shelf.store.read(open_actions)
    assert (action.state, action.status_before, action.sent_at) == ("sending", 3, sent)
    fate = Fate(action.action_id, "failed", Words("no", "nu"), status_after=3, answer="ERROR: no")
    await shelf.store.write(partial(finish, fates=[fate], at=sent))
    assert await shelf.store.read(open_actions) == ()
    (row,) = await shelf.store.read(partial(list_actions, order_id=1, account="main"))
    assert (row.batch_id, row.state, row.message, row.message_ro) == (batch_id, "failed", "no", "nu")
    assert (row.recorded_at, row.sent_at, row.finished_at) == (NOON, sent, sent)


async def test_since_when_an_order_is_cancelled_is_the_earliest_that_is_known(shelf, make):
    await shelf.put(make["order"](1, status=2, modified="2026-05-20 10:05:00"))
    await shelf.put(make["order"](1, status=0, modified="2026-05-21 10:00:00"))
    first_seen = (await shelf.store.read(partial(order_states, keys=[("main", 1)])))["main", 1].cancelled_at
    assert first_seen == datetime(2026, 5, 21, 7, tzinfo=UTC)
    await shelf.put(make["order"](1, status=0, modified="2030-01-01 10:00:00"))
    later = (await shelf.store.read(partial(order_states, keys=[("main", 1), ("main", 2)])))["main", 1].cancelled_at
    assert later == NOON, "the page that first told of it, not what was changed long afterwards"
