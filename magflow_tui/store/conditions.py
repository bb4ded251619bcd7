"""The conditions of a filter as SQL: what each field of a list can be asked, in the words people use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, String, and_, cast, false, func, not_, or_, true

from magflow_tui.contract.listing import Condition, ConditionOperator, RowFilter
from magflow_tui.store.columns import time_to_millis
from magflow_tui.store.searching import contains, plain

_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {">": gt, ">=": ge, "<": lt, "<=": le}
_NUMBER: Final = re.compile(r"([+-]?\d{1,15}(?:[.,]\d{1,6})?)([kKmM]?)")
_FACTORS: Final = {"": Decimal(1), "k": Decimal(1_000), "m": Decimal(1_000_000)}
_AGE: Final = re.compile(r"(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?", re.IGNORECASE)
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T ](\d{1,2})(?::(\d{1,2}))?)?")

_WORD: Final = re.compile(r"\w+")

#: A condition that was understood, or None for a value that a field cannot have.
Clause = ColumnElement[bool] | None


@dataclass(frozen=True, slots=True)
class Moment:
    """When a filter is applied (aware), and the time zone its dates are meant in (None: that of this machine)."""

    now: datetime
    zone: tzinfo | None = None


class Field(Protocol):
    """What a list can be asked about."""

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        """The condition as SQL; null counts as not met."""
        ...


@dataclass(frozen=True, slots=True)
class TextField:
    """Text: contained in it, whatever case and diacritics; compared as text."""

    column: ColumnElement[Any]

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "has":
            return contains(self.column, value)
        if operator == "any":
            return self.column != ""
        return _compare(self.column, operator, value)


@dataclass(frozen=True, slots=True)
class IdField:
    """A marketplace number: a part of its digits, or compared."""

    column: ColumnElement[Any]

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return true()
        if operator == "has":
            return cast(self.column, String).like(f"%{value}%") if value.isascii() and value.isdigit() else None
        number = _number(value)
        return None if number is None else _compare(self.column, operator, int(number))


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number, kept as `scale` times as much; `counts`: a count, of which 0 is none."""

    column: ColumnElement[Any]
    scale: int = 1
    counts: bool = False

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return self.column > 0 if self.counts else self.column.is_not(None)
        number = _number(value)
        if number is None:
            return None
        units = float(number * self.scale)
        return self.column == units if operator == "has" else _compare(self.column, operator, units)


@dataclass(frozen=True, slots=True)
class CodeField:
    """A code of the marketplace, by its number or by how a word of its name begins, in any language."""

    column: ColumnElement[Any]
    names: Mapping[int, Sequence[str]]

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return self.column.is_not(None)
        number = _number(value)
        if operator != "has":
            return None if number is None else _compare(self.column, operator, int(number))
        if number is not None:
            return self.column == int(number)
        wanted = _words(value)
        codes = [code for code, names in self.names.items() if any(wanted in _words(name) for name in names)]
        return self.column.in_(codes) if codes else None


@dataclass(frozen=True, slots=True)
class DateField:
    """A time, kept as milliseconds: within a year, month, day or hour, or before and after the beginning of one."""

    column: ColumnElement[Any]

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return self.column.is_not(None)
        span = _span(value, at.zone)
        if span is None:
            return None
        begin, end = (time_to_millis(moment) for moment in span)
        if operator == "has":
            return and_(self.column >= begin, self.column < end)
        # Beyond a day is behind its end; a day is in `>=` and `<=` of itself.
        edge = end if operator in (">", "<=") else begin
        return self.column >= edge if operator in (">", ">=") else self.column < edge


@dataclass(frozen=True, slots=True)
class AgeField:
    """How long ago a time was, kept as milliseconds: `>2h`, `<=3d`; without a sign, at most so long."""

    column: ColumnElement[Any]

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return self.column.is_not(None)
        age = _age(value)
        if age is None:
            return None
        edge = time_to_millis(at.now - age)
        return self.column < edge if operator in (">", ">=") else self.column >= edge


@dataclass(frozen=True, slots=True)
class FlagField:
    """Yes or no."""

    yes: ColumnElement[bool]

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        wanted = plain(value)
        if operator != "has" or not wanted:
            return None
        if any(word.startswith(wanted) for word in ("yes", "da", "true", "1")):
            return self.yes
        return not_(self.yes) if any(word.startswith(wanted) for word in ("no", "nu", "false", "0")) else None


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a list: `named` ones, those in which a bare word is searched, and the one a bare number is of."""

    named: Mapping[str, Field]
    words: Sequence[str]
    number: str

    def clauses(self, wanted: RowFilter, at: Moment) -> list[ColumnElement[bool]]:
        """A filter as conditions that a row has to meet. Raises ValueError for a field that the list does not have."""
        groups = [and_(*(self._clause(term, at) for term in group)) for group in wanted.alternatives if group]
        return [or_(*groups)] if groups else []

    def _clause(self, term: Condition, at: Moment) -> ColumnElement[bool]:
        if term.field is not None:
            asked = [term.field.lower()]
        else:
            asked = list(self.words) if term.operator in ("has", "any") else [self.number]
        clauses = [self._field(name).clause(term.operator, term.value, at) for name in asked]
        found = [clause for clause in clauses if clause is not None]
        met = or_(*(func.coalesce(clause, false()) for clause in found)) if found else false()
        return not_(met) if term.negated else met

    def _field(self, name: str) -> Field:
        field = self.named.get(name)
        if field is None:
            raise ValueError(f"there is no field {name[:40]!r} in this list, only {', '.join(self.named)}")
        return field


def _compare(column: ColumnElement[Any], operator: ConditionOperator, value: float | str) -> ColumnElement[bool]:
    met: ColumnElement[bool] = _COMPARE[operator](column, value)
    return met


def _words(text: str) -> str:
    """A text's words, each with a space before it: `in_progress` is in `In progress`, `active` is not in `Inactive`."""
    return " " + " ".join(_WORD.findall(plain(text).replace("_", " ")))


def _number(text: str) -> Decimal | None:
    """`312.40`, `312,40`, `1.5k`."""
    found = _NUMBER.fullmatch(text.strip())
    return None if found is None else Decimal(found[1].replace(",", ".")) * _FACTORS[found[2].lower()]


def _age(text: str) -> timedelta | None:
    """`2h`, `3d`, `1d12h`."""
    found = _AGE.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _span(text: str, zone: tzinfo | None) -> tuple[datetime, datetime] | None:
    """Begin and end (aware) of the year, month, day, hour or minute that a text names."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute = (None if part is None else int(part) for part in found.groups())
    try:
        begin = datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0)  # noqa: DTZ001 (zone below)
        if month is None:
            end = begin.replace(year=begin.year + 1)
        elif day is None:
            end = (begin + timedelta(days=31)).replace(day=1)
        else:
            end = begin + (timedelta(days=1) if hour is None else timedelta(minutes=60 if minute is None else 1))
        return _aware(begin, zone), _aware(end, zone)
    except (ValueError, OverflowError):
        return None


def _aware(moment: datetime, zone: tzinfo | None) -> datetime:
    return (moment.astimezone() if zone is None else moment.replace(tzinfo=zone)).astimezone(UTC)
