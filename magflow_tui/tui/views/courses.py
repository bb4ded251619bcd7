"""Plots of the last hour: the score and its metrics, and how many of them have room under each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.diagnosis import health_of, shown_bound, shown_value
from magflow_tui.tui.views.figures import clock, later, response
from magflow_tui.tui.views.levels import penalty_role
from magflow_tui.tui.views.plots import LABEL_CELLS, Scale, Value, chart, scale_of
from magflow_tui.tui.views.spans import Line, Role, fit, fit_right, rule
from magflow_tui.tui.views.time_range import TimeRange

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import HealthLine, HealthMetric, Snapshot

MINUTE = timedelta(minutes=1)
#: Minutes that a plot shows: the shortest of these that reaches back to the engine's start, so that a young engine's
#: plots are not empty. Each fills a plot of `COURSE_CELLS`.
SPANS = (15, 30, 60)
COURSE_CELLS = 60
#: Rows of a plot at the least and at the most; title and times come on top.
LEAST_ROWS, MOST_ROWS = 4, 8
#: Width of the figures beside a plot, the gap before them included.
NOTE_CELLS = 17

#: How much of the highest percentile a plot reaches up to.
PERCENTILE_REACH = 0.85

#: A figure beside a plot: its word, its value, and what it means.
Note = tuple[str, str, Role]


@dataclass(frozen=True, slots=True)
class Course:
    """An hour of something: a value a minute, the last of which ends at `end`, and how it is to be drawn."""

    title: str
    values: Sequence[Value]
    end: datetime
    last: str
    scale: Callable[[int], Scale]
    label: Callable[[float], str]
    role_of: Callable[[float], Role] | None = None
    dots: Sequence[Value] = ()
    flags: Sequence[bool] = ()
    notes: tuple[Note, ...] = ()
    hint: str = ""


def step_of(view: View) -> int:
    """How many minutes each value of a plot stands for: one at the least, a day at the most, whatever comes."""
    return min(max(1, view.minutes.step_minutes), 24 * 60) if view.minutes is not None else 1


def span_of(view: View) -> int:
    """How many minutes plots show: as many as were chosen, else as the engine has run, an hour at most."""
    if view.range is not None:
        return view.range.minutes
    lived = view.snapshot.engine.uptime_seconds / 60 if view.snapshot else 0.0
    return next((span for span in SPANS if lived <= span - 1), SPANS[-1])


def span_title(view: View, key: str) -> str:
    """A plot's title with the time that it shows: `Score, 15 min`."""
    return f"{view.say(key)}, {TimeRange(span_of(view)).title}"


