"""Dates that are none, that cannot be, and that come in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import CARD, DROP, LINE, NEW, SPLIT, Fault, each, fault


def dates() -> Iterator[Fault]:
    forms = {
        "another order": "02-09-2025 01:16:52",
        "without a time": "2025-09-02",
        "a T between": "2025-09-02T01:16:52",
        "slashes": "2025/09/02 01:16:52",
        "with a zone": "2025-09-02 01:16:52+03:00",
        "a word": "ieri",
        "two digits of year": "25-09-02 01:16:52",
        "a blank behind": "2025-09-02 01:16:52 ",
        "empty": "",
        "without seconds": "2025-09-02 01:16",
        "single digits": "2025-9-2 1:16:52",
        "a lone point": "2025-09-02 01:16:52.",
        "Arabic digits": "٢٠٢٥-٠٩-٠٢ ٠١:١٦:٥٢",
        "week of the year": "2025-W36-2 01:16:52",
        "a time with a zone": "2025-09-02 01:16+03",
    }
    yield from each("date", CARD, "date", forms, "error date.form")
    days = {
        "31 February": "2026-02-31 10:00:00",
        "29 February of no leap year": "2025-02-29 10:00:00",
        "month 13": "2025-13-01 10:00:00",
        "day 0": "2025-09-00 10:00:00",
        "hour 24": "2025-09-02 24:00:00",
        "minute 60": "2025-09-02 01:60:00",
        "second 61": "2025-09-02 01:16:61",
        "year 0": "0000-01-01 00:00:00",
    }
    impossible = {name: day for name, day in days.items() if name != "year 0"}
    yield from each("date", CARD, "date", impossible, "error date.impossible")
    for key in ("date", "created", "modified", "finalization_date", "maximum_date_for_shipment"):
        yield fault(f"{key} all zeros", CARD, {key: "0000-00-00 00:00:00"}, f"error date.zero $.{key}")
        yield fault(f"{key} not a date", CARD, {key: "necunoscut"}, f"error date.form $.{key}")
    for key in ("created", "modified"):
        yield fault(f"line {key} not a date", CARD, {f"{LINE}.{key}": "-"}, f"error date.form $.{LINE}.{key}")
    for path in ("customer.created", "vouchers[0].issue_date", "vouchers[0].modified"):
        yield fault(f"{path} not a date", CARD, {path: "cândva"}, f"warning date.secondary $.{path}")
    yield fault(
        "changed before it was placed",
        CARD,
        {"modified": "2025-09-01 22:00:00", "finalization_date": "2025-09-02 12:00:00"},
        "error date.modified $.modified",
    )
    yield fault(
        "created after the last change",
        CARD,
        {
            "created": "2025-09-04 00:00:00",
            "maximum_date_for_shipment": None,
            "finalization_date": "2025-09-05 00:00:00",
        },
        "error date.modified $.modified",
    )
    yield fault(
        "finalised before it was placed",
        CARD,
        {"finalization_date": "2025-09-01 23:00:00"},
        "error date.finalised $.finalization_date",
    )
    yield fault(
        "to be shipped before it was placed",
        CARD,
        {"maximum_date_for_shipment": "2025-08-30 00:00:00"},
        "error date.shipment $.maximum_date_for_shipment",
    )
    yield fault(
        "a line changed before it was made",
        CARD,
        {f"{LINE}.modified": "2025-09-01 22:51:32"},
        f"warning date.line $.{LINE}.modified",
    )
    yield fault(
        "an order of 1970",
        CARD,
        {
            "date": "1970-01-01 02:00:00",
            "created": "1970-01-01 02:00:00",
            f"{LINE}.vat": "0",
            "products[1].vat": "0",
            "cashed_co": None,
            SPLIT: DROP,
            "products[1].product_voucher_split": [],
            "vouchers": [],
        },
        "warning date.ancient $.date",
    )
    yield fault(
        "a new order that was finalised",
        NEW,
        {"finalization_date": "2026-12-01 00:00:00"},
        "warning status.not_finalised $.finalization_date",
    )
