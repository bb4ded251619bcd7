"""Currencies, countries, lockers, companies, reasons and files."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import BANK, BG_EURO, BG_LEVA, CANCELLED, CARD, DROP, LINE, LOCKER, Fault, fault


def places_and_codes() -> Iterator[Fault]:
    yield fault("a currency of nowhere", CARD, {"currency": "XTS"}, "error currency.unknown $.currency")
    yield fault("a currency in small letters", CARD, {"currency": "ron"}, "error currency.unknown $.currency")
    yield fault("euro in Romania", CARD, {"currency": "EUR"}, "error currency.platform $.currency")
    yield fault("forints in Bulgaria", BG_LEVA, {"currency": "HUF"}, "error currency.platform $.currency")
    yield fault("leva after 2025", BG_EURO, {"currency": "BGN"}, "error currency.platform $.currency")
    yield fault("euro before 2026", BG_LEVA, {"currency": "EUR"}, "error currency.platform $.currency")
    yield fault(
        "one line in another currency",
        CARD,
        {"products[1].currency": "EUR"},
        "error currency.mixed $.products[1].currency",
    )
    yield fault(
        "a line in a currency of nowhere",
        CARD,
        {"products[1].currency": "LEI"},
        "error currency.mixed $.products[1].currency",
    )
    yield fault(
        "lines in leva after 2025",
        BG_EURO,
        {"currency": DROP, f"{LINE}.currency": "BGN"},
        f"error currency.platform $.{LINE}.currency",
    )
    yield fault(
        "delivery abroad",
        CARD,
        {"customer.shipping_country": "DE"},
        "warning delivery.country $.customer.shipping_country",
    )

    yield fault("a locker without an id", LOCKER, {"details.locker_id": ""}, "error locker.id $.details.locker_id")
    yield fault("a locker with id null", LOCKER, {"details.locker_id": None}, "error locker.id $.details.locker_id")
    yield fault(
        "a locker without a name", LOCKER, {"details.locker_name": None}, "warning locker.name $.details.locker_name"
    )
    yield fault(
        "a locker missing in the street",
        LOCKER,
        {"customer.shipping_street": "Strada Râul Lung nr. 23"},
        "warning locker.street $.customer.shipping_street",
    )
    yield fault("a pickup nowhere", LOCKER, {"details": []}, "warning locker.missing $.details")

    yield fault(
        "a company without a name",
        BANK,
        {"customer.company": "", "customer.billing_name": ""},
        "warning customer.company $.customer.company",
    )
    yield fault(
        "a company without a tax code", BANK, {"customer.code": ""}, "warning customer.code.missing $.customer.code"
    )
    yield fault("a mistyped tax code", BANK, {"customer.code": "RO82699825"}, "warning customer.code $.customer.code")

    yield fault(
        "cancelled without a reason",
        CANCELLED,
        {"reason_cancellation": None},
        "warning cancellation.missing $.reason_cancellation",
    )
    yield fault(
        "cancelled without the key",
        CANCELLED,
        {"reason_cancellation": DROP},
        "warning cancellation.missing $.reason_cancellation",
    )
    yield fault(
        "cancelled for a reason without a number",
        CANCELLED,
        {"reason_cancellation": {"id": None, "name": None}},
        "info cancellation.unnamed $.reason_cancellation",
    )
    for code in (4, 14, 44, 77, 0, -1):
        yield fault(
            f"cancelled for reason {code}",
            CANCELLED,
            {"reason_cancellation": {"id": code, "name": "?"}},
            "warning cancellation.reason $.reason_cancellation.id",
        )
    yield fault(
        "cancelled for bare reason 99",
        CANCELLED,
        {"reason_cancellation": 99},
        "warning cancellation.reason $.reason_cancellation",
    )
    yield fault(
        "cancelled for reason 99 under the old key",
        CANCELLED,
        {"reason_cancellation": DROP, "cancellation_reason": "99"},
        "warning cancellation.reason $.cancellation_reason",
    )

    # Without any of these an order was not read but written by a caller.
    short = {"date": DROP, "created": DROP, "modified": DROP, "vendor_name": DROP}
    yield fault(
        "cancelled without a reason, in short form",
        CANCELLED,
        {**short, "reason_cancellation": DROP},
        "error cancellation.missing.short $.reason_cancellation",
    )
    yield fault(
        "cancelled for no such reason, in short form",
        CANCELLED,
        {**short, "reason_cancellation": DROP, "cancellation_reason": 99},
        "error cancellation.reason.short $.cancellation_reason",
    )

    yield fault(
        "an attachment that is no address",
        CARD,
        {"attachments[0].url": "C:/factura.pdf"},
        "error attachment.url $.attachments[0].url",
    )
    yield fault(
        "an endless address",
        CARD,
        {"attachments[0].url": f"https://example.com/{'a' * 1024}.pdf"},
        "warning attachment.url.length $.attachments[0].url",
    )
    yield fault(
        "an attachment with a long name",
        CARD,
        {"attachments[0].name": "F" * 61},
        "warning attachment.name.length $.attachments[0].name",
    )
    yield fault(
        "an attachment that is no PDF",
        CARD,
        {"attachments[0].url": "https://example.com/factura.exe"},
        "info attachment.pdf $.attachments[0].url",
    )
