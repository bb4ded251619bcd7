"""The past over the management API: moments, minutes of any time, requests that are kept, and the next fault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from magflow_tui.client import EngineClient, EngineError
from magflow_tui.config import Settings
from magflow_tui.contract.base import BASE_PATH
from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.engine.engine import Engine
from magflow_tui.marketplace.limiter import Lane, Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.minutes import ClosedMinute, MinutePool, MinuteRequests
from magflow_tui.monitor.score import Readings
from magflow_tui.monitor.tally import RouteKey
from magflow_tui.store.minutes import instant_of, minute_of
from magflow_tui.store.request_log import append_requests

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEN = minute_of(NOON)


class Clock:
    """Aware time that only moves when told."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(settings: Settings, clock: Clock) -> AsyncIterator[Engine]:
    """An engine whose time is the test's, with a small ring of live requests."""
    engine = Engine(settings, schedules=False, now=clock)
    async with engine.running():
        yield engine


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[EngineClient]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(EngineClient.over(httpx.ASGITransport(engine.asgi_app)))


def request(number: int = 0, **changes: Any) -> RequestRecord:
    plain = RequestRecord(
        account="shop",
        method="POST",
        route="order/read",
        pool=Pool.ORDERS,
        lane=Lane.BACKGROUND,
        job="sync orders",
        attempt=1,
        started_at=NOON + timedelta(seconds=number),
        waited_ms=0.0,
        elapsed_ms=5.0,
        first_byte_ms=None,
        status=200,
        outcome="ok",
        note=None,
        bytes_received=1,
        page=None,
        run_id=None,
        call=f"call{number}",
    )
    return replace(plain, **changes)


def minute(number: int, requests: int = 4, error_rate: float | None = 1.0) -> ClosedMinute:
    some = MinuteRequests(requests=requests, total_us=1_000 * requests, p50_ms=1, p95_ms=1, max_ms=1)
    return ClosedMinute(
        number,
        every=some,
        accounts={"shop": some},
        routes={RouteKey("shop", "order/read", "orders"): some},
        pools={("shop", "orders"): MinutePool(requests, 0, 0)},
        readings={None: Readings(error_rate), "shop": Readings(error_rate)},
    )


async def past_minute(engine: Engine, number: int, **shown: Any) -> None:
    """Have a minute kept, with the live view as it is now."""
    engine.recorder.keep(minute(number, **shown), await engine.build_snapshot(number))


async def test_a_moment_of_the_past_is_what_was_shown_at_its_end(engine: Engine, client: EngineClient) -> None:
    for number in (TEN - 4, TEN - 2, TEN - 1):
        await past_minute(engine, number)
    past = await client.past.moment(instant_of(TEN - 2) + timedelta(seconds=34))
    assert past.snapshot is not None
    assert (past.at, past.snapshot.seq) == (instant_of(TEN - 2), TEN - 2)
    assert past.snapshot.health.history == (100, None, 100)
    assert [account.name for account in past.snapshot.accounts] == ["bg", "shop"]
    assert (past.earlier, past.later, past.first) == (instant_of(TEN - 4), instant_of(TEN - 1), instant_of(TEN - 4))


async def test_a_minute_in_which_the_engine_did_not_run_is_a_gap(engine: Engine, client: EngineClient) -> None:
    await past_minute(engine, TEN - 4)
    gap = await client.past.moment(instant_of(TEN - 2))
    assert (gap.snapshot, gap.earlier, gap.later) == (None, instant_of(TEN - 4), None)


async def test_the_engine_keeps_each_minute_by_itself(engine: Engine, client: EngineClient, clock: Clock) -> None:
    with engine.live.watching():
        await engine.live.next(engine.live.seq)
        await client.test_account("shop")
        clock.at += timedelta(seconds=60)
        await engine.live.next(engine.live.seq)
        await engine.live.next(engine.live.seq)
    past = await client.past.moment(NOON)
    assert past.snapshot is not None
    assert past.snapshot.metrics.requests == 1
    assert (await client.past.minutes(minutes=2)).requests == (None, 1)
    kept = (await client.past.requests()).requests
    assert [(row.route, row.job, row.outcome) for row in kept] == [("order/read", "test", "ok")]
    detail = await client.past.request(kept[0].seq)
    base = engine.accounts["shop"].client.base_url
    assert (detail.row, detail.url, detail.chain) == (kept[0], f"{base}/order/read", (kept[0],))


async def test_minutes_of_any_time_and_of_an_account(engine: Engine, client: EngineClient) -> None:
    for number, requests in ((TEN - 90, 7), (TEN - 89, 8), (TEN - 1, 9)):
        await past_minute(engine, number, requests=requests)
    then = await client.past.minutes(until=instant_of(TEN - 88), minutes=3)
    assert (then.until, then.requests) == (instant_of(TEN - 88), (None, 7, 8))
    within = await client.past.minutes(until=instant_of(TEN - 88) + timedelta(seconds=59), minutes=1)
    assert within.requests == (8,)
    long = await client.past.minutes(minutes=90, step=45, account="SHOP")
    assert (long.until, long.step_minutes, long.requests) == (NOON, 45, (15, 9))
    assert long.routes[0].requests == (15, 9)
    month = await client.past.minutes(minutes=43_200)
    assert (month.step_minutes, len(month.requests), month.requests[-1]) == (180, 240, 24)


async def test_the_live_hour_is_that_of_the_monitor(engine: Engine, client: EngineClient) -> None:
    await past_minute(engine, TEN - 1)
    assert await client.past.minutes() == engine.monitor.minutes()
    assert await client.minutes() == engine.monitor.minutes()
    assert (await client.past.minutes(minutes=59)).requests[-1] == 4


