"""The live view: one snapshot a tick for all, none when nobody watches, and never a queue."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from magflow_tui.contract.snapshot import EngineInfo, Health, Metrics, Snapshot
from magflow_tui.engine.live import LiveView, Watchers

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def snapshot(seq: int) -> Snapshot:
    engine = EngineInfo(
        pid=1, version="0", started_at=NOW, uptime_seconds=0, data_dir="/d", socket="/d/s", state="running",
        schedules_on=True, clients=0, db_bytes=0, wal_bytes=0,
    )  # fmt: skip
    metrics = Metrics(
        requests=0, requests_per_minute=0, error_rate=None, mean_ms=None, p50_ms=None, p95_ms=None, p99_ms=None,
        max_ms=None, limit_use=None, rate_limited=0, sync_success=None,
    )  # fmt: skip
    return Snapshot(
        seq=seq, at=NOW, engine=engine, accounts=(), pools=(), routes=(), running=(), queue=(),
        health=Health(score=None, level="unknown", lines=()), metrics=metrics, alerts=(),
    )  # fmt: skip


class Builder:
    def __init__(self) -> None:
        self.built = 0

    async def __call__(self, seq: int) -> Snapshot:
        self.built += 1
        return snapshot(seq)


async def test_nothing_is_built_when_nobody_watches() -> None:
    build = Builder()
    view = LiveView(build)
    for _ in range(5):
        await view.tick()
    assert build.built == 0


async def test_one_snapshot_serves_all_who_watch() -> None:
    build = Builder()
    view = LiveView(build)
    with view.watching(), view.watching():
        both = [asyncio.create_task(view.next(view.seq)) for _ in range(2)]
        await asyncio.sleep(0)
        await view.tick()
        first, second = await asyncio.gather(*both)
    assert build.built == 1
    assert first is second


async def test_a_slow_reader_gets_the_latest_and_only_that() -> None:
    view = LiveView(Builder())
    with view.watching():
        for _ in range(10):
            await view.tick()
        latest = await view.next(0)
    assert latest is not None
    assert Snapshot.model_validate_json(latest).seq == 10


async def test_closing_ends_every_reader() -> None:
    view = LiveView(Builder())
    waiting = asyncio.create_task(view.next(view.seq))
    await asyncio.sleep(0)
    view.close()
    assert await asyncio.wait_for(waiting, 1) is None


async def test_the_last_watcher_that_leaves_is_noticed() -> None:
    watchers = Watchers()
    assert await watchers.none_left()
    with watchers.attached():
        assert not await watchers.none_left(timeout=0.01)
        leaving = asyncio.create_task(watchers.none_left(timeout=5))
        await asyncio.sleep(0)
    assert await leaving
