"""Codes that do not exist, and numbers beyond what can be."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import CARD, DEPOSITS, LINE, SPLIT, Fault, fault


def enums_and_ranges() -> Iterator[Fault]:
    for value in (6, -1, 17):
        yield fault(f"status {value}", CARD, {"status": value}, "error order.status $.status")
    yield fault("status 9 as text", CARD, {"status": "9"}, "error order.status $.status")
    for value in (0, 1, 4):
        yield fault(f"type {value}", CARD, {"type": value}, "error order.type $.type")
    for value in (0, 4, -3):
        yield fault(
            f"payment mode {value}",
            CARD,
            {"payment_mode_id": value, "payment_mode": None},
            "error order.payment_mode $.payment_mode_id",
        )
    for value in (2, -1):
        yield fault(f"payment status {value}", CARD, {"payment_status": value}, "error payment.status $.payment_status")
        yield fault(f"line status {value}", CARD, {f"{LINE}.status": value}, f"error line.status $.{LINE}.status")
    yield fault(
        "an unknown delivery mode", CARD, {"delivery_mode": "drona"}, "info order.delivery_mode $.delivery_mode"
    )
    yield fault("an unknown gender", CARD, {"customer.gender": "X"}, "info customer.gender $.customer.gender")
    yield fault(
        "an unknown attachment", CARD, {"attachments[0].type": 99}, "info attachment.type $.attachments[0].type"
    )
    for value in (21, "19.00", "19", 1, "-0.2100", "1.0"):
        yield fault(f"VAT {value!r}", CARD, {f"{LINE}.vat": value}, f"error line.vat $.{LINE}.vat")
    yield fault(
        "a VAT rate of another country",
        CARD,
        {f"{LINE}.vat": "0.2700", "cashed_co": None},
        f"warning line.vat.rate $.{LINE}.vat",
    )
    yield fault(
        "a VAT rate of before",
        CARD,
        {f"{LINE}.vat": "0.0900", "cashed_co": None},
        f"warning line.vat.rate $.{LINE}.vat",
    )
    yield fault("voucher VAT in percent", CARD, {"vouchers[0].vat": "21"}, "error voucher.vat $.vouchers[0].vat")
    yield fault("split VAT in percent", CARD, {f"{SPLIT}.vat": 21}, f"error voucher.vat $.{SPLIT}.vat")
    deposit = f"{LINE}.recycle_warranties[0]"
    yield fault(
        "deposit VAT in percent", DEPOSITS, {f"{deposit}.vat_rate": "19"}, f"error deposit.vat $.{deposit}.vat_rate"
    )
    yield fault(
        "a negative deposit",
        DEPOSITS,
        {f"{deposit}.sale_price": "-0.5000"},
        f"error deposit.price $.{deposit}.sale_price",
    )
    yield fault(
        "fewer packages than none",
        DEPOSITS,
        {f"{deposit}.quantity": -6},
        f"error deposit.quantity $.{deposit}.quantity",
    )
    yield fault(
        "a product for less than nothing",
        CARD,
        {f"{LINE}.sale_price": "-60.3514"},
        f"error line.price $.{LINE}.sale_price",
    )
    yield fault(
        "a negative original price",
        CARD,
        {f"{LINE}.original_price": "-1.0000"},
        f"warning line.original_price $.{LINE}.original_price",
    )
    yield fault("negative shipping", CARD, {"shipping_tax": -14.99}, "error order.shipping $.shipping_tax")
    yield fault(
        "a voucher that adds",
        CARD,
        {"vouchers[0].sale_price": "40.6483"},
        "error voucher.amount $.vouchers[0].sale_price",
    )
    yield fault("a split that adds", CARD, {f"{SPLIT}.value": "9.0450"}, f"error voucher.amount $.{SPLIT}.value")
    for path, rule in {
        f"{LINE}.id": "error line.id",
        f"{LINE}.product_id": "error line.product",
        f"{SPLIT}.voucher_id": "error voucher.id",
        "customer.id": "warning customer.id",
        "parent_id": "error order.parent",
    }.items():
        yield fault(f"{path} negative", CARD, {path: -7}, f"{rule} $.{path}")
    for path in (f"{LINE}.id", f"{LINE}.product_id"):
        yield fault(
            f"{path} zero", CARD, {path: 0}, f"error line.{'id' if path.endswith('.id') else 'product'} $.{path}"
        )
    for key in ("cashed_co", "refunded_amount"):
        yield fault(f"{key} negative", CARD, {key: -1}, f"error payment.negative $.{key}")
    for value in (-1, "-3"):
        yield fault(f"quantity {value!r}", CARD, {f"{LINE}.quantity": value}, f"error line.quantity $.{LINE}.quantity")
