"""Orders as the live API sends them parse without a single issue, quirks included."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from magflow_tui.marketplace.schema import Order, read_item

LIVE_LINE: dict[str, object] = {
    "id": 315800123,
    "product_id": "4306074",
    "name": "Ramă foto din lemn",
    "ext_part_number": "RF-1318",
    "part_number": "RF-1318",
    "part_number_key": "DABCDEFGH",
    "retained_amount": 0,
    "sale_price": "149.5041",
    "original_price": "149.5041",
    "currency": "RON",
    "mkt_id": 77,
    "quantity": 4,
    "initial_qty": 4,
    "storno_qty": 0,
    "vat": "0.2100",
    "status": 1,
    "reversible_vat_charging": 0,
    "product_voucher_split": [
        {
            "voucher_id": 123456789012,
            "value": "-8.2645",
            "vat_value": "-1.7355",
            "vat": "0.2100",
            "offered_by": "eMAG",
            "voucher_name": "Card cadou",
        }
    ],
    "attachments": [],
    "details": [],
    "created": "2026-03-01 10:11:12",
    "modified": "2026-03-01 10:11:12.123456",
    "recycle_warranties": [
        {
            "quantity": 4,
            "sale_price": "0.5000",
            "vat_rate": "0.0000",
            "product_name": "Taxa SGR plastic",
            "recycle_warranty_voucher_split": [],
        }
    ],
    "serial_numbers": None,
    "campaign": {"id": 5, "name": "Primăvară"},
}

LIVE_ORDER: dict[str, object] = {
    "vendor_name": "Exemplu SRL",
    "id": 530000001,
    "type": 3,
    "parent_id": None,
    "date": "2026-03-01 10:11:12",
    "payment_mode": "CARD online",
    "detailed_payment_method": "eCREDIT",
    "payment_mode_id": 3,
    "delivery_mode": "Livrare 6H",
    "observation": None,
    "status": 4,
    "payment_status": 1,
    "customer": {
        "id": 9001,
        "mkt_id": 9002,
        "name": "Ana Exemplu",
        "company": "Ana Exemplu",
        "gender": "",
        "phone_1": "0700000000",
        "phone_2": "",
        "email": "3f2a@emag.ro",
        "fax": None,
        "legal_entity": 0,
        "is_vat_payer": 1,
        "billing_locality_id": 8846,
        "shipping_locality_id": "8846",
        "shipping_postal_code": "",
        "shipping_street": "Strada Inventată 1 [EasyBox #1234]",
    },
    "products": [LIVE_LINE],
    "shipping_tax": 14.99,
    "shipping_tax_voucher_split": [],
    "vouchers": [
        {
            "id": "991",
            "voucher_id": 123456789012,
            "voucher_name": "Card cadou",
            "status": 1,
            "sale_price": "-8.2645",
            "sale_price_vat": "-1.7355",
            "vat": "0.21",
            "issue_date": "2026-02-01 00:00:00",
        }
    ],
    "proforms": [],
    "attachments": [
        {"name": "Factură", "url": "https://example.invalid/f.pdf", "visibility": 1, "type": 13, "force_download": "0"}
    ],
    "cashed_co": 738.59,
    "cashed_cod": 0,
    "cancellation_request": None,
    "has_editable_products": 0,
    "refunded_amount": "59.00",
    "is_complete": 1,
    "refund_status": None,
    "maximum_date_for_shipment": "2026-03-02 23:59:59",
    "late_shipment": None,
    "emag_club": 1,
    "finalization_date": None,
    "details": {
        "locker_id": "7f0c2a",
        "locker_name": "EasyBox 7",
        "locker_delivery_eligible": 1,
        "courier_external_office_id": None,
    },
    "weekend_delivery": 0,
    "reason_cancellation": None,
    "flags": [{"flag": "vip", "value": {"nivel": [1, 2]}}],
    "created": "2026-03-01 10:11:12",
    "modified": "2026-03-03 10:00:00",
    "enforced_vendor_courier_accounts": ["1234", 5678],
    "delivery_payment_mode": None,
    "is_storno": None,
    "currency": "RON",
}


def read(**changes: object) -> Order:
    item = read_item(Order, json.dumps(LIVE_ORDER | changes).encode())
    assert item.issues == ()
    assert item.value is not None
    return item.value


def test_a_live_order_reads_whole_and_keeps_its_bytes() -> None:
    raw = json.dumps(LIVE_ORDER, ensure_ascii=False).encode()
    item = read_item(Order, raw)
    assert item.raw == raw
    assert item.issues == ()
    assert item.value is not None
    assert item.value.id == 530000001
    assert item.value.products is not None
    assert item.value.products[0].sale_price == Decimal("149.5041")
    assert str(item.value.products[0].vat) == "0.2100"
    assert item.value.products[0].product_id == 4306074


def test_every_documented_key_is_a_field_and_none_lands_among_the_unknown() -> None:
    order = read()
    assert order.model_extra == {}
    assert order.products is not None
    assert order.products[0].model_extra == {"details": []}, "free-form by nature, kept as it came"


def test_numbers_are_read_by_their_shortest_text() -> None:
    order = read(shipping_tax=14.99, cashed_co=0.1, cashed_cod=0)
    assert order.shipping_tax == Decimal("14.99")
    assert order.cashed_co == Decimal("0.1")
    assert order.cashed_cod == Decimal(0)
    assert read(shipping_tax="19.99").shipping_tax == Decimal("19.99")
    assert read(shipping_tax=20).shipping_tax == Decimal(20)


def test_an_empty_object_may_arrive_as_an_empty_list() -> None:
    order = read(details=[], customer=[])
    assert order.details is not None
    assert order.details.locker_id is None
    assert order.customer is not None
    assert order.customer.name is None


def test_absent_customer_texts_are_none() -> None:
    customer = read().customer
    assert customer is not None
    assert customer.gender is None
    assert customer.phone_1 == "0700000000"
    assert customer.phone_2 is None
    assert customer.fax is None
    assert customer.billing_locality_id == customer.shipping_locality_id == "8846"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (None, None),
        (24, 24),
        ("24", 24),
        ({"id": 24, "name": "La solicitarea clientului"}, 24),
        ({"id": None, "name": None}, None),
        ([], None),
        ({"id": 99, "name": "Nou"}, 99),
    ],
)
def test_the_cancellation_reason_is_read_in_each_of_its_shapes(sent: object, code: int | None) -> None:
    assert read(reason_cancellation=sent).cancellation_code == code


def test_the_reason_under_its_old_key_is_found_too() -> None:
    assert read(reason_cancellation=None, cancellation_reason=2).cancellation_code == 2


def test_no_courier_list_and_an_empty_one_stay_different() -> None:
    assert read(enforced_vendor_courier_accounts=None).enforced_vendor_courier_accounts is None
    assert read(enforced_vendor_courier_accounts=[]).enforced_vendor_courier_accounts == ()
    assert read().enforced_vendor_courier_accounts == ("1234", "5678")


def test_products_may_be_null() -> None:
    assert read(products=None).products is None


def test_flags_are_read_from_numbers_texts_and_booleans() -> None:
    for sent, flag in ((0, False), (1, True), ("0", False), ("1", True), (True, True), (None, None)):
        assert read(is_storno=sent).is_storno is flag


def test_a_full_storno_leaves_quantity_zero() -> None:
    order = read(products=[LIVE_LINE | {"quantity": 0, "storno_qty": 4}])
    assert order.products is not None
    assert order.products[0].quantity == 0


def test_unknown_keys_are_kept_wherever_they_turn_up() -> None:
    order = read(noutate={"a": [1, None]}, products=[LIVE_LINE | {"altceva": 7}])
    assert order.model_extra == {"noutate": {"a": [1, None]}}
    assert order.products is not None
    assert (order.products[0].model_extra or {})["altceva"] == 7


def test_line_ids_beyond_the_documented_bound_are_read() -> None:
    order = read(products=[LIVE_LINE | {"id": 2**63 - 1}])
    assert order.products is not None
    assert order.products[0].id == 2**63 - 1


def test_a_proforma_carries_both_kinds_of_number() -> None:
    proforma = {
        "id": 1,
        "vendor_order_id": 99,
        "mkt_order_id": 530000001,
        "proforma_number": "PF-1",
        "net_value": "545.4400",
        "gross_value": 659.98,
        "is_payed": 0,
        "products": [{"id": 1, "vendor_order_product_sale_price": "272.7190", "vendor_order_product_vat_rate": "0.21"}],
    }
    (read_back,) = read(proforms=[proforma]).proforms or ()
    assert (read_back.net_value, read_back.gross_value) == (Decimal("545.4400"), Decimal("659.98"))
