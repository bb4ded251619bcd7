"""A client for tests: the real limiter with room to spare, retries that do not wait, a record of every request."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest

from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.limiter import AccountLimiter, Pool, PoolLimit
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.retry import RetryPolicy

ROOMY = {pool: PoolLimit(1000, 60_000) for pool in Pool}
PASSWORD = "parola-inventata"


@dataclass
class Rig:
    """A client and what it did: `records` of its requests, `pauses` in seconds between retries (none is waited), and
    what it `told` of them: whose they are, and their seconds.
    """

    client: MarketplaceClient
    records: list[RequestRecord] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    told: list[tuple[int | None, float]] = field(default_factory=list)


OpenClient = Callable[..., Awaitable[Rig]]


@pytest.fixture
async def open_client() -> AsyncIterator[OpenClient]:
    async with contextlib.AsyncExitStack() as stack:

        async def open_one(
            *,
            base_url: str = "http://sandbox.invalid/api-3",
            answer: Callable[[httpx.Request], httpx.Response] | None = None,
            retry: RetryPolicy | None = None,
            read_timeout: float = 5.0,
            username: str = "vanzator",
            password: str = PASSWORD,
        ) -> Rig:
            records: list[RequestRecord] = []
            pauses: list[float] = []
            told: list[tuple[int | None, float]] = []

            async def note_pause(seconds: float) -> None:
                pauses.append(seconds)
                await asyncio.sleep(0)

            limiter = AccountLimiter("main", limits=ROOMY)
            stack.callback(limiter.close)
            client = MarketplaceClient(
                account="main",
                platform=PLATFORMS["emag-ro"],
                username=username,
                password=password,
                limiter=limiter,
                base_url=base_url,
                observer=records.append,
                on_pause=lambda run_id, seconds: told.append((run_id, seconds)),
                transport=httpx.MockTransport(answer) if answer else None,
                connect_timeout=5.0,
                read_timeout=read_timeout,
                retry=retry or RetryPolicy(),
                sleep=note_pause,
                rng=random.Random(1),
            )
            await stack.enter_async_context(client)
            return Rig(client, records, pauses, told)

        yield open_one