async def test_the_newest_minute_is_there_although_it_was_not_written_yet(engine: Engine, client: EngineClient) -> None:
    held, free = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(_: object) -> None:
        loop.call_soon_threadsafe(held.set)
        asyncio.run_coroutine_threadsafe(free.wait(), loop).result(20)

    holding = asyncio.create_task(engine.store.write(hold))
    await held.wait()
    await past_minute(engine, TEN - 1)
    asking = asyncio.create_task(client.past.minutes(minutes=1, step=1))
    moment = asyncio.create_task(client.past.moment(instant_of(TEN - 1)))
    free.set()
    assert (await asking).requests == (4,)
    assert (await moment).snapshot is not None
    await holding


async def test_spans_that_are_none_are_refused(engine: Engine) -> None:
    wrong = [{"minutes": 43_201}, {"minutes": 0}, {"step": 0}, {"until": "2026-06-01T12:00:00"}, {"until": "yesterday"}]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(engine.asgi_app), base_url="http://engine") as http:
        for asked in wrong:
            answer = await http.get(f"{BASE_PATH}/monitoring/minutes", params=asked)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


@pytest.fixture
async def kept(engine: Engine) -> None:
    """Thirty requests, a second apart; every tenth timed out and was asked again at once."""
    observe = engine.monitor.observe
    for number in range(1, 31):
        if number % 10 == 0:
            observe(request(number, outcome="timeout", status=None, call="again"))
        elif number in (11, 21):
            observe(request(number, attempt=2, call="again"))
        else:
            observe(request(number))
        if number == 20:
            observe(request(number, account="bg", route="offer/read", sent='{"page":1}', received='{"n":2}'))


@pytest.mark.usefixtures("kept")
async def test_requests_that_are_kept_are_read_backwards(client: EngineClient) -> None:
    newest = await client.past.requests(limit=10)
    assert [row.seq for row in newest.requests] == list(range(22, 32))
    older = await client.past.requests(limit=100, before=newest.next_before)
    assert [row.seq for row in older.requests] == list(range(1, 22))
    assert (older.next_before, older.first_seq, older.last_seq) == (None, 1, 31)
    then = await client.past.requests(until=NOON + timedelta(seconds=5))
    assert [row.seq for row in then.requests] == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("kept")
async def test_requests_that_are_kept_are_filtered(client: EngineClient) -> None:
    assert [row.seq for row in (await client.past.requests(faults=True)).requests] == [10, 20, 31]
    assert [row.seq for row in (await client.past.requests(account="BG")).requests] == [21]
    where = RowFilter(alternatives=((Condition(field="try", value="2"),), (Condition(field="route", value="offer"),)))
    assert [row.seq for row in (await client.past.requests(where=where)).requests] == [11, 21, 22]
    unknown = RowFilter(alternatives=((Condition(field="colour", value="red"),),))
    with pytest.raises(EngineError, match="no field 'colour'") as refused:
        await client.past.requests(where=unknown)
    assert refused.value.body.code == "bad_request"


@pytest.mark.usefixtures("kept")
async def test_one_request_is_told_with_its_bodies_and_its_call(engine: Engine, client: EngineClient) -> None:
    detail = await client.past.request(21)
    assert (detail.sent, detail.received) == ('{"page":1}', '{"n":2}')
    assert detail.url == f"{engine.accounts['bg'].client.base_url}/offer/read"
    tried = await client.past.request(10)
    assert [(row.seq, row.attempt) for row in tried.chain][:2] == [(10, 1), (11, 2)]
    with pytest.raises(EngineError, match="no request 99") as missing:
        await client.past.request(99)
    assert missing.value.body.code == "not_found"


async def test_of_an_account_that_is_not_in_use_any_more_the_address_is_not_known(
    engine: Engine, client: EngineClient
) -> None:
    old = [(1, request(account="closed"))]
    await engine.store.write(lambda connection: append_requests(connection, old))
    assert (await client.past.request(1)).url is None


@pytest.mark.usefixtures("kept")
async def test_the_next_and_the_previous_fault(client: EngineClient) -> None:
    async def fault(*asked: Any, **more: Any) -> int | None:
        found = (await client.past.fault(*asked, **more)).request
        return None if found is None else found.seq

    assert [await fault(1, "next"), await fault(10, "next"), await fault(31, "next")] == [10, 20, None]
    assert [await fault(20, "previous"), await fault(10, "previous")] == [10, None]
    assert await fault(1, "next", account="bg") is None
    assert await fault(10, "next", until=NOON + timedelta(seconds=15)) is None


async def test_live_requests_that_left_the_ring_come_from_the_store(engine: Engine, client: EngineClient) -> None:
    for number in range(5_010):
        engine.monitor.observe(request(number))
        if number % 2_000 == 1_999:
            await engine.recorder.settle()
    assert engine.monitor.requests.first_seq == 11
    behind = await client.requests(after=3, limit=10)
    assert [row.seq for row in behind.requests] == list(range(4, 14))
    assert (behind.first_seq, behind.last_seq) == (1, 5_010)
    assert [row.seq for row in (await client.requests(after=5_008)).requests] == [5_009, 5_010]
    assert (await client.requests(limit=1)).requests[0].seq == 11


async def test_after_a_restart_the_newest_requests_are_those_of_the_engine_before(
    settings: Settings, clock: Clock
) -> None:
    for _ in range(2):
        engine = Engine(settings, schedules=False, now=clock)
        async with engine.running(), EngineClient.over(httpx.ASGITransport(engine.asgi_app)) as client:
            engine.monitor.observe(request(1))
            engine.monitor.observe(request(2))
            page = await client.requests(limit=3, newest=True)
    assert [row.seq for row in page.requests] == [2, 3, 4]
    assert (page.first_seq, page.last_seq) == (1, 4)
