"""What an update says of the order as a whole: who ships it, its status, why it is cancelled (API 4.4.7 §5.2–5.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from magflow_tui.marketplace.codes import CANCELLATION_REASONS, OrderStatus, OrderType, PaymentMode
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck
from magflow_tui.rules.orders.customer import check_customer
from magflow_tui.rules.orders.heading import PAYMENT_MODE

_STATUSES: Final = "0, 2, 3, 4 or 5", "0, 2, 3, 4 sau 5"

TYPE: Final = Rule(
    "update.type",
    "error",
    "API 4.4.8 §5.5",
    Words("An update says who ships the order", "O actualizare spune cine livrează comanda"),
    Words("3 (seller)", "3 (vânzător)"),
    Words(
        "The update does not say who ships the order (type); order/save asks for it.",
        "Actualizarea nu spune cine livrează comanda (type); order/save îl cere.",
    ),
)
TYPE_LEFT_OUT: Final = Rule(
    "update.type.short",
    "warning",
    "API 4.4.8 §5.5",
    Words("An update in short form says who ships the order", "O actualizare scurtă spune cine livrează comanda"),
    TYPE.expected,
    TYPE.sentence,
)
TYPE_UNKNOWN: Final = Rule(
    "update.type.unknown",
    "error",
    "API 4.4.7 §5.1",
    Words("The type of an update exists", "Tipul unei actualizări există"),
    TYPE.expected,
    Words(
        "Type {value} does not exist; the seller's own orders have 3.",
        "Tipul {value} nu există; al vânzătorului este 3.",
    ),
)
FULFILLED_BY_EMAG: Final = Rule(
    "update.fbe",
    "error",
    "measured live",
    Words("Orders fulfilled by eMAG are not updated", "Comenzile livrate de eMAG nu se actualizează"),
    Words("3 (seller)", "3 (vânzător)"),
    Words(
        "The order is fulfilled by eMAG (FBE): it takes attachments, and no update.",
        "Comanda este livrată de eMAG (FBE): primește atașamente, nu actualizări.",
    ),
)
FIELDS: Final = Rule(
    "update.fields",
    "warning",
    "API 4.4.7 §5.5",
    Words("An update sends all that was read", "O actualizare trimite tot ce s-a citit"),
    Words("the value that was read", "valoarea citită"),
    Words(
        "Missing: {missing}. An update sends every field as it was read, with the change in it.",
        "Lipsește: {missing}. O actualizare trimite toate câmpurile așa cum au fost citite, plus modificarea.",
    ),
)
STATUS: Final = Rule(
    "update.status",
    "error",
    "API 4.4.7 §5.2",
    Words("The status of an update exists", "Statusul unei actualizări există"),
    Words(*_STATUSES),
    Words(
        "Status {value} does not exist: 0 cancelled, 2 in progress, 3 prepared, 4 finalised, 5 returned.",
        "Statusul {value} nu există: 0 anulată, 2 în procesare, 3 pregătită, 4 finalizată, 5 returnată.",
    ),
)
NEW: Final = Rule(
    "update.status.new",
    "error",
    "API 4.4.7 §5.2",
    Words("New orders are acknowledged, not updated", "Comenzile noi se confirmă, nu se actualizează"),
    Words(*_STATUSES),
    Words(
        "A new order cannot be updated, and none becomes new again: acknowledge it first.",
        "O comandă nouă nu poate fi actualizată și niciuna nu redevine nouă: confirmați-o întâi.",
    ),
)
NEW_IN_SHORT: Final = Rule(
    "update.status.new.short",
    "warning",
    NEW.source,
    Words("New orders in short form are acknowledged first", "Comenzile noi în formă scurtă se confirmă întâi"),
    NEW.expected,
    NEW.sentence,
)
REASON_MISSING: Final = Rule(
    "update.reason.missing",
    "error",
    "measured live",
    Words("An update that cancels gives its reason", "O actualizare care anulează își dă motivul"),
    Words("a reason: 1–3 or 15–43", "un motiv: 1–3 sau 15–43"),
    Words(
        "The update cancels the order and gives no reason (reason_cancellation).",
        "Actualizarea anulează comanda și nu dă niciun motiv (reason_cancellation).",
    ),
)
REASON: Final = Rule(
    "update.reason",
    "error",
    "API 4.4.7 §5.5, 4.4.8",
    Words("The reason of an update exists", "Motivul unei actualizări există"),
    Words("1–3 or 15–43", "1–3 sau 15–43"),
    Words(
        "{value} is no cancellation reason; there are 1–3 and 15–43.",
        "{value} nu este un motiv de anulare; există 1–3 și 15–43.",
    ),
)

RULES: Final = (
    TYPE,
    TYPE_LEFT_OUT,
    TYPE_UNKNOWN,
    FULFILLED_BY_EMAG,
    FIELDS,
    STATUS,
    NEW,
    NEW_IN_SHORT,
    REASON_MISSING,
    REASON,
)

#: What is to be sent as it was read, and what is not otherwise asked for.
_READ: Final = ("status", "payment_mode_id", "customer", "products", "shipping_tax", "vouchers", "date")


def check_type(check: OrderCheck) -> None:
    """The order is the seller's own, and says so."""
    if check.order.type is None:
        check.report(TYPE_LEFT_OUT if check.short_form else TYPE, "type")
    elif check.fulfilled_by_emag:
        check.report(FULFILLED_BY_EMAG, "type")
    elif check.order.type != OrderType.SELLER:
        check.report(TYPE_UNKNOWN, "type")


def check_fields(check: OrderCheck) -> None:
    """Nothing is left out of what was read."""
    missing = [name for name in _READ if name not in check.order.model_fields_set]
    if missing:
        check.report(FIELDS, missing=", ".join(missing))


def check_status(check: OrderCheck) -> None:
    """The status is one that an update can ask for."""
    status = check.order.status
    if status == OrderStatus.NEW:
        check.report(NEW_IN_SHORT if check.short_form else NEW, "status")
    elif status is not None and status not in list(OrderStatus):
        check.report(STATUS, "status")


def check_heading(check: OrderCheck) -> None:
    """What is sent back as it was read is what an order has."""
    order = check.order
    if order.payment_mode_id is not None and order.payment_mode_id not in list(PaymentMode):
        check.report(PAYMENT_MODE, "payment_mode_id")
    if order.customer is not None:
        check_customer(check)


def check_reason(check: OrderCheck) -> None:
    """An update that cancels gives a reason that exists."""
    order = check.order
    if order.status != OrderStatus.CANCELLED or order.cancellation_code in CANCELLATION_REASONS:
        return
    old_name = order.reason_cancellation is None and order.cancellation_reason is not None
    key = "cancellation_reason" if old_name else "reason_cancellation"
    check.report(REASON_MISSING if order.cancellation_code is None else REASON, key, "id")


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (
    check_type,
    check_fields,
    check_status,
    check_heading,
    check_reason,
)
