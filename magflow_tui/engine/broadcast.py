"""Tells any number of waiting tasks that something is new, without queues: each looks up what it has not seen."""

from __future__ import annotations

import asyncio


class Broadcast:
    """A counter that can be waited for. `close` ends every wait, now and later."""

    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        self._changed = asyncio.Event()

    def notify(self) -> None:
        self.version += 1
        self._wake()

    def close(self) -> None:
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def past(self, seen: int, timeout: float | None = None) -> bool:
        """Wait until the counter is past `seen`, or closed. False when `timeout` seconds went by before."""
        try:
            async with asyncio.timeout(timeout):
                while self.version <= seen and not self.closed:
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True
