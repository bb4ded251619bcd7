"""One pool: when the next request may leave, as arithmetic over instants that are passed in."""

from __future__ import annotations

import math

from magflow_tui.marketplace.limiter.arrivals import Arrival, ArrivalWindows
from magflow_tui.marketplace.limiter.backoff import Backoff
from magflow_tui.marketplace.limiter.bound import ArrivalBound
from magflow_tui.marketplace.limiter.bucket import TokenBucket
from magflow_tui.marketplace.limiter.limits import Lane, PoolLimit

#: Requests are spaced by at least this part of the mean distance at full use once half a second's worth is under way.
#: A burst would repeat itself every second, and queue at the server; spacing dissolves it and costs nothing.
SPACING = 0.8
#: In `gather` mode: seconds within which the requests of one group leave.
GROUP_SECONDS = 0.1


class PoolSchedule:
    """Windows, pace, back-off, caps and reserve of one pool. Every method takes `now`, seconds of a monotonic clock."""

    def __init__(self, limit: PoolLimit, bound: ArrivalBound, now: float) -> None:
        self.limit = limit
        self.bound = bound
        self.windows = ArrivalWindows(limit)
        self.backoff = Backoff()
        self.bucket = TokenBucket(limit.per_second, limit.per_second, now)
        self.reserve_per_minute = 0
        self._caps: dict[str, TokenBucket] = {}
        self._last_grant = -math.inf
        self._group_start = -math.inf
        self._group_size = 0

    @property
    def caps(self) -> dict[str, int]:
        """Requests a minute that each capped job may use."""
        return {job: round(bucket.rate * 60) for job, bucket in self._caps.items()}

    def set_cap(self, job: str, per_minute: int | None, now: float) -> None:
        """Limit `job` to `per_minute` requests a minute, or lift its cap with None."""
        if per_minute is None:
            self._caps.pop(job, None)
            return
        if per_minute < 1:
            raise ValueError(f"a cap must be at least 1 request a minute, not {per_minute}")
        known = self._caps.get(job)
        if known is None:
            self._caps[job] = TokenBucket(per_minute / 60.0, 1.0, now)
        else:
            known.set_rate(per_minute / 60.0, now)  # what was just made counts against the new cap too

    def ready_at(self, now: float, lane: Lane, job: str | None, backlog: int) -> float:
        """The earliest instant at which one more request of `lane` and `job` may be granted.

        `backlog` is how many wait in all whom no cap holds back. Infinite when it depends on one that has yet to leave.
        """
        minute_limit = self.limit.per_minute - (self.reserve_per_minute if lane is Lane.BACKGROUND else 0)
        latest = self.latest_arrival
        at = max(now, self.backoff.paused_until)
        self.bucket.set_rate(self.limit.per_second * self.backoff.pace(now), now)
        at = max(at, self.bucket.ready_at(now))
        if job is not None and job in self._caps:
            at = max(at, self._caps[job].ready_at(now))
        if self.bound.gather and backlog + self._group_left(now) >= self.limit.per_second:
            # Groups follow each other as their first ones do; the windows keep the others behind their predecessors.
            at = max(at, now if self._group_left(now) else self._group_start + 1.0 + self._spread)
        elif 2 * self.used(now)[0] >= self.limit.per_second:
            at = max(at, self._last_grant + SPACING / self.limit.per_second)
        return max(at, self.windows.free_at(now, latest, minute_limit) - self.bound.lag)

    def grant(self, now: float, job: str | None) -> Arrival:
        """Count one request as granted at `now`; call it at or after `ready_at`."""
        self.bucket.take(now)
        if job is not None and job in self._caps:
            self._caps[job].take(now)
        if self._group_left(now):
            self._group_size += 1
        else:
            self._group_start, self._group_size = now, 1
        self._last_grant = now
        return self.windows.add(now)

    def sent(self, arrival: Arrival, now: float) -> None:
        """The request is on the wire."""
        arrival.sent = now
        self.bound.learn_lag(now - arrival.granted)

    def answered(self, arrival: Arrival, now: float) -> None:
        """The head of its answer is here."""
        arrival.sent = arrival.granted if arrival.sent is None else arrival.sent
        arrival.answered = now
        used, _ = self.used(now)
        self.bound.learn(arrival.sent, now, full=used >= self.limit.per_second - 1)

    def refused(self, arrival: Arrival, now: float, retry_after: float | None) -> None:
        """It was answered 429."""
        own_row = arrival.granted >= self.backoff.paused_until
        self.backoff.refuse(now, arrival.granted, retry_after)
        if own_row and retry_after is None:
            self.bound.refuse(now)

    def closed(self, arrival: Arrival, now: float) -> None:
        """Nothing more will be heard of it at `now`: answered, failed under way, or given back before it left."""
        if arrival.leaving and arrival.sent is None:
            arrival.sent = now
        elif arrival.sent is None:
            self.windows.withdraw(arrival)
            self.bucket.put_back()

    def used(self, now: float) -> tuple[int, int]:
        """Requests in the last second and in the last minute, as many as the server can count."""
        return self.windows.used(now, self.latest_arrival)

    def latest_arrival(self, sent: float, answered: float | None) -> float:
        """The latest instant at which a request of this pool can have arrived."""
        return self.bound.latest_arrival(sent, answered, self.limit.per_second)

    @property
    def _spread(self) -> float:
        return self.bound.latest_arrival(0.0, None, self.limit.per_second)

    def _group_left(self, now: float) -> int:
        return self.limit.per_second - self._group_size if now - self._group_start <= GROUP_SECONDS else 0
