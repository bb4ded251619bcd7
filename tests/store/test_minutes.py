"""Minutes that are kept: what comes back of them, minute by minute and in longer steps, and minutes that come twice."""

from __future__ import annotations

from functools import partial

import pytest

from magflow_tui.contract.minutes import Minutes
from magflow_tui.store.minutes import (
    ALL,
    MOST_ROUTE_MINUTES,
    HealthMinute,
    KeptMinute,
    PoolMinute,
    RouteMinute,
    Span,
    instant_of,
    keep_minute,
    last_minute,
    minute_of,
    minutes_of,
    read_span,
)
from tests.store.conftest import NOON, Shelf

TEN = minute_of(NOON)


def health(account: str = ALL, **changes: object) -> HealthMinute:
    """A quiet, sound minute of ten requests."""
    sound: dict[str, object] = {
        "score": 100,
        "error_rate": 0.0,
        "response_ms": 150.0,
        "limit_use": 20.0,
        "sync_success": 100.0,
        "requests": 10,
        "errors": 0,
        "mean_ms": 150,
        "p50_ms": 140,
        "p95_ms": 300,
        "max_ms": 400,
    }
    return HealthMinute(account=account, **(sound | changes))


def route(account: str = "main", name: str = "order/read", **changes: object) -> RouteMinute:
    plain: dict[str, object] = {
        "pool": "orders",
        "requests": 10,
        "errors": 0,
        "rate_limited": 0,
        "retries": 0,
        "total_us": 1_500_000,
        "p95_ms": 300,
        "max_ms": 400,
        "waited_ms": 0,
        "jobs": {"sync orders": 10},
        "bins": b"\x01\x90",
    }
    return RouteMinute(account=account, route=name, **(plain | changes))


def minute(number: int, *rows: HealthMinute | PoolMinute | RouteMinute) -> KeptMinute:
    return KeptMinute(
        number,
        health=[row for row in rows if isinstance(row, HealthMinute)] or [health()],
        pools=[row for row in rows if isinstance(row, PoolMinute)],
        routes=[row for row in rows if isinstance(row, RouteMinute)],
    )


async def keep(shelf: Shelf, *minutes: KeptMinute) -> list[bool]:
    return [await shelf.store.write(partial(keep_minute, kept=each)) for each in minutes]


async def read(shelf: Shelf, until: int, minutes: int, step: int = 1, account: str | None = None) -> Minutes:
    span = Span.asked(until, minutes, step, account)
    return minutes_of(span, await shelf.store.read(partial(read_span, span=span)))


async def test_minutes_come_back_as_they_were_kept_and_what_lies_between_them_is_a_gap(shelf):
    loud = minute(
        TEN,
        health(score=70, error_rate=12.5, errors=2),
        health("main", score=40),
        PoolMinute("main", "orders", 312, 4_260, 3),
        route(errors=2, jobs={"sync orders": 7, "action": 3}),
        route(name="order/count", requests=4, total_us=400_000, p95_ms=110, jobs={"sync orders": 4}),
    )
    await keep(shelf, loud, minute(TEN + 2, health(requests=0, mean_ms=None, p50_ms=None, p95_ms=None, max_ms=None)))
    told = await read(shelf, TEN + 3, 4)
    assert told.until == instant_of(TEN + 3)
    assert told.step_minutes == 1
    assert told.score == (None, 70, None, 100)
    assert told.error_rate == (None, 12.5, None, 0.0)
    assert told.requests == (None, 10, None, 0)
    assert told.errors == (None, 2, None, 0)
    assert (told.mean_ms, told.p95_ms) == ((None, 150, None, None), (None, 300, None, None))
    (pool,) = told.pools
    assert (pool.account, pool.pool) == ("main", "orders")
    assert (pool.used, pool.waited_seconds, pool.hits) == (
        (None, 312, None, None),
        (None, 4.3, None, None),
        (None, 3, None, None),
    )
    count, orders = told.routes
    assert (count.route, count.requests, count.mean_ms) == ("order/count", (None, 4, None, 0), (None, 100, None, None))
    assert (orders.errors, orders.jobs) == (2, {"sync orders": 7, "action": 3})


