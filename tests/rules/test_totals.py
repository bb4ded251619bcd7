"""What a customer pays."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.marketplace.schema import Order, OrderLine, read_item
from magflow_tui.rules.totals import order_sums, order_total, unit_gross


def line(price: object, quantity: object, vat: object = "0.2100", **more: object) -> dict[str, object]:
    return {"id": 1, "sale_price": price, "quantity": quantity, "vat": vat, "status": 1, **more}


def total(products: object, **more: object) -> Decimal | None:
    order = read_item(
        Order, json.dumps({"id": 1, "status": 4, "products": products, "shipping_tax": 0, **more}).encode()
    )
    assert order.value is not None
    return order_total(order.value)


VOUCHER = {"voucher_id": 7, "sale_price": "-8.2645", "sale_price_vat": "-1.7355", "vat": "0.21"}
SPLIT = {"voucher_id": 7, "value": "-8.2645", "vat_value": "-1.7355", "vat": "0.21"}


def test_four_units_are_rounded_each_before_they_are_multiplied() -> None:
    assert total([line("149.5041", 4)]) == Decimal("723.60")
    assert unit_gross(Decimal("149.5041"), Decimal("0.21")) == Decimal("180.90")


def test_the_live_proforma_of_two_lines_adds_up() -> None:
    assert total([line("272.7190", 1), line("272.7190", 1)]) == Decimal("659.98")


def test_half_a_hundredth_is_rounded_up() -> None:
    assert total([line("0.125", 1, "0")]) == Decimal("0.13")
    assert total([line("-0.125", 1, "0")]) == Decimal("-0.13")


def test_shipping_is_gross_already() -> None:
    assert total([line("10.0000", 1)], shipping_tax=14.99) == Decimal("27.09")


def test_packaging_deposits_are_money_on_top() -> None:
    deposit = {"quantity": 6, "sale_price": "0.5000", "vat_rate": "0.0000"}
    assert total([line("10.0000", 6, recycle_warranties=[deposit])]) == Decimal("75.60")


def test_vouchers_are_subtracted_and_their_splits_are_not_subtracted_again() -> None:
    products = [line("100.0000", 1, product_voucher_split=[SPLIT])]
    assert total(products, vouchers=[VOUCHER]) == Decimal("111.00")
    assert total(products, vouchers=[]) == Decimal("111.00"), "without vouchers their splits say the same"


def test_splits_on_shipping_lines_and_deposits_count_together() -> None:
    deposit = {"quantity": 1, "sale_price": "1", "vat_rate": "0", "recycle_warranty_voucher_split": [SPLIT]}
    products = [line("100", 1, product_voucher_split=[SPLIT], recycle_warranties=[deposit])]
    assert total(products, shipping_tax=20, shipping_tax_voucher_split=[SPLIT]) == Decimal("112.00")


def test_splits_of_a_third_each_are_rounded_once_together() -> None:
    third = {"value": "-2.7548", "vat_value": "-0.5785"}
    assert total([line("100", 1, product_voucher_split=[third, third, third])]) == Decimal("111.00")


def test_a_storno_to_zero_costs_nothing_and_a_removed_line_does_not_count() -> None:
    assert total([line("10", 0), line("10", 1)]) == Decimal("12.10")
    assert total([line("10", 1) | {"status": 0}, line("10", 1)]) == Decimal("12.10")


def test_a_cancelled_order_keeps_what_it_would_have_cost() -> None:
    assert total([line("10", 1) | {"status": 0}], status=0) == Decimal("12.10")


@pytest.mark.parametrize(
    "products",
    [
        None,
        [line(None, 1)],
        [line("10", None)],
        [line("10", 1, None)],
        [line("10", 1, "21")],
        [line("10", 1, "-0.21")],
        [line("abc", 1)],
        ["not a line"],
        [line("10", 1, recycle_warranties=[{"quantity": 1}])],
    ],
)
def test_a_total_that_cannot_be_told_is_none(products: object) -> None:
    assert total(products) is None


def test_unreadable_shipping_or_voucher_leaves_no_total_but_absent_shipping_is_free() -> None:
    assert total([line("10", 1)], shipping_tax="gratis") is None
    assert total([line("10", 1)], vouchers=[{"sale_price": "-1"}]) is None
    order = read_item(Order, json.dumps({"id": 1, "products": [line("10", 1)]}).encode()).value
    assert order is not None
    assert order_total(order) == Decimal("12.10")


def test_what_an_order_costs_is_told_by_kind_and_as_it_was_ordered() -> None:
    deposit = {"quantity": 6, "sale_price": "0.5000", "vat_rate": "0.0000"}
    lines = [line("10", 1, initial_qty=3, recycle_warranties=[deposit]), line("5", 2) | {"status": 0}]
    order = read_item(
        Order,
        json.dumps({"id": 1, "status": 4, "products": lines, "shipping_tax": 9.99, "vouchers": [VOUCHER]}).encode(),
    ).value
    assert order is not None
    now, before = order_sums(order), order_sums(order, as_ordered=True)
    assert now is not None
    assert before is not None
    assert now == (Decimal("12.10"), Decimal("3.00"), Decimal("9.99"), Decimal("-10.0000"), Decimal("15.09"))
    assert now.before_discounts == Decimal("25.09")
    assert before.goods == Decimal("48.40"), "three of the first and the removed two"


amounts = st.decimals(min_value=-(10**13), max_value=10**13, places=4)


@given(amounts.map(str), st.integers(-(2**63) + 1, 2**63 - 1), st.decimals(0, "0.9999", places=4).map(str))
def test_no_price_quantity_or_rate_breaks_the_sum(price: str, quantity: int, vat: str) -> None:
    result = total([line(price, quantity, vat)])
    assert result is not None
    assert result.as_tuple().exponent == -2


json_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@given(
    st.dictionaries(st.sampled_from(list(Order.model_fields)), json_values),
    st.lists(st.dictionaries(st.sampled_from(list(OrderLine.model_fields)), json_values) | json_values, max_size=3),
)
def test_whatever_arrives_has_a_total_of_two_decimals_or_none(fields: dict[str, object], lines: list[object]) -> None:
    item = read_item(Order, json.dumps(fields | {"id": 1, "products": lines}).encode())
    assert item.value is not None
    result = order_total(item.value)
    assert result is None or result.as_tuple().exponent == -2
