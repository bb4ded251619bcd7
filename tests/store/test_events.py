"""The event stream: numbers without gaps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from magflow_tui.store import EventDraft, Store


def draft(number: int) -> EventDraft:
    return EventDraft(datetime(2026, 6, 1, tzinfo=UTC), "notice", f"event {number}", account="main", resource="orders")


async def test_events_get_numbers_without_gaps_whoever_appends(shelf):
    batches = await asyncio.gather(*(shelf.store.append_events([draft(n) for n in range(7)]) for _ in range(9)))
    numbers = sorted(event.seq for batch in batches for event in batch)
    assert numbers == list(range(1, 64))
    for batch in batches:
        assert [event.message for event in batch] == [f"event {n}" for n in range(7)]


async def test_a_client_that_was_away_reads_on_where_it_was(shelf):
    appended = await shelf.store.append_events([draft(n) for n in range(10)])
    page = await shelf.store.events_after(4, limit=3)
    assert page.events == appended[4:7]
    assert (page.last_seq, page.truncated) == (10, False)
    assert (await shelf.store.events_after(10)).events == ()


async def test_pruning_keeps_the_newest_and_says_that_older_ones_are_gone(shelf):
    await shelf.store.append_events([draft(n) for n in range(10)])
    assert await shelf.store.prune_events(keep=4) == 6
    page = await shelf.store.events_after(0)
    assert [event.seq for event in page.events] == [7, 8, 9, 10]
    assert page.truncated
    assert not (await shelf.store.events_after(6)).truncated
    assert [event.seq for event in await shelf.store.append_events([draft(11)])] == [11]


async def test_numbers_go_on_after_reopening(path):
    async with await Store.open(path) as store:
        await store.append_events([draft(1), draft(2)])
        assert await store.prune_events(keep=0) == 1
    async with await Store.open(path) as store:
        assert await store.last_event_seq() == 2
        assert (await store.append_events([draft(3)]))[0].seq == 3
        assert await store.append_events([]) == ()
