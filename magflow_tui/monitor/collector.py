"""Metrics over the last so many requests, under the name and keys that existing callers use."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import ceil, fsum
from typing import TypedDict


class CollectedMetrics(TypedDict):
    """Counts of all requests in the window, `error_rate` 0..1, times in milliseconds; all 0 without requests."""

    total_requests: int
    successful_requests: int
    failed_requests: int
    error_rate: float
    success_rate: float
    average_response_time_ms: float
    p50_response_time_ms: float
    p95_response_time_ms: float
    p99_response_time_ms: float
    max_response_time_ms: float


class MetricsCollector:
    """Keeps the last `window_size` requests: nine bytes each, and every metric exact."""

    def __init__(self, window_size: int = 1000) -> None:
        """Raises ValueError when `window_size` is below 1."""
        if window_size < 1:
            raise ValueError(f"window_size must be at least 1, not {window_size}")
        self.window_size = window_size
        self._times = array("d")
        self._failed = bytearray()
        self._oldest = 0

    def record_request(self, response_time_ms: float, success: bool = True) -> None:
        """Count one request that took `response_time_ms` milliseconds."""
        if len(self._failed) < self.window_size:
            self._times.append(response_time_ms)
            self._failed.append(not success)
            return
        at = self._oldest
        self._times[at] = response_time_ms
        self._failed[at] = not success
        self._oldest = (at + 1) % self.window_size

    def get_metrics(self) -> CollectedMetrics:
        """Metrics of the requests in the window. Percentiles are by nearest rank."""
        times = sorted(self._times)
        total, failed = len(times), self._failed.count(True)
        return {
            "total_requests": total,
            "successful_requests": total - failed,
            "failed_requests": failed,
            "error_rate": failed / total if total else 0.0,
            "success_rate": (total - failed) / total if total else 0.0,
            "average_response_time_ms": fsum(times) / total if total else 0.0,
            "p50_response_time_ms": _nearest_rank(times, 50),
            "p95_response_time_ms": _nearest_rank(times, 95),
            "p99_response_time_ms": _nearest_rank(times, 99),
            "max_response_time_ms": times[-1] if times else 0.0,
        }


def _nearest_rank(times: Sequence[float], percent: int) -> float:
    """A percentile of times in rising order, 0 without any."""
    return times[max(0, ceil(percent * len(times) / 100) - 1)] if times else 0.0
