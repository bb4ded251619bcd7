"""Minutes that are over: kept in one transaction each, and read again as spans, minute by minute or in longer steps.

Of a step of several minutes the worst is told, so that nothing bad is lost in a long view: the highest response times,
error rate and use, the lowest score and sync success; requests, errors, waits and 429s are summed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Integer, Table, cast, delete, func, literal_column, select

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.minutes import Minutes, PoolMinutes, RouteMinutes
from magflow_tui.store.monitor_tables import HEALTH_MINUTES, POOL_MINUTES, ROUTE_MINUTES
from magflow_tui.store.upsert import Values, upsert_rows

T = TypeVar("T")
#: A row of what was asked for, in the order of the columns asked for.
Figures: TypeAlias = tuple[Any, ...]

#: The account of the rows that are of all accounts together.
ALL: Final = ""
#: Values that a span has at most: its steps are made longer until it has no more.
MOST_VALUES: Final = 240
#: The longest span whose routes are told, in minutes. Beyond a day there are too many rows to add them up in passing.
MOST_ROUTE_MINUTES: Final = 1_440
#: Between the jobs of two minutes: JSON has it escaped.
_BETWEEN: Final = "\n"


@dataclass(frozen=True, slots=True)
class HealthMinute:
    """Score and readings of an account (of `ALL`) at the end of a minute, and its requests that ended in it."""

    account: str
    score: int | None
    error_rate: float | None
    response_ms: float | None
    limit_use: float | None
    sync_success: float | None
    requests: int
    errors: int
    mean_ms: int | None
    p50_ms: int | None
    p95_ms: int | None
    max_ms: int | None

    def values(self, minute: int) -> Values:
        return (
            *(minute, self.account, self.score, self.error_rate, self.response_ms, self.limit_use, self.sync_success),
            *(self.requests, self.errors, self.mean_ms, self.p50_ms, self.p95_ms, self.max_ms),
        )


@dataclass(frozen=True, slots=True)
class PoolMinute:
    """One pool of one account in a minute."""

    account: str
    pool: PoolName
    used: int
    waited_ms: int
    hits: int

    def values(self, minute: int) -> Values:
        return minute, self.account, self.pool, self.used, self.waited_ms, self.hits


@dataclass(frozen=True, slots=True)
class RouteMinute:
    """The requests to one route of one account that ended in a minute; `bins` as `magflow_tui.monitor.sketch` does."""

    account: str
    route: str
    pool: PoolName
    requests: int
    errors: int
    rate_limited: int
    retries: int
    total_us: int
    p95_ms: int | None
    max_ms: int | None
    waited_ms: int
    jobs: Mapping[str, int]
    bins: bytes

    def values(self, minute: int) -> Values:
        jobs = json.dumps(dict(self.jobs), ensure_ascii=False, separators=(",", ":"))
        return (
            *(minute, self.account, self.route, self.pool, self.requests, self.errors, self.rate_limited),
            *(self.retries, self.total_us, self.p95_ms, self.max_ms, self.waited_ms, jobs, self.bins),
        )


@dataclass(frozen=True, slots=True)
class KeptMinute:
    """A minute that is over (`number` counts minutes since 1970 UTC), with what is kept of it."""

    number: int
    health: Sequence[HealthMinute]
    pools: Sequence[PoolMinute]
    routes: Sequence[RouteMinute]

    @property
    def requests(self) -> int:
        return sum(row.requests for row in self.health if row.account == ALL)


@dataclass(frozen=True, slots=True)
class Span:
    """`minutes` minutes up to the one before `until` (both whole minutes since 1970), a value for every `step` of them;
    of one account, or of all.
    """

    until: int
    minutes: int
    step: int
    account: str | None = None

    @classmethod
    def asked(cls, until: int, minutes: int, step: int, account: str | None = None) -> Span:
        """A span of whole steps, `minutes` long at least, whose steps are long enough for `MOST_VALUES`."""
        step = max(step, -(-minutes // MOST_VALUES))
        return cls(until, -(-minutes // step) * step, step, account)

    @property
    def first(self) -> int:
        return self.until - self.minutes

    @property
    def length(self) -> int:
        return self.minutes // self.step


@dataclass(frozen=True, slots=True)
class SpanRows:
    """The rows of a span, a row for each step and account, pool or route. Its first column is the step's number."""

    health: Sequence[Figures]
    pools: Sequence[Figures] = field(default=())
    routes: Sequence[Figures] = field(default=())


