"""Run records, and what lets a run go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from magflow_tui.contract.runs import ErrorGroup
from magflow_tui.store import runs
from magflow_tui.store.changes import PageOutcome
from magflow_tui.store.runs import RunDelta

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def begin(shelf, *, account="main", resource="orders", at=NOON):
    return await shelf.store.write(
        lambda connection: runs.create_run(
            connection, account=account, resource=resource, kind="full", requested_by="test", at=at, state="{}"
        )
    )


async def finish(shelf, run, result="completed", at=NOON, reason=None):
    return await shelf.store.write(lambda connection: runs.finish_run(connection, run.run_id, result, reason, at))


async def test_counters_of_a_run_add_up(shelf):
    run = await begin(shelf)
    group = ErrorGroup(message="server error", count=2, example="page 3")

    def work(connection):
        runs.add_to_run(connection, run.run_id, RunDelta(requests=3), PageOutcome(100, 90, 5, 4, 1), pages=1)
        runs.add_to_run(
            connection, run.run_id, RunDelta(2, 1, 1.5, 4.0, (group,)), PageOutcome(10, 0, 0, 10, 0), pages=1
        )

    await shelf.store.write(work)
    stored = await shelf.store.get_run(run.run_id)
    assert (stored.pages, stored.items, stored.created, stored.updated, stored.unchanged, stored.failed) == (
        2,
        110,
        90,
        5,
        14,
        1,
    )
    assert (stored.requests, stored.rate_limited, stored.waited_seconds, stored.seconds) == (5, 1, 1.5, 4.0)
    assert stored.errors == (group,)
    assert stored.result == "running"


async def test_runs_are_listed_newest_first_in_pages(shelf):
    begun = [await begin(shelf, resource=resource) for resource in ("orders", "offers", "orders", "rma")]
    await finish(shelf, begun[0])
    page = await shelf.store.list_runs(limit=3)
    assert [run.run_id for run in page.runs] == [4, 3, 2]
    assert [run.run_id for run in (await shelf.store.list_runs(limit=3, before=page.next_before)).runs] == [1]
    assert [run.run_id for run in (await shelf.store.list_runs(resource="orders")).runs] == [3, 1]
    assert [run.run_id for run in (await shelf.store.list_runs(finished_only=True)).runs] == [1]
    assert await shelf.store.get_run(99) is None


async def test_a_completed_run_leaves_no_checkpoint_of_itself_or_of_those_before_it(shelf):
    first, other, second = await begin(shelf), await begin(shelf, account="other"), await begin(shelf)
    await shelf.store.write(lambda connection: runs.mark_seen(connection, first.run_id, 1, [1, 2, -3]))
    await finish(shelf, first, "failed")
    await finish(shelf, second)
    found = await shelf.rows("SELECT run_id FROM checkpoints")
    assert [row["run_id"] for row in found] == [other.run_id]
    assert await shelf.rows("SELECT * FROM seen_items") == []


async def test_items_seen_are_counted_once_for_each_window(shelf):
    run = await begin(shelf)

    def work(connection):
        runs.mark_seen(connection, run.run_id, 1, range(100))
        runs.mark_seen(connection, run.run_id, 1, range(90, 130))
        runs.mark_seen(connection, run.run_id, 2, [5])
        counts = [runs.count_seen(connection, run.run_id, window) for window in (1, 2, 3)]
        runs.forget_seen(connection, run.run_id, 1)
        return [*counts, runs.count_seen(connection, run.run_id, 1), runs.count_seen(connection, run.run_id, 2)]

    assert await shelf.store.write(work) == [130, 1, 0, 0, 1]


async def test_a_watermark_never_moves_back(shelf):
    for minutes in (5, 3, 9):
        mark = NOON + timedelta(minutes=minutes)
        await shelf.store.write(
            lambda connection, mark=mark: runs.raise_watermark(connection, "main", "orders", mark, NOON)
        )
    read = await shelf.store.read(lambda connection: runs.read_watermark(connection, "main", "orders"))
    assert read == NOON + timedelta(minutes=9)
    assert await shelf.store.read(lambda connection: runs.read_watermark(connection, "main", "offers")) is None


async def test_a_window_is_owed_once_until_it_is_paid(shelf):
    def work(connection):
        for window in ("a", "b", "a"):
            runs.owe_window(connection, "main", "orders", window, "page 3", NOON)
        runs.owe_window(connection, "other", "orders", "a", "page 3", NOON)
        runs.forget_owed(connection, "main", "orders", "b")
        return [owed.window for owed in runs.read_owed(connection, "main", "orders")]

    assert await shelf.store.write(work) == ["a"]


async def test_sync_stats_judge_the_runs_of_24_hours(shelf):
    empty = await shelf.store.sync_stats(NOON)
    assert (empty.total_syncs, empty.success_rate, empty.average_duration_seconds) == (0, None, None)
    for result, hours in (
        ("completed", 1),
        ("completed", 2),
        ("partial", 3),
        ("failed", 4),
        ("cancelled", 5),
        ("failed", 25),
    ):
        run = await begin(shelf, at=NOON - timedelta(hours=hours))
        await shelf.store.write(
            lambda connection, run=run: runs.add_to_run(
                connection, run.run_id, RunDelta(seconds=10.0), PageOutcome(items=7, created=7), pages=1
            )
        )
        await finish(shelf, run, result, NOON - timedelta(hours=hours))
    await begin(shelf)
    stats = await shelf.store.sync_stats(NOON)
    assert (stats.total_syncs, stats.successful_syncs, stats.failed_syncs) == (5, 2, 1)
    assert (stats.success_rate, stats.average_duration_seconds, stats.total_items_processed) == (50.0, 10.0, 35)
