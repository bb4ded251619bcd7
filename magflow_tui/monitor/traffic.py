"""Requests to the marketplace over sliding windows: all together, and each account's routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.snapshot import Metrics, RouteUse
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.window import Sample, SlidingWindow

METRICS_SECONDS = 300.0
ROUTE_SECONDS = 60.0

#: Outcomes that tell nothing of the marketplace's health: it answered well, or nobody waited for the answer.
NO_FAILURE = frozenset({"ok", "cancelled"})


@dataclass(frozen=True, slots=True)
class RouteKey:
    account: str
    route: str
    pool: PoolName


class Traffic:
    """Counts finished requests; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started = clock()
        self._all = SlidingWindow(METRICS_SECONDS)
        self._long: dict[RouteKey, SlidingWindow] = {}
        self._short: dict[RouteKey, SlidingWindow] = {}

    def add(self, record: RequestRecord) -> None:
        if record.outcome == "cancelled":
            return
        sample = Sample(
            at=self._clock(),
            elapsed_ms=record.elapsed_ms,
            failed=record.outcome not in NO_FAILURE,
            rate_limited=record.outcome == "rate_limited",
            retry=record.attempt > 1,
        )
        key = RouteKey(record.account, record.route, record.pool.value)
        self._all.add(sample)
        for windows, seconds in ((self._long, METRICS_SECONDS), (self._short, ROUTE_SECONDS)):
            window = windows.get(key)
            if window is None:
                window = windows[key] = SlidingWindow(seconds)
            window.add(sample)

    def expire(self) -> None:
        """Forget what left its window, and routes that nobody calls any more."""
        now = self._clock()
        self._all.expire(now)
        for windows in (self._long, self._short):
            for key, window in list(windows.items()):
                window.expire(now)
                if not len(window):
                    del windows[key]

    def metrics(self, *, limit_use: float | None, sync_success: float | None) -> Metrics:
        """Of the last 5 minutes (or of the time since the start while that is shorter)."""
        window = self._all
        minutes = min(METRICS_SECONDS, max(60.0, self._clock() - self._started)) / 60.0
        return Metrics(
            requests=len(window),
            requests_per_minute=round(len(window) / minutes, 1),
            error_rate=_rounded(window.error_rate),
            mean_ms=_rounded(window.mean_ms),
            p50_ms=_rounded(window.percentile_ms(50)),
            p95_ms=_rounded(window.percentile_ms(95)),
            p99_ms=_rounded(window.percentile_ms(99)),
            max_ms=_rounded(window.max_ms),
            limit_use=_rounded(limit_use),
            rate_limited=window.rate_limited,
            sync_success=_rounded(sync_success),
        )

    def routes(self) -> tuple[RouteUse, ...]:
        """Every route of the last minute, the busiest of each account's pools first."""
        per_pool: dict[tuple[str, PoolName], int] = {}
        for key, window in self._short.items():
            pool = (key.account, key.pool)
            per_pool[pool] = per_pool.get(pool, 0) + len(window)
        uses = [
            RouteUse(
                account=key.account,
                route=key.route,
                pool=key.pool,
                per_minute=len(window),
                share=round(len(window) / per_pool[key.account, key.pool], 3),
                mean_ms=_rounded(window.mean_ms),
                p95_ms=_rounded(window.percentile_ms(95)),
                rate_limited=window.rate_limited,
                retries=window.retries,
                errors=window.errors,
            )
            for key, window in self._short.items()
        ]
        return tuple(sorted(uses, key=lambda use: (-use.per_minute, use.account, use.route)))

    def busiest(self, account: str, pool: PoolName) -> tuple[RouteKey, float] | None:
        """The route that spends most of a pool in the last 60 s, and its share of the pool's requests in %."""
        counts = [
            (len(window), key) for key, window in self._short.items() if (key.account, key.pool) == (account, pool)
        ]
        if not counts:
            return None
        most, key = max(counts, key=lambda entry: entry[0])
        return key, 100.0 * most / sum(count for count, _ in counts)

    @property
    def error_rate(self) -> float | None:
        return self._all.error_rate

    @property
    def mean_ms(self) -> float | None:
        return self._all.mean_ms

    def most_failing(self) -> tuple[RouteKey, int, int] | None:
        """The route with the most failed requests of 5 minutes: its key, failed, all."""
        failing = [(window.errors, key, len(window)) for key, window in self._long.items() if window.errors]
        if not failing:
            return None
        errors, key, total = max(failing, key=lambda entry: entry[0])
        return key, errors, total

    def slowest(self) -> tuple[RouteKey, float] | None:
        """The route with the highest mean response of 5 minutes, and that mean in ms."""
        means = [(window.mean_ms, key) for key, window in self._long.items() if window.mean_ms is not None]
        if not means:
            return None
        mean, key = max(means, key=lambda entry: entry[0])
        return key, mean


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
