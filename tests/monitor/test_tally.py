"""Requests are collected, counted and handed on, a second at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.marketplace.limiter import Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor import tally
from magflow_tui.monitor.tally import Call, Intake, RouteKey, Tally, merged

READ = RouteKey("shop", "order/read", "orders")

Handed = list[tuple[int, Mapping[RouteKey, Tally]]]


@pytest.fixture
def handed(clock: Callable[[], float]) -> tuple[Intake, Handed]:
    intake, batches = Intake(clock), Handed()
    intake.hand_to(lambda second, tallies: batches.append((second, tallies)))
    return intake, batches


def test_nothing_is_counted_on_the_way_of_a_request(handed, request_of) -> None:  # type: ignore[no-untyped-def]
    intake, batches = handed
    for _ in range(100):
        intake.add(request_of())
    assert batches == []


def test_requests_are_handed_on_with_the_second_in_which_they_ended(handed, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    intake, batches = handed
    for offset in (0.0, 0.5, 0.999, 1.0, 1.5, 4.25):
        clock.seconds = 1000 + offset
        intake.add(request_of())
    clock.seconds += 10
    assert intake.settle() == 1014
    assert [(second, tallies[READ].requests) for second, tallies in batches] == [(1000, 3), (1001, 2), (1004, 1)]


def test_whoever_asks_gets_everything_recorded_before(handed, request_of) -> None:  # type: ignore[no-untyped-def]
    intake, batches = handed
    for expected in (1, 2):
        intake.add(request_of())
        intake.settle()
        assert sum(tallies[READ].requests for _, tallies in batches) == expected
    intake.settle()
    assert len(batches) == 2


def test_a_burst_within_one_second_is_counted_in_between_and_handed_on_once(
    handed,  # type: ignore[no-untyped-def]
    request_of,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intake, batches = handed
    monkeypatch.setattr(tally, "BATCH", 10)
    for _ in range(1005):
        intake.add(request_of())
    intake.settle()
    assert [tallies[READ].requests for _, tallies in batches] == [1005]


def test_a_tally_tells_how_requests_ended_who_asked_and_how_long_they_took(handed, request_of) -> None:  # type: ignore[no-untyped-def]
    intake, batches = handed
    intake.add(request_of(elapsed_ms=100.0, job="sync orders"))
    intake.add(request_of(elapsed_ms=300.5, job="sync orders", attempt=3))
    intake.add(request_of("rate_limited", elapsed_ms=20.0))
    intake.add(request_of("timeout", elapsed_ms=30_000.0, job="action"))
    intake.add(request_of("cancelled", elapsed_ms=5000.0))
    intake.add(request_of(route="rma/read", pool=Pool.OTHER))
    intake.settle()
    ((_, tallies),) = batches
    assert set(tallies) == {READ, RouteKey("shop", "rma/read", "other")}
    read = tallies[READ]
    assert (read.requests, read.errors, read.rate_limited, read.retries) == (4, 2, 1, 1)
    assert (read.total_us, read.max_us, read.waited_us) == (30_420_500, 30_000_000, 4000)
    assert read.calls == {
        Call("ok", "sync orders"): 2,
        Call("rate_limited", "other"): 1,
        Call("timeout", "action"): 1,
    }
    assert read.jobs() == {"sync orders": 2, "other": 1, "action": 1}
    assert (read.error_rate, read.mean_ms) == (50.0, 30_420.5 / 4)


ASKED = st.tuples(
    st.sampled_from(["ok", "timeout", "rate_limited"]),
    st.sampled_from(["sync orders", "other"]),
    st.integers(1, 2),
    st.lists(st.floats(0.0, 1e6), min_size=1, max_size=5),
    st.floats(0.0, 1e4),
)


def tally_of(asked: list[tuple[str, str, int, list[float], float]]) -> Tally:
    counted = Tally()
    for outcome, job, attempt, elapsed_ms, waited_ms in asked:
        counted.count(outcome, job, attempt, elapsed_ms, waited_ms)  # type: ignore[arg-type]
    return counted


def figures(counted: Tally) -> dict[str, object]:
    return {name: getattr(counted, name) for name in Tally.__slots__ if name != "max_us"}


@given(st.lists(st.lists(ASKED, min_size=1, max_size=4), min_size=1, max_size=5), st.data())
def test_what_is_taken_away_leaves_nothing_behind(
    slots: list[list[tuple[str, str, int, list[float], float]]], data: st.DataObject
) -> None:
    total = merged(tally_of(slot) for slot in slots)
    leaves = data.draw(st.integers(0, len(slots)))
    for slot in slots[:leaves]:
        total.subtract(tally_of(slot))
    assert figures(total) == figures(merged(tally_of(slot) for slot in slots[leaves:]))


def test_a_record_is_kept_until_it_was_counted_and_no_longer(handed, request_of: Callable[..., RequestRecord]) -> None:  # type: ignore[no-untyped-def]
    intake, _ = handed
    record = request_of()
    before = sys.getrefcount(record)
    intake.add(record)
    assert sys.getrefcount(record) == before + 1
    intake.settle()
    assert sys.getrefcount(record) == before
