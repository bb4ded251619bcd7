"""Metrics over the last so many requests, under the name and keys that existing callers use."""

from __future__ import annotations

from typing import TypedDict

from magflow_tui.monitor.window import Sample, SlidingWindow


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
    """Keeps the last `window_size` requests."""

    def __init__(self, window_size: int = 1000) -> None:
        """Raises ValueError when `window_size` is below 1."""
        if window_size < 1:
            raise ValueError(f"window_size must be at least 1, not {window_size}")
        self.window_size = window_size
        self._window = SlidingWindow(float("inf"))

    def record_request(self, response_time_ms: float, success: bool = True) -> None:
        """Count one request that took `response_time_ms` milliseconds."""
        if len(self._window) == self.window_size:
            self._window.drop_oldest()
        self._window.add(Sample(at=0.0, elapsed_ms=float(response_time_ms), failed=not success))

    def get_metrics(self) -> CollectedMetrics:
        """Metrics of the requests in the window."""
        window, total = self._window, len(self._window)
        return {
            "total_requests": total,
            "successful_requests": total - window.errors,
            "failed_requests": window.errors,
            "error_rate": window.errors / total if total else 0.0,
            "success_rate": (total - window.errors) / total if total else 0.0,
            "average_response_time_ms": window.mean_ms or 0.0,
            "p50_response_time_ms": window.percentile_ms(50) or 0.0,
            "p95_response_time_ms": window.percentile_ms(95) or 0.0,
            "p99_response_time_ms": window.percentile_ms(99) or 0.0,
            "max_response_time_ms": window.max_ms or 0.0,
        }
