"""The filter language of every list: what is typed behind `/`, read into terms and held against rows.

    word            any field contains it, whatever its case and its diacritics
    field:value     this field contains the text, or is the number
    field:*         this field has a value
    >500  <=3       some number among the fields is beyond it; `field:>500` for one field; text compares as text
    ~regex          some field matches, with or without its diacritics; `field:~regex` for one field
    !term           not this term
    a b             both; `a or b`: one of them, the weaker bond
    "two words"     quotes take away every special meaning

Typing is followed key by key, so nothing here raises: what is not finished yet means nothing, and what cannot be meant
is left out and named by `Filter.problem`. Patterns run in an engine whose time is linear in the text, so that none of
them can hang the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeVar
from unicodedata import combining, normalize

if TYPE_CHECKING:
    from pydantic_core import SchemaValidator

Row = TypeVar("Row")

#: `has` contains or equals, `any` has a value at all, `~` matches a pattern; the others put in order.
Operator = Literal["has", "any", "~", ">", ">=", "<", "<="]
#: Text keys of what can be wrong with a filter.
Problem = Literal["filter.problem.pattern", "filter.problem.field"]

#: Characters of a filter, and of a pattern in it, that are read.
LONGEST: Final = 500
LONGEST_PATTERN: Final = 100
#: Characters of a field's text that are looked at.
LONGEST_TEXT: Final = 2000

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*):")
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)([kKmM]?)")
_FACTORS: Final = {"": 1.0, "k": 1e3, "m": 1e6}
_ORDERS: Final[tuple[Operator, ...]] = (">=", "<=", ">", "<")
# Repetitions that would make a short pattern a huge machine; refused before it is built.
_HUGE_REPETITION = re.compile(r"\{\s*\d{3,}|\{\s*\d+\s*,\s*\d{3,}")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `field` None is any field; `value` is as typed, without quotes and operator."""

    field: str | None
    operator: Operator
    value: str
    negated: bool = False

    @property
    def number(self) -> float | None:
        """The value as a number (`1.5k` is 1500), None where it is none."""
        return _number(self.value)


@dataclass(frozen=True, slots=True)
class Filter:
    """What was typed, as conditions: a row has to meet every term of at least one of the `alternatives`.

    Without alternatives every row passes. `problem` is the text key of the first thing that could not be meant, which
    is `problem_part`; the rest still holds.
    """

    text: str = ""
    alternatives: tuple[tuple[Term, ...], ...] = ()
    problem: Problem | None = None
    problem_part: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of all alternatives."""
        return tuple(term for group in self.alternatives for term in group)

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    def matches(
        self,
        row: Row,
        fields: Mapping[str, Callable[[Row], object]],
        *,
        bare: Mapping[str, Callable[[Row], object]] | None = None,
    ) -> bool:
        """Whether a row passes. A field's value may be text, a number, or several of them; None is no value.

        A field that `fields` does not have is one without a value. Terms without a field look at those of `bare`, at
        all when there are none.
        """
        if not self.alternatives:
            return True
        loose = fields if bare is None else bare
        return any(all(_meets(term, row, fields, loose) for term in group) for group in self.alternatives)


def parse(text: str, known: Collection[str] | None = None) -> Filter:
    """Read what was typed. With `known`, a field that is not among them is a problem, and its term is left out."""
    groups: list[list[Term]] = [[]]
    problem: tuple[Problem, str] | None = None
    for word, bare in _tokens(text[:LONGEST]):
        if word == "or" and bare == len(word):
            groups.append([])
            continue
        term = _term(word, bare)
        if term is None:
            continue
        wrong = _wrong(term, known)
        if wrong is None:
            groups[-1].append(term)
        elif problem is None:
            problem = wrong
    # An empty side of an `or` that is still being typed does not let everything through.
    alternatives = tuple(tuple(group) for group in groups if group)
    return Filter(text, alternatives, *(problem or (None, "")))


def completions(text: str, fields: Mapping[str, Collection[str]]) -> list[str]:
    """What `text` can become by completing its last word: names of fields, then the values that are known of one.

    Each is the whole text, ready to take its place. `fields` are names with their known values (none where open).
    """
    start = 0 if not text else max(text.rfind(" "), text.rfind("\t")) + 1
    head, word = text[:start], text[start:]
    negation = word[: len(word) - len(word.lstrip("!"))]
    word = word[len(negation) :]
    name, colon, value = word.partition(":")
    if not colon:
        return [f"{head}{negation}{field}:" for field in fields if field.startswith(word.lower()) and word]
    wanted = plain(value.strip('"'))
    known = sorted(fields.get(name.lower(), ()))
    return [
        f"{head}{negation}{name}:{_quoted(each)}"
        for each in known
        if plain(each).startswith(wanted) and _quoted(each) != value
    ]


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Words with their quotes taken away, and how many characters of each stand before its first quote."""
    word: list[str] = []
    quoting = False
    bare: int | None = None
    for character in text:
        if character == '"':
            quoting = not quoting
            bare = len(word) if bare is None else bare
        elif character.isspace() and not quoting:
            if word or bare is not None:
                yield "".join(word), len(word) if bare is None else bare
            word, bare = [], None
        else:
            word.append(character)
    if word or bare is not None:
        yield "".join(word), len(word) if bare is None else bare


