"""Events: numbered without gaps by the store, and read by any number of readers at any speed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from magflow_tui.contract.events import Event, EventPage
from magflow_tui.engine.events import EventHub
from magflow_tui.store import EventDraft, Store, StoreError


def draft(number: int) -> EventDraft:
    return EventDraft(at=datetime(2026, 3, 2, tzinfo=UTC), kind="notice", message=f"event {number}")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "magflow.db") as opened:
        yield opened


async def read_all(hub: EventHub, seen: int, until: int) -> list[int]:
    """As a stream reads: page, and wait when there is nothing."""
    numbers: list[int] = []
    while not numbers or numbers[-1] < until:
        page = await hub.page(numbers[-1] if numbers else seen, 7)
        numbers += [event.seq for event in page.events]
        if not page.events:
            assert await hub.wait(numbers[-1] if numbers else seen, 5.0)
    return numbers


async def test_readers_at_any_speed_see_each_event_once_and_in_order(store: Store) -> None:
    hub = EventHub(store, ring=10)
    await hub.start()
    early = asyncio.create_task(read_all(hub, 0, 100))
    for number in range(100):
        hub.record(draft(number))
        if number % 9 == 0:
            await asyncio.sleep(0)
    assert await early == list(range(1, 101))
    assert await read_all(hub, 0, 100) == list(range(1, 101)), "one that comes late reads on from the store"
    assert await read_all(hub, 95, 100) == list(range(96, 101))
    await hub.stop()


async def test_numbers_go_on_after_a_restart(store: Store) -> None:
    for start in (0, 3):
        hub = EventHub(store)
        await hub.start()
        assert hub.last_seq == start
        for number in range(3):
            hub.record(draft(number))
        await hub.stop()
    assert [event.seq for event in (await store.events_after(0)).events] == [1, 2, 3, 4, 5, 6]


async def test_what_was_noted_last_is_written_when_the_hub_stops(store: Store) -> None:
    hub = EventHub(store)
    await hub.start()
    hub.record(draft(1))
    await hub.stop()
    assert hub.last_event is not None
    assert hub.last_event.message == "event 1"
    assert await store.last_event_seq() == 1


async def test_stopping_ends_every_wait_at_once(store: Store) -> None:
    hub = EventHub(store)
    await hub.start()
    waiting = asyncio.create_task(hub.wait(hub.last_seq, 60))
    await asyncio.sleep(0)
    await hub.stop()
    assert await asyncio.wait_for(waiting, 1)
    assert hub.closed


async def test_a_quiet_stream_tells_so(store: Store) -> None:
    hub = EventHub(store)
    await hub.start()
    assert not await hub.wait(hub.last_seq, 0.01)
    await hub.stop()


class FullDisk:
    """A store that refuses a few times, as one on a full disk does."""

    def __init__(self, store: Store, refusals: int) -> None:
        self._store = store
        self._refusals = refusals

    async def append_events(self, drafts: Sequence[EventDraft]) -> tuple[Event, ...]:
        if self._refusals:
            self._refusals -= 1
            raise StoreError("the disk is full")
        return await self._store.append_events(drafts)

    async def events_after(self, seq: int, limit: int = 500) -> EventPage:
        return await self._store.events_after(seq, limit)

    async def last_event_seq(self) -> int:
        return await self._store.last_event_seq()

    async def prune_events(self, keep: int = 100_000) -> int:
        return await self._store.prune_events(keep)


async def test_events_wait_while_the_disk_is_full_and_none_is_lost(store: Store) -> None:
    hub = EventHub(FullDisk(store, refusals=3), retry_seconds=0.0)
    await hub.start()
    for number in range(5):
        hub.record(draft(number))
        await asyncio.sleep(0)
    assert await read_all(hub, 0, 5) == [1, 2, 3, 4, 5]
    await hub.stop()
    messages = [event.message for event in (await store.events_after(0)).events]
    assert messages == [f"event {number}" for number in range(5)]
