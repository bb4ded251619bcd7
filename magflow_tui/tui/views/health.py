"""Health: the score and why, what is in trouble, what goes on now. Each row says when opened why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.alert_detail import explained
from magflow_tui.tui.views.alerts import Listed, alerts_section, rows_wanted
from magflow_tui.tui.views.concerns import concerns
from magflow_tui.tui.views.context import Body, Cursor, View, columns_of
from magflow_tui.tui.views.courses import health_courses, metric_history, stacked
from magflow_tui.tui.views.diagnosis import Concern, health_of, shown_bound, shown_value
from magflow_tui.tui.views.explained import Opened, opened_section, shortly_section
from magflow_tui.tui.views.figures import clock
from magflow_tui.tui.views.frame import event_text, is_reduced
from magflow_tui.tui.views.glyphs import sparkline
from magflow_tui.tui.views.levels import account_role, health_role, mark, penalty_role, severity_role, sign
from magflow_tui.tui.views.present import now_section
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import (
    Line,
    Role,
    Span,
    beside,
    cells,
    clean,
    fit,
    fit_right,
    rule,
    stack,
    wrapped,
)

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import AccountHealth, HealthLine, Snapshot

#: Minutes of the score in the title.
LATELY = 20
#: Lines of the explanation under the list at the most, its title included, and beside it at the least.
SHORTLY, SHORTLY_BESIDE = 8, 13


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen. Its list is the metrics of the score and, behind them, what is in trouble."""
    snapshot = view.snapshot
    if snapshot is None:
        return Body(stack(waiting(view, width), height))
    main, side, tail = columns_of(width, zoomed=view.zoomed)
    rows = concerns(view, snapshot)
    if not rows:
        return Body(stack(now_section(view, snapshot, main), height))
    keys = [row.key for row in rows]
    # Without an account nothing else is worth reading first.
    first = Cursor(keys[-1], len(keys) - 1) if not snapshot.accounts else Cursor()
    cursor = (first if view.cursor.key is None else view.cursor).settled(keys, height)
    selected = explained(view, snapshot, rows[cursor.index])
    parts = _Parts(view, snapshot, rows, cursor, main)
    opened = Opened([])
    if not side:
        lines, places, opened = _one_column(parts, selected, main, height)
    else:
        lines, places = _main_column(parts, main, height)
        beside_list, opened = _side_column(view, snapshot, selected, side, height)
        columns = [(lines, main), (beside_list, side)]
        if tail:
            columns.append((tail_section(view, tail, height), tail))
        lines = beside(columns, height, divider=f" {view.glyphs.divider} ")
    return Body(
        stack(lines, height),
        list_height=max(1, len(places)),
        keys=keys,
        cursor=cursor,
        list_width=main,
        places=places,
        pane_lines=opened.total,
        pane_height=opened.room,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The sections of the main column, and what they are made of."""

    view: View
    snapshot: Snapshot
    rows: Sequence[Concern]
    cursor: Cursor
    width: int

    @property
    def metrics(self) -> int:
        """How many of the rows are metrics of the score."""
        return sum(1 for row in self.rows if row.metric is not None)

    @property
    def wanted(self) -> int:
        """Lines that the list of alerts would like to have, its title left out."""
        return rows_wanted(self.view, self.rows[self.metrics :])

    def score(self, *, brief: bool = False) -> Listed:
        """The score; `brief` without its metrics."""
        lines = score_section(self.view, self.snapshot, self.cursor.index, self.width)
        if brief:
            return Listed([lines[0], *lines[1 + self.metrics :]])
        return Listed(lines, {row + 1: row for row in range(self.metrics)})

    def alerts(self, height: int) -> Listed:
        """The alerts in `height` lines with their title."""
        first = self.metrics
        rows, index = self.rows[first:], self.cursor.index - first
        listed = alerts_section(self.view, self.snapshot, rows, index, self.width, height)
        return Listed(listed.lines, {line: first + row for line, row in listed.places.items()})


def _one_column(parts: _Parts, selected: Concern, width: int, height: int) -> tuple[list[Line], dict[int, int], Opened]:
    """The lines, where the rows stand, and what is open."""
    view, snapshot = parts.view, parts.snapshot
    reduced = is_reduced(width, height + 4)
    # An alert is told whole: where there is little room the metrics give way to it.
    score = parts.score(brief=view.opened and selected.alert is not None and height < 24 and not reduced)
    count, used = parts.wanted, len(score.lines)
    if view.opened:
        listed = [] if reduced else [parts.alerts(1 + min(3, count) if height >= 24 else 2)]
        rest = height - used - sum(len(section.lines) for section in listed)
        opened = opened_section(view, snapshot, selected, width, rest)
        return *_placed([score, *listed, Listed(opened.lines)], height), opened
    if reduced:
        return *_placed([score, parts.alerts(max(2, height - used))], height), Opened([])
    now = now_section(view, snapshot, width, most=2 if height < 24 else 3, short=height < 24)
    room = height - used
    alerts = parts.alerts(1 + min(count, max(2, room - len(now) - 5)))
    room -= len(alerts.lines)
    both = room >= len(now) + 3
    size = min(SHORTLY, room - len(now) if both else room)
    shortly = shortly_section(view, snapshot, selected, width, size)
    return *_placed([score, alerts, *([Listed(now)] if both else []), Listed(shortly)], height), Opened([])


def _main_column(parts: _Parts, width: int, height: int) -> tuple[list[Line], dict[int, int]]:
    view, snapshot = parts.view, parts.snapshot
    score = parts.score()
    listed = parts.alerts(1 + min(parts.wanted, max(4, height // 4)))
    room = height - len(score.lines) - len(listed.lines) - 1
    plots = stacked(view, health_courses(view, snapshot), width, room)
    return _placed([score, listed, Listed(plots[:-1])] if plots else [score, listed], height)


def _side_column(
    view: View, snapshot: Snapshot, selected: Concern, width: int, height: int
) -> tuple[list[Line], Opened]:
    """The lines, and what is open."""
    now = now_section(view, snapshot, width)
    if view.opened:
        opened = opened_section(view, snapshot, selected, width, height - len(now) - 1)
        if opened.total <= opened.room:
            return [*opened.lines, (), *now], opened
        # What goes on gives way to what there is to do.
        opened = opened_section(view, snapshot, selected, width, height)
        return opened.lines, opened
    lines = [*now, (), *shortly_section(view, snapshot, selected, width, max(SHORTLY_BESIDE, height // 4))]
    room = height - len(lines) - 1
    return ([*lines, (), *events_section(view, width, room - 1)] if room > 2 else lines), Opened([])


def _placed(sections: Sequence[Listed], height: int) -> tuple[list[Line], dict[int, int]]:
    """Sections under each other, a blank line between them as long as there is room; and where the rows stand."""
    spare = max(0, height - sum(len(section.lines) for section in sections))
    lines: list[Line] = []
    places: dict[int, int] = {}
    for index, section in enumerate(sections):
        if index and spare:
            lines.append(())
            spare -= 1
        places.update({len(lines) + line: row for line, row in section.places.items()})
        lines += section.lines
    return lines, places


def waiting(view: View, width: int) -> list[Line]:
    """Instead of data: what is being waited for."""
    say = view.say
    if view.link.phase == "gone":
        reason = clean(view.link.reason or say("event.gone"))
        lines: list[Line] = [(), ((f"  {say('wait.gone')}", "crit"),)]
        return lines + [((f"  {text}", "text"),) for text in wrapped(reason, width - 2)]
    return [(), ((f"  {say('wait.starting')}", "muted"),)]


def score_section(view: View, snapshot: Snapshot, selected: int, width: int) -> list[Line]:
    """The score, and a line for each metric of it, worst first: what it costs, value, limit, course, since when.

    Of several accounts a last line tells the score of each.
    """
    say, glyphs, health = view.say, view.glyphs, health_of(view, snapshot)
    role = health_role(health.level)
    word = say(f"level.{health.level}")
    whose = f"{account_name(health.account)} " if health.account is not None else ""
    title: Line = (
        (f"{say('screen.health')} {whose}", "title"),
        (f"{health.score}/100 " if health.score is not None else "", role),
        (word, role),
    )
    right: Line = ()
    if any(value is not None for value in health.history) and not view.slow:
        right = (
            (f"{say('health.lately', count=LATELY)} ", "muted"),
            *sparkline(health.history, LATELY, glyphs, top=100),
        )
    lines = [rule(title, right, width, stroke=glyphs.line)]
    names = max((cells(say(f"metric.{line.metric}")) for line in health.lines), default=0)
    lines += [
        _metric_line(view, line, index == selected and not view.in_words, names, width)
        for index, line in enumerate(health.lines)
    ]
    several = view.account is None and len(snapshot.account_health) > 1
    return [*lines, _accounts_line(view, snapshot, width)] if several else lines


def _accounts_line(view: View, snapshot: Snapshot, width: int) -> Line:
    """The score of each account, worst first: `✗ FBE 40   ▲ MAIN 60   ok BG 100`."""
    say = view.say
    statuses = {account.name: account_role(account.status) for account in snapshot.accounts}

    def worth(health: AccountHealth) -> tuple[bool, int]:
        return statuses.get(health.account) != "crit", 101 if health.score is None else health.score

    spans: list[Span] = [(f"  {say('health.accounts')} ", "muted")]
    used = cells(spans[0][0])
    ranked = sorted(snapshot.account_health, key=worth)
    for place, health in enumerate(ranked):
        role: Role = "crit" if statuses.get(health.account) == "crit" else health_role(health.level)
        score = "-" if health.score is None else str(health.score)
        name: Span = (f" {account_name(health.account)} ", "muted" if health.score is None else "text")
        # Of one width whatever the score, so that what stands behind it does not move.
        part: list[Span] = [("  ", "text"), (sign(role, view.glyphs), role), name, (f"{score:<3}", _calm(role))]
        size = sum(cells(text) for text, _ in part)
        left = len(ranked) - place
        more = cells(say("more", count=left)) + 2 if left > 1 else 0
        if used + size + more > width and used + size > width - more:
            spans.append((f"  {say('more', count=left)}", "muted"))
            break
        spans += part
        used += size
    return tuple(spans)


def _calm(role: Role) -> Role:
    """What is well is not coloured."""
    return "text" if role == "ok" else role


def _metric_line(view: View, line: HealthLine, selected: bool, names: int, width: int) -> Line:
    """A metric. Under the cursor its name is marked and no more: what matters is the value's colour."""
    say, glyphs = view.say, view.glyphs
    if line.value is None:
        role: Role = "muted"
        value, cost = say("health.no_data"), ""
    else:
        role = penalty_role(line.penalty)
        value = shown_value(line, line.value)
        cost = f"-{line.penalty}" if line.penalty else "0"
    quiet: Role = "muted" if role in ("ok", "muted") else role
    named: Role = "selected" if selected else "muted" if role == "muted" else "text"
    spans: list[Span] = [
        ("  ", "text"),
        mark(role, glyphs),
        (fit_right(cost, 4) + " ", quiet),
        # The cursor stands by the name, so that moving it sends no more than the names.
        (f"{glyphs.cursor if selected else ' '} {fit(say(f'metric.{line.metric}'), names)}", named),
        (fit_right(value, 8) + "  ", quiet if quiet != "muted" else "text" if line.value is not None else "muted"),
    ]
    used = sum(cells(text) for text, _ in spans)
    bound = say("health.min" if line.metric == "sync_success" else "health.max") + fit_right(shown_bound(line), 6)
    if used + cells(bound) <= width:
        spans.append((bound, "muted"))
        used += cells(bound)
    since = say("health.since", at=clock(line.since, view.zone)) if line.since and line.penalty else ""
    kept = cells(say("health.since", at="00:00")) + 4
    room = min(60, width - used - 2 - kept)
    if room >= 8 and not view.slow:
        top = 100.0 if line.unit == "%" and line.metric != "error_rate" else None
        spans.append(("  ", "text"))
        history = metric_history(view, line)
        spans += sparkline(history, room, glyphs, top=top, role="spark" if quiet == "muted" else quiet)
        used += 2 + room
    if since and width - used >= kept - 2:
        spans.append((fit_right(since, width - used - (1 if width - used > kept - 2 else 0)), "muted"))
    return tuple(spans)


def events_section(view: View, width: int, height: int) -> list[Line]:
    """The latest events, newest first."""
    say = view.say
    lines = [rule(((say("health.events"), "title"),), (), width, stroke=view.glyphs.line)]
    for event in view.events[: max(0, height)]:
        role = severity_role(event.severity)
        texts = wrapped(event_text(event), width - 11, most=2)
        for index, text in enumerate(texts):
            if index:
                lines.append(((" " * 11 + text, "text"),))
            else:
                when: Span = (f"  {clock(event.at, view.zone)} ", "muted")
                lines.append((when, mark(role, view.glyphs), (f" {text}", "text")))
    lines = lines[: height + 1]
    if len(lines) == 1:
        lines.append(((f"  {say('event.none')}", "muted"),))
    return lines
