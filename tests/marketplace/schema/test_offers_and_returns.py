"""Offers, returns and nomenclatures as the live API sends them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from magflow_tui.marketplace.schema import Category, HandlingTime, Offer, Payload, Rma, VatRate, read_item

LIVE_OFFER: dict[str, object] = {
    "part_number_key": "DABCDEFGH",
    "brand_name": "Exemplu",
    "buy_button_rank": None,
    "category_id": 2735,
    "id": 4306074,
    "brand": "Exemplu",
    "vendor_category_id": None,
    "name": "Ramă foto",
    "part_number": "RF-1318",
    "sale_price": 149.5041,
    "currency": "RON",
    "description": "&#1057;&#1085;&#1080;&#1084;&#1082;&#1072;",
    "url": "",
    "warranty": 24,
    "general_stock": 12,
    "weight": "0.2500",
    "status": "1",
    "recommended_price": 0,
    "images": [{"url": "https://example.invalid/1.jpg", "display_type": 1}],
    "characteristics": [{"id": 7, "value": "lemn", "tag": None}],
    "attachments": [],
    "vat_id": 1,
    "family": {"id": None, "name": None, "family_type_id": None},
    "start_date": [{"warehouse_id": 1, "value": "2026-01-01"}],
    "estimated_stock": 12,
    "min_sale_price": 100.0,
    "max_sale_price": 200,
    "offer_details": {"warranty_type": "1", "supply_lead_time": 14, "emag_club": 1, "nou": True},
    "offer_properties": [],
    "availability": [{"warehouse_id": 1, "id": 3}],
    "stock": [{"warehouse_id": 1, "value": 12}],
    "handling_time": [{"warehouse_id": 1, "value": 0}],
    "barcode": [],
    "ean": ["5900000000015"],
    "commission": None,
    "validation_status": [{"value": 9, "description": "Approved", "errors": None}],
    "offer_validation_status": {"value": 1, "description": "Saleable", "errors": []},
    "ownership": False,
    "best_offer_sale_price": 149.5041,
    "number_of_offers": 3,
    "rrp_guidelines": "",
    "translation_validation_status": [{"value": 9, "description": "ok", "errors": None}],
    "auto_translated": 0,
    "genius_eligibility_type": 1,
    "has_smart_deals_badge": False,
    "manufacturer": True,
    "eu_representative": False,
    "doc_errors": None,
    "reversible_vat_charging": False,
}


def read(**changes: object) -> Offer:
    item = read_item(Offer, json.dumps(LIVE_OFFER | changes).encode())
    assert item.issues == ()
    assert item.value is not None
    return item.value


def test_a_live_offer_reads_whole() -> None:
    offer = read()
    assert offer.sale_price == Decimal("149.5041")
    assert offer.status == 1
    assert offer.url is None
    assert offer.ean == ("5900000000015",)
    assert set(offer.model_extra or {}) == {
        "characteristics", "attachments", "start_date", "offer_properties", "manufacturer", "eu_representative",
        "doc_errors",
    }  # fmt: skip


@pytest.mark.parametrize("sent", [{"value": 1}, [{"value": 1}], {"value": "1"}])
def test_the_offer_s_validity_is_read_as_object_or_list(sent: object) -> None:
    state = read(offer_validation_status=sent).offer_validation_status
    assert state is not None
    assert state.value == 1


@pytest.mark.parametrize("sent", [{"value": 9}, [{"value": 9}], [{"value": "9"}]])
def test_the_documentation_state_is_read_as_list_or_object(sent: object) -> None:
    (state,) = read(validation_status=sent).validation_status or ()
    assert state.value == 9


def test_ownership_is_a_boolean_live_and_a_number_in_the_documents() -> None:
    assert read(ownership=True).ownership is True
    assert read(ownership=2).ownership == 2


def test_a_live_return_reads_whole() -> None:
    payload = {
        "is_full_fbe": 0,
        "emag_id": 880001,
        "return_parent_id": None,
        "order_id": "530000001",
        "type": 3,
        "is_club": 1,
        "is_fast": 0,
        "customer_name": "Ana Exemplu",
        "pickup_method": 1,
        "request_status": 2,
        "return_type": 3,
        "return_reason": 14,
        "date": "2026-03-05 14:05:00",
        "products": [{"id": 1, "product_emag_id": 315800123, "product_id": "4306074", "quantity": 1}],
        "return_tax_value": "0.0000",
        "locker": [],
        "awbs": [{"reservation_id": 12}],
        "request_history": [{"date": "5 Mar 2026, 14:05"}],
        "currency": "RON",
    }
    item = read_item(Rma, json.dumps(payload).encode())
    assert item.issues == ()
    assert item.value is not None
    assert item.value.order_id == 530000001
    assert item.value.return_tax_value == 0
    assert item.value.products is not None
    assert item.value.products[0].product_id == 4306074


@pytest.mark.parametrize(
    ("model", "payload"),
    [
        (VatRate, {"vat_id": 1, "vat_rate": "0.2100", "is_default": 1}),
        (HandlingTime, {"id": 0}),
        (HandlingTime, {"id": 90, "name": "90 zile", "value": 90}),
        (Category, {"id": 2735, "name": "Rame", "parent_id": 1, "is_allowed": 1, "characteristics": [{"id": 7}]}),
    ],
)
def test_nomenclatures_read_whole(model: type[Payload], payload: dict[str, object]) -> None:
    item = read_item(model, json.dumps(payload).encode())
    assert item.issues == ()
    assert item.value is not None