def recent(view: View, values: Sequence[Value]) -> list[Value]:
    """As many of the last values as plots show; what is not known comes first, as gaps."""
    count = -(-span_of(view) // step_of(view))
    kept = list(values)[-count:]
    return [None] * (count - len(kept)) + kept


@dataclass(frozen=True, slots=True)
class _Told:
    """Values of a plot that ends at `end`, and what stands below the last one."""

    values: Sequence[Value]
    end: datetime
    last: str


def _now(view: View) -> str:
    """The word for the shown instant."""
    return view.say("course.now" if view.past is None else "course.then")


def _told(view: View, snapshot: Snapshot, history: Sequence[Value], now: Value, read: Sequence[Value]) -> _Told:
    """A score or metric: its history a minute with the present value behind it, or the minutes that were `read`.

    These alone tell of the past, and of more than an hour.
    """
    minutes = view.minutes
    if minutes is None or minutes.until is None or not read or (view.past is None and step_of(view) == 1):
        last = view.say("course.now") if view.past is None else clock(view.past.until, view.zone)
        return _Told(recent(view, [*history, now]), _minute_after(snapshot.at), last)
    return _Told(recent(view, read), minutes.until, clock(minutes.until, view.zone))


def drawn(view: View, course: Course, width: int, rows: int, *, title: bool = True) -> list[Line]:
    """A course with its title, scale, times and figures: `rows` + 2 lines of `width` cells, one less untitled."""
    room = width - LABEL_CELLS - COURSE_CELLS
    beside = course.notes if room >= NOTE_CELLS and room < COURSE_CELLS else ()
    body = chart(
        course.values,
        course.end,
        timedelta(minutes=step_of(view)),
        width - (NOTE_CELLS if beside else 0),
        course.scale(rows),
        view.glyphs,
        view.zone,
        label=course.label,
        last=course.last,
        role_of=course.role_of,
        dots=course.dots,
        flags=course.flags,
    )
    lines = [(*line, *_note(beside[index])) if index < len(beside) else line for index, line in enumerate(body)]
    if not title:
        return lines
    hint: Line = ((course.hint, "muted"),) if course.hint else ()
    return [rule(((course.title, "title"),), hint, width, stroke=view.glyphs.line), *lines]


def _note(note: Note) -> Line:
    word, value, role = note
    return ((f"  {fit(word, 6)} ", "muted"), (fit_right(value, NOTE_CELLS - 9), role))


def stacked(view: View, courses: Sequence[Course], width: int, height: int) -> list[Line]:
    """As many courses as have room under each other, the first ones first, in `height` lines at most."""
    count = min(len(courses), height // (LEAST_ROWS + 3))
    if not count:
        return []
    lines: list[Line] = []
    for index, course in enumerate(courses[:count]):
        # What is left goes to those that are left: the first ones are not smaller than the last.
        rows = -(-(height - len(lines)) // (count - index)) - 3
        lines += [*drawn(view, course, width, max(LEAST_ROWS, min(MOST_ROWS, rows))), ()]
    return lines


def _score_role(score: float) -> Role:
    return "spark" if score >= 90 else "bar_warn" if score >= 50 else "bar_crit"


def score_course(view: View, snapshot: Snapshot) -> Course:
    """The score of each minute, and as it is now."""
    say, health = view.say, health_of(view, snapshot)
    read = view.minutes.score if view.minutes is not None and view.minutes_of == health.account else ()
    told = _told(view, snapshot, health.history, health.score, read)
    known = [value for value in told.values if value is not None]
    notes: list[Note] = [(_now(view), "-" if health.score is None else str(health.score), "text")]
    if known:
        lowest = min(known)
        notes.append((say("course.low"), f"{lowest:.0f}", "text" if lowest >= 90 else "warn"))
        notes.append((say("course.high"), f"{max(known):.0f}", "text"))
    return Course(
        title=span_title(view, "course.score"),
        values=told.values,
        end=told.end,
        last=told.last,
        scale=lambda rows: Scale(rows, 100),
        label=lambda value: f"{value:.0f}",
        role_of=_score_role,
        notes=tuple(notes),
    )


def response_course(view: View, snapshot: Snapshot) -> Course | None:
    """Mean response of each minute, its 95th percentile dotted above; None until a minute of it has been read."""
    say, minutes = view.say, view.minutes
    line = _line(view, snapshot, "response_time")
    if minutes is None or minutes.until is None or line is None:
        return None
    if view.minutes_of != health_of(view, snapshot).account:
        return None
    known = [value for value in minutes.p95_ms if value is not None]
    last = [value for value in minutes.mean_ms if value is not None][-1:]
    last95 = known[-1:]
    peak = max(known, default=0)
    # The mean has to be seen whole; the highest dots may lie at the upper edge.
    reach = max(PERCENTILE_REACH * peak, max((value for value in minutes.mean_ms if value is not None), default=0))
    notes: tuple[Note, ...] = (
        (say("course.mean"), response(last[0] if last else None), "text"),
        (say("course.p95"), response(last95[0] if last95 else None), "text"),
        (say("course.high"), response(peak if known else None), "text"),
    )
    return Course(
        title=span_title(view, "course.response"),
        values=recent(view, minutes.mean_ms),
        end=minutes.until,
        last=clock(minutes.until, view.zone),
        scale=lambda rows: scale_of(rows, reach, line=line.threshold),
        label=lambda value: response(value) if value else "0",
        dots=recent(view, minutes.p95_ms),
        notes=notes,
        hint=say("course.dots", dot=view.glyphs.dot),
    )


def metric_course(view: View, snapshot: Snapshot, metric: HealthMetric) -> Course | None:
    """A metric as the score reads it, each minute and now."""
    if metric == "response_time" and (course := response_course(view, snapshot)) is not None:
        return course
    line = _line(view, snapshot, metric)
    if line is None:
        return None
    return _line_course(view, snapshot, line)


def _line_course(view: View, snapshot: Snapshot, line: HealthLine) -> Course:
    say = view.say
    read = _read(view, line.metric) if view.minutes_of == health_of(view, snapshot).account else ()
    told = _told(view, snapshot, metric_history(view, line), line.value, read)
    known = [value for value in told.values if value is not None]
    low_is_bad = line.metric == "sync_success"
    peak = 100.0 if line.metric in ("sync_success", "limit_use") else max(known, default=0.0)
    notes: list[Note] = [
        (_now(view), shown_value(line, line.value), "text" if not line.penalty else penalty_role(line.penalty))
    ]
    if known:
        notes.append((say("course.high"), shown_value(line, max(known)), "text"))
        notes.append((say("course.low"), shown_value(line, min(known)), "text"))

    def role_of(value: float) -> Role:
        return "bar_warn" if value < line.threshold else "spark"

    def label(value: float) -> str:
        if not value:
            return "0"
        if line.unit == "%" and value > 100:
            return ""  # the edge of the plot, and nothing that can be
        return shown_bound(line) if value == line.threshold else shown_value(line, value)

    return Course(
        title=span_title(view, f"course.{line.metric}"),
        values=told.values,
        end=told.end,
        last=told.last,
        scale=(lambda rows: Scale(rows, 100.0))
        if low_is_bad
        else (lambda rows: scale_of(rows, peak, line=line.threshold)),
        label=label,
        role_of=role_of if low_is_bad else None,
        notes=tuple(notes),
    )


def health_courses(view: View, snapshot: Snapshot) -> list[Course]:
    """The plots of the health screen, most telling first: of what is known; none on a slow link."""
    if view.slow:
        return []
    wanted: tuple[HealthMetric, ...] = ("response_time", "limit_use", "error_rate")
    courses = [score_course(view, snapshot), *(metric_course(view, snapshot, metric) for metric in wanted)]
    return [course for course in courses if course and any(value is not None for value in course.values)]


def _line(view: View, snapshot: Snapshot, metric: HealthMetric) -> HealthLine | None:
    return next((line for line in health_of(view, snapshot).lines if line.metric == metric), None)


def metric_history(view: View, line: HealthLine) -> Sequence[Value]:
    """A metric's value of each minute. Lines of one account have none of their own: theirs is with its minutes."""
    if line.history or view.account is None or view.minutes_of != view.account:
        return line.history
    return _read(view, line.metric)


def _read(view: View, metric: HealthMetric) -> Sequence[Value]:
    """A metric's values in the minutes that were read."""
    if view.minutes is None:
        return ()
    read: dict[HealthMetric, Sequence[Value]] = {
        "error_rate": view.minutes.error_rate,
        "response_time": view.minutes.response_ms,
        "limit_use": view.minutes.limit_use,
        "sync_success": view.minutes.sync_success,
    }
    return read[metric]


def _minute_after(at: datetime) -> datetime:
    """The end of the minute that runs."""
    return later(at.replace(second=0, microsecond=0), MINUTE.total_seconds())
