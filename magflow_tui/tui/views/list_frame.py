"""What every list of the store has around its rows: the filter row above, the detail pane beside or below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from magflow_tui.tui.data.store_lists import list_filter
from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.context import LIST_CELLS, Body, RowsShown, View, columns_of
from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.health import waiting
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.sorting import own_order, sorted_by
from magflow_tui.tui.views.spans import Line, Span, beside, cells, clean, cut, line_cells, rule, spread, stack
from magflow_tui.tui.views.table import DOWN, UP, Column, Marking, table

Row = TypeVar("Row")

#: Lines of a screen's body from which on a list may have something below it.
TALL = 28
#: Lines of the detail pane below a list, and those that the list keeps when the pane has the keys.
PANE_LINES, LEAST_ROWS = 9, 4


@dataclass(frozen=True, slots=True)
class Pane:
    """The detail pane of one row: its title, its tabs, and the lines of the tab that is shown."""

    title: str
    right: Line
    tabs: Sequence[str]
    lines: Sequence[Line]
    #: Lines that can be gone to, and whether the cursor goes from one to the next instead of scrolling.
    stops: Sequence[int] = ()
    steps: bool = False


def list_body(
    view: View,
    name: str,
    shown: RowsShown[Row],
    columns: Sequence[Column[Row]],
    key: Callable[[Row], object],
    fields: frozenset[str],
    pane: Callable[[Row, int], Pane],
    width: int,
    height: int,
    foot: Callable[[int], Sequence[Line]] | None = None,
) -> Body:
    """The whole body of a screen with a list of the store: its filter row, its rows, the pane of the row under the
    cursor, and the newest requests where there is a third column.

    `pane` makes the pane of a row for so many cells; what is docked stands in its place. `foot` makes what
    stands below the list for so many cells, where the list has enough rows without it.
    """
    if view.snapshot is None and not shown.rows:
        return Body(stack(waiting(view, width), height))
    zoomed = view.zoomed or view.list_state.wide
    main, side, tail = columns_of(width, zoomed=zoomed, least=LIST_CELLS)
    docked = view.docked
    focused = view.pane.focused and bool(shown.rows or docked)
    below = 0 if side else _pane_lines(height, view, focused=focused)
    if docked is not None and not side:
        below = max(below, min(PANE_LINES, height - 2 - LEAST_ROWS), height // 3)
    footing = list(foot(main)) if foot is not None and side and height >= TALL else []
    visible = max(1, height - 2 - below - len(footing))
    keys = [key(row) for row in shown.rows]
    cursor = view.cursor.settled(keys, visible)
    marking = Marking(view.list_state, key, shown.stale, own_order(name))
    lines = [_heading(view, name, shown, fields, main)]
    if shown.rows:
        lines += table(
            shown.rows, columns, cursor, main, visible, view.glyphs, marking=marking, awaited=shown.more_behind
        )
    else:
        lines.append(_nothing(view, name, shown, main))
    selected = shown.rows[cursor.index] if shown.rows else None
    room = height if side else below
    if docked is not None:
        drawn = docked.pane(view, side or main, room - 1)
    elif selected is not None and room:
        drawn = pane(selected, side or main)
    else:
        return Body(stack(lines, height), 2, visible, keys, cursor, first=cursor.top, list_width=main)
    detail = _pane(view, drawn, side or main, room)
    if side:
        parts = [(stack(lines, height - len(footing)) + footing, main), (detail, side)]
        if tail:
            parts.append((tail_section(view, tail, height), tail))
        lines = beside(parts, height, divider=f" {view.glyphs.divider} ")
    else:
        lines = stack(lines, height - below) + detail
    return Body(
        stack(lines, height),
        2,
        visible,
        keys,
        cursor,
        first=cursor.top,
        list_width=main,
        pane_lines=len(drawn.lines),
        pane_height=max(1, room - 1),
        pane_tabs=len(drawn.tabs),
        pane_stops=drawn.stops,
        pane_steps=drawn.steps,
    )


def _pane_lines(height: int, view: View, *, focused: bool) -> int:
    """Lines for the pane below the list: few while the list has the keys, most of them when the pane has."""
    if focused:
        return max(0, height - 2 - (1 if view.zoomed else LEAST_ROWS))
    return 0 if view.zoomed or view.list_state.wide else min(PANE_LINES, max(0, height - 9))


def _pane(view: View, pane: Pane, width: int, height: int) -> list[Line]:
    """The pane's lines from where it is scrolled to; its title says which tab is shown."""
    name: Span = (pane.title, "selected" if view.pane.focused else "title")
    right = pane.right
    room = height - 1
    if len(pane.lines) > room:
        top = max(0, min(view.pane.top, len(pane.lines) - room))
        place: Span = (f"{grouped(top + 1)}-{grouped(top + room)}/{grouped(len(pane.lines))}", "muted")
        # What is particular to the row stands at the right: the place in the pane gives way to it, and the tabs do.
        longer = (*right, ("  ", "rule"), place) if right else (place,)
        shown = cells(pane.tabs[view.pane.tab % len(pane.tabs)]) + 2 if pane.tabs else 0
        right = longer if cells(pane.title) + shown + line_cells(longer) + 10 <= width else right
    else:
        top = 0
    if right and pane.tabs:
        shown = cells(pane.tabs[view.pane.tab % len(pane.tabs)]) + 2
        while right and cells(pane.title) + shown + line_cells(right) + 10 > width:
            right = right[1:]
    room_for_tabs = width - cells(pane.title) - line_cells(right) - 10
    title: Line = (name, ("  ", "rule"), *_tabs(view, pane.tabs, room_for_tabs)) if pane.tabs else (name,)
    if line_cells(title) + line_cells(right) + 8 > width:
        right = ()
    return [rule(title, right, width, stroke=view.glyphs.line), *stack(list(pane.lines[top : top + room]), room)]


