"""What every order has: status, type, who ships, how it is paid for, and what it is part of (API 4.4.7 §5.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from magflow_tui.marketplace.codes import DELIVERY_MODES
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck

_SOURCE: Final = "API 4.4.7 §5.1"
_REQUIRED: Final = Words("required", "obligatoriu")

STATUS_MISSING: Final = Rule(
    "order.status.missing",
    "error",
    _SOURCE,
    Words("The order has a status", "Comanda are un status"),
    _REQUIRED,
    Words("The order has no status.", "Comanda nu are status."),
)
STATUS: Final = Rule(
    "order.status",
    "error",
    "API 4.4.7 §5.2",
    Words("The status is one that exists", "Statusul există"),
    Words("0, 1, 2, 3, 4 or 5", "0, 1, 2, 3, 4 sau 5"),
    Words(
        "Status {value} does not exist: 0 cancelled, 1 new, 2 in progress, 3 prepared, 4 finalised, 5 returned.",
        "Statusul {value} nu există: 0 anulată, 1 nouă, 2 în procesare, 3 pregătită, 4 finalizată, 5 returnată.",
    ),
)
TYPE_MISSING: Final = Rule(
    "order.type.missing",
    "error",
    _SOURCE,
    Words("The order says who ships it", "Comanda spune cine o livrează"),
    _REQUIRED,
    Words("The order does not say who ships it (type).", "Comanda nu spune cine o livrează (type)."),
)
TYPE: Final = Rule(
    "order.type",
    "error",
    _SOURCE,
    Words("The type is one that exists", "Tipul există"),
    Words("2 (FBE) or 3 (seller)", "2 (FBE) sau 3 (vânzător)"),
    Words(
        "Type {value} does not exist: 2 is shipped by eMAG (FBE), 3 by the seller.",
        "Tipul {value} nu există: 2 este livrată de eMAG (FBE), 3 de vânzător.",
    ),
)
PARENT: Final = Rule(
    "order.parent",
    "error",
    "measured live",
    Words("A split order names the order it came from", "O comandă împărțită numește comanda de origine"),
    Words("whole number, 1 or more", "număr întreg, cel puțin 1"),
    Words("{value} cannot be the id of another order.", "{value} nu poate fi id-ul altei comenzi."),
)
PAYMENT_MODE_MISSING: Final = Rule(
    "order.payment_mode.missing",
    "error",
    _SOURCE,
    Words("The order says how it is paid", "Comanda spune cum se plătește"),
    _REQUIRED,
    Words(
        "The order does not say how it is paid (payment_mode_id).",
        "Comanda nu spune cum se plătește (payment_mode_id).",
    ),
)
PAYMENT_MODE: Final = Rule(
    "order.payment_mode",
    "error",
    _SOURCE,
    Words("The payment mode is one that exists", "Modul de plată există"),
    Words("1, 2 or 3", "1, 2 sau 3"),
    Words(
        "Payment mode {value} does not exist: 1 cash on delivery, 2 bank transfer, 3 online card.",
        "Modul de plată {value} nu există: 1 ramburs, 2 transfer bancar, 3 card online.",
    ),
)
DELIVERY_MODE_MISSING: Final = Rule(
    "order.delivery_mode.missing",
    "warning",
    _SOURCE,
    Words("The order says how it is delivered", "Comanda spune cum se livrează"),
    Words("courier or pickup", "courier sau pickup"),
    Words("The order does not say how it is delivered.", "Comanda nu spune cum se livrează."),
)
DELIVERY_MODE: Final = Rule(
    "order.delivery_mode",
    "info",
    "measured live",
    Words("The delivery mode is a known one", "Modul de livrare este cunoscut"),
    Words("courier, pickup or Livrare 6H", "courier, pickup sau Livrare 6H"),
    Words(
        "Delivery mode {value} has not been seen before; its address is not checked.",
        "Modul de livrare {value} nu a mai fost întâlnit; adresa nu este verificată.",
    ),
)
FINALISED_WITHOUT_DATE: Final = Rule(
    "status.finalised",
    "info",
    "measured live",
    Words("A finalised order says since when", "O comandă finalizată spune de când"),
    Words("a date", "o dată"),
    Words(
        "The order is finalised, but its finalization_date is empty: until when it can be taken back is not known.",
        "Comanda este finalizată, dar finalization_date este gol: nu se știe până când poate fi readusă.",
    ),
)
DATE_WITHOUT_FINALISING: Final = Rule(
    "status.not_finalised",
    "warning",
    "measured live",
    Words("An order that is still new was not finalised", "O comandă încă nouă nu a fost finalizată"),
    Words("null", "null"),
    Words(
        "The order is new, but says that it was finalised at {value}.",
        "Comanda este nouă, dar spune că a fost finalizată la {value}.",
    ),
)

RULES: Final = (
    STATUS_MISSING,
    STATUS,
    TYPE_MISSING,
    TYPE,
    PARENT,
    PAYMENT_MODE_MISSING,
    PAYMENT_MODE,
    DELIVERY_MODE_MISSING,
    DELIVERY_MODE,
    FINALISED_WITHOUT_DATE,
    DATE_WITHOUT_FINALISING,
)

_STATUSES: Final = frozenset(range(6))
_TYPES: Final = frozenset((2, 3))
_PAYMENT_MODES: Final = frozenset((1, 2, 3))


def check_status(check: OrderCheck) -> None:
    """The status is there and exists, and agrees with the date of finalisation."""
    order = check.order
    status = order.status
    if status is None:
        check.report(STATUS_MISSING, "status")
    elif status not in _STATUSES:
        check.report(STATUS, "status")
    elif order.finalization_date is None:
        # Payloads of before 2022 have no such key.
        if status == 4 and "finalization_date" in order.model_fields_set:
            check.report(FINALISED_WITHOUT_DATE, "finalization_date")
    elif status == 1:
        check.report(DATE_WITHOUT_FINALISING, "finalization_date")


def check_kind(check: OrderCheck) -> None:
    """Type, payment mode and delivery mode are there and exist; the parent can be an order."""
    order = check.order
    if order.type not in _TYPES:
        if order.type is not None:
            check.report(TYPE, "type")
        elif not check.short_form:
            check.report(TYPE_MISSING, "type")
    if order.payment_mode_id not in _PAYMENT_MODES:
        check.report(PAYMENT_MODE_MISSING if order.payment_mode_id is None else PAYMENT_MODE, "payment_mode_id")
    if order.delivery_mode not in DELIVERY_MODES:
        if order.delivery_mode:
            check.report(DELIVERY_MODE, "delivery_mode")
        elif not check.short_form:
            check.report(DELIVERY_MODE_MISSING, "delivery_mode")
    if order.parent_id is not None and order.parent_id < 0:
        check.report(PARENT, "parent_id")


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_status, check_kind)
