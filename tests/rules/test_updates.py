"""What is sent to change orders: single updates, cancellations, and requests with many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.marketplace.codes import CANCELLATION_REASONS
from magflow_tui.marketplace.schema import Item, Order, read_item
from magflow_tui.rules.bulk import check_bulk
from magflow_tui.rules.cancellation import check_cancellation
from magflow_tui.rules.findings import Finding
from magflow_tui.rules.updates import MOST_VARIABLES, check_update, input_variables

Json = dict[str, Any]


def line(number: int = 1, **changes: object) -> Json:
    return {
        "id": 315_800_000 + number,
        "product_id": str(4_306_000 + number),
        "name": "Lampă de birou",
        "part_number": f"LB-{number}",
        "part_number_key": "DXYZ12345",
        "status": 1,
        "quantity": 2,
        "initial_qty": 2,
        "storno_qty": 0,
        "sale_price": "149.5041",
        "vat": "0.2100",
        **changes,
    }


def added(**changes: object) -> Json:
    """A virtual discount line, which a seller may add."""
    return {"product_id": 7, "name": "Reducere", "status": 1, "sale_price": -1, "quantity": 1, **changes}


def order(**changes: object) -> Json:
    """An update of a prepared order of the seller's own, every field as it was read."""
    return {
        "id": 538_000_123,
        "type": 3,
        "status": 3,
        "date": "2026-03-01 10:00:00",
        "payment_mode_id": 1,
        "customer": {"id": 9, "name": "Ana Exemplu", "phone_1": "0700000001", "email": ""},
        "products": [line(1), line(2)],
        "shipping_tax": 14.99,
        "vouchers": [],
        **changes,
    }


def item(body: object) -> Item[Order]:
    return read_item(Order, json.dumps(body).encode())


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.rule.code, finding.path) for finding in findings]


def found(**changes: object) -> list[tuple[str, str]]:
    return told(check_update(item(order(**changes))))


def without(key: str) -> list[tuple[str, str]]:
    body = order()
    del body[key]
    return told(check_update(item(body)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"status": 2},
        {"status": 4},
        {"status": "4"},
        {"status": 0, "reason_cancellation": 24},
        {"status": 0, "reason_cancellation": {"id": 24, "name": "La solicitarea clientului"}},
        {"status": 0, "cancellation_reason": "24"},
        {"status": 4, "is_storno": True, "products": [line(1, quantity=1), line(2)]},
        {"status": 4, "is_storno": 1, "products": [line(1, quantity=0), line(2, quantity=0)]},
        {"status": 4, "is_storno": True, "products": [line(1, status=0), line(2)]},
        {"status": 4, "is_storno": True, "products": [line(1, initial_qty=5, storno_qty=1, quantity=3)]},
        {"products": [line(1, quantity=1), line(2)]},
        {"products": [line(1, quantity=5), line(2)]},
        {"products": [line(1), added(sale_price=-5)]},
        {"products": [line(1, storno_qty=1, quantity=1)], "payment_mode_id": 3},
        {"status": 4, "is_storno": True, "payment_mode_id": 3, "products": [line(1, quantity=0)]},
        {"customer": {"name": "Ana", "phone_1": "1"}, "something_new": {"a": [1, 2]}},
    ],
    ids=str,
)
def test_what_the_marketplace_takes_is_good(changes: Json) -> None:
    assert found(**changes) == []


