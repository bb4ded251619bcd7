"""Orders look as the marketplace sends them, and their money adds up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import orjson
import pytest

from magflow_tui.sandbox.config import Limits, SandboxAccount
from magflow_tui.sandbox.damage import KINDS, UNREADABLE
from magflow_tui.sandbox.datafiles import data_folder
from magflow_tui.sandbox.lifecycle import payable
from magflow_tui.sandbox.seller import Seller

BEGAN = 1_790_000_000
ORDER_KEYS = (
    "vendor_name",
    "id",
    "type",
    "parent_id",
    "date",
    "payment_mode",
    "detailed_payment_method",
    "payment_mode_id",
    "delivery_mode",
    "observation",
    "status",
    "payment_status",
    "customer",
    "products",
    "shipping_tax",
    "shipping_tax_voucher_split",
    "vouchers",
    "proforms",
    "attachments",
    "cashed_co",
    "cashed_cod",
    "cancellation_request",
    "has_editable_products",
    "refunded_amount",
    "is_complete",
    "refund_status",
    "maximum_date_for_shipment",
    "late_shipment",
    "emag_club",
    "finalization_date",
    "details",
    "weekend_delivery",
    "reason_cancellation",
    "flags",
    "created",
    "modified",
    "enforced_vendor_courier_accounts",
    "delivery_payment_mode",
    "currency",
)
LINE_KEYS = (
    "id",
    "product_id",
    "name",
    "ext_part_number",
    "part_number",
    "part_number_key",
    "retained_amount",
    "sale_price",
    "original_price",
    "currency",
    "mkt_id",
    "quantity",
    "initial_qty",
    "storno_qty",
    "vat",
    "status",
    "reversible_vat_charging",
    "product_voucher_split",
    "attachments",
    "details",
    "created",
    "modified",
    "recycle_warranties",
    "serial_numbers",
    "campaign",
)
CENT = Decimal("0.01")


def seller(platform: str = "emag-ro", **changes: object) -> Seller:
    account = SandboxAccount(name="main", platform=platform, **{"orders": 1_500, "days": 500, **changes})
    return Seller(account, seed=3, began=BEGAN, limits=Limits())


def total(order: dict) -> Decimal:
    """What the customer pays, worked out apart from the sandbox."""
    amount = Decimal(str(order["shipping_tax"]))
    for line in order["products"]:
        unit = Decimal(line["sale_price"]) * (1 + Decimal(line["vat"]))
        amount += unit.quantize(CENT, ROUND_HALF_UP) * line["quantity"]
        for deposit in line["recycle_warranties"]:
            each = Decimal(deposit["sale_price"]) * (1 + Decimal(deposit["vat_rate"]))
            amount += each.quantize(CENT, ROUND_HALF_UP) * deposit["quantity"]
    for voucher in order["vouchers"]:
        amount += Decimal(voucher["sale_price"]) + Decimal(voucher["sale_price_vat"])
    return amount


def check(order: dict) -> None:
    """Every sum of an order that another part of it repeats."""
    assert total(order) == Decimal(payable(order)) / 100
    if order["payment_status"] and order["payment_mode_id"] == 3:
        assert Decimal(str(order["cashed_co"])) == total(order)
    for line in order["products"]:
        assert line["quantity"] == line["initial_qty"] - line["storno_qty"] >= 0
    splits = [
        *order["shipping_tax_voucher_split"],
        *(s for line in order["products"] for s in line["product_voucher_split"]),
    ]
    for mine, theirs in (("sale_price", "value"), ("sale_price_vat", "vat_value")):
        assert sum(Decimal(v[mine]) for v in order["vouchers"]) == sum(Decimal(s[theirs]) for s in splits)


@pytest.mark.parametrize("platform", ["emag-ro", "emag-bg", "emag-hu", "fd-ro", "fd-bg"])
def test_every_order_has_all_keys_and_sums_that_agree(platform: str):
    account = seller(platform)
    seen = set()
    for index in range(len(account.orders)):
        order = orjson.loads(account.orders.payload(index))
        assert tuple(order) == ORDER_KEYS
        assert all(tuple(line) == LINE_KEYS for line in order["products"])
        assert 1 <= len(order["products"]) <= 4
        assert order["date"] <= order["created"] < order["modified"]
        check(order)
        seen |= {
            ("vouchers", bool(order["vouchers"])),
            ("details", type(order["details"])),
            ("status", order["status"]),
        }
        seen |= {("reason", str(order["reason_cancellation"])[:12]), ("proforms", bool(order["proforms"]))}
    assert {("vouchers", True), ("details", list), ("details", dict), ("proforms", True), ("status", 0)} <= seen
    assert {("reason", "None"), ("reason", "{'id': None,")} <= seen


def test_the_size_of_an_order_is_that_of_a_real_one():
    book = seller(orders=400).orders
    sizes = [len(book.payload(index)) for index in range(400)]
    assert 2_500 < sum(sizes) / len(sizes) < 5_500


def test_bulgaria_changed_to_the_euro_and_romania_its_vat():
    bulgarian = [orjson.loads(p) for p in map(seller("emag-bg").orders.payload, range(1_500))]
    assert {(o["currency"], o["created"] >= "2026-01-01") for o in bulgarian} == {("BGN", False), ("EUR", True)}
    romanian = [orjson.loads(p) for p in map(seller().orders.payload, range(1_500))]
    standard = {(line["vat"], o["created"] >= "2025-08-01") for o in romanian for line in o["products"]}
    assert {("0.1900", False), ("0.2100", True)} <= standard
    assert ("0.1900", True) not in standard
    assert ("0.2100", False) not in standard


def test_locker_orders_carry_the_locker_in_details_and_street():
    orders = [orjson.loads(p) for p in map(seller().orders.payload, range(400))]
    lockers = [o for o in orders if o["delivery_mode"] == "pickup"]
    assert lockers
    assert all(o["details"]["locker_id"] and o["customer"]["shipping_street"].endswith("]") for o in lockers)
    assert all("[EasyBox #" in o["customer"]["shipping_street"] for o in lockers)


def test_the_world_is_the_same_for_the_same_seed_and_another_for_another():
    one, same = seller(), seller()
    assert [one.orders.payload(i) for i in range(50)] == [same.orders.payload(i) for i in range(49, -1, -1)][::-1]
    other = Seller(one.account, seed=4, began=BEGAN, limits=Limits())
    assert one.orders.payload(7) != other.orders.payload(7)


def test_the_sound_sample_orders_add_up():
    orders = orjson.loads((data_folder() / "orders" / "sound.json").read_bytes())
    assert {order["currency"] for order in orders} == {"RON", "BGN", "EUR", "HUF"}
    for order in orders:
        check(order)


def test_the_broken_sample_orders_are_broken_as_their_notes_say():
    orders = orjson.loads((data_folder() / "orders" / "broken.json").read_bytes())
    notes = orjson.loads((data_folder() / "orders" / "broken.notes.json").read_bytes())
    assert len(orders) == len(notes) >= 40
    assert {note["kind"] for note in notes} == set(KINDS) - {"huge_text", "nested"}
    for order, note in zip(orders, notes, strict=True):
        readable = isinstance(order, dict) and isinstance(order.get("id"), int) and order["id"] > 0
        assert readable == (note["kind"] not in UNREADABLE)
        assert note["id"] == (order["id"] if readable else None)


def test_sample_offers_match_their_notes():
    offers = orjson.loads((data_folder() / "offers" / "broken.json").read_bytes())
    notes = orjson.loads((data_folder() / "offers" / "broken.notes.json").read_bytes())
    assert len(offers) == len(notes)
    assert {offer["currency"] for offer in orjson.loads((data_folder() / "offers" / "sound.json").read_bytes())} == {
        "RON",
        "EUR",
        "HUF",
    }
