"""The names that existing callers use: what they hand over, what they get back, and that nothing makes them raise."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections import OrderedDict, namedtuple
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui import marketplace, rules
from magflow_tui.rules import (
    validate_bulk_order_update,
    validate_order_cancellation,
    validate_order_data,
    validate_order_for_update,
)
from magflow_tui.rules.findings import Finding

Json = dict[str, Any]


#: A decimal with all the places of the float it was made of.
FROM_FLOAT = Decimal(1 / 10)


SHORT_LINES = [{"product_id": 77, "name": "Lampă", "quantity": 2, "sale_price": 99.99, "status": 1}]


def short(**changes: object) -> Json:
    """An order as callers of the earlier system write it."""
    return {
        "id": 123456,
        "status": 1,
        "payment_mode_id": 1,
        "customer": {"name": "Ion Exemplu", "phone1": "0721000000", "email": "ion@example.com"},
        "products": SHORT_LINES,
        **changes,
    }


def fields(findings: list[Finding]) -> list[str]:
    """What each finding names, as `str()` shows it."""
    return [str(finding).partition(": ")[0] for finding in findings]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"status": 5},
        {"status": 0, "cancellation_reason": 1},
        {"status": 0, "cancellation_reason": "24"},
        {"customer": {"name": "Ion", "phone1": "0721000000"}},
        {"products": [{"product_id": 1, "quantity": 1, "sale_price": 10}]},
        {"products": [{"product_id": 1, "quantity": 1, "sale_price": Decimal("10.50")}]},
        {"products": [{"product_id": 1, "quantity": 1, "sale_price": FROM_FLOAT}]},
        {"products": ({"product_id": 1, "quantity": 1, "sale_price": Decimal("1E+2")},)},
        {"products": [{"id": 5, "quantity": 1, "sale_price": "10.50"}]},
        {"products": [{"part_number": "LB-1", "quantity": 1, "sale_price": 10}]},
        {"products": [*SHORT_LINES, {"product_id": 2, "name": "Reducere", "quantity": 1, "sale_price": -5}]},
    ],
    ids=str,
)
def test_the_short_form_of_callers_is_good(changes: Json) -> None:
    assert validate_order_data(short(**changes)) == []
    assert validate_order_for_update(short(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": None}, "id"),
        ({"id": "abc"}, "id"),
        ({"id": -1}, "id"),
        ({"id": 0}, "id"),
        ({"status": 9}, "status"),
        ({"status": None}, "status"),
        ({"status": "new"}, "status"),
        ({"payment_mode_id": 7}, "payment_mode_id"),
        ({"payment_mode_id": None}, "payment_mode_id"),
        ({"products": []}, "products"),
        ({"products": None}, "products"),
        ({"products": "none"}, "products"),
        ({"products": {"product_id": 1}}, "products"),
        ({"products": [None]}, "products[0]"),
        ({"products": [{"product_id": 1, "quantity": -1, "sale_price": 5}]}, "products[0].quantity"),
        ({"products": [{"product_id": 1, "quantity": 0, "sale_price": 5}]}, "products[0].quantity"),
        ({"products": [{"product_id": 1, "quantity": 1.5, "sale_price": 5}]}, "products[0].quantity"),
        ({"products": [{"product_id": 1, "quantity": 1, "sale_price": float("nan")}]}, "products[0].sale_price"),
        ({"products": [{"product_id": 1, "quantity": 1, "sale_price": Decimal("NaN")}]}, "products[0].sale_price"),
        ({"products": [{"product_id": 1, "quantity": 1, "sale_price": b"5"}]}, "products[0].sale_price"),
        ({"products": [{"product_id": 1, "quantity": 1}]}, "products[0].sale_price"),
        ({"products": [{"product_id": 1, "quantity": 1, "sale_price": -5}]}, "products[0].sale_price"),
        ({"products": [{"quantity": 1, "sale_price": 5}]}, "products[0].product_id"),
        ({"customer": None}, "customer"),
        ({"customer": {}}, "customer"),
        ({"customer": "Ion"}, "customer"),
        ({"customer": {"phone1": "0721000000"}}, "customer.name"),
        ({"customer": {"name": "", "phone1": "0721000000"}}, "customer.name"),
        ({"customer": {"name": "Ion"}}, "customer.phone_1"),
        ({"status": 0}, "reason_cancellation"),
        ({"status": 0, "cancellation_reason": 99}, "cancellation_reason"),
    ],
    ids=str,
)
def test_a_fault_of_an_order_names_its_field(changes: Json, field: str) -> None:
    assert fields(validate_order_data(short(**changes))) == [field]


@pytest.mark.parametrize("missing", ["id", "status", "payment_mode_id", "customer", "products"])
def test_a_missing_field_is_named(missing: str) -> None:
    order = short()
    del order[missing]
    assert fields(validate_order_data(order)) == [missing]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": None}, "id"),
        ({"status": 9}, "status"),
        ({"type": 2}, "type"),
        ({"products": []}, "products"),
        ({"products": [{"id": 1, "quantity": -2}]}, "products[0].quantity"),
        ({"status": 0}, "reason_cancellation"),
        ({"status": 0, "cancellation_reason": 4}, "cancellation_reason"),
    ],
    ids=str,
)
def test_a_fault_of_an_update_names_its_field(changes: Json, field: str) -> None:
    assert fields(validate_order_for_update(short(**changes))) == [field]


def test_an_update_needs_no_more_than_its_id_and_what_changes() -> None:
    assert validate_order_for_update({"id": 1, "status": 4}) == []
    assert fields(validate_order_for_update({"status": 4})) == ["id"]


@pytest.mark.parametrize("reason", [1, "1", 24, {"id": 24}, 43])
def test_a_cancellation_for_a_reason_that_exists_is_good(reason: object) -> None:
    assert validate_order_cancellation(123456, reason) == []


@pytest.mark.parametrize("reason", [0, 4, 99, "x", None, True, 1.5, [], object(), float("nan")])
def test_a_cancellation_for_no_such_reason_is_not(reason: object) -> None:
    assert fields(validate_order_cancellation(123456, reason)) == ["cancellation_reason"]


@pytest.mark.parametrize("order_id", [None, "abc", -1, 0, 1.5, [], b"1"])
def test_a_cancellation_of_no_order_is_not(order_id: object) -> None:
    assert fields(validate_order_cancellation(order_id, 1)) == ["order_id"]


def test_a_bulk_update_names_the_orders_at_fault_and_no_others() -> None:
    result = validate_bulk_order_update([short(id=1), short(id=2, status=9), short(id="3", products=[])])
    assert {number: fields(findings) for number, findings in result.items()} == {"2": ["status"], "3": ["products"]}


def test_orders_without_an_id_are_named_by_their_place() -> None:
    result = validate_bulk_order_update([short(), None, 5, {}, {"id": True, "status": 2}, {"id": 10**5000}])
    assert list(result) == ["#2", "#3", "#4", "#5", "#6"]


@pytest.mark.parametrize("orders", [[], (), iter(())])
def test_an_empty_bulk_update_is_good(orders: object) -> None:
    assert validate_bulk_order_update(orders) == {}


@pytest.mark.parametrize("orders", [None, 5, "orders", b"orders", {"status": 9}])
def test_what_is_no_list_of_orders_is_one_broken_order(orders: object) -> None:
    assert list(validate_bulk_order_update(orders)) == ["#1"]


def test_more_orders_than_a_request_takes_are_at_fault_from_the_fifty_first_on() -> None:
    assert list(validate_bulk_order_update([short(id=number) for number in range(1, 53)])) == ["51", "52"]


class Colour(Enum):
    RED = "red"


class Status(IntEnum):
    NEW = 1


Pair = namedtuple("Pair", "left right")
ENDLESS: list[Any] = []
ENDLESS.extend([ENDLESS] * 10)

STRANGE = [
    None, True, 5, 1e400, float("-inf"), "text", "\ud800", "\0", b"\xff", bytearray(b"x"), object(), type, len,
    Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1e999999"), Decimal("1e-999999"), FROM_FLOAT,
    10**5000, -(10**5000), 2j, {1, 2}, frozenset(), range(3), iter([1]), Colour.RED, Status.NEW, Pair(1, 2),
    date(2026, 1, 1), datetime(2026, 1, 1, 10, tzinfo=UTC), OrderedDict(a=1),
    {1: 2, None: 3, (1, 2): 4, 1.5: 5, b"x": 6}, ENDLESS, {"a": {"b": [{"c": {}}]}},
]  # fmt: skip


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_nothing_that_python_has_makes_a_check_raise(value: Any) -> None:
    for order in (
        value,
        short(id=value),
        short(status=value, customer=value, date=value, reason_cancellation=value),
        short(products=[{"product_id": value, "name": value, "quantity": value, "sale_price": value}]),
    ):
        validate_order_data(order)
        validate_order_for_update(order)
    validate_order_cancellation(value, value)
    assert isinstance(validate_bulk_order_update([value, short(id=value)]), dict)
    assert isinstance(validate_bulk_order_update(value), dict)


def test_values_of_python_stand_for_what_they_are() -> None:
    line = {"id": 1, "product_id": 1, "name": "x", "quantity": 1, "sale_price": Decimal("2.5"), "vat": Decimal("0.21")}
    order = short(status=Status.NEW, type=3, date=datetime(2026, 1, 1, 10, tzinfo=UTC), products=(line,))
    assert not {"status", "date", "products[0].sale_price", "products[0].vat"}.intersection(
        fields(validate_order_data(order))
    )


def test_orders_nested_without_end_are_told_so() -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    assert fields(validate_order_data(short(products=deep))) != []


PYTHON_VALUES = st.recursive(
    st.none() | st.floats() | st.decimals() | st.binary() | st.text() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=10,
)


@given(value=PYTHON_VALUES)
def test_no_value_makes_a_check_raise(value: Any) -> None:
    validate_order_data(value)
    validate_order_data(short(products=[{"product_id": value, "quantity": value, "sale_price": value}]))
    validate_order_for_update(short(customer=value))
    validate_order_cancellation(value, value)


def test_the_package_is_light_until_a_check_is_asked_for() -> None:
    code = (
        "import sys, magflow_tui.rules as rules; assert not {'pydantic', 'msgspec'} & set(sys.modules); "
        "rules.validate_order_data; assert 'pydantic' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_name_of_existing_callers_is_there_and_documented() -> None:
    for package in (rules, marketplace):
        for name in package.__all__:
            thing = getattr(package, name)
            assert not callable(thing) or thing.__doc__
    with pytest.raises(AttributeError):
        _ = rules.validate_everything  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("retry_with_backoff", "func max_retries=3 base_delay=2.0 max_delay=64.0"),
        ("TokenBucket", "rate capacity"),
        ("get_rate_limiter", ""),
        ("get_cancellation_reason_text", "code language='ro'"),
        ("get_order_status_text", "status language='ro'"),
        ("get_payment_mode_text", "mode language='ro'"),
    ],
)
def test_callers_find_the_parameters_they_know(name: str, parameters: str) -> None:
    found = inspect.signature(getattr(marketplace, name)).parameters.values()
    assert (
        " ".join(f"{each.name}" if each.default is each.empty else f"{each.name}={each.default!r}" for each in found)
        == parameters
    )


def test_callers_share_one_rate_limiter() -> None:
    limiter = marketplace.get_rate_limiter()
    assert marketplace.get_rate_limiter() is limiter
    assert isinstance(limiter, marketplace.EmagRateLimiter)
    assert limiter.get_usage_percentage() == 0
    assert set(limiter.get_stats()) == {
        "orders_requests", "other_requests", "rate_limit_hits", "total_wait_time", "current_orders_rpm",
        "current_other_rpm", "orders_rpm_usage", "other_rpm_usage", "orders_tokens_available", "other_tokens_available",
    }  # fmt: skip


def test_labels_are_romanian_as_before_and_english_when_asked() -> None:
    assert marketplace.get_cancellation_reason_text(1) == marketplace.CANCELLATION_REASONS[1] == "Lipsă stoc"
    assert marketplace.get_order_status_text(4) == "Finalizată"
    assert marketplace.get_payment_mode_text(3, language="en") == "Online card"
    assert marketplace.get_payment_mode_text(9) == "Mod de plată necunoscut (9)"
