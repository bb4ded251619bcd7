"""Frames: the live view packed small, whole again with its courses and runs, and gaps where there is none."""

from __future__ import annotations

import json
import logging
import zlib
from datetime import datetime, timedelta
from functools import partial

import pytest

from magflow_tui.contract.past import PastMoment
from magflow_tui.contract.runs import Run
from magflow_tui.contract.snapshot import EngineInfo, Health, HealthLine, Metrics, PoolGauge, Snapshot
from magflow_tui.store.frames import keep_frame, moment_of, pack, read_moment, unpack
from magflow_tui.store.minutes import ALL, HealthMinute, KeptMinute, instant_of, keep_minute, minute_of
from magflow_tui.store.runs import create_run, finish_run
from tests.store.conftest import NOON, Shelf

TEN = minute_of(NOON)


def snapshot(at: datetime = NOON + timedelta(seconds=61), *, score: int = 70) -> Snapshot:
    lines = (
        HealthLine(metric="error_rate", value=9.0, threshold=5.0, unit="%", penalty=30, points=30, history=(1.0, 9.0)),
        HealthLine(metric="response_time", value=120.0, threshold=2000.0, unit="ms", penalty=0, history=(110.0, 120.0)),
    )
    gauge = PoolGauge(
        account="main",
        pool="orders",
        second_limit=12,
        second_used=3,
        minute_limit=720,
        minute_used=312,
        tokens=4.0,
        token_capacity=12.0,
        waiting=0,
        per_minute=(1, 2, 3),
    )
    run = Run(
        run_id=1,
        account="main",
        resource="orders",
        kind="full",
        result="completed",
        requested_by="operator",
        started_at=NOON,
    )
    quiet = dict.fromkeys(("error_rate", "mean_ms", "p50_ms", "p95_ms", "p99_ms", "max_ms", "limit_use"))
    return Snapshot(
        seq=7,
        at=at,
        engine=EngineInfo(
            pid=1,
            version="1",
            started_at=NOON,
            uptime_seconds=9.0,
            data_dir="/d",
            socket="/s",
            state="running",
            schedules_on=True,
            clients=1,
            db_bytes=1,
            wal_bytes=1,
        ),
        accounts=(),
        pools=(gauge,),
        routes=(),
        running=(),
        queue=(),
        recent_runs=(run,) * 5,
        health=Health(score=score, level="degraded", lines=lines, history=(100, score)),
        metrics=Metrics(requests=3, requests_per_minute=1.0, rate_limited=0, sync_success=None, **quiet),
        alerts=(),
    )


def health(score: int | None, error_rate: float | None) -> HealthMinute:
    return HealthMinute(ALL, score, error_rate, 120.0, 20.0, None, 5, 0, 1, 1, 1, 1)


async def keep(shelf: Shelf, minute: int, frame: bytes | None = None, score: int | None = 70) -> None:
    """A minute with its figures and its frame."""
    figures = KeptMinute(minute, [health(score, None if score is None else 100.0 - score)], [], [])
    await shelf.store.write(partial(keep_minute, kept=figures))
    await shelf.store.write(partial(keep_frame, minute=minute, frame=frame or pack(snapshot())))


async def moment(shelf: Shelf, minute: int) -> PastMoment:
    return moment_of(await shelf.store.read(partial(read_moment, minute=minute)))


def test_a_frame_is_the_snapshot_without_what_other_tables_have():
    original = snapshot()
    back = unpack(pack(original))
    bare = original.health.model_copy(
        update={
            "history": (),
            "lines": tuple(line.model_copy(update={"history": ()}) for line in original.health.lines),
        }
    )
    assert back == original.model_copy(update={"recent_runs": (), "health": bare})
    assert back.pools[0].per_minute == (1, 2, 3)


