"""Who spends the budget: the routes of the last 60 s as a list, and one of them in detail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from magflow_tui.tui.views.accounts import account_cells
from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.courses import LEAST_ROWS, Course, recent, span_of, span_title, stacked
from magflow_tui.tui.views.figures import clock, grouped, milliseconds, percent, response
from magflow_tui.tui.views.forecast import jobs_of_route
from magflow_tui.tui.views.gauges import one_account, set_aside
from magflow_tui.tui.views.jobs import job_name, job_short
from magflow_tui.tui.views.levels import SLOW_MS
from magflow_tui.tui.views.plots import scale_of
from magflow_tui.tui.views.request_rows import is_error
from magflow_tui.tui.views.spans import Line, Role, cells, clean, cut, fit, rule
from magflow_tui.tui.views.table import Column, Marking, table
from magflow_tui.tui.views.time_range import TimeRange

if TYPE_CHECKING:
    from magflow_tui.contract.minutes import RouteMinutes
    from magflow_tui.contract.snapshot import RouteUse

#: Lines of a plot with its title and times, at the least.
PLOT_LINES = LEAST_ROWS + 2
#: From this width on what a route spends and its response times stand in one line.
IN_ONE_LINE = 76
#: Cells of the column of jobs, and how many failed requests of an opened route are told.
JOB_CELLS, MOST_FAILURES = 8, 3
#: What routes are sorted by, under the names of their columns; of themselves by `use`, the share of the pool's limit.
SORTS: Final[Mapping[str, Callable[[RouteUse, int], tuple[float | str, ...]]]] = MappingProxyType(
    {
        "use": lambda use, limit: (use.per_minute / limit, use.route),
        "endpoint": lambda use, limit: (use.route, use.account),
        "acct": lambda use, limit: (use.account, use.route),
        "pool": lambda use, limit: (use.pool, use.account, use.route),
        "req": lambda use, limit: (use.per_minute, use.route),
        "share": lambda use, limit: (use.share, use.per_minute),
        "avg": lambda use, limit: (use.mean_ms or 0.0, use.route),
        "p95": lambda use, limit: (use.p95_ms or 0.0, use.route),
        "429": lambda use, limit: (use.rate_limited, use.per_minute),
        "retry": lambda use, limit: (use.retries, use.per_minute),
        "fail": lambda use, limit: (use.errors, use.per_minute),
    }
)


#: How the list is sorted of itself.
OWN_ORDER: Final = ("use", True)


def routes_shown(view: View) -> list[RouteUse]:
    """Routes of the shown accounts, sorted as the operator wants them; by themselves the one that counts most first.

    What counts is how much of its pool's limit a route uses, not the number of its requests: pools differ in size.
    """
    if view.snapshot is None:
        return []
    limits = {(pool.account, pool.pool): pool.minute_limit for pool in view.snapshot.pools}
    routes = [use for use in view.snapshot.routes if view.account in (None, use.account)]
    state = view.list_state
    name, descending = (state.sort, state.descending) if state.sort in SORTS else OWN_ORDER
    by = SORTS[name]
    return sorted(routes, key=lambda use: by(use, limits.get((use.account, use.pool)) or 1), reverse=descending)


def route_key(use: RouteUse) -> tuple[str, str]:
    """By what a route is known in the list."""
    return use.account, use.route


def routes_section(view: View, width: int, height: int) -> Body:
    """The list in `height` lines with title and header."""
    say = view.say
    routes = routes_shown(view)
    rows = max(1, height - 2)
    title: Line = ((say("limits.routes"), "title"),)
    lines = [rule(title, (), width, stroke=view.glyphs.line)]
    keys = [route_key(use) for use in routes]
    cursor = view.cursor.settled(keys, rows)
    if routes:
        marking: Marking[RouteUse] = Marking(view.list_state, route_key, order=OWN_ORDER)
        lines += table(routes, _columns(view), cursor, width, rows, view.glyphs, marking=marking)
    else:
        lines.append(((f"  {say('limits.no_routes')}", "muted"),))
    return Body(lines, list_height=rows, keys=keys, cursor=cursor)


def _columns(view: View) -> list[Column[RouteUse]]:
    say = view.say

    def counted(count: int) -> tuple[str, Role]:
        return (grouped(count), "warn" if count else "muted")

    def slow(value: float | None) -> tuple[str, Role]:
        return (milliseconds(value), "warn" if value is not None and value > SLOW_MS else "text")

    def job(use: RouteUse) -> tuple[str, Role]:
        jobs = list(jobs_of_route(use, view.minutes))
        more = f"+{len(jobs) - 1}" if len(jobs) > 1 else ""
        return (f"{cut(job_short(say, jobs[0]), JOB_CELLS - cells(more))}{more}" if jobs else "", "text")

    pools = max(cells(say(f"pool.{pool}")) for pool in ("orders", "other", "ean"))
    accounts = max(account_cells(view), cells(say("col.account")))
    retries, errors = say("col.retries"), say("col.errors")
    columns: list[Column[RouteUse]] = [
        Column(say("col.route"), 0, lambda use: (clean(use.route), "text"), sort="endpoint"),
        Column(say("col.account"), accounts, lambda use: (clean(use.account).upper(), "text"), need=64, sort="acct"),
        Column(say("col.pool"), pools, lambda use: (say(f"pool.{use.pool}"), "text"), need=50, sort="pool"),
        Column(say("col.job"), JOB_CELLS, job, need=74 if one_account(view) else 84),
        Column(say("col.per_minute"), 7, lambda use: (grouped(use.per_minute), "text"), "right", sort="req"),
        Column(say("col.use"), 5, lambda use: (f"{_use(view, use) * 100:.0f}%", "text"), "right", sort="use"),
        Column(say("col.share"), 5, lambda use: (f"{use.share * 100:.0f}%", "text"), "right", need=92, sort="share"),
        Column(say("col.mean_ms"), 6, lambda use: slow(use.mean_ms), "right", sort="avg"),
        Column(say("col.p95_ms"), 6, lambda use: slow(use.p95_ms), "right", need=54, sort="p95"),
        Column("429", 4, lambda use: counted(use.rate_limited), "right", sort="429"),
        Column(retries, max(5, cells(retries)), lambda use: counted(use.retries), "right", need=60, sort="retry"),
        Column(errors, max(5, cells(errors)), lambda use: counted(use.errors), "right", need=98, sort="fail"),
    ]
    return [column for column in columns if column.sort != "acct" or not one_account(view)]


def _use(view: View, use: RouteUse) -> float:
    """How much of its pool's minute a route spends, 0..1."""
    pools = view.snapshot.pools if view.snapshot else ()
    limit = next((pool.minute_limit for pool in pools if (pool.account, pool.pool) == (use.account, use.pool)), 0)
    return use.per_minute / limit if limit else 0.0


