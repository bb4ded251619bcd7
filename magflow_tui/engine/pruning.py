"""Letting go of what is too old while the engine runs: at quiet times, in small steps, giving way to syncs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from magflow_tui.store import Store, StoreError
from magflow_tui.store.pruning import PRUNABLE, Prunable, StepSize

log = logging.getLogger(__name__)

#: Seconds from the engine's start to the first round, and between two.
FIRST_AFTER: Final = 120.0
EVERY: Final = 3_600.0
#: Between two steps others have the store for so many times as long as a step took; while syncs run for longer, and for
#: so many seconds at least, since a step costs the loop and the other threads something too.
PAUSE: Final = 2.0
GIVE_WAY: Final = 20.0
LEAST_GIVEN: Final = 0.05
#: Steps after which the write-ahead log is copied back, so that no other transaction has to do it for all of them. Not
#: often: whoever writes first after it waits for the disk, since the log begins anew.
_STEPS_OF_LOG: Final = 64


class Pruner:
    """Prunes the store. `is_busy` tells whether a sync runs, `now` the aware time, `sleep` waits for seconds."""

    def __init__(
        self,
        store: Store,
        *,
        is_busy: Callable[[], bool],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._is_busy = is_busy
        self._now = now
        self._sleep = sleep
        self._sizes = {prunable.name: StepSize() for prunable in PRUNABLE}

    async def run(self) -> None:
        """Prune now and then, for as long as the engine lives."""
        await self._sleep(FIRST_AFTER)
        while True:
            try:
                await self.prune()
            except StoreError as error:
                log.error("what is too old stays for now: %s", error.message)
            except Exception:  # the engine lives on, and tries again
                log.exception("pruning failed")
            await self._sleep(EVERY)

    async def prune(self) -> int:
        """Let go of everything that is too old; how many rows that were. Raises StoreError."""
        now = self._now()
        pruned = {prunable.name: await self._prune(prunable, now) for prunable in PRUNABLE}
        gone = ", ".join(f"{rows} of {name}" for name, rows in pruned.items() if rows)
        if gone:
            log.info("too old and let go of: %s", gone)
        return sum(pruned.values())

    async def _prune(self, prunable: Prunable, now: datetime) -> int:
        size = self._sizes[prunable.name]
        pruned = steps = 0
        while True:
            change = await self._store.prune(prunable, now, size.rows)
            if not change.rows:
                break
            pruned += change.rows
            size.learn(change.rows, change.seconds)
            steps += 1
            if steps % _STEPS_OF_LOG == 0:
                await self._store.checkpoint()
            busy = self._is_busy()
            await self._sleep(max(LEAST_GIVEN, GIVE_WAY * change.seconds) if busy else PAUSE * change.seconds)
        return pruned
