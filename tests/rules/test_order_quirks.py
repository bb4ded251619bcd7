"""What the live API really sends is good: no error, and no warning either."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.findings import Finding
from magflow_tui.rules.orders import check_order
from magflow_tui.sandbox.config import Limits, Living, SandboxAccount
from magflow_tui.sandbox.saving import RefusedError, acknowledge, save
from magflow_tui.sandbox.seller import Seller

from .faults.fault import (
    BANK,
    BG_EURO,
    BG_LEVA,
    CANCELLED,
    CARD,
    DEPOSITS,
    DISCOUNT,
    DROP,
    FBE,
    HU_CANCELLED,
    LOCKER,
    NEW,
    STORNO,
    payload,
    platform_of,
    sound_orders,
    sound_value,
)

BEGAN = 1_790_000_000


def findings(base: int, changes: dict[str, Any]) -> tuple[Finding, ...]:
    item = read_item(Order, payload(base, changes))
    return check_order(item, platform=PLATFORMS[platform_of(base)], now=datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("base", range(16))
def test_the_sound_orders_have_no_finding(base: int) -> None:
    assert findings(base, {}) == ()
    assert check_order(read_item(Order, payload(base, {}))) == ()


def test_there_are_sixteen_sound_orders() -> None:
    assert len(sound_orders()) == 16


DEPOSIT = "products[0].recycle_warranties[0]"


def _proforma_with_shipping() -> float:
    return round(float(sound_value(BANK, "proforms[0].gross_value")) + 19.99, 2)


QUIRKS: dict[str, tuple[int, dict[str, Any]]] = {
    "numbers as text": (
        CARD,
        {"id": "438228351", "status": "4", "shipping_tax": "0.00", "cashed_co": "273.68", "products[0].quantity": "1"},
    ),
    "an e-mail that is empty": (CARD, {"customer.email": ""}),
    "postal codes that are empty or null": (
        CARD,
        {"customer.billing_postal_code": None, "customer.shipping_postal_code": ""},
    ),
    "is_vat_payer of a person": (CARD, {"customer.is_vat_payer": 1}),
    "a country in words": (CARD, {"customer.shipping_country": "Romania", "customer.billing_country": "România"}),
    "localities as text": (CARD, {"customer.shipping_locality_id": "8846", "customer.billing_locality_id": None}),
    "only the phone of the delivery": (CARD, {"customer.phone_1": "", "customer.billing_phone": ""}),
    "a gender that is empty": (CARD, {"customer.gender": ""}),
    "details as an empty list": (CARD, {"details": []}),
    "details that are null": (CARD, {"details": None}),
    "an eCREDIT payment": (CARD, {"detailed_payment_method": "eCREDIT"}),
    "a label of another language": (BG_LEVA, {"payment_mode": "Плащане с карта"}),
    "delivery in six hours": (CARD, {"delivery_mode": "Livrare 6H"}),
    "any courier": (CARD, {"enforced_vendor_courier_accounts": None}),
    "no AWB through eMAG": (CARD, {"enforced_vendor_courier_accounts": []}),
    "a list of couriers": (CARD, {"enforced_vendor_courier_accounts": ["1234", 5678]}),
    "no courier accounts at all": (CARD, {"enforced_vendor_courier_accounts": DROP}),
    "force_download as text": (CARD, {"attachments[0].force_download": "1"}),
    "a shipping invoice": (CARD, {"attachments[0].type": 13}),
    "product_id as a number": (CARD, {"products[0].product_id": 4306187}),
    "ids far above the documented bounds": (
        CARD,
        {"id": 2**40, "products[0].id": 2**62, "parent_id": 2**33, "customer.id": 2**50},
    ),
    "unknown keys": (CARD, {"noutate": {"a": [1, None]}, "products[0].altceva": 7, "customer.vip": True}),
    "flags": (CARD, {"flags": [{"flag": "vip", "value": 1}, {"flag": "altul", "value": None}]}),
    "fractions of seconds": (
        CARD,
        {"modified": "2025-09-03 22:51:32.123456", "products[0].modified": "2025-09-03 22:51:32.5"},
    ),
    "the keys of before 2024": (
        CARD,
        dict.fromkeys(
            (
                "created",
                "modified",
                "vendor_name",
                "flags",
                "currency",
                "proforms",
                "is_complete",
                "weekend_delivery",
                "cancellation_request",
                "refund_status",
                "delivery_payment_mode",
                "finalization_date",
                "late_shipment",
                "reason_cancellation",
            ),
            DROP,
        ),
    ),
    "lines of before storno was told": (
        CARD,
        {"products[0].initial_qty": DROP, "products[0].storno_qty": DROP, "products[1].recycle_warranties": DROP},
    ),
    "no reason on a new order": (NEW, {"reason_cancellation": {"id": None, "name": None}}),
    "a reason as a number": (CANCELLED, {"reason_cancellation": 24}),
    "a reason as text": (CANCELLED, {"reason_cancellation": "24"}),
    "a reason under its old key": (CANCELLED, {"reason_cancellation": DROP, "cancellation_reason": 2}),
    "a reason of a later version": (CANCELLED, {"reason_cancellation": {"id": 43, "name": "?"}}),
    "a reason left over on an order that lives": (CARD, {"reason_cancellation": {"id": 1, "name": "Lipsă stoc"}}),
    "cancelled with removed lines": (CANCELLED, {"products[0].status": 0}),
    "cancelled with removed lines of no pieces": (CANCELLED, {"products[0].status": 0, "products[0].quantity": 0}),
    "removed line of an open order": (
        LOCKER,
        {"products[0].status": 0, "products[0].quantity": 0, "products[0].initial_qty": 0},
    ),
    "cash not yet with eMAG": (BG_EURO, {"payment_status": 0, "cashed_cod": 0}),
    "paid before the vouchers": (CARD, {"cashed_co": 321.96}),
    "card money after a storno that was given back later": (
        CARD,
        {
            "products[0].quantity": 0,
            "products[0].storno_qty": 1,
            "products[0].product_voucher_split": [],
            "refunded_amount": "66.99",
        },
    ),
    "a whole storno": (LOCKER, {"products[0].quantity": 0, "products[0].storno_qty": 1, "is_storno": True}),
    "products of FBE": (
        FBE,
        {
            "customer.shipping_street": "",
            "customer.phone_1": "",
            "customer.shipping_phone": "",
            "customer.billing_phone": "",
        },
    ),
    "a remark of several lines": (CARD, {"observation": "Sunați înainte.\nMulțumesc!\t:)"}),
    "marks of invisible characters in a product's name": (
        CARD,
        {"products[0].name": "Ramă\u00a0foto\u200b – „mare” 🙂"},
    ),
    "a proforma with shipping": (
        BANK,
        {
            "shipping_tax": 19.99,
            "proforms[0].gross_value": lambda: round(sound_value(BANK, "proforms[0].gross_value") + 19.99, 2),
        },
    ),
    "a legal entity abroad": (BANK, {"customer.code": "DE123456789"}),
    "a reversed line": (STORNO, {}),
    "deposits": (DEPOSITS, {f"{DEPOSIT}.quantity": lambda: str(sound_value(DEPOSITS, f"{DEPOSIT}.quantity"))}),
    "a discount without a line in the catalogue": (DISCOUNT, {}),
    "a voucher in a cancelled order": (HU_CANCELLED, {}),
}


@pytest.mark.parametrize("name", QUIRKS)
def test_a_quirk_of_the_live_api_is_no_fault(name: str) -> None:
    base, changes = QUIRKS[name]
    assert findings(base, changes) == ()


SHORT: dict[str, Any] = {
    "id": 12345,
    "status": 1,
    "payment_mode_id": 1,
    "customer": {"name": "Ion Exemplu", "phone1": "0721234567", "email": "ion@example.com"},
    "products": [{"product_id": 1, "quantity": 2, "sale_price": 99.99}],
}


def test_the_short_form_of_callers_is_good_and_still_checked() -> None:
    assert check_order(read_item(Order, json.dumps(SHORT).encode())) == ()
    wrong = SHORT | {"status": 9, "products": [{"product_id": 1, "quantity": -1, "sale_price": 99.99, "vat": 19}]}
    codes = {finding.rule.code for finding in check_order(read_item(Order, json.dumps(wrong).encode()))}
    assert codes == {"order.status", "line.quantity", "line.vat"}
    nobody = SHORT | {"customer": {"name": "Ion Exemplu"}, "products": []}
    codes = {finding.rule.code for finding in check_order(read_item(Order, json.dumps(nobody).encode()))}
    assert codes == {"customer.phone", "lines.missing"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_orders_that_have_lived_a_while_have_no_error_and_no_warning(platform: str) -> None:
    seller = Seller(SandboxAccount(name="a", platform=platform, orders=800), seed=3, began=BEGAN, limits=Limits())  # type: ignore[arg-type]
    seller.live(BEGAN + 7_200, Living(new_orders=2, changes=10))
    for hour in range(4):
        seller.change(150, BEGAN + 7_200 + hour * 3_600)
    moment = BEGAN + 40_000
    _work_on_orders(seller, moment)
    now = datetime.fromtimestamp(moment, UTC)
    seen = set()
    for index in range(len(seller.orders)):
        item = read_item(Order, seller.orders.sound(index))
        assert item.value is not None
        seen.add(item.value.status)
        found = check_order(item, platform=PLATFORMS[platform], now=now)
        assert [f for f in found if f.severity != "info"] == []
    assert seen == {0, 1, 2, 3, 4, 5}


def _work_on_orders(seller: Seller, moment: int) -> None:
    """What sellers do: acknowledge, cancel, storno, remove and add lines, move on. What is refused changes nothing."""
    rng = random.Random(1)
    for index in rng.sample(range(len(seller.orders)), 400):
        order = orjson.loads(seller.orders.sound(index))
        lines = [{"id": line["id"], "quantity": line["quantity"]} for line in order["products"]]
        change: dict[str, Any] = {"id": order["id"], "type": 3, "status": order["status"]}
        match rng.randrange(6):
            case 0:
                change |= {"status": 0, "reason_cancellation": 24}
            case 1:
                lines[0]["quantity"] = rng.randrange(lines[0]["quantity"]) if lines[0]["quantity"] else 0
                change |= {"is_storno": True, "products": lines}
            case 2:
                change |= {"products": [lines[0] | {"status": 0}, *lines[1:]]}
            case 3:
                change |= {"products": lines[1:] or lines}
            case 4:
                discount = {
                    "product_id": 999001,
                    "name": "Reducere",
                    "status": 1,
                    "sale_price": "-5.0000",
                    "quantity": 1,
                }
                change |= {"products": [*lines, discount]}
            case 5:
                change |= {"status": rng.choice([2, 3, 4, 5])}
        try:
            acknowledge(seller.orders, order["id"], moment) if order["status"] == 1 else save(
                seller.orders, change, moment
            )
        except RefusedError:
            continue
