"""Limits: how much of each pool is used, who uses it, what is left, and what waiting has cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import LIST_CELLS, Body, View, columns_of
from magflow_tui.tui.views.courses import stacked
from magflow_tui.tui.views.figures import NOTHING, age, clock, day, grouped, later, share, span
from magflow_tui.tui.views.forecast import (
    BURST,
    burst_of,
    ends_of,
    job_of,
    seconds_under_cap,
    spare_of,
    suggestion_of,
)
from magflow_tui.tui.views.gauges import (
    SHORT,
    fullest,
    gauges_section,
    minutes_of,
    one_account,
    pool_name,
    set_aside,
    use_of,
    waiting_course,
)
from magflow_tui.tui.views.health import waiting
from magflow_tui.tui.views.jobs import job_name
from magflow_tui.tui.views.levels import WARN_USE
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import Line, Role, Span, beside, cells, clean, cut, fit, fit_right, rule, stack
from magflow_tui.tui.views.spending import route_section, routes_section, routes_shown

if TYPE_CHECKING:
    from magflow_tui.contract.management import PoolLosses
    from magflow_tui.contract.snapshot import PoolGauge, RouteUse

#: Lines of the route list that the gauges never take, and that it never needs more of.
LEAST_ROUTES, MOST_ROUTES = 6, 14
#: Pools in each section beside the gauges.
MOST_POOLS = 6
#: Lines of the route under the cursor while it is not opened.
ROUTE_LINES = 5
#: Lines of one that is opened, at the least: its facts and a plot.
OPENED_LINES = 20
#: Minutes with a 429 that are told of each pool.
MOST_REFUSALS = 3
DAY_MINUTES = 1440
#: Half an hour, in seconds.
HALF_HOUR = 1800


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen. Its list is the routes of the last 60 s."""
    if view.snapshot is None:
        return Body(stack(waiting(view, width), height))
    main, side, tail = columns_of(width, zoomed=view.zoomed, least=LIST_CELLS)
    routes = routes_shown(view)
    wanted = min(MOST_ROUTES, max(LEAST_ROUTES, 2 + len(routes)))
    below: list[Line] = []
    opened = view.opened and bool(routes) and not side
    if opened:
        gauges = gauges_section(view, view.pools, main, min(height // 3, len(view.pools) * SHORT + 1))
        list_height = max(3, min(wanted, (height - len(gauges)) // 3))
    else:
        below = [] if side or not view.pools else _forecast_section(view, main)
        room = height - wanted - (len(below) + 1 if below else 0)
        if room < 3 * len(view.pools):
            # In a very low screen two routes have to do.
            least = 4 if height < 12 else LEAST_ROUTES if height < 20 else min(wanted, 8)
            below, room = [], height - least
        gauges = gauges_section(view, view.pools, main, max(1, room), in_full=not side)
        list_height = max(3, height - len(gauges) - (len(below) + 1 if below else 0))
    drawn = routes_section(view, main, list_height)
    list_top = len(gauges) + 2
    lines = gauges + stack(drawn.lines, list_height)
    selected = routes[drawn.cursor.index] if routes else None
    if opened and selected is not None:
        lines += route_section(view, selected, main, height - len(lines))
    elif below:
        lines += [(), *below]
    lines = stack(lines, height)
    if side:
        sections = (_forecast_section, _caps_section, _waits_section, _slowing_section) if view.pools else ()
        parts = [part for part in (section(view, side) for section in sections) if part]
        figures = [line for part in parts for line in (*part, ())][:-1]
        right = _side_column(view, selected, figures, side, height)
        columns = [(lines, main), (right, side)]
        if tail:
            columns.append((tail_section(view, tail, height), tail))
        lines = beside(columns, height, divider=f" {view.glyphs.divider} ")
    return Body(
        lines,
        list_top,
        max(1, list_height - 2),
        drawn.keys,
        drawn.cursor,
        first=drawn.cursor.top,
        list_width=main,
    )


def _side_column(view: View, selected: RouteUse | None, figures: Sequence[Line], width: int, height: int) -> list[Line]:
    """The figures of the pools, the route under the cursor in a few lines, and the time lost in waiting.

    An opened route comes first, with its plots; else moving the cursor changes its few lines and nothing else.
    """
    if view.opened and selected is not None:
        room = max(min(height, OPENED_LINES), height - len(figures) - 1)
        return [*route_section(view, selected, width, room), (), *figures]
    lines = list(figures)
    if selected is not None and height - len(lines) > ROUTE_LINES:
        lines += [(), *stack(route_section(view, selected, width, ROUTE_LINES, opened=False), ROUTE_LINES)]
    course = None if view.slow else waiting_course(view)
    if course is not None:
        lines += [(), *stacked(view, [course], width, height - len(lines))[:-1]]
    return lines


def _more(view: View) -> list[Line]:
    """How many pools a section leaves out."""
    left = len(view.pools) - len(fullest(view.pools, MOST_POOLS))
    return [((f"  {view.say('more', count=left)}", "muted"),)] if left else []


def _names(view: View) -> int:
    """Cells of the longest pool's name."""
    return min(20, max((cells(pool_name(view, pool)) for pool in view.pools), default=0))


def _forecast_section(view: View, width: int) -> list[Line]:
    """Arithmetic on the last 60 s: what is left of each minute, what a burst would wait, when running syncs end.

    Of the past there is none: what came of it is known.
    """
    say = view.say
    if view.past is not None:
        return []
    lines = [rule(((say("limits.forecast"), "title"),), (), width, stroke=view.glyphs.line)]
    names = _names(view)
    for pool in fullest(view.pools, MOST_POOLS):
        tight = use_of(pool) > WARN_USE
        figures = say("limits.spare", count=f"{grouped(spare_of(pool)):>5}")
        line: list[Span] = [(f"  {fit(pool_name(view, pool), names)}", "text"), (figures, "warn" if tight else "text")]
        late = burst_of(pool)
        burst = f"  {say('limits.burst', queued=late.queued, count=BURST, left=span(late.seconds))}"
        if late.seconds >= 1 and names + 2 + cells(figures) + cells(burst) <= width:
            line.append((burst, "muted"))
        lines.append(tuple(line))
    return [*lines, *_more(view), *_ends(view, width), *_advice(view, width)]


def _ends(view: View, width: int) -> list[Line]:
    """When running syncs will leave the pools alone, as far as it can be told, and what is to spare then."""
    say = view.say
    lines: list[Line] = []
    for end in ends_of(view.snapshot, view.minutes, view.account)[:3] if view.snapshot else []:
        what = f"{say(f'resource.{end.run.resource}')} {clean(end.run.account).upper()}"
        if end.seconds is None:
            text = say("limits.endless", what=what)
        else:
            at = clock(later(view.shown_at, end.seconds), view.zone)
            text = say("limits.ends", what=what, at=at, spare=grouped(end.spare_then))
        lines.append(((f"  {cut(text, width - 2)}", "muted"),))
    return lines


def _advice(view: View, width: int) -> list[Line]:
    """The cap worth setting, and when the job would end with it."""
    say, snapshot = view.say, view.snapshot
    lines: list[Line] = []
    for pool in view.pools if snapshot else ():
        found = suggestion_of(snapshot, view.minutes, pool) if snapshot else None
        if found is None or snapshot is None:
            continue
        name = (
            job_name(say, found.job)
            if one_account(view)
            else f"{job_name(say, found.job)} {clean(pool.account).upper()}"
        )
        ends = ends_of(snapshot, view.minutes, pool.account)
        end = next((end for end in ends if job_of(end.run.resource) == found.job), None)
        seconds = None if end is None else seconds_under_cap(end, found.per_minute)
        text = say("limits.try_cap", job=name, count=found.per_minute)
        if seconds is not None:
            at = clock(later(view.shown_at, seconds), view.zone)
            text = say("limits.try_cap_ends", job=name, count=found.per_minute, at=at)
        lines.append(((f"  {cut(text, width - 2)}", "info"),))
    return lines


def _waits_section(view: View, width: int) -> list[Line]:
    """The time that requests waited for a slot: since the statistics were reset, in an hour, in a day and when most."""
    say = view.say
    lost = [_lost_in(view, pool) for pool in fullest(view.pools, MOST_POOLS)]
    title: Line = ((say("limits.waits"), "title"),)
    lines = [rule(title, _recorded(view, lost), width, stroke=view.glyphs.line)]
    names = min(14, _names(view))
    heads = [say("limits.in_all"), say("limits.in_hour"), say("limits.in_day"), say("limits.peak"), "429"]
    sizes = [max(size, cells(head) + 2) for size, head in zip((7, 7, 8, 12, 5), heads, strict=True)]
    # Where the words are too long for all, what was since the reset goes first, then the peak.
    shown = list(range(len(heads)))
    while len(shown) > 3 and names + 2 + sum(sizes[column] for column in shown) > width:
        shown.remove(0 if 0 in shown else 3)
    titles = "".join(fit_right(heads[column], sizes[column]) for column in shown)
    lines.append(((" " * (names + 2) + titles, "muted"),))
    for pool, losses in zip(fullest(view.pools, MOST_POOLS), lost, strict=True):
        figures = (
            span(pool.total_wait_seconds),
            span(_waited_in_hour(view, pool, losses)),
            NOTHING if losses is None else span(losses.day_seconds),
            _peak(view, losses),
            grouped(pool.hits),
        )
        text = "".join(fit_right(figures[column], sizes[column]) for column in shown[:-1])
        hits: Span = (fit_right(figures[-1], sizes[-1]), "warn" if pool.hits else "muted")
        lines.append(((f"  {fit(pool_name(view, pool), names)}", "text"), (text, "text"), hits))
    return [*lines, *_more(view)]


def _lost_in(view: View, pool: PoolGauge) -> PoolLosses | None:
    """What a pool's limits have cost, as far as it has been read."""
    pools = view.losses.pools if view.losses else ()
    return next((lost for lost in pools if (lost.account, lost.pool) == (pool.account, pool.pool)), None)


def _recorded(view: View, lost: Sequence[PoolLosses | None]) -> Line:
    """Of how much of the day minutes are known, where that is not all of it; else since when is counted in all."""
    known = max((losses.known_minutes for losses in lost if losses is not None), default=0)
    if not known or known >= DAY_MINUTES - 1:
        return ((view.say("limits.since_reset"), "muted"),)
    return ((view.say("limits.recorded", known=age(known * 60)), "muted"),)


def _waited_in_hour(view: View, pool: PoolGauge, losses: PoolLosses | None) -> float | None:
    if losses is not None:
        return losses.hour_seconds
    past = minutes_of(view, pool)
    hourly = view.minutes is not None and view.minutes.step_minutes == 1 and len(view.minutes.requests) <= 60
    return sum(seconds for seconds in past.waited_seconds if seconds) if past is not None and hourly else None


def _peak(view: View, losses: PoolLosses | None) -> str:
    """The half hour in which most was waited: `09:00-09:30`."""
    if losses is None or losses.peak_from is None:
        return NOTHING
    return f"{clock(losses.peak_from, view.zone)}-{clock(later(losses.peak_from, HALF_HOUR), view.zone)}"


def _caps_section(view: View, width: int) -> list[Line]:
    """What is set for each pool, where anything is."""
    say = view.say
    keys: Line = ((say("limits.caps_keys"), "muted"),) if view.past is None else ()
    lines = [rule(((say("limits.caps"), "title"),), keys, width, stroke=view.glyphs.line)]
    names = _names(view)
    for pool in view.pools:
        facts: list[tuple[str, Role]] = [(fact, "info") for fact in set_aside(view, pool)]
        if facts:
            lines += _listed(view, pool_name(view, pool), facts, names, width)
    return lines if len(lines) > 1 else [*lines, ((f"  {say('limits.no_caps')}", "muted"),)]


def _slowing_section(view: View, width: int) -> list[Line]:
    """What slows a pool beside its limits: pauses and pace after a 429, and when there were any."""
    say = view.say
    lines = [rule(((say("limits.backoff"), "title"),), (), width, stroke=view.glyphs.line)]
    names = _names(view)
    for pool in fullest(view.pools, MOST_POOLS):
        facts: list[tuple[str, Role]] = []
        if pool.paused_seconds > 0:
            facts.append((say("limits.paused", left=span(pool.paused_seconds + 0.5)), "crit"))
        if pool.pace < 0.995:
            facts.append((say("limits.pace", share=share(pool.pace)), "warn"))
        if refusals := _refusals(view, pool):
            facts += refusals
        elif pool.last_hit_at is not None:
            facts.append((say("limits.last_hit", ago=age(view.seconds_since(pool.last_hit_at))), "text"))
        if not facts:
            facts.append((say("limits.quiet"), "muted"))
        lines += _listed(view, pool_name(view, pool), facts, names, width)
    return [*lines, *_more(view)]


def _refusals(view: View, pool: PoolGauge) -> list[tuple[str, Role]]:
    """The last minutes with a 429 and how many there were in each."""
    losses = _lost_in(view, pool)
    known = losses.refusals[:MOST_REFUSALS] if losses is not None else ()
    return [
        (view.say("limits.refused", count=each.count, at=day(each.at, view.shown_at, view.zone)), "text")
        for each in known
    ]


def _listed(view: View, name: str, facts: Sequence[tuple[str, Role]], names: int, width: int) -> list[Line]:
    """Facts behind a name, dots between them, on further lines where they need more than one."""
    lines: list[Line] = []
    line: list[Span] = [(f"  {fit(name, names)}  ", "text")]
    used = names + 4
    for text, role in facts:
        text = cut(text, width - names - 4)
        more = used > names + 4
        if more and used + 3 + cells(text) > width:
            lines.append(tuple(line))
            line, used, more = [(" " * (names + 4), "text")], names + 4, False
        if more:
            line.append((f" {view.glyphs.dot} ", "muted"))
            used += 3
        line.append((text, role))
        used += cells(text)
    return [*lines, tuple(line)]
