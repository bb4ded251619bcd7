"""One offer whole, and the counts of all: conditions met and failed, validations, states by account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.contract.offers import ValidationCount
from magflow_tui.store.list_query import ListQuery

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def test_every_condition_of_an_offer_is_told_met_or_not(shelf, make):
    rejected = {"value": 5, "description": "Refuzat"}
    await shelf.put_offers(make["offer"](1, general_stock=0, validation_status=[rejected]))
    detail = await shelf.store.get_offer(1, "main")
    assert [(check.name, check.ok) for check in detail.checks] == [
        ("stock", False),
        ("status", True),
        ("price", True),
        ("documentation", False),
    ]
    assert [check.text for check in detail.checks] == [
        "no stock",
        "offer: active",
        "price valid",
        "documentation: brand rejected",
    ]
    assert detail.checks[3].text_ro == "documentație: brand respins"
    [documentation] = [state for state in detail.states if state.name == "documentation"]
    assert (documentation.value, documentation.text, documentation.remark) == (5, "Brand rejected", "Refuzat")


async def test_prices_stock_and_numbers_of_an_offer_are_told(shelf, make):
    facts = {
        "min_sale_price": 80,
        "max_sale_price": "150.5",
        "ean": ["5941234567899"],
        "stock": [{"warehouse_id": 1, "value": 4}],
        "handling_time": [{"warehouse_id": 1, "value": 2}],
        "buy_button_rank": 2,
        "number_of_offers": 5,
        "warranty": 24,
        "brand_name": "Casa Bună",
    }
    await shelf.put_offers(make["offer"](1, **facts))
    detail = await shelf.store.get_offer(1)
    assert (detail.min_sale_price, detail.max_sale_price) == (Decimal(80), Decimal("150.5"))
    assert (detail.ean, detail.brand, detail.handling_days, detail.warranty_months) == (
        ("5941234567899",),
        "Casa Bună",
        2,
        24,
    )
    assert [(each.warehouse, each.pieces) for each in detail.warehouses] == [("1", 4)]
    assert (detail.buy_button_rank, detail.number_of_offers) == (2, 5)
    assert detail.row == (await shelf.store.list_offers()).offers[0]
    assert detail.offer["id"] == 1


@pytest.mark.parametrize("errors", ["o eroare", {"brand": ["nu există"]}, ["a", "b"]])
async def test_what_a_validation_says_of_itself_is_kept_in_short(shelf, make, errors):
    state = {"value": 8, "description": "Respinsă", "errors": errors}
    await shelf.put_offers(make["offer"](1, validation_status=[state]))
    detail = await shelf.store.get_offer(1, "main")
    remark = detail.states[0].remark
    assert remark.startswith("Respinsă · ")
    assert [state.remark for state in detail.states if state.name == "price"] == [""]
    assert len(remark) <= 500


async def test_an_offer_is_looked_for_in_its_account(shelf, make):
    await shelf.put_offers(make["offer"](1))
    await shelf.put_offers(make["offer"](1, general_stock=9), account="other")
    assert await shelf.store.accounts_of_offer(1) == ("main", "other")
    detail = await shelf.store.get_offer(1, "other")
    assert detail is not None
    assert detail.row.stock == 9
    assert await shelf.store.get_offer(2) is None
    assert await shelf.store.get_offer(1, "third") is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("no stock", [2]),
        ("fără stoc", [2]),
        ("FARA STOC", [2]),
        ("brand respins", [3]),
        ("rejected", [3]),
        ("oferta", [4]),
    ],
)
async def test_offers_are_found_by_what_keeps_them_from_being_sold_in_either_language(shelf, make, asked, found):
    offer = make["offer"]
    await shelf.put_offers(
        offer(1), offer(2, general_stock=0), offer(3, validation_status=[{"value": 5}]), offer(4, status=0)
    )
    where = RowFilter(alternatives=((Condition(field="reason", value=asked),),))
    assert [row.id for row in (await shelf.store.list_offers(ListQuery(where=where))).offers] == found


async def test_offers_are_counted_by_account_sellability_stock_and_validation(shelf, make):
    offer = make["offer"]
    unknown = offer(4)
    del unknown["general_stock"]
    await shelf.put_offers(offer(1), offer(2, status=0), offer(3, general_stock=0), unknown)
    await shelf.put_offers(offer(1, validation_status=[{"value": 5}]), account="other", later=-3 * 86_400)
    stats = await shelf.store.product_stats(NOON + timedelta(hours=1))
    assert (stats.total_products, stats.active_products, stats.sellable, stats.without_stock) == (5, 4, 1, 2)
    assert stats.by_account == {"main": 4, "other": 1}
    main, other = stats.accounts
    assert (main.account, main.total, main.active, main.sellable, main.without_stock) == ("main", 4, 3, 1, 2)
    assert (main.recently_synced_24h, other.recently_synced_24h) == (4, 0)
    assert stats.by_validation_status == (
        ValidationCount(value=9, text="Approved", text_ro="Aprobată", offers=4),
        ValidationCount(value=5, text="Brand rejected", text_ro="Brand respins", offers=1),
    )
