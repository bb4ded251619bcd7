"""The monitor as a whole: what requests do to metrics, routes, health and events."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.marketplace.limiter import Pool
from magflow_tui.monitor.monitor import Monitor


class Told(list[tuple[str, str, str, str | None]]):
    def __call__(self, kind: str, severity: str, message: str, account: str | None) -> None:
        self.append((kind, severity, message, account))

    def of(self, kind: str) -> list[str]:
        return [entry[2] for entry in self if entry[0] == kind]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def monitor(clock: Callable[[], float], told: Told) -> Monitor:
    return Monitor(("shop", "other"), told, clock=clock, now=clock.now)  # type: ignore[attr-defined]


def gauge(used: int, *, account: str = "shop", pool: PoolName = "orders", limit: int = 720) -> PoolGauge:
    return PoolGauge(
        account=account, pool=pool, second_limit=12, second_used=0, minute_limit=limit, minute_used=used,
        tokens=0.0, token_capacity=12.0, waiting=0,
    )  # fmt: skip


def tick(monitor: Monitor, *pools: PoolGauge, sync_success: float | None = None) -> None:
    monitor.tick(pools, sync_success=sync_success, unfinished=None)


def test_metrics_cover_the_last_five_minutes(monitor: Monitor, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    for _ in range(10):
        monitor.observe(request_of("server_error", elapsed_ms=900.0))
    clock.seconds += 299
    for _ in range(30):
        monitor.observe(request_of(elapsed_ms=100.0))
    tick(monitor, gauge(360))
    metrics = monitor.metrics()
    assert (metrics.requests, metrics.error_rate, metrics.mean_ms, metrics.max_ms) == (40, 25.0, 300.0, 900.0)
    assert metrics.limit_use == 50.0
    clock.seconds += 2
    tick(monitor, gauge(360))
    assert (monitor.metrics().requests, monitor.metrics().error_rate) == (30, 0.0)


def test_routes_of_the_last_minute_show_who_spends_the_budget(monitor: Monitor, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    monitor.observe(request_of(route="order/count"))
    clock.seconds += 61
    for _ in range(3):
        monitor.observe(request_of(attempt=2))
    monitor.observe(request_of("rate_limited", route="order/save"))
    monitor.observe(request_of(route="rma/read", pool=Pool.OTHER))
    tick(monitor)
    routes = {use.route: use for use in monitor.routes()}
    assert set(routes) == {"order/read", "order/save", "rma/read"}
    assert (routes["order/read"].per_minute, routes["order/read"].share, routes["order/read"].retries) == (3, 0.75, 3)
    assert (routes["order/save"].rate_limited, routes["order/save"].errors) == (1, 1)
    assert routes["rma/read"].share == 1.0


def test_refusals_are_told_at_once_then_at_most_every_ten_seconds(monitor: Monitor, clock, request_of, told) -> None:  # type: ignore[no-untyped-def]
    for _ in range(20):
        monitor.observe(request_of("rate_limited"))
        clock.seconds += 0.25
    assert len(told.of("rate_limited")) == 1
    monitor.observe(request_of("rate_limited", route="rma/read", pool=Pool.OTHER))
    assert len(told.of("rate_limited")) == 2
    clock.seconds += 6
    tick(monitor)
    assert len(told.of("rate_limited")) == 3
    assert "19 times" in told.of("rate_limited")[-1]
    clock.seconds += 60
    tick(monitor)
    assert len(told.of("rate_limited")) == 3


def test_account_states_and_alerts_become_events(monitor: Monitor, clock, request_of, told) -> None:  # type: ignore[no-untyped-def]
    monitor.observe(request_of("authentication", note="You are not allowed to use this API."))
    assert "not allowed" in told.of("account.state")[0]
    for _ in range(20):
        tick(monitor)
        clock.seconds += 1
    assert len(told.of("alert.opened")) == 1
    assert "order/read of shop: 1 of 1 requests failed" in told.of("alert.opened")[0]
    clock.seconds += 300
    for _ in range(70):
        tick(monitor)
        clock.seconds += 1
    assert len(told.of("alert.closed")) == 1


def test_limit_use_is_that_of_the_fullest_minute_and_names_it(monitor: Monitor, request_of) -> None:  # type: ignore[no-untyped-def]
    monitor.observe(request_of())
    tick(monitor, gauge(100), gauge(170, account="other", pool="other", limit=180), sync_success=100.0)
    health = monitor.health()
    assert health.score == 80
    assert health.lines[0].metric == "limit_use"
    assert health.lines[0].cause == "other of other: 170 of 180 this minute"


def test_before_the_first_request_health_is_unknown(monitor: Monitor) -> None:
    tick(monitor, gauge(0))
    assert monitor.health().score is None
    assert monitor.metrics().error_rate is None


def test_the_cause_of_a_full_limit_names_the_route_that_spends_most(monitor: Monitor, request_of) -> None:  # type: ignore[no-untyped-def]
    for _ in range(9):
        monitor.observe(request_of(route="order/read"))
    monitor.observe(request_of(route="order/count"))
    tick(monitor, gauge(700))
    line = next(line for line in monitor.health().lines if line.metric == "limit_use")
    assert line.cause == "orders of shop: 700 of 720 this minute, order/read 90 % of it"
    assert line.points == line.penalty == 20


def test_the_last_hour_is_kept_by_minutes(monitor: Monitor, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    tick(monitor, gauge(0))
    monitor.observe(request_of(elapsed_ms=80.0))
    assert monitor.minutes().until is None
    clock.seconds += 60
    tick(monitor, gauge(1))
    minutes = monitor.minutes()
    assert (minutes.until, minutes.mean_ms, minutes.pools[0].used) == (clock.now(), (80,), (1,))
