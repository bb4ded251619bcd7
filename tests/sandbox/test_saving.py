"""Acknowledging and saving orders, by the marketplace's rules, over real HTTP."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import orjson
import pytest

from magflow_tui.sandbox import Limits, SandboxAccount
from magflow_tui.sandbox.lifecycle import cancel, payable, return_all, set_status
from magflow_tui.sandbox.saving import RefusedError, check_transition

DAY = 86_400
TERMS = {(4, 3), (4, 0), (0, 2), (0, 3), (0, 4)}
FREE = {(2, 2), (2, 3), (2, 4), (2, 0), (3, 3), (3, 4), (3, 0), (4, 4), (0, 0)}
PAIRS = list(product((0, 1, 2, 3, 4, 5), repeat=2))


@pytest.fixture
async def main(serve):
    account = SandboxAccount(name="main", username="u", password="p", orders=900, days=90)
    return await serve(account, limits=Limits(enabled=False))


def order_in(main, status: int, *, payment: int = 1, lines: int = 1, order_type: int = 3, entered: float = 0) -> dict:
    """An order brought to a status `entered` seconds ago."""
    book, moment = main.seller.orders, int(main.wall.now - entered)
    moves = {0: lambda order: cancel(order, 24), 5: return_all}
    for index in range(len(book) - 1, -1, -1):
        body = orjson.loads(book.payload(index))
        fits = (body["payment_mode_id"], body["type"]) == (payment, order_type) and len(body["products"]) >= lines
        if fits and not body["vouchers"] and book.status(index) == 4 and book.modified(index) < moment:
            if status == 4:
                book.change(index, moment, lambda order: set_status(order, 3))
            book.change(index, moment, moves.get(status, lambda order: set_status(order, status)))
            return orjson.loads(book.payload(index))
    raise AssertionError("no such order")


async def save(main, order: dict, **changes: object) -> list[str]:
    """Save the whole order with changes; returns the messages of the answer."""
    answer = (await main.post("order/save", {"data": [{**order, **changes}]})).json()
    assert answer["isError"] is bool(answer["messages"])
    return answer["messages"]


async def read(main, order: dict) -> dict:
    return (await main.results("order/read", {"id": order["id"], "type": order["type"]}))[0]


@pytest.mark.parametrize(("current", "target"), PAIRS)
async def test_the_status_matrix_within_48_hours(main, current: int, target: int):
    order = order_in(main, current, entered=47 * 3600)
    messages = await save(main, order, status=target, reason_cancellation=24)
    allowed = (current, target) in FREE | TERMS | {(4, 5)}
    assert messages == [] if allowed else messages[0].startswith(f"ERROR: Order {order['id']}: status cannot change")
    assert (await read(main, order))["status"] == (target if allowed else current)


@pytest.mark.parametrize(("current", "target"), PAIRS)
def test_the_status_matrix_after_48_hours(current: int, target: int):
    if (current, target) in FREE | {(4, 5)}:
        check_transition(current, target, 48 * 3600 + 1)
    else:
        with pytest.raises(RefusedError):
            check_transition(current, target, 48 * 3600 + 1)


@pytest.mark.parametrize(("current", "target"), sorted(TERMS))
def test_the_last_second_of_the_48_hours_counts(current: int, target: int):
    check_transition(current, target, 48 * 3600)
    with pytest.raises(RefusedError, match="48 hours"):
        check_transition(current, target, 48 * 3600 + 1)


def test_a_return_is_possible_for_the_term_and_five_days():
    check_transition(4, 5, 35 * DAY)
    with pytest.raises(RefusedError, match="return term"):
        check_transition(4, 5, 35 * DAY + 1)


async def test_the_48_hours_run_from_the_change_of_status_and_not_from_later_ones(main):
    order = order_in(main, 4, entered=47 * 3600)
    assert await save(main, order, status=4) == []
    main.wall.move(3 * 3600)
    assert "48 hours" in (await save(main, order, status=3))[0]


async def test_acknowledging_makes_a_new_order_one_in_progress(main):
    number = _new(main)
    answer = await main.post(f"order/acknowledge/{number}")
    assert (answer.status_code, answer.json()["isError"]) == (200, False)
    assert (await main.results("order/read", {"id": number}))[0]["status"] == 2
    again = await main.post(f"order/acknowledge/{number}")
    assert (again.status_code, again.json()["messages"]) == (400, ["ERROR: Order is already in progress."])


async def test_fbe_and_unknown_orders_cannot_be_acknowledged(main):
    fbe = _new(main, 2)
    assert (await main.post(f"order/acknowledge/{fbe}")).json()["isError"] is True
    assert (await main.results("order/read", {"id": fbe, "type": 2}))[0]["status"] == 1
    assert (await main.post("order/acknowledge/9")).json()["isError"] is True


def _new(main, order_type: int = 3) -> int:
    timeline = main.seller.orders.timeline
    added = main.server.control.add_orders(20)["main"]
    return next(each for each in added if timeline.order_type(timeline.find(each)) == order_type)


async def test_fbe_orders_are_read_only(main):
    order = order_in(main, 2, order_type=2)
    assert "fulfilled by eMAG" in (await save(main, order, status=3))[0]


async def test_the_type_is_mandatory(main):
    order = order_in(main, 2)
    assert "type is required" in (await save(main, order, status=3, type=None))[0]


@pytest.mark.parametrize("reason", [None, 5, 99, {"id": None}, "none"])
async def test_cancelling_needs_a_reason_that_exists(main, reason):
    order = order_in(main, 2)
    assert "reason" in (await save(main, order, status=0, reason_cancellation=reason))[0]
    assert (await read(main, order))["status"] == 2


async def test_a_cancelled_order_reads_its_reason_as_an_object(main):
    order = order_in(main, 2, payment=3)
    assert await save(main, order, status=0, reason_cancellation=31) == []
    after = await read(main, order)
    assert after["reason_cancellation"]["id"] == 31
    assert (after["payment_status"], after["cashed_co"]) == (0, None)


async def test_finalising_dates_the_order_and_moves_modified(main):
    order = order_in(main, 3)
    main.wall.move(60)
    assert await save(main, order, status=4) == []
    after = await read(main, order)
    assert after["finalization_date"] == after["modified"] == main.seller.time.text(int(main.wall.now))


async def test_one_refused_entity_does_not_stop_the_others(main):
    good, bad = order_in(main, 3), {"id": 12, "type": 3, "status": 4}
    answer = (await main.post("order/save", {"data": [bad, {**good, "status": 4}]})).json()
    assert answer["messages"] == ["ERROR: Order 12 not found."]
    assert (await read(main, good))["status"] == 4


async def test_a_bare_list_is_a_save_too(main):
    order = order_in(main, 3)
    assert (await main.post("order/save", [{**order, "status": 4}])).json()["isError"] is False


@pytest.mark.parametrize(
    ("change", "message"),
    [({"sale_price": "1.0000"}, "prices"), ({"product_id": "5"}, "product_id"), ({"part_number": "X"}, "part_number")],
)
async def test_prices_and_products_never_change(main, change, message):
    order = order_in(main, 2)
    lines = [{**order["products"][0], **change}, *order["products"][1:]]
    assert message in (await save(main, order, products=lines))[0]


async def test_lines_are_removed_by_leaving_them_out(main):
    order = order_in(main, 2, lines=2)
    assert await save(main, order, products=order["products"][:1]) == []
    after = await read(main, order)
    assert [line["id"] for line in after["products"]] == [order["products"][0]["id"]]
    assert "must remain" in (await save(main, order, products=[]))[0]


async def test_a_line_can_be_added_even_at_a_negative_price(main):
    order = order_in(main, 2)
    discount = {"product_id": 9, "name": "Reducere", "status": 1, "sale_price": -5.0, "quantity": 1}
    assert await save(main, order, products=[*order["products"], discount]) == []
    added = (await read(main, order))["products"][-1]
    assert (added["name"], Decimal(added["sale_price"])) == ("Reducere", Decimal(-5))
    assert "name is required" in (await save(main, order, products=[*order["products"], {"product_id": 9}]))[0]


async def test_card_orders_lose_nothing(main):
    order = order_in(main, 2, payment=3, lines=2)
    assert "paid by card" in (await save(main, order, products=order["products"][1:]))[0]


async def test_storno_takes_back_a_finalised_line_and_leaves_quantity_0(main):
    order = order_in(main, 4, lines=2)
    lines = [{**order["products"][0], "quantity": 0}, *order["products"][1:]]
    assert "only by storno" in (await save(main, order, products=lines))[0]
    assert await save(main, order, products=lines, is_storno=True) == []
    after = await read(main, order)
    line = after["products"][0]
    assert (line["quantity"], line["storno_qty"], after["is_storno"]) == (0, line["initial_qty"], True)
    assert payable(after) < payable(order)


@pytest.mark.parametrize(
    ("status", "payment", "quantity", "message"),
    [(3, 1, 0, "only for finalised"), (4, 1, None, "nothing to storno"), (4, 1, -1, "negative"), (4, 3, 0, "card")],
)
async def test_storno_is_refused_elsewhere(main, status, payment, quantity, message):
    order = order_in(main, status, payment=payment)
    first, *others = order["products"]
    lines = [first if quantity is None else {**first, "quantity": quantity}, *others]
    assert message in (await save(main, order, products=lines, is_storno=True))[0]
