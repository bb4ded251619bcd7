"""API log: every request to the marketplace, newest first; and its short form beside other screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_cells, account_name
from magflow_tui.tui.views.context import LIST_CELLS, Body, Cursor, View, columns_of
from magflow_tui.tui.views.failures import failures_section
from magflow_tui.tui.views.figures import clock, clock_ms, grouped, milliseconds, size
from magflow_tui.tui.views.latency import BESIDE, LEAST_ROWS, MOST_ROWS, latency_section
from magflow_tui.tui.views.levels import SLOW_MS, sign
from magflow_tui.tui.views.request_bodies import TABS
from magflow_tui.tui.views.request_detail import FULL, request_detail
from magflow_tui.tui.views.request_rows import request_filter, request_role
from magflow_tui.tui.views.spans import Line, Role, Span, beside, clean, cut, fit, fit_right, rule, spread, stack
from magflow_tui.tui.views.table import Column, Marking, table

if TYPE_CHECKING:
    from magflow_tui.contract.records import RequestRow

#: Rows of the list that are not given up for what stands below it.
_LEAST_ROWS = 6
#: Lines below a detail on its own from which on they tell of all failures.
_LEAST_FAILURES = 4
#: Lines of the detail below the list.
_DETAIL_LINES = 8

#: Outcomes that the marketplace's own words tell more of than a word of ours.
_IN_WORDS = ("ok", "validation", "business")


def note(view: View, row: RequestRow) -> str:
    """What is to be said of a request in a word or two; the detail has the marketplace's own."""
    if row.note and row.outcome in _IN_WORDS:
        return clean(row.note)
    if row.outcome != "ok":
        return view.say(f"outcome.{row.outcome}")
    return view.say("api.slow") if row.elapsed_ms > SLOW_MS else ""


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen: filter, list, and what is known of the request under the cursor."""
    main, side, tail = columns_of(width, zoomed=view.zoomed, least=LIST_CELLS)
    if tail:  # the third column would show the same list again
        main = width - side - 3
    rows = view.requests.rows
    keys = [row.seq for row in rows]
    if view.opened and rows:
        return _opened(view, keys, width, height)
    below = 0 if side else _detail_height(height)
    plot = latency_section(view, main, _plot_height(height - below))
    visible = max(1, height - 2 - below - len(plot))
    cursor = view.cursor.settled(keys, visible)
    selected = rows[cursor.index] if rows else None
    lines = stack([_heading(view, main), *_list(view, cursor, main, visible)], 2 + visible) + plot
    if side:
        right = _with_failures(view, request_detail(view, selected, side, height) if selected else [], side, height)
        lines = beside([(lines, main), (right, side)], height, divider=f" {view.glyphs.divider} ")
    elif below and selected:
        lines += request_detail(view, selected, main, below)
    return Body(
        stack(lines, height),
        2,
        visible,
        keys,
        cursor,
        first=cursor.top,
        list_width=main,
        pane_height=height if side else below,
        pane_tabs=len(TABS) if side and height >= FULL else 0,
    )


def _detail_height(height: int) -> int:
    """Lines for the detail below the list."""
    room = height - 2 - _LEAST_ROWS
    return _DETAIL_LINES if room >= _DETAIL_LINES else max(0, room) if room >= 4 else 0


def _plot_height(height: int) -> int:
    """Lines for the plot below the list: as many as leave the list the larger part."""
    least = BESIDE + LEAST_ROWS
    return min(max(height // 3, least), BESIDE + MOST_ROWS) if height >= 2 * least + 2 else 0


def _opened(view: View, keys: list[int], width: int, height: int) -> Body:
    """The request under the cursor on all of the screen; the list's keys go through the requests still."""
    cursor = view.cursor.settled(keys, 1)
    row = view.requests.rows[cursor.index]
    lines = _with_failures(view, request_detail(view, row, width, height), width, height)
    tabs = len(TABS) if height >= FULL else 0
    return Body(stack(lines, height), keys=keys, cursor=cursor, first=cursor.index, pane_height=height, pane_tabs=tabs)


def _with_failures(view: View, lines: list[Line], width: int, height: int) -> list[Line]:
    """The detail and, where there is room below it, everything that failed."""
    room = height - len(lines)
    return lines + failures_section(view, width, room) if room >= _LEAST_FAILURES else lines


def _list(view: View, cursor: Cursor, width: int, height: int) -> list[Line]:
    shown = view.requests
    if shown.rows:
        marking: Marking[RequestRow] = Marking(view.list_state, lambda row: row.seq, order=("time", True))
        return table(shown.rows, _columns(view), cursor, width, height, view.glyphs, marking=marking)
    if shown.error:
        return [((f"  {cut(clean(shown.error), width - 2)}", "crit"),)]
    nothing = "api.none_match" if shown.known and view.list_state.filter else "api.none_faults"
    text = _still_reading(view) or view.say(nothing if shown.looked_at or shown.known else _none_known(view))
    return [((f"  {cut(text, width - 2)}", "muted"),)]


