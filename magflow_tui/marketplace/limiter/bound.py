"""How late a request can have arrived at the server, learned from answers and refusals.

Two bounds hold for the arrival of a request, and the earlier one is used:

* From the answer. With a round trip of at least `floor` seconds, a request answered at `r` arrived, compared with the
  earliest arrival of one sent at the same time, no later than `r - floor`. This is always safe, and costs whatever the
  server spends between counting a request and answering it.
* From the sending: `sent + spread`, where `spread` is how much longer than another one a request may travel. Unknown at
  first. Safe when large; each millisecond of it costs 1/1000 of the per-second limit.

Where answers come quickly, the first bound costs next to nothing and the second is never tried. Where they are slow,
the time that the server takes says nothing about arrivals: at full use `spread` shrinks until both bounds together
cost `TARGET`. A refusal proves that it shrank too far: it grows and stays there. Where the first bound alone costs no
more than that, and after `MOST_REFUSALS`, the first has to do.
"""

from __future__ import annotations

import statistics
from collections import deque

#: A spread that excludes nothing: longer than any round trip that still counts within its second.
UNKNOWN_SPREAD = 1.0
#: Mean seconds that the first bound alone must cost before the second is tried, and what both may cost then.
WORTHWHILE = 0.030
TARGET = 0.009
#: The spread never shrinks below this: what timers, threads and sockets add by themselves.
LEAST_SPREAD = 0.010
#: Seconds in which the spread shrinks to 1/e while it is tried out.
SHRINK_SECONDS = 4.0
#: Seconds without a refusal after which a smaller spread may be tried anew, and how many refusals end a trial.
HOLD_SECONDS = 900.0
MOST_REFUSALS = 3
#: From this spread on requests leave together: sorted arrivals of a group scatter less than single ones.
GATHER_FROM = 0.030
#: Answers looked at, and how many it takes to tell a cost.
SAMPLES = 64
ENOUGH = 16
#: Part of the shortest of `SAMPLES` round trips, less some seconds, that is taken for the shortest possible one.
FLOOR_SHARE = 0.9
FLOOR_SLACK = 0.003
#: The group size on whose scale a gathered spread is kept. Sorted arrivals of a smaller group scatter more, roughly
#: with the fourth root of the ratio (tests/benchmarks/limiter.py).
GROUP = 12


class ArrivalBound:
    """The learned bound of one network path, shared by the pools of an account. Times are seconds of one clock."""

    __slots__ = (
        "_excess",
        "_floor",
        "_held_until",
        "_lags",
        "_last_shrink",
        "_refusals",
        "_round_trips",
        "gather",
        "spread",
    )

    def __init__(self, spread: float = UNKNOWN_SPREAD, *, gather: bool = False) -> None:
        self.spread = spread
        #: True when requests are best sent together: arrivals are known to scatter widely.
        self.gather = gather
        self._round_trips: deque[float] = deque(maxlen=SAMPLES)
        self._excess: deque[float] = deque(maxlen=SAMPLES)
        self._lags: deque[float] = deque(maxlen=SAMPLES)
        self._floor = 0.0
        self._refusals = 0
        self._held_until = float("-inf")
        self._last_shrink: float | None = None

    @property
    def floor(self) -> float:
        """A round trip that no request falls below, in seconds; 0 until there are enough to tell."""
        return self._floor

    @property
    def lag(self) -> float:
        """Seconds by which leave may be given early, since it takes as long to send; 0 until there are enough to tell.

        The least of them lately. Where a small spread is in force it covers the few milliseconds by which some are sent
        quicker, and it is the middle one.
        """
        if len(self._lags) < SAMPLES:
            return 0.0
        if self.spread < GATHER_FROM:
            return min(statistics.median_low(self._lags), LEAST_SPREAD / 4)
        return FLOOR_SHARE * min(self._lags)

    @property
    def cost(self) -> float:
        """Mean seconds by which the bounds delay the next request at full use."""
        return sum(min(excess, self.spread) for excess in self._excess) / max(1, len(self._excess))

    def latest_arrival(self, sent: float, answered: float | None, group: int = GROUP) -> float:
        """The latest instant at which a request can have arrived, on the scale of sending times.

        `group` is how many leave together when requests are gathered.
        """
        by_sending = sent + self.spread * ((GROUP / group) ** 0.25 if self.gather else 1.0)
        return by_sending if answered is None else min(by_sending, max(sent, answered - self.floor))

    def learn_lag(self, lag: float) -> None:
        """Take in the seconds that passed between leave to send and the sending."""
        self._lags.append(lag)

    def learn(self, sent: float, answered: float, *, full: bool) -> None:
        """Take in an answer; `full` tells that the pool was at full use, so that bounds cost throughput."""
        self._round_trips.append(answered - sent)
        if len(self._round_trips) == SAMPLES:
            self._floor = max(0.0, FLOOR_SHARE * min(self._round_trips) - FLOOR_SLACK)
        self._excess.append(max(0.0, answered - sent - self.floor))
        if not full or len(self._excess) < ENOUGH:
            self._last_shrink = None
            return
        if self._last_shrink is not None and answered >= self._held_until and self._worth_shrinking():
            elapsed = answered - self._last_shrink
            tried = min(self.spread, max(self._excess))
            self.spread = max(LEAST_SPREAD, tried * max(0.0, 1.0 - elapsed / SHRINK_SECONDS))
            self.gather = False
            self._refusals = 0
        self._last_shrink = answered

    def refuse(self, now: float) -> None:
        """Take in a refusal: arrivals scatter more than was believed."""
        if self.spread >= max(self._excess, default=0.0) and not self.gather:
            return  # the first bound was in force: somebody else spends from the same budget
        self._refusals += 1
        self.gather = self.spread >= GATHER_FROM
        self.spread += 0.008 if self.gather else max(self.spread * 0.5, 0.005)
        answers_alone = sum(self._excess) / max(1, len(self._excess))
        if self._refusals >= MOST_REFUSALS or answers_alone <= self.spread:
            self.spread, self.gather = UNKNOWN_SPREAD, False
        self._held_until = now + HOLD_SECONDS

    def _worth_shrinking(self) -> bool:
        tried_already = self.spread < UNKNOWN_SPREAD
        return self.cost > (TARGET if tried_already else WORTHWHILE)
