"""When syncs start by themselves, with a clock and randomness that are passed in."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.base import Resource
from magflow_tui.engine.scheduler import Scheduler, Timetable, first_start, interval_text, irregular, next_start

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)

instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
intervals = st.integers(10, 86_400 * 3).map(lambda seconds: timedelta(seconds=seconds))
randoms = st.integers(0, 1000).map(random.Random)


@given(instants, intervals, instants, randoms)
def test_no_start_is_on_the_full_minute_or_in_the_past(
    last: datetime, every: timedelta, now: datetime, rng: random.Random
) -> None:
    for at in (
        first_start(last, every, now, rng),
        first_start(None, every, now, rng),
        next_start(last, every, now, rng),
    ):
        assert at > now
        assert at.second != 0
        assert at.microsecond != 0


@given(intervals, randoms)
def test_starts_are_an_interval_apart_give_or_take_a_little(every: timedelta, rng: random.Random) -> None:
    gap = (next_start(NOW, every, NOW, rng) - NOW).total_seconds()
    allowed = min(every.total_seconds() * 0.05, 60) + 11
    assert abs(gap - every.total_seconds()) <= allowed


def test_missed_runs_are_caught_up_by_one_soon() -> None:
    long_ago = NOW - timedelta(days=3)
    at = first_start(long_ago, FIVE_MINUTES, NOW, random.Random(1))
    assert timedelta(0) < at - NOW < timedelta(seconds=20)
    assert next_start(at, FIVE_MINUTES, at, random.Random(1)) - at > timedelta(minutes=4)


def test_a_run_that_is_not_due_yet_is_not_repeated_at_start() -> None:
    at = first_start(NOW - timedelta(minutes=1), FIVE_MINUTES, NOW, random.Random(1))
    assert timedelta(minutes=3, seconds=30) < at - NOW < timedelta(minutes=4, seconds=30)


def test_seconds_are_spread_over_the_minute() -> None:
    rng = random.Random(7)
    at, seconds = NOW, set()
    for _ in range(200):
        at = next_start(at, FIVE_MINUTES, at, rng)
        seconds.add(at.second)
    assert len(seconds) > 40
    assert 0 not in seconds


def test_a_full_minute_is_moved_off() -> None:
    assert irregular(NOW, random.Random(3)).second in range(1, 10)


@pytest.mark.parametrize(
    ("seconds", "text"), [(300, "every 5 min"), (21_600, "every 6 h"), (90, "every 90 s"), (86_400, "every 1 d")]
)
def test_intervals_are_told_as_people_say_them(seconds: int, text: str) -> None:
    assert interval_text(timedelta(seconds=seconds)) == text


class Runs:
    """What a scheduler drives: notes what it starts, and says what is running."""

    def __init__(self) -> None:
        self.now = NOW
        self.started: list[tuple[str, Resource]] = []
        self.running: set[tuple[str, Resource]] = set()
        self.refuse: set[str] = set()
        self.last: dict[tuple[str, Resource], datetime] = {}

    async def start(self, account: str, resource: Resource) -> None:
        if account in self.refuse:
            raise RuntimeError("the store is gone")
        self.started.append((account, resource))

    def is_running(self, account: str, resource: Resource) -> bool:
        return (account, resource) in self.running

    async def last_start(self, account: str, resource: Resource) -> datetime | None:
        return self.last.get((account, resource))

    def scheduler(self, *timetables: Timetable) -> Scheduler:
        return Scheduler(
            timetables,
            start=self.start,
            is_running=self.is_running,
            last_start=self.last_start,
            now=lambda: self.now,
            rng=random.Random(5),
        )


async def test_what_is_due_is_started_once_and_due_again_later() -> None:
    runs = Runs()
    runs.last["b", "orders"] = NOW - timedelta(minutes=1)
    scheduler = runs.scheduler(Timetable("a", "orders", FIVE_MINUTES), Timetable("b", "orders", FIVE_MINUTES))
    await scheduler.switch(True)
    try:
        await scheduler.start_due()
        assert runs.started == []
        runs.now += timedelta(seconds=20)
        await scheduler.start_due()
        await scheduler.start_due()
        assert runs.started == [("a", "orders")]
        assert [job.account for job in scheduler.queue()] == ["b", "a"]
        runs.now += timedelta(minutes=4, seconds=10)
        await scheduler.start_due()
        assert runs.started == [("a", "orders"), ("b", "orders")]
    finally:
        await scheduler.switch(False)


async def test_a_resource_that_is_being_synced_waits_behind_its_run() -> None:
    runs = Runs()
    runs.running.add(("a", "offers"))
    scheduler = runs.scheduler(Timetable("a", "offers", FIVE_MINUTES))
    await scheduler.switch(True)
    try:
        runs.now += timedelta(hours=1)
        await scheduler.start_due()
        assert runs.started == []
        (job,) = scheduler.queue()
        assert (job.next_at, job.reason) == (None, "after current")
        runs.running.clear()
        await scheduler.start_due()
        await scheduler.start_due()
        assert runs.started == [("a", "offers")]
    finally:
        await scheduler.switch(False)


async def test_a_sync_that_an_operator_began_counts_as_the_scheduled_one() -> None:
    runs = Runs()
    scheduler = runs.scheduler(Timetable("a", "orders", FIVE_MINUTES))
    await scheduler.switch(True)
    try:
        runs.last["a", "orders"] = NOW + timedelta(seconds=1)
        runs.now += timedelta(seconds=20)
        await scheduler.start_due()
        assert runs.started == []
        assert timedelta(minutes=4) < scheduler.queue()[0].next_at - runs.now < timedelta(minutes=6)
        runs.now += timedelta(minutes=6)
        await scheduler.start_due()
        assert runs.started == [("a", "orders")]
    finally:
        await scheduler.switch(False)


async def test_one_account_that_cannot_start_does_not_hold_up_the_others(caplog: pytest.LogCaptureFixture) -> None:
    runs = Runs()
    runs.refuse.add("a")
    scheduler = runs.scheduler(Timetable("a", "rma", FIVE_MINUTES), Timetable("b", "rma", FIVE_MINUTES))
    await scheduler.switch(True)
    try:
        runs.now += timedelta(minutes=1)
        await scheduler.start_due()
        assert runs.started == [("b", "rma")]
        assert "did not start" in caplog.text
    finally:
        await scheduler.switch(False)


async def test_schedules_can_be_switched_off_and_on() -> None:
    runs = Runs()
    scheduler = runs.scheduler(Timetable("a", "rma", FIVE_MINUTES))
    await scheduler.switch(True)
    assert scheduler.on
    await scheduler.switch(False)
    assert not scheduler.on
    assert scheduler.queue() == ()
    await scheduler.switch(True)
    assert len(scheduler.queue()) == 1
    await scheduler.switch(False)
