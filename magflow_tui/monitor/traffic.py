"""Requests to the marketplace over sliding windows: of a route, of a pool, of an account, all together.

Time is counted in slots of a second, so memory is bounded by seconds and routes, and not by requests. Each route has a
running sum for either window, to which a slot is added when it comes and from which it is subtracted when it leaves;
what is asked of a pool, an account or of all is merged from those of the routes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.records import RequestOutcome
from magflow_tui.contract.snapshot import Metrics, RouteUse
from magflow_tui.monitor.score import percentage
from magflow_tui.monitor.tally import NO_JOB, Intake, RouteKey, Tally, merged

#: Seconds of the window of the metrics and the score, and of that of who spends the limits.
METRICS_SECONDS = 300
ROUTE_SECONDS = 60
#: So many jobs of a route are told of at most.
JOBS_TOLD = 4


@dataclass(frozen=True, slots=True)
class Failures:
    """The route with the most failed requests of 5 minutes: how many of its requests failed, with what outcomes, the
    job that most of them were made for (None: for none), and its share (0..1) of all failures that were asked for.
    """

    key: RouteKey
    failed: int
    total: int
    outcomes: Counter[RequestOutcome]
    job: str | None
    share: float


@dataclass(frozen=True, slots=True)
class Slowest:
    """The route that makes responses slow, and the job that most of its requests were made for (None: for none)."""

    key: RouteKey
    mean_ms: float
    requests: int
    job: str | None


@dataclass(frozen=True, slots=True)
class Spender:
    """The route that spends most of a pool, and the busiest job of that route. Shares are 0..1 of the pool's requests
    in the last 60 s; `job` is None where most were made for none.
    """

    key: RouteKey
    share: float
    job: str | None
    job_share: float


@dataclass(frozen=True, slots=True)
class Refused:
    """429 answers of a pool in the last 60 s, and the route and job that met most of them: `most` of `count`."""

    account: str
    pool: PoolName
    count: int
    route: str
    job: str | None
    most: int


class _Window:
    """What ended in the last `seconds`, by route: tallies to which slots of a second come and from which they leave."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._slots: deque[tuple[int, Mapping[RouteKey, Tally]]] = deque()
        #: Of each route the longest times that no later one exceeds, with their seconds: the first is the longest now.
        self._longest: dict[RouteKey, deque[tuple[int, int]]] = {}
        self.routes: dict[RouteKey, Tally] = {}

    def add(self, second: int, tallies: Mapping[RouteKey, Tally]) -> None:
        for key, tally in tallies.items():
            total = self.routes.get(key)
            if total is None:
                total, self._longest[key] = self.routes.setdefault(key, Tally()), deque()
            total.add(tally)
            longest = self._longest[key]
            while longest and longest[-1][1] <= tally.max_us:
                longest.pop()
            longest.append((second, tally.max_us))
            total.max_us = longest[0][1]

    def keep(self, second: int, slot: Mapping[RouteKey, Tally]) -> None:
        """Take away `slot` again when its second has left the window. It may grow until its second is over."""
        self._slots.append((second, slot))

    def expire(self, second: int) -> bool:
        """Forget what has left the window at `second`, and routes that nobody called since; True if anything did."""
        changed = False
        while self._slots and self._slots[0][0] <= second - self._seconds:
            leaving, slot = self._slots.popleft()
            changed = True
            for key, tally in slot.items():
                self._take_away(key, tally, leaving)
        return changed

    def _take_away(self, key: RouteKey, tally: Tally, second: int) -> None:
        total, longest = self.routes[key], self._longest[key]
        total.subtract(tally)
        if not total.requests:
            del self.routes[key], self._longest[key]
            return
        while longest[0][0] <= second:
            longest.popleft()
        total.max_us = longest[0][1]


