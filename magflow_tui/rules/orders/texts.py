"""Characters that do not belong into texts, and texts without end.

Looked for in the payload as a whole, since control characters are rare there and always escaped in JSON: only where one
is, each text is looked at. Texts under unknown keys are read too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from magflow_tui.marketplace.schema.reading import json_tree
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck, Path

CONTROL: Final = Rule(
    "text.control",
    "error",
    "RFC 8259 §7",
    Words("Texts are free of control characters", "Textele nu conțin caractere de control"),
    Words("printable characters", "caractere tipăribile"),
    Words(
        "The text holds {character}, which no name or remark needs; labels and invoices may break on it.",
        "Textul conține {character}, inutil într-un nume sau o mențiune; etichetele și facturile se pot strica.",
    ),
)
LINE_BREAK: Final = Rule(
    "text.line_break",
    "warning",
    "measured live",
    Words("Names and addresses are on one line", "Numele și adresele sunt pe un singur rând"),
    Words("text on one line", "text pe un singur rând"),
    Words(
        "The text holds a line break or a tab; labels and invoices may break on it.",
        "Textul conține un sfârșit de rând sau un tab; etichetele și facturile se pot strica.",
    ),
)
LENGTH: Final = Rule(
    "text.length",
    "warning",
    "measured live",
    Words("Texts are of a length that people write", "Textele au o lungime omenească"),
    Words("at most {most} characters", "cel mult {most} de caractere"),
    Words("The text has too many characters: {length}.", "Textul are prea multe caractere: {length}."),
)
MARKUP: Final = Rule(
    "text.markup",
    "warning",
    "measured live",
    Words("Names and addresses are no markup", "Numele și adresele nu sunt marcaje"),
    Words("plain text", "text simplu"),
    Words(
        "The text holds markup ({markup}): somebody may be trying something.",
        "Textul conține marcaje ({markup}): poate cineva încearcă ceva.",
    ),
)

RULES: Final = (CONTROL, LINE_BREAK, LENGTH, MARKUP)

#: Characters of any text, and of those on a label: 255 is what couriers take, 1 000 leaves room.
LONGEST: Final = 10_000
LONGEST_NAME: Final = 1_000

_LABEL_KEYS: Final = ("name", "shipping_contact", "shipping_street")

# People write remarks on several lines.
_REMARKS: Final = frozenset(("observation", "cancellation_request"))

_ESCAPE: Final = re.compile(rb"\\(?:u(?:00[01]|007[fF]|20[26])|[nrtbf])")
# In UTF-8 the marks that turn the direction of text around begin with the byte of dashes and quotes, too.
_LEAD: Final = b"\xe2"
_OVERRIDES: Final = frozenset(chr(code).encode()[1:] for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_BREAK: Final = re.compile("[\t\n\r]")
_MARKUP: Final = re.compile(r"</?[A-Za-z!][A-Za-z0-9]{0,20}", re.ASCII)


def check_texts(check: OrderCheck) -> None:
    """No text of the payload holds control characters, goes on without end, or, as a name, is markup."""
    raw = check.raw
    if (
        (b"\\" in raw and _ESCAPE.search(raw))
        or b"<" in raw
        or b"\x7f" in raw
        or len(raw) > LONGEST
        or _has_long_name(check)
        or (_LEAD in raw and _has_override(raw))
    ):
        for path, text in _texts(json_tree(raw)):
            _check_text(check, path, text)


def _has_override(raw: bytes) -> bool:
    at = raw.find(_LEAD)
    while at >= 0:
        if raw[at + 1 : at + 3] in _OVERRIDES:
            return True
        at = raw.find(_LEAD, at + 3)
    return False


def _has_long_name(check: OrderCheck) -> bool:
    for line in check.order.products or ():
        if line.name is not None and len(line.name) > LONGEST_NAME:
            return True
    customer = check.order.customer
    return customer is not None and (
        len(customer.name or "") > LONGEST_NAME
        or len(customer.shipping_contact or "") > LONGEST_NAME
        or len(customer.shipping_street or "") > LONGEST_NAME
    )


def _check_text(check: OrderCheck, path: Path, text: str) -> None:
    key = path[-1]
    on_label = key in _LABEL_KEYS and path[0] in ("customer", "products")
    most = LONGEST_NAME if on_label else LONGEST
    if len(text) > most:
        check.report(LENGTH, *path, length=len(text), most=most)
    control = _CONTROL.search(text)
    if control is not None:
        check.report(CONTROL, *path, character=f"U+{ord(control[0]):04X}")
    elif key not in _REMARKS and _BREAK.search(text):
        check.report(LINE_BREAK, *path)
    if path[0] == "customer" and (markup := _MARKUP.search(text)):
        check.report(MARKUP, *path, markup=markup[0])


def _texts(tree: object) -> Iterator[tuple[Path, str]]:
    """All texts of a JSON value with their paths; no recursion, nesting is the payload's choice."""
    stack: list[tuple[Path, object]] = [((), tree)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            stack += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            stack += [((*path, place), inner) for place, inner in enumerate(value)]


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_texts,)
