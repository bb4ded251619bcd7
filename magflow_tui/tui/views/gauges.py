"""Gauges of the rate-limit pools: how much of a second and of a minute is used, and the course of the last hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.courses import Course, drawn, recent, span_title, step_of
from magflow_tui.tui.views.figures import clock, grouped, later, share, span
from magflow_tui.tui.views.glyphs import bar, sparkline
from magflow_tui.tui.views.jobs import job_name
from magflow_tui.tui.views.levels import WARN_USE, mark, sign, use_role
from magflow_tui.tui.views.plots import scale_of
from magflow_tui.tui.views.spans import Line, Role, cells, clean, cut, fit, fit_right, line_cells, rule, wrapped

if TYPE_CHECKING:
    from magflow_tui.contract.minutes import PoolMinutes
    from magflow_tui.contract.snapshot import PoolGauge

#: Lines of a pool beside the rows of its plot: title, second, minute, times.
BESIDE_PLOT = 4
#: Rows of a plot, at the least and at the most.
LEAST_ROWS, MOST_ROWS = 3, 10
#: A pool is idle when it never used more than this share of its minute.
IDLE_USE = 0.02
#: Cells that what is set for a pool needs in its title at the least.
LEAST_TOLD = 12
#: Lines of a pool without its plot: with the course of five minutes, with the two bars alone, in a line.
SPARK, BARS, SHORT = 4, 3, 1


def use_of(pool: PoolGauge) -> float:
    """How much of its minute is used, 0..1."""
    return pool.minute_used / pool.minute_limit if pool.minute_limit else 0.0


def fullest(pools: Sequence[PoolGauge], most: int) -> list[PoolGauge]:
    """Pools as they come, but the paused and the fullest ones alone where there are more than `most`."""
    if len(pools) <= most:
        return list(pools)
    return sorted(pools, key=lambda pool: (pool.paused_seconds <= 0, -use_of(pool)))[: max(1, most - 1)]


def pool_name(view: View, pool: PoolGauge) -> str:
    """`other MAIN`, or `other` where one account is shown."""
    name = view.say(f"pool.{pool.pool}")
    return name if one_account(view) else f"{name} {clean(pool.account).upper()}"


def one_account(view: View) -> bool:
    """Whether what is shown is of one account only."""
    return view.account is not None or (view.snapshot is not None and len(view.snapshot.accounts) <= 1)


def minutes_of(view: View, pool: PoolGauge) -> PoolMinutes | None:
    """The last hour of a pool, as far as it has been read."""
    known = view.minutes.pools if view.minutes else ()
    return next((past for past in known if (past.account, past.pool) == (pool.account, pool.pool)), None)


def set_aside(view: View, pool: PoolGauge) -> list[str]:
    """What is set for a pool: its reserve, and the caps of jobs."""
    say = view.say
    reserve = [say("limits.reserve", count=pool.reserve_per_minute)] if pool.reserve_per_minute else []
    caps = [say("limits.cap", job=job_name(say, job), count=count) for job, count in sorted(pool.caps.items())]
    return [*reserve, *caps]


def gauges_section(
    view: View, pools: Sequence[PoolGauge], width: int, room: int, *, in_full: bool = False
) -> list[Line]:
    """All pools in at most `room` lines, in the fullest form that fits.

    `in_full`: caps and reserves are told here too, since nothing beside the gauges has room for them.
    """
    if not pools:
        lines: list[Line] = [_pools_title(view, width), ((f"  {view.say('limits.no_pools')}", "muted"),)]
        if view.snapshot is not None and not view.snapshot.accounts:
            lines += [((f"  {text}", "info"),) for text in wrapped(view.say("setup.first"), width - 2)]
        return lines[: max(0, room)]
    # A pool in which nothing happened for an hour leaves its room to the others.
    busy = [pool for pool in pools if not _is_idle(view, pool)] or list(pools[:1])
    rows = (room - BARS * (len(pools) - len(busy))) // len(busy) - BESIDE_PLOT
    if rows >= LEAST_ROWS and not view.slow:
        rows = min(MOST_ROWS, rows)
        return [
            line
            for pool in pools
            for line in (
                _plotted(view, pool, width, rows, in_full=in_full)
                if pool in busy
                else _barred(view, pool, width, in_full=in_full)
            )
        ]
    for detail in (BARS,) if view.slow else (SPARK, BARS):
        if len(pools) * detail <= room:
            sparked = detail == SPARK
            return [line for pool in pools for line in _barred(view, pool, width, sparked=sparked, in_full=in_full)]
    return _short_gauges(view, pools, width, room)


def _is_idle(view: View, pool: PoolGauge) -> bool:
    """Whether a pool was hardly used for an hour, and never refused."""
    past = minutes_of(view, pool)
    peak = max([pool.minute_used, *(used for used in (past.used if past else ()) if used)])
    return peak < pool.minute_limit * IDLE_USE and not any(past.hits if past else ())


def _pools_title(view: View, width: int) -> Line:
    return rule(((view.say("limits.pools"), "title"),), (), width, stroke=view.glyphs.line)


def _barred(view: View, pool: PoolGauge, width: int, *, sparked: bool = False, in_full: bool = False) -> list[Line]:
    """A pool in three lines: title, second, minute; in a fourth the course of five minutes."""
    say, glyphs = view.say, view.glyphs
    used = use_of(pool)
    role = use_role(used)
    title: Line = (
        (f"{pool_name(view, pool)}  ", "title"),
        (say("limits.limit", second=pool.second_limit, minute=pool.minute_limit), "muted"),
    )
    state: Line = ((f"{share(used):>5} {sign(role, glyphs)}", role),)
    if pool.paused_seconds > 0:
        state = ((say("limits.paused", left=span(pool.paused_seconds + 0.5)), "crit"), ("  ", "rule"), *state)
    elif pool.pace < 0.995:
        state = ((say("limits.pace", share=share(pool.pace)), "warn"), ("  ", "rule"), *state)
    # What does not fit is cut: the state has to stay.
    room = width - line_cells(title) - line_cells(state) - 10
    if in_full and room >= LEAST_TOLD and (told := set_aside(view, pool)):
        title = (*title, ("  " + cut(" · ".join(told), room), "info"))
    tokens = say("limits.tokens", tokens=f"{pool.tokens:4.1f}", capacity=f"{pool.token_capacity:.0f}")
    # As wide in every pool, so that bars are of one length.
    tokens = fit(tokens, cells(say("limits.tokens", tokens="00.0", capacity="00")))
    most_waiting = cells(say("limits.waiting", count=999))
    next_slot = say("limits.next_slot", left=_slot(max(pool.next_slot_seconds, pool.paused_seconds)))
    if pool.operator_waiting:
        next_slot += f"  {say('limits.operator_waiting', count=pool.operator_waiting)}"
    facts = cells(tokens) + 3 + most_waiting
    bar_cells = max(8, min(60, width - 8 - 10 - facts))
    second = pool.second_used / pool.second_limit if pool.second_limit else 0.0
    lines: list[Line] = [
        rule(title, state, width, stroke=glyphs.line),
        (
            (fit("  /s", 7), "muted"),
            *bar(second, bar_cells, glyphs, warn_at=1.1, crit_at=1.2),
            (f"  {fit_right(f'{pool.second_used}/{pool.second_limit}', 7)}  ", "text"),
            (tokens, "muted"),
            (f"  {cut(say('limits.waiting', count=pool.waiting), most_waiting)}", "warn" if pool.waiting else "muted"),
        ),
        (
            (fit("  /min", 7), "muted"),
            *bar(used, bar_cells, glyphs, warn_at=WARN_USE),
            (f"  {fit_right(f'{pool.minute_used}/{pool.minute_limit}', 7)}  ", "text"),
            (cut(next_slot, facts), "muted"),
        ),
    ]
    if sparked:
        # Per 5 s; the height is what the minute's limit allows in that time.
        columns = max(0, min(60, width - 8))
        course = sparkline(pool.per_minute, columns, glyphs, top=pool.minute_limit / 12)
        lines.append(((fit("  5m", 7), "muted"), *course))
    return lines


def _plotted(view: View, pool: PoolGauge, width: int, rows: int, *, in_full: bool) -> list[Line]:
    return [
        *_barred(view, pool, width, in_full=in_full),
        *drawn(view, pool_course(view, pool), width, rows, title=False),
    ]


def pool_course(view: View, pool: PoolGauge) -> Course:
    """Requests a minute against the limit, its line at 80 %; minutes with a 429 are marked. The running minute is the
    last, where minutes are shown one by one and the present is.
    """
    say, past, minutes = view.say, minutes_of(view, pool), view.minutes
    step = step_of(view)
    until = minutes.until if minutes else None
    runs_on = until is None or (view.past is None and step == 1)
    used = recent(view, [*(past.used if past else ()), *([pool.minute_used] if runs_on else [])])
    hits = recent(view, [*(past.hits if past else ()), *([0] if runs_on else [])])
    known = [value for value in used if value is not None]
    refused = sum(int(value) for value in hits if value)
    warn = pool.minute_limit * WARN_USE
    peak = max(known, default=0)
    busy = sum(1 for value in known if value > warn)

    def label(value: float) -> str:
        return say("limits.warn_line") if value == warn else grouped(round(value))

    return Course(
        title=pool_name(view, pool),
        values=used,
        end=_end(view) if until is None or runs_on else until,
        last=say("course.now") if until is None or runs_on else clock(until, view.zone),
        scale=lambda rows: scale_of(rows, pool.minute_limit, line=warn),
        label=label,
        flags=[bool(value) for value in hits],
        notes=(
            (say("course.high"), grouped(round(peak)), "warn" if peak > warn else "text"),
            (say("limits.busy"), say("limits.busy_minutes", count=busy * step), "text" if busy else "muted"),
            ("429", str(refused), "warn" if refused else "muted"),
        ),
    )


def waiting_course(view: View) -> Course | None:
    """Seconds that requests of the shown pools waited for their slots, a minute each; None while nothing is known."""
    say, minutes = view.say, view.minutes
    pools = [past for pool in view.pools if (past := minutes_of(view, pool)) is not None]
    if minutes is None or minutes.until is None or not pools:
        return None
    summed = [
        None if all(seconds is None for seconds in minute) else sum(seconds or 0.0 for seconds in minute)
        for minute in zip(*(past.waited_seconds for past in pools), strict=True)
    ]
    peak = max((seconds for seconds in summed if seconds is not None), default=0.0)
    return Course(
        title=span_title(view, "limits.lost"),
        values=recent(view, summed),
        end=minutes.until,
        last=clock(minutes.until, view.zone),
        scale=lambda rows: scale_of(rows, max(peak, 1.0)),
        label=lambda seconds: span(seconds) if seconds else "0",
        hint=say("limits.lost_sum", total=span(sum(seconds for seconds in summed if seconds))),
    )


def _end(view: View) -> datetime:
    """The end of the minute that runs."""
    return later(view.shown_at.replace(second=0, microsecond=0), 60)


def _short_gauges(view: View, pools: Sequence[PoolGauge], width: int, room: int) -> list[Line]:
    """A line a pool; where there is no room for all, the fullest ones."""
    lines = [_pools_title(view, width)]
    rows = max(1, room - 1)
    shown = fullest(pools, rows)
    names = max(cells(pool_name(view, pool)) for pool in shown)
    lines += [_short_gauge(view, pool, min(20, names), width) for pool in shown]
    if len(shown) < len(pools) and rows > 1:
        lines.append(((f"  {view.say('more', count=len(pools) - len(shown))}", "muted"),))
    return lines


def _short_gauge(view: View, pool: PoolGauge, names: int, width: int) -> Line:
    say, used = view.say, use_of(pool)
    role: Role = use_role(used)
    figures = f" {pool.minute_used:>4}/{pool.minute_limit:<4}{share(used):>6}"
    tail_cells = max(cells(say("limits.waiting", count=999)), cells(say("limits.paused", left="10m00s")))
    tail = say("limits.waiting", count=pool.waiting)
    if pool.paused_seconds > 0:
        tail = say("limits.paused", left=span(pool.paused_seconds + 0.5))
        role = "crit"
    tail = fit(tail, tail_cells)
    room = width - 4 - names - cells(figures) - tail_cells - 3 - 6
    bar_cells = 6 + max(0, min(34, room))
    return (
        (" ", "text"),
        mark(role, view.glyphs),
        (f" {fit(pool_name(view, pool), names)} ", "text"),
        *bar(used, bar_cells, view.glyphs, warn_at=WARN_USE),
        (figures, "text" if role == "ok" else role),
        # Nothing of it rather than a part.
        (f"  {tail}" if room >= 0 else "", "crit" if role == "crit" else "warn" if pool.waiting else "muted"),
    )


def _slot(seconds: float) -> str:
    return "<1 s" if seconds < 1 else f"{seconds:.0f} s"
