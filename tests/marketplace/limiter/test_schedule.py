"""The limiter's arithmetic against a server with exact windows, on a virtual clock."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.marketplace.limiter.bound import UNKNOWN_SPREAD, ArrivalBound
from magflow_tui.marketplace.limiter.limits import EMAG_LIMITS, Lane, Pool, PoolLimit
from magflow_tui.marketplace.limiter.schedule import PoolSchedule

_spec = importlib.util.spec_from_file_location("limiter_server", Path(__file__).with_name("server.py"))
assert _spec is not None
assert _spec.loader is not None
server = importlib.util.module_from_spec(_spec)
__import__("sys").modules["limiter_server"] = server
_spec.loader.exec_module(server)

ORDERS = EMAG_LIMITS[Pool.ORDERS]
OTHER = EMAG_LIMITS[Pool.OTHER]
uniform, saturate = server.uniform, server.saturate


class AnswersOnly(ArrivalBound):
    """Trusts nothing but the answers: no spread is tried, no round trip is taken for the shortest possible."""

    floor = 0.0

    def learn(self, sent: float, answered: float, *, full: bool) -> None:
        super().learn(sent, answered, full=False)


@pytest.mark.parametrize("limit", [ORDERS, OTHER], ids=["orders", "other"])
@pytest.mark.parametrize("seed", range(3))
def test_a_quick_server_is_used_in_full_and_refuses_nothing(limit: PoolLimit, seed: int) -> None:
    outcome, _ = saturate(limit, before=uniform(0.0, 0.002), after=uniform(0.003, 0.012), seed=seed)
    assert not outcome.refused
    assert outcome.use >= 0.99


@pytest.mark.parametrize("limit", [ORDERS, OTHER], ids=["orders", "other"])
@pytest.mark.parametrize("seed", range(3))
def test_slow_answers_cost_next_to_nothing(limit: PoolLimit, seed: int) -> None:
    outcome, _ = saturate(limit, before=uniform(0.0, 0.002), after=uniform(0.01, 0.11), seconds=130, seed=seed)
    assert not outcome.refused
    assert outcome.use >= 0.985


@pytest.mark.parametrize("seed", range(4))
def test_wide_jitter_before_arrival_is_learned_from_a_refusal_or_two(seed: int) -> None:
    outcome, schedule = saturate(ORDERS, before=uniform(0.0, 0.08), after=uniform(0.01, 0.11), seconds=130, seed=seed)
    assert outcome.use >= 0.92
    assert len(outcome.refused) <= 3
    assert schedule.bound.spread > 0.03


@given(
    before=st.floats(0.0, 0.3),
    after=st.floats(0.0, 0.3),
    seed=st.integers(0, 2**32),
    per_second=st.integers(1, 15),
)
@settings(max_examples=25, deadline=None)
def test_no_window_ever_holds_more_whatever_the_jitter_while_the_spread_is_unknown(
    before: float, after: float, seed: int, per_second: int
) -> None:
    limit = PoolLimit(per_second, per_second * 50)
    outcome, _ = saturate(
        limit,
        before=uniform(0.0, before),
        after=uniform(0.0, after),
        seconds=90,
        seed=seed,
        send_lag=uniform(0.001, 0.001),
        schedule=PoolSchedule(limit, AnswersOnly(), 0.0),
    )
    assert outcome.fullest(1.0) <= limit.per_second
    assert outcome.fullest(60.0) <= limit.per_minute
    assert not outcome.refused


def test_a_window_of_a_minute_binds_by_itself() -> None:
    limit = PoolLimit(12, 100)
    outcome, _ = saturate(limit, before=uniform(0, 0.001), after=uniform(0.001, 0.01), seconds=180)
    assert not outcome.refused
    assert outcome.fullest(60.0) == 100
    assert len(outcome.served) >= 298


def test_the_day_of_ean_search_binds_by_itself() -> None:
    limit = PoolLimit(5, 200, per_day=30)
    outcome, schedule = saturate(limit, before=uniform(0, 0.001), after=uniform(0.001, 0.01), seconds=100)
    assert len(outcome.served) == 30
    assert schedule.ready_at(100.0, Lane.OPERATOR, None, 1) > 86_000


def test_a_request_that_has_yet_to_leave_holds_its_place() -> None:
    schedule = PoolSchedule(PoolLimit(1, 60), ArrivalBound(), 0.0)
    arrival = schedule.grant(0.0, None)
    assert schedule.ready_at(30.0, Lane.BACKGROUND, None, 1) == float("inf")
    schedule.sent(arrival, 30.0)
    assert schedule.ready_at(30.0, Lane.BACKGROUND, None, 1) == pytest.approx(31.0 + UNKNOWN_SPREAD)


def test_one_that_never_left_gives_its_place_back() -> None:
    schedule = PoolSchedule(PoolLimit(1, 60), ArrivalBound(), 0.0)
    arrival = schedule.grant(0.0, None)
    schedule.closed(arrival, 0.5)
    assert schedule.used(1.5) == (0, 0)


def test_one_that_broke_off_on_its_way_keeps_its_place() -> None:
    schedule = PoolSchedule(PoolLimit(1, 60), ArrivalBound(), 0.0)
    arrival = schedule.grant(0.0, None)
    arrival.leaving = True
    schedule.closed(arrival, 0.5)
    assert schedule.used(1.0) == (1, 1)
    assert schedule.ready_at(1.0, Lane.OPERATOR, None, 1) == pytest.approx(1.5 + UNKNOWN_SPREAD)


def test_a_429_pauses_for_retry_after_and_slows_down_until_it_is_quiet() -> None:
    schedule = PoolSchedule(ORDERS, ArrivalBound(), 0.0)
    arrival = schedule.grant(0.0, None)
    schedule.sent(arrival, 0.0)
    schedule.answered(arrival, 0.1)
    schedule.refused(arrival, 0.1, 7.0)
    assert schedule.ready_at(1.0, Lane.OPERATOR, None, 1) == pytest.approx(7.1)
    assert schedule.backoff.pace(8.0) == pytest.approx(0.95)
    assert schedule.backoff.pace(30.0) == 1.0
    assert schedule.backoff.hits == 1


def test_429s_in_a_row_pause_longer_and_those_under_way_count_once() -> None:
    schedule = PoolSchedule(ORDERS, ArrivalBound(), 0.0)
    first, second = schedule.grant(0.0, None), schedule.grant(0.0, None)
    for arrival in (first, second):
        schedule.sent(arrival, 0.0)
        schedule.answered(arrival, 0.1)
        schedule.refused(arrival, 0.1, None)
    assert schedule.backoff.paused_until == pytest.approx(1.1)
    assert schedule.backoff.hits == 2
    third = schedule.grant(1.2, None)
    schedule.sent(third, 1.2)
    schedule.answered(third, 1.3)
    schedule.refused(third, 1.3, None)
    assert schedule.backoff.paused_until == pytest.approx(3.3)


def test_a_cap_holds_one_job_and_no_other() -> None:
    schedule = PoolSchedule(ORDERS, ArrivalBound(), 0.0)
    schedule.set_cap("offers", 6, 0.0)
    schedule.grant(0.0, "offers")
    assert schedule.ready_at(0.0, Lane.BACKGROUND, "offers", 1) == pytest.approx(10.0)
    assert schedule.ready_at(0.0, Lane.BACKGROUND, "orders", 1) == 0.0
    assert schedule.caps == {"offers": 6}
    schedule.set_cap("offers", None, 0.0)
    assert schedule.ready_at(0.0, Lane.BACKGROUND, "offers", 1) == 0.0


def test_a_reserve_is_kept_for_the_operator() -> None:
    limit = PoolLimit(100, 100)
    schedule = PoolSchedule(limit, ArrivalBound(), 0.0)
    schedule.reserve_per_minute = 20
    now = 0.0
    granted = 0
    rng = random.Random(1)
    while now < 20:
        while schedule.ready_at(now, Lane.BACKGROUND, None, 1) <= now:
            arrival = schedule.grant(now, None)
            schedule.sent(arrival, now)
            schedule.answered(arrival, now + rng.random() / 100)
            granted += 1
        now += 0.05
    assert granted == 80
    assert schedule.ready_at(now, Lane.OPERATOR, None, 1) <= now


@pytest.mark.parametrize("per_minute", [0, -3])
def test_a_cap_below_one_is_refused(per_minute: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        PoolSchedule(ORDERS, ArrivalBound(), 0.0).set_cap("x", per_minute, 0.0)
