"""What happened to alerts, on its way to the store: in order, each exactly once, however long the store fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from magflow_tui.contract.alerts import Alert
from magflow_tui.store import Store, StoreError

log = logging.getLogger(__name__)

#: Seconds before the store is asked again after it refused.
RETRY_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to an alert, which is then as `alert` says; `write` keeps it."""

    alert: Alert
    write: Callable[[Connection], None]


class Ledger:
    """Entries that wait for the store. `on_written` is called when some have been written."""

    def __init__(self, store: Store, *, on_written: Callable[[], None], retry_seconds: float = RETRY_SECONDS) -> None:
        self._store = store
        self._on_written = on_written
        self._retry_seconds = retry_seconds
        self._pending: list[Entry] = []
        self._added = asyncio.Event()
        self._writing = asyncio.Lock()

    def add(self, entry: Entry) -> None:
        """Take in an entry. Never blocks."""
        self._pending.append(entry)
        self._added.set()

    @property
    def pending(self) -> tuple[Alert, ...]:
        """Alerts as the entries that wait leave them, in order; one may be there several times."""
        return tuple(entry.alert for entry in self._pending)

    async def flush(self) -> None:
        """Write all that waits, in one transaction. Raises StoreError; it all waits on then."""
        if not self._pending:
            return
        # A write that was begun is finished and struck off, even when who waits for it is cancelled.
        await asyncio.shield(asyncio.ensure_future(self._flush()))

    async def run(self) -> None:
        """Write whenever there is something, until cancelled."""
        while True:
            await self._added.wait()
            try:
                await self.flush()
            except StoreError as error:
                log.error("alerts wait for the store: %s", error.message)
                await asyncio.sleep(self._retry_seconds)
            except Exception:  # what opens and closes later must be kept all the same
                log.exception("alerts could not be stored")
                await asyncio.sleep(self._retry_seconds)

    async def _flush(self) -> None:
        async with self._writing:
            entries = tuple(self._pending)
            if not entries:
                return

            def write(connection: Connection) -> None:
                for entry in entries:
                    entry.write(connection)

            await self._store.write(write)
            del self._pending[: len(entries)]
            if not self._pending:
                self._added.clear()
        self._on_written()