def route_section(view: View, use: RouteUse, width: int, height: int, *, opened: bool = True) -> list[Line]:
    """A route in `height` lines at most: its minute, its hour, which jobs called it, what failed last, its course.

    Where it is not opened, what its row says already and the plots are left out.
    """
    say = view.say
    past = _minutes_of(view, use)
    where = f"{clean(use.account).upper()} · {say(f'pool.{use.pool}')}" if opened or view.in_words else ""
    title: Line = ((cut(clean(use.route), max(8, width - cells(where) - 10)), "title"),)
    lines = [rule(title, ((where, "muted"),) if where else (), width, stroke=view.glyphs.line)]
    facts: list[tuple[str, str, Role]] = []
    if opened or view.in_words:
        spends = say("route.spends", count=grouped(use.per_minute), share=percent(use.share * 100))
        times = say("route.times", mean=response(use.mean_ms), p95=response(use.p95_ms))
        role: Role = "warn" if (use.mean_ms or 0) > SLOW_MS else "text"
        if width >= IN_ONE_LINE and not view.in_words:
            facts = [(say("route.minute"), f"{spends} · {times}", role)]
        else:
            facts = [(say("route.minute"), spends, "text"), (say("route.time"), times, role)]
    if past is not None:
        total = sum(count for count in past.requests if count)
        failed = say("route.failed", count=grouped(past.errors)) if past.errors else say("route.none_failed")
        facts.append(
            (TimeRange(span_of(view)).title, f"{say('route.requests', count=grouped(total))} · {failed}", "text")
        )
    jobs = past.jobs if past is not None and past.jobs else use.jobs
    for index, (job, count) in enumerate(jobs.items()):
        facts.append((say("route.jobs") if not index else "", f"{job_name(say, job)}  {grouped(count)}", "text"))
    if opened:
        facts += _set_for(view, use)
        facts += _failures(view, use)
    margin = max((cells(word) for word, _, _ in facts), default=0) + 4
    courses = [] if past is None or view.slow or not opened else _courses(view, past)
    room = height - 1
    if courses and room >= PLOT_LINES + 3:
        room -= PLOT_LINES
    shown = facts[: max(0, room)]
    lines += [
        ((f"  {fit(word, margin - 4)}  ", "muted"), (cut(text, width - margin), role)) for word, text, role in shown
    ]
    return lines + stacked(view, courses, width, height - len(lines) + 1)[:-1]


def _set_for(view: View, use: RouteUse) -> list[tuple[str, str, Role]]:
    """Caps and reserve of a route's pool, where there are any."""
    pools = view.snapshot.pools if view.snapshot else ()
    pool = next((pool for pool in pools if (pool.account, pool.pool) == (use.account, use.pool)), None)
    told = set_aside(view, pool) if pool is not None else []
    return [(view.say("route.set"), " · ".join(told), "info")] if told else []


def _failures(view: View, use: RouteUse) -> list[tuple[str, str, Role]]:
    """The last requests of a route that failed, of those that have been read."""
    failed = [row for row in view.requests.known if (row.account, row.route) == route_key(use) and is_error(row)]
    facts: list[tuple[str, str, Role]] = []
    for row in failed[:MOST_FAILURES]:
        what = clean(row.note) if row.note else view.say(f"outcome.{row.outcome}")
        text = f"{clock(row.at, view.zone, seconds=True)}  {row.status or ''} {what}"
        facts.append((view.say("route.failures") if not facts else "", text, "warn"))
    return facts


def _minutes_of(view: View, use: RouteUse) -> RouteMinutes | None:
    known = view.minutes.routes if view.minutes else ()
    return next((past for past in known if (past.account, past.route) == route_key(use)), None)


def _courses(view: View, past: RouteMinutes) -> list[Course]:
    """Requests of the route and their response times, a minute each."""
    say, minutes = view.say, view.minutes
    if minutes is None or minutes.until is None:
        return []
    last = clock(minutes.until, view.zone)
    requests = max((count for count in past.requests if count), default=1)
    slowest = max((value for value in past.p95_ms if value is not None), default=1)
    return [
        Course(
            title=span_title(view, "route.course"),
            values=recent(view, past.requests),
            end=minutes.until,
            last=last,
            scale=lambda rows: scale_of(rows, requests),
            label=lambda value: grouped(round(value)),
        ),
        Course(
            title=span_title(view, "course.response"),
            values=recent(view, past.mean_ms),
            end=minutes.until,
            last=last,
            scale=lambda rows: scale_of(rows, slowest, line=SLOW_MS),
            label=lambda value: response(value) if value else "0",
            dots=recent(view, past.p95_ms),
            hint=say("course.dots", dot=view.glyphs.dot),
        ),
    ]
