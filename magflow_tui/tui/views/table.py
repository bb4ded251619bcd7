"""Lists in columns: a header, and as many rows as fit, of which one is under the cursor and some may be marked.

Only the rows in view are formatted, so a list costs the same at any length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from magflow_tui.tui.views.context import Cursor, ListState
from magflow_tui.tui.views.glyphs import Glyphs
from magflow_tui.tui.views.spans import Line, Role, Span, cells, cut, fit, fit_right

Row = TypeVar("Row")

#: Signs of a marked row, and of the column that a list is sorted by.
MARKED = "*"
UP, DOWN = "↑", "↓"
#: Cells that a column without a width of its own needs at the least.
LEAST_FLEXIBLE = 10


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its title, its width in cells (0: what is left), and the cell of a row as text and role.

    `need` is the width of the whole list from which on the column is shown, `wide` columns only in a list that is shown
    wide. `sort` is the name that `ListState.sort` has for it, empty where the list cannot be sorted by it.
    """

    title: str
    width: int
    cell: Callable[[Row], tuple[str, Role]]
    align: Literal["left", "right"] = "left"
    need: int = 0
    sort: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Marking(Generic[Row]):
    """What the operator has done to a list: its state, and the key by which rows are marked.

    `stale` are keys of rows that were not in the latest reading any more: they are drawn as old.
    `order` is how the list is sorted when `state` names no column: the name of the sort, and whether downwards.
    """

    state: ListState
    key: Callable[[Row], object]
    stale: frozenset[object] = frozenset()
    order: tuple[str, bool] = ("", False)

    def sorted_by(self) -> tuple[str, bool]:
        """The column that the list is sorted by, and whether downwards."""
        return (self.state.sort, self.state.descending) if self.state.sort else self.order

    def ranged(self, rows: Sequence[Row], cursor: Cursor | None) -> range:
        """The indexes that a range mark under way covers: from where it was begun up to the cursor."""
        begun = self.state.range_from
        if begun is None or cursor is None:
            return range(0)
        start = next((index for index, row in enumerate(rows) if self.key(row) == begun), cursor.index)
        return range(min(start, cursor.index), max(start, cursor.index) + 1)


def _fitting(columns: Sequence[Column[Row]], width: int, *, wide: bool) -> list[tuple[Column[Row], int]]:
    shown = [column for column in columns if width >= column.need and (wide or not column.wide)]
    flexible = sum(1 for column in shown if not column.width)
    while True:
        room = width - sum(column.width for column in shown) - len(shown) - 1
        if room >= LEAST_FLEXIBLE * flexible or len(shown) <= 2:
            return [(column, column.width or max(0, room // flexible)) for column in shown]
        # Too narrow for all: the last of the fixed ones goes.
        shown.remove(next(column for column in reversed(shown) if column.width))


def table(
    rows: Sequence[Row],
    columns: Sequence[Column[Row]],
    cursor: Cursor | None,
    width: int,
    height: int,
    glyphs: Glyphs,
    *,
    header: bool = True,
    marking: Marking[Row] | None = None,
    awaited: bool = False,
) -> list[Line]:
    """A header line and up to `height` rows from `cursor.top` on, each exactly `width` cells.

    `cursor` must be settled among the rows; None draws no cursor. The row under it is one span, in reverse: it costs
    few bytes, and survives a terminal without colours. With `awaited` there are more rows behind the last one, not
    read yet: the room below it is filled with placeholders.
    """
    layout = _fitting(columns, width, wide=marking is not None and marking.state.wide)
    lines: list[Line] = [_header(layout, marking, width)] if header else []
    top = cursor.top if cursor else 0
    ranged = marking.ranged(rows, cursor) if marking else range(0)
    for index in range(top, min(len(rows), top + height)):
        row = rows[index]
        key = marking.key(row) if marking else None
        marked = marking is not None and (key in marking.state.marks or index in ranged)
        stale = marking is not None and key in marking.stale
        mark = MARKED if marked else glyphs.stale if stale else " "
        spans: list[Span] = []
        for column, size in layout:
            text, role = column.cell(row)
            placed = (fit_right if column.align == "right" else fit)(text, size)
            spans.append((placed, "stale" if stale else role))
        if cursor is not None and index == cursor.index:
            text = f"{glyphs.cursor}{mark}" + " ".join(text for text, _ in spans)
            lines.append(((fit(text, width), "selected"),))
            continue
        gutter: Span = (f"{mark} ", "key" if marked else "text")
        lines.append(_merged([gutter, *_spaced(spans)], width))
    if awaited:
        waiting = " ".join((fit_right if column.align == "right" else fit)("·", size) for column, size in layout)
        missing = top + height - max(top, len(rows))
        lines += [((fit("  " + waiting, width), "muted"),)] * max(0, missing)
    return lines


def _header(layout: Sequence[tuple[Column[Row], int]], marking: Marking[Row] | None, width: int) -> Line:
    """The titles; the one that the list is sorted by has an arrow."""
    sort, descending = marking.sorted_by() if marking else ("", False)
    titles = []
    for column, size in layout:
        title = column.title
        if sort and column.sort == sort:
            title = f"{cut(title, size - 1)}{DOWN if descending else UP}"
        titles.append((fit_right if column.align == "right" else fit)(title, size))
    return ((fit("  " + " ".join(titles), width), "muted"),)


def _spaced(spans: Sequence[Span]) -> list[Span]:
    """A space behind every cell, in the cell's own role, so that neighbours alike become one span."""
    return [(text + " ", role) for text, role in spans]


def _merged(spans: Sequence[Span], width: int) -> Line:
    """Neighbours of one role as one span: fewer colour changes on the wire; blanks join whatever stands before them."""
    merged: list[tuple[str, Role]] = []
    for text, role in spans:
        if merged and (merged[-1][1] == role or not text.strip()):
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, role))
    used = sum(cells(text) for text, _ in merged)
    if merged and used > width:
        text, role = merged[-1]
        merged[-1] = (fit(text, max(0, cells(text) - (used - width)), mark=""), role)
    return tuple(merged)
