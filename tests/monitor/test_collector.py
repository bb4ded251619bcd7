"""The collector that existing callers use."""

from __future__ import annotations

import tracemalloc
from math import ceil, fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.monitor import MetricsCollector


def test_without_requests_every_number_is_zero() -> None:
    assert set(MetricsCollector().get_metrics().values()) == {0}


def test_requests_are_counted_and_their_times_ranked() -> None:
    collector = MetricsCollector(window_size=100)
    for milliseconds in range(1, 101):
        collector.record_request(milliseconds, milliseconds % 10 != 0)
    metrics = collector.get_metrics()
    assert metrics["total_requests"] == 100
    assert (metrics["successful_requests"], metrics["failed_requests"]) == (90, 10)
    assert metrics["error_rate"] == pytest.approx(0.1)
    assert metrics["average_response_time_ms"] == pytest.approx(50.5)
    assert metrics["p50_response_time_ms"] == 50
    assert metrics["p95_response_time_ms"] == 95
    assert metrics["p99_response_time_ms"] == 99
    assert metrics["max_response_time_ms"] == 100


def test_only_the_last_requests_count() -> None:
    collector = MetricsCollector(window_size=3)
    for milliseconds, success in ((900, False), (10, True), (20, True), (30, True)):
        collector.record_request(milliseconds, success)
    metrics = collector.get_metrics()
    assert metrics["total_requests"] == 3
    assert metrics["error_rate"] == 0
    assert metrics["max_response_time_ms"] == 30


@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), min_size=1, max_size=50), st.integers(1, 20))
def test_metrics_are_exactly_those_of_the_last_requests(requests: list[tuple[float, bool]], size: int) -> None:
    collector = MetricsCollector(size)
    for milliseconds, success in requests:
        collector.record_request(milliseconds, success)
    last = requests[-size:]
    times = sorted(milliseconds for milliseconds, _ in last)
    metrics = collector.get_metrics()
    assert metrics["total_requests"] == len(last)
    assert metrics["failed_requests"] == sum(not success for _, success in last)
    assert metrics["average_response_time_ms"] == fsum(times) / len(times)
    for percent in (50, 95, 99):
        assert metrics[f"p{percent}_response_time_ms"] == times[ceil(percent * len(times) / 100) - 1]  # type: ignore[literal-required]
    assert metrics["max_response_time_ms"] == times[-1]


def test_a_window_takes_nine_bytes_a_request_and_never_more() -> None:
    collector = MetricsCollector(50_000)
    tracemalloc.start()
    try:
        for _ in range(4):
            for milliseconds in range(50_000):
                collector.record_request(milliseconds / 7)
            taken, most = tracemalloc.get_traced_memory()
            # While an array grows there is room in it to spare, and for a moment the old one beside the new.
            assert taken < 12 * 50_000
            assert most < 24 * 50_000
    finally:
        tracemalloc.stop()


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="window_size"):
        MetricsCollector(0)
