"""Finished requests, counted: what comes from the client's observer is collected, and counted a batch at a time.

`Intake` is the only thing that a request passes by, and all it does there is to keep the record. When a second is over,
or somebody asks, it counts what was collected route by route and hands the tallies to whoever takes them: the live
windows, the running minute, the totals. So most of the work is done once for a second and not for each request.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from math import floor, fsum
from operator import attrgetter, mul
from typing import Final, NamedTuple, TypeVar

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.records import RequestOutcome
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.score import percentage
from magflow_tui.monitor.sketch import keys_of, quantiles_ms

#: Who asked when a request belongs to no job.
NO_JOB: Final = "other"
#: So many requests are collected at most before they are counted, however short the time.
BATCH: Final = 4096

K = TypeVar("K")


class RouteKey(NamedTuple):
    account: str
    route: str
    pool: PoolName


class Call(NamedTuple):
    """How a request ended, and who asked."""

    outcome: RequestOutcome
    job: str


def add_counts(counts: dict[K, int], more: Mapping[K, int]) -> None:
    """Merge `more` into `counts`."""
    for key, count in more.items():
        counts[key] = counts.get(key, 0) + count


def subtract_counts(counts: dict[K, int], less: Mapping[K, int]) -> None:
    """Take away what was added before; what is left of nothing is forgotten."""
    for key, count in less.items():
        left = counts[key] - count
        if left:
            counts[key] = left
        else:
            del counts[key]


class Tally:
    """Requests counted: integers alone, so that what was added can be taken away again to the last microsecond.

    Times are of requests until their answer was read (`total_us`, `max_us`, `bins`), and of the wait for their slot
    (`waited_us`), each time rounded to a microsecond. `max_us` is not lowered by taking away.
    """

    __slots__ = ("bins", "calls", "errors", "max_us", "rate_limited", "requests", "retries", "total_us", "waited_us")

    def __init__(self) -> None:
        self.requests = 0
        self.errors = 0
        self.rate_limited = 0
        self.retries = 0
        self.total_us = 0
        self.waited_us = 0
        self.max_us = 0
        self.bins: Counter[int] = Counter()
        self.calls: dict[Call, int] = {}

    def count(
        self, outcome: RequestOutcome, job: str, attempt: int, elapsed_ms: Sequence[float], waited_ms: float
    ) -> None:
        """Count like requests, one at least: the time of each, and what they waited together."""
        requests = len(elapsed_ms)
        self.requests += requests
        if outcome != "ok":
            self.errors += requests
            if outcome == "rate_limited":
                self.rate_limited += requests
        if attempt > 1:
            self.retries += requests
        self.total_us += sum(map(round, map(mul, elapsed_ms, repeat(1000.0))))
        self.waited_us += round(1000.0 * waited_ms)
        self.max_us = max(self.max_us, round(1000.0 * max(elapsed_ms)))
        self.bins.update(keys_of(elapsed_ms))
        call = Call(outcome, job)
        self.calls[call] = self.calls.get(call, 0) + requests

    def add(self, other: Tally) -> None:
        self.requests += other.requests
        self.errors += other.errors
        self.rate_limited += other.rate_limited
        self.retries += other.retries
        self.total_us += other.total_us
        self.waited_us += other.waited_us
        self.max_us = max(self.max_us, other.max_us)
        add_counts(self.bins, other.bins)
        add_counts(self.calls, other.calls)

    def subtract(self, other: Tally) -> None:
        self.requests -= other.requests
        self.errors -= other.errors
        self.rate_limited -= other.rate_limited
        self.retries -= other.retries
        self.total_us -= other.total_us
        self.waited_us -= other.waited_us
        subtract_counts(self.bins, other.bins)
        subtract_counts(self.calls, other.calls)

    @property
    def error_rate(self) -> float | None:
        """Share of failed requests in %, None without requests."""
        return percentage(self.errors, self.requests)

    @property
    def mean_ms(self) -> float | None:
        return self.total_us / self.requests / 1000.0 if self.requests else None

    def quantiles_ms(self, *wanted: float) -> tuple[float | None, ...]:
        """Nearest-rank quantiles (0..1), None without requests."""
        return quantiles_ms(self.bins, wanted)

    def jobs(self) -> Counter[str]:
        """Requests by who asked."""
        jobs: Counter[str] = Counter()
        for call, count in self.calls.items():
            jobs[call.job] += count
        return jobs


def merged(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    together = Tally()
    for tally in tallies:
        together.add(tally)
    return together


#: What takes tallies: called with the second of the clock in which the requests ended, and with their tallies by
#: route, once or more often for a second. It must not change them: others get the same.
Take = Callable[[int, Mapping[RouteKey, Tally]], None]


class Intake:
    """Collects finished requests; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._records: list[RequestRecord] = []
        self._tallies: dict[RouteKey, Tally] = {}
        self._second = floor(clock())
        self._over = self._second + 1
        self._takers: list[Take] = []

    def hand_to(self, take: Take) -> None:
        """Hand tallies to `take` too, from now on."""
        self._takers.append(take)

    def add(self, record: RequestRecord) -> None:
        """Collect a request that ended now."""
        if self.clock() >= self._over:
            self.settle()
        elif len(self._records) >= BATCH:
            self._count()
        self._records.append(record)

    def settle(self) -> int:
        """Count what was collected and hand it on; answers the second that it is now."""
        second = self._second
        self._second = floor(self.clock())
        self._over = self._second + 1
        if self._records:
            self._count()
        if self._tallies:
            tallies, self._tallies = self._tallies, {}
            for take in self._takers:
                take(second, tallies)
        return self._second

    def _count(self) -> None:
        records, self._records = self._records, []
        count_into(self._tallies, records)


def count_into(tallies: dict[RouteKey, Tally], records: Iterable[RequestRecord]) -> None:
    """Count requests by route. Cancelled ones tell nothing: nobody waited for their answer."""
    groups: defaultdict[tuple[str, str, RequestOutcome, str | None, int], list[RequestRecord]] = defaultdict(list)
    for record in records:
        groups[record.account, record.route, record.outcome, record.job, record.attempt].append(record)
    for (account, route, outcome, job, attempt), group in groups.items():
        if outcome == "cancelled":
            continue
        key = RouteKey(account, route, group[0].pool.value)
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = Tally()
        tally.count(outcome, job or NO_JOB, attempt, list(map(_ELAPSED_MS, group)), fsum(map(_WAITED_MS, group)))


_ELAPSED_MS: Final = attrgetter("elapsed_ms")
_WAITED_MS: Final = attrgetter("waited_ms")
