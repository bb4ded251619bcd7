"""Offers and returns in the store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from magflow_tui.store.list_query import ListQuery

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def test_an_offer_that_can_be_sold_and_one_that_cannot_are_told_apart(shelf, make):
    await shelf.put_offers(make["offer"](1), make["offer"](2, general_stock=0, status=0))
    sound, lame = (await shelf.store.list_offers()).offers
    assert (sound.sellable, sound.reasons, sound.stock, sound.sale_price) == (True, (), 4, Decimal("99.50"))
    assert (lame.sellable, lame.stock) == (False, 0)
    assert (lame.reasons, lame.reasons_ro) == (("no stock", "offer: inactive"), ("fără stoc", "ofertă: inactivă"))
    assert (sound.remark, lame.remark) == (None, None)


async def test_an_offer_whose_translation_is_not_shown_can_be_sold_and_carries_a_remark(shelf, make):
    await shelf.put_offers(make["offer"](1, translation_validation_status=[{"value": 14}]))
    (hidden,) = (await shelf.store.list_offers()).offers
    assert (hidden.sellable, hidden.reasons) == (True, ())
    assert hidden.remark == "translation: failed, so the product may stay hidden"
    assert hidden.remark_ro == "traducere: eșuată, deci produsul poate rămâne ascuns"


async def test_a_changed_offer_is_updated_and_an_unchanged_one_left_alone(shelf, make):
    await shelf.put_offers(make["offer"](1), make["offer"](2))
    outcome = await shelf.put_offers(make["offer"](1, general_stock=3), make["offer"](2))
    assert (outcome.updated, outcome.unchanged) == (1, 1)
    assert [row.stock for row in (await shelf.store.list_offers()).offers] == [3, 4]


@pytest.mark.parametrize("limit", [1, 3, 10])
async def test_pages_of_offers_put_together_are_the_list(shelf, make, limit):
    await shelf.put_offers(*(make["offer"](number) for number in range(1, 8)))
    await shelf.put_offers(*(make["offer"](number) for number in range(5, 8)), account="other")
    found, after = [], None
    while True:
        page = await shelf.store.list_offers(ListQuery(limit=limit, after=after))
        assert page.total == 10
        found += [(row.account, row.id) for row in page.offers]
        after = page.next_after
        if after is None:
            break
    assert found == [("main", number) for number in range(1, 8)] + [("other", number) for number in range(5, 8)]


async def test_product_stats_count_offers_by_state_and_account(shelf, make):
    await shelf.put_offers(make["offer"](1), make["offer"](2, status=0), make["offer"](3, status=2))
    await shelf.put_offers(make["offer"](1), account="other", later=-3 * 86_400)
    stats = await shelf.store.product_stats(NOON + timedelta(hours=1))
    assert (stats.total_products, stats.active_products, stats.inactive_products) == (4, 2, 2)
    assert stats.by_account == {"main": 3, "other": 1}
    assert stats.recently_synced_24h == 3


async def test_product_stats_of_an_empty_store_are_zero(shelf):
    stats = await shelf.store.product_stats(NOON)
    assert (stats.total_products, stats.by_account, stats.recently_synced_24h) == (0, {}, 0)


async def test_a_return_is_kept_with_its_products(shelf):
    rma = {
        "emag_id": 31,
        "order_id": "4000",
        "request_status": 2,
        "date": "2026-05-20 10:00:00",
        "products": [{"id": 1, "quantity": 1, "product_name": "Ceainic"}],
        "return_tax_value": "0.0000",
    }
    assert (await shelf.put_rma(rma)).created == 1
    assert (await shelf.put_rma(rma)).unchanged == 1
    [row] = await shelf.rows("SELECT * FROM rma")
    assert (row["id"], row["order_id"], row["request_status"], row["return_tax_value"]) == (31, 4000, 2, 0)
    assert json.loads(row["products"])[0]["product_name"] == "Ceainic"
    assert json.loads(row["raw"]) == rma
    assert (await shelf.store.counts())["main"].rma == 1


async def test_what_is_too_broken_to_read_is_kept_once_with_the_reason(shelf, make):
    for later in (0, 60):
        outcome = await shelf.put(b'{"id": null, "status": 1}', b"[1, 2]", make["order"](5), later=later)
        assert outcome.failed == 2
    kept = await shelf.store.list_broken()
    assert {item.raw for item in kept} == {b'{"id": null, "status": 1}', b"[1, 2]"}
    assert all(item.issues and item.last_seen - item.first_seen == timedelta(seconds=60) for item in kept)
    assert (await shelf.store.counts())["main"].orders == 1
