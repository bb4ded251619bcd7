"""The asyncio shell: queues, lanes, cancellation, time-outs, statistics."""

from __future__ import annotations

import asyncio
import random

import pytest

from magflow_tui.marketplace.limiter import AccountLimiter, Lane, Pool, PoolLimit, PoolSnapshot, SlotTimeoutError
from magflow_tui.marketplace.limiter.legacy import EmagRateLimiter, TokenBucket


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def state(limiter: AccountLimiter, pool: Pool) -> PoolSnapshot:
    return next(one for one in limiter.snapshot() if one.pool is pool)


class NoJitter(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return 0.0


def limiter_of(per_second: int, clock: Clock) -> AccountLimiter:
    limits = {pool: PoolLimit(per_second, per_second * 60) for pool in Pool}
    return AccountLimiter("main", limits=limits, clock=clock, rng=NoJitter(), spread=0.5)


async def take(limiter: AccountLimiter, lane: Lane, name: str, done: list[str], job: str | None = None) -> None:
    async with limiter.slot(Pool.ORDERS, lane=lane, job=job) as slot:
        slot.sent()
        slot.answered()
        done.append(name)


def pump(limiter: AccountLimiter) -> None:
    limiter._pools[Pool.ORDERS].pump()


async def test_the_operator_goes_ahead_of_background_work() -> None:
    clock, done = Clock(), list[str]()
    limiter = limiter_of(1, clock)
    tasks = [asyncio.create_task(take(limiter, Lane.BACKGROUND, f"background {n}", done)) for n in range(3)]
    await settle()
    tasks.append(asyncio.create_task(take(limiter, Lane.OPERATOR, "operator", done)))
    await settle()
    assert done == ["background 0"]
    for _ in range(3):
        clock.now += 2.0
        pump(limiter)
        await settle()
    assert done == ["background 0", "operator", "background 1", "background 2"]
    await asyncio.gather(*tasks)
    assert state(limiter, Pool.ORDERS).waiting == 0


async def test_a_job_over_its_cap_steps_aside() -> None:
    clock, done = Clock(), list[str]()
    limiter = limiter_of(1, clock)
    limiter.set_cap(Pool.ORDERS, "capped", 1)
    jobs = [("capped", "a"), ("capped", "b"), ("free", "c")]
    tasks = [asyncio.create_task(take(limiter, Lane.BACKGROUND, name, done, job)) for job, name in jobs]
    for _ in range(3):
        await settle()
        clock.now += 2.0
        pump(limiter)
    await settle()
    assert done == ["a", "c"]
    clock.now += 60.0
    pump(limiter)
    await asyncio.gather(*tasks)
    assert done == ["a", "c", "b"]


async def test_a_time_out_names_the_pool_and_what_stood_in_the_way() -> None:
    limiter = limiter_of(1, Clock())
    async with limiter.slot(Pool.OTHER) as slot:
        with pytest.raises(SlotTimeoutError, match=r"pool 'other' \(1/s, 60/min\): 0 others are waiting"):
            async with limiter.slot(Pool.OTHER, timeout=0.0):
                pass
        slot.refused(30.0)
    with pytest.raises(SlotTimeoutError, match=r"paused for 30\.0 s more after a 429"):
        async with limiter.slot(Pool.OTHER, timeout=0.0):
            pass
    limiter.close()


async def test_one_that_is_cancelled_while_it_waits_takes_nobodys_place() -> None:
    clock, done = Clock(), list[str]()
    limiter = limiter_of(1, clock)
    first = asyncio.create_task(take(limiter, Lane.BACKGROUND, "first", done))
    await settle()
    waiting = [asyncio.create_task(take(limiter, Lane.BACKGROUND, name, done)) for name in ("second", "third")]
    await settle()
    waiting[0].cancel()
    await settle()
    clock.now += 2.0
    pump(limiter)
    await asyncio.gather(first, waiting[1])
    assert done == ["first", "third"]
    assert state(limiter, Pool.ORDERS).requests == 2


async def test_one_that_is_cancelled_as_it_is_granted_gives_the_slot_back() -> None:
    clock, done = Clock(), list[str]()
    limiter = limiter_of(1, clock)
    await take(limiter, Lane.BACKGROUND, "first", done)
    second = asyncio.create_task(take(limiter, Lane.BACKGROUND, "second", done))
    await settle()
    clock.now += 2.0
    pump(limiter)  # granted, but its task has not run yet
    second.cancel()
    third = asyncio.create_task(take(limiter, Lane.BACKGROUND, "third", done))
    await asyncio.gather(second, third, return_exceptions=True)
    assert done == ["first", "third"]


async def test_a_429_is_counted_and_visible_and_reset_forgets_the_counts_alone() -> None:
    clock = Clock()
    limiter = limiter_of(5, clock)
    async with limiter.slot(Pool.ORDERS) as slot:
        slot.sent()
        slot.refused(10.0)
    seen = state(limiter, Pool.ORDERS)
    assert (seen.hits, seen.requests, round(seen.paused_seconds)) == (1, 1, 10)
    assert seen.last_hit_at is not None
    assert sum(seen.per_minute) == 1
    limiter.reset_stats()
    seen = state(limiter, Pool.ORDERS)
    assert (seen.hits, seen.requests, round(seen.paused_seconds)) == (0, 0, 10)
    assert seen.minute_used == 1
    limiter.close()


async def test_a_quiet_pool_starts_at_a_random_instant_within_the_jitter() -> None:
    class Half(random.Random):
        def uniform(self, a: float, b: float) -> float:
            return (a + b) / 2

    clock, done = Clock(), list[str]()
    limiter = AccountLimiter(clock=clock, rng=Half())
    task = asyncio.create_task(take(limiter, Lane.BACKGROUND, "job", done))
    await settle()
    assert not done
    await take(limiter, Lane.OPERATOR, "operator", done)
    clock.now += 0.05
    pump(limiter)
    await task
    assert done == ["operator", "job"]


async def test_a_reserve_must_leave_something() -> None:
    limiter = AccountLimiter()
    with pytest.raises(ValueError, match="0 to 179"):
        limiter.set_reserve(Pool.OTHER, 180)
    limiter.set_reserve(Pool.OTHER, 20)
    assert state(limiter, Pool.OTHER).reserve_per_minute == 20


async def test_the_earlier_names_count_and_limit() -> None:
    limiter = EmagRateLimiter()
    for _ in range(3):
        await limiter.acquire("other")
    with pytest.raises(SlotTimeoutError):
        await limiter.acquire("other", timeout=0.01)
    stats = limiter.get_stats()
    assert stats["other_requests"] == 3
    assert stats["current_other_rpm"] == 3
    assert limiter.get_usage_percentage("other") == pytest.approx(100 * 3 / 180)
    limiter.reset_stats()
    assert limiter.get_stats()["other_requests"] == 0
    with pytest.raises(ValueError, match="'orders' or 'other'"):
        await limiter.acquire("offers")  # type: ignore[arg-type]


async def test_the_earlier_token_bucket_empties_and_refuses_what_never_fits() -> None:
    bucket = TokenBucket(rate=4.0, capacity=2)
    assert bucket.get_available_tokens() == 2
    assert await bucket.acquire() < 0.1
    assert await bucket.acquire() < 0.1
    assert await bucket.acquire() > 0.1
    with pytest.raises(ValueError, match="at most 2"):
        await bucket.acquire(3)
