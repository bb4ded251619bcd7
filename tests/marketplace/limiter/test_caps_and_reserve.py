"""Caps and a reserve together under load, on a loop whose time passes only when nothing else is left to do."""

from __future__ import annotations

import asyncio
import random
import selectors
from bisect import bisect_left
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.marketplace.limiter import AccountLimiter, Lane, Pool, PoolLimit
from magflow_tui.marketplace.limiter.bound import ArrivalBound
from magflow_tui.marketplace.limiter.schedule import PoolSchedule

CAPPED, FREE, ACTION = "sync offers", "sync rma", "action"
#: Requests of a job that wait or are under way at once, as a sync that reads ahead has.
AHEAD = 4


class SkippingSelector(selectors.DefaultSelector):
    """Instead of waiting it lets the time pass."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class SkippingLoop(asyncio.SelectorEventLoop):
    """A loop on which an hour takes as long as what happens in it."""

    def __init__(self) -> None:
        self._skipping = SkippingSelector()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now


@dataclass
class Load:
    """An account's `other` pool under load. Instants of leave by job, and the seconds that operators waited."""

    limit: PoolLimit
    cap: int | None
    reserve: int
    answer_in: float
    seed: int
    gather: bool = False
    granted: dict[str, list[float]] = field(default_factory=lambda: {CAPPED: [], FREE: [], ACTION: []})
    operator_waits: list[float] = field(default_factory=list)

    def run(self, seconds: float, jobs: Sequence[str], *, burst: int = 0, burst_at: float = 0.0) -> None:
        """Have jobs ask for all they can get, and an operator for `burst` requests at once."""
        loop = SkippingLoop()
        try:
            loop.run_until_complete(self._run(seconds, jobs, burst, burst_at))
        finally:
            loop.close()

    async def _run(self, seconds: float, jobs: Sequence[str], burst: int, burst_at: float) -> None:
        clock, rng = asyncio.get_running_loop().time, random.Random(self.seed)
        limiter = AccountLimiter("shop", limits={Pool.OTHER: self.limit}, clock=clock, rng=rng)
        if self.gather:
            limiter._bound.gather, limiter._bound.spread = True, 0.05
        limiter.set_cap(Pool.OTHER, CAPPED, self.cap)
        limiter.set_reserve(Pool.OTHER, self.reserve)
        began = clock()

        async def ask(job: str, lane: Lane) -> None:
            async with limiter.slot(Pool.OTHER, lane=lane, job=job) as slot:
                self.granted[job].append(clock() - began)
                if lane is Lane.OPERATOR:
                    self.operator_waits.append(slot.waited)
                slot.sent()
                await asyncio.sleep(rng.uniform(0.5, 1.0) * self.answer_in)
                slot.answered()

        async def work(job: str) -> None:
            while True:
                await ask(job, Lane.BACKGROUND)

        async def operate() -> None:
            await asyncio.sleep(burst_at)
            await asyncio.gather(*(ask(ACTION, Lane.OPERATOR) for _ in range(burst)))

        work_of: list[Coroutine[None, None, None]] = [work(job) for job in jobs for _ in range(AHEAD)]
        tasks = [asyncio.create_task(each) for each in (*work_of, operate())]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        limiter.close()

    def fullest_minute(self, *jobs: str) -> int:
        """Most requests of some jobs in any minute."""
        times = sorted(at for job in jobs for at in self.granted[job])
        return max((bisect_left(times, at + 60.0) - index for index, at in enumerate(times)), default=0)

    def last_minute(self, seconds: float, *jobs: str) -> int:
        return sum(seconds - 60 <= at < seconds for job in jobs for at in self.granted[job])


@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_caps_and_reserve_hold_in_every_minute_and_what_they_leave_is_used(data: st.DataObject) -> None:
    limit = PoolLimit(3, 180)
    load = Load(
        limit,
        cap=data.draw(st.integers(1, limit.per_minute - 1), "cap"),
        reserve=data.draw(st.integers(0, limit.per_minute - 1), "reserve"),
        answer_in=data.draw(st.floats(0.002, 0.4), "answer"),
        seed=data.draw(st.integers(0, 2**32), "seed"),
    )
    load.run(190.0, [CAPPED, FREE])
    assert load.cap is not None
    background = limit.per_minute - load.reserve
    assert load.fullest_minute(CAPPED) <= load.cap
    assert load.fullest_minute(CAPPED, FREE) <= background
    assert load.last_minute(190.0, CAPPED, FREE) >= 0.97 * background - 3


@pytest.mark.parametrize("gather", [False, True])
@pytest.mark.parametrize("cap", [6, 60, 120, 170])
def test_a_capped_job_that_is_alone_gets_its_cap_and_no_more(cap: int, *, gather: bool) -> None:
    load = Load(PoolLimit(3, 180), cap, reserve=0, answer_in=0.05, seed=1, gather=gather)
    load.run(200.0, [CAPPED])
    assert load.fullest_minute(CAPPED) <= cap
    assert load.last_minute(200.0, CAPPED) >= 0.97 * cap - 1


@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_an_operator_within_the_reserve_waits_for_the_second_alone(data: st.DataObject) -> None:
    limit = PoolLimit(3, 180)
    reserve = data.draw(st.integers(1, 60), "reserve")
    load = Load(
        limit,
        cap=data.draw(st.one_of(st.none(), st.integers(1, 179)), "cap"),
        reserve=reserve,
        answer_in=data.draw(st.floats(0.002, 0.2), "answer"),
        seed=data.draw(st.integers(0, 2**32), "seed"),
    )
    burst = data.draw(st.integers(1, reserve), "burst")
    load.run(160.0, [CAPPED, FREE], burst=burst, burst_at=75.0)
    assert len(load.granted[ACTION]) == burst
    # Three a second go through, and the second before may be full.
    assert max(load.operator_waits) <= burst / limit.per_second * 1.35 + 1.5
    assert load.fullest_minute(CAPPED, FREE, ACTION) <= limit.per_minute


def test_a_cap_that_is_set_anew_gives_no_request_away() -> None:
    schedule = PoolSchedule(PoolLimit(3, 180), ArrivalBound(), 0.0)
    schedule.set_cap(CAPPED, 6, 0.0)
    schedule.grant(0.0, CAPPED)
    schedule.set_cap(CAPPED, 12, 0.0)
    assert schedule.ready_at(0.0, Lane.BACKGROUND, CAPPED, 0) == pytest.approx(5.0)


async def test_who_waits_for_a_cap_goes_as_soon_as_it_is_lifted() -> None:
    limiter = AccountLimiter("shop", limits={Pool.OTHER: PoolLimit(3, 180)})
    limiter.set_cap(Pool.OTHER, CAPPED, 1)

    async def ask() -> None:
        async with limiter.slot(Pool.OTHER, job=CAPPED) as slot:
            slot.sent()
            slot.answered()

    await ask()
    waiting = asyncio.create_task(ask())
    await asyncio.sleep(0)
    assert limiter.snapshot()[0].waiting == 1
    limiter.set_cap(Pool.OTHER, CAPPED, None)
    async with asyncio.timeout(5):  # and not after a minute
        await waiting
    limiter.close()


def test_what_is_not_capped_goes_on_while_a_capped_job_waits() -> None:
    load = Load(PoolLimit(3, 180), cap=1, reserve=0, answer_in=0.01, seed=3)
    load.run(130.0, [CAPPED, FREE])
    assert load.fullest_minute(CAPPED) <= 1
    assert load.last_minute(130.0, FREE) >= 175
