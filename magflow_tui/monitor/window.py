"""Requests of the last so many seconds, with exact percentiles at any instant."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Sample:
    """One finished request: `at` in seconds of the caller's clock, time it took in milliseconds, how it ended."""

    at: float
    elapsed_ms: float
    failed: bool = False
    rate_limited: bool = False
    retry: bool = False


class SlidingWindow:
    """Samples of the last `seconds`. Adding and forgetting cost O(log n), reading O(1); samples come in time order."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._samples: deque[Sample] = deque()
        self._sorted_ms: list[float] = []
        self._total_ms = 0.0
        self.errors = 0
        self.rate_limited = 0
        self.retries = 0

    def __len__(self) -> int:
        return len(self._samples)

    def add(self, sample: Sample) -> None:
        self._samples.append(sample)
        insort(self._sorted_ms, sample.elapsed_ms)
        self._count(sample, 1)

    def expire(self, now: float) -> None:
        """Forget what is older than the window at `now`."""
        oldest = now - self.seconds
        while self._samples and self._samples[0].at <= oldest:
            self.drop_oldest()

    def drop_oldest(self) -> None:
        sample = self._samples.popleft()
        del self._sorted_ms[bisect_left(self._sorted_ms, sample.elapsed_ms)]
        self._count(sample, -1)

    def _count(self, sample: Sample, sign: int) -> None:
        self._total_ms += sign * sample.elapsed_ms
        self.errors += sign * sample.failed
        self.rate_limited += sign * sample.rate_limited
        self.retries += sign * sample.retry

    @property
    def error_rate(self) -> float | None:
        """Share of failed requests in %, None without requests."""
        return 100.0 * self.errors / len(self._samples) if self._samples else None

    @property
    def mean_ms(self) -> float | None:
        # Adding and taking away floats leaves a residue; it must not show as a negative time.
        return max(0.0, self._total_ms / len(self._samples)) if self._samples else None

    @property
    def max_ms(self) -> float | None:
        return self._sorted_ms[-1] if self._sorted_ms else None

    def percentile_ms(self, percent: float) -> float | None:
        """The nearest-rank percentile (0 < `percent` <= 100), None without requests."""
        return nearest_rank(self._sorted_ms, percent) if self._sorted_ms else None


def nearest_rank(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile (0 < `percent` <= 100) of values in rising order, of which there is one at least."""
    return values[max(0, ceil(percent / 100.0 * len(values)) - 1)]
