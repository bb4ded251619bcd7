"""Checks a cancellation before it is asked for: which order, and a reason that exists (API 4.4.7 §5.5, 4.4.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from magflow_tui.marketplace.codes import CANCELLATION_REASONS
from magflow_tui.marketplace.schema.reading import json_path
from magflow_tui.rules.findings import Finding, Rule, Words
from magflow_tui.rules.orders.findings import shown

_LARGEST: Final = 2**63 - 1
_DIGITS: Final = re.compile(r"[0-9]{1,19}", re.ASCII)

ORDER: Final = Rule(
    "cancel.order",
    "error",
    "API 4.4.7 §5.5",
    Words("A cancellation names its order", "O anulare își numește comanda"),
    Words("whole number, 1 or more", "număr întreg, cel puțin 1"),
    Words("{value} is not the id of an order.", "{value} nu este id-ul unei comenzi."),
)
REASON_MISSING: Final = Rule(
    "cancel.reason.missing",
    "error",
    "measured live",
    Words("A cancellation gives its reason", "O anulare își dă motivul"),
    Words("a reason: 1–3 or 15–43", "un motiv: 1–3 sau 15–43"),
    Words("A cancellation needs a reason, and none is given.", "O anulare are nevoie de un motiv, dar nu este dat."),
)
REASON: Final = Rule(
    "cancel.reason",
    "error",
    "API 4.4.7 §5.5, 4.4.8",
    Words("The reason is one that exists", "Motivul există"),
    Words("1–3 or 15–43", "1–3 sau 15–43"),
    Words(
        "{value} is no cancellation reason; there are 1–3 and 15–43.",
        "{value} nu este un motiv de anulare; există 1–3 și 15–43.",
    ),
)

RULES: Final = (ORDER, REASON_MISSING, REASON)


def check_cancellation(
    order_id: object, reason: object, *, order_key: str = "order_id", reason_key: str = "cancellation_reason"
) -> tuple[Finding, ...]:
    """All that is wrong with cancelling an order for a reason. Never raises.

    Both are JSON values. An id is a whole number or its digits; a reason too, or an object with the code under `id`,
    as orders carry it. The keys are those under which they stand, for the findings' paths.
    """
    return tuple(_found(order_id, reason, order_key, reason_key))


def _found(order_id: object, reason: object, order_key: str, reason_key: str) -> Iterator[Finding]:
    number = _whole(order_id)
    if number is None or number < 1:
        yield Finding(ORDER, json_path((order_key,)), shown(order_id))
    path: tuple[str, ...] = (reason_key,)
    if isinstance(reason, Mapping) and "id" in reason:
        reason, path = reason["id"], (reason_key, "id")
    if reason is None or reason in ("", [], {}):
        yield Finding(REASON_MISSING, json_path(path), None if reason is None else shown(reason))
    elif _whole(reason) not in CANCELLATION_REASONS:
        yield Finding(REASON, json_path(path), shown(reason))


def _whole(value: object) -> int | None:
    """A whole number as such or as its digits, as the schema takes it; `true` is none."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    return value if type(value) is int and -_LARGEST <= value <= _LARGEST else None
