"""Pages of a list, read in both directions from a mark; where rows have to be looked at one by one, in slices.

Everything a list shows, sorts by and filters by is in one covering index, so a page never touches the rows themselves,
which hold whole payloads. In the index's own order a page is where its mark is. A filter is searched for in slices of
that order, each a short read, until the page is full or patience ends. In any other order the whole index is looked at
for a page, which takes some tenths of a second for a million rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, literal, select, tuple_

from magflow_tui.contract.listing import PageMarks, RowCount
from magflow_tui.store.keyset import decode_mark, encode_mark

#: Seconds that a search takes before it answers with what it has found so far.
PATIENCE: Final = 0.03
#: Rows in the first slice of a search; each further one is twice as large, up to the last.
_SLICE, _LARGEST_SLICE = 4_000, 32_000

Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list. `place` are whole numbers and texts, never null, that no two rows have alike; of `types`.

    `indexed`: the covering index begins with them.
    """

    name: str
    place: tuple[ColumnElement[Any], ...]
    types: tuple[type[int] | type[str], ...]
    indexed: bool = False

    def mark(self, place: Place) -> str:
        return encode_mark(self.name, *place)

    def place_of(self, row: RowMapping) -> Place:
        return tuple(row[f"place_{number}"] for number in range(len(self.place)))

    def read(self, mark: str) -> Place:
        """The place that a mark tells. Raises ValueError for one that is none of this list in this order."""
        name, *place = decode_mark(mark, str, *self.types)
        if name != self.name:
            raise ValueError(f"{mark[:40]!r} is the mark of a list sorted by {name}, not by {self.name}")
        return tuple(place)


@dataclass(frozen=True, slots=True)
class PageAsk:
    """Which page: `limit` rows behind the mark `after`, before the mark `before`, from the row `start_at` on, or the
    last ones (`from_end`); from the beginning when none is given. `conditions` are all to be met.

    The walk stops after `patience` seconds of `clock` without a full page.
    """

    sort: Sort
    descending: bool
    limit: int
    after: str | None = None
    before: str | None = None
    start_at: str | None = None
    from_end: bool = False
    conditions: Sequence[ColumnElement[bool]] = ()
    patience: float = PATIENCE
    clock: Callable[[], float] = field(default=time.perf_counter)

    def __post_init__(self) -> None:
        if sum((self.after is not None, self.before is not None, self.start_at is not None, self.from_end)) > 1:
            raise ValueError("a page is after a mark, before one, starts at one, or is the last: one of them")

    @property
    def mark(self) -> str | None:
        """The mark that the page begins at, or ends at."""
        return next((mark for mark in (self.after, self.before, self.start_at) if mark is not None), None)

    @property
    def backwards(self) -> bool:
        """Whether the page is read from its last row to its first."""
        return self.from_end or self.before is not None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The rows of a page in the list's order, and where it stands."""

    rows: list[RowMapping]
    marks: PageMarks


