"""The forecast's arithmetic, on any pool there can be."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.snapshot import PoolGauge, RouteUse, Snapshot
from magflow_tui.tui.views.forecast import (
    JobEnd,
    burst_of,
    jobs_of_pool,
    jobs_of_route,
    seconds_under_cap,
    spare_of,
    suggestion_of,
    two_thirds,
)


@st.composite
def pools(draw: st.DrawFn) -> PoolGauge:
    limit = draw(st.integers(2, 1000))
    return PoolGauge(
        account="main",
        pool="other",
        second_limit=3,
        second_used=0,
        minute_limit=limit,
        minute_used=draw(st.integers(0, 2 * limit)),
        tokens=0,
        token_capacity=3,
        waiting=draw(st.integers(0, 9)),
        pace=draw(st.floats(0, 1)),
    )


def route(jobs: dict[str, int], **fields: Any) -> RouteUse:
    given: dict[str, Any] = {
        "account": "main",
        "route": "product_offer/read",
        "pool": "other",
        "per_minute": sum(jobs.values()),
        "share": 1.0,
        "mean_ms": None,
        "p95_ms": None,
        "rate_limited": 0,
        "retries": 0,
        "errors": 0,
        "jobs": jobs,
    }
    return RouteUse(**(given | fields))


@given(pools(), st.integers(0, 500), st.integers(0, 500))
def test_more_at_once_never_wait_less_and_within_what_is_spare_nobody_waits(
    pool: PoolGauge, few: int, more: int
) -> None:
    few, more = sorted((few, more))
    assert 0 <= spare_of(pool) <= pool.minute_limit
    assert burst_of(pool, spare_of(pool)).queued == 0
    assert burst_of(pool, few).queued <= burst_of(pool, more).queued
    assert burst_of(pool, few).seconds <= burst_of(pool, more).seconds


@given(pools(), st.integers(0, 800), st.integers(0, 800))
def test_a_cap_is_suggested_only_where_it_would_hold_the_job_up(
    snapshot: Snapshot, pool: PoolGauge, one: int, other: int
) -> None:
    routes = (route({"sync offers": one}), route({"sync rma": other}, route="rma/read"))
    found = suggestion_of(snapshot.model_copy(update={"routes": routes, "pools": (pool,)}), None, pool)
    assert 1 <= two_thirds(pool) < pool.minute_limit
    if found is not None:
        assert found.per_minute < {"sync offers": one, "sync rma": other}[found.job]
        assert pool.waiting
        assert pool.minute_used > 0.8 * pool.minute_limit


def test_operators_own_work_is_never_suggested_to_be_capped(snapshot: Snapshot) -> None:
    pool = next(pool for pool in snapshot.pools if (pool.account, pool.pool) == ("main", "other"))
    busy = snapshot.model_copy(update={"routes": (route({"action": 175}),)})
    assert suggestion_of(busy, None, pool) is None
    assert suggestion_of(busy.model_copy(update={"routes": (route({"sync rma": 175}),)}), None, pool) is not None


@given(st.floats(0, 1e6), st.integers(0, 1000), st.integers(1, 1000))
def test_a_cap_never_has_a_job_end_sooner(snapshot: Snapshot, seconds: float, rate: int, cap: int) -> None:
    end = JobEnd(snapshot.running[0], seconds, rate, 0)
    later = seconds_under_cap(end, cap)
    assert later is not None
    assert later >= seconds
    assert (later == seconds) or rate > cap
    assert seconds_under_cap(end, None) == seconds
    assert seconds_under_cap(JobEnd(end.run, None, rate, 0), cap) is None


def test_who_made_the_requests_is_told_live_and_where_it_is_not_as_in_the_hour(full_view: Any) -> None:
    minutes, snapshot = full_view.minutes, full_view.snapshot
    live = route({"action": 3, "sync offers": 2})
    assert jobs_of_route(live, minutes) == {"action": 3, "sync offers": 2}
    assert jobs_of_route(route({}, per_minute=144), minutes) == {"sync offers": 144}
    assert jobs_of_route(route({}, route="awb/save", per_minute=9), minutes) == {}
    pool = next(pool for pool in snapshot.pools if (pool.account, pool.pool) == ("main", "other"))
    both = snapshot.model_copy(update={"routes": (live, route({"sync offers": 5}, route="rma/read"))})
    assert jobs_of_pool(both, minutes, pool) == {"sync offers": 7, "action": 3}
