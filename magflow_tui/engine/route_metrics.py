"""What each route did over a span of minutes: the minutes' figures added up, their histograms merged."""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from sqlalchemy import Connection

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.past import RouteMetrics
from magflow_tui.monitor.sketch import Bins, decode, quantiles_ms
from magflow_tui.monitor.tally import add_counts
from magflow_tui.store.route_minutes import RouteMinuteRow, route_minutes

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Sum:
    """The minutes of one route so far."""

    pool: str
    requests: int = 0
    errors: int = 0
    rate_limited: int = 0
    retries: int = 0
    total_us: int = 0
    waited_ms: int = 0
    max_ms: int | None = None
    jobs: Counter[str] = field(default_factory=Counter)
    bins: Bins = field(default_factory=dict)

    def add(self, row: RouteMinuteRow) -> None:
        self.requests += row.requests
        self.errors += row.errors
        self.rate_limited += row.rate_limited
        self.retries += row.retries
        self.total_us += row.total_us
        self.waited_ms += row.waited_ms
        self.max_ms = max((value for value in (self.max_ms, row.max_ms) if value is not None), default=None)
        self.jobs.update(dict(_jobs(row.jobs)))
        try:
            add_counts(self.bins, decode(row.bins))
        except ValueError as error:
            log.error("a minute of %s is left out of its percentiles: %s", row.route, error)

    def metrics(self, account: str, route: str) -> RouteMetrics:
        p50, p95, p99 = (
            None if value is None else round(value, 1) for value in quantiles_ms(self.bins, (0.5, 0.95, 0.99))
        )
        return RouteMetrics(
            account=account,
            route=route,
            pool=cast("PoolName", self.pool),
            requests=self.requests,
            errors=self.errors,
            rate_limited=self.rate_limited,
            retries=self.retries,
            mean_ms=round(self.total_us / self.requests / 1_000, 1) if self.requests else None,
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            max_ms=self.max_ms,
            waited_seconds=round(self.waited_ms / 1_000, 1),
            jobs=dict(self.jobs.most_common()),
        )


def routes_over(connection: Connection, *, first: int, until: int, account: str | None) -> tuple[RouteMetrics, ...]:
    """Each route's metrics from minute `first` up to `until`, without it; the busiest route first."""
    sums: dict[tuple[str, str], _Sum] = {}
    for row in route_minutes(connection, first, until, account):
        key = row.account, row.route
        if key not in sums:
            sums[key] = _Sum(row.pool)
        sums[key].add(row)
    busiest = sorted(sums.items(), key=lambda entry: (-entry[1].requests, entry[0]))
    return tuple(each.metrics(*key) for key, each in busiest)


@lru_cache(maxsize=4_096)
def _jobs(text: str) -> tuple[tuple[str, int], ...]:
    """A minute's jobs: few texts, over and over."""
    return tuple(json.loads(text).items())
