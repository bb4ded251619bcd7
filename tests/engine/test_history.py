"""What health is told of syncs: runs as the store has them, and what is scheduled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import Run, RunProgress, RunState, Silence
from magflow_tui.engine.disk import ASK_EVERY, DiskGauge
from magflow_tui.engine.history import History
from magflow_tui.engine.scheduler import Timetable
from magflow_tui.monitor.syncs import judged, success
from magflow_tui.store import Store
from magflow_tui.store.runs import create_run, finish_run, reopen_run

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TIMETABLES = (
    Timetable("shop", "orders", timedelta(minutes=5)),
    Timetable("shop", "rma", timedelta(hours=6)),
    Timetable("bg", "orders", timedelta(minutes=5)),
)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "magflow.db") as opened:
        yield opened


@pytest.fixture
def history(store: Store, clock: Clock) -> History:
    return History(store, clock, TIMETABLES)


async def ended(
    store: Store, result: RunState, ago: timedelta, *, account: str = "shop", resource: Resource = "orders"
) -> Run:
    """A run that ended so long before noon."""
    made = partial(
        create_run, account=account, resource=resource, kind="full", requested_by="schedule",
        at=NOON - ago - timedelta(seconds=5), state="{}",
    )  # fmt: skip
    run = await store.write(made)
    return await store.write(partial(finish_run, run_id=run.run_id, result=result, reason=None, at=NOON - ago))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


async def rate(history: History, clock: Clock) -> float | None:
    history.mark_stale()
    await history.refresh_if_stale()
    return success(judged(history.readings(None, ()).finished, clock()))


async def test_of_each_job_the_last_run_is_read_and_of_the_last_minutes_all(store, history, clock) -> None:  # type: ignore[no-untyped-def]
    assert await rate(history, clock) is None
    await ended(store, "failed", minutes(600), resource="rma")
    await ended(store, "completed", minutes(700), resource="rma")
    await ended(store, "completed", minutes(400))
    assert await rate(history, clock) == 50.0
    await ended(store, "completed", minutes(3), account="bg")
    await ended(store, "completed", minutes(2), account="bg")
    assert await rate(history, clock) == 75.0
    await ended(store, "completed", minutes(25 * 60), account="bg", resource="rma")
    assert await rate(history, clock) == 75.0


async def test_cancelled_runs_are_not_read(store, history, clock) -> None:  # type: ignore[no-untyped-def]
    await ended(store, "failed", minutes(60))
    await ended(store, "cancelled", minutes(1))
    assert await rate(history, clock) == 0.0


async def test_runs_leave_the_window_without_being_read_again(store, history, clock) -> None:  # type: ignore[no-untyped-def]
    await ended(store, "completed", minutes(4))
    await ended(store, "completed", minutes(3))
    await ended(store, "failed", minutes(2), resource="rma")
    assert await rate(history, clock) == pytest.approx(200 / 3)
    read = history.readings(None, ()).finished
    assert success(judged(read, NOON + minutes(3))) == 50.0
    assert success(judged(read, NOON + timedelta(hours=24) - minutes(2))) is None


async def test_a_failed_run_that_is_let_go_on_weighs_until_it_is_complete(store, history, clock) -> None:  # type: ignore[no-untyped-def]
    await ended(store, "completed", minutes(300))
    failed = await ended(store, "failed", minutes(30))
    assert await rate(history, clock) == 0.0
    await store.write(partial(reopen_run, run_id=failed.run_id))
    assert await rate(history, clock) == 0.0
    await store.write(partial(finish_run, run_id=failed.run_id, result="cancelled", reason=None, at=NOON))
    assert await rate(history, clock) == 0.0
    await store.write(partial(reopen_run, run_id=failed.run_id))
    await store.write(partial(finish_run, run_id=failed.run_id, result="completed", reason=None, at=NOON))
    assert await rate(history, clock) == 100.0


async def test_what_is_scheduled_says_when_it_last_completed_and_whether_it_advances(store, history) -> None:  # type: ignore[no-untyped-def]
    await ended(store, "completed", minutes(60))
    await ended(store, "partial", minutes(50))
    await history.refresh()
    running = RunProgress(
        run_id=9, account="shop", resource="orders", kind="incremental", phase="orders", started_at=NOON, page=1,
        items=0, created=0, updated=0, unchanged=0, failed=0, requests=1, rate_limited=0, waited_seconds=0.0,
    )  # fmt: skip
    orders, rma, bg = history.readings(NOON, [running]).scheduled
    assert (orders.last_completed, orders.advancing, orders.every, orders.on_since) == (
        NOON - minutes(60), True, minutes(5), NOON,
    )  # fmt: skip
    assert (rma.last_completed, rma.advancing, bg.last_completed) == (None, False, None)
    waiting = running.model_copy(update={"silence": Silence(since=NOON, said=None, retry_at=None)})
    assert history.readings(NOON, [waiting]).scheduled[0].advancing is False
    assert history.readings(None, [running]).scheduled == ()


async def test_the_disk_is_asked_now_and_then(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "data"
    gauge = DiskGauge(folder, clock)
    assert await gauge.read() is None
    folder.mkdir()
    assert await gauge.read() is None
    clock.now += ASK_EVERY
    found = await gauge.read()
    assert found is not None
    assert 0 < found.free <= found.total
