"""The live view at 1 Hz: one snapshot built per tick, as bytes, shared by all who watch; none when nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.engine.broadcast import Broadcast

TICK_SECONDS = 1.0


class Watchers:
    """Counts the streams that are attached."""

    def __init__(self) -> None:
        self.count = 0
        self._left = Broadcast()

    @contextmanager
    def attached(self) -> Iterator[None]:
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
            if not self.count:
                self._left.notify()

    async def none_left(self, timeout: float | None = None) -> bool:
        """Wait until nobody is attached; False when somebody still is after `timeout` seconds."""
        while self.count:
            if not await self._left.past(self._left.version, timeout):
                return False
        return True


class LiveView:
    """Holds the latest snapshot. `build` makes one with the number it is given."""

    def __init__(self, build: Callable[[int], Awaitable[Snapshot]]) -> None:
        self._build = build
        self._published = Broadcast()
        self._building = asyncio.Lock()
        self._watching = 0
        self.latest: bytes = b""

    async def tick(self) -> None:
        """Build and publish a snapshot when anybody watches."""
        if self._watching:
            await self._publish()

    async def now(self) -> Snapshot:
        """A snapshot as of now, published to the watchers too."""
        return await self._publish()

    async def _publish(self) -> Snapshot:
        async with self._building:
            snapshot = await self._build(self._published.version + 1)
            self.latest = snapshot.model_dump_json().encode()
            self._published.notify()
            return snapshot

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._watching += 1
        try:
            yield
        finally:
            self._watching -= 1

    @property
    def seq(self) -> int:
        return self._published.version

    async def next(self, seen: int) -> bytes | None:
        """The latest snapshot once there is one behind `seen`; None when the engine ends."""
        await self._published.past(seen)
        return None if self._published.closed else self.latest

    def close(self) -> None:
        """End every watcher."""
        self._published.close()