async def test_an_account_is_told_by_itself(shelf):
    rows = health(), health("main", score=50, requests=3), health("bg", score=90, requests=7)
    pools = PoolMinute("main", "orders", 3, 0, 0), PoolMinute("bg", "other", 7, 0, 0)
    await keep(shelf, minute(TEN, *rows, *pools, route("main"), route("bg", "offer/read", pool="other")))
    own = await read(shelf, TEN + 1, 1, account="bg")
    assert (own.score, own.requests) == ((90,), (7,))
    assert [pool.account for pool in own.pools] == ["bg"]
    assert [(each.account, each.route) for each in own.routes] == [("bg", "offer/read")]
    nobody = await read(shelf, TEN + 1, 1, account="gone")
    assert (nobody.score, nobody.pools, nobody.routes) == ((None,), (), ())


async def test_of_a_step_of_several_minutes_the_worst_is_told(shelf):
    good = minute(TEN, PoolMinute("main", "orders", 20, 500, 0), route(requests=2, total_us=200_000, p95_ms=120))
    bad = minute(
        TEN + 1,
        health(
            score=20,
            error_rate=40.0,
            response_ms=2_600.0,
            limit_use=91.0,
            sync_success=50.0,
            errors=4,
            mean_ms=2_000,
            p50_ms=1_900,
            p95_ms=5_000,
            max_ms=9_000,
        ),
        PoolMinute("main", "orders", 655, 1_500, 2),
        route(errors=4, total_us=20_000_000, p95_ms=5_000, jobs={"sync orders": 6, "test": 4}),
    )
    await keep(shelf, good, bad)
    told = await read(shelf, TEN + 2, 4, step=2)
    assert told.step_minutes == 2
    assert told.score == (None, 20)
    assert (told.error_rate, told.response_ms) == ((None, 40.0), (None, 2_600.0))
    assert (told.limit_use, told.sync_success) == ((None, 91.0), (None, 50.0))
    assert (told.requests, told.errors) == ((None, 20), (None, 4))
    assert (told.mean_ms, told.p50_ms, told.p95_ms, told.max_ms) == (
        (None, 2_000),
        (None, 1_900),
        (None, 5_000),
        (None, 9_000),
    )
    assert told.pools[0].used == (None, 655)
    assert (told.pools[0].waited_seconds, told.pools[0].hits) == ((None, 2.0), (None, 2))
    (orders,) = told.routes
    assert (orders.requests, orders.mean_ms, orders.p95_ms) == ((None, 12), (None, 2_000), (None, 5_000))
    assert (orders.errors, orders.jobs) == (4, {"sync orders": 16, "test": 4})


@pytest.mark.parametrize(
    ("minutes", "step", "told"),
    [
        (60, 1, (60, 1)),
        (240, 1, (240, 1)),
        (241, 1, (121, 2)),
        (43_200, 1, (240, 180)),
        (10, 4, (3, 4)),
        (1, 60, (1, 60)),
    ],
)
def test_a_span_has_whole_steps_and_no_more_than_240_of_them(minutes, step, told):
    span = Span.asked(TEN, minutes, step)
    assert (span.length, span.step) == told
    assert span.first + span.length * span.step == TEN
    assert span.minutes >= minutes


async def test_routes_are_told_for_a_day_and_no_longer(shelf):
    await keep(shelf, minute(TEN, route()))
    assert (await read(shelf, TEN + 1, MOST_ROUTE_MINUTES)).routes
    month = await read(shelf, TEN + 1, 43_200)
    assert month.routes == ()
    assert month.score[-1] == 100


async def test_of_a_minute_that_comes_twice_the_one_with_more_requests_stays(shelf):
    whole = minute(TEN, health(requests=10), route(), route(name="order/count"))
    cut_short = minute(TEN, health(requests=2, score=55), PoolMinute("main", "orders", 2, 0, 0))
    assert await keep(shelf, whole, cut_short) == [True, False]
    told = await read(shelf, TEN + 1, 1)
    assert (told.requests, told.score, told.pools, len(told.routes)) == ((10,), (100,), (), 2)
    assert await keep(shelf, minute(TEN, health(requests=10, score=60), route())) == [True]
    told = await read(shelf, TEN + 1, 1)
    assert (told.score, len(told.routes)) == ((60,), 1)


async def test_a_minute_without_accounts_and_one_never_kept_are_told_apart(shelf):
    assert await shelf.store.read(last_minute) is None
    await keep(shelf, minute(TEN), minute(TEN - 5))
    assert await shelf.store.read(last_minute) == TEN
    assert (await read(shelf, TEN + 1, 2)).requests == (None, 10)
