"""One writer, several readers, and transactions that are whole or not at all."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import text

from magflow_tui.store import Store, StoreError


async def test_a_transaction_that_fails_leaves_nothing(shelf):
    def work(connection):
        connection.execute(text("INSERT INTO tallies VALUES ('main', 'orders', 1, 0, 0)"))
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        await shelf.store.write(work)
    assert await shelf.rows("SELECT * FROM tallies") == []


async def test_a_transaction_whose_waiter_is_cancelled_still_ends_whole(shelf):
    begun, go_on = threading.Event(), threading.Event()

    def work(connection):
        connection.execute(text("INSERT INTO tallies VALUES ('main', 'orders', 1, 0, 0)"))
        begun.set()
        go_on.wait(10)
        connection.execute(text("INSERT INTO tallies VALUES ('main', 'offers', 1, 0, 0)"))

    waiter = asyncio.create_task(shelf.store.write(work))
    await asyncio.get_running_loop().run_in_executor(None, begun.wait, 10)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    go_on.set()
    await shelf.store.write(lambda connection: None)  # behind it in the queue
    assert len(await shelf.rows("SELECT * FROM tallies")) == 2


async def test_readers_see_the_last_commit_and_never_a_part_of_a_transaction(shelf):
    inside, go_on = threading.Event(), threading.Event()

    def work(connection):
        connection.execute(text("INSERT INTO tallies VALUES ('main', 'orders', 1, 0, 0)"))
        inside.set()
        go_on.wait(10)

    writing = asyncio.create_task(shelf.store.write(work))
    await asyncio.get_running_loop().run_in_executor(None, inside.wait, 10)
    assert await shelf.rows("SELECT * FROM tallies") == []
    go_on.set()
    await writing
    assert len(await shelf.rows("SELECT * FROM tallies")) == 1


async def test_a_reader_cannot_write(shelf):
    with pytest.raises(StoreError, match="cannot be written"):
        await shelf.store.read(lambda connection: connection.execute(text("DELETE FROM tallies")))


async def test_a_full_disk_is_named_with_a_way_out_and_reading_goes_on(shelf, make):
    await shelf.put(make["order"](1))

    def fill(connection):
        connection.execute(text("PRAGMA max_page_count = 40")).close()
        for number in range(10_000):
            row = {"n": number, "t": "x" * 10_000}
            connection.execute(text("INSERT INTO events VALUES (:n, 0, 'notice', 'info', :t, NULL, NULL, NULL)"), row)

    with pytest.raises(StoreError, match="disk is full") as full:
        await shelf.store.write(fill)
    assert "free some space" in full.value.hint
    assert (await shelf.store.get_order(1)).row.id == 1
    assert await shelf.rows("SELECT * FROM events") == []


async def test_a_closed_store_says_so(shelf):
    await shelf.store.close()
    await shelf.store.close()
    with pytest.raises(StoreError, match="is closed"):
        await shelf.store.counts()


async def test_the_size_counts_database_and_log(shelf, make):
    await shelf.put(*(make["order"](number) for number in range(1, 30)))
    size = shelf.store.size()
    assert size.db_bytes + size.wal_bytes > 29 * 500


async def test_a_sound_store_has_no_damages(shelf, make):
    await shelf.put(make["order"](1))
    assert await shelf.store.check() == ()


async def test_a_page_that_the_disk_has_spoilt_is_told(path, shelf, make):
    await shelf.put(*(make["order"](number) for number in range(1, 60)))
    await shelf.store.close()
    spoilt = bytearray(path.read_bytes())
    # Not the first pages, without which it is no database at all.
    spoilt[-6 * 8192 : -8192] = b"\xff" * (5 * 8192)
    path.write_bytes(spoilt)
    async with await Store.open(path) as again:
        problems = await again.check()
    assert problems
    assert len(problems) <= 20
