"""Limits: how much of each pool is used, who uses it, what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import LIST_CELLS, Body, View, columns_of
from magflow_tui.tui.views.figures import age, grouped, milliseconds, share, span
from magflow_tui.tui.views.glyphs import bar, plot, sparkline
from magflow_tui.tui.views.health import waiting
from magflow_tui.tui.views.levels import WARN_USE, mark, sign, use_role
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import Line, Role, Span, beside, cells, clean, fit, fit_right, rule, stack
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import PoolGauge, RouteUse, Snapshot

#: Lines of the route list that the gauges never take.
ROUTE_LINES = 6


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""
    snapshot = view.snapshot
    if snapshot is None:
        return Body(stack(waiting(view, width), height))
    main, side, tail = columns_of(width, zoomed=view.zoomed, least=LIST_CELLS)
    pools = view.pools
    forecast = [] if side else _forecast_section(view, main)
    room = height - ROUTE_LINES
    # The fullest form of the gauges that fits: with a plot, with a sparkline, without, and one line each.
    detail = next((size for size in (6, 4, 3) if len(pools) * size + len(forecast) + 1 <= room), 3)
    if len(pools) * detail > room:
        detail = 1
    lines: list[Line] = []
    if detail == 1:
        lines.append(rule(((view.say("limits.pools"), "title"),), (), main, stroke=view.glyphs.line))
    for pool in pools:
        lines += _pool_section(view, pool, main, detail)
    if len(lines) + len(forecast) + ROUTE_LINES > height:
        forecast = []
    drawn = _routes_section(view, snapshot, main, height - len(lines) - len(forecast) - (1 if forecast else 0))
    list_top = len(lines) + 2
    lines += stack(drawn.lines, drawn.list_height + 2)
    if forecast:
        lines += [(), *forecast]
    lines = stack(lines, height)
    if side:
        right = [*_forecast_section(view, side), (), *_waits_section(view, side), (), *_hits_section(view, side)]
        columns = [(lines, main), (right, side)]
        if tail:
            columns.append((tail_section(view, tail, height), tail))
        lines = beside(columns, height, divider=f" {view.glyphs.divider} ")
    return Body(lines, list_top, drawn.list_height, drawn.keys, drawn.cursor, first=drawn.cursor.top, list_width=main)


def _name(view: View, pool: PoolGauge) -> str:
    name = view.say(f"pool.{pool.pool}")
    return name if view.account is not None else f"{name} {clean(pool.account).upper()}"


def _pool_section(view: View, pool: PoolGauge, width: int, detail: int) -> list[Line]:
    """One pool in `detail` lines: title, second, minute, and the course of five minutes."""
    say, glyphs = view.say, view.glyphs
    used = pool.minute_used / pool.minute_limit if pool.minute_limit else 0.0
    role = use_role(used)
    if detail == 1:
        return [_short_gauge(view, pool, used, role, width)]
    title: Line = (
        (f"{_name(view, pool)}  ", "title"),
        (say("limits.limit", second=pool.second_limit, minute=pool.minute_limit), "muted"),
    )
    state: Line = ((f"{share(used)} {sign(role, glyphs)}", role),)
    if pool.paused_seconds > 0:
        state = ((say("limits.paused", left=span(pool.paused_seconds + 0.5)), "crit"), ("  ", "rule"), *state)
    elif pool.pace < 0.995:
        state = ((say("limits.pace", share=share(pool.pace)), "warn"), ("  ", "rule"), *state)
    bar_cells = max(8, min(width - 54, 60))
    tokens = say("limits.tokens", tokens=f"{pool.tokens:.1f}")
    waiting_role: Role = "warn" if pool.waiting else "muted"
    waiting_text = say("limits.waiting", count=pool.waiting)
    if pool.operator_waiting:
        waiting_text += say("limits.operator_waiting", count=pool.operator_waiting)
    next_slot = say("limits.next_slot", left=_slot(pool.next_slot_seconds))
    second = pool.second_used / pool.second_limit if pool.second_limit else 0.0
    lines: list[Line] = [
        rule(title, state, width, stroke=glyphs.line),
        (
            ("  /s   ", "muted"),
            *bar(second, bar_cells, glyphs, warn_at=1.1, crit_at=1.2),
            (fit(f"  {pool.second_used}/{pool.second_limit}", 12), "text"),
            (fit(tokens, 14), "muted"),
            (waiting_text, waiting_role),
        ),
        (
            ("  /min ", "muted"),
            *bar(used, bar_cells, glyphs, warn_at=WARN_USE),
            (fit(f"  {pool.minute_used}/{pool.minute_limit}", 12), "text"),
            (next_slot, "muted"),
        ),
    ]
    # Per 5 s; the height is what the minute's limit allows in that time.
    top = pool.minute_limit / 12
    columns = min(60, width - 8)
    if detail == 4:
        lines.append((("  5m   ", "muted"), *sparkline(pool.per_minute, columns, glyphs, top=top)))
    elif detail > 4:
        rows = plot(pool.per_minute, columns, 3, glyphs, top=top, is_bad=lambda count: count > top * WARN_USE)
        labels = (f"{pool.minute_limit:>4}/m", "", "  5m")
        lines += [((fit(f" {label}", 7), "muted"), *row) for label, row in zip(labels, rows, strict=True)]
    return lines


def _short_gauge(view: View, pool: PoolGauge, used: float, role: Role, width: int) -> Line:
    name = fit(_name(view, pool), 14)
    figures = f" {pool.minute_used:>4}/{pool.minute_limit}"
    tail = view.say("limits.waiting", count=pool.waiting)
    if pool.paused_seconds > 0:
        tail = view.say("limits.paused", left=span(pool.paused_seconds + 0.5))
        role = "crit"
    bar_cells = max(6, min(40, width - 18 - cells(figures) - cells(tail) - 6))
    return (
        mark(role, view.glyphs),
        (f" {name} ", "text"),
        *bar(used, bar_cells, view.glyphs, warn_at=WARN_USE),
        (f"{figures}  ", "text"),
        (tail, "crit" if pool.paused_seconds > 0 else "muted"),
    )


def _slot(seconds: float) -> str:
    return "<1 s" if seconds < 1 else f"{seconds:.0f} s"


def _routes_section(view: View, snapshot: Snapshot, width: int, height: int) -> Body:
    """Who spends the budget: the list of this screen, with its title and header."""
    say, glyphs = view.say, view.glyphs
    routes = sorted(
        (route for route in snapshot.routes if view.account in (None, route.account)),
        key=lambda route: (-route.per_minute, route.account, route.route),
    )
    lines = [rule(((say("limits.routes"), "title"),), (), width, stroke=glyphs.line)]
    rows = max(1, height - 2)

    def trouble(count: int) -> tuple[str, Role]:
        return (str(count), "warn" if count else "muted")

    columns: list[Column[RouteUse]] = [
        Column(say("col.route"), 0, lambda route: (clean(route.route), "text")),
        Column(say("col.account"), 8, lambda route: (clean(route.account).upper(), "muted"), need=76),
        Column(say("col.pool"), 7, lambda route: (say(f"pool.{route.pool}"), "muted")),
        Column(say("col.per_minute"), 7, lambda route: (str(route.per_minute), "text"), "right"),
        Column(say("col.share"), 5, lambda route: (f"{route.share * 100:.0f}%", "text"), "right"),
        Column(say("col.mean_ms"), 6, lambda route: (milliseconds(route.mean_ms), "text"), "right"),
        Column(say("col.p95_ms"), 6, lambda route: (milliseconds(route.p95_ms), "text"), "right"),
        Column("429", 4, lambda route: trouble(route.rate_limited), "right"),
        Column(say("col.retries"), 5, lambda route: trouble(route.retries), "right"),
        Column(say("col.errors"), 5, lambda route: trouble(route.errors), "right", need=90),
    ]
    keys = [(route.account, route.route) for route in routes]
    cursor = view.cursor.settled(keys, rows)
    if routes:
        lines += table(routes, columns, cursor, width, rows, glyphs)
    else:
        lines += [((f"  {say('limits.no_routes')}", "muted"),)]
    return Body(lines, list_height=rows, keys=keys, cursor=cursor)


def _forecast_section(view: View, width: int) -> list[Line]:
    """Arithmetic on the last 60 s: what is left of each minute, what the pool has lost waiting, 429s."""
    say = view.say
    lines = [rule(((say("limits.forecast"), "title"),), (), width, stroke=view.glyphs.line)]
    for pool in view.pools:
        spare = max(0, pool.minute_limit - pool.minute_used)
        head: Span = (f"  {fit(_name(view, pool), 14)} ", "text")
        spare_role: Role = "warn" if spare < pool.minute_limit * (1 - WARN_USE) else "text"
        lines.append((head, (say("limits.spare", count=spare), spare_role)))
    return lines


def _waits_section(view: View, width: int) -> list[Line]:
    """Since the statistics were last reset: requests, waits and the time they took."""
    say = view.say
    title: Line = ((say("limits.waits"), "title"),)
    lines = [rule(title, ((say("limits.since_reset"), "muted"),), width, stroke=view.glyphs.line)]
    head = f"{'':17}{say('col.requests'):>9} {say('col.waits'):>7} {say('col.waited'):>9} {'429':>4}"
    lines.append(((head, "muted"),))
    for pool in view.pools:
        row = f"{grouped(pool.requests):>9} {grouped(pool.waits):>7} {fit_right(span(pool.total_wait_seconds), 9)} "
        hits: Span = (f"{pool.hits:>4}", "warn" if pool.hits else "muted")
        lines.append(((f"  {fit(_name(view, pool), 14)} ", "text"), (row, "text"), hits))
    return lines


def _hits_section(view: View, width: int) -> list[Line]:
    """What slows a pool beside its limits: the pace after a 429, the reserve, caps. (Pauses stand with the gauges.)"""
    say = view.say
    lines = [rule(((say("limits.backoff"), "title"),), (), width, stroke=view.glyphs.line)]
    for pool in view.pools:
        facts: list[Span] = []
        if pool.pace < 0.995:
            facts.append((say("limits.pace", share=share(pool.pace)), "warn"))
        if pool.last_hit_at is not None:
            facts.append((say("limits.last_hit", ago=age(view.seconds_since(pool.last_hit_at))), "text"))
        if pool.reserve_per_minute:
            facts.append((say("limits.reserve", count=pool.reserve_per_minute), "muted"))
        facts += [(say("limits.cap", job=clean(job), count=count), "muted") for job, count in sorted(pool.caps.items())]
        if not facts:
            facts.append((say("limits.quiet"), "muted"))
        line: list[Span] = [(f"  {fit(_name(view, pool), 14)} ", "text")]
        for index, fact in enumerate(facts):
            if index:
                line.append((f" {view.glyphs.dot} ", "muted"))
            line.append(fact)
        lines.append(tuple(line))
    return lines
