"""A rate-limited server and a network on a virtual clock, to drive the limiter's arithmetic without waiting."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from magflow_tui.marketplace.limiter.arrivals import Arrival
from magflow_tui.marketplace.limiter.bound import ArrivalBound
from magflow_tui.marketplace.limiter.limits import Lane, PoolLimit
from magflow_tui.marketplace.limiter.schedule import PoolSchedule

Delay = Callable[[random.Random], float]


def uniform(low: float, high: float) -> Delay:
    return lambda rng: rng.uniform(low, high)


#: What an event loop adds between leave to send and the sending, and to a timer, in seconds.
SEND_LAG = uniform(0.0005, 0.002)
TIMER_LAG = uniform(0.0, 0.0012)


@dataclass
class Outcome:
    """What the server saw: served and refused requests, and the fullest second and minute of all it let arrive."""

    limit: PoolLimit
    seconds: float
    served: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    @property
    def use(self) -> float:
        """Part of the allowed rate that was used, 0..1."""
        return len(self.served) / (self.limit.per_second * self.seconds)

    def fullest(self, window: float) -> int:
        arrivals = sorted([*self.served, *self.refused])
        most, start = 0, 0
        for end, at in enumerate(arrivals):
            while arrivals[start] <= at - window:
                start += 1
            most = max(most, end - start + 1)
        return most


def saturate(
    limit: PoolLimit,
    *,
    before: Delay,
    after: Delay,
    seconds: float = 60.0,
    seed: int = 1,
    send_lag: Delay = SEND_LAG,
    timer_lag: Delay = TIMER_LAG,
    schedule: PoolSchedule | None = None,
) -> tuple[Outcome, PoolSchedule]:
    """Keep a pool at full demand for `seconds`; `before` and `after` are delays around the arrival, in seconds."""
    rng = random.Random(seed)
    schedule = schedule or PoolSchedule(limit, ArrivalBound(), 0.0)
    outcome = Outcome(limit, seconds)
    second: deque[float] = deque()
    minute: deque[float] = deque()
    order = itertools.count()
    events: list[tuple[float, int, str, Arrival | None]] = []

    def after_now(delay: float, what: str, arrival: Arrival | None = None) -> None:
        heapq.heappush(events, (now + delay, next(order), what, arrival))

    now = 0.0
    timer = -math.inf
    after_now(0.0, "pump")
    while events:
        now, _, what, arrival = heapq.heappop(events)
        if now > seconds:
            break
        if what == "sent" and arrival is not None:
            schedule.sent(arrival, now)
            after_now(before(rng), "arrives", arrival)
        elif what == "arrives" and arrival is not None:
            while second and second[0] <= now - 1.0:
                second.popleft()
            while minute and minute[0] <= now - 60.0:
                minute.popleft()
            if len(second) < limit.per_second and len(minute) < limit.per_minute:
                second.append(now)
                minute.append(now)
                outcome.served.append(now)
                after_now(after(rng), "answered", arrival)
            else:
                outcome.refused.append(now)
                after_now(after(rng), "refused", arrival)
        elif what in ("answered", "refused") and arrival is not None:
            schedule.answered(arrival, now)
            if what == "refused":
                schedule.refused(arrival, now, None)
            schedule.closed(arrival, now)
        while (ready := schedule.ready_at(now, Lane.BACKGROUND, None, 20)) <= now:
            after_now(send_lag(rng), "sent", schedule.grant(now, None))
        if math.isfinite(ready) and not now < timer <= ready:
            timer = ready
            after_now(ready - now + timer_lag(rng), "pump")
    return outcome, schedule
