"""Letting go of what is too old: what goes and what stays, and steps that hold the writer for a moment only."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from magflow_tui.store import Store
from magflow_tui.store.columns import time_to_millis
from magflow_tui.store.minutes import minute_of
from magflow_tui.store.pruning import MOST_SECONDS, PRUNABLE, TARGET_SECONDS, StepSize
from tests.store.conftest import NOON, Shelf

BY_NAME = {prunable.name: prunable for prunable in PRUNABLE}
EDGE = NOON - timedelta(days=30)


async def fill(shelf: Shelf, sql: str, rows: list[tuple[object, ...]]) -> None:
    await shelf.store.write(lambda connection: connection.exec_driver_sql(sql, rows))


async def prune(store: Store, name: str, rows: int) -> list[int]:
    """Rows that went with each step, until there are none."""
    gone: list[int] = []
    while (change := await store.prune(BY_NAME[name], NOON, rows)).rows:
        gone.append(change.rows)
    return gone


async def requests(shelf: Shelf, *ages: timedelta, first: int = 1) -> None:
    """Requests of these ages, numbered from `first` on."""
    columns = "seq, at, account, method, route, pool, outcome, fault, attempt, elapsed_us, waited_us, bytes_received"
    values = "?, ?, 'main', 'POST', 'order/read', 'orders', 'ok', 0, 1, 5, 0, 9"
    rows = [(seq, time_to_millis(NOON - age)) for seq, age in enumerate(ages, start=first)]
    await fill(shelf, f"INSERT INTO requests ({columns}) VALUES ({values})", rows)  # noqa: S608


async def test_requests_go_after_thirty_days_to_the_millisecond_and_younger_ones_stay(shelf):
    day = timedelta(days=30)
    moment = timedelta(milliseconds=1)
    await requests(shelf, *([day + moment] * 7), day, day - moment, timedelta(0))
    assert await prune(shelf.store, "requests", 3) == [3, 3, 1]
    assert [row["seq"] for row in await shelf.rows("SELECT seq FROM requests ORDER BY seq")] == [8, 9, 10]


async def test_a_request_that_is_older_than_those_before_it_goes_alone(shelf):
    await requests(shelf, timedelta(days=1), timedelta(days=40), timedelta(days=2))
    assert await prune(shelf.store, "requests", 100) == [1]
    assert [row["seq"] for row in await shelf.rows("SELECT seq FROM requests ORDER BY seq")] == [1, 3]


async def test_the_newest_request_stays_however_old_for_its_number_is_gone_on_from(shelf):
    await requests(shelf, timedelta(days=50), timedelta(days=49))
    assert await prune(shelf.store, "requests", 100) == [1]
    assert [row["seq"] for row in await shelf.rows("SELECT seq FROM requests ORDER BY seq")] == [2]


@pytest.mark.parametrize("table", ["frames", "health_minutes", "pool_minutes", "route_minutes"])
async def test_minutes_go_as_a_whole_oldest_first_and_young_ones_stay(shelf, table):
    edge = minute_of(EDGE)
    columns, values = {
        "frames": ("minute, snapshot", "?, x'00'"),
        "health_minutes": ("minute, account, requests, errors", "?, ?, 1, 0"),
        "pool_minutes": ("minute, account, pool, used, waited_ms, hits", "?, ?, 'orders', 1, 0, 0"),
        "route_minutes": (
            "minute, account, route, pool, requests, errors, rate_limited, retries, total_us, waited_ms, bins",
            "?, ?, 'order/read', 'orders', 1, 0, 0, 0, 1, 0, x'01'",
        ),
    }[table]
    accounts = ["one"] if table == "frames" else ["one", "two", "three"]
    rows = [
        (minute,) if table == "frames" else (minute, account)
        for minute in range(edge - 4, edge + 3)
        for account in accounts
    ]
    await fill(shelf, f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)  # noqa: S608
    first = await shelf.store.prune(BY_NAME[table], NOON, 2)
    assert first.rows == (2 if table == "frames" else 3)
    assert sum(await prune(shelf.store, table, 2)) == 4 * len(accounts) - first.rows
    left = await shelf.rows(f"SELECT DISTINCT minute FROM {table} ORDER BY minute")  # noqa: S608
    assert [row["minute"] for row in left] == [edge, edge + 1, edge + 2]


async def test_alerts_go_half_a_year_after_they_closed_with_their_changes_and_open_ones_never(shelf):
    old, young = time_to_millis(NOON - timedelta(days=181)), time_to_millis(NOON - timedelta(days=179))
    alerts = [(1, old, old), (2, old, None), (3, old, young), (4, young, young)]
    columns = "alert_id, opened_at, closed_at, code, severity, message_en, message_ro"
    sql = f"INSERT INTO alerts ({columns}) VALUES (?, ?, ?, 'limit.refused', 'warning', 'm', 'm')"  # noqa: S608
    await fill(shelf, sql, alerts)
    await fill(shelf, "INSERT INTO alert_changes (alert_id, at, kind) VALUES (?, ?, 'acked')", [(1, old), (2, old)])
    assert await prune(shelf.store, "alerts", 10) == [1]
    assert [row["alert_id"] for row in await shelf.rows("SELECT alert_id FROM alerts")] == [2, 3, 4]
    assert [row["alert_id"] for row in await shelf.rows("SELECT alert_id FROM alert_changes")] == [2]


async def test_messages_go_when_nothing_is_to_be_done_with_them_any_more(shelf):
    old, young = time_to_millis(EDGE) - 1, time_to_millis(NOON)
    columns = "delivery_id, at, next_at, message_id, kind, body, attempts"
    sql = f"INSERT INTO deliveries ({columns}) VALUES (?, ?, ?, 'm', 'opened', '{{}}', 1)"  # noqa: S608
    await fill(shelf, sql, [(1, old, None), (2, old, young), (3, young, None)])
    assert await prune(shelf.store, "deliveries", 10) == [1]
    assert [row["delivery_id"] for row in await shelf.rows("SELECT delivery_id FROM deliveries")] == [2, 3]


async def test_what_pruning_leaves_empty_is_used_again(shelf):
    await requests(shelf, *([timedelta(days=40)] * 20_000))
    await shelf.store.checkpoint()
    size = shelf.store.size().db_bytes
    await prune(shelf.store, "requests", 2_000)
    await requests(shelf, *([timedelta(days=1)] * 19_000), first=20_001)
    await shelf.store.checkpoint()
    assert shelf.store.size().db_bytes <= size


async def test_steps_leave_the_log_alone_which_a_checkpoint_copies_back_beside_the_writer(shelf, path):
    await requests(shelf, *([timedelta(days=40)] * 60_000))
    await shelf.store.checkpoint()
    before = path.read_bytes()
    steps = await prune(shelf.store, "requests", 50)
    assert len(steps) > 1_000  # far more pages than after which any other transaction would copy them back
    assert path.read_bytes() == before
    writing, written = threading.Event(), threading.Event()

    def write(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE requests SET note = 'late'")
        writing.set()
        assert written.wait(20)

    transaction = asyncio.create_task(shelf.store.write(write))
    await asyncio.to_thread(writing.wait)
    await shelf.store.checkpoint()
    assert path.read_bytes() != before
    written.set()
    await transaction
    assert await shelf.rows("SELECT note FROM requests") == [{"note": "late"}]


@given(row=st.floats(1e-7, 1e-3))
def test_steps_come_near_to_their_time_whatever_a_row_takes_and_stay_under_the_most(row):
    size = StepSize()
    for _ in range(60):
        size.learn(size.rows, size.rows * row)
    seconds = size.rows * row
    assert seconds <= MOST_SECONDS / 2 or size.rows == 10
    assert seconds >= TARGET_SECONDS / 2 or size.rows == 2_000


def test_one_slow_step_makes_the_next_smaller_at_once_and_a_quick_one_larger_by_and_by():
    size = StepSize()
    for _ in range(6):
        size.learn(size.rows, 0.001)
    before = size.rows
    size.learn(before, 0.05)
    assert size.rows <= before // 9
    smaller = size.rows
    size.learn(smaller, 0.0001)
    assert smaller < size.rows <= 1.25 * smaller
    size.learn(3, 10.0)
    assert size.rows > smaller
