"""Throughput over a moving window, and the counters of a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from magflow_tui.contract.runs import ErrorGroup, Run
from magflow_tui.marketplace.limiter import Lane, Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.store.changes import PageOutcome
from magflow_tui.sync.progress import Meter, Progress, Series


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def record(outcome="ok", *, waited_ms=0.0, page=None, note=None) -> RequestRecord:
    began = datetime(2026, 6, 1, tzinfo=UTC)
    return RequestRecord(
        account="main", method="POST", route="order/read", pool=Pool.ORDERS, lane=Lane.BACKGROUND, job=None, attempt=1,
        started_at=began, waited_ms=waited_ms, elapsed_ms=5.0, first_byte_ms=4.0, status=200, outcome=outcome,
        note=note, bytes_received=10, page=page, run_id=1,
    )  # fmt: skip


def run(**counters) -> Run:
    began = datetime(2026, 6, 1, tzinfo=UTC)
    return Run(
        run_id=1, account="main", resource="orders", kind="full", result="running", requested_by="t",
        started_at=began, **counters,
    )  # fmt: skip


def test_the_rate_is_that_of_the_last_30_seconds():
    clock = Clock()
    meter = Meter(clock)
    assert meter.rates() == (None, 0.0)
    for _ in range(60):
        clock.now += 1
        meter.add(items=100)
    assert meter.rates()[0] == pytest.approx(100)
    for _ in range(40):
        clock.now += 1
        meter.add(items=10, waited=0.5)
    rate, share = meter.rates()
    assert rate == pytest.approx(10, rel=0.05)
    assert share == pytest.approx(0.5, rel=0.05)


def test_a_standstill_brings_the_rate_down_to_nothing():
    clock = Clock()
    meter = Meter(clock)
    clock.now += 1
    meter.add(items=500)
    clock.now += 100
    assert meter.rates()[0] == 0.0


def test_a_resumed_run_goes_on_counting_and_its_rate_begins_anew():
    clock = Clock()
    progress = Progress(run(items=300, created=300, pages=3, seconds=12.5, requests=9, resumed=1), clock)
    clock.now += 2
    progress.note_page(PageOutcome(100, 60, 30, 9, 1))
    progress.note_request(record(waited_ms=1000))
    progress.expected = 500
    view = progress.view(100)
    assert (view.items, view.created, view.updated, view.unchanged, view.failed) == (400, 360, 30, 9, 1)
    assert (view.page, view.pages_total, view.items_total, view.requests) == (4, 5, 500, 10)
    assert view.items_per_second == pytest.approx(50)
    assert view.eta_seconds == pytest.approx(2)
    assert view.wait_share == pytest.approx(0.5)
    assert progress.seconds() == pytest.approx(14.5)


def test_like_errors_are_counted_together_with_the_first_as_the_example():
    known = ErrorGroup(message="server error", count=2, example="order/read page 1: HTTP 502")
    progress = Progress(run(errors=(known,)), Clock())
    for outcome, page in (
        ("ok", 1),
        ("server_error", 3),
        ("rate_limited", 4),
        ("timeout", 5),
        ("timeout", 6),
        ("cancelled", 7),
    ):
        progress.note_request(record(outcome, page=page, note="why"))
    assert progress.traffic.errors == (
        ErrorGroup(message="server error", count=3, example="order/read page 1: HTTP 502"),
        ErrorGroup(message="rate limited", count=1, example="order/read page 4: why"),
        ErrorGroup(message="timeout", count=2, example="order/read page 5: why"),
    )
    assert (progress.traffic.requests, progress.traffic.rate_limited) == (6, 1)


def test_more_kinds_of_errors_than_anybody_reads_are_not_kept():
    progress = Progress(run(), Clock())
    for number in range(500):
        progress.traffic.add_error(f"error {number}", "x" * 1000)
    assert len(progress.traffic.errors) <= 50
    assert len(progress.traffic.errors[0].example) <= 200


def test_the_throughput_of_a_run_is_kept_in_equal_steps():
    clock = Clock()
    series = Series(clock, step=5.0, most=4)
    for items in (50, 100, 0):
        series.add(items)
        clock.now += 5
    assert series.view().seconds == 5.0
    assert series.view().items_per_second == (10.0, 20.0, 0.0, 0.0)


def test_a_long_run_has_no_more_steps_than_a_short_one_and_loses_no_item():
    clock = Clock()
    series = Series(clock, step=5.0, most=48)
    began, added = clock.now, 0
    for second in range(5000):
        series.add(second % 7)
        added += second % 7
        clock.now += 1
        view = series.view()
        assert len(view.items_per_second) <= 48
    spans = [view.seconds] * (len(view.items_per_second) - 1)
    spans.append(max(5.0, clock.now - began - sum(spans)))
    counted = sum(rate * span for rate, span in zip(view.items_per_second, spans, strict=True))
    assert counted == pytest.approx(added, rel=0.02)  # rates have one decimal


def test_a_pause_is_seen_in_the_throughput():
    clock = Clock()
    progress = Progress(run(), clock)
    progress.note_page(PageOutcome(items=100))
    clock.now += 60
    progress.note_page(PageOutcome(items=100))
    rates = progress.throughput().items_per_second
    assert rates[0] == 20.0
    assert set(rates[1:-1]) == {0.0}
    assert rates[-1] == 20.0


def test_a_run_that_is_not_answered_says_since_when_and_when_it_asks_again():
    began = datetime(2026, 6, 1, tzinfo=UTC)
    now = [began]
    progress = Progress(run(), Clock(), lambda: now[0])
    progress.note_request(record("server_error", note="HTTP 503"))
    assert progress.view(100).silence is None  # one failure among others is none
    progress.note_request(record("timeout", note="no answer in 30 s"))
    for seconds in (60, 4):
        progress.note_pause(seconds)
    silence = progress.view(100).silence
    assert silence is not None
    assert (silence.since, silence.said, silence.retry_at) == (began, "no answer in 30 s", began + timedelta(seconds=4))
    now[0] += timedelta(seconds=5)
    assert progress.view(100).silence.retry_at == began + timedelta(seconds=60)
    now[0] += timedelta(seconds=60)
    assert progress.view(100).silence.retry_at is None  # it is being asked now
    progress.note_request(record("rate_limited"))
    assert progress.view(100).silence is None