async def test_a_moment_is_the_snapshot_as_it_was_with_the_hour_behind_it(shelf):
    await keep(shelf, TEN - 60, score=10)  # more than an hour ago
    await keep(shelf, TEN - 3, score=100)
    await keep(shelf, TEN - 2, score=None)
    await keep(shelf, TEN, score=70)
    await keep(shelf, TEN + 1, score=40)  # what came after is not known yet
    past = await moment(shelf, TEN)
    assert past.at == NOON
    assert past.snapshot is not None
    assert (past.snapshot.seq, past.snapshot.pools) == (7, snapshot().pools)
    assert past.snapshot.health.score == 70
    assert past.snapshot.health.history == (100, None, None, 70)
    assert past.snapshot.health.lines[0].history == (0.0, None, None, 30.0)
    assert past.snapshot.health.lines[1].history == (120.0, 120.0, None, 120.0)


async def test_the_runs_of_a_moment_are_those_that_had_ended(shelf):
    def run(ended: timedelta | None):
        def work(connection):
            made = create_run(
                connection,
                account="main",
                resource="orders",
                kind="full",
                requested_by="operator",
                at=NOON - timedelta(hours=1),
                state="{}",
            )
            if ended is not None:
                finish_run(connection, made.run_id, "completed", None, NOON + ended)

        return work

    ends = [timedelta(seconds=seconds) for seconds in (-30, 60, 61)]
    for ended in (*ends, None, *[timedelta(seconds=-90)] * 25):
        await shelf.store.write(run(ended))
    await keep(shelf, TEN)
    past = await moment(shelf, TEN)
    assert past.snapshot is not None
    known = [each.run_id for each in past.snapshot.recent_runs]
    assert (len(known), known[-2:]) == (20, [2, 1])
    assert known == sorted(known, reverse=True)


async def test_a_minute_without_a_frame_is_a_gap_that_knows_its_neighbours(shelf):
    for minute in (TEN - 50, TEN - 3, TEN + 4, TEN + 9):
        await keep(shelf, minute)
    gap = await moment(shelf, TEN)
    assert gap == PastMoment(
        at=NOON, snapshot=None, earlier=instant_of(TEN - 3), later=instant_of(TEN + 4), first=instant_of(TEN - 50)
    )
    first = await moment(shelf, TEN - 50)
    assert (first.earlier, first.later) == (None, instant_of(TEN - 3))
    assert (await moment(shelf, TEN + 9)).later is None


async def test_before_anything_is_kept_there_is_nothing(shelf):
    assert await moment(shelf, TEN) == PastMoment(at=NOON)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"not deflated",
        pack(snapshot())[:-4],
        zlib.compress(b"{"),
        zlib.compress(b'{"seq": 1}'),
        zlib.compress(b"\xff\xfe"),
    ],
)
async def test_a_damaged_frame_is_a_gap_and_the_log_says_so(shelf, caplog, damaged):
    await keep(shelf, TEN - 1)
    await shelf.store.write(partial(keep_frame, minute=TEN, frame=damaged))
    with caplog.at_level(logging.ERROR):
        past = await moment(shelf, TEN)
    assert past.snapshot is None
    assert past.earlier == instant_of(TEN - 1)
    assert "2026-06-01T12:00:00+00:00" in caplog.text
    assert "Traceback" not in caplog.text


async def test_what_a_newer_engine_wrote_into_a_frame_is_ignored(shelf):
    body = json.loads(zlib.decompress(pack(snapshot())))
    body |= {"version": 9, "weather": "rain"}
    body["pools"][0]["colour"] = "blue"
    await keep(shelf, TEN, zlib.compress(json.dumps(body).encode()))
    past = await moment(shelf, TEN)
    assert past.snapshot is not None
    assert past.snapshot.version == 9
    assert past.snapshot.pools == snapshot().pools


async def test_a_frame_takes_the_place_of_one_of_the_same_minute(shelf):
    await keep(shelf, TEN, pack(snapshot(score=100)))
    await keep(shelf, TEN, pack(snapshot(score=20)))
    past = await moment(shelf, TEN)
    assert past.snapshot is not None
    assert past.snapshot.health.score == 20
