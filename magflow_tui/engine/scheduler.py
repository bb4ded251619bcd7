"""When syncs start by themselves: an interval per account and resource, at irregular seconds, never twice at once.

The arithmetic is pure (clock and randomness are passed in); `Scheduler` is the thin task around it. Starts are spread
because the marketplace's documentation asks not to call at round clock times, when many sellers' jobs begin.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import QueuedJob

log = logging.getLogger(__name__)

#: The first start after the engine's own, in seconds: soon, and not all accounts at once.
FIRST_START = (1.0, 6.0)
#: Part of an interval by which a start may be early or late, and the most that may be, in seconds.
SPREAD_SHARE = 0.05
SPREAD_MOST = 60.0
#: A sync that comes due within this time by the last one's start is due.
SOON = timedelta(seconds=FIRST_START[1])


@dataclass(frozen=True)
class Timetable:
    """One resource of one account: `every` is above zero."""

    account: str
    resource: Resource
    every: timedelta


def first_start(last: datetime | None, every: timedelta, now: datetime, rng: random.Random) -> datetime:
    """When to start first after the engine's start. `last` is the start of the last run, None when there was none.

    However many runs were missed while no engine ran, they are caught up by one, soon.
    """
    due = now if last is None else last + every
    soon = now + timedelta(seconds=rng.uniform(*FIRST_START))
    return irregular(soon, rng) if due <= soon else next_start(last or now, every, now, rng)


def next_start(last: datetime, every: timedelta, now: datetime, rng: random.Random) -> datetime:
    """When to start again after a start at `last`: an interval later, give or take 5 % (60 s at most), never past."""
    spread = min(every.total_seconds() * SPREAD_SHARE, SPREAD_MOST)
    due = last + every + timedelta(seconds=rng.uniform(-spread, spread))
    return irregular(max(due, now + timedelta(seconds=rng.uniform(*FIRST_START))), rng)


def irregular(at: datetime, rng: random.Random) -> datetime:
    """`at`, moved off the full minute and off whole seconds."""
    if at.second == 0:
        at += timedelta(seconds=rng.uniform(1.0, 9.0))
    return at.replace(microsecond=rng.randrange(50_000, 950_000))


def interval_text(every: timedelta) -> str:
    """`every 5 min`, `every 6 h`, `every 90 s`."""
    seconds = int(every.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % size == 0:
            return f"every {seconds // size} {unit}"
    return f"every {seconds} s"


@dataclass
class _Due:
    timetable: Timetable
    at: datetime


StartRun = Callable[[str, Resource], Awaitable[None]]


class Scheduler:
    """Starts syncs when they are due. `now` gives aware time; `last_start` when a resource was last begun."""

    def __init__(
        self,
        timetables: Iterable[Timetable],
        *,
        start: StartRun,
        is_running: Callable[[str, Resource], bool],
        last_start: Callable[[str, Resource], Awaitable[datetime | None]],
        now: Callable[[], datetime],
        rng: random.Random,
    ) -> None:
        self._timetables = tuple(timetables)
        self._start = start
        self._is_running = is_running
        self._last_start = last_start
        self._now = now
        self._rng = rng
        self._due: list[_Due] = []
        self._task: asyncio.Task[None] | None = None
        self.on_since: datetime | None = None

    @property
    def on(self) -> bool:
        return self._task is not None

    async def switch(self, on: bool) -> None:
        """Turn schedules on or off. Turned on, what was missed is caught up once."""
        if on and self._task is None:
            now = self._now()
            due = [
                _Due(
                    entry,
                    first_start(await self._last_start(entry.account, entry.resource), entry.every, now, self._rng),
                )
                for entry in self._timetables
            ]
            if self._task is None:
                self._due = due
                self.on_since = now
                self._task = asyncio.create_task(self._run(), name="scheduler")
        elif not on and self._task is not None:
            task, self._task = self._task, None
            self._due = []
            self.on_since = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def queue(self) -> tuple[QueuedJob, ...]:
        """What is due, the next first; a job whose resource is being synced waits behind that run."""
        return tuple(
            QueuedJob(
                account=due.timetable.account,
                resource=due.timetable.resource,
                kind="incremental" if due.timetable.resource == "orders" else "full",
                next_at=None if busy else due.at,
                reason="after current" if busy else interval_text(due.timetable.every),
            )
            for due in sorted(self._due, key=lambda due: due.at)
            for busy in (self._is_running(due.timetable.account, due.timetable.resource) and due.at <= self._now(),)
        )

    async def _run(self) -> None:
        while self._due:
            upcoming = min(due.at for due in self._due)
            # Looked at again after a while at the latest: the wall clock may be set, the machine may have slept.
            await asyncio.sleep(min(30.0, max(0.2, (upcoming - self._now()).total_seconds())))
            await self.start_due()

    async def start_due(self) -> None:
        """Start everything that is due and not running; what is running already is looked at again later.

        Somebody may have begun the same sync meanwhile: then the interval counts from there.
        """
        for due in self._due:
            now = self._now()
            entry = due.timetable
            if due.at > now or self._is_running(entry.account, entry.resource):
                continue
            last = await self._last_start(entry.account, entry.resource)
            if last is not None and (again := next_start(last, entry.every, now, self._rng)) > now + SOON:
                due.at = again
                continue
            due.at = next_start(now, entry.every, now, self._rng)
            try:
                await self._start(entry.account, entry.resource)
            except Exception:  # one account's trouble must not end the schedule of the others
                log.exception("the scheduled sync of %s of %s did not start", entry.resource, entry.account)
