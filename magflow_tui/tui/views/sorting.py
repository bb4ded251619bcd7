"""By which columns each list can be sorted, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from magflow_tui.tui.views import request_rows, run_rows, spending
from magflow_tui.tui.views.context import ListState

#: Columns of each list, by the names that `Column.sort` has. The first is the list's own order.
SORTS: Mapping[str, tuple[str, ...]] = {
    "orders": ("date", "modified", "total", "status", "customer"),
    "rules": ("open", "orders", "rule"),
    "ignores": ("until", "rule"),
    "offers": ("id", "name", "price", "stock", "status"),
    "sync": tuple(run_rows.SORTS),
    "api": tuple(request_rows.SORTS),
    "limits": tuple(spending.SORTS),
}
#: Lists whose own order is upwards.
_RISING_LISTS = frozenset({"offers", "ignores"})
#: Columns that are read from A to Z; all others begin with the most.
_RISING = frozenset({"id", "name", "customer", "status", "endpoint", "what", "acct", "result", "rule", "until"})


def own_order(name: str) -> tuple[str, bool]:
    """The column that a list is sorted by of itself, and whether downwards."""
    return SORTS[name][0], name not in _RISING_LISTS


def sorted_by(name: str, state: ListState) -> tuple[str, bool]:
    """The column that a list is sorted by now, and whether downwards."""
    return (state.sort, state.descending) if state.sort else own_order(name)


def next_sort(name: str, state: ListState) -> ListState:
    """Sorted by the next column; behind the last one the list's own order comes again."""
    columns = SORTS[name]
    column = columns[(columns.index(sorted_by(name, state)[0]) + 1) % len(columns)]
    if column == columns[0]:
        return replace(state, sort="", descending=False)
    return replace(state, sort=column, descending=column not in _RISING)


def reversed_sort(name: str, state: ListState) -> ListState:
    """Sorted the other way round."""
    column, descending = sorted_by(name, state)
    if (column, not descending) == own_order(name):
        return replace(state, sort="", descending=False)
    return replace(state, sort=column, descending=not descending)
