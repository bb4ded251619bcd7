"""The last hour, a value a minute."""

from __future__ import annotations

import pytest

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.marketplace.limiter import Pool
from magflow_tui.monitor.minutes import MinuteBook


def gauge(used: int, *, pool: PoolName = "orders", waited: float = 0.0, hits: int = 0) -> PoolGauge:
    return PoolGauge(
        account="shop", pool=pool, second_limit=12, second_used=0, minute_limit=720, minute_used=used,
        tokens=0.0, token_capacity=12.0, waiting=0, total_wait_seconds=waited, hits=hits,
    )  # fmt: skip


@pytest.fixture
def book(clock) -> MinuteBook:  # type: ignore[no-untyped-def]
    book = MinuteBook()
    book.tick((gauge(0),), clock.now())
    return book


def test_nothing_is_told_before_a_minute_is_over(book: MinuteBook, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of())
    clock.seconds += 59
    book.tick((gauge(1),), clock.now())
    assert book.minutes().until is None


def test_a_minute_has_response_times_and_use_of_each_pool(book: MinuteBook, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    for elapsed in range(1, 101):
        book.add(request_of(elapsed_ms=float(elapsed)))
    clock.seconds += 60
    book.tick((gauge(100), gauge(7, pool="other")), clock.now())
    minutes = book.minutes()
    assert minutes.until == clock.now()
    assert (minutes.mean_ms, minutes.p95_ms) == ((50,), (95,))
    assert {pool.pool: pool.used for pool in minutes.pools} == {"orders": (100,), "other": (7,)}


def test_waits_and_refusals_are_those_of_the_minute_even_when_statistics_are_reset(
    book: MinuteBook,
    clock,  # type: ignore[no-untyped-def]
) -> None:
    for waited, hits in ((10.0, 1), (25.0, 1), (4.0, 0)):
        clock.seconds += 60
        book.tick((gauge(0, waited=waited, hits=hits),), clock.now())
    (pool,) = book.minutes().pools
    assert pool.waited_seconds == (10.0, 15.0, 4.0)
    assert pool.hits == (1, 0, 0)


def test_a_route_tells_which_jobs_called_it_and_is_silent_where_it_was_not_called(
    book: MinuteBook,
    clock,  # type: ignore[no-untyped-def]
    request_of,  # type: ignore[no-untyped-def]
) -> None:
    clock.seconds += 60
    book.tick((), clock.now())
    for _ in range(3):
        book.add(request_of("server_error", route="rma/read", pool=Pool.OTHER, elapsed_ms=200.0))
    clock.seconds += 60
    book.tick((), clock.now())
    (route,) = book.minutes().routes
    assert (route.account, route.route, route.pool) == ("shop", "rma/read", "other")
    assert (route.requests, route.mean_ms, route.p95_ms) == ((0, 3), (None, 200), (None, 200))
    assert (route.errors, route.jobs) == (3, {"other": 3})


def test_minutes_that_nobody_saw_are_gaps(book: MinuteBook, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of())
    clock.seconds += 240
    book.tick((gauge(1),), clock.now())
    minutes = book.minutes()
    assert minutes.until == clock.now()
    assert minutes.pools[0].used == (1, None, None, None)
    clock.seconds += 60
    book.tick((gauge(2),), clock.now())
    minutes = book.minutes()
    assert minutes.pools[0].used == (1, None, None, None, 2)
    assert minutes.mean_ms == (100, None, None, None, None)


def test_sixty_minutes_are_kept_however_long_it_runs(book: MinuteBook, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of(route="order/count"))
    for minute in range(1, 200):
        book.add(request_of())
        clock.seconds += 60
        book.tick((gauge(minute),), clock.now())
    minutes = book.minutes()
    assert minutes.pools[0].used == tuple(range(140, 200))
    assert [route.route for route in minutes.routes] == ["order/read"]
    clock.seconds += 7200
    book.tick((gauge(0),), clock.now())
    clock.seconds += 60
    book.tick((gauge(5),), clock.now())
    assert book.minutes().pools[0].used == (*(None,) * 59, 5)


def test_a_clock_that_is_set_back_ends_no_minute(book: MinuteBook, clock) -> None:  # type: ignore[no-untyped-def]
    clock.seconds -= 120
    book.tick((gauge(3),), clock.now())
    assert book.minutes().until is None
