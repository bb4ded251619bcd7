"""Lists in columns: a header, and as many rows as fit, of which one is under the cursor.

Only the rows in view are formatted, so a list costs the same at any length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from magflow_tui.tui.views.context import Cursor
from magflow_tui.tui.views.glyphs import Glyphs
from magflow_tui.tui.views.spans import Line, Role, Span, cells, fit, fit_right

Row = TypeVar("Row")


#: Cells that a column without a width of its own needs at the least.
LEAST_FLEXIBLE = 10


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its title, its width in cells (0: what is left), and the cell of a row as text and role.

    `need` is the width of the whole list from which on the column is shown.
    """

    title: str
    width: int
    cell: Callable[[Row], tuple[str, Role]]
    align: Literal["left", "right"] = "left"
    need: int = 0


def _fitting(columns: Sequence[Column[Row]], width: int) -> list[tuple[Column[Row], int]]:
    shown = [column for column in columns if width >= column.need]
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
) -> list[Line]:
    """A header line and up to `height` rows from `cursor.top` on, each exactly `width` cells.

    `cursor` must be settled among the rows; None draws no cursor. The row under it is one span, in reverse: it costs
    few bytes, and survives a terminal without colours.
    """
    layout = _fitting(columns, width)
    lines: list[Line] = []
    if header:
        titles = " ".join(
            (fit_right if column.align == "right" else fit)(column.title, size) for column, size in layout
        )
        lines.append(((fit("  " + titles, width), "muted"),))
    top = cursor.top if cursor else 0
    for index in range(top, min(len(rows), top + height)):
        row = rows[index]
        spans: list[Span] = []
        for column, size in layout:
            text, role = column.cell(row)
            placed = (fit_right if column.align == "right" else fit)(text, size)
            spans.append((placed, role))
        if cursor is not None and index == cursor.index:
            text = f"{glyphs.cursor} " + " ".join(text for text, _ in spans)
            lines.append(((fit(text, width), "selected"),))
            continue
        lines.append(_merged([("  ", "text"), *_spaced(spans)], width))
    return lines


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
