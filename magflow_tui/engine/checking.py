"""Checking every stored order again when the rules have changed: beside the syncs, in slices, from where it stopped."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.contract.findings import Revalidation
from magflow_tui.marketplace.platforms import Platform
from magflow_tui.rules.catalogue import VERSION
from magflow_tui.store import Store, StoreError
from magflow_tui.store.checking import begin_checking, check_slice, is_checked, read_checking

log = logging.getLogger(__name__)

#: While syncs run the store's writer is left alone between two slices so many times as long as a slice takes.
_GIVE_WAY: Final = 2.0

Notify = Callable[[EventKind, Severity, str, str | None], None]


class OrderChecking:
    """The checking of stored orders. `platforms` are those of the accounts, `is_busy` tells whether a sync runs."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        *,
        is_busy: Callable[[], bool],
        notify: Notify,
        now: Callable[[], datetime],
        version: str = VERSION,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._is_busy = is_busy
        self._notify = notify
        self._now = now
        self._version = version
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def look(self) -> Revalidation:
        """How far it is, or what the last one did. Raises StoreError."""
        found = await self._store.read(read_checking)
        if found is None:
            return Revalidation(running=False, rules_version=self._version, checked=0, orders=0, opened=0, resolved=0)
        return found.model_copy(update={"running": self.running})

    async def start(self) -> Revalidation:
        """Begin, go on where it stopped, or join the one that is at work. Raises StoreError."""
        if not self.running:
            begin = partial(begin_checking, version=self._version, at=self._now())
            await self._store.write(begin)
            if not self.running:
                self._task = asyncio.create_task(self._run(), name="checking orders")
        return await self.look()

    async def start_if_due(self) -> None:
        """Begin when orders are stored that were not checked with these rules. Raises StoreError."""
        if not await self._store.read(partial(is_checked, version=self._version)):
            await self.start()

    async def wait(self) -> None:
        """Wait until the one at work ends."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """Stop behind the slice at work; it goes on from there another time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while True:
                began = time.perf_counter()
                step = await self._store.write(partial(check_slice, platforms=self._platforms, at=self._now()))
                if step.finished:
                    break
                took = time.perf_counter() - began
                await asyncio.sleep(_GIVE_WAY * took if self._is_busy() else 0)
            done = await self._store.read(read_checking)
        except StoreError as error:
            log.error("the checking of stored orders stopped: %s", error.message)
            return
        except Exception:  # the engine lives on, and goes on from there another time
            log.exception("the checking of stored orders failed")
            return
        if done is not None and done.checked:
            message = (
                f"Stored orders checked again: {done.checked} orders, "
                f"{done.opened} findings opened, {done.resolved} resolved"
            )
            self._notify("orders.checked", "info", message, None)
