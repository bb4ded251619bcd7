"""The rate windows: exact counts of requests in any second and any minute, by arrival time."""

from __future__ import annotations

from collections import deque

from magflow_tui.sandbox.config import Limits


class Window:
    """At most `limit` requests in any `span` seconds: a request at t shares a window with those after t - span."""

    def __init__(self, limit: int, span: float) -> None:
        self.limit = limit
        self.span = span
        self._arrivals: deque[float] = deque()

    def has_room(self, now: float) -> bool:
        """Whether one more request at `now` would keep to the limit. Times must not go backwards."""
        return self.used(now) < self.limit

    def record(self, now: float) -> None:
        """Count a request that arrived at `now`."""
        self._arrivals.append(now)

    def used(self, now: float) -> int:
        """How many counted requests share the window that ends at `now`."""
        while self._arrivals and now - self._arrivals[0] >= self.span:
            self._arrivals.popleft()
        return len(self._arrivals)


class Peak:
    """The most requests that arrived in any `span` seconds, refused ones included."""

    def __init__(self, span: float) -> None:
        self._window = Window(0, span)
        self.most = 0

    def record(self, now: float) -> None:
        """Count a request that arrived at `now`."""
        used = self._window.used(now)
        self._window.record(now)
        self.most = max(self.most, used + 1)


class PoolWindows:
    """Both windows of one pool of one account, and what passed through them."""

    def __init__(self, per_second: int, per_minute: int, *, count_refused: bool = False) -> None:
        self.second = Window(per_second, 1.0)
        self.minute = Window(per_minute, 60.0)
        self._count_refused = count_refused

    def admit(self, now: float) -> bool:
        """Whether a request that arrived at `now` keeps both limits; counts it if so, or anyway if so told."""
        fits = self.second.has_room(now) and self.minute.has_room(now)
        if fits or self._count_refused:
            self.second.record(now)
            self.minute.record(now)
        return fits


def pool_windows(limits: Limits) -> dict[str, PoolWindows]:
    """Fresh windows for the pools `orders` and `other`."""
    return {
        "orders": PoolWindows(limits.orders_per_second, limits.orders_per_minute, count_refused=limits.count_refused),
        "other": PoolWindows(limits.other_per_second, limits.other_per_minute, count_refused=limits.count_refused),
    }
