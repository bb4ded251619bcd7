"""Dates are well formed, possible, and in order (API 4.4.7 §5.1; times are platform-local text without a zone)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from magflow_tui.marketplace.schema import OrderLine
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck

_SOURCE: Final = "API 4.4.7 §5.1"
_FORM: Final = Words("YYYY-MM-DD HH:MM:SS", "AAAA-LL-ZZ HH:MM:SS")

MISSING: Final = Rule(
    "date.missing",
    "error",
    _SOURCE,
    Words("The order says when it was placed", "Comanda spune când a fost plasată"),
    _FORM,
    Words("The order does not say when it was placed.", "Comanda nu spune când a fost plasată."),
)
NULL: Final = Rule(
    "date.null",
    "warning",
    "measured live",
    Words("created and modified are not null", "created și modified nu sunt null"),
    _FORM,
    Words(
        "The key is there, but no date is: changes of this order may be missed.",
        "Cheia există, dar data nu: schimbările acestei comenzi pot scăpa.",
    ),
)
FORM: Final = Rule(
    "date.form",
    "error",
    _SOURCE,
    Words("Dates have one form", "Datele au o singură formă"),
    _FORM,
    Words("{value} is not written as YYYY-MM-DD HH:MM:SS.", "{value} nu este scris ca AAAA-LL-ZZ HH:MM:SS."),
)
ZERO: Final = Rule(
    "date.zero",
    "error",
    _SOURCE,
    Words("Dates are not all zeros", "Datele nu sunt doar zerouri"),
    _FORM,
    Words("{value} is a date that was never filled in.", "{value} este o dată care nu a fost completată."),
)
IMPOSSIBLE: Final = Rule(
    "date.impossible",
    "error",
    _SOURCE,
    Words("Dates are in the calendar", "Datele există în calendar"),
    _FORM,
    Words("{value} is no day or no time of any calendar.", "{value} nu este o zi sau o oră din niciun calendar."),
)
SECONDARY: Final = Rule(
    "date.secondary",
    "warning",
    "measured live",
    Words(
        "Dates of customers, vouchers and proformas can be read",
        "Datele clienților, voucherelor și proformelor se citesc",
    ),
    _FORM,
    Words("{value} is no date that can be read.", "{value} nu este o dată care poate fi citită."),
)
MODIFIED: Final = Rule(
    "date.modified",
    "error",
    _SOURCE,
    Words("An order changes after it was placed", "O comandă se schimbă după ce a fost plasată"),
    Words("not before {earlier}", "nu înainte de {earlier}"),
    Words(
        "The order was changed at {later}, which is before it was placed at {earlier}.",
        "Comanda a fost modificată la {later}, adică înainte de a fi plasată la {earlier}.",
    ),
)
FINALISED: Final = Rule(
    "date.finalised",
    "error",
    _SOURCE,
    Words("An order is finalised after it was placed", "O comandă este finalizată după ce a fost plasată"),
    Words("not before {earlier}", "nu înainte de {earlier}"),
    Words(
        "The order was finalised at {later}, which is before it was placed at {earlier}.",
        "Comanda a fost finalizată la {later}, adică înainte de a fi plasată la {earlier}.",
    ),
)
SHIPMENT: Final = Rule(
    "date.shipment",
    "error",
    _SOURCE,
    Words("The term for shipment comes after the order", "Termenul de expediere este după comandă"),
    Words("not before {earlier}", "nu înainte de {earlier}"),
    Words(
        "The order was to be shipped by {later}, which is before it was placed at {earlier}.",
        "Comanda trebuia expediată până la {later}, adică înainte de a fi plasată la {earlier}.",
    ),
)
LINE: Final = Rule(
    "date.line",
    "warning",
    "measured live",
    Words("A line changes after it was made", "O linie se schimbă după ce a fost creată"),
    Words("not before {earlier}", "nu înainte de {earlier}"),
    Words(
        "The line was changed at {later}, which is before it was made at {earlier}.",
        "Linia a fost modificată la {later}, adică înainte de a fi creată la {earlier}.",
    ),
)
FUTURE: Final = Rule(
    "date.future",
    "warning",
    _SOURCE,
    Words("What has happened is not in the future", "Ce s-a întâmplat nu este în viitor"),
    Words("not after today", "nu după ziua de azi"),
    Words("{value} lies in the future.", "{value} este în viitor."),
)
ANCIENT: Final = Rule(
    "date.ancient",
    "warning",
    "measured live",
    Words("An order is not older than the marketplace", "O comandă nu este mai veche decât marketplace-ul"),
    Words("2010 or later", "2010 sau mai târziu"),
    Words("{value} is older than the marketplace itself.", "{value} este mai vechi decât marketplace-ul însuși."),
)

RULES: Final = (
    MISSING, NULL, FORM, ZERO, IMPOSSIBLE, SECONDARY, MODIFIED, FINALISED, SHIPMENT, LINE, FUTURE, ANCIENT,
)  # fmt: skip

_LENGTH: Final = len("YYYY-MM-DD HH:MM:SS")
_MARKS: Final = slice(4, 17, 3)
_TO_NINES: Final = str.maketrans("012345678", "9" * 9)
_FIRST_YEAR: Final = "2010"

# Where summer time ends an hour comes twice in texts without a zone: up to an hour too early is no fault.
_FOLD: Final = timedelta(hours=1)

# What is compared with the present is platform-local text, and clocks differ.
_AHEAD: Final = timedelta(days=2)


def fault_of(text: str) -> Rule:
    """The rule that a text breaks which is no good date."""
    digits = text.translate(_TO_NINES)
    if digits[:_LENGTH] != "9999-99-99 99:99:99" or (len(text) > _LENGTH and not _is_fraction(text[_LENGTH:])):
        return FORM
    return ZERO if text.startswith("0000-00-00") else IMPOSSIBLE


def is_date(text: str) -> bool:
    """Whether this is `YYYY-MM-DD HH:MM:SS`, with a fraction or without, of a day that exists."""
    # fromisoformat takes more forms than this one: the separators tell.
    if text[_MARKS] != "-- ::" or (len(text) != _LENGTH and not _is_fraction(text[_LENGTH:])):
        return False
    try:
        datetime.fromisoformat(text[:_LENGTH])
    except ValueError:
        return False
    return True


def _is_fraction(text: str) -> bool:
    return text[:1] == "." and len(text) <= 10 and text.isascii() and text[1:].isdigit()


def is_earlier(later: str, earlier: str) -> bool:
    """Whether what should be later is earlier by more than the hour that comes twice. Both are good dates."""
    if later >= earlier:
        return False
    # A difference, as nothing can be taken off the first hour of the calendar.
    return datetime.fromisoformat(earlier[:_LENGTH]) - datetime.fromisoformat(later[:_LENGTH]) > _FOLD


def check_order_dates(check: OrderCheck) -> None:
    """The dates of the order itself can be read, and come in the order in which things happen."""
    order = check.order
    date, created, modified = order.date, order.created, order.modified
    finalised, shipment = order.finalization_date, order.maximum_date_for_shipment
    if date is None and not check.short_form:
        check.report(MISSING, "date")
    if (created is None or modified is None) and not check.short_form:
        for key in ("created", "modified"):
            if getattr(order, key) is None and key in order.model_fields_set:
                check.report(NULL, key)
    if date is not None and not is_date(date):
        check.report(fault_of(date), "date")
        date = None
    if created is not None and not is_date(created):
        check.report(fault_of(created), "created")
        created = None
    if modified is not None and not is_date(modified):
        check.report(fault_of(modified), "modified")
        modified = None
    if finalised is not None and finalised != modified and not is_date(finalised):
        check.report(fault_of(finalised), "finalization_date")
        finalised = None
    if shipment is not None and not is_date(shipment):
        check.report(fault_of(shipment), "maximum_date_for_shipment")
        shipment = None
    check.day, check.changed = date or created, modified
    began = max(date or "", created or "")
    if began < _FIRST_YEAR and began:
        check.report(ANCIENT, "date" if date and date < _FIRST_YEAR else "created")
    if modified is not None and modified < began:
        _compare(check, MODIFIED, modified, began, "modified")
    if finalised is not None and finalised < began:
        _compare(check, FINALISED, finalised, began, "finalization_date")
    if shipment is not None and shipment < began:
        _compare(check, SHIPMENT, shipment, began, "maximum_date_for_shipment")


def _compare(check: OrderCheck, rule: Rule, later: str, earlier: str, *path: str | int) -> None:
    """Note that what should be later is earlier, unless the hour that comes twice may explain it."""
    if is_earlier(later, earlier):
        check.report(rule, *path, later=later, earlier=earlier)


def check_future(check: OrderCheck) -> None:
    """Nothing that has happened lies far in the future."""
    if check.now is None:
        return
    limit = _limit(check.now)
    order = check.order
    for key, text in (("date", order.date), ("created", order.created), ("modified", order.modified)):
        if text is not None and text > limit and is_date(text):
            check.report(FUTURE, key)


@lru_cache(maxsize=8)
def _limit(now: datetime) -> str:
    return f"{now.astimezone(UTC) + _AHEAD:%Y-%m-%d %H:%M:%S}"


def check_line_dates(check: OrderCheck, line: OrderLine, place: int) -> None:
    """The dates of a line can be read, and it changes after it was made."""
    created, modified = line.created, line.modified
    for key, text in (("created", created), ("modified", modified)):
        if text is not None and not is_date(text):
            check.report(fault_of(text), "products", place, key)
            return
    if created and modified and modified < created:
        _compare(check, LINE, modified, created, "products", place, "modified")


def check_secondary_dates(check: OrderCheck) -> None:
    """The dates of the customer, of vouchers and of proformas can be read. They may be days without a time."""
    order = check.order
    customer = order.customer
    if customer is not None:
        if customer.created and not is_date(customer.created):
            _note_secondary(check, customer.created, "customer", "created")
        if customer.modified and not is_date(customer.modified):
            _note_secondary(check, customer.modified, "customer", "modified")
    if order.vouchers:
        for place, voucher in enumerate(order.vouchers):
            for key in ("issue_date", "created", "modified"):
                _note_secondary(check, getattr(voucher, key), "vouchers", place, key)
    if order.proforms:
        for place, proforma in enumerate(order.proforms):
            for key in ("created", "date_expire", "modified"):
                _note_secondary(check, getattr(proforma, key), "proforms", place, key)


def _note_secondary(check: OrderCheck, text: str | None, *path: str | int) -> None:
    """Note that a text is neither a good date nor a day."""
    if text and not is_date(text) and not is_date(f"{text} 00:00:00"):
        check.report(SECONDARY, *path)


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (
    check_order_dates,
    check_secondary_dates,
    check_future,
)
