"""Which conditions keep an offer from being sold."""

from __future__ import annotations

import json

import pytest

from magflow_tui.marketplace.schema import Offer, read_item
from magflow_tui.rules.sellability import (
    condition_of,
    failing_conditions,
    offer_stock,
    translation_remark,
    why_not_sellable,
)


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


EVERY_FAILING_OFFER = [
    *({"status": status} for status in (0, 2, 3, 99, -7, None)),
    *({"validation_status": [{"value": value}]} for value in (*range(20), 10**18, None) if value not in (3, 9, 11, 12)),
    {"general_stock": 0},
    {"general_stock": -1},
    {"general_stock": None},
    {"offer_validation_status": {"value": 2}},
    {"offer_validation_status": None},
]


@pytest.mark.parametrize("changes", EVERY_FAILING_OFFER, ids=str)
def test_a_condition_is_found_again_by_its_english_phrase(changes: dict[str, object]) -> None:
    (condition,) = failing_conditions(offer(**changes))
    assert condition_of(condition.words.en) == condition


def test_every_kind_of_condition_has_a_code_of_its_own() -> None:
    codes = {failing_conditions(offer(**changes))[0].code for changes in EVERY_FAILING_OFFER}
    assert codes == {
        "offer.stock",
        "offer.stock_unknown",
        "offer.status",
        "offer.price",
        "offer.price_unknown",
        "offer.documentation",
    }


@pytest.mark.parametrize("phrase", ["", "no stock at all", "offer: in love", "documentation: (12x)", "weather: bad"])
def test_a_phrase_of_another_time_names_no_condition(phrase: str) -> None:
    assert condition_of(phrase) is None


@pytest.mark.parametrize("status", [13, 14, 15, 16, 1, 8, 99])
def test_a_translation_that_is_not_shown_is_a_remark_and_no_failure(status: int) -> None:
    translated = offer(auto_translated=1, translation_validation_status=[{"value": status}])
    assert why_not_sellable(translated) == ()
    remark = translation_remark(status)
    assert remark is not None
    assert "hidden" in remark.en
    assert "ascuns" in remark.ro


@pytest.mark.parametrize("status", [3, 9, 11, 12, 17, None])
def test_a_translation_that_is_shown_needs_no_remark(status: int | None) -> None:
    assert translation_remark(status) is None
