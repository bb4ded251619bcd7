"""The last hour, minute by minute: response times, use of each pool, and each route with who called it.

Memory is bounded: figures of 60 minutes, and the response times of the minute that is not over yet.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.minutes import Minutes, PoolMinutes, RouteMinutes
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.traffic import NO_FAILURE, RouteKey
from magflow_tui.monitor.window import nearest_rank

KEPT_MINUTES = 60
#: Who asked when a request belongs to no job.
NO_JOB = "other"

PoolKey = tuple[str, PoolName]


@dataclass(frozen=True, slots=True)
class _Requests:
    """What was asked in a minute: times in whole ms, None without requests."""

    count: int = 0
    mean_ms: int | None = None
    p95_ms: int | None = None
    p50_ms: int | None = None
    max_ms: int | None = None
    errors: int = 0
    jobs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pool:
    used: int
    waited_seconds: float
    hits: int


@dataclass(frozen=True, slots=True)
class _Minute:
    """A minute that is over; `number` counts minutes since 1970."""

    number: int
    every: _Requests
    routes: Mapping[RouteKey, _Requests]
    pools: Mapping[PoolKey, _Pool]


@dataclass(slots=True)
class _Running:
    """Requests of the minute that is not over yet."""

    elapsed_ms: list[float] = field(default_factory=list)
    errors: int = 0
    jobs: Counter[str] = field(default_factory=Counter)

    def add(self, record: RequestRecord) -> None:
        self.elapsed_ms.append(record.elapsed_ms)
        self.errors += record.outcome not in NO_FAILURE
        self.jobs[record.job or NO_JOB] += 1

    def closed(self) -> _Requests:
        times = sorted(self.elapsed_ms)
        if not times:
            return _Requests()
        mean, p95, p50 = round(sum(times) / len(times)), round(nearest_rank(times, 95)), round(nearest_rank(times, 50))
        return _Requests(len(times), mean, p95, p50, round(times[-1]), self.errors, self.jobs)


class MinuteBook:
    """Fed with every request as it ends, and with the gauges every second or so; `now` is aware."""

    def __init__(self) -> None:
        self._minutes: deque[_Minute] = deque(maxlen=KEPT_MINUTES)
        self._number: int | None = None
        self._every = _Running()
        self._routes: dict[RouteKey, _Running] = {}
        self._before: dict[PoolKey, PoolGauge] = {}

    def add(self, record: RequestRecord) -> None:
        """Count a finished request to the minute that runs."""
        if record.outcome == "cancelled":
            return
        key = RouteKey(record.account, record.route, record.pool.value)
        self._every.add(record)
        self._routes.setdefault(key, _Running()).add(record)

    def tick(self, pools: Sequence[PoolGauge], now: datetime) -> None:
        """Close the minute when it is over. A clock that was set back stays in the minute it had reached."""
        number = int(now.timestamp() // 60)
        if self._number is None:
            self._number = number
            self._before = {(gauge.account, gauge.pool): gauge for gauge in pools}
        elif number > self._number:
            self._close(self._number, pools)
            self._number = number

    def _close(self, number: int, pools: Sequence[PoolGauge]) -> None:
        self._minutes.append(
            _Minute(
                number,
                self._every.closed(),
                {key: running.closed() for key, running in self._routes.items()},
                {(gauge.account, gauge.pool): self._pool(gauge) for gauge in pools},
            )
        )
        self._every, self._routes = _Running(), {}
        self._before = {(gauge.account, gauge.pool): gauge for gauge in pools}

    def _pool(self, gauge: PoolGauge) -> _Pool:
        """What a pool did since the minute began. Counters that were set to zero meanwhile begin anew."""
        before = self._before.get((gauge.account, gauge.pool))
        waited, hits = gauge.total_wait_seconds, gauge.hits
        if before is not None and before.hits <= hits and before.total_wait_seconds <= waited:
            waited, hits = waited - before.total_wait_seconds, hits - before.hits
        return _Pool(gauge.minute_used, round(waited, 1), hits)

    def minutes(self) -> Minutes:
        """The hour up to the last whole minute; minutes in which nothing was seen are gaps."""
        if not self._minutes or self._number is None:
            return Minutes()
        last = self._number - 1
        first = max(self._minutes[0].number, last - KEPT_MINUTES + 1)
        seen = {minute.number: minute for minute in self._minutes}
        hour = [seen.get(number) for number in range(first, last + 1)]
        pools = dict.fromkeys(key for minute in hour if minute for key in minute.pools)
        routes = dict.fromkeys(key for minute in hour if minute for key in minute.routes)
        return Minutes(
            until=datetime.fromtimestamp((last + 1) * 60, UTC),
            mean_ms=tuple(minute.every.mean_ms if minute else None for minute in hour),
            p95_ms=tuple(minute.every.p95_ms if minute else None for minute in hour),
            p50_ms=tuple(minute.every.p50_ms if minute else None for minute in hour),
            max_ms=tuple(minute.every.max_ms if minute else None for minute in hour),
            requests=tuple(minute.every.count if minute else None for minute in hour),
            errors=tuple(minute.every.errors if minute else None for minute in hour),
            pools=tuple(_pool_minutes(key, hour) for key in pools),
            routes=tuple(_route_minutes(key, hour) for key in sorted(routes, key=_by_name)),
        )


def _by_name(key: RouteKey) -> tuple[str, str]:
    return key.account, key.route


def _pool_minutes(key: PoolKey, hour: Sequence[_Minute | None]) -> PoolMinutes:
    known = [minute.pools.get(key) if minute else None for minute in hour]
    return PoolMinutes(
        account=key[0],
        pool=key[1],
        used=tuple(pool.used if pool else None for pool in known),
        waited_seconds=tuple(pool.waited_seconds if pool else None for pool in known),
        hits=tuple(pool.hits if pool else None for pool in known),
    )


def _route_minutes(key: RouteKey, hour: Sequence[_Minute | None]) -> RouteMinutes:
    quiet = _Requests()
    known = [minute.routes.get(key, quiet) if minute else None for minute in hour]
    jobs: Counter[str] = Counter()
    for requests in known:
        jobs.update(requests.jobs if requests else {})
    return RouteMinutes(
        account=key.account,
        route=key.route,
        pool=key.pool,
        requests=tuple(requests.count if requests else None for requests in known),
        mean_ms=tuple(requests.mean_ms if requests else None for requests in known),
        p95_ms=tuple(requests.p95_ms if requests else None for requests in known),
        errors=sum(requests.errors for requests in known if requests),
        jobs=dict(jobs.most_common()),
    )
