"""The list of alerts: what is open, and behind it what has closed since somebody last looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from magflow_tui.tui.views.alert_detail import metric_of, value_now
from magflow_tui.tui.views.concerns import alerts_shown, is_since_look
from magflow_tui.tui.views.context import Cursor, View
from magflow_tui.tui.views.figures import age, day
from magflow_tui.tui.views.levels import mark, severity_role
from magflow_tui.tui.views.spans import Line, Role, Span, cells, cut, joined, rule
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.views.diagnosis import Concern

#: Cells of the columns beside the words of a row, and of all of them with what stands between them.
TIME_CELLS, STATE_CELLS, AGE_CELLS = 5, 6, 6
BESIDE_WORDS = 2 + 3 + 1 + STATE_CELLS + 1 + AGE_CELLS
#: From this width on a row tells when, too: how long ago is at its end.
TIMED_CELLS = 56


@dataclass(frozen=True, slots=True)
class Listed:
    """Drawn lines, and where the rows stand among them: number of the line to index of the row."""

    lines: list[Line]
    places: Mapping[int, int] = field(default_factory=dict)


def rows_wanted(view: View, rows: Sequence[Concern]) -> int:
    """Lines that the list would like to have, its title left out."""
    return max(1, len(_entries(view, rows)))


def alerts_section(
    view: View, snapshot: Snapshot, rows: Sequence[Concern], index: int, width: int, height: int
) -> Listed:
    """The rows in `height` lines with their title; the one of `index` is under the cursor (negative: none)."""
    entries = _entries(view, rows)
    room = max(1, height - 1)
    here = next((place for place, entry in enumerate(entries) if entry == index), 0)
    top = max(0, min(here - room + 1, len(entries) - room))
    shown = entries[top : top + room]
    if len(shown) > 1 and isinstance(shown[-1], str):
        del shown[-1]  # a line above nothing
    below = sum(1 for entry in entries[top + len(shown) :] if isinstance(entry, int))
    lines = [rule(_title(view, snapshot, rows), _right(view, below), width, stroke=view.glyphs.line)]
    columns = _columns(view, width)
    places: dict[int, int] = {}
    for entry in shown:
        if isinstance(entry, str):
            lines.append(((f"  {cut(entry, width - 2)}", "muted"),))
            continue
        places[len(lines)] = entry
        cursor = Cursor(rows[entry].key) if entry == index else None
        lines += table([rows[entry]], columns, cursor, width, 1, view.glyphs, header=False)
    return Listed(lines, places)


def _title(view: View, snapshot: Snapshot, rows: Sequence[Concern]) -> Line:
    """How many there are, and how many of them somebody has dealt with."""
    say = view.say
    states = [alert.state for alert in alerts_shown(view, snapshot)]
    count = sum(1 for row in rows if not _is_over(row))
    acked, muted = states.count("acked"), states.count("muted")
    waiting = count - acked - muted
    title: list[Span] = [
        (f"{say('health.alerts')}  ", "title"),
        (say("health.open", count=count), "warn" if waiting else "muted"),
    ]
    if count:
        title.append((f" · {say('health.acked', count=acked)} · {say('health.muted', count=muted)}", "muted"))
    return tuple(title)


def _right(view: View, below: int) -> Line:
    more = f"{view.say('more', count=below)}  " if below > 0 else ""
    which = view.say("health.f_all" if view.list_state.faults else "health.f_open")
    if view.in_words or view.past is not None:
        which = ""  # no key is pressed there, or what is over is not known
    return ((f"{more}{which}".rstrip(), "muted"),) if more or which else ()


def _entries(view: View, rows: Sequence[Concern]) -> list[str | int]:
    """What stands under each other: rows by their index, and lines between them as text."""
    say, looked = view.say, view.watched.looked_at
    entries: list[str | int] = []
    last: str | None = None
    at = "" if looked is None else day(looked, view.shown_at, view.zone)
    if not rows or _is_over(rows[0]):
        entries.append(say("health.no_alerts"))
    for index, row in enumerate(rows):
        if row.alert is not None and _is_over(row):
            since = is_since_look(view, row.alert)
            title = say("health.since_look", at=at) if since else say("health.earlier")
            if title != last:
                entries.append(f"{view.glyphs.line * 2} {title} {view.glyphs.line * 2}")
                last = title
        entries.append(index)
    return entries


def _is_over(row: Concern) -> bool:
    return row.alert is not None and row.alert.state == "resolved"


def _columns(view: View, width: int) -> list[Column[Concern]]:
    timed = width >= TIMED_CELLS
    room = width - BESIDE_WORDS - (TIME_CELLS + 1 if timed else 0)
    when: list[Column[Concern]] = [Column("", TIME_CELLS, lambda row: (_time(view, row), "muted"))]
    return [
        Column("", 2, lambda row: _sign(view, row)),
        *(when if timed else ()),
        Column("", 0, lambda row: (_words(view, row, room), _role(row))),
        Column("", STATE_CELLS, lambda row: _state(view, row), "right"),
        Column("", AGE_CELLS, lambda row: (_age(view, row), "muted"), "right"),
    ]


def _sign(view: View, row: Concern) -> Span:
    if row.alert is not None and view.in_words and not _is_over(row):
        return mark(severity_role(row.alert.severity), view.glyphs)  # quiet or not is told by its state
    return mark("ok" if _is_over(row) else row.role, view.glyphs)


def _time(view: View, row: Concern) -> str:
    """When it opened, or closed: the time today, the day earlier."""
    return day(row.since, view.shown_at, view.zone)[:5] if row.since is not None else ""


def _words(view: View, row: Concern, room: int) -> str:
    """What it is, with the value now, which is never cut; what is behind it as far as there is room."""
    if row.alert is not None and metric_of(row.alert.code) is not None:
        return joined(row.title.split(" · "), " · ", room)
    now = value_now(view, row.alert) if row.alert is not None else ""
    return f"{cut(row.title, max(0, room - cells(now) - 3))} · {now}" if now and room > cells(now) + 13 else row.title


def _role(row: Concern) -> Role:
    return "muted" if row.alert is not None and row.alert.state != "new" else "text"


def _state(view: View, row: Concern) -> Span:
    if row.alert is None:
        return "", "muted"
    new = row.alert.state == "new"
    return view.say(f"alert_state.{row.alert.state}"), "strong" if new else "muted"


def _age(view: View, row: Concern) -> str:
    """How old it is; how long it was, of what is over."""
    alert = row.alert
    if alert is not None and alert.closed_at is not None:
        return age((alert.closed_at - alert.opened_at).total_seconds())
    return age(view.seconds_since(row.since)) if row.since is not None else ""
