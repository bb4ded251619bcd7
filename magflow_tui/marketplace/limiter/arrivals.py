"""Sliding windows over the arrivals of one pool."""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Callable

from magflow_tui.marketplace.limiter.limits import PoolLimit

#: `latest_arrival(sent, answered)` of `bound.ArrivalBound`.
Latest = Callable[[float, float | None], float]


class Arrival:
    """One request on its way: granted, sent, answered. Times are seconds of one clock, None until known.

    `leaving` from its first byte on: the server may count it before its last.
    """

    __slots__ = ("answered", "granted", "leaving", "sent")

    def __init__(self, granted: float) -> None:
        self.granted = granted
        self.leaving = False
        self.sent: float | None = None
        self.answered: float | None = None

    def latest(self, latest: Latest) -> float:
        """The latest instant of arrival; infinite while it has not left."""
        return math.inf if self.sent is None else latest(self.sent, self.answered)


class ArrivalWindows:
    """The last second, minute and day of one pool, at the latest instants at which its requests can have arrived.

    Recent requests may still change (answers come in); once their second is over they are settled as plain instants,
    sorted. All counts are upper bounds of what the server counts.
    """

    __slots__ = ("_day", "_recent", "_settled", "limit")

    def __init__(self, limit: PoolLimit) -> None:
        self.limit = limit
        self._recent: list[Arrival] = []
        self._settled: deque[float] = deque()
        self._day: deque[float] = deque()

    def remember(self, arrivals: list[float]) -> None:
        """Take over the arrivals of an earlier process."""
        self._settled = deque(sorted([*self._settled, *arrivals]))
        if self.limit.per_day is not None:
            self._day = deque(sorted([*self._day, *arrivals]))

    def add(self, now: float) -> Arrival:
        """Count one more request from `now` on."""
        arrival = Arrival(now)
        self._recent.append(arrival)
        if self.limit.per_day is not None:
            self._day.append(now)
        return arrival

    def withdraw(self, arrival: Arrival) -> None:
        """Forget a request that never left."""
        if arrival in self._recent:
            self._recent.remove(arrival)
            if self._day and arrival.granted in self._day:
                self._day.remove(arrival.granted)

    def settle(self, now: float, latest: Latest) -> None:
        """Move what has left the last second to the minute, and drop what has left the minute and the day."""
        still = []
        for arrival in self._recent:
            at = arrival.latest(latest)
            if at + 1.0 > now:
                still.append(arrival)
            elif self._settled and at < self._settled[-1]:
                insort(self._settled, at)
            else:
                self._settled.append(at)
        self._recent = still
        while self._settled and self._settled[0] + 60.0 <= now:
            self._settled.popleft()
        while self._day and self._day[0] + 86_400.0 <= now:
            self._day.popleft()

    def used(self, now: float, latest: Latest) -> tuple[int, int]:
        """Requests in the last second and in the last minute."""
        self.settle(now, latest)
        second = len(self._recent) + sum(1 for at in self._settled_lately(now))
        return second, len(self._recent) + len(self._settled)

    def free_at(self, now: float, latest: Latest, minute_limit: int) -> float:
        """The earliest instant at which one more request is within every window; infinite while that cannot be told."""
        self.settle(now, latest)
        at = now
        seconds = sorted([arrival.latest(latest) for arrival in self._recent] + self._settled_lately(now))
        if len(seconds) >= self.limit.per_second:
            at = max(at, seconds[-self.limit.per_second] + 1.0)
        over = len(self._settled) + len(self._recent) - minute_limit
        if over >= 0:
            at = max(at, (self._settled[over] if over < len(self._settled) else now) + 60.0)
        if self.limit.per_day is not None and len(self._day) >= self.limit.per_day:
            at = max(at, self._day[len(self._day) - self.limit.per_day] + 86_400.0)
        return at

    def _settled_lately(self, now: float) -> list[float]:
        # Only arrivals taken over from an earlier process are settled and younger than a second.
        lately: list[float] = []
        for at in reversed(self._settled):
            if at + 1.0 <= now:
                break
            lately.append(at)
        return lately