class Traffic:
    """Takes finished requests from `intake`; whatever is asked is as of now."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._started = intake.clock()
        self._long = _Window(METRICS_SECONDS)
        self._short = _Window(ROUTE_SECONDS)
        self._slot_second: int | None = None
        self._slot: dict[RouteKey, Tally] = {}
        self._merged: dict[tuple[str | None, PoolName | None], Tally] = {}
        #: The routes of the long window by account, and all of them under None.
        self._grouped: dict[str | None, list[tuple[RouteKey, Tally]]] = {}
        intake.hand_to(self._take)

    def _take(self, second: int, tallies: Mapping[RouteKey, Tally]) -> None:
        self._merged.clear()
        self._grouped.clear()
        for window in (self._long, self._short):
            window.add(second, tallies)
        if second != self._slot_second:
            self._slot_second, self._slot = second, dict(tallies)
            for window in (self._long, self._short):
                window.keep(second, self._slot)
            return
        for key, tally in tallies.items():
            if key in self._slot:
                self._slot[key].add(tally)
            else:
                self._slot[key] = tally

    def expire(self) -> None:
        """Forget what left its window. Reading does it too; this is for when nobody reads."""
        second = self._intake.settle()
        if self._long.expire(second):
            self._merged.clear()
            self._grouped.clear()
        self._short.expire(second)

    def metrics(
        self,
        account: str | None = None,
        pool: PoolName | None = None,
        *,
        limit_use: float | None,
        sync_success: float | None,
    ) -> Metrics:
        """Of the last 5 minutes (or of the time since the start while that is shorter), of an account and of a pool
        or, where they are None, of all.
        """
        tally = self._of(account, pool)
        minutes = min(METRICS_SECONDS, max(60.0, self._intake.clock() - self._started)) / 60.0
        longest_ms = tally.max_us / 1000.0
        p50, p95, p99 = tally.quantiles_ms(0.5, 0.95, 0.99)
        return Metrics(
            requests=tally.requests,
            requests_per_minute=round(tally.requests / minutes, 1),
            error_rate=_rounded(tally.error_rate),
            mean_ms=_rounded(tally.mean_ms),
            p50_ms=_rounded(p50, at_most=longest_ms),
            p95_ms=_rounded(p95, at_most=longest_ms),
            p99_ms=_rounded(p99, at_most=longest_ms),
            max_ms=_rounded(longest_ms) if tally.requests else None,
            limit_use=_rounded(limit_use),
            rate_limited=tally.rate_limited,
            sync_success=_rounded(sync_success),
        )

    def error_rate(self, account: str | None = None) -> float | None:
        """Failed requests of 5 minutes in %, None without requests."""
        routes = self._routes_of(account)
        return percentage(sum(tally.errors for _, tally in routes), sum(tally.requests for _, tally in routes))

    def mean_ms(self, account: str | None = None) -> float | None:
        """Mean response of 5 minutes, None without requests."""
        routes = self._routes_of(account)
        requests = sum(tally.requests for _, tally in routes)
        return sum(tally.total_us for _, tally in routes) / requests / 1000.0 if requests else None

    def _routes_of(self, account: str | None) -> list[tuple[RouteKey, Tally]]:
        """The routes of the last 5 minutes, of an account or of all."""
        self.expire()
        if not self._grouped:
            self._grouped[None] = list(self._long.routes.items())
            for key, tally in self._grouped[None]:
                self._grouped.setdefault(key.account, []).append((key, tally))
        return self._grouped.get(account, [])

    def _of(self, account: str | None, pool: PoolName | None = None) -> Tally:
        self.expire()
        tally = self._merged.get((account, pool))
        if tally is None:
            if account is None:
                chosen = [self._of(name, pool) for name in {key.account for key in self._long.routes}]
            else:
                chosen = [tally for key, tally in self._routes_of(account) if pool in (None, key.pool)]
            tally = self._merged[account, pool] = merged(chosen)
        return tally

    def routes(self) -> tuple[RouteUse, ...]:
        """Every route of the last minute, the busiest first."""
        self.expire()
        per_pool: Counter[tuple[str, PoolName]] = Counter()
        for key, tally in self._short.routes.items():
            per_pool[key.account, key.pool] += tally.requests
        uses = [
            RouteUse(
                account=key.account,
                route=key.route,
                pool=key.pool,
                per_minute=tally.requests,
                share=round(tally.requests / per_pool[key.account, key.pool], 3),
                mean_ms=_rounded(tally.mean_ms),
                p95_ms=_rounded(*tally.quantiles_ms(0.95), at_most=tally.max_us / 1000.0),
                rate_limited=tally.rate_limited,
                retries=tally.retries,
                errors=tally.errors,
                jobs=dict(tally.jobs().most_common(JOBS_TOLD)),
            )
            for key, tally in self._short.routes.items()
        ]
        return tuple(sorted(uses, key=lambda use: (-use.per_minute, use.account, use.route)))

    def busiest(self, account: str, pool: PoolName) -> Spender | None:
        """Who spends most of a pool."""
        self.expire()
        wanted = account, pool
        routes = [
            (tally.requests, key) for key, tally in self._short.routes.items() if (key.account, key.pool) == wanted
        ]
        if not routes:
            return None
        most, key = max(routes)
        everything = sum(requests for requests, _ in routes)
        jobs = self._short.routes[key].jobs()
        job = _busiest(jobs)
        return Spender(key, most / everything, _job(job), jobs[job] / everything)

    def failures(self, account: str | None = None) -> Failures | None:
        """Where most requests fail, None where none does."""
        failing = [(tally.errors, key) for key, tally in self._routes_of(account)]
        errors, key = max(failing, default=(0, None))
        if key is None or not errors:
            return None
        tally = self._long.routes[key]
        outcomes: Counter[RequestOutcome] = Counter()
        jobs: Counter[str] = Counter()
        for call, count in tally.calls.items():
            if call.outcome != "ok":
                outcomes[call.outcome] += count
                jobs[call.job] += count
        share = errors / sum(failed for failed, _ in failing)
        return Failures(key, errors, tally.requests, outcomes, _job(_busiest(jobs)), share)

    def refused(self) -> dict[str, Refused]:
        """Of each account that was refused anything, the pool that was refused most."""
        self.expire()
        askers: dict[tuple[str, PoolName], Counter[tuple[str, str]]] = {}
        for key, tally in self._short.routes.items():
            if tally.rate_limited:
                counts = askers.setdefault((key.account, key.pool), Counter())
                for call, count in tally.calls.items():
                    if call.outcome == "rate_limited":
                        counts[key.route, call.job] += count
        found: dict[str, Refused] = {}
        for (account, pool), counts in askers.items():
            if account not in found or found[account].count < counts.total():
                (route, job), most = counts.most_common(1)[0]
                found[account] = Refused(account, pool, counts.total(), route, _job(job), most)
        return found

    def slowest(self, account: str | None = None, *, beyond_ms: float = 0.0) -> Slowest | None:
        """The route whose requests together took the most time beyond `beyond_ms` each: a single slow request among
        thousands does not make it. None without requests.
        """
        beyond_us = 1000.0 * beyond_ms
        times = [(tally.total_us - beyond_us * tally.requests, key) for key, tally in self._routes_of(account)]
        if not times:
            return None
        _, key = max(times)
        tally = self._long.routes[key]
        return Slowest(key, tally.total_us / tally.requests / 1000.0, tally.requests, _job(_busiest(tally.jobs())))


def _busiest(jobs: Counter[str]) -> str:
    return jobs.most_common(1)[0][0]


def _job(job: str) -> str | None:
    return None if job == NO_JOB else job


def _rounded(value: float | None, *, at_most: float | None = None) -> float | None:
    """To a tenth. A quantile lies within the accuracy of its bins, and never above the longest time there was."""
    if value is None:
        return None
    return round(value if at_most is None else min(value, at_most), 1)
