"""What could not be read at all: no JSON, no object, a value of the wrong kind (API 4.4.7 §5.1, live payloads)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from magflow_tui.marketplace.schema import SchemaIssue
from magflow_tui.rules.findings import Rule, Words

_SOURCE: Final = "API 4.4.7 §5.1"
_WANTED: Final = Words("{wanted}", "{wanted_ro}")

NOT_JSON: Final = Rule(
    "schema.json",
    "error",
    "API 4.4.7 §1.4",
    Words("The order is JSON", "Comanda este JSON"),
    Words("JSON", "JSON"),
    Words("This is no JSON and cannot be read: {reason}.", "Acesta nu este JSON și nu poate fi citit: {reason}."),
)
TOO_DEEP: Final = Rule(
    "schema.depth",
    "error",
    "API 4.4.7 §1.4",
    Words("The order is not nested without end", "Comanda nu este imbricată la nesfârșit"),
    Words("at most 200 levels", "cel mult 200 de niveluri"),
    Words(
        "Objects and lists are nested too deeply for an order; nothing of it can be read.",
        "Obiectele și listele sunt imbricate prea adânc pentru o comandă; nimic nu poate fi citit.",
    ),
)
NO_OBJECT: Final = Rule(
    "schema.object",
    "error",
    _SOURCE,
    Words("The order is an object", "Comanda este un obiect"),
    Words("object", "obiect"),
    Words("An order is an object with keys; here is {value}.", "O comandă este un obiect cu chei; aici este {value}."),
)
BROKEN_BYTES: Final = Rule(
    "schema.encoding",
    "error",
    "API 4.4.7 §1.4",
    Words("The text is UTF-8", "Textul este UTF-8"),
    Words("UTF-8 text", "text UTF-8"),
    Words(
        "Some bytes are no UTF-8; the characters that could not be read show as �.",
        "Unii octeți nu sunt UTF-8; caracterele care nu au putut fi citite apar ca �.",
    ),
)
HALF_CHARACTER: Final = Rule(
    "schema.character",
    "warning",
    "RFC 8259 §8.2",
    Words("Characters are whole", "Caracterele sunt întregi"),
    Words("whole characters", "caractere întregi"),
    Words(
        "The text holds half a character, which shows as �; it was cut on its way.",
        "Textul conține o jumătate de caracter, care apare ca �; a fost tăiat pe drum.",
    ),
)
NULL: Final = Rule(
    "schema.null",
    "error",
    _SOURCE,
    Words("Null only where it is allowed", "Null doar unde este permis"),
    _WANTED,
    Words("Here is null, but needed is: {wanted}.", "Aici este null, dar este nevoie de: {wanted_ro}."),
)
NOT_A_NUMBER: Final = Rule(
    "schema.number",
    "error",
    _SOURCE,
    Words("Numbers are written as numbers", "Numerele sunt scrise ca numere"),
    _WANTED,
    Words(
        "{value} cannot be read as a number ({wanted}): digits 0-9 and a point, without blanks or anything else.",
        "{value} nu poate fi citit ca număr ({wanted_ro}): cifre 0-9 și punct, fără spații sau altceva.",
    ),
)
OUT_OF_RANGE: Final = Rule(
    "schema.range",
    "error",
    _SOURCE,
    Words("Numbers are of a size that can be", "Numerele au o mărime posibilă"),
    _WANTED,
    Words("{value} is beyond any number that can be here.", "{value} depășește orice număr posibil aici."),
)
WRONG_CONTAINER: Final = Rule(
    "schema.container",
    "error",
    _SOURCE,
    Words("Objects, lists and values are where they belong", "Obiectele, listele și valorile sunt la locul lor"),
    _WANTED,
    Words(
        "Here is {value}, but this is the place of: {wanted}.", "Aici este {value}, dar locul este pentru: {wanted_ro}."
    ),
)
WRONG_TYPE: Final = Rule(
    "schema.type",
    "error",
    _SOURCE,
    Words("Values are of the right type", "Valorile au tipul corect"),
    _WANTED,
    Words(
        "{value} is not of the type that belongs here: {wanted}.", "{value} nu are tipul potrivit aici: {wanted_ro}."
    ),
)
NEITHER_YES_NOR_NO: Final = Rule(
    "schema.flag",
    "error",
    _SOURCE,
    Words("Flags are 0 or 1", "Indicatorii sunt 0 sau 1"),
    _WANTED,
    Words("{value} is neither 0 nor 1.", "{value} nu este nici 0, nici 1."),
)
UNUSABLE_ID: Final = Rule(
    "order.id",
    "error",
    _SOURCE,
    Words("The order has an id", "Comanda are un id"),
    Words("whole number, 1 or more", "număr întreg, cel puțin 1"),
    Words(
        "The order has no usable id; it cannot be stored as an order, nor acted upon.",
        "Comanda nu are un id utilizabil; nu poate fi păstrată ca o comandă și nu se poate acționa asupra ei.",
    ),
)

RULES: Final = (
    NOT_JSON,
    TOO_DEEP,
    NO_OBJECT,
    BROKEN_BYTES,
    HALF_CHARACTER,
    UNUSABLE_ID,
    NULL,
    NOT_A_NUMBER,
    OUT_OF_RANGE,
    WRONG_CONTAINER,
    WRONG_TYPE,
    NEITHER_YES_NOR_NO,
)

# The words of `marketplace.schema`; others are kept in English.
_IN_ROMANIAN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text": "text",
        "object": "obiect",
        "list": "listă",
        "whole number": "număr întreg",
        "whole number, 1 or more": "număr întreg, cel puțin 1",
        "amount": "sumă",
        "0 or 1": "0 sau 1",
    }
)
_NUMBERS: Final = ("whole number", "whole number, 1 or more", "amount", "0 or 1")
_DIGITS: Final = re.compile(r'"-?[0-9]+"')
_DEEP: Final = "nested too deeply"


def rule_of(issue: SchemaIssue) -> tuple[Rule, Mapping[str, str]]:
    """Which rule an issue of the reading breaks, and the facts of it."""
    wanted = issue.expected.split(" or ") if issue.expected not in _IN_ROMANIAN else [issue.expected]
    words = {"wanted": issue.expected, "wanted_ro": " sau ".join(_IN_ROMANIAN.get(each, each) for each in wanted)}
    if issue.expected == "JSON":
        reason = issue.value.partition(": ")[2]
        return (TOO_DEEP, {}) if reason == _DEEP else (NOT_JSON, {"reason": reason})
    if issue.expected == "UTF-8 text":
        return BROKEN_BYTES, {}
    if issue.expected == "text without half characters":
        return HALF_CHARACTER, {}
    if issue.path == "$.id":
        return UNUSABLE_ID, {}
    if issue.path == "$":
        return NO_OBJECT, {}
    return _rule_of_value(issue.value, wanted), words


def _rule_of_value(value: str, wanted: list[str]) -> Rule:
    if value == "null":
        return NULL
    if value.startswith(("object with", "list of")) or "object" in wanted or "list" in wanted:
        return WRONG_CONTAINER
    if wanted == ["0 or 1"]:
        return NEITHER_YES_NOR_NO
    if value.startswith('"'):
        return OUT_OF_RANGE if _DIGITS.fullmatch(value) and "amount" not in wanted else NOT_A_NUMBER
    if value in ("true", "false") or not set(wanted).intersection(_NUMBERS):
        return WRONG_TYPE
    if value == "NaN":
        return NOT_A_NUMBER
    if "amount" in wanted or "." not in value:
        return OUT_OF_RANGE
    return WRONG_TYPE
