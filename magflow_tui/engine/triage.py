"""The desk at which people say what becomes of findings: each batch durably in the store, then told to everybody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.contract.findings import Triage, TriageBatch
from magflow_tui.store import Store, StoreError
from magflow_tui.store.triage import apply_triage
from magflow_tui.store.triage_undo import any_due, lift_ignore, open_due, redo_batch, undo_batch

log = logging.getLogger(__name__)

#: Seconds between two looks at what has to open again.
EVERY: Final = 60.0

_DONE: Final = {
    "see": "marked as seen",
    "open": "opened again",
    "ignore": "ignored",
    "snooze": "snoozed",
    "lift": "ignored no more",
}


class TriageDesk:
    """Batches, their undoing, and what opens again by itself. `now` gives aware time. Raises StoreError."""

    def __init__(
        self,
        store: Store,
        *,
        notify: Callable[[EventKind, Severity, str, str | None], None],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._notify = notify
        self._now = now

    async def apply(self, command: Triage) -> TriageBatch:
        """Put findings into a state; in a dry run only count them. Raises ValueError as `apply_triage` does."""
        work = partial(apply_triage, command=command, at=self._now())
        if command.dry_run:
            return await self._store.read(work)
        batch = await self._store.write(work, durable=True)
        if batch.batch_id:
            self._tell(batch, command.by, _DONE[command.action])
        return batch

    async def undo(self, batch_id: int, by: str) -> TriageBatch | None:
        """Take a batch back; None when there is none. Raises BatchStateError when it was undone already."""
        batch = await self._store.write(partial(undo_batch, batch_id=batch_id, by=by, at=self._now()), durable=True)
        if batch is not None:
            self._tell(batch, by, f"no longer {_DONE[batch.action]}: batch {batch_id} is taken back")
        return batch

    async def redo(self, batch_id: int, by: str) -> TriageBatch | None:
        """Do an undone batch again; None when there is none. Raises BatchStateError when that cannot be."""
        batch = await self._store.write(partial(redo_batch, batch_id=batch_id, by=by, at=self._now()), durable=True)
        if batch is not None:
            self._tell(batch, by, f"{_DONE[batch.action]} again: batch {batch_id}")
        return batch

    async def lift(self, ignore_id: int, by: str) -> TriageBatch | None:
        """End a standing ignore; None when none of this number holds."""
        batch = await self._store.write(partial(lift_ignore, ignore_id=ignore_id, by=by, at=self._now()), durable=True)
        if batch is not None:
            self._tell(batch, by, _DONE["lift"])
        return batch

    async def open_due(self) -> int:
        """Open again what was ignored or snoozed until now; how many findings."""
        at = self._now()
        if not await self._store.read(partial(any_due, at=at)):
            return 0
        opened = await self._store.write(partial(open_due, at=at))
        if opened:
            self._notify("triage", "info", f"{_findings(opened)} open again: their time is over", None)
        return opened

    async def keep_time(self) -> None:
        """Open what is due, now and once a minute, until cancelled."""
        while True:
            try:
                await self.open_due()
            except StoreError as error:
                log.error("findings that are due wait for the store: %s", error.message)
            await asyncio.sleep(EVERY)

    def _tell(self, batch: TriageBatch, by: str, what: str) -> None:
        rules = f" of {batch.rules[0]}" if len(batch.rules) == 1 else ""
        until = f", until {batch.until:%Y-%m-%d %H:%M} UTC" if batch.until and batch.undone_at is None else ""
        self._notify("triage", "info", f"{by}: {_findings(batch.findings)}{rules} {what}{until}", None)


def _findings(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"
