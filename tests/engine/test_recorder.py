"""What the engine keeps of its own work: batches, minutes whole or not at all, and a store that cannot be written."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import Connection

from magflow_tui.contract.snapshot import EngineInfo, Health, Metrics, Snapshot
from magflow_tui.engine.pruning import EVERY, FIRST_AFTER, GIVE_WAY, LEAST_GIVEN, PAUSE, Pruner
from magflow_tui.engine.recorder import PENDING_MINUTES, Recorder
from magflow_tui.marketplace.limiter import Lane, Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.minutes import ClosedMinute, MinutePool, MinuteRequests
from magflow_tui.monitor.requests import RequestLog
from magflow_tui.monitor.score import Readings
from magflow_tui.monitor.sketch import decode
from magflow_tui.monitor.tally import RouteKey
from magflow_tui.store import Store
from magflow_tui.store.columns import time_to_millis
from magflow_tui.store.database import Change
from magflow_tui.store.frames import unpack
from magflow_tui.store.pruning import Prunable

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEN = int(NOON.timestamp() // 60)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "magflow.db") as store:
        yield store


def request(number: int = 0) -> RequestRecord:
    return RequestRecord(
        account="shop",
        method="POST",
        route="order/read",
        pool=Pool.ORDERS,
        lane=Lane.BACKGROUND,
        job=None,
        attempt=1,
        started_at=NOON + timedelta(seconds=number),
        waited_ms=0.0,
        elapsed_ms=5.0,
        first_byte_ms=None,
        status=200,
        outcome="ok",
        note=None,
        bytes_received=1,
        page=None,
        run_id=None,
    )


def snapshot(seq: int = 1) -> Snapshot:
    quiet = dict.fromkeys(("error_rate", "mean_ms", "p50_ms", "p95_ms", "p99_ms", "max_ms", "limit_use"))
    return Snapshot(
        seq=seq,
        at=NOON,
        engine=EngineInfo(
            pid=1,
            version="1",
            started_at=NOON,
            uptime_seconds=1.0,
            data_dir="/d",
            socket="/s",
            state="running",
            schedules_on=True,
            clients=0,
            db_bytes=1,
            wal_bytes=1,
        ),
        **dict.fromkeys(("accounts", "pools", "routes", "running", "queue", "alerts"), ()),
        health=Health(score=None, level="unknown", lines=()),
        metrics=Metrics(requests=0, requests_per_minute=0.0, rate_limited=0, sync_success=None, **quiet),
    )


def minute(number: int = TEN, requests: int = 4) -> ClosedMinute:
    some = MinuteRequests(
        requests=requests,
        errors=1,
        total_us=600_000,
        p50_ms=140,
        p95_ms=300,
        max_ms=310,
        waited_ms=20,
        jobs={"sync orders": requests},
        bins={7: requests},
    )
    return ClosedMinute(
        number,
        every=some,
        accounts={"shop": some},
        routes={RouteKey("shop", "order/read", "orders"): some},
        pools={("shop", "orders"): MinutePool(40, 20, 1)},
        readings={None: Readings(25.0, 150.0, 5.5, 100.0), "shop": Readings(25.0), "bg": Readings()},
    )


async def rows(store: Store, sql: str) -> list[dict[str, Any]]:
    return await store.read(lambda connection: [dict(row) for row in connection.exec_driver_sql(sql).mappings()])


async def refuse(store: Store, table: str, *, lift: bool = False) -> None:
    """Have the store refuse every new row of a table, or take them again."""
    body = f"BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no room'); END"
    sql = f"DROP TRIGGER full_{table}" if lift else f"CREATE TRIGGER full_{table} {body}"
    await store.write(lambda connection: connection.exec_driver_sql(sql).close())


async def test_requests_are_kept_under_their_numbers_which_go_on_with_the_next_engine(store):
    for _ in range(2):
        ring = RequestLog()
        recorder = Recorder(store, ring)
        await recorder.start()
        for number in range(3):
            ring.add(request(number))
        recorder.tick()
        await recorder.stop()
    assert [row["seq"] for row in await rows(store, "SELECT seq FROM requests ORDER BY seq")] == [1, 2, 3, 4, 5, 6]
    assert ring.last_seq == 6


async def test_a_minute_is_kept_with_its_rows_and_its_frame(store):
    recorder = Recorder(store, RequestLog())
    await recorder.start()
    recorder.keep(minute(), snapshot(seq=9))
    await recorder.settle()
    health = await rows(store, "SELECT * FROM health_minutes ORDER BY account")
    assert [(row["account"], row["score"], row["requests"]) for row in health] == [
        ("", 70, 4),
        ("bg", None, 0),
        ("shop", 70, 4),
    ]
    assert {name: health[0][name] for name in ("error_rate", "response_ms", "limit_use", "sync_success")} == {
        "error_rate": 25.0,
        "response_ms": 150.0,
        "limit_use": 5.5,
        "sync_success": 100.0,
    }
    assert (health[0]["mean_ms"], health[0]["p95_ms"], health[1]["mean_ms"]) == (150, 300, None)
    (pool,) = await rows(store, "SELECT * FROM pool_minutes")
    assert (pool["used"], pool["waited_ms"], pool["hits"]) == (40, 20, 1)
    (route,) = await rows(store, "SELECT * FROM route_minutes")
    assert (route["requests"], route["total_us"], route["jobs"]) == (4, 600_000, '{"sync orders":4}')
    assert decode(route["bins"]) == {7: 4}
    (frame,) = await rows(store, "SELECT * FROM frames")
    assert (frame["minute"], unpack(frame["snapshot"]).seq) == (TEN, 9)
    await recorder.stop()


async def test_a_minute_without_a_live_view_is_kept_without_a_frame(store):
    recorder = Recorder(store, RequestLog())
    await recorder.start()
    recorder.keep(minute(), None)
    await recorder.stop()
    assert await rows(store, "SELECT count(*) AS n FROM frames") == [{"n": 0}]
    assert len(await rows(store, "SELECT * FROM route_minutes")) == 1


async def test_a_minute_is_kept_whole_or_not_at_all_and_tried_again(store, caplog):
    recorder = Recorder(store, RequestLog())
    await recorder.start()
    await refuse(store, "frames")
    recorder.keep(minute(), snapshot())
    await recorder.settle()
    for table in ("health_minutes", "pool_minutes", "route_minutes", "frames"):
        assert await rows(store, f"SELECT * FROM {table}") == []  # noqa: S608
    assert "no room" in caplog.text
    await refuse(store, "frames", lift=True)
    recorder.tick()
    await recorder.stop()
    for table in ("health_minutes", "pool_minutes", "route_minutes", "frames"):
        assert await rows(store, f"SELECT * FROM {table}") != []  # noqa: S608


async def test_nobody_waits_for_the_store(store):
    ring = RequestLog()
    recorder = Recorder(store, ring)
    await recorder.start()
    busy, free = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        busy.set()
        assert free.wait(20)

    holding = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(busy.wait)
    ring.add(request())
    recorder.tick()
    recorder.keep(minute(), snapshot())
    settling = asyncio.create_task(recorder.settle())
    assert await rows(store, "SELECT seq FROM requests") == []
    assert not settling.done()
    free.set()
    await asyncio.gather(holding, settling)
    assert await rows(store, "SELECT seq FROM requests") == [{"seq": 1}]
    assert len(await rows(store, "SELECT minute FROM frames")) == 1
    await recorder.stop()


async def test_while_the_store_refuses_memory_is_bounded_and_what_is_lost_is_said_once(store, caplog):
    ring = RequestLog(size=5)
    recorder = Recorder(store, ring)
    await recorder.start()
    await refuse(store, "requests")
    with caplog.at_level(logging.INFO):
        for number in range(8):
            ring.add(request(number))
            await recorder.settle()
        for number in range(PENDING_MINUTES + 2):
            recorder.keep(minute(TEN + number), None)
        assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [
            f"requests and minutes wait for the store: the database {store.path} failed: no room"
        ]
        await refuse(store, "requests", lift=True)
        caplog.clear()
        recorder.tick()
        await recorder.stop()
    assert [row["seq"] for row in await rows(store, "SELECT seq FROM requests")] == [4, 5, 6, 7, 8]
    kept = await rows(store, "SELECT min(minute) AS first, count(*) AS n FROM pool_minutes")
    assert kept == [{"first": TEN + 2, "n": PENDING_MINUTES}]
    assert [record.message for record in caplog.records] == [
        "3 requests and 2 minutes are lost: the store could not be written for too long"
    ]


async def test_an_outage_in_which_nothing_was_lost_is_over_with_a_word(store, caplog):
    ring = RequestLog()
    recorder = Recorder(store, ring)
    await recorder.start()
    await refuse(store, "requests")
    ring.add(request())
    await recorder.settle()
    await refuse(store, "requests", lift=True)
    with caplog.at_level(logging.INFO):
        recorder.tick()
        await recorder.stop()
    assert caplog.records[-1].message == "requests and minutes are kept again, none is lost"
    assert await rows(store, "SELECT seq FROM requests") == [{"seq": 1}]


async def test_a_store_that_refuses_to_the_end_does_not_keep_the_engine_from_ending(store, caplog):
    ring = RequestLog()
    recorder = Recorder(store, ring)
    await recorder.start()
    await refuse(store, "requests")
    ring.add(request())
    await recorder.stop()
    await recorder.stop()
    assert "the last 1 requests were not kept" in caplog.text


async def test_many_requests_at_once_are_kept_in_several_batches(store):
    ring = RequestLog()
    recorder = Recorder(store, ring)
    await recorder.start()
    for number in range(4_500):
        ring.add(request(number))
    await recorder.settle()
    assert await rows(store, "SELECT count(*) AS n, max(seq) AS last FROM requests") == [{"n": 4_500, "last": 4_500}]
    await recorder.stop()


async def test_a_second_recorder_knows_the_last_minute_that_is_kept(store):
    first = Recorder(store, RequestLog())
    await first.start()
    assert first.last_minute is None
    first.keep(minute(TEN + 3), None)
    assert first.last_minute == TEN + 3
    await first.stop()
    second = Recorder(store, RequestLog())
    await second.start()
    assert second.last_minute == TEN + 3
    await second.stop()


class Rest:
    """Waits that are noted and over at once; the last of so many never ends."""

    def __init__(self, last: int = 10_000) -> None:
        self.seconds: list[float] = []
        self.resting = asyncio.Event()
        self._last = last

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) >= self._last:
            self.resting.set()
            await asyncio.Event().wait()


async def old_requests(store: Store, count: int) -> None:
    old = time_to_millis(NOON - timedelta(days=31))
    columns = "at, account, method, route, pool, outcome, fault, attempt, elapsed_us, waited_us, bytes_received"
    values = "?, 'shop', 'POST', 'order/read', 'orders', 'ok', 0, 1, 1, 0, 1"
    sql = f"INSERT INTO requests ({columns}) VALUES ({values})"  # noqa: S608
    await store.write(lambda connection: connection.exec_driver_sql(sql, [(old,)] * count))


class Noting(Store):
    """A store that notes how long each step of pruning held it."""

    held: ClassVar[list[float]] = []

    async def prune(self, prunable: Prunable, now: datetime, rows: int) -> Change:
        change = await super().prune(prunable, now, rows)
        if change.rows:
            self.held.append(change.seconds)
        return change


@pytest.mark.parametrize("busy", [False, True])
async def test_pruning_rests_after_every_step_for_longer_while_syncs_run(tmp_path, busy):
    rest, held = Rest(), Noting.held
    held.clear()
    async with await Noting.open(tmp_path / "magflow.db") as store:
        await old_requests(store, 1_000)
        assert await Pruner(store, is_busy=lambda: busy, now=lambda: NOON, sleep=rest).prune() == 999
    assert len(held) > 3
    assert rest.seconds == [max(LEAST_GIVEN, GIVE_WAY * step) if busy else PAUSE * step for step in held]
    assert min(rest.seconds) >= 0.05 or not busy


async def test_pruning_begins_some_time_after_the_start_and_goes_on_hourly(store, caplog):
    await old_requests(store, 2)
    rest = Rest(last=3)
    running = asyncio.create_task(Pruner(store, is_busy=lambda: False, now=lambda: NOON, sleep=rest).run())
    with caplog.at_level(logging.INFO):
        await rest.resting.wait()
    assert (rest.seconds[0], rest.seconds[-1]) == (FIRST_AFTER, EVERY)
    assert "too old and let go of: 1 of requests" in caplog.text
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_pruning_that_fails_is_tried_again_with_the_next_round(store, caplog):
    await old_requests(store, 2)
    sql = "CREATE TRIGGER stay BEFORE DELETE ON requests BEGIN SELECT RAISE(ABORT, 'not now'); END"
    await store.write(lambda connection: connection.exec_driver_sql(sql).close())
    rest = Rest(last=2)
    running = asyncio.create_task(Pruner(store, is_busy=lambda: False, now=lambda: NOON, sleep=rest).run())
    await rest.resting.wait()
    assert rest.seconds == [FIRST_AFTER, EVERY]
    assert "not now" in caplog.text
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
