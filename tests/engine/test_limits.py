"""Caps and reserves over the management API: checked, applied at once, kept, told with who set them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import httpx
import pytest

from magflow_tui.client import EngineClient, EngineError
from magflow_tui.config import Settings
from magflow_tui.contract.management import BACKGROUND_JOBS
from magflow_tui.contract.runs import StartSync
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.engine.engine import RESOURCES, Engine

JOB = "sync offers"


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[EngineClient]:
    """An engine from its start to its end, and a client of it."""
    engine = Engine(settings, schedules=False)
    async with engine.running(), EngineClient.over(httpx.ASGITransport(engine.asgi_app)) as client:
        yield client


async def refused(call: Awaitable[object]) -> tuple[int, str, str]:
    with pytest.raises(EngineError) as error:
        await call
    return error.value.status, error.value.body.code, error.value.body.message


async def pool(client: EngineClient, name: str = "other", account: str = "shop") -> PoolGauge:
    return (await client.limiter_stats()).accounts[account][name]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings that keep 5 of each minute of `other` for operators."""
    return settings.model_copy(update={"limits": settings.limits.model_copy(update={"other_reserve": 5})})


Held = tuple[str, str, str | None, int, str | None]


async def held(client: EngineClient) -> list[Held]:
    """Every cap and reserve that holds."""
    settings = (await client.limit_settings()).settings
    return [(one.account, one.pool, one.job, one.per_minute, one.by) for one in settings]


async def set_by(client: EngineClient) -> list[Held]:
    """Those that somebody has set."""
    return [one for one in await held(client) if one[-1] is not None]


async def test_a_cap_holds_at_once_and_says_who_set_it(client: EngineClient) -> None:
    answer = await client.set_cap("SHOP", "other", JOB, 120, by="ana")
    assert answer.message == "Sync offers of SHOP may make 120 requests a minute in 'other'."
    assert (await pool(client)).caps == {JOB: 120}
    assert await set_by(client) == [("shop", "other", JOB, 120, "ana")]
    event = (await client.events()).events[-1]
    assert (event.kind, event.account) == ("limits.changed", "shop")
    assert event.message.startswith("ana: sync offers of SHOP may make 120 requests")


async def test_a_cap_that_is_lifted_is_gone(client: EngineClient) -> None:
    await client.set_cap("shop", "other", JOB, 120, by="ana")
    assert "not capped" in (await client.set_cap("shop", "other", JOB, None, by="dan")).message
    assert (await pool(client)).caps == {}
    assert await set_by(client) == []


@pytest.mark.parametrize(
    ("account", "name", "job", "per_minute", "expected"),
    [
        ("nobody", "other", JOB, 10, (404, "account_unknown", "There is no account nobody")),
        ("shop", "other", "action", 10, (400, "bad_request", "Only background work can be capped")),
        ("shop", "other", "test", 10, (400, "bad_request", "Only background work can be capped")),
        ("shop", "other", "sync of\x1b[2J", 10, (400, "bad_request", "Only background work can be capped")),
        ("shop", "other", JOB, 180, (400, "bad_request", "A cap of 'other' is 1 to 179 requests a minute, not 180")),
        ("shop", "orders", JOB, 720, (400, "bad_request", "A cap of 'orders' is 1 to 719 requests a minute, not 720")),
    ],
)
async def test_what_cannot_be_capped_is_refused_with_a_reason(
    client: EngineClient, account: str, name: str, job: str, per_minute: int, expected: tuple[int, str, str]
) -> None:
    status, code, message = await refused(client.set_cap(account, name, job, per_minute, by="ana"))  # type: ignore[arg-type]
    assert (status, code) == expected[:2]
    assert message.startswith(expected[2])
    assert await set_by(client) == []


async def test_a_reserve_holds_from_nothing_to_one_less_than_the_limit(client: EngineClient) -> None:
    for count in (0, 20, 179):
        await client.set_reserve("shop", "other", count, by="ana")
        assert (await pool(client)).reserve_per_minute == count
    status, code, message = await refused(client.set_reserve("shop", "other", 180, by="ana"))
    assert (status, code) == (400, "bad_request")
    assert "0 to 179" in message
    assert (await pool(client)).reserve_per_minute == 179


async def test_a_reserve_that_is_set_goes_before_that_of_the_settings_until_it_is_taken_away(
    client: EngineClient,
) -> None:
    own = [("bg", "other", None, 5, None), ("shop", "other", None, 5, None)]
    assert await held(client) == own
    await client.set_reserve("shop", "other", 0, by="ana")
    assert (await pool(client)).reserve_per_minute == 0
    assert await held(client) == [own[0], ("shop", "other", None, 0, "ana")]
    answer = await client.set_reserve("shop", "other", None, by="ana")
    assert answer.message == "5 requests a minute of 'other' are kept for operators of SHOP, as the settings say."
    assert await held(client) == own


async def test_caps_and_reserves_hold_again_after_a_restart(settings: Settings) -> None:
    async with running(settings) as client:
        await client.set_cap("shop", "other", JOB, 120, by="ana")
        await client.set_reserve("bg", "orders", 30, by="dan")
        await client.set_reserve("shop", "other", 0, by="dan")
    async with running(settings) as client:
        shop = await pool(client)
        assert (shop.caps, shop.reserve_per_minute) == ({JOB: 120}, 0)
        assert (await pool(client, "orders", "bg")).reserve_per_minute == 30
        assert ("shop", "other", JOB, 120, "ana") in await set_by(client)


async def test_what_was_set_for_an_account_that_is_gone_holds_nobody_up(settings: Settings) -> None:
    async with running(settings) as client:
        await client.set_cap("bg", "other", JOB, 120, by="ana")
    fewer = {name: account for name, account in settings.accounts.items() if name != "bg"}
    async with running(settings.model_copy(update={"accounts": fewer})) as client:
        assert set((await client.limiter_stats()).accounts) == {"shop"}
    async with running(settings) as client:
        assert (await pool(client, account="bg")).caps == {JOB: 120}


async def test_two_who_set_a_cap_at_once_leave_limiter_and_store_with_the_same_one(
    client: EngineClient,
) -> None:
    await asyncio.gather(*(client.set_cap("shop", "other", JOB, count, by=f"no {count}") for count in range(10, 30)))
    holding = (await pool(client)).caps[JOB]
    assert await set_by(client) == [("shop", "other", JOB, holding, f"no {holding}")]


async def test_every_job_of_a_sync_can_be_capped(engine: Engine, client: EngineClient) -> None:
    started = await client.start_sync(StartSync(resources=RESOURCES, accounts=("bg",), requested_by="ana"))
    for run in started.runs:
        await engine.runner.wait(run.run_id)
    jobs = {request.job for request in (await client.requests()).requests}
    assert jobs == set(BACKGROUND_JOBS)


async def test_losses_are_told_of_what_is_kept(client: EngineClient) -> None:
    assert (await client.limit_losses()).pools == ()
