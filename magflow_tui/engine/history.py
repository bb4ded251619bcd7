"""What the live view and health need of past runs, read from the store when a run ended and now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import Run, RunProgress
from magflow_tui.engine.scheduler import Timetable
from magflow_tui.monitor.syncs import RECENT, REMEMBERED, Job, ScheduledSync, SyncReadings, with_reopened
from magflow_tui.store import Store
from magflow_tui.store.runs import ended_runs, last_completed

RECENT_RUNS = 20
#: Read again after so long even when no run ended: somebody else may have written.
STALE_AFTER = timedelta(seconds=60)


class History:
    """The last finished runs, and what health judges syncs by. `timetables` are the syncs that start by themselves."""

    def __init__(self, store: Store, now: Callable[[], datetime], timetables: Sequence[Timetable] = ()) -> None:
        self._store = store
        self._now = now
        self._timetables = timetables
        self._read_at: datetime | None = None
        self._ended: tuple[Run, ...] = ()
        self._completed: dict[Job, datetime] = {}
        self.recent_runs: tuple[Run, ...] = ()

    def mark_stale(self) -> None:
        """A run ended."""
        self._read_at = None

    async def refresh_if_stale(self) -> None:
        """Read again where that may tell anything new. Raises `StoreError`."""
        if self._read_at is None or self._now() - self._read_at >= STALE_AFTER:
            await self.refresh()

    async def refresh(self) -> None:
        """Read from the store. Raises `StoreError`."""
        self._read_at = now = self._now()
        self.recent_runs = (await self._store.list_runs(limit=RECENT_RUNS, finished_only=True)).runs
        # Twice the window: what is read now is judged until it is read again.
        read = partial(ended_runs, recent=now - 2 * RECENT, since=now - REMEMBERED)
        self._ended = with_reopened(await self._store.read(read), self._ended, now)
        self._completed = await self._store.read(self._read_completed)

    def _read_completed(self, connection: Connection) -> dict[Job, datetime]:
        jobs = [(table.account, table.resource) for table in self._timetables]
        found = {job: last_completed(connection, *job) for job in jobs}
        return {job: at for job, at in found.items() if at is not None}

    @property
    def completed(self) -> Mapping[Job, datetime]:
        """When each scheduled sync was last completed."""
        return self._completed

    def readings(self, on_since: datetime | None, running: Iterable[RunProgress]) -> SyncReadings:
        """What health needs of syncs now. `on_since` is when schedules were turned on, None while they are off."""
        if on_since is None:
            return SyncReadings(self._ended)
        advancing = {(run.account, run.resource) for run in running if run.silence is None}
        scheduled = tuple(
            ScheduledSync(
                table.account,
                table.resource,
                table.every,
                on_since,
                self._completed.get((table.account, table.resource)),
                (table.account, table.resource) in advancing,
            )
            for table in self._timetables
        )
        return SyncReadings(self._ended, scheduled)

    async def last_start(self, account: str, resource: Resource) -> datetime | None:
        """When a resource was last synced."""
        runs = (await self._store.list_runs(account=account, resource=resource, limit=1)).runs
        return runs[0].started_at if runs else None
