"""What a route did over many minutes is what all its requests together did."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from magflow_tui.engine.route_metrics import routes_over
from magflow_tui.monitor.sketch import RELATIVE_ACCURACY, encode, keys_of
from magflow_tui.store import Store
from magflow_tui.store.minutes import KeptMinute, RouteMinute, keep_minute

NOW = 29_000_000


def minute(number: int, times: list[float], *, account: str = "main", route: str = "order/read") -> KeptMinute:
    row = RouteMinute(
        account=account,
        route=route,
        pool="orders",
        requests=len(times),
        errors=1,
        rate_limited=0,
        retries=2,
        total_us=round(1_000 * sum(times)),
        p95_ms=None,
        max_ms=round(max(times)),
        waited_ms=500,
        jobs={"sync orders": len(times) - 1, "action": 1},
        bins=encode(Counter(keys_of(times))),
    )
    return KeptMinute(number, health=(), pools=(), routes=(row,))


async def kept(path: Path, *minutes: KeptMinute) -> Store:
    store = await Store.open(path / "magflow.db")
    for one in minutes:
        await store.write(partial(keep_minute, kept=one))
    return store


async def test_percentiles_over_minutes_are_those_of_all_requests(tmp_path: Path) -> None:
    dice = random.Random(3)
    each = [[dice.lognormvariate(5.5, 0.9) for _ in range(dice.randrange(20, 200))] for _ in range(90)]
    store = await kept(tmp_path, *(minute(NOW + place, times) for place, times in enumerate(each)))
    async with store:
        (route,) = await store.read(partial(routes_over, first=NOW, until=NOW + 90, account=None))
    together = sorted(time for times in each for time in times)
    assert (route.requests, route.errors, route.retries) == (len(together), 90, 180)
    assert route.mean_ms == pytest.approx(sum(together) / len(together), abs=0.1)
    assert route.max_ms == round(together[-1])
    for value, percent in ((route.p50_ms, 50), (route.p95_ms, 95), (route.p99_ms, 99)):
        exact = together[-(-percent * len(together) // 100) - 1]
        assert value == pytest.approx(exact, rel=RELATIVE_ACCURACY + 0.001)
    assert route.jobs == {"sync orders": len(together) - 90, "action": 90}
    assert route.waited_seconds == 45.0


async def test_only_the_minutes_and_the_account_that_are_asked_for_count(tmp_path: Path) -> None:
    store = await kept(
        tmp_path,
        minute(NOW - 1, [100.0]),
        minute(NOW, [200.0, 300.0]),
        minute(NOW + 1, [400.0], account="fbe"),
        minute(NOW + 2, [500.0]),
    )
    async with store:
        both = await store.read(partial(routes_over, first=NOW, until=NOW + 2, account=None))
        (one,) = await store.read(partial(routes_over, first=NOW, until=NOW + 2, account="fbe"))
        none = await store.read(partial(routes_over, first=NOW + 3, until=NOW + 9, account=None))
    assert [(route.account, route.requests) for route in both] == [("main", 2), ("fbe", 1)]
    assert (one.account, one.max_ms) == ("fbe", 400)
    assert none == ()


async def test_a_damaged_histogram_costs_its_percentiles_and_nothing_else(tmp_path: Path) -> None:
    store = await kept(tmp_path, minute(NOW, [100.0, 120.0]), minute(NOW + 1, [100.0]))
    async with store:

        def spoil(connection):
            connection.exec_driver_sql("UPDATE route_minutes SET bins = x'ff00' WHERE minute = ?", (NOW,))

        await store.write(spoil)
        (route,) = await store.read(partial(routes_over, first=NOW, until=NOW + 2, account=None))
    assert (route.requests, route.max_ms) == (3, 120)
    assert route.p50_ms == pytest.approx(100, rel=0.006)
