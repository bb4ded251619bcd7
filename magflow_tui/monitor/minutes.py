"""Minutes that are over: response times, use of each pool, each route with who called it, the score's readings.

A minute is told once, when it ends, with the histograms of its response times; of the last hour only figures are kept.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.minutes import Minutes, PoolMinutes, RouteMinutes
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.monitor.score import Readings, score
from magflow_tui.monitor.tally import Intake, RouteKey, Tally, merged

KEPT_MINUTES = 60

PoolKey = tuple[str, PoolName]
T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class MinuteRequests:
    """Requests that ended in a minute: `total_us` microseconds together, other times in whole ms, None without any.

    `jobs` tells who asked, the busiest first; `bins` is the histogram of response times (`sketch`).
    """

    requests: int = 0
    errors: int = 0
    rate_limited: int = 0
    retries: int = 0
    total_us: int = 0
    p50_ms: int | None = None
    p95_ms: int | None = None
    max_ms: int | None = None
    waited_ms: int = 0
    jobs: Mapping[str, int] = field(default_factory=dict)
    bins: Mapping[int, int] = field(default_factory=dict)

    @property
    def mean_ms(self) -> int | None:
        return round(self.total_us / self.requests / 1000) if self.requests else None


@dataclass(frozen=True, slots=True)
class MinutePool:
    """One pool at the end of a minute: requests in its window, and what its requests waited and were refused."""

    used: int
    waited_ms: int
    hits: int


@dataclass(frozen=True, slots=True)
class ClosedMinute:
    """A minute that is over; `number` counts minutes since 1970 UTC. Routes that were not called are not in it.

    `readings` are those at the end of the minute, of each account, and of all of them under None.
    """

    number: int
    every: MinuteRequests
    accounts: Mapping[str, MinuteRequests]
    routes: Mapping[RouteKey, MinuteRequests]
    pools: Mapping[PoolKey, MinutePool]
    readings: Mapping[str | None, Readings]


_QUIET: Final = MinuteRequests()
_UNKNOWN: Final = Readings()


class MinuteBook:
    """Takes finished requests from `intake`, and the gauges every second or so; `now` is aware."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._minutes: deque[ClosedMinute] = deque(maxlen=KEPT_MINUTES)
        self._number: int | None = None
        self._routes: dict[RouteKey, Tally] = {}
        self._before: dict[PoolKey, PoolGauge] = {}
        self._readings: Mapping[str | None, Readings] = {}
        intake.hand_to(self._take)

    def _take(self, second: int, tallies: Mapping[RouteKey, Tally]) -> None:
        for key, tally in tallies.items():
            total = self._routes.get(key)
            if total is None:
                total = self._routes[key] = Tally()
            total.add(tally)

    def tick(
        self, pools: Sequence[PoolGauge], now: datetime, readings: Mapping[str | None, Readings] | None = None
    ) -> ClosedMinute | None:
        """Close the minute when it is over, and answer it. `readings` are as of now, by account, None for all.

        A clock that was set back stays in the minute it had reached.
        """
        self._intake.settle()
        number = int(now.timestamp() // 60)
        closed = None
        if self._number is None:
            self._number = number
            self._before = {(gauge.account, gauge.pool): gauge for gauge in pools}
        elif number > self._number:
            closed = self._close(self._number, pools)
            self._minutes.append(_figures_of(closed))
            self._number = number
        self._readings = readings or {}
        return closed

    def _close(self, number: int, pools: Sequence[PoolGauge]) -> ClosedMinute:
        routes, self._routes = self._routes, {}
        accounts = {
            account: merged(tally for key, tally in routes.items() if key.account == account)
            for account in sorted({key.account for key in routes})
        }
        closed = ClosedMinute(
            number,
            _requests(merged(accounts.values())),
            {account: _requests(tally) for account, tally in accounts.items()},
            {key: _requests(tally) for key, tally in routes.items()},
            {(gauge.account, gauge.pool): self._pool(gauge) for gauge in pools},
            self._readings,
        )
        self._before = {(gauge.account, gauge.pool): gauge for gauge in pools}
        return closed

    def _pool(self, gauge: PoolGauge) -> MinutePool:
        """What a pool did since the minute began. Counters that were set to zero meanwhile begin anew."""
        before = self._before.get((gauge.account, gauge.pool))
        waited, hits = gauge.total_wait_seconds, gauge.hits
        if before is not None and before.hits <= hits and before.total_wait_seconds <= waited:
            waited, hits = waited - before.total_wait_seconds, hits - before.hits
        return MinutePool(gauge.minute_used, round(1000 * waited), hits)

    def minutes(self, account: str | None = None) -> Minutes:
        """The hour up to the last whole minute, of an account or of all; minutes in which nothing was seen are gaps.

        May be called in a thread: what is read never changes, but for the list of minutes, of which a copy is read.
        """
        minutes, number = tuple(self._minutes), self._number
        if not minutes or number is None:
            return Minutes()
        last = number - 1
        first = max(minutes[0].number, last - KEPT_MINUTES + 1)
        seen = {minute.number: minute for minute in minutes}
        hour = [seen.get(number) for number in range(first, last + 1)]
        asked = [_of(minute, account) if minute else None for minute in hour]
        health = [minute.readings.get(account, _UNKNOWN) if minute else None for minute in hour]
        return Minutes(
            until=datetime.fromtimestamp((last + 1) * 60, UTC),
            mean_ms=_each(asked, lambda requests: requests.mean_ms),
            p95_ms=_each(asked, lambda requests: requests.p95_ms),
            p50_ms=_each(asked, lambda requests: requests.p50_ms),
            max_ms=_each(asked, lambda requests: requests.max_ms),
            requests=_each(asked, lambda requests: requests.requests),
            errors=_each(asked, lambda requests: requests.errors),
            score=_each(health, score),
            error_rate=_each(health, lambda readings: _rounded(readings.error_rate)),
            response_ms=_each(health, lambda readings: _rounded(readings.mean_ms)),
            limit_use=_each(health, lambda readings: _rounded(readings.limit_use)),
            sync_success=_each(health, lambda readings: _rounded(readings.sync_success)),
            pools=tuple(
                _pool_minutes(key, hour)
                for key in dict.fromkeys(key for minute in hour if minute for key in minute.pools)
                if account in (None, key[0])
            ),
            routes=tuple(
                _route_minutes(key, hour)
                for key in sorted({key for minute in hour if minute for key in minute.routes})
                if account in (None, key.account)
            ),
        )


def _of(minute: ClosedMinute, account: str | None) -> MinuteRequests:
    return minute.every if account is None else minute.accounts.get(account, _QUIET)


def _requests(tally: Tally) -> MinuteRequests:
    longest = tally.max_us / 1000
    p50, p95 = (None if ms is None else round(min(ms, longest)) for ms in tally.quantiles_ms(0.5, 0.95))
    return MinuteRequests(
        requests=tally.requests,
        errors=tally.errors,
        rate_limited=tally.rate_limited,
        retries=tally.retries,
        total_us=tally.total_us,
        p50_ms=p50,
        p95_ms=p95,
        max_ms=round(longest) if tally.requests else None,
        waited_ms=round(tally.waited_us / 1000),
        jobs=dict(tally.jobs().most_common()),
        bins=tally.bins,
    )


def _figures_of(minute: ClosedMinute) -> ClosedMinute:
    """The minute without its histograms, which are most of it."""
    return replace(
        minute,
        every=replace(minute.every, bins={}),
        accounts={name: replace(requests, bins={}) for name, requests in minute.accounts.items()},
        routes={key: replace(requests, bins={}) for key, requests in minute.routes.items()},
    )


def _pool_minutes(key: PoolKey, hour: Sequence[ClosedMinute | None]) -> PoolMinutes:
    known = [minute.pools.get(key) if minute else None for minute in hour]
    return PoolMinutes(
        account=key[0],
        pool=key[1],
        used=_each(known, lambda pool: pool.used),
        waited_seconds=_each(known, lambda pool: round(pool.waited_ms / 1000, 1)),
        hits=_each(known, lambda pool: pool.hits),
    )


def _route_minutes(key: RouteKey, hour: Sequence[ClosedMinute | None]) -> RouteMinutes:
    known = [minute.routes.get(key, _QUIET) if minute else None for minute in hour]
    jobs: Counter[str] = Counter()
    for requests in known:
        jobs.update(requests.jobs if requests else {})
    return RouteMinutes(
        account=key.account,
        route=key.route,
        pool=key.pool,
        requests=_each(known, lambda requests: requests.requests),
        mean_ms=_each(known, lambda requests: requests.mean_ms),
        p95_ms=_each(known, lambda requests: requests.p95_ms),
        errors=sum(requests.errors for requests in known if requests),
        jobs=dict(jobs.most_common()),
    )


def _each(hour: Iterable[T | None], figure: Callable[[T], V | None]) -> tuple[V | None, ...]:
    """A figure of every minute, None of those that nobody saw."""
    return tuple(None if seen is None else figure(seen) for seen in hour)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