SOUND = json.loads((Path(__file__).parents[2] / "data" / "orders" / "sound.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("read", SOUND, ids=lambda read: str(read["id"]))
def test_an_order_of_the_sellers_own_can_be_sent_back_as_it_was_read(read: Json) -> None:
    # What says that there was a storno would ask for one.
    sent = {key: value for key, value in read.items() if key != "is_storno"}
    faults = {
        code for code, holds in (("update.status.new", read["status"] == 1), ("update.fbe", read["type"] == 2)) if holds
    }
    assert {finding.rule.code for finding in check_update(item(sent))} == faults


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"id": None}, "order.id", "$.id"),
        ({"id": 0}, "order.id", "$.id"),
        ({"id": "12 3"}, "order.id", "$.id"),
        ({"type": None}, "update.type", "$.type"),
        ({"type": 2}, "update.fbe", "$.type"),
        ({"type": 7}, "update.type.unknown", "$.type"),
        ({"status": 1}, "update.status.new", "$.status"),
        ({"status": 9}, "update.status", "$.status"),
        ({"status": -1}, "update.status", "$.status"),
        ({"status": True}, "schema.type", "$.status"),
        ({"payment_mode_id": 7}, "order.payment_mode", "$.payment_mode_id"),
        ({"status": 0}, "update.reason.missing", "$.reason_cancellation"),
        ({"status": 0, "reason_cancellation": 0}, "update.reason", "$.reason_cancellation"),
        ({"status": 0, "reason_cancellation": 44}, "update.reason", "$.reason_cancellation"),
        ({"status": 0, "reason_cancellation": {"id": 4}}, "update.reason", "$.reason_cancellation.id"),
        (
            {"status": 0, "reason_cancellation": {"id": None, "name": None}},
            "update.reason.missing",
            "$.reason_cancellation.id",
        ),
        ({"status": 0, "cancellation_reason": 99}, "update.reason", "$.cancellation_reason"),
        ({"customer": {"id": 9, "phone_1": "0700000001"}}, "customer.name", "$.customer.name"),
        ({"products": []}, "update.lines", "$.products"),
        ({"products": {"0": line()}}, "schema.container", "$.products"),
        ({"products": [line(quantity=-1)]}, "update.quantity", "$.products[0].quantity"),
        ({"products": [line(1), line(2, status=2)]}, "update.line_status", "$.products[1].status"),
        ({"products": [line(1), line(1)]}, "line.doubled", "$.products[1].id"),
        ({"products": [line(sale_price="-1.0000")]}, "line.price", "$.products[0].sale_price"),
        ({"products": [line(1), added(product_id=None)]}, "update.addition", "$.products[1].product_id"),
        ({"products": [line(1), added(name="")]}, "update.addition", "$.products[1].name"),
        ({"is_storno": True}, "update.storno", "$.is_storno"),
        ({"is_storno": True, "status": 4}, "update.storno.nothing", "$.is_storno"),
        ({"status": 4, "products": [line(quantity=1)]}, "update.storno.missing", "$.products[0].quantity"),
        ({"payment_mode_id": 3, "products": [line(quantity=1)]}, "update.card", "$.products[0].quantity"),
        (
            {"payment_mode_id": 3, "products": [line(1, status=0), line(2)]},
            "update.card.removal",
            "$.products[0].status",
        ),
        (
            {"payment_mode_id": 3, "status": 4, "is_storno": True, "products": [line(1, quantity=0), line(2)]},
            "update.card",
            "$.products[0].quantity",
        ),
        ({"blob": list(range(MOST_VARIABLES))}, "update.variables", "$"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_fault_is_told_at_its_place_and_alone(changes: Json, code: str, path: str) -> None:
    assert found(**changes) == [(code, path)]


@pytest.mark.parametrize(
    ("key", "code"),
    [("id", "order.id"), ("type", "update.type"), ("customer", "update.fields"), ("products", "update.fields")],
)
def test_a_key_that_is_left_out_is_told(key: str, code: str) -> None:
    assert [told_code for told_code, _ in without(key)] == [code]


def test_what_is_left_out_of_an_update_is_named_in_one_remark() -> None:
    (finding,) = check_update(item({"id": 1, "type": 3, "status": 0, "reason_cancellation": 24}))
    assert finding.severity == "warning"
    assert finding.message() == (
        "Missing: payment_mode_id, customer, products, shipping_tax, vouchers, date. "
        "An update sends every field as it was read, with the change in it."
    )


def test_the_short_form_may_leave_out_the_type_and_speak_of_new_orders() -> None:
    short = {"id": 1, "status": 1, "products": [{"product_id": 1, "quantity": 1, "sale_price": 9.5}]}
    findings = check_update(item(short))
    assert {finding.severity for finding in findings} == {"warning"}
    assert {finding.rule.code for finding in findings} == {
        "update.type.short",
        "update.status.new.short",
        "update.fields",
    }


def test_several_faults_are_all_told_gravest_first() -> None:
    findings = check_update(
        item(order(type=2, status=9, products=[line(quantity=-1), line(2, status=7)], vouchers="x"))
    )
    assert {finding.rule.code for finding in findings} == {
        "update.fbe",
        "update.status",
        "update.quantity",
        "update.line_status",
        "schema.container",
    }
    assert [finding.severity for finding in findings] == ["error"] * 5


def test_values_are_counted_as_a_form_would_send_them() -> None:
    assert input_variables(b'{"a": 1, "b": [1, 2, {"c": null}], "d": [], "e": {}}') == 6
    assert input_variables(b"not JSON") == 0
    assert input_variables(b"[" * 100_000) == 0


@pytest.mark.parametrize("reason", [*CANCELLATION_REASONS])
def test_every_reason_can_be_given_as_number_text_and_object(reason: int) -> None:
    for spelt in (reason, str(reason), {"id": reason, "name": "x"}, {"id": str(reason)}):
        assert check_cancellation(123, spelt) == ()


@pytest.mark.parametrize(
    "order_id", [None, 0, -1, True, 1.0, "abc", "", " 1", "1_0", "１２", 2**63, [], {}, "9" * 5000]
)
def test_a_cancellation_without_an_order_is_told(order_id: object) -> None:
    assert told(check_cancellation(order_id, 1)) == [("cancel.order", "$.order_id")]


@pytest.mark.parametrize(
    "reason", [0, 4, 14, 44, 99, -1, True, 1.0, "one", "1.0", " 1", "１", 10**30, [1], {"x": 1}, 1e400]
)
def test_a_reason_that_does_not_exist_is_told(reason: object) -> None:
    assert told(check_cancellation("123", reason)) == [("cancel.reason", "$.cancellation_reason")]


@pytest.mark.parametrize("reason", [None, "", [], {}])
def test_a_missing_reason_is_told(reason: object) -> None:
    assert told(check_cancellation(123, reason)) == [("cancel.reason.missing", "$.cancellation_reason")]


def test_a_reason_without_its_code_is_told_at_the_code() -> None:
    assert told(check_cancellation(123, {"id": None, "name": None}, reason_key="reason_cancellation")) == [
        ("cancel.reason.missing", "$.reason_cancellation.id")
    ]


def test_a_request_has_a_result_for_each_order() -> None:
    results = check_bulk([item(order()), item(order(id=2, status=9)), item(None), item(order(id=3))])
    assert [told(result) for result in results] == [
        [],
        [("update.status", "$.status")],
        [("schema.object", "$")],
        [],
    ]


def test_orders_beyond_fifty_are_at_fault_and_those_before_are_not() -> None:
    results = check_bulk([item(order(id=number)) for number in range(1, 53)])
    assert [bool(result) for result in results] == [False] * 50 + [True] * 2
    assert told(results[50]) == [("bulk.entities", "$")]
    assert "order 51 of the request" in results[50][0].message()


def test_an_order_that_comes_twice_is_told_the_second_time() -> None:
    results = check_bulk([item(order(id=7)), item(order(id=8)), item(order(id="7"))])
    assert [told(result) for result in results] == [[], [], [("bulk.duplicate", "$.id")]]
    assert results[2][0].message().startswith("Order 7 is in the request already, as number 1")


def test_the_values_of_a_request_are_added_up() -> None:
    big = [item(order(id=number, blob=list(range(1500)))) for number in (1, 2, 3)]
    assert [told(result) for result in check_bulk(big)] == [[], [], [("bulk.variables", "$")]]


def test_what_is_too_large_by_itself_is_not_told_twice() -> None:
    assert [told(result) for result in check_bulk([item(order(blob=list(range(5000))))])] == [
        [("update.variables", "$")]
    ]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["id", "type", "status", "products", "customer", "reason_cancellation", "is_storno", "payment_mode_id", "date"]


@given(body=JSON_VALUES | st.dictionaries(st.sampled_from(KEYS), JSON_VALUES))
def test_no_json_value_makes_a_check_raise(body: Any) -> None:
    thing = item(body)
    first = check_update(thing)
    assert first == check_update(thing)
    assert len(check_bulk([thing, thing])) == 2
    check_cancellation(body, body)
    for finding in first:
        assert finding.message()
        assert finding.message("ro")


@given(changes=st.dictionaries(st.sampled_from(KEYS), JSON_VALUES), seed=st.randoms())
def test_findings_do_not_depend_on_the_order_of_keys(changes: Json, seed: Any) -> None:
    body = order(**changes)
    keys = list(body)
    seed.shuffle(keys)
    assert check_update(item(body)) == check_update(item({key: body[key] for key in keys}))
