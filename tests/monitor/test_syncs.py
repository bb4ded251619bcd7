"""Which runs make the sync success of the score, and when a sync is overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import Run, RunState
from magflow_tui.monitor.syncs import (
    GRACE,
    ScheduledSync,
    is_stale,
    judged,
    last_unfinished,
    overdue,
    success,
    with_reopened,
)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
ALLOWED = (3 * FIVE_MINUTES + GRACE).total_seconds()


def run(result: RunState, ago: float, *, number: int = 1, account: str = "shop", resource: Resource = "orders") -> Run:
    """A run that ended `ago` seconds before now."""
    return Run(
        run_id=number, account=account, resource=resource, kind="incremental", result=result, requested_by="schedule",
        started_at=NOW - timedelta(seconds=ago + 9), finished_at=NOW - timedelta(seconds=ago),
    )  # fmt: skip


def judged_at(seconds: float, *runs: Run) -> list[int]:
    return [found.run_id for found in judged(runs, NOW + timedelta(seconds=seconds))]


def rate(*runs: Run) -> float | None:
    return success(judged(runs, NOW))


def test_runs_that_ended_in_the_last_five_minutes_count() -> None:
    assert rate(run("completed", 10, number=2), run("completed", 299, number=1)) == 100.0
    assert rate(run("completed", 10), run("failed", 20, resource="rma")) == 50.0
    assert judged_at(0, run("completed", 10, number=2), run("completed", 300, number=1)) == [2]


def test_of_each_job_the_last_run_counts_for_a_day() -> None:
    old = run("failed", 23 * 3600, resource="offers", number=7)
    assert rate(old) == 0.0
    assert rate(old, run("completed", 10)) == 50.0
    assert judged_at(3600 - 1, old) == [7]
    assert judged_at(3600, old) == []
    assert success(()) is None


def test_a_failure_stays_until_the_same_job_is_complete_and_goes_when_it_is() -> None:
    failed = run("failed", 200, number=1)
    other = run("completed", 100, number=2, resource="rma")
    again = run("failed", 60, number=3)
    assert rate(failed, other) == 50.0
    assert rate(failed, other, again) == pytest.approx(100 / 3)
    made_good = run("completed", 1, number=4)
    assert rate(failed, other, again, made_good) == 100.0
    assert judged_at(0, failed, other, again, made_good) == [4, 2]


def test_a_run_of_another_account_makes_nothing_good() -> None:
    assert rate(run("failed", 60), run("completed", 10, account="other", number=2)) == 50.0


def test_a_partial_run_is_no_success_and_a_cancelled_one_is_left_out() -> None:
    assert rate(run("partial", 60), run("completed", 90, resource="rma")) == 50.0
    assert rate(run("cancelled", 60)) is None
    assert rate(run("failed", 90), run("cancelled", 60, number=2)) == 0.0


def test_nineteen_of_twenty_are_exactly_ninety_five_percent() -> None:
    runs = [run("completed", 10 + number, number=number, account=f"shop{number}") for number in range(19)]
    assert rate(*runs, run("failed", 5, number=99, account="bad")) == 95.0


def test_the_last_run_that_was_not_complete_is_named() -> None:
    first, second = run("failed", 60, number=1), run("partial", 20, number=2, resource="rma")
    assert last_unfinished(judged((first, second), NOW)) == second
    assert last_unfinished(judged((run("completed", 5),), NOW)) is None


def test_a_failed_run_that_goes_on_under_its_own_number_weighs_until_it_ends() -> None:
    failed = run("failed", 60, number=5)
    other = run("completed", 30, number=6, resource="rma")
    read = with_reopened([other], [failed, other], NOW)
    assert read == (other, failed)
    assert with_reopened([other], read, NOW) == (other, failed)
    assert with_reopened([other, run("completed", 1, number=5)], read, NOW)[2:] == ()
    assert with_reopened([other, run("completed", 1, number=9)], read, NOW)[2:] == ()
    assert with_reopened([other], read, NOW + timedelta(hours=24)) == (other,)


def test_a_complete_run_that_left_the_window_does_not_come_back() -> None:
    assert with_reopened([], [run("completed", 400)], NOW) == ()


def scheduled(completed_ago: float | None, *, on_for: float = 86_400.0, advancing: bool = False) -> ScheduledSync:
    last = None if completed_ago is None else NOW - timedelta(seconds=completed_ago)
    return ScheduledSync("shop", "orders", FIVE_MINUTES, NOW - timedelta(seconds=on_for), last, advancing)


@pytest.mark.parametrize(
    ("sync", "stale"),
    [
        (scheduled(ALLOWED), False),
        (scheduled(ALLOWED + 1), True),
        (scheduled(ALLOWED + 1, advancing=True), None),
        # Schedules were off, or no engine ran: the first run may still come.
        (scheduled(ALLOWED + 1, on_for=30), None),
        (scheduled(None, on_for=30), False),
        (scheduled(None, on_for=ALLOWED + 1), True),
        (scheduled(None, on_for=ALLOWED + 1, advancing=True), None),
    ],
)
def test_a_sync_is_stale_when_it_has_not_completed_for_three_intervals_and_some(
    sync: ScheduledSync, stale: bool | None
) -> None:
    late = overdue([sync], NOW)
    assert (is_stale(late["shop"][0], NOW) if late else False) is stale
