"""What was found in the orders, by rule: a list of its own, and a few lines of it below the orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.data.desk import RULE_FIELDS
from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.finding_signs import severity_sign
from magflow_tui.tui.views.list_frame import Pane, list_body
from magflow_tui.tui.views.spans import Line, Role, Span, cells, clean, line_cells, rule, wrapped
from magflow_tui.tui.views.table import Column

if TYPE_CHECKING:
    from magflow_tui.contract.findings import RuleCount
    from magflow_tui.tui.views.context import Body, View

#: Lines of rules below the orders.
MOST_LINES = 3
#: Cells from which on the list has the rules' titles.
NEED_TITLE = 110


def body(view: View, width: int, height: int) -> Body:
    """The list of rules in the place of the orders."""
    return list_body(
        view,
        "rules",
        view.desk.rules,
        _columns(view),
        lambda row: row.rule,
        RULE_FIELDS,
        lambda row, room: _pane(view, row, room),
        width,
        height,
    )


def title_of(view: View, code: str) -> str:
    """What a rule checks, in a few words of the screen's language; empty where it is not known."""
    info = view.desk.known.get(code)
    return "" if info is None else of_two(view.say, info.title, info.title_ro)


def _columns(view: View) -> list[Column[RuleCount]]:
    say = view.say

    def severity(row: RuleCount) -> tuple[str, Role]:
        sign, role = severity_sign(row.severity, view.glyphs)
        return f"{sign} {say(f'severity_short.{row.severity}')}", role

    def count(number: int, role: Role = "text") -> tuple[str, Role]:
        return grouped(number), role if number else "muted"

    return [
        Column(say("col.severity"), 9, severity),
        Column(say("col.rule"), 0, lambda row: (clean(row.rule), "text"), sort="rule"),
        Column(say("col.open"), 7, lambda row: count(row.open, "warn"), "right", sort="open"),
        Column(say("col.orders"), 7, lambda row: count(row.orders), "right", sort="orders"),
        Column(say("col.seen"), 7, lambda row: count(row.seen), "right"),
        Column(say("col.ignored"), 9, lambda row: count(row.ignored), "right"),
        Column(say("col.snoozed"), 8, lambda row: count(row.snoozed), "right"),
        Column(say("col.title"), 0, lambda row: (title_of(view, row.rule), "muted"), need=NEED_TITLE),
    ]


def _pane(view: View, row: RuleCount, width: int) -> Pane:
    """A rule: what it checks, where that is written, what was found, and what can be done about it."""
    say = view.say
    info = view.desk.known.get(row.rule)
    sign, role = severity_sign(row.severity, view.glyphs)
    lines: list[Line] = [((f"  {text}", "text"),) for text in wrapped(title_of(view, row.rule), max(1, width - 3))]
    lines.append(((f"  {sign} {say(f'severity_word.{row.severity}')}", role),))
    if info is not None and info.source:
        lines.append(((f"  {say('rules.source', source=clean(info.source))}", "muted"),))
    states = {state: grouped(getattr(row, state)) for state in ("open", "seen", "ignored", "snoozed")}
    lines.append(((f"  {say('rules.states', **states)}", "text"),))
    lines.append(((f"  {say('rules.orders', count=grouped(row.orders))}", "text"),))
    lines += [((f"  {text}", "info"),) for text in wrapped(say("rules.try"), max(1, width - 3))]
    return Pane(clean(row.rule), (), [say("pane.rule")], lines)


def section(view: View, width: int) -> list[Line]:
    """The most frequent rules below the orders: `812x customer.phone  79x line.vat`."""
    say = view.say
    desk = [row for row in view.desk.rules.rows if row.open + row.seen]
    if not desk:
        return []
    title: Span = (say("rules.title"), "title")
    lines = [rule((title,), ((say("rules.opens"), "muted"),), width, stroke=view.glyphs.line)]
    line: list[Span] = [("  ", "text")]
    for row in sorted(desk, key=lambda row: -(row.open + row.seen)):
        sign, role = severity_sign(row.severity, view.glyphs)
        count, name = f"{sign} {grouped(row.open + row.seen)}x ", f"{clean(row.rule)}   "
        if line_cells(tuple(line)) + cells(count + name.rstrip()) > width and len(line) > 1:
            if len(lines) == MOST_LINES:
                break
            lines.append(tuple(line))
            line = [("  ", "text")]
        line += [(count, role), (name, "text")]
    return [*lines, tuple(line)]
