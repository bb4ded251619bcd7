"""Prices, counts and codes that are no numbers; objects, lists and texts where others belong."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import CANCELLED, CARD, LINE, RAW, SPLIT, Fault, each

_NO_NUMBERS = {
    "a word": "gratis",
    "empty text": "",
    "a blank in front": " 60.3514",
    "a blank behind": "60.3514 ",
    "a line break behind": "60.3514\n",
    "blanks between thousands": "1 060.35",
    "underscores": "1_060.35",
    "a decimal comma": "60,3514",
    "points and a comma": "1.060,35",
    "two points": "60.35.14",
    "no digit before the point": ".35",
    "no digit behind the point": "60.",
    "a plus sign": "+60.3514",
    "a lone minus": "-",
    "an exponent": "6e1",
    "hexadecimal": "0x3C",
    "with its currency": "60.35 RON",
    "Arabic digits": "٦٠.٣٥",
    "full-width digits": "６０.３５",
    "Devanagari digits": "६०.३५",
    "NaN as text": "NaN",
    "infinity as text": "Infinity",
    "1e400 as text": "1e400",
    "NaN": RAW("NaN"),
}
_NO_AMOUNTS = {
    "infinity": RAW("Infinity"),
    "minus infinity": RAW("-Infinity"),
    "1e400": RAW("1e400"),
    "1e15": RAW("1e15"),
}
_WRONG_CONTAINERS = {
    "a list": [],
    "a list of one": [60.35],
    "an object": {},
    "an object with an amount": {"amount": 60.35},
}


def numbers() -> Iterator[Fault]:
    """Prices, counts and codes that are no numbers."""
    price = f"{LINE}.sale_price"
    yield from each("price", CARD, price, _NO_NUMBERS, "error schema.number")
    yield from each("price", CARD, price, _NO_AMOUNTS, "error schema.range")
    yield from each("price", CARD, price, {"true": True, "false": False}, "error schema.type")
    yield from each("price", CARD, price, _WRONG_CONTAINERS, "error schema.container")
    wholes = {
        "a word": "doi",
        "a blank": " 1",
        "underscores": "1_0",
        "a decimal comma": "1,0",
        "a fraction": "1.0",
        "Arabic digits": "١",
        "empty": "",
        "an exponent": "1e0",
    }
    yield from each("quantity", CARD, f"{LINE}.quantity", wholes, "error schema.number")
    others = {"true": True, "a float": 1.0, "a float with a fraction": 1.5, "an exponent as a number": RAW("1e0")}
    yield from each("quantity", CARD, f"{LINE}.quantity", others, "error schema.type")
    large = {
        "64 bits and more": 2**63,
        "41 digits": 10**40,
        "text of 64 bits and more": str(2**63),
        "1e400": RAW("1e400"),
    }
    yield from each("quantity", CARD, f"{LINE}.quantity", large, "error schema.range")
    for path in ("status", "type", "payment_mode_id", "payment_status", f"{LINE}.status"):
        yield from each(path, CARD, path, {"true": True, "a float": 3.0}, "error schema.type")
        yield from each(path, CARD, path, {"a word": "trei"}, "error schema.number")
    for path in ("shipping_tax", "cashed_co", "refunded_amount", f"{LINE}.vat", f"{SPLIT}.value"):
        yield from each(path, CARD, path, {"true": True}, "error schema.type")
        yield from each(path, CARD, path, {"a decimal comma": "9,99"}, "error schema.number")
    for path in ("is_complete", "customer.legal_entity", "emag_club"):
        yield from each(path, CARD, path, {"2": 2, "a word": "da"}, "error schema.flag")


def types() -> Iterator[Fault]:
    """Objects, lists and texts where others belong."""
    for path in ("products", "vouchers", "attachments", "proforms", "flags", "shipping_tax_voucher_split"):
        yield from each(
            path, CARD, path, {"an object": {"0": {}}, "a text": "[]", "a number": 7}, "error schema.container"
        )
    for path in ("customer", "details"):
        yield from each(
            path, CARD, path, {"a text": "Ana", "a number": 7, "a list of one": [{}]}, "error schema.container"
        )
    for path in ("date", "currency", "customer.name", "customer.phone_1", f"{LINE}.name", "delivery_mode"):
        yield from each(path, CARD, path, {"a number": 40712345678, "true": True}, "error schema.type")
        yield from each(path, CARD, path, {"a list": ["a"], "an object": {"a": 1}}, "error schema.container")
    yield from each("reason", CANCELLED, "reason_cancellation", {"a word": "stoc"}, "error schema.container")
    yield from each("line", CARD, LINE, {"a number": 7, "a text": "produs"}, "error schema.container")
    yield from each("line", CARD, LINE, {"null": None}, "error schema.null")
