"""What happened to alerts on its way to the store: in order, each once, whatever the store does meanwhile."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection

from magflow_tui.contract.alerts import Alert
from magflow_tui.engine.alerts.ledger import Entry, Ledger
from magflow_tui.store import Store, StoreError
from tests.engine.alerts.conftest import Clock

TABLE = "CREATE TABLE jottings (number INTEGER PRIMARY KEY, text INTEGER)"


def note(connection: Connection, number: int) -> None:
    connection.exec_driver_sql("INSERT INTO jottings (text) VALUES (?)", (number,))


def entry(number: int, clock: Clock) -> Entry:
    alert = Alert(
        alert_id=number, severity="warning", code="sync.stale", message="m", account="main", opened_at=clock()
    )
    return Entry(alert, partial(note, number=number))


async def notes(store: Store) -> list[int]:
    sql = "SELECT text FROM jottings ORDER BY number"
    return await store.read(lambda connection: list(connection.exec_driver_sql(sql).scalars()))


async def test_entries_reach_a_store_that_refused_for_a_while_once_and_in_order(store: Store, clock: Clock) -> None:
    written = asyncio.Event()
    ledger = Ledger(store, on_written=written.set, retry_seconds=0.001)
    for number in (1, 2):
        ledger.add(entry(number, clock))
    with pytest.raises(StoreError):
        await ledger.flush()
    assert [alert.alert_id for alert in ledger.pending] == [1, 2]
    running = asyncio.create_task(ledger.run())
    ledger.add(entry(3, clock))
    await store.write(lambda connection: connection.exec_driver_sql(TABLE))
    await asyncio.wait_for(written.wait(), 5)
    assert await notes(store) == [1, 2, 3]
    assert ledger.pending == ()
    written.clear()
    ledger.add(entry(4, clock))
    await asyncio.wait_for(written.wait(), 5)
    running.cancel()
    await asyncio.wait([running])
    assert await notes(store) == [1, 2, 3, 4]


async def test_a_write_that_was_begun_is_finished_and_not_done_again_when_its_waiter_is_cancelled(
    store: Store, clock: Clock
) -> None:
    await store.write(lambda connection: connection.exec_driver_sql(TABLE))
    ledger = Ledger(store, on_written=lambda: None)
    ledger.add(entry(1, clock))
    waiting = asyncio.create_task(ledger.flush())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    ledger.add(entry(2, clock))
    await ledger.flush()
    assert await notes(store) == [1, 2]