def _tabs(view: View, names: Sequence[str], room: int) -> list[Span]:
    """The tabs, the shown one in brackets; where they do not all fit, those from a little before it on."""
    shown = view.pane.tab % max(1, len(names))
    for first in range(shown + 1):
        tabs: list[Span] = [("… ", "muted")] if first else []
        for number, name in enumerate(names[first:], first):
            here = number == shown
            tab: Span = (f"[{name}]" if here else f" {name} ", "title" if here else "muted")
            if line_cells(tuple(tabs)) + cells(tab[0]) > room and number > first:
                if line_cells(tuple(tabs)) + 2 <= room:
                    tabs.append((" …", "muted"))
                break
            tabs.append(tab)
        if first == shown or any(text == f"[{names[shown]}]" for text, _ in tabs):
            return tabs
    return []


def _nothing(view: View, name: str, shown: RowsShown[Any], width: int) -> Line:
    """What stands in place of rows: what went wrong and the way out, or that there is nothing, or nothing yet."""
    say = view.say
    if shown.error:
        return ((f"  {cut(clean(shown.error), width - 2)}", "crit"),)
    if shown.looked_at is not None:
        return ((f"  {say('list.searching', count=grouped(shown.looked_at))}", "muted"),)
    if shown.loading or shown.more_behind or shown.position is None:
        return ((f"  {say('list.reading')}", "muted"),)
    if view.list_state.filter.strip():
        return ((f"  {cut(say('list.none_match'), width - 2)}", "muted"),)
    if view.list_state.faults:
        return ((f"  {cut(say('list.no_faults'), width - 2)}", "muted"),)
    if view.snapshot is not None and not view.snapshot.accounts:
        return ((f"  {cut(say('setup.first'), width - 2)}", "info"),)
    return ((f"  {cut(say(f'{name}.none'), width - 2)}", "muted"),)


def _heading(view: View, name: str, shown: RowsShown[Any], fields: frozenset[str], width: int) -> Line:
    """The filter row: what is asked for and in which order; at the right where the cursor is, and what is new."""
    say, state = view.say, view.list_state
    wanted = list_filter(state.filter, fields)
    left: list[Span] = [("/ ", "key")]
    pattern = next((term.value for term in wanted.terms if term.operator == "~"), None)
    if wanted.problem:
        left.append((say(wanted.problem, part=clean(wanted.problem_part)), "crit"))
    elif pattern is not None:
        left.append((say("list.no_pattern", part=clean(pattern)), "crit"))
    elif state.filter.strip():
        left.append((clean(state.filter), "title"))
    if state.faults:
        left.append((f"{'  ' if state.filter.strip() else ''}{say(f'{name}.faults')}", "warn"))
    elif not state.filter.strip():
        left.append((say(f"{name}.all"), "title"))
    column, descending = sorted_by(name, state)
    if state.sort:
        left.append((f"  {say(f'sort.{column}')}{DOWN if descending else UP}", "info"))
    if view.account is not None:
        left.append((f"  acct:{account_name(view.account)}", "info"))
    right = _standing(view, name, shown, max(0, width - 12))
    while len(left) > 2 and line_cells(tuple(left)) + line_cells(right) + 2 > width:
        left.pop()
    return spread(tuple(left), right, width)


def _standing(view: View, name: str, shown: RowsShown[Any], room: int) -> Line:
    """What there is to say of the list as a whole, the most urgent first, as far as there is room."""
    say, state = view.say, view.list_state
    if shown.error and shown.rows:
        return ((cut(f"{clean(shown.error)}  {say('list.again')} ", room), "crit"),)
    parts: list[Span] = []
    if shown.fresh:
        parts.append((say("list.fresh", count=grouped(shown.fresh)), "info"))
    if state.marks:
        marked = "list.marked" if view.offers_open or view.read_only else "list.marked_orders"
        parts.append((say(marked, count=grouped(len(state.marks))), "key"))
    if shown.looked_at is not None:
        parts.append((say("list.searching", count=grouped(shown.looked_at)), "muted"))
    elif shown.loading:
        parts.append((say("list.reading"), "muted"))
    if name == "orders" and (invalid := _invalid(view)):
        parts.append((say("list.invalid", count=grouped(invalid)), "warn"))
    parts.append((_count(view, shown), "muted"))
    while len(parts) > 1 and sum(len(text) + 2 for text, _ in parts) > room:
        parts.pop()
    return tuple((f"{text}{'  ' if text != parts[-1][0] else ' '}", role) for text, role in parts)


def _invalid(view: View) -> int:
    """Orders of the shown account that something is wrong with, by the snapshot."""
    accounts = view.snapshot.accounts if view.snapshot is not None else ()
    return sum(account.orders_invalid for account in accounts if view.account in (None, account.name))


def _count(view: View, shown: RowsShown[Any]) -> str:
    """Where the cursor is, of how many rows: `412 of 1 204`."""
    if shown.total is None:
        return ""
    total = f"{'>' if shown.more_than else ''}{grouped(shown.total)}"
    if shown.position is None or not shown.rows:
        return total
    keyed = view.cursor.index if view.cursor.key is not None else 0
    here = shown.position + min(keyed, len(shown.rows) - 1) + 1
    return view.say("list.of", shown=grouped(here), all=total)
