"""Many orders at once: what is sent, in which requests, and what is told of each."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from magflow_tui.contract.actions import ActionRequest
from magflow_tui.contract.findings import OrderKey
from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.engine.actions import ActionPolicy, NotPossibleError
from magflow_tui.marketplace.limiter import Lane
from magflow_tui.sandbox.lifecycle import cancel, reduce_line, set_status

if TYPE_CHECKING:
    from conftest import Bench


async def test_a_cancellation_of_120_orders_tells_what_became_of_each(bench: Bench) -> None:
    possible = [bench.bring(2 + number % 2) for number in range(90)]
    ours = [bench.bring(5) for _ in range(10)]
    fbe = [bench.bring(2, order_type=2) for _ in range(15)]
    behind = [bench.bring(2) for _ in range(5)]
    everything = [*possible[:40], *ours, *behind, *fbe, *possible[40:]]
    await bench.put(*everything)
    for order_id in behind[:3]:
        bench.change(order_id, lambda order: cancel(order, 23))
    for order_id in behind[3:]:
        bench.change(order_id, lambda order: set_status(order, 4))
    bench.clock.seconds += timedelta(hours=49).total_seconds()

    batch = await bench.act("cancel", *everything, reason=1)

    assert (batch.orders, batch.possible, batch.done, batch.refused, batch.failed) == (120, 90, 90, 30, 0)
    states = {row.order_id: row for row in batch.rows}
    assert {states[order_id].state for order_id in possible} == {"done"}
    assert {states[order_id].state for order_id in (*ours, *fbe, *behind)} == {"refused"}
    assert all("cancelled already" in states[order_id].message for order_id in behind[:3])
    assert all("49 h ago" in states[order_id].message for order_id in behind[3:])
    assert states[possible[0]].message == "cancelled: Out of stock"
    assert states[possible[0]].message_ro == "anulată: Lipsă stoc"
    assert (states[possible[0]].status_before, states[possible[0]].status_after) == (2, 0)
    assert bench.applied("cancelled") == dict.fromkeys(possible, 1)
    assert bench.applied("incomplete") == {}
    assert 2 <= bench.served() <= 5  # 50 orders a request, less where they have more than 4000 values
    assert all(bench.payload(order_id)["reason_cancellation"]["id"] == 1 for order_id in possible)
    assert bench.events == ["ana: 90 of 120 orders cancelled, 30 refused"]
    assert sum(times for _, _, times in batch.refusals) == 30
    assert batch.refusals[0][2] == 15
    stored = {row.id: row.status for row in (await bench.store.list_orders()).orders if row.id in possible}
    assert stored
    assert set(stored.values()) == {0}


async def test_all_fields_that_were_read_are_sent_and_nothing_else_changes(bench: Bench) -> None:
    order_id = bench.bring(3, payment=3, lines=2)
    await bench.put(order_id)
    before = bench.payload(order_id)
    assert (await bench.row("status", order_id, to=4)).state == "done"
    after = bench.payload(order_id)
    assert bench.applied("incomplete") == {}
    differing = {key for key in before if before[key] != after[key]}
    assert differing <= {"status", "modified", "finalization_date", "has_editable_products", "late_shipment"}


async def test_an_order_with_a_storno_can_be_taken_back_without_asking_for_another_storno(bench: Bench) -> None:
    order_id = bench.bring(4, lines=2)

    def storno(order: dict[str, Any]) -> None:
        order["is_storno"] = True
        reduce_line(order, order["products"][0], 0)

    bench.change(order_id, storno)
    await bench.put(order_id)
    row = await bench.row("status", order_id, to=3)
    assert row.state == "done", row.message
    assert bench.payload(order_id)["products"][0]["quantity"] == 0


async def test_a_request_holds_no_more_than_4000_values(bench: Bench) -> None:
    def grow(order: dict[str, Any]) -> None:
        order["flags"] = [{"flag": number, "value": "x"} for number in range(400)]

    ids = [bench.bring(2) for _ in range(12)]
    for order_id in ids:
        bench.change(order_id, grow)
    await bench.put(*ids)
    batch = await bench.act("status", *ids, to=3)
    assert (batch.done, batch.failed) == (12, 0)
    assert bench.served() == 3


async def test_an_order_that_no_request_can_hold_is_refused_alone(bench: Bench) -> None:
    def grow(order: dict[str, Any]) -> None:
        order["flags"] = [{"flag": number, "value": "x"} for number in range(2_100)]

    huge, usual = bench.bring(2), bench.bring(2)
    bench.change(huge, grow)
    await bench.put(huge, usual)
    states = {row.order_id: row for row in (await bench.act("status", huge, usual, to=3)).rows}
    assert states[huge].state == "refused"
    assert "4000 values" in states[huge].message
    assert states[usual].state == "done"


async def test_acknowledging_is_a_request_for_each_and_done_when_somebody_was_faster(bench: Bench) -> None:
    ids = [bench.bring(1) for _ in range(25)]
    await bench.put(*ids)
    bench.change(ids[3], lambda order: set_status(order, 2))
    batch = await bench.act("acknowledge", *ids)
    assert (batch.done, batch.failed) == (25, 0)
    assert bench.served() == 25
    assert {bench.status(order_id) for order_id in ids} == {2}


async def test_many_orders_that_were_changed_together_are_read_back_together(bench: Bench) -> None:
    ids = [bench.bring(1) for _ in range(40)]
    await bench.put(*ids)
    planned = await bench.request("acknowledge", *ids, dry_run=True)
    batch = await bench.act("acknowledge", *ids)
    assert batch.done == 40
    assert bench.served(("order/read",)) == 4
    assert planned.requests == 44


async def test_a_marketplace_whose_clock_is_behind_is_read_order_by_order(bench: Bench) -> None:
    ids = [bench.bring(1) for _ in range(8)]
    await bench.put(*ids)
    bench.desk = bench.new_desk(now=lambda: bench.clock.now() + timedelta(minutes=10))
    batch = await bench.act("acknowledge", *ids)
    assert batch.done == 8
    assert bench.served(("order/read",)) == 9


async def test_requests_go_out_in_the_operator_s_lane(bench: Bench) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    await bench.act("cancel", order_id, reason=24)
    assert {(record.lane, record.job) for record in bench.records} == {(Lane.OPERATOR, "action")}
    assert len(bench.records) == 3  # read, save, read back


async def test_a_preview_sends_nothing_and_records_nothing(bench: Bench) -> None:
    ids = [bench.bring(2), bench.bring(5), bench.bring(2, order_type=2)]
    await bench.put(*ids)
    preview = await bench.request("cancel", *ids, 77, reason=24, dry_run=True)
    assert preview.dry_run
    assert preview.batch_id is None
    assert [row.state for row in preview.rows] == ["recorded", "refused", "refused", "refused"]
    assert (preview.possible, preview.refused, preview.requests) == (1, 3, 3)
    assert bench.records == []
    assert await bench.desk.actions() == ()


async def test_several_accounts_are_served_by_one_request(bench: Bench) -> None:
    here, there = bench.bring(2), bench.bring(2, account="bg")
    await bench.put(here)
    await bench.put(there, account="bg")
    orders = (OrderKey(account="MAIN", id=here), OrderKey(account="", id=there))
    batch = await bench.desk.request(ActionRequest(kind="cancel", orders=orders, reason=24, by="ana"))
    batch = await bench.finished(batch)
    assert {(row.account, row.state) for row in batch.rows} == {("main", "done"), ("bg", "done")}
    assert (bench.status(here), bench.status(there, "bg")) == (0, 0)


async def test_a_filter_of_the_list_means_the_orders_it_finds(bench: Bench) -> None:
    found = [bench.bring(2) for _ in range(3)]
    await bench.put(*found, bench.bring(3))
    where = RowFilter(alternatives=((Condition(field="status", value="2"),),))
    batch = await bench.desk.request(ActionRequest(kind="cancel", where=where, account="main", reason=24, by="ana"))
    batch = await bench.finished(batch)
    assert {row.order_id: row.state for row in batch.rows} == dict.fromkeys(found, "done")


async def test_an_order_that_is_not_stored_is_read_first(bench: Bench) -> None:
    known, fbe = bench.bring(2), bench.bring(2, order_type=2)
    batch = await bench.act("cancel", known, fbe, 77, reason=24)
    states = {row.order_id: row for row in batch.rows}
    assert states[known].state == "done"
    assert states[fbe].state == "refused"
    assert (states[77].state, "no order 77" in states[77].message) == ("failed", True)
    detail = await bench.store.get_order(known, "main")
    assert detail is not None
    assert detail.row.status == 0


async def test_an_order_that_nobody_has_stored_is_found_at_whichever_account_has_it(bench: Bench) -> None:
    there = bench.bring(1, account="bg")
    orders = (OrderKey(account="", id=there), OrderKey(account="", id=77))
    batch = await bench.desk.request(ActionRequest(kind="acknowledge", orders=orders, by="ana"))
    batch = await bench.finished(batch)
    states = {row.order_id: row for row in batch.rows}
    assert (states[there].account, states[there].state) == ("bg", "done")
    assert (states[77].state, states[77].message) == ("failed", "no account has an order 77")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ActionRequest(kind="cancel", reason=24), "bad_request"),
        (ActionRequest(kind="cancel", orders=(OrderKey(account="none", id=1),)), "account_unknown"),
        (ActionRequest(kind="cancel", orders=(OrderKey(account="main", id=1),), where=RowFilter()), "bad_request"),
        (ActionRequest(kind="attach", orders=(OrderKey(account="main", id=1),)), "bad_request"),
        (ActionRequest(kind="attach", orders=(OrderKey(account="main", id=1),), url="ftp://a/b.pdf"), "bad_request"),
        (ActionRequest(kind="attach", orders=(OrderKey(account="main", id=1),), url="https://a/b.jpg"), "bad_request"),
        (ActionRequest(kind="cancel", where=RowFilter(alternatives=((Condition(field="colour"),),))), "bad_request"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused_whole(bench: Bench, command: ActionRequest, code: str) -> None:
    with pytest.raises(NotPossibleError) as refused:
        await bench.desk.request(command)
    assert refused.value.code == code


async def test_an_order_is_acted_on_by_one_request_at_a_time(bench: Bench) -> None:
    order_id, other = bench.bring(2), bench.bring(2)
    await bench.put(order_id, other)
    waiting, go_on = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await go_on.wait()
        await bench.clock.sleep(seconds)

    bench.desk = bench.new_desk(sleep=sleep)
    bench.fault("reset", "order/save")
    first = await bench.request("cancel", order_id, reason=24)
    await waiting.wait()
    preview = await bench.request("status", order_id, to=3, dry_run=True)
    second = await bench.act("status", order_id, other, to=3)
    again = await bench.act("reread", order_id)
    choices = await bench.desk.choices("main", order_id)
    go_on.set()
    first = await bench.finished(first)
    assert preview.refused == 1
    assert {row.order_id: row.state for row in second.rows} == {order_id: "refused", other: "done"}
    assert second.refusals == (
        (
            "already being acted on: wait for what was asked for before",
            "deja în lucru: așteptați rezultatul cererii anterioare",
            1,
        ),
    )
    assert again.done == 1
    assert choices is not None
    assert {choice.kind for choice in choices.choices if choice.possible} == {"reread"}
    assert (first.failed, bench.status(order_id)) == (1, 2)
    assert bench.applied("saved") == {other: 1}


async def test_reading_again_stores_what_the_marketplace_has(bench: Bench) -> None:
    order_id, fbe = bench.bring(2), bench.bring(3, order_type=2)
    await bench.put(order_id)
    bench.change(order_id, lambda order: set_status(order, 3))
    batch = await bench.act("reread", order_id, fbe)
    assert (batch.done, bench.served()) == (2, 0)
    for number in (order_id, fbe):
        detail = await bench.store.get_order(number, "main")
        assert detail is not None
        assert detail.row.status == 3


async def test_a_pdf_is_attached_to_orders_of_the_seller_and_of_fbe(bench: Bench) -> None:
    mine, fbe = bench.bring(4), bench.bring(4, order_type=2)
    await bench.put(mine, fbe)
    batch = await bench.act("attach", mine, fbe, url="https://example.com/f/1041.pdf")
    assert batch.done == 2, [row.message for row in batch.rows]
    attached = bench.payload(mine)["attachments"][-1]
    assert (attached["name"], attached["type"]) == (f"Factura {mine}", 1)
    assert bench.payload(fbe)["attachments"][-1]["url"] == "https://example.com/f/1041.pdf"
    assert bench.applied("attached") == {mine: 1, fbe: 1}


async def test_a_warranty_is_attached_to_each_product(bench: Bench) -> None:
    order_id = bench.bring(4, lines=2)
    await bench.put(order_id)
    row = await bench.row("attach", order_id, url="https://example.com/w.pdf", attachment_type=3, name="Garantie")
    assert row.state == "done", row.message
    assert all(line["attachments"][0]["name"] == "Garantie" for line in bench.payload(order_id)["products"])
    again = await bench.row("attach", order_id, url="https://example.com/other.pdf", attachment_type=3)
    assert again.state == "failed"
    assert "has a warranty already" in again.message


async def test_what_is_possible_for_an_order_is_told_with_its_end(bench: Bench) -> None:
    order_id = bench.bring(4, age=timedelta(hours=40))
    await bench.put(order_id)
    found = await bench.desk.choices("main", order_id)
    assert found is not None
    back = next(choice for choice in found.choices if (choice.kind, choice.to) == ("status", 3))
    assert back.possible
    assert back.until == bench.clock.now() + timedelta(hours=8)
    bench.clock.seconds += 9 * 3600
    found = await bench.desk.choices("main", order_id)
    assert found is not None
    back = next(choice for choice in found.choices if (choice.kind, choice.to) == ("status", 3))
    assert not back.possible
    assert "48 h" in back.why
    assert await bench.desk.choices("main", 77) is None


async def test_a_name_is_kept_to_one_short_line(bench: Bench) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    row = await bench.row("cancel", order_id, reason=24, by="  ana\x1b[31m\n" + "x" * 200)
    assert row.by == ("ana[31m" + "x" * 200)[:64]


async def test_a_cancelled_order_whose_48_hours_are_over_by_our_own_record_is_left_alone(bench: Bench) -> None:
    order_id = bench.bring(2)
    await bench.put(order_id)
    assert (await bench.row("cancel", order_id, reason=24)).state == "done"
    bench.clock.seconds += timedelta(hours=47).total_seconds()
    bench.change(order_id, lambda order: order.update(observation="late note"))  # moves `modified`
    await bench.put(order_id)
    bench.clock.seconds += timedelta(hours=2).total_seconds()
    before = bench.served()
    assert (await bench.row("status", order_id, to=2)).state == "refused"
    assert bench.served() == before


def test_the_usual_patience_covers_what_a_request_takes() -> None:
    policy = ActionPolicy()
    assert policy.settle < policy.answer < policy.call
