"""The collector that existing callers use."""

from __future__ import annotations

import pytest

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


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="window_size"):
        MetricsCollector(0)
