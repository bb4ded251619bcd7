"""Sliding windows agree, at every instant, with counting everything anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, floor
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.snapshot import Metrics
from magflow_tui.marketplace.limiter import Lane, Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.sketch import RELATIVE_ACCURACY
from magflow_tui.monitor.tally import Intake
from magflow_tui.monitor.traffic import Traffic


@pytest.fixture
def intake(clock) -> Intake:  # type: ignore[no-untyped-def]
    return Intake(clock)


@pytest.fixture
def traffic(intake: Intake) -> Traffic:
    return Traffic(intake)


def metrics(traffic: Traffic, account: str | None = None, pool: PoolName | None = None) -> Metrics:
    return traffic.metrics(account, pool, limit_use=None, sync_success=None)


class Step(NamedTuple):
    """A request that ends `gap` seconds after the one before."""

    gap: float
    account: str
    route: str
    outcome: str
    elapsed_ms: float
    look: bool


STEPS = st.lists(
    st.builds(
        Step,
        gap=st.one_of(st.floats(0, 3), st.floats(0, 400)),
        account=st.sampled_from(["shop", "fbe"]),
        route=st.sampled_from(["order/read", "rma/read"]),
        outcome=st.sampled_from(["ok", "ok", "timeout", "rate_limited", "cancelled"]),
        elapsed_ms=st.floats(0.01, 1e5),
        look=st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def replay(steps: list[Step], later: float) -> Iterator[tuple[Traffic, int, list[tuple[int, RequestRecord]]]]:
    """A `Traffic` at instants chosen by the steps, with the second that it is and all that ended in the 300 s to it."""
    now = 0.0
    intake = Intake(lambda: now)
    traffic, everything = Traffic(intake), []
    for step in [*steps, None]:
        now += later if step is None else step.gap
        if step is not None:
            record = a_record(step)
            intake.add(record)
            if step.outcome != "cancelled":
                everything.append((floor(now), record))
        if step is None or step.look:
            yield traffic, floor(now), [each for each in everything if each[0] > floor(now) - 300]


def a_record(step: Step) -> RequestRecord:
    return RequestRecord(
        account=step.account, method="POST", route=step.route, lane=Lane.BACKGROUND, job=None, attempt=1,
        pool=Pool.ORDERS if step.route.startswith("order") else Pool.OTHER, started_at=None, waited_ms=0.0,  # type: ignore[arg-type]
        elapsed_ms=step.elapsed_ms, first_byte_ms=None, status=None, outcome=step.outcome, note=None,  # type: ignore[arg-type]
        bytes_received=0, page=None, run_id=None,
    )  # fmt: skip


def about(exact: float) -> object:
    """Within the accuracy of the histogram, and then rounded to a tenth."""
    return pytest.approx(exact, abs=1.000001 * (RELATIVE_ACCURACY * exact + 0.05))


@given(STEPS, st.floats(0, 400), st.sampled_from([None, "shop"]), st.sampled_from([None, "other"]))
def test_metrics_are_those_of_the_last_300_seconds(
    steps: list[Step], later: float, account: str | None, pool: PoolName | None
) -> None:
    for traffic, _, window in replay(steps, later):
        left = [record for _, record in window if account in (None, record.account) and pool in (None, record.pool)]
        found = metrics(traffic, account, pool)
        assert found.requests == len(left)
        assert found.rate_limited == sum(record.outcome == "rate_limited" for record in left)
        if not left:
            assert (found.mean_ms, found.max_ms, found.p50_ms, found.error_rate) == (None,) * 4
            continue
        times = sorted(record.elapsed_ms for record in left)
        assert found.max_ms == pytest.approx(times[-1], abs=0.051)
        assert found.mean_ms == pytest.approx(sum(times) / len(times), abs=0.051)
        assert found.error_rate == round(100 * sum(record.outcome != "ok" for record in left) / len(left), 1)
        for percent, quantile in ((50, found.p50_ms), (95, found.p95_ms), (99, found.p99_ms)):
            exact = times[ceil(percent * len(times) / 100) - 1]
            assert quantile == about(exact)
        if pool is None:
            assert traffic.error_rate(account) == pytest.approx(found.error_rate, abs=0.051)
            assert traffic.mean_ms(account) == pytest.approx(found.mean_ms, abs=0.051)


@given(STEPS, st.floats(0, 400))
def test_routes_are_those_of_the_last_60_seconds(steps: list[Step], later: float) -> None:
    for traffic, now, window in replay(steps, later):
        left = [record for second, record in window if second > now - 60]
        uses = {(use.account, use.route): use for use in traffic.routes()}
        assert set(uses) == {(record.account, record.route) for record in left}
        for (account, route), use in uses.items():
            own = sorted(record.elapsed_ms for record in left if (record.account, record.route) == (account, route))
            assert (use.per_minute, use.share) == (len(own), 1.0)
            assert use.p95_ms == about(own[ceil(0.95 * len(own)) - 1])


def add(intake: Intake, records: Iterable[RequestRecord]) -> None:
    for record in records:
        intake.add(record)


def test_a_slot_counts_for_300_seconds_of_the_clock_and_not_one_more(traffic, intake, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    clock.seconds = 1000.75
    intake.add(request_of())
    clock.seconds = 1299.99
    assert metrics(traffic).requests == 1
    clock.seconds = 1300.0
    assert metrics(traffic).requests == 0
    assert traffic.error_rate() is None
    assert traffic.mean_ms() is None


def test_no_quantile_is_told_above_the_longest_time(traffic, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    for elapsed in range(100, 200):
        intake.add(request_of(elapsed_ms=float(elapsed)))
        found = metrics(traffic)
        assert found.p99_ms <= found.max_ms == elapsed  # type: ignore[operator]


def test_an_account_that_asked_nothing_is_unknown(traffic, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    intake.add(request_of("timeout"))
    assert (traffic.error_rate(), traffic.error_rate("shop"), traffic.error_rate("fbe")) == (100.0, 100.0, None)
    assert traffic.mean_ms("fbe") is None
    assert (traffic.failures("fbe"), traffic.slowest("fbe"), traffic.busiest("fbe", "orders")) == (None, None, None)


def test_failures_name_the_route_that_fails_most_how_and_for_whom(traffic, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    add(intake, [request_of(job="sync orders")] * 10)
    add(intake, [request_of("server_error", job="sync orders")] * 3)
    add(intake, [request_of("timeout", job="action")])
    add(intake, [request_of("business", route="order/save", job="action")] * 3)
    add(intake, [request_of("timeout", account="fbe")] * 2)
    found = traffic.failures()
    assert found is not None
    assert (found.key.account, found.key.route, found.failed, found.total) == ("shop", "order/read", 4, 14)
    assert found.outcomes == {"server_error": 3, "timeout": 1}
    assert found.job == "sync orders"
    elsewhere = traffic.failures("fbe")
    assert elsewhere is not None
    assert (elsewhere.failed, elsewhere.job) == (2, None)


def test_failures_are_over_when_they_left_the_window(traffic, intake, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    add(intake, [request_of("server_error")] * 3)
    clock.seconds += 200
    add(intake, [request_of()] * 3)
    clock.seconds += 100
    assert traffic.failures() is None
    assert traffic.error_rate() == 0.0


def test_the_slowest_route_is_the_one_that_costs_the_most_time_and_not_a_single_slow_request(
    traffic,  # type: ignore[no-untyped-def]
    intake,  # type: ignore[no-untyped-def]
    request_of,  # type: ignore[no-untyped-def]
) -> None:
    add(intake, [request_of(route="rma/read", pool=Pool.OTHER, elapsed_ms=9000.0)])
    add(intake, [request_of(elapsed_ms=2500.0, job="sync orders")] * 100)
    add(intake, [request_of(route="order/count", elapsed_ms=400.0)] * 900)
    found = traffic.slowest(beyond_ms=2000.0)
    assert found is not None
    assert (found.key.route, found.mean_ms, found.requests, found.job) == ("order/read", 2500.0, 100, "sync orders")


def test_who_spends_a_pool_is_told_with_the_job_behind_it(traffic, intake, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    add(intake, [request_of(route="order/count")] * 50)
    clock.seconds += 60
    add(intake, [request_of(job="sync orders")] * 5 + [request_of(job="action")] * 2 + [request_of(job="test")])
    add(intake, [request_of(route="order/save", job="action")] * 2)
    add(intake, [request_of(route="rma/read", pool=Pool.OTHER)] * 30)
    spender = traffic.busiest("shop", "orders")
    assert spender is not None
    assert (spender.key.route, spender.share, spender.job, spender.job_share) == ("order/read", 0.8, "sync orders", 0.5)
    uses = {use.route: use for use in traffic.routes()}
    assert list(uses["order/read"].jobs.items()) == [("sync orders", 5), ("action", 2), ("test", 1)]
    other = traffic.busiest("shop", "other")
    assert other is not None
    assert (other.share, other.job, other.job_share) == (1.0, None, 1.0)


def test_of_many_jobs_the_busiest_four_are_told(traffic, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    for number in range(1, 8):
        add(intake, [request_of(job=f"job {number}")] * number)
    (use,) = traffic.routes()
    assert list(use.jobs) == ["job 7", "job 6", "job 5", "job 4"]
