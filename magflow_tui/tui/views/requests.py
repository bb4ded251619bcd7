"""API log: every request to the marketplace, newest first; and its short form beside other screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import LIST_CELLS, Body, View, columns_of
from magflow_tui.tui.views.figures import clock, clock_ms, milliseconds, size
from magflow_tui.tui.views.levels import SLOW_MS
from magflow_tui.tui.views.spans import Line, Role, beside, clean, cut, fit, fit_right, rule, spread, stack
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.records import RequestRow


def is_fault(row: RequestRow) -> bool:
    """A request that failed or was slow."""
    return row.outcome != "ok" or row.elapsed_ms > SLOW_MS


def request_role(row: RequestRow) -> Role:
    """How a request stands out: not at all when all is well."""
    if row.outcome == "ok":
        return "warn" if row.elapsed_ms > SLOW_MS else "text"
    return "warn" if row.outcome in ("rate_limited", "cancelled", "not_found") else "crit"


def note(view: View, row: RequestRow) -> str:
    """What is to be said of a request in a word or two."""
    if row.note:
        return clean(row.note)
    if row.outcome != "ok":
        return view.say(f"outcome.{row.outcome}")
    return view.say("api.slow") if row.elapsed_ms > SLOW_MS else ""


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""
    main, side, _ = columns_of(width, zoomed=view.zoomed, least=LIST_CELLS)
    if side:  # the third column would show the same list again
        main = width - side - 3
    shown = view.requests
    detail_height = 0 if side else min(9, max(0, height - 10))
    rows = max(1, height - 2 - detail_height)
    keys = [row.seq for row in shown.rows]
    cursor = view.cursor.settled(keys, rows)
    lines = [_heading(view, main)]
    if shown.rows:
        lines += table(shown.rows, _columns(view), cursor, main, rows, view.glyphs)
    elif shown.error:
        lines.append(((f"  {cut(clean(shown.error), main - 2)}", "crit"),))
    else:
        lines.append(((f"  {view.say('api.none_faults' if shown.faults_only else 'api.none')}", "muted"),))
    selected = shown.rows[cursor.index] if shown.rows else None
    if side:
        right = _detail_section(view, selected, side) if selected else []
        lines = beside([(lines, main), (right, side)], height, divider=f" {view.glyphs.divider} ")
    elif detail_height and selected:
        lines = stack(lines, height - detail_height) + _detail_section(view, selected, main)
    return Body(stack(lines, height), 2, rows, keys, cursor, first=cursor.top, list_width=main)


def _heading(view: View, width: int) -> Line:
    say, shown = view.say, view.requests
    left: Line = ((f"/ {say('api.faults') if shown.faults_only else say('api.all')}", "title"),)
    if shown.held:
        held = say("api.held", count=shown.unseen) if shown.unseen else say("api.held_still")
        return spread(left, ((held, "info"), (" ", "text")), width)
    return spread(left, ((say("api.following"), "muted"), (" ", "text")), width)


def _columns(view: View) -> list[Column[RequestRow]]:
    say = view.say

    def status(row: RequestRow) -> tuple[str, Role]:
        return (str(row.status) if row.status is not None else "-", request_role(row))

    def elapsed(row: RequestRow) -> tuple[str, Role]:
        return (milliseconds(row.elapsed_ms), "warn" if row.elapsed_ms > SLOW_MS else "text")

    return [
        Column(say("col.time"), 12, lambda row: (clock_ms(row.at, view.zone), "text")),
        Column("ms", 6, elapsed, "right"),
        Column(say("col.status"), 3, status, "right"),
        Column("n", 2, lambda row: (str(row.attempt), "text" if row.attempt <= 1 else "warn"), "right"),
        Column(say("col.route"), 19, lambda row: (clean(row.route), "text")),
        Column(say("col.account"), 8, lambda row: (clean(row.account).upper(), "text"), need=60),
        Column(say("col.page"), 5, lambda row: ("" if row.page is None else str(row.page), "text"), "right", need=84),
        Column(say("col.wait_ms"), 6, lambda row: (milliseconds(row.waited_ms), "text"), "right", need=84),
        Column(say("col.bytes"), 7, lambda row: (size(row.bytes_received), "text"), "right", need=100),
        Column(say("col.note"), 0, lambda row: (note(view, row), request_role(row))),
    ]


def _detail_section(view: View, row: RequestRow, width: int) -> list[Line]:
    """The request under the cursor: where its time went, which run it belongs to."""
    say = view.say
    role = request_role(row)
    status = "-" if row.status is None else str(row.status)
    title: Line = ((f"{clock_ms(row.at, view.zone)}  {cut(clean(row.route), width - 30)}", "title"),)
    right: Line = ((f"{status} {say(f'outcome.{row.outcome}')}", "ok" if role == "text" else role),)
    first = "-" if row.first_byte_ms is None else milliseconds(row.first_byte_ms)
    facts = [
        f"{clean(row.method)} {clean(row.route)} {say('api.page', page=row.page) if row.page is not None else ''}",
        say("api.attempt", attempt=row.attempt, account=clean(row.account).upper(), pool=say(f"pool.{row.pool}")),
        say("api.times", waited=milliseconds(row.waited_ms)),
        say("api.answer", first=first, total=milliseconds(row.elapsed_ms)),
        say("api.received", size=size(row.bytes_received)),
    ]
    if row.run_id is not None:
        facts.append(say("api.run", run=row.run_id))
    lines = [rule(title, right, width, stroke=view.glyphs.line)]
    lines += [((f"  {cut(fact, width - 2)}", "text"),) for fact in facts]
    if row.note:
        lines.append(((f"  {cut(clean(row.note), width - 2)}", role),))
    lines.append(((f"  {say('api.redacted')}", "muted"),))
    return lines


def tail_section(view: View, width: int, height: int) -> list[Line]:
    """The newest requests in a narrow column: the third one of very wide screens."""
    say = view.say
    lines = [rule(((say("api.tail"), "title"),), (), width, stroke=view.glyphs.line)]
    for row in view.requests.rows[: max(0, height - 1)]:
        role = request_role(row)
        status = "-" if row.status is None else str(row.status)
        text = f" {clock(row.at, view.zone, seconds=True)} {fit_right(milliseconds(row.elapsed_ms), 6)} {status:>3} "
        lines.append(((text + fit(clean(row.route), width - len(text)), role),))
    if len(lines) == 1:
        lines.append(((f"  {say('api.none')}", "muted"),))
    return lines
