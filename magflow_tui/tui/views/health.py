"""Health: the score and why, what is in trouble, what goes on now. Each row says when opened why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import Body, Cursor, View, columns_of
from magflow_tui.tui.views.courses import drawn, health_courses, metric_course, stacked
from magflow_tui.tui.views.diagnosis import Concern, Fact, concerns, shown_bound, shown_value
from magflow_tui.tui.views.figures import age, clock
from magflow_tui.tui.views.frame import event_text, is_reduced
from magflow_tui.tui.views.glyphs import sparkline
from magflow_tui.tui.views.levels import health_role, mark, penalty_role, severity_role
from magflow_tui.tui.views.present import now_section
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import (
    Line,
    Role,
    Span,
    beside,
    cells,
    clean,
    cut,
    fit,
    fit_right,
    rule,
    stack,
    wrapped,
)
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import HealthLine, Snapshot

#: Lines of a plot in an opened row, its times included, from which on it is drawn.
LEAST_COURSE = 5
#: Minutes of the score in the title.
LATELY = 20


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
    selected = rows[cursor.index]
    parts = _Parts(view, snapshot, rows, cursor, main)
    if not side:
        lines, places = _one_column(parts, selected, main, height)
    else:
        lines, places = _main_column(parts, main, height)
        columns = [(lines, main), (_side_column(view, snapshot, selected, side, height), side)]
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
        return len(self.snapshot.health.lines)

    def score(self) -> list[Line]:
        return score_section(self.view, self.snapshot, self.cursor.index, self.width)

    def troubles(self, height: int) -> tuple[list[Line], int]:
        """The troubles in `height` lines with their title, and the index of the first one that is in view."""
        return _troubles_section(
            self.view, self.rows[self.metrics :], self.cursor.index - self.metrics, self.width, height
        )


def _one_column(parts: _Parts, selected: Concern, width: int, height: int) -> tuple[list[Line], dict[int, int]]:
    view, snapshot = parts.view, parts.snapshot
    score, count = parts.score(), len(parts.rows) - parts.metrics
    if is_reduced(width, height + 4):
        if view.opened:
            return _placed(parts, [score, detail_section(view, snapshot, selected, width, height - len(score))], height)
        return _placed(parts, [score, parts.troubles(max(2, height - len(score)))], height)
    if view.opened:
        listed = parts.troubles(1 + min(3, max(1, count)) if height >= 18 else 2)
        rest = height - len(score) - len(listed[0])
        return _placed(parts, [score, listed, detail_section(view, snapshot, selected, width, rest)], height)
    now = now_section(view, snapshot, width, most=2 if height < 24 else 3)
    room = height - len(score)
    listed = parts.troubles(1 + min(max(1, count), max(2, room - len(now) - 6)))
    room -= len(listed[0])
    both = room >= len(now) + 3
    size = min(8, room - len(now) if both else room)
    explained = _explained(view, snapshot, selected, width, size)
    return _placed(parts, [score, listed, *([now] if both else []), explained], height)


def _main_column(parts: _Parts, width: int, height: int) -> tuple[list[Line], dict[int, int]]:
    view, snapshot = parts.view, parts.snapshot
    score, count = parts.score(), len(parts.rows) - parts.metrics
    listed = parts.troubles(1 + min(max(1, count), max(3, height // 4)))
    room = height - len(score) - len(listed[0]) - 1
    plots = stacked(view, health_courses(view, snapshot), width, room)
    return _placed(parts, [score, plots[:-1], listed] if plots else [score, listed], height)


def _side_column(view: View, snapshot: Snapshot, selected: Concern, width: int, height: int) -> list[Line]:
    now = now_section(view, snapshot, width)
    if view.opened:
        return [*detail_section(view, snapshot, selected, width, height - len(now) - 1), (), *now]
    lines = [*now, (), *_explained(view, snapshot, selected, width, 8)]
    room = height - len(lines) - 1
    return [*lines, (), *events_section(view, width, room - 1)] if room > 2 else lines


def _explained(view: View, snapshot: Snapshot, selected: Concern, width: int, height: int) -> list[Line]:
    """The row under the cursor, shortly: what its own line says already is left out, unless it is read and not seen.

    Always as many lines, so that what stands below them stays where it is as the cursor moves.
    """
    told = ("now",) if selected.role == "ok" else ("now", "rule")
    more = tuple(fact for fact in selected.facts if fact.word not in told)
    shortly = selected if view.in_words or not more else replace(selected, facts=more, since=None)
    return stack(detail_section(view, snapshot, shortly, width, height, course=False), height)


def _placed(
    parts: _Parts, sections: Sequence[list[Line] | tuple[list[Line], int]], height: int
) -> tuple[list[Line], dict[int, int]]:
    """Sections under each other, a blank line between them as long as there is room; and where the rows stand.

    The first section is the score's; the troubles come with the index of their first row.
    """
    used = sum(len(section[0] if isinstance(section, tuple) else section) for section in sections)
    spare = max(0, height - used)
    lines: list[Line] = []
    places: dict[int, int] = {}
    for index, section in enumerate(sections):
        if index and spare:
            lines.append(())
            spare -= 1
        start = len(lines) + 1
        if isinstance(section, tuple):
            content, first = section
            shown = min(len(content) - 1, len(parts.rows) - parts.metrics - first)
            places.update({start + row: parts.metrics + first + row for row in range(shown)})
            lines += content
        else:
            if index == 0:
                places.update({start + row: row for row in range(parts.metrics)})
            lines += section
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
    """The score, and a line for each metric of it, worst first: what it costs, value, limit, course, since when."""
    say, glyphs, health = view.say, view.glyphs, snapshot.health
    role = health_role(health.level)
    word = say(f"level.{health.level}")
    title: Line = (
        (f"{say('screen.health')} ", "title"),
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
    return lines + [
        _metric_line(view, line, index == selected and not view.in_words, names, width)
        for index, line in enumerate(health.lines)
    ]


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
        spans += sparkline(line.history, room, glyphs, top=top, role="spark" if quiet == "muted" else quiet)
        used += 2 + room
    if since and width - used >= kept - 2:
        spans.append((fit_right(since, width - used - (1 if width - used > kept - 2 else 0)), "muted"))
    return tuple(spans)


def _troubles_section(
    view: View, troubles: Sequence[Concern], index: int, width: int, height: int
) -> tuple[list[Line], int]:
    """What is in trouble, the row of `index` under the cursor (negative: none), and which of them comes first."""
    say, glyphs = view.say, view.glyphs
    title: Line = (
        (f"{say('health.alerts')}  ", "title"),
        (say("health.open", count=len(troubles)), "warn" if troubles else "muted"),
    )
    if not troubles:
        return [rule(title, (), width, stroke=glyphs.line), ((f"  {say('health.no_alerts')}", "muted"),)], 0
    rows = max(1, height - 1)
    top = max(0, min(index - rows + 1, len(troubles) - rows))
    below = len(troubles) - top - rows
    more: Line = ((say("more", count=below), "muted"),) if below > 0 else ()
    lines = [rule(title, more, width, stroke=glyphs.line)]
    columns: list[Column[Concern]] = [
        Column("", 2, lambda trouble: mark(trouble.role, glyphs)),
        Column("", 5, lambda trouble: (clock(trouble.since, view.zone) if trouble.since else "", "muted")),
        Column("", 0, lambda trouble: (trouble.title, "text")),
        Column("", 6, lambda trouble: (_age(view, trouble), "muted"), "right"),
    ]
    keys = [trouble.key for trouble in troubles]
    # Without a row under it the cursor stands in another section.
    cursor = Cursor(keys[index] if index >= 0 else None, index, top)
    return lines + table(troubles, columns, cursor, width, rows, glyphs, header=False), top


def _age(view: View, trouble: Concern) -> str:
    return age(view.seconds_since(trouble.since)) if trouble.since else ""


def detail_section(
    view: View, snapshot: Snapshot, concern: Concern, width: int, height: int, *, course: bool = True
) -> list[Line]:
    """The row under the cursor explained in `height` lines at most, with its plot where there is room for one."""
    say, glyphs = view.say, view.glyphs
    # An alert's own words are its first fact.
    name = say("health.what_to_do") if isinstance(concern.key, int) else concern.title[:1].upper() + concern.title[1:]
    title: Line = ((cut(name, max(8, width - 30)), "title"),)
    right: Line = ()
    if concern.since is not None:
        since = say("health.since", at=clock(concern.since, view.zone))
        right = ((f"{since} · {age(view.seconds_since(concern.since))}", "muted"),)
    lines = [rule(title, right, width, stroke=glyphs.line)]
    lines += _fact_lines(view, concern.facts, width, max(1, height - 1))
    room = height - len(lines)
    shown = metric_course(view, snapshot, concern.metric) if course and concern.metric and not view.slow else None
    if shown is not None and room >= LEAST_COURSE:
        gap: list[Line] = [()] if room > LEAST_COURSE + 1 else []
        lines += [*gap, *drawn(view, shown, width, min(10, room - 1 - len(gap)), title=False)]
    return lines


#: Which facts are left out first where there is little room: the last ones of this.
_FACTS_THAT_MATTER = ("why", "do", "what", "set", "", "then", "try", "look", "now", "rule")


def _fact_lines(view: View, facts: Sequence[Fact], width: int, height: int) -> list[Line]:
    """Facts, each behind its word and in full, as many as there is room for: those that matter most."""
    words = {fact.word: view.say(f"fact.{fact.word}") if fact.word else "" for fact in facts}
    margin = max((cells(word) for word in words.values()), default=0) + 4
    texts: dict[Fact, list[str]] = {}
    room = height
    for fact in sorted(facts, key=lambda fact: _FACTS_THAT_MATTER.index(fact.word)):
        if room > 0:
            texts[fact] = wrapped(fact.text, width - margin, most=room)
            room -= len(texts[fact])
    lines: list[Line] = []
    for fact in facts:
        for index, text in enumerate(texts.get(fact, ())):
            word = words[fact.word] if index == 0 else ""
            lines.append(((f"  {fit(word, margin - 4)}  ", "muted"), (text, fact.role)))
    return lines


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