def _still_reading(view: View) -> str:
    """That the store is being read, or searched; empty when it is not."""
    shown = view.requests
    if shown.searching:
        return view.say("list.searching", count=grouped(shown.looked_at))
    return view.say("list.reading") if shown.reading else ""


def _none_known(view: View) -> str:
    """There are no requests; or the engine knows some, and they are being read."""
    if view.past is not None:
        return "api.none_then" if view.requests.any_read else "list.reading"
    unread = view.snapshot is not None and view.snapshot.last_request_seq > 0 and not view.requests.any_read
    return "list.reading" if unread else "api.none"


def _heading(view: View, width: int) -> Line:
    """The filter row: what is asked for, whether the list follows, how many of all requests are shown."""
    say, shown, state = view.say, view.requests, view.list_state
    wanted = request_filter(state.filter)
    left: list[Span] = [("/ ", "key")]
    if wanted.problem:
        left.append((say(wanted.problem, part=clean(wanted.problem_part)), "crit"))
    elif state.filter:
        left.append((clean(state.filter), "title"))
    if shown.faults_only:
        left.append((f"{'  ' if state.filter else ''}{say('api.faults')}", "title" if not state.filter else "warn"))
    elif not state.filter:
        left.append((say("api.all"), "title"))
    right: list[Span] = []
    if view.past is None:
        following = say("api.follow_off") if shown.held else say("api.follow_on")
        right.append((following, "info" if shown.held else "muted"))
        if shown.unseen:
            right.append((f"  +{grouped(shown.unseen)} {say('api.unseen')}", "info"))
    if reading := _still_reading(view):
        right.append((f"  {reading}", "muted"))
    elif shown.error and shown.rows:
        right.append((f"  {cut(clean(shown.error), width // 3)}  {say('list.again')}", "crit"))
    gone_through = f"{'>' if shown.more_older else ''}{grouped(shown.looked_at or len(shown.known))}"
    right.append((f"  {say('list.of', shown=grouped(len(shown.rows)), all=gone_through)} ", "muted"))
    return spread(tuple(left), tuple(right), width)


def _columns(view: View) -> list[Column[RequestRow]]:
    say = view.say

    def status(row: RequestRow) -> tuple[str, Role]:
        return (str(row.status) if row.status is not None else "-", request_role(row))

    def account(row: RequestRow) -> tuple[str, Role]:
        return (account_name(row.account), "text")

    def elapsed(row: RequestRow) -> tuple[str, Role]:
        return (milliseconds(row.elapsed_ms), "warn" if row.elapsed_ms > SLOW_MS else "text")

    def attempt(row: RequestRow) -> tuple[str, Role]:
        tries = 1 if row.call is None else view.requests.tries.get(row.call, row.attempt)
        text = f"{row.attempt}/{tries}" if tries > 1 else str(row.attempt)
        return (text, "text" if row.attempt <= 1 else "warn")

    return [
        Column(say("col.time"), 12, lambda row: (clock_ms(row.at, view.zone), "text"), sort="time"),
        Column("ms", 6, elapsed, "right", sort="ms"),
        Column(say("col.status"), 3, status, "right", sort="status"),
        Column(say("col.try"), 3, attempt, "right", need=56, sort="try"),
        Column(say("col.route"), 19, lambda row: (clean(row.route), "text"), sort="endpoint"),
        Column(say("col.acct"), account_cells(view), account, need=60, sort="acct"),
        Column(say("col.page"), 5, lambda row: ("" if row.page is None else str(row.page), "text"), "right", need=96),
        Column(say("col.wait_ms"), 6, lambda row: (milliseconds(row.waited_ms), "text"), "right", need=84, sort="wait"),
        Column(say("col.bytes"), 7, lambda row: (size(row.bytes_received), "text"), "right", need=84, sort="bytes"),
        Column(say("col.note"), 0, lambda row: (note(view, row), request_role(row)), need=56),
    ]


def tail_section(view: View, width: int, height: int) -> list[Line]:
    """The newest requests in a narrow column: the third one of very wide screens."""
    say = view.say
    lines = [rule(((say("api.tail"), "title"),), (), width, stroke=view.glyphs.line)]
    for row in view.requests.known[: max(0, height - 1)]:
        role = request_role(row)
        status = "-" if row.status is None else str(row.status)
        mark = sign(role, view.glyphs) if role in ("warn", "crit") else " "
        text = (
            f"{mark}{clock(row.at, view.zone, seconds=True)} {fit_right(milliseconds(row.elapsed_ms), 6)} {status:>3} "
        )
        lines.append(((text + fit(clean(row.route), width - len(text)), role),))
    if len(lines) == 1:
        lines.append(((f"  {say(_none_known(view))}", "muted"),))
    return lines