def _term(word: str, bare: int) -> Term | None:
    """The term of a word, None for one that says nothing yet. Only its first `bare` characters can be special."""
    field: str | None = None
    negated = False
    at = 0
    while at < bare:
        if word[at] == "!":
            negated = not negated
            at += 1
        elif field is None and (name := _FIELD.match(word, at, bare)):
            field, at = name[1].lower(), name.end()
        else:
            break
    rest = word[at:]
    special = word[at:bare]
    operator: Operator = "has"
    if special.startswith("~"):
        operator = "~"
    elif order := next((order for order in _ORDERS if special.startswith(order)), None):
        operator = order
    elif special == rest == "*" and field is not None:
        operator = "any"
    value = rest[len(operator) :] if operator not in ("has", "any") else rest
    if not value or (operator not in ("has", "any", "~") and field is None and _number(value) is None):
        # Nothing typed yet, or an order without a field, which only numbers have: `<b` is a word like any other.
        return Term(None, "has", rest, negated) if value else None
    return Term(field, operator, value, negated)


def _wrong(term: Term, known: Collection[str] | None) -> tuple[Problem, str] | None:
    if known is not None and term.field is not None and term.field not in known:
        return "filter.problem.field", term.field
    if term.operator == "~" and _pattern(term.value) is None:
        return "filter.problem.pattern", term.value
    return None


def _meets(
    term: Term,
    row: Row,
    fields: Mapping[str, Callable[[Row], object]],
    bare: Mapping[str, Callable[[Row], object]],
) -> bool:
    if term.field is None:
        met = any(_holds(term, value) for read in bare.values() for value in _values(read(row)))
    else:
        read = fields.get(term.field)
        met = read is not None and any(_holds(term, value) for value in _values(read(row)))
    return met != term.negated


def _values(value: object) -> Collection[object]:
    """The values of a field that may have several."""
    if value is None:
        return ()
    return value if isinstance(value, (tuple, list, frozenset, set)) else (value,)


def _holds(term: Term, value: object) -> bool:
    """Whether one value meets a term, its negation aside."""
    number = _as_number(value)
    match term.operator:
        case "any":
            return value not in ("", None)
        case "has":
            if number is not None and term.field is not None:
                return term.number is not None and number == term.number
            return plain(term.value) in plain(_text(value))
        case "~":
            pattern = _pattern(term.value)
            text = _encodable(_text(value))
            return pattern is not None and (
                pattern.isinstance_python(text) or (not text.isascii() and pattern.isinstance_python(plain(text)))
            )
        case order:
            if number is not None:
                return term.number is not None and _in_order(order, number, term.number)
            # Times and dates are text that sorts as they do.
            return term.field is not None and _in_order(order, plain(_text(value)), plain(term.value))


def _in_order(order: Operator, left: float | str, right: float | str) -> bool:
    match order:
        case ">":
            return left > right  # type: ignore[operator]
        case ">=":
            return left >= right  # type: ignore[operator]
        case "<":
            return left < right  # type: ignore[operator]
        case _:
            return left <= right  # type: ignore[operator]


def _as_number(value: object) -> float | None:
    """A number as one that compares with what was typed: 312.40 is 312.4."""
    if isinstance(value, Decimal):
        return None if value.is_nan() else float(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    """A value as it is searched in: numbers without decimals that nobody sees."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(round(value)) if value == value and abs(value) != float("inf") else ""
    return str(value)[:LONGEST_TEXT]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Text without case and diacritics."""
    if text.isascii():
        return text.lower()
    return "".join([each for each in normalize("NFKD", text.casefold()) if not combining(each)])


def _encodable(text: str) -> str:
    """Text without lone surrogates, which no pattern can be held against."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@lru_cache(maxsize=256)
def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text)
    return None if found is None else float(found[1]) * _FACTORS[found[2].lower()]


def _quoted(value: str) -> str:
    return f'"{value}"' if any(character.isspace() for character in value) else value


@lru_cache(maxsize=64)
def _pattern(text: str) -> SchemaValidator | None:
    """A pattern ready to be held against text in time linear in its length; None for what is none.

    Python's own engine can take ages over a short pattern. Pydantic's core, which talks to the engine anyway, carries
    one that cannot; it is imported when a pattern is first typed, since the first paint has no use for it.
    """
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    if len(text) > LONGEST_PATTERN or _HUGE_REPETITION.search(text):
        return None
    try:
        return SchemaValidator(core_schema.str_schema(pattern=f"(?i){_encodable(text)}", regex_engine="rust-regex"))
    except SchemaError:
        return None
