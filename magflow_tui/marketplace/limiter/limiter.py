"""The asyncio shell of the limiter: queues, lanes, slots and statistics of one seller account."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from magflow_tui.marketplace.limiter.arrivals import Arrival
from magflow_tui.marketplace.limiter.bound import ArrivalBound
from magflow_tui.marketplace.limiter.journal import SlotJournal
from magflow_tui.marketplace.limiter.limits import EMAG_LIMITS, Lane, Pool, PoolLimit, PoolSnapshot
from magflow_tui.marketplace.limiter.schedule import PoolSchedule

#: The first request after a quiet second waits a random time up to this, in seconds, so that many sellers' jobs that
#: are due at the same instant do not arrive at the same instant. Only then: while there is work, it would cost
#: throughput.
START_JITTER = 0.1
#: Width and number of the buckets of a pool's history.
BUCKET_SECONDS = 5.0
BUCKETS = 60


class SlotTimeoutError(Exception):
    """No slot within the time allowed; the message names the pool, its limits and what stood in the way."""

    def __init__(self, pool: Pool, waited: float, limit: PoolLimit, cause: str) -> None:
        super().__init__(
            f"waited {waited:.1f} s for a slot of pool '{pool}' ({limit.per_second}/s, {limit.per_minute}/min): {cause}"
        )
        self.pool = pool
        self.waited = waited


class Slot:
    """Leave for one request. Tell it what happens on the wire; each call is optional and makes the limiter surer."""

    __slots__ = ("_arrival", "_pool", "waited")

    def __init__(self, pool: _PoolQueue, arrival: Arrival, waited: float) -> None:
        self._pool = pool
        self._arrival = arrival
        #: Seconds spent waiting for this slot.
        self.waited = waited

    def leaving(self) -> None:
        """The first byte of the request is about to be handed to the socket; from here on the slot is spent."""
        self._arrival.leaving = True

    def sent(self) -> None:
        """The whole request has been handed to the socket."""
        if self._arrival.sent is None:
            self._pool.schedule.sent(self._arrival, self._pool.clock())
            self._pool.pump()

    def answered(self) -> None:
        """The head of the answer has arrived."""
        if self._arrival.answered is None:
            self._pool.schedule.answered(self._arrival, self._pool.clock())
            self._pool.pump()

    def refused(self, retry_after: float | None = None) -> None:
        """The answer was 429; `retry_after` in seconds when the server named a time."""
        self.answered()
        self._pool.refused(self._arrival, retry_after)


@dataclass(slots=True)
class _Waiter:
    number: int
    since: float
    not_before: float
    granted: asyncio.Future[Arrival]


@dataclass(slots=True)
class _Counters:
    requests: int = 0
    waits: int = 0
    total_wait: float = 0.0
    hits: int = 0
    last_hit_at: datetime | None = None
    buckets: dict[int, int] = field(default_factory=dict)


class _PoolQueue:
    """Who waits for one pool: first in, first out within a lane and job; lanes in order; jobs over their cap step
    aside."""

    def __init__(
        self,
        pool: Pool,
        schedule: PoolSchedule,
        clock: Callable[[], float],
        rng: random.Random,
        on_grant: Callable[[Pool], None],
        on_refusal: Callable[[], None],
    ) -> None:
        self.pool = pool
        self.schedule = schedule
        self.clock = clock
        self.counters = _Counters()
        self._rng = rng
        self._on_grant = on_grant
        self._on_refusal = on_refusal
        self._waiting: dict[tuple[Lane, str | None], deque[_Waiter]] = {}
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._last_grant = -math.inf

    def waiting(self, lane: Lane | None = None) -> int:
        """How many wait, in all or in one lane."""
        return sum(len(queue) for (at, _), queue in self._waiting.items() if lane is None or at is lane)

    async def acquire(self, lane: Lane, job: str | None, timeout: float | None) -> tuple[Arrival, float]:
        """Wait for leave; returns it and the seconds waited."""
        since = self.clock()
        waiter = _Waiter(
            next(self._numbers), since, self._start(since, lane), asyncio.get_running_loop().create_future()
        )
        queue = self._waiting.setdefault((lane, job), deque())
        queue.append(waiter)
        self.pump()
        try:
            async with asyncio.timeout(timeout):
                arrival = await waiter.granted
        except (TimeoutError, asyncio.CancelledError) as error:
            if waiter.granted.done() and not waiter.granted.cancelled():
                self.close(waiter.granted.result())
            elif waiter in queue:
                queue.remove(waiter)
                if not queue:
                    del self._waiting[lane, job]
                self.pump()
            if isinstance(error, TimeoutError):
                raise SlotTimeoutError(self.pool, self.clock() - since, self.schedule.limit, self._cause()) from None
            raise
        waited = self.clock() - since
        self.counters.requests += 1
        if waited > 0.001:
            self.counters.waits += 1
            self.counters.total_wait += waited
        return arrival, waited

    def close(self, arrival: Arrival) -> None:
        """The slot's block has been left."""
        self.schedule.closed(arrival, self.clock())
        self.pump()

    def refused(self, arrival: Arrival, retry_after: float | None) -> None:
        self.schedule.refused(arrival, self.clock(), retry_after)
        self.counters.hits += 1
        self.counters.last_hit_at = datetime.now(UTC)
        self._on_refusal()
        self.pump()

    def pump(self) -> None:
        """Grant what may go now, and come back when the next one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        nearest = 0.0
        while self._waiting and nearest == 0.0:
            now = self.clock()
            nearest = self._grant_first(now)
        if self._waiting and nearest < math.inf:
            delay = max(0.0, nearest - self.clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self.pump)

    def stop(self) -> None:
        """Cancel the timer; nobody may be waiting any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def snapshot(self) -> PoolSnapshot:
        now = self.clock()
        schedule, counters, limit = self.schedule, self.counters, self.schedule.limit
        second, minute = schedule.used(now)
        ready = schedule.ready_at(now, Lane.BACKGROUND, None, 0)
        current = int(now // BUCKET_SECONDS)
        return PoolSnapshot(
            pool=self.pool,
            second_limit=limit.per_second,
            second_used=second,
            minute_limit=limit.per_minute,
            minute_used=minute,
            tokens=max(0.0, schedule.bucket.tokens(now)),
            token_capacity=schedule.bucket.capacity,
            waiting=self.waiting(),
            operator_waiting=self.waiting(Lane.OPERATOR),
            next_slot_seconds=max(0.0, ready - now) if math.isfinite(ready) else 0.0,
            paused_seconds=max(0.0, schedule.backoff.paused_until - now),
            pace=schedule.backoff.pace(now),
            reserve_per_minute=schedule.reserve_per_minute,
            guard_ms=schedule.bound.cost * 1000,
            requests=counters.requests,
            waits=counters.waits,
            total_wait_seconds=counters.total_wait,
            hits=counters.hits,
            last_hit_at=counters.last_hit_at,
            caps=schedule.caps,
            per_minute=tuple(counters.buckets.get(at, 0) for at in range(current - BUCKETS + 1, current + 1)),
        )

    def _start(self, now: float, lane: Lane) -> float:
        quiet = not self._waiting and now - self._last_grant > 1.0
        return now + self._rng.uniform(0.0, START_JITTER) if quiet and lane is Lane.BACKGROUND else now

    def _grant_first(self, now: float) -> float:
        """Grant the first that may go and return 0, or return the instant at which the next one may (infinite:
        unknown)."""
        nearest = math.inf
        # Who is held back by a cap does not come in groups, and would wait for one that never fills.
        capped = self.schedule.caps
        backlog = sum(len(queue) for (_, job), queue in self._waiting.items() if job not in capped)
        for lane, job in sorted(self._waiting, key=lambda key: (key[0], self._waiting[key][0].number)):
            queue = self._waiting[lane, job]
            ready = max(queue[0].not_before, self.schedule.ready_at(now, lane, job, backlog))
            if ready > now:
                nearest = min(nearest, ready)
                continue
            waiter = queue.popleft()
            if not queue:
                del self._waiting[lane, job]
            if not waiter.granted.done():
                self._last_grant = now
                self._count(now)
                self._on_grant(self.pool)
                waiter.granted.set_result(self.schedule.grant(now, job))
            return 0.0
        return nearest

    def _count(self, now: float) -> None:
        bucket = int(now // BUCKET_SECONDS)
        buckets = self.counters.buckets
        buckets[bucket] = buckets.get(bucket, 0) + 1
        if len(buckets) > 2 * BUCKETS:
            self.counters.buckets = {at: count for at, count in buckets.items() if at > bucket - BUCKETS}

    def _cause(self) -> str:
        now = self.clock()
        if self.schedule.backoff.paused_until > now:
            return f"paused for {self.schedule.backoff.paused_until - now:.1f} s more after a 429"
        return f"{self.waiting()} others are waiting"


class AccountLimiter:
    """The rate limits of one seller account. Use it from one event loop.

    Args:
        account: its name, for messages.
        limits: limits a pool; the marketplace's published ones by default.
        clock: monotonic seconds.
        rng: source of the start jitter.
        journal: where the last minutes of requests are kept across restarts; in memory only when None.
        spread: seconds by which one request may arrive later than another, until answers teach better.
    """

    def __init__(
        self,
        account: str = "",
        *,
        limits: Mapping[Pool, PoolLimit] = EMAG_LIMITS,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
        journal: SlotJournal | None = None,
        spread: float = 1.0,
    ) -> None:
        self.account = account
        self._journal = journal
        now = clock()
        learned = journal.learned if journal is not None else None
        self._bound = ArrivalBound(spread) if learned is None else ArrivalBound(learned[0], gather=learned[1])
        self._pools = {
            pool: _PoolQueue(
                pool,
                PoolSchedule(limit, self._bound, now),
                clock,
                rng or random.Random(),  # noqa: S311 - spreads load, guards nothing
                self._granted,
                self._keep_learned,
            )
            for pool, limit in limits.items()
        }
        if journal is not None:
            for pool, queue in self._pools.items():
                longest = 86_400.0 if queue.schedule.limit.per_day else 60.0
                ages = journal.ages(pool, longest + self._bound.spread)
                queue.schedule.windows.remember([now - age + self._bound.spread for age in ages])

    @asynccontextmanager
    async def slot(
        self, pool: Pool, *, lane: Lane = Lane.BACKGROUND, job: str | None = None, timeout: float | None = None
    ) -> AsyncIterator[Slot]:
        """Wait for leave to send one request of `pool`, for `timeout` seconds at most.

        Raises:
            SlotTimeoutError: it took longer.
        """
        queue = self._pools[pool]
        arrival, waited = await queue.acquire(lane, job, timeout)
        try:
            yield Slot(queue, arrival, waited)
        finally:
            queue.close(arrival)

    def snapshot(self) -> tuple[PoolSnapshot, ...]:
        """Every pool as gauges show it."""
        return tuple(queue.snapshot() for queue in self._pools.values())

    def reset_stats(self) -> None:
        """Start counting anew; windows, pauses and what was learned stay."""
        for queue in self._pools.values():
            queue.counters = _Counters(buckets=queue.counters.buckets)

    def set_cap(self, pool: Pool, job: str, per_minute: int | None) -> None:
        """Allow `job` at most `per_minute` requests a minute of `pool`, or lift its cap with None."""
        queue = self._pools[pool]
        queue.schedule.set_cap(job, per_minute, queue.clock())
        queue.pump()  # who waited for the old cap need not

    def set_reserve(self, pool: Pool, per_minute: int) -> None:
        """Keep `per_minute` requests of each minute for the operator's lane."""
        queue = self._pools[pool]
        schedule = queue.schedule
        if not 0 <= per_minute < schedule.limit.per_minute:
            raise ValueError(
                f"a reserve of '{pool}' is 0 to {schedule.limit.per_minute - 1} a minute, not {per_minute}"
            )
        schedule.reserve_per_minute = per_minute
        queue.pump()

    def close(self) -> None:
        """Keep what was learned, stop timers, and close the journal."""
        for queue in self._pools.values():
            queue.stop()
        if self._journal is not None:
            self._keep_learned()
            self._journal.close()
            self._journal = None

    def _granted(self, pool: Pool) -> None:
        if self._journal is not None:
            self._journal.record(pool)

    def _keep_learned(self) -> None:
        if self._journal is not None:
            self._journal.learn(self._bound.spread, self._bound.gather)
