"""The event stream of the engine: drafts become numbered events in the store, then reach whoever listens.

No reader has a queue. The last events are kept in one shared ring; each reader holds only the number it has seen, and
one that fell behind the ring reads on from the store. So a slow reader costs nothing and misses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from magflow_tui.contract.events import Event, EventPage
from magflow_tui.engine.broadcast import Broadcast
from magflow_tui.store import EventDraft, StoreError

log = logging.getLogger(__name__)

RING = 1000
#: Drafts that wait while the store cannot be written; the oldest are dropped beyond that.
PENDING = 10_000
#: Seconds before the store is asked again after it refused.
RETRY_SECONDS = 1.0
#: Events kept in the store, and how many are added between two prunings.
KEPT = 100_000
PRUNE_EVERY = 1_000


class EventStore(Protocol):
    """The part of the store that keeps events."""

    async def append_events(self, drafts: Sequence[EventDraft]) -> tuple[Event, ...]: ...
    async def events_after(self, seq: int, limit: int = 500) -> EventPage: ...
    async def last_event_seq(self) -> int: ...
    async def prune_events(self, keep: int = KEPT) -> int: ...


class EventHub:
    """Takes drafts from anywhere on the loop, writes them in batches, and serves readers."""

    def __init__(self, store: EventStore, *, ring: int = RING, retry_seconds: float = RETRY_SECONDS) -> None:
        self._store = store
        self._ring: deque[Event] = deque(maxlen=ring)
        self._pending: list[EventDraft] = []
        self._drafted = asyncio.Event()
        self._published = Broadcast()
        self._retry_seconds = retry_seconds
        self._writer: asyncio.Task[None] | None = None
        self._since_pruning = 0
        self.last_seq = 0

    async def start(self) -> None:
        """Find where the numbers go on. Raises `StoreError`."""
        self.last_seq = await self._store.last_event_seq()
        if self.last_seq:
            self._ring.extend((await self._store.events_after(self.last_seq - 1)).events)
        self._published.version = self.last_seq
        self._writer = asyncio.create_task(self._write(), name="events")

    @property
    def last_event(self) -> Event | None:
        return self._ring[-1] if self._ring else None

    def record(self, draft: EventDraft) -> None:
        """Note that something happened. Never blocks."""
        log.log(logging.WARNING if draft.severity in {"warning", "critical"} else logging.INFO, "%s", draft.message)
        self._pending.append(draft)
        self._drafted.set()

    async def stop(self) -> None:
        """Write what is pending, then end every reader."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
            try:
                await self._write_pending()
            except StoreError as error:
                log.error("events are lost: %s", error.message)
        self._published.close()

    async def page(self, after: int, limit: int) -> EventPage:
        """Up to `limit` events behind `after`."""
        first = self._ring[0].seq if self._ring else self.last_seq + 1
        if after + 1 >= first:
            events = tuple(event for event in self._ring if event.seq > after)[:limit]
            return EventPage(events=events, last_seq=self.last_seq)
        return await self._store.events_after(after, limit)

    async def wait(self, after: int, timeout: float) -> bool:
        """Wait until there is an event behind `after`; False when there was none in `timeout` seconds."""
        return await self._published.past(after, timeout)

    @property
    def closed(self) -> bool:
        return self._published.closed

    async def _write(self) -> None:
        while True:
            await self._drafted.wait()
            try:
                await self._write_pending()
            except StoreError as error:
                log.error("events wait for the store: %s", error.message)
                await asyncio.sleep(self._retry_seconds)

    async def _write_pending(self) -> None:
        drafts, self._pending = self._pending, []
        self._drafted.clear()
        if not drafts:
            return
        # A write that was begun is finished even when this task is cancelled: its events have numbers then.
        writing = asyncio.ensure_future(self._store.append_events(drafts))
        try:
            self._publish(await asyncio.shield(writing))
        except asyncio.CancelledError:
            self._publish(await writing)
            raise
        except StoreError:
            self._pending = (drafts + self._pending)[-PENDING:]
            self._drafted.set()
            raise
        self._since_pruning += len(drafts)
        if self._since_pruning >= PRUNE_EVERY:
            self._since_pruning = 0
            await self._store.prune_events(KEPT)

    def _publish(self, events: tuple[Event, ...]) -> None:
        self._ring.extend(events)
        self.last_seq = events[-1].seq
        self._published.version = self.last_seq - 1
        self._published.notify()
