"""Which conditions keep an offer from being sold."""

from __future__ import annotations

import json

import pytest

from magflow_tui.marketplace.schema import Offer, read_item
from magflow_tui.rules.sellability import offer_stock, why_not_sellable


def offer(**changes: object) -> Offer:
    sound = {
        "id": 1,
        "status": 1,
        "general_stock": 5,
        "offer_validation_status": {"value": 1, "description": "Saleable"},
        "validation_status": [{"value": 9, "description": "Approved", "errors": None}],
    }
    item = read_item(Offer, json.dumps(sound | changes).encode())
    assert item.value is not None
    assert not item.issues
    return item.value


def test_an_active_valid_approved_offer_in_stock_can_be_sold() -> None:
    assert why_not_sellable(offer()) == ()


@pytest.mark.parametrize("value", [3, 9, 11, 12])
def test_four_documentation_states_can_be_sold(value: int) -> None:
    assert why_not_sellable(offer(validation_status=[{"value": value}])) == ()


@pytest.mark.parametrize("value", [0, 1, 2, 4, 5, 6, 7, 8, 10, 13, None])
def test_every_other_documentation_state_cannot(value: int | None) -> None:
    (reason,) = why_not_sellable(offer(validation_status=[{"value": value}]))
    assert reason.startswith("documentation: ")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"general_stock": 0}, "no stock"),
        ({"general_stock": None}, "stock not known"),
        ({"status": 0}, "offer: inactive"),
        ({"status": 2}, "offer: end of life"),
        ({"status": None}, "offer: unknown status (-)"),
        ({"offer_validation_status": {"value": 2}}, "price not valid"),
        ({"offer_validation_status": []}, "price validity not known"),
        ({"validation_status": []}, "documentation: unknown validation (-)"),
        ({"validation_status": [{"value": 10}]}, "documentation: blocked"),
    ],
)
def test_each_condition_that_fails_is_named(changes: dict[str, object], reason: str) -> None:
    assert why_not_sellable(offer(**changes)) == (reason,)


def test_all_conditions_that_fail_are_named_together() -> None:
    assert (
        len(why_not_sellable(offer(general_stock=0, status=0, offer_validation_status=None, validation_status=None)))
        == 4
    )


def test_stock_is_the_general_one_else_the_warehouses_else_the_estimate() -> None:
    stock = [{"warehouse_id": 1, "value": 3}, {"warehouse_id": 2, "value": 4}]
    assert offer_stock(offer(general_stock=9, stock=stock)) == 9
    assert offer_stock(offer(general_stock=None, stock=stock)) == 7
    assert offer_stock(offer(general_stock=None, estimated_stock=2)) == 2
