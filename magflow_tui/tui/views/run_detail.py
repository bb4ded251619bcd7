"""One sync in detail: why it is not all there, the pages that failed, its errors, its figures, its pace, and the run
before it. Nothing is told that its record does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import clock, day, grouped, later, rate, share, span
from magflow_tui.tui.views.levels import result_role, sign
from magflow_tui.tui.views.plots import chart, scale_of
from magflow_tui.tui.views.run_rows import items_a_second, known_runs, run_before, wait_share
from magflow_tui.tui.views.spans import Line, Role, Span, cells, clean, cut, fit, line_cells, rule, wrapped

if TYPE_CHECKING:
    from magflow_tui.contract.runs import ErrorGroup, MissedPage, Run, RunProgress, Throughput

#: Cells of the word before a figure.
_WORD: Final = 10
#: Rows of the plot, and its lines with title and times.
_PLOT_ROWS: Final = 3
_PLOT_LINES: Final = _PLOT_ROWS + 2
#: A running run's plot has room for so many steps, then for so many more: it grows to the right, and seldom changes
#: all over.
_PLOT_STEPS: Final = (12, 24, 48)
#: Seconds of a step of the plot at most.
_LONGEST_STEP: Final = 86_400
#: Changes from one run to the next that are noise: shares of the figure, and points of the waiting.
_NOISE, _NOISE_POINTS = 0.1, 5.0

Section = list[Line]


def run_detail(view: View, run: Run, width: int, height: int) -> list[Line]:
    """A finished run in at most `height` lines: what went wrong first."""
    role = result_role(run.result)
    lines = [_title(view, run, width, f"result.{run.result}", role)]
    if run.reason:
        # In full, where there is room: it is the sentence that an operator needs.
        most = 6 if height >= 20 else 2 if height >= 4 else 1
        lines += [
            ((f"  {text}", role if role != "ok" else "text"),)
            for text in wrapped(clean(run.reason), width - 2, most=most)
        ]
    known = view.run_details.get(run.run_id)
    sections = [
        _pages_section(view, known.missed if known else None, run, width, most=max(2, height // 3)),
        _errors_section(view, run.errors, width, most=max(3, height // 4)),
        _figures_section(view, run, width, titled=bool(run.errors)),
        _pace_section(view, known.throughput if known else None, run.finished_at, width, height),
        _previous_section(view, run, width),
    ]
    return _fitted(lines, sections, height, dispensable=3)


def progress_detail(view: View, run: RunProgress, width: int, height: int) -> list[Line]:
    """A running run in at most `height` lines."""
    say = view.say
    stopping: Role = "warn" if run.stopping else "info"
    lines = [_title(view, run, width, "sync.stopping" if run.stopping else "result.running", stopping)]
    known = view.run_details.get(run.run_id)
    facts = [
        ("started", f"{clock(run.started_at, view.zone, seconds=True)} {view.glyphs.dot} {say(f'kind.{run.kind}')}"),
        *_doing(view, run),
        ("stored", _stored(view, run.created, run.updated, run.unchanged, run.failed)),
        ("requests", say("sync.requests", count=grouped(run.requests), hits=grouped(run.rate_limited))),
        ("waited", say("sync.waited_now", waited=span(run.waited_seconds), share=share(run.wait_share))),
    ]
    lines += _fact_lines(view, facts, width)
    sections = [
        _pages_section(view, known.missed if known else None, None, width, most=max(2, height // 3)),
        _pace_section(view, run.throughput, None, width, height),
    ]
    return _fitted(lines, sections, height, dispensable=1)


def _doing(view: View, run: RunProgress) -> list[tuple[str, str]]:
    """What it reads; or why it waits, and for how long still."""
    say, silence = view.say, run.silence
    if silence is None:
        phase = clean(run.phase)
        return [("now", say("sync.starting") if phase == "starting" else phase)]
    said = f" {view.glyphs.dot} {clean(silence.said)}" if silence.said else ""
    since = say("sync.silent_since", at=clock(silence.since, view.zone, seconds=True))
    return [("now", since + said), ("then", f"{retry_text(view, run)} {view.glyphs.dot} {say('sync.goes_on')}")]


def retry_text(view: View, run: RunProgress) -> str:
    """When a run that is not answered asks again."""
    at = run.silence.retry_at if run.silence else None
    if at is None:
        return view.say("sync.retry_now")
    return view.say("sync.retry_at", at=clock(at, view.zone, seconds=True))


def _title(view: View, run: Run | RunProgress, width: int, state: str, role: Role) -> Line:
    name = f"{view.say(f'resource.{run.resource}')} {account_name(run.account)} #{run.run_id}"
    return rule(((name, "title"),), ((view.say(state), role),), width, stroke=view.glyphs.line)


def _fitted(lines: list[Line], sections: Sequence[Section], height: int, *, dispensable: int) -> list[Line]:
    """All sections that fit. The one of index `dispensable`, a plot, gives way first."""
    needed = len(lines) + sum(map(len, sections))
    for index, section in enumerate(sections):
        # A title without anything below it tells nothing.
        if (index == dispensable and needed > height) or len(lines) + min(2, len(section)) > height:
            continue
        lines = lines + section
    return lines[: max(0, height)]


def _pages_section(
    view: View, missed: Sequence[MissedPage] | None, run: Run | None, width: int, *, most: int
) -> Section:
    """The pages that failed, by name: those still missing first."""
    if missed and view.frozen_at is not None:
        missed = _as_then(missed, view.shown_at)
    if not missed:
        return []
    say, glyphs = view.say, view.glyphs
    missing = sum(page.recovered is None for page in missed)
    title: Line = ((say("sync.pages", count=missing) if missing else say("sync.pages_none"), "title"),)
    retried = missing and run is not None and view.frozen_at is None
    again: Line = ((say("sync.pages_retry"), "key"),) if retried else ()
    lines: Section = [rule(title, again, width, stroke=glyphs.line)]
    for page in missed[:most]:
        lines += _page_lines(view, page, width)
    if len(missed) > most:
        lines.append(((f"  {say('more', count=len(missed) - most)}", "muted"),))
    return lines


def _as_then(missed: Sequence[MissedPage], at: datetime) -> list[MissedPage]:
    """The pages that had failed by an instant; what was read after all later was missing then."""
    pages = [page for page in missed if page.first_failed <= at]
    return [
        page.model_copy(update={"recovered": None}) if page.recovered is not None and page.recovered > at else page
        for page in pages
    ]


def _page_lines(view: View, page: MissedPage, width: int) -> Section:
    """Page, window, attempts and error: in a line where there is room, else in two."""
    say = view.say
    role: Role = "crit" if page.recovered is None else "ok"
    number = f"{sign(role, view.glyphs):<2} {say('sync.page_number', page=page.page)}"
    window = clean(page.window)
    # `orders 2026-03-01 …`: whose window it is, the title says already.
    _, space, rest = window.partition(" ")
    window = rest if space else view.say(f"resource.{window}") if window in ("offers", "rma") else window
    if page.recovered is None:
        when = say("sync.page_failed", count=page.attempts, at=day(page.last_failed, view.shown_at, view.zone))
    else:
        when = say("sync.page_recovered", at=day(page.recovered, view.shown_at, view.zone))
    error = clean(page.error)
    head: list[Span] = [(f"  {number}  ", role), (window, "text")]
    room = width - line_cells(tuple(head)) - cells(when) - 4
    if room >= max(16, min(40, cells(error))):
        return [(*head, (f"  {when}  ", "muted"), (cut(error, room), "text" if role == "crit" else "muted"))]
    lines: Section = [(*head, (f"  {when}", "muted"))] if room >= -2 else [tuple(head), ((f"     {when}", "muted"),)]
    if page.recovered is None:
        lines += [((f"     {part}", "text"),) for part in wrapped(error, width - 5, most=2)]
    return lines


def _errors_section(view: View, errors: Sequence[ErrorGroup], width: int, *, most: int) -> Section:
    """Like errors together, the most frequent first, each with an example."""
    if not errors:
        return []
    say = view.say
    total = sum(group.count for group in errors)
    lines: Section = [rule(((say("sync.errors", count=grouped(total)), "title"),), (), width, stroke=view.glyphs.line)]
    for group in sorted(errors, key=lambda group: -group.count)[:most]:
        count = f"{grouped(group.count):>6}x "
        message, example = clean(group.message), clean(group.example or "")
        told = say("sync.example", example=example) if example else ""
        room = width - cells(count)
        line: Line = ((count, "warn"), (cut(message, room), "text"))
        if told and cells(message) + 2 + cells(told) <= room:
            line, told = (*line, (f"  {told}", "muted")), ""
        lines.append(line)
        if told:
            lines.append(((" " * cells(count) + cut(told, room), "muted"),))
    if len(errors) > most:
        lines.append(((f"  {say('more', count=len(errors) - most)}", "muted"),))
    return lines


def _fact_lines(view: View, facts: Sequence[tuple[str, str]], width: int) -> Section:
    """Words in a column, figures behind them, on as many lines as they need."""
    lines: Section = []
    for word, text in facts:
        name = view.say(f"run_fact.{word}")
        for part in _broken(text, f" {view.glyphs.dot} ", width - _WORD - 3):
            lines.append(((f"  {fit(name, _WORD)} ", "muted"), (part, "text")))
            name = ""
    return lines


def _broken(text: str, between: str, width: int) -> list[str]:
    """Text on lines of `width` cells, broken where its parts are joined."""
    lines: list[str] = []
    for part in text.split(between):
        if lines and cells(lines[-1]) + cells(between) + cells(part) <= width:
            lines[-1] += between + part
        else:
            lines += wrapped(part, width, most=3)
    return lines


def _stored(view: View, created: int, updated: int, unchanged: int, failed: int) -> str:
    say = view.say
    text = say("sync.counts_full", new=grouped(created), updated=grouped(updated), same=grouped(unchanged))
    return f"{text} {view.glyphs.dot} {say('sync.failed', count=grouped(failed))}" if failed else text


def _figures_section(view: View, run: Run, width: int, *, titled: bool) -> Section:
    say = view.say
    started = day(run.started_at, view.shown_at, view.zone)
    pace = items_a_second(run)
    read = say("sync.read", items=grouped(run.items), pages=grouped(run.pages))
    facts = [
        ("started", say("sync.took", start=started, took=span(run.seconds), by=clean(run.requested_by))),
        ("read", read if pace is None else f"{read} {view.glyphs.dot} {rate(pace)}"),
        ("stored", _stored(view, run.created, run.updated, run.unchanged, run.failed)),
        ("requests", say("sync.requests", count=grouped(run.requests), hits=grouped(run.rate_limited))),
        ("time", _time_split(view, run)),
    ]
    if run.resumed:
        facts.append(("resumed", say("sync.resumed", count=run.resumed)))
    title = [rule(((say("sync.figures"), "title"),), (), width, stroke=view.glyphs.line)] if titled else []
    return title + _fact_lines(view, facts, width)


def _time_split(view: View, run: Run) -> str:
    """Waiting for slots, and the rest. Requests wait side by side: their waits may come to more than the run took."""
    if run.waited_seconds > run.seconds:
        return view.say("sync.time_beside", waited=span(run.waited_seconds))
    part = wait_share(run)
    return view.say("sync.time_split", waited=span(run.waited_seconds), share=share(part), rest=share(1 - part))


def _pace_section(
    view: View, throughput: Throughput | None, finished: datetime | None, width: int, height: int
) -> Section:
    """Items a second over the run. `finished` None is a run at work, whose last step is still filling."""
    if throughput is None or view.slow or height < 2 * _PLOT_LINES or not 0 < throughput.seconds <= _LONGEST_STEP:
        return []
    values: list[float | None] = list(throughput.items_per_second)
    step = timedelta(seconds=throughput.seconds)
    if finished is None:
        values = values[:-1]
    if len(values) < 2 or not any(values):
        return []
    end = finished
    if end is None:
        past = view.shown_at.timestamp() % throughput.seconds
        room = next((count for count in _PLOT_STEPS if count >= len(values)), len(values))
        end = later(view.shown_at, throughput.seconds * (room - len(values)) - past)
        values += [None] * (room - len(values))
    peak = max(value for value in values if value is not None)
    title: Line = ((view.say("sync.pace"), "title"),)
    lines = chart(
        values,
        end,
        step,
        width,
        scale_of(_PLOT_ROWS, ceil(peak)),
        view.glyphs,
        view.zone,
        label=lambda value: f"{value:.0f}/s",
    )
    return [rule(title, (), width, stroke=view.glyphs.line), *lines]


def _previous_section(view: View, run: Run, width: int) -> Section:
    """What is different from the run before of the same account, resource and kind."""
    if run.result not in ("completed", "partial"):
        return []
    before = run_before(run, known_runs(view))
    if before is None:
        return []
    say, glyphs = view.say, view.glyphs
    when = day(before.finished_at or before.started_at, view.shown_at, view.zone)
    title: Line = ((say("sync.compare", run=before.run_id, when=when), "title"),)
    lines: list[list[Span]] = [[]]
    for word, change, worse in _changes(run, before):
        text = f"  {say(f'run_change.{word}')} {change}" + (f" {glyphs.warn}" if worse else "")
        if line_cells(tuple(lines[-1])) + cells(text) > width:
            lines.append([])
        lines[-1].append((text, "warn" if worse else "text"))
    return [rule(title, (), width, stroke=glyphs.line), *map(tuple, lines)]


def _changes(run: Run, before: Run) -> list[tuple[str, str, bool]]:
    """Word, change, and whether it is one for the worse that is no noise."""
    longer = _ratio(run.seconds, before.seconds)
    points = 100 * (wait_share(run) - wait_share(before))
    return [
        ("items", _percent(_ratio(run.items, before.items)), False),
        ("duration", _percent(longer), longer is not None and longer > _NOISE and run.seconds - before.seconds > 5),
        ("wait", f"{points:+.0f} %", points > _NOISE_POINTS),
        ("failed", f"{run.failed - before.failed:+d}", run.failed > before.failed),
    ]


def _ratio(now: float, before: float) -> float | None:
    return now / before - 1 if before else None


def _percent(ratio: float | None) -> str:
    return "-" if ratio is None else f"{100 * ratio:+.0f} %"