class _Walk:
    """A walk through a sort order from a place on. Each read begins where the one before ended."""

    def __init__(self, connection: Connection, ask: PageAsk) -> None:
        self._connection = connection
        self._place = tuple_(*ask.sort.place)
        self._down = ask.descending != ask.backwards
        self._order = [column.desc() if self._down else column.asc() for column in ask.sort.place]
        self._labels = [column.label(f"place_{number}") for number, column in enumerate(ask.sort.place)]
        self._ask = ask
        self._from: Place | None = None if ask.mark is None else ask.sort.read(ask.mark)
        self._including = ask.start_at is not None
        self.looked_at = 0
        self.ended = False
        self._until = ask.clock() + ask.patience

    @property
    def place(self) -> Place | None:
        """Where the walk stands."""
        return self._from

    @property
    def impatient(self) -> bool:
        return self._ask.clock() >= self._until

    def rows(self, columns: Sequence[ColumnElement[Any]], most: int) -> list[RowMapping]:
        """The next matching rows, at most so many, all in one go. The walk stays where it is."""
        statement = select(*columns, *self._labels).where(*self._ask.conditions)
        return list(self._connection.execute(self._bounded(statement, None).limit(most)).mappings().all())

    def slice(self, size: int, statement: Select[Any]) -> Select[Any]:
        """`statement` on the next `size` rows, of which the matching ones count; the walk goes on behind them."""
        ahead = self._bounded(select(*self._labels), None).limit(1).offset(size - 1)
        edge = self._connection.execute(ahead).first()
        until: Place | None = None if edge is None else tuple(edge)
        bounded = self._bounded(statement.where(*self._ask.conditions), until)
        self.looked_at += size
        if until is None:
            self.ended = True
        else:
            self._from, self._including = until, False
        return bounded

    def listed(self, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        return select(*columns, *self._labels)

    def _bounded(self, statement: Select[Any], until: Place | None) -> Select[Any]:
        if self._from is not None:
            start = tuple_(*map(literal, self._from))
            if self._including:
                statement = statement.where(self._place <= start if self._down else self._place >= start)
            else:
                statement = statement.where(self._place < start if self._down else self._place > start)
        if until is not None:
            end = tuple_(*map(literal, until))
            statement = statement.where(self._place >= end if self._down else self._place <= end)
        return statement.order_by(*self._order)


def read_page(connection: Connection, columns: Sequence[ColumnElement[Any]], ask: PageAsk) -> FoundPage:
    """A page of a list. Raises ValueError for a mark that is none of this list in this order."""
    walk = _Walk(connection, ask)
    if ask.sort.indexed and ask.conditions:
        found, stopped = _search(connection, columns, ask, walk)
    else:
        found, stopped = walk.rows(columns, ask.limit + 1), False
    rows = found[: ask.limit]
    onward: str | None = None
    if len(found) > ask.limit:
        onward = ask.sort.mark(ask.sort.place_of(rows[-1]))
    elif stopped and walk.place is not None:
        onward = ask.sort.mark(walk.place)
    if ask.backwards:
        rows.reverse()
    ends = [ask.sort.mark(ask.sort.place_of(row)) for row in (rows[0], rows[-1])] if rows else [ask.mark, ask.mark]
    # On the side it came from there are rows, as far as is known without looking.
    back = ends[1] if ask.backwards else ends[0]
    behind = back if ask.mark is not None else None
    return FoundPage(
        rows,
        PageMarks(
            next_after=behind if ask.backwards else onward,
            next_before=onward if ask.backwards else behind,
            first=ends[0],
            last=ends[1],
            looked_at=walk.looked_at if stopped else None,
        ),
    )


def _search(
    connection: Connection, columns: Sequence[ColumnElement[Any]], ask: PageAsk, walk: _Walk
) -> tuple[list[RowMapping], bool]:
    """Matching rows, slice by slice, one more than are asked for; and whether patience ended before that."""
    found: list[RowMapping] = []
    size = _SLICE
    while True:
        part = walk.slice(size, walk.listed(columns)).limit(ask.limit + 1 - len(found))
        found += connection.execute(part).mappings().all()
        if len(found) > ask.limit or walk.ended:
            return found, False
        if walk.impatient:
            return found, True
        size = min(2 * size, _LARGEST_SLICE)


def count_rows(connection: Connection, ask: PageAsk) -> RowCount:
    """How many rows match behind the ask's mark, or before it; counted until patience ends, or `limit` is passed."""
    walk = _Walk(connection, ask)
    rows, size = 0, _SLICE
    while not walk.ended and rows <= ask.limit:
        part = walk.slice(size, select(func.count().label("matching"))).order_by(None)
        rows += connection.execute(part).scalar_one()
        size = min(2 * size, _LARGEST_SLICE)
        if walk.impatient:
            break
    capped = rows > ask.limit
    goes_on = not walk.ended and not capped
    return RowCount(
        rows=min(rows, ask.limit),
        capped=capped,
        looked_at=walk.looked_at,
        next_after=ask.sort.mark(walk.place) if goes_on and walk.place is not None else None,
    )
