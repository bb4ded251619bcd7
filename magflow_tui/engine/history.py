"""What the live view needs of past runs, read from the store when a run ended and now and then, never each second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import Run
from magflow_tui.store import Store

RECENT_RUNS = 20
#: Read again after so long even when no run ended: the 24 h of the statistics move on.
STALE_AFTER = timedelta(seconds=60)


class History:
    """The last finished runs, and how many of 24 h were completed."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._read_at: datetime | None = None
        self.recent_runs: tuple[Run, ...] = ()
        self.sync_success: float | None = None

    def mark_stale(self) -> None:
        """A run ended."""
        self._read_at = None

    async def refresh_if_stale(self) -> None:
        if self._read_at is None or self._now() - self._read_at >= STALE_AFTER:
            await self.refresh()

    async def refresh(self) -> None:
        """Read both from the store. Raises `StoreError`."""
        self._read_at = now = self._now()
        self.recent_runs = (await self._store.list_runs(limit=RECENT_RUNS, finished_only=True)).runs
        self.sync_success = (await self._store.sync_stats(now)).success_rate

    @property
    def unfinished(self) -> str | None:
        """Why the last run that did not complete did not, None when all recent ones did."""
        for run in self.recent_runs:
            if run.result in {"partial", "failed"}:
                reason = f": {run.reason}" if run.reason else ""
                return f"{run.resource} of {run.account} (run {run.run_id}) is {run.result}{reason}"
        return None

    async def last_start(self, account: str, resource: Resource) -> datetime | None:
        """When a resource was last synced."""
        runs = (await self._store.list_runs(account=account, resource=resource, limit=1)).runs
        return runs[0].started_at if runs else None
