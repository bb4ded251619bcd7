"""Limits: how much of each pool is used, who uses it, what is left, and what waiting has cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import LIST_CELLS, Body, View, columns_of
from magflow_tui.tui.views.courses import stacked
from magflow_tui.tui.views.figures import age, clock, grouped, later, share, span
from magflow_tui.tui.views.gauges import SHORT, fullest, gauges_section, minutes_of, pool_name, use_of, waiting_course
from magflow_tui.tui.views.health import waiting
from magflow_tui.tui.views.levels import WARN_USE
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import Line, Role, Span, beside, cells, clean, cut, fit, fit_right, rule, stack
from magflow_tui.tui.views.spending import route_section, routes_section, routes_shown

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import RouteUse

#: Lines of the route list that the gauges never take, and that it never needs more of.
LEAST_ROUTES, MOST_ROUTES = 6, 14
#: A burst of so many requests is what the forecast speaks of.
BURST = 50
#: Pools in each section beside the gauges.
MOST_POOLS = 6
#: Lines of the route under the cursor while it is not opened.
ROUTE_LINES = 5


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
        gauges = gauges_section(view, view.pools, main, max(1, room))
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
        sections = (_forecast_section, _waits_section, _slowing_section) if view.pools else ()
        figures = [line for section in sections for line in (*section(view, side), ())][:-1]
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
        return [*route_section(view, selected, width, height - len(figures) - 1), (), *figures]
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
    """Arithmetic on the last 60 s: what is left of each minute, what a burst would wait, when running syncs end."""
    say = view.say
    lines = [rule(((say("limits.forecast"), "title"),), (), width, stroke=view.glyphs.line)]
    names = _names(view)
    for pool in fullest(view.pools, MOST_POOLS):
        spare = max(0, round(pool.minute_limit * min(1.0, pool.pace)) - pool.minute_used)
        tight = use_of(pool) > WARN_USE
        figures = say("limits.spare", count=f"{grouped(spare):>5}")
        line: list[Span] = [(f"  {fit(pool_name(view, pool), names)}", "text"), (figures, "warn" if tight else "text")]
        late = max(0, BURST - spare) * 60 / (pool.minute_limit * pool.pace) if pool.minute_limit and pool.pace else 0.0
        burst = f"  {say('limits.burst', count=BURST, left=span(late))}"
        if late >= 1 and names + 2 + cells(figures) + cells(burst) <= width:
            line.append((burst, "muted"))
        lines.append(tuple(line))
    return [*lines, *_more(view), *_ends(view, width)]


def _ends(view: View, width: int) -> list[Line]:
    """When running syncs will leave the pools alone, as far as it can be told."""
    say, snapshot = view.say, view.snapshot
    running = [run for run in snapshot.running if view.account in (None, run.account)] if snapshot else []
    lines: list[Line] = []
    for run in running[:3]:
        what = f"{say(f'resource.{run.resource}')} {clean(run.account).upper()}"
        if run.eta_seconds is None:
            text = say("limits.endless", what=what)
        else:
            at = clock(later(view.shown_at, run.eta_seconds), view.zone)
            text = say("limits.ends", what=what, at=at, pool=say(f"pool.{_pool_of(run.resource)}"))
        lines.append(((f"  {cut(text, width - 2)}", "muted"),))
    return lines


def _pool_of(resource: str) -> str:
    return "orders" if resource == "orders" else "other"


def _waits_section(view: View, width: int) -> list[Line]:
    """Requests, waits for a slot and the time they took: since the statistics were reset, and of the last hour."""
    say = view.say
    title: Line = ((say("limits.waits"), "title"),)
    lines = [rule(title, ((say("limits.since_reset"), "muted"),), width, stroke=view.glyphs.line)]
    names = min(14, _names(view))
    heads = [say("col.requests"), say("col.waits"), say("col.waited"), say("limits.in_hour"), "429"]
    sizes = [max(size, cells(head) + 2) for size, head in zip((8, 7, 8, 8, 5), heads, strict=True)]
    # Where the words are too long for all, the count of waits goes first, then that of requests.
    shown = list(range(len(heads)))
    while len(shown) > 3 and names + 2 + sum(sizes[column] for column in shown) > width:
        shown.pop(1 if len(shown) == len(heads) else 0)
    titles = "".join(fit_right(heads[column], sizes[column]) for column in shown)
    lines.append(((" " * (names + 2) + titles, "muted"),))
    for pool in fullest(view.pools, MOST_POOLS):
        past = minutes_of(view, pool)
        hour = None if past is None else sum(seconds for seconds in past.waited_seconds if seconds)
        figures = (
            grouped(pool.requests),
            grouped(pool.waits),
            span(pool.total_wait_seconds),
            span(hour),
            grouped(pool.hits),
        )
        text = "".join(fit_right(figures[column], sizes[column]) for column in shown[:-1])
        hits: Span = (fit_right(figures[-1], sizes[-1]), "warn" if pool.hits else "muted")
        lines.append(((f"  {fit(pool_name(view, pool), names)}", "text"), (text, "text"), hits))
    return [*lines, *_more(view)]


def _slowing_section(view: View, width: int) -> list[Line]:
    """What slows a pool beside its limits: pauses and pace after a 429, the reserve, caps."""
    say = view.say
    lines = [rule(((say("limits.backoff"), "title"),), (), width, stroke=view.glyphs.line)]
    names = _names(view)
    for pool in fullest(view.pools, MOST_POOLS):
        facts: list[tuple[str, Role]] = []
        if pool.paused_seconds > 0:
            facts.append((say("limits.paused", left=span(pool.paused_seconds + 0.5)), "crit"))
        if pool.pace < 0.995:
            facts.append((say("limits.pace", share=share(pool.pace)), "warn"))
        if pool.last_hit_at is not None:
            facts.append((say("limits.last_hit", ago=age(view.seconds_since(pool.last_hit_at))), "text"))
        if pool.reserve_per_minute:
            facts.append((say("limits.reserve", count=pool.reserve_per_minute), "muted"))
        facts += [(say("limits.cap", job=clean(job), count=count), "muted") for job, count in sorted(pool.caps.items())]
        if not facts:
            facts.append((say("limits.quiet"), "muted"))
        lines += _listed(view, pool_name(view, pool), facts, names, width)
    return [*lines, *_more(view)]


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
