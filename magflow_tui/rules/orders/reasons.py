"""Why an order was cancelled (API 4.4.8 §5.4: codes 1–39, later versions 40–43).

The reason arrives as a number, an object, null, `[]` or `{"id": null, "name": null}`, on cancelled orders too; the list
of codes is open. So nothing here makes an order that was read a bad one; the short form is written by people, who have
a reason and know the list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from magflow_tui.marketplace.codes import CANCELLATION_REASONS, OrderStatus
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck

MISSING: Final = Rule(
    "cancellation.missing",
    "warning",
    "API 4.4.7 §5.4",
    Words("A cancelled order says why", "O comandă anulată spune de ce"),
    Words("a reason", "un motiv"),
    Words("The order is cancelled, but no reason is given.", "Comanda este anulată, dar nu este dat niciun motiv."),
)
UNNAMED: Final = Rule(
    "cancellation.unnamed",
    "info",
    "measured live",
    Words("A reason has a number", "Un motiv are un număr"),
    Words("a code from the list of reasons", "un cod din lista de motive"),
    Words(
        "The order is cancelled for a reason that the marketplace does not tell.",
        "Comanda este anulată dintr-un motiv pe care platforma nu îl spune.",
    ),
)
REASON: Final = Rule(
    "cancellation.reason",
    "warning",
    "API 4.4.8 §5.4",
    Words("The reason is one of the 32", "Motivul este unul dintre cele 32"),
    Words("1–3 or 15–43", "1–3 sau 15–43"),
    Words(
        "{code} is none of the 32 known cancellation reasons.",
        "{code} nu este niciunul dintre cele 32 de motive cunoscute.",
    ),
)

MISSING_IN_SHORT: Final = Rule(
    "cancellation.missing.short",
    "error",
    "measured live",
    Words("A cancelled order in short form says why", "O comandă anulată în formă scurtă spune de ce"),
    MISSING.expected,
    MISSING.sentence,
)
REASON_IN_SHORT: Final = Rule(
    "cancellation.reason.short",
    "error",
    REASON.source,
    Words("The reason in short form is one of the 32", "Motivul în formă scurtă este unul dintre cele 32"),
    REASON.expected,
    REASON.sentence,
)

RULES: Final = (MISSING, MISSING_IN_SHORT, UNNAMED, REASON, REASON_IN_SHORT)


def check_reason(check: OrderCheck) -> None:
    """A cancelled order has a reason, and whatever reason is given is known."""
    order = check.order
    reason = order.reason_cancellation or order.cancellation_reason
    if reason is None:
        if order.status == OrderStatus.CANCELLED:
            check.report(MISSING_IN_SHORT if check.short_form else MISSING, _key(check))
    elif reason.id is None:
        if order.status == OrderStatus.CANCELLED:
            check.report(UNNAMED, _key(check))
    elif reason.id not in CANCELLATION_REASONS:
        check.report(REASON_IN_SHORT if check.short_form else REASON, _key(check), "id", code=reason.id)


def _key(check: OrderCheck) -> str:
    """Under which of its two names the reason came."""
    order = check.order
    old = order.cancellation_reason is not None or "cancellation_reason" in order.model_fields_set
    return "cancellation_reason" if order.reason_cancellation is None and old else "reason_cancellation"


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_reason,)