def minute_of(moment: datetime) -> int:
    """The minute that an aware time is in, as the store counts them."""
    return int(moment.timestamp() // 60)


def instant_of(minute: int) -> datetime:
    """When a minute begins."""
    return datetime.fromtimestamp(60 * minute, UTC)


def keep_minute(connection: Connection, kept: KeptMinute) -> bool:
    """Write a minute's rows. False when it was kept before with more requests: then that stays.

    A minute comes twice when the engine was started again within it, or the clock was set back over it. The fuller
    one is nearer to the truth; of two alike the later one stays.
    """
    of_all = select(HEALTH_MINUTES.c.requests).where(
        HEALTH_MINUTES.c.minute == kept.number, HEALTH_MINUTES.c.account == ALL
    )
    before: int | None = connection.execute(of_all).scalar()
    if before is not None:
        if before > kept.requests:
            return False
        for table in (HEALTH_MINUTES, POOL_MINUTES, ROUTE_MINUTES):
            connection.execute(delete(table).where(table.c.minute == kept.number))
    for table, rows in ((HEALTH_MINUTES, kept.health), (POOL_MINUTES, kept.pools), (ROUTE_MINUTES, kept.routes)):
        upsert_rows(connection, table, [row.values(kept.number) for row in rows])
    return True


def last_minute(connection: Connection) -> int | None:
    """The newest minute that is kept."""
    return connection.execute(select(func.max(HEALTH_MINUTES.c.minute))).scalar()


def read_span(connection: Connection, span: Span) -> SpanRows:
    """Everything that `minutes_of` needs of a span."""
    health = HEALTH_MINUTES.c
    figures = (
        _lowest(health.score, span),
        *(_highest(column, span) for column in (health.error_rate, health.response_ms, health.limit_use)),
        _lowest(health.sync_success, span),
        *(_summed(column, span) for column in (health.requests, health.errors)),
        *(_highest(column, span) for column in (health.mean_ms, health.p50_ms, health.p95_ms, health.max_ms)),
    )
    pool = POOL_MINUTES.c
    pools = _highest(pool.used, span), _summed(pool.waited_ms, span), _summed(pool.hits, span)
    route = ROUTE_MINUTES.c
    jobs = route.jobs if span.step == 1 else func.group_concat(route.jobs, _BETWEEN)
    mean_us = route.total_us / func.nullif(route.requests, 0)
    routes = (
        *(_highest(route.pool, span), _summed(route.requests, span)),
        *(_highest(mean_us, span), _highest(route.p95_ms, span), _summed(route.errors, span), jobs),
    )
    return SpanRows(
        _rows(connection, span, HEALTH_MINUTES, (), figures, span.account or ALL),
        _rows(connection, span, POOL_MINUTES, (pool.account, pool.pool), pools, span.account),
        _rows(connection, span, ROUTE_MINUTES, (route.account, route.route), routes, span.account)
        if span.minutes <= MOST_ROUTE_MINUTES
        else (),
    )


def minutes_of(span: Span, rows: SpanRows) -> Minutes:
    """A span as clients see it. A step of which nothing is kept is None everywhere; in one that is, a route without a
    row had no requests.
    """
    known: list[Figures | None] = [None] * span.length
    for row in rows.health:
        known[row[0]] = row

    def figure(number: int) -> tuple[Any, ...]:
        return tuple(None if row is None else row[number] for row in known)

    return Minutes(
        until=instant_of(span.until),
        step_minutes=span.step,
        score=figure(1),
        error_rate=figure(2),
        response_ms=figure(3),
        limit_use=figure(4),
        sync_success=figure(5),
        requests=figure(6),
        errors=figure(7),
        mean_ms=figure(8),
        p50_ms=figure(9),
        p95_ms=figure(10),
        max_ms=figure(11),
        pools=_pools(span, rows.pools),
        routes=_routes(span, rows.routes, [row is not None for row in known]),
    )


def _pools(span: Span, rows: Sequence[Figures]) -> tuple[PoolMinutes, ...]:
    pools = _by_key(span, rows)
    return tuple(
        PoolMinutes(
            account=account,
            pool=pool,
            used=tuple(row and row[3] for row in steps),
            waited_seconds=tuple(row and round(row[4] / 1_000, 1) for row in steps),
            hits=tuple(row and row[5] for row in steps),
        )
        for (account, pool), steps in pools.items()
    )


def _routes(span: Span, rows: Sequence[Figures], ran: Sequence[bool]) -> tuple[RouteMinutes, ...]:
    quiet = [0 if running else None for running in ran]
    told: list[RouteMinutes] = []
    for (account, route), steps in sorted(_by_key(span, rows).items()):
        there = [row for row in steps if row is not None]
        jobs: Counter[str] = Counter()
        for row in there:
            for text in (row[8] or "{}").split(_BETWEEN):
                for job, count in _jobs(text):
                    jobs[job] += count
        told.append(
            RouteMinutes(
                account=account,
                route=route,
                pool=there[-1][3],
                requests=tuple(none if row is None else row[4] for row, none in zip(steps, quiet, strict=True)),
                mean_ms=tuple(None if row is None or row[5] is None else round(row[5] / 1_000) for row in steps),
                p95_ms=tuple(row and row[6] for row in steps),
                errors=sum(row[7] for row in there),
                jobs=dict(jobs.most_common()),
            )
        )
    return tuple(told)


def _by_key(span: Span, rows: Sequence[Figures]) -> dict[tuple[str, str], list[Figures | None]]:
    """Rows by what they are of (their second and third column), one for each step or None."""
    found: dict[tuple[str, str], list[Figures | None]] = {}
    for row in rows:
        key = row[1], row[2]
        steps = found.get(key)
        if steps is None:
            steps = found[key] = [None] * span.length
        steps[row[0]] = row
    return found


@lru_cache(maxsize=4_096)
def _jobs(text: str) -> tuple[tuple[str, int], ...]:
    """A minute's jobs. There are few, in the same few numbers, so that most of them are read already."""
    return tuple(json.loads(text).items())


def _rows(
    connection: Connection,
    span: Span,
    table: Table,
    keys: tuple[ColumnElement[Any], ...],
    figures: Sequence[ColumnElement[Any]],
    account: str | None,
) -> Sequence[Figures]:
    """The rows of a table in a span: the number of the step, the keys, the figures."""
    minute = table.c.minute
    place = minute - span.first
    if span.step > 1:
        # Literal, so that the same expression can be grouped by.
        place = cast(place, Integer).op("/")(literal_column(str(span.step)))
    statement = select(place.label("place"), *keys, *figures).where(minute >= span.first, minute < span.until)
    if account is not None:
        statement = statement.where(table.c.account == account)
    if span.step > 1:
        statement = statement.group_by(literal_column("place"), *keys)
    return connection.execute(statement).all()


def _highest(column: ColumnElement[T], span: Span) -> ColumnElement[T]:
    return column if span.step == 1 else func.max(column)


def _lowest(column: ColumnElement[T], span: Span) -> ColumnElement[T]:
    return column if span.step == 1 else func.min(column)


def _summed(column: ColumnElement[Any], span: Span) -> ColumnElement[Any]:
    return column if span.step == 1 else func.sum(column)
