"""Minutes that are over, and the last hour of them."""

from __future__ import annotations

import pytest

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.marketplace.limiter import Pool
from magflow_tui.monitor.minutes import ClosedMinute, MinuteBook
from magflow_tui.monitor.score import Readings
from magflow_tui.monitor.sketch import quantile_ms
from magflow_tui.monitor.tally import Intake, RouteKey


def gauge(used: int, *, pool: PoolName = "orders", waited: float = 0.0, hits: int = 0) -> PoolGauge:
    return PoolGauge(
        account="shop", pool=pool, second_limit=12, second_used=0, minute_limit=720, minute_used=used,
        tokens=0.0, token_capacity=12.0, waiting=0, total_wait_seconds=waited, hits=hits,
    )  # fmt: skip


class Book(MinuteBook):
    """A minute book with its intake."""

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.add = intake.add


@pytest.fixture
def book(clock) -> Book:  # type: ignore[no-untyped-def]
    book = Book(Intake(clock))
    book.tick((gauge(0),), clock.now())
    return book


def test_nothing_is_told_before_a_minute_is_over(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of())
    clock.seconds += 59
    book.tick((gauge(1),), clock.now())
    assert book.minutes().until is None


def test_a_minute_has_response_times_and_use_of_each_pool(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    for elapsed in range(1, 101):
        book.add(request_of(elapsed_ms=float(elapsed)))
    clock.seconds += 60
    book.tick((gauge(100), gauge(7, pool="other")), clock.now())
    minutes = book.minutes()
    assert minutes.until == clock.now()
    assert (minutes.mean_ms, minutes.p95_ms) == ((50,), (95,))
    assert {pool.pool: pool.used for pool in minutes.pools} == {"orders": (100,), "other": (7,)}


def test_waits_and_refusals_are_those_of_the_minute_even_when_statistics_are_reset(
    book: Book,
    clock,  # type: ignore[no-untyped-def]
) -> None:
    for waited, hits in ((10.0, 1), (25.0, 1), (4.0, 0)):
        clock.seconds += 60
        book.tick((gauge(0, waited=waited, hits=hits),), clock.now())
    (pool,) = book.minutes().pools
    assert pool.waited_seconds == (10.0, 15.0, 4.0)
    assert pool.hits == (1, 0, 0)


def test_a_route_tells_which_jobs_called_it_and_is_silent_where_it_was_not_called(
    book: Book,
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
    assert (route.requests, route.mean_ms) == ((0, 3), (None, 200))
    assert route.p95_ms == (None, pytest.approx(200, rel=0.005))
    assert (route.errors, route.jobs) == (3, {"other": 3})


def test_minutes_that_nobody_saw_are_gaps(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
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


def test_sixty_minutes_are_kept_however_long_it_runs(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
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


def test_a_clock_that_is_set_back_ends_no_minute(book: Book, clock) -> None:  # type: ignore[no-untyped-def]
    clock.seconds -= 120
    book.tick((gauge(3),), clock.now())
    assert book.minutes().until is None


def test_a_minute_is_told_once_when_it_is_over(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    began = int(clock.now().timestamp()) // 60
    book.add(request_of(elapsed_ms=80.0, job="sync orders"))
    book.add(request_of(elapsed_ms=120.0, job="sync orders", attempt=2))
    book.add(request_of("rate_limited", elapsed_ms=10.0, job="action"))
    book.add(request_of("cancelled", elapsed_ms=5000.0))
    book.add(request_of("timeout", account="fbe", elapsed_ms=30_000.0))
    clock.seconds += 59
    assert book.tick((gauge(3),), clock.now()) is None
    clock.seconds += 1
    closed = book.tick((gauge(4, waited=1.25, hits=1),), clock.now())
    assert closed is not None
    assert closed.number == began
    assert set(closed.routes) == {RouteKey("shop", "order/read", "orders"), RouteKey("fbe", "order/read", "orders")}
    read = closed.routes[RouteKey("shop", "order/read", "orders")]
    assert (read.requests, read.errors, read.rate_limited, read.retries) == (3, 1, 1, 1)
    assert (read.total_us, read.mean_ms, read.p50_ms, read.p95_ms, read.max_ms) == (210_000, 70, 80, 120, 120)
    assert (read.waited_ms, dict(read.jobs)) == (3, {"sync orders": 2, "action": 1})
    assert quantile_ms(read.bins, 0.5) == pytest.approx(80.0, rel=0.0051)
    assert closed.accounts["shop"] == read
    assert (closed.every.requests, closed.every.errors, closed.every.max_ms) == (4, 2, 30_000)
    assert closed.every.bins == {**read.bins, **closed.accounts["fbe"].bins}
    pool = closed.pools["shop", "orders"]
    assert (pool.used, pool.waited_ms, pool.hits) == (4, 1250, 1)
    assert book.tick((gauge(4),), clock.now()) is None


def test_requests_after_the_end_of_a_minute_belong_to_the_next(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of())
    clock.seconds += 60
    book.tick((), clock.now())
    book.add(request_of())
    book.add(request_of())
    clock.seconds += 60
    book.tick((), clock.now())
    assert book.minutes().requests == (1, 2)


def test_a_closed_minute_does_not_change_any_more(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of())
    clock.seconds += 60
    closed = book.tick((), clock.now())
    assert isinstance(closed, ClosedMinute)
    bins = dict(closed.every.bins)
    for _ in range(3):
        book.add(request_of())
        clock.seconds += 60
        book.tick((), clock.now())
    assert closed.every.bins == bins
    assert sum(bins.values()) == 1


def test_readings_are_those_of_the_end_of_a_minute(book: Book, clock) -> None:  # type: ignore[no-untyped-def]
    calm, failing = Readings(error_rate=0.0, mean_ms=100.04), Readings(error_rate=12.0, mean_ms=100.0)
    book.tick((), clock.now(), {None: calm, "shop": calm})
    clock.seconds += 59
    book.tick((), clock.now(), {None: failing, "shop": failing, "fbe": calm})
    clock.seconds += 1
    closed = book.tick((), clock.now(), {None: calm})
    assert closed is not None
    assert closed.readings == {None: failing, "shop": failing, "fbe": calm}
    clock.seconds += 60
    book.tick((), clock.now(), {None: calm})
    minutes = book.minutes()
    assert (minutes.score, minutes.error_rate, minutes.response_ms) == ((70, 100), (12.0, 0.0), (100.0, 100.0))
    assert (minutes.limit_use, minutes.sync_success) == ((None, None), (None, None))
    assert book.minutes("fbe").score == (100, None)


def test_an_account_has_an_hour_of_its_own(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of(elapsed_ms=100.0))
    book.add(request_of(account="fbe", elapsed_ms=900.0))
    clock.seconds += 60
    book.tick((gauge(1),), clock.now())
    shop, fbe, nobody = (book.minutes(account) for account in ("shop", "fbe", "nobody"))
    assert (shop.requests, shop.max_ms, fbe.max_ms) == ((1,), (100,), (900,))
    assert [route.account for route in fbe.routes] == ["fbe"]
    assert [pool.account for pool in shop.pools] == ["shop"]
    assert fbe.pools == ()
    assert (nobody.requests, nobody.mean_ms, nobody.routes) == ((0,), (None,), ())


def test_the_hour_keeps_no_histograms(book: Book, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    book.add(request_of())
    clock.seconds += 60
    book.tick((), clock.now())
    (kept,) = book._minutes
    assert not any(requests.bins for requests in (kept.every, *kept.accounts.values(), *kept.routes.values()))
