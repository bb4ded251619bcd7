"""What was counted since the engine started: totals that only grow, as a scraper of metrics wants them.

Every key is one of a known set, whatever comes in, so memory and the number of series are bounded: accounts of the
settings, routes and jobs of `KNOWN_ROUTES` and `KNOWN_JOBS`. What is of another account is not counted, another route
or job is `other`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.records import RequestOutcome
from magflow_tui.contract.runs import Run, RunState
from magflow_tui.monitor.sketch import LEAST_KEY, MOST_KEY, key_of
from magflow_tui.monitor.syncs import Job
from magflow_tui.monitor.tally import Intake, RouteKey, Tally

#: Every route that the marketplace client calls.
KNOWN_ROUTES: Final = frozenset(
    {
        "category/read",
        "handling_time/read",
        "offer/save",
        "offer_stock",
        "order/acknowledge",
        "order/attachments/save",
        "order/count",
        "order/read",
        "order/save",
        "product_offer/count",
        "product_offer/read",
        "rma/count",
        "rma/read",
        "vat/read",
    }
)
#: Every job that requests are made for.
KNOWN_JOBS: Final = frozenset({"sync orders", "sync offers", "sync rma", "action", "test"})
OTHER: Final = "other"

#: Upper bounds of the histogram of response times, in seconds; the score's 2 s is one of them.
BUCKETS: Final = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
_LAST_KEYS: Final = tuple(key_of(1000 * seconds) for seconds in BUCKETS)
_BUCKET_OF: Final = tuple(bisect_left(_LAST_KEYS, key) for key in range(LEAST_KEY, MOST_KEY + 1))

#: So many runs that may go on under their number are remembered, lest their items count twice.
_RUNS_REMEMBERED: Final = 100


class RouteTotal:
    """Requests of a route of an account. `buckets` counts those that fell between one bound of `BUCKETS` and the one
    before, the last entry those above all; a time within the accuracy of a bound may fall on either side of it.
    """

    __slots__ = ("buckets", "outcomes", "retries", "total_us")

    def __init__(self) -> None:
        self.outcomes: Counter[RequestOutcome] = Counter()
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.retries = 0
        self.total_us = 0

    def add(self, tally: Tally) -> None:
        for call, count in tally.calls.items():
            self.outcomes[call.outcome] += count
        for key, count in tally.bins.items():
            self.buckets[_BUCKET_OF[key - LEAST_KEY]] += count
        self.retries += tally.retries
        self.total_us += tally.total_us

    def copy(self) -> RouteTotal:
        """As it is now: it does not grow with the original."""
        same = RouteTotal()
        same.outcomes, same.buckets = self.outcomes.copy(), self.buckets.copy()
        same.retries, same.total_us = self.retries, self.total_us
        return same


class PoolTotal:
    """Requests of a pool of an account: how long they waited for their slot together, and how many were refused."""

    __slots__ = ("rate_limited", "waited_us")

    def __init__(self) -> None:
        self.rate_limited = 0
        self.waited_us = 0

    def add(self, tally: Tally) -> None:
        self.rate_limited += tally.rate_limited
        self.waited_us += tally.waited_us


class SyncTotal:
    """Runs of a job that ended, by result, their items, and when one was last completed."""

    __slots__ = ("completed_at", "items", "results")

    def __init__(self) -> None:
        self.results: Counter[RunState] = Counter()
        self.items = 0
        self.completed_at: datetime | None = None


class Totals:
    """Takes finished requests from `intake`, and runs as they end."""

    def __init__(self, intake: Intake, accounts: Iterable[str]) -> None:
        self._intake = intake
        self._accounts = frozenset(accounts)
        self._routes: dict[tuple[str, str], RouteTotal] = {}
        self._pools: dict[tuple[str, PoolName], PoolTotal] = {}
        self._syncs: dict[Job, SyncTotal] = {}
        self._items_counted: dict[int, int] = {}
        intake.hand_to(self._take)

    def _take(self, second: int, tallies: Mapping[RouteKey, Tally]) -> None:
        for key, tally in tallies.items():
            if key.account not in self._accounts:
                continue
            route = key.route if key.route in KNOWN_ROUTES else OTHER
            self._routes.setdefault((key.account, route), RouteTotal()).add(tally)
            self._pools.setdefault((key.account, key.pool), PoolTotal()).add(tally)

    def add_run(self, run: Run) -> None:
        """Count a run that ended. One that went on under its own number ends more than once."""
        if run.account not in self._accounts:
            return
        total = self._syncs.setdefault((run.account, run.resource), SyncTotal())
        total.results[run.result] += 1
        total.items += max(0, run.items - self._items_counted.pop(run.run_id, 0))
        if run.result == "completed":
            total.completed_at = run.finished_at
            return
        self._items_counted[run.run_id] = run.items
        while len(self._items_counted) > _RUNS_REMEMBERED:
            del self._items_counted[next(iter(self._items_counted))]

    def routes(self) -> Mapping[tuple[str, str], RouteTotal]:
        """By account and route, as of now."""
        self._intake.settle()
        return {key: self._routes[key].copy() for key in sorted(self._routes)}

    def pools(self) -> Mapping[tuple[str, PoolName], PoolTotal]:
        """By account and pool."""
        self._intake.settle()
        return dict(self._pools)

    def syncs(self) -> Mapping[Job, SyncTotal]:
        """By account and resource."""
        return dict(self._syncs)
