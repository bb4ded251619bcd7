"""If it goes on as in the last 60 s: what is left of each minute, when syncs end, what a cap would do.

Arithmetic on what a snapshot tells, and nothing else: no model, no history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magflow_tui.tui.views.levels import WARN_USE

if TYPE_CHECKING:
    from magflow_tui.contract.base import Resource
    from magflow_tui.contract.minutes import Minutes
    from magflow_tui.contract.runs import RunProgress
    from magflow_tui.contract.snapshot import PoolGauge, RouteUse, Snapshot

#: A burst of so many requests is what the forecast speaks of: an operator's airway bills, printed at once.
BURST = 50
#: A job that makes more than this share of a pool's requests while others wait is worth a cap, of so much of the pool.
GREEDY_SHARE, CAP_SHARE = 0.8, 2 / 3
#: Requests a minute that a suggested cap is a multiple of.
CAP_STEP = 10


@dataclass(frozen=True, slots=True)
class Burst:
    """Of `BURST` requests made at once, how many would wait for a slot, and how long the last of them, in seconds."""

    queued: int
    seconds: float


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A sync at work: the seconds until its end (None: unknown), its requests of the last 60 s, and what its pool has
    to spare a minute when it has ended.
    """

    run: RunProgress
    seconds: float | None
    rate: int
    spare_then: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cap that would leave others room: of a job, in requests a minute."""

    job: str
    per_minute: int


def spare_of(pool: PoolGauge) -> int:
    """Requests that a minute of the pool still has room for, at the present pace."""
    return max(0, _allowed(pool) - pool.minute_used)


def burst_of(pool: PoolGauge, count: int = BURST) -> Burst:
    """What `count` requests at once would meet: those beyond the spare ones go as slots free themselves."""
    queued = max(0, count - spare_of(pool))
    allowed = _allowed(pool)
    return Burst(queued, queued * 60 / allowed if allowed else 0.0)


def job_of(resource: Resource) -> str:
    """The job that the engine syncs a resource as."""
    return f"sync {resource}"


def jobs_of_route(use: RouteUse, minutes: Minutes | None) -> Mapping[str, int]:
    """Who made a route's requests of the last 60 s, the busiest first.

    Where that is not told, the requests are shared out as those of the last hour were; empty where nothing is known.
    """
    if use.jobs:
        return use.jobs
    routes = minutes.routes if minutes else ()
    past = next((each for each in routes if (each.account, each.route) == (use.account, use.route)), None)
    total = sum(past.jobs.values()) if past else 0
    if past is None or not total:
        return {}
    return {job: round(use.per_minute * count / total) for job, count in past.jobs.items()}


def jobs_of_pool(snapshot: Snapshot, minutes: Minutes | None, pool: PoolGauge) -> Counter[str]:
    """Requests of the last 60 s in a pool by job."""
    jobs: Counter[str] = Counter()
    for use in snapshot.routes:
        if (use.account, use.pool) == (pool.account, pool.pool):
            jobs.update(jobs_of_route(use, minutes))
    return jobs


def ends_of(snapshot: Snapshot, minutes: Minutes | None, account: str | None = None) -> list[JobEnd]:
    """When the syncs at work end, of an account or of all."""
    found = []
    for run in snapshot.running:
        pool = pool_of(snapshot, run)
        if account not in (None, run.account) or pool is None:
            continue
        rate = jobs_of_pool(snapshot, minutes, pool)[job_of(run.resource)]
        spare = min(_allowed(pool), spare_of(pool) + rate)
        found.append(JobEnd(run, run.eta_seconds, rate, spare))
    return found


def pool_of(snapshot: Snapshot, run: RunProgress) -> PoolGauge | None:
    """The pool that a sync spends."""
    name = "orders" if run.resource == "orders" else "other"
    return next((pool for pool in snapshot.pools if (pool.account, pool.pool) == (run.account, name)), None)


def seconds_under_cap(end: JobEnd, per_minute: int | None) -> float | None:
    """How long a sync would still take with so many requests a minute (None: without a cap); None: unknown."""
    if end.seconds is None or per_minute is None:
        return end.seconds
    return end.seconds * max(1.0, end.rate / per_minute)


def two_thirds(pool: PoolGauge) -> int:
    """The cap that is offered: about two thirds of the pool's minute."""
    return max(1, min(pool.minute_limit - 1, round(pool.minute_limit * CAP_SHARE / CAP_STEP) * CAP_STEP))


def suggestion_of(snapshot: Snapshot, minutes: Minutes | None, pool: PoolGauge) -> Suggestion | None:
    """A cap worth setting: one background job makes nearly all of a nearly full pool's requests while others wait."""
    jobs = jobs_of_pool(snapshot, minutes, pool)
    made = sum(jobs.values())
    if not made or not pool.waiting or pool.minute_used <= WARN_USE * pool.minute_limit:
        return None
    job, count = jobs.most_common(1)[0]
    cap = two_thirds(pool)
    if not job.startswith("sync ") or job in pool.caps or count <= GREEDY_SHARE * made or count <= cap:
        return None
    return Suggestion(job, cap)


def _allowed(pool: PoolGauge) -> int:
    """Requests a minute at the present pace."""
    return round(pool.minute_limit * min(1.0, pool.pace))
