"""Syncs as health sees them: which runs count, how many of them were completed, and which syncs are overdue. Pure.

A job is one resource of one account. What failed weighs until the same job completes again: a failure does not become
better by getting older than a window, and it is over as soon as it was made good.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import Run
from magflow_tui.monitor.score import percentage

#: Every run that ended within this time counts.
RECENT = timedelta(seconds=300)
#: And of each job its last run, for so long.
REMEMBERED = timedelta(hours=24)
#: A sync is overdue when it has not completed for so many of its intervals, and for some time more: starts are spread
#: by up to a minute, and a run takes its own time.
MISSED_INTERVALS = 3
GRACE = timedelta(seconds=120)

Job = tuple[str, Resource]


@dataclass(frozen=True, slots=True)
class ScheduledSync:
    """A job that starts by itself `every` so long: when it last completed (None: never), and since when schedules are
    on. `advancing` tells that a run of it is at work and the marketplace answers it.
    """

    account: str
    resource: Resource
    every: timedelta
    on_since: datetime
    last_completed: datetime | None = None
    advancing: bool = False


@dataclass(frozen=True, slots=True)
class SyncReadings:
    """What is known of syncs: `finished` runs, of which `judged` chooses, and what is scheduled (nothing while
    schedules are off).
    """

    finished: tuple[Run, ...] = ()
    scheduled: tuple[ScheduledSync, ...] = ()


@dataclass(frozen=True, slots=True)
class Overdue:
    """A sync that has not completed for `seconds`, of which `allowed` would be all right."""

    sync: ScheduledSync
    seconds: float
    allowed: float


def judged(finished: Iterable[Run], now: datetime) -> tuple[Run, ...]:
    """The runs that sync success is made of, last ended first.

    They are the runs that ended in the last 300 s, and of each job its last run of 24 h at least. Cancelled ones are
    left out, and so are those that a later complete run of the same job made good.
    """
    newest_first = sorted(
        (run for run in finished if run.finished_at is not None and run.result in {"completed", "partial", "failed"}),
        key=_ended,
        reverse=True,
    )
    chosen: list[Run] = []
    met: set[Job] = set()
    made_good: set[Job] = set()
    for run in newest_first:
        job, age = (run.account, run.resource), now - _ended(run)
        counts = age < RECENT or (age < REMEMBERED and job not in met)
        if counts and (run.result == "completed" or job not in made_good):
            chosen.append(run)
        met.add(job)
        if run.result == "completed":
            made_good.add(job)
    return tuple(chosen)


def with_reopened(read: Iterable[Run], before: Iterable[Run], now: datetime) -> tuple[Run, ...]:
    """Ended runs as they were just read, and those of `before` that go on under their own number to be completed.

    The store has them as running then; until they end again they count as they had ended.
    """
    found = tuple(read)
    last_end: dict[Job, datetime] = {}
    for run in found:
        job = (run.account, run.resource)
        last_end[job] = max(last_end.get(job, _ended(run)), _ended(run))
    known = {run.run_id for run in found}
    going_on = (
        run
        for run in before
        if run.run_id not in known
        and run.result != "completed"
        and now - _ended(run) < REMEMBERED
        and ((run.account, run.resource) not in last_end or last_end[run.account, run.resource] < _ended(run))
    )
    return (*found, *going_on)


def success(runs: Iterable[Run]) -> float | None:
    """The part of judged runs that was completed, in %; None without runs. A partial run is no success."""
    results = [run.result == "completed" for run in runs]
    return percentage(sum(results), len(results))


def last_unfinished(runs: Iterable[Run]) -> Run | None:
    """The first of judged runs that was not completed."""
    return next((run for run in runs if run.result != "completed"), None)


def _ended(run: Run) -> datetime:
    return run.finished_at or run.started_at


def overdue(scheduled: Iterable[ScheduledSync], now: datetime) -> dict[str, list[Overdue]]:
    """The syncs that are late, by account. One that is at work and gets answers is late as well: see `is_stale`."""
    late: dict[str, list[Overdue]] = {}
    for sync in scheduled:
        waited, allowed = now - (sync.last_completed or sync.on_since), MISSED_INTERVALS * sync.every + GRACE
        if waited > allowed:
            late.setdefault(sync.account, []).append(Overdue(sync, waited.total_seconds(), allowed.total_seconds()))
    return late


def is_stale(late: Overdue, now: datetime) -> bool | None:
    """Whether an overdue sync is a fault. None, as long as that is open: it is being caught up just now, or schedules
    have not been on for long enough that it could have completed.
    """
    if late.sync.advancing or (now - late.sync.on_since).total_seconds() <= late.allowed:
        return None
    return True
