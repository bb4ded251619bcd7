"""A sandbox on loopback with clocks that tests move by hand, and a caller for each of its accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
import pytest

from magflow_tui.sandbox import SandboxAccount, SandboxConfig, SandboxServer

BEGAN = 1_790_000_000.0  # 2026-09-21 17:13:20 in Bucharest


@dataclass
class Clock:
    """A clock that stands until it is moved; seconds."""

    now: float = BEGAN

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Caller:
    """A sandbox and an HTTP client signed in to one of its accounts."""

    server: SandboxServer
    client: httpx.AsyncClient
    wall: Clock
    monotonic: Clock
    account: str = "main"

    async def post(self, route: str, body: object = None, **options: object) -> httpx.Response:
        return await self.client.post(f"/{route}", json={} if body is None else body, **options)

    async def results(self, route: str, body: object = None) -> list[dict[str, object]]:
        answer = (await self.post(route, body)).json()
        assert answer["isError"] is False, answer
        return answer["results"]

    async def count(self, body: object = None, route: str = "order/count") -> int:
        return int((await self.post(route, body)).json()["results"]["noOfItems"])

    @property
    def seller(self):
        return self.server.app.world.sellers[self.account]


Serve = Callable[..., Awaitable[Caller]]


@dataclass
class Servers:
    """Starts sandboxes that end with the test."""

    stack: AsyncExitStack
    wall: Clock = field(default_factory=Clock)
    monotonic: Clock = field(default_factory=lambda: Clock(0.0))

    async def __call__(self, account: SandboxAccount | None = None, **settings: object) -> Caller:
        account = account or SandboxAccount(name="main", username="u", password="p", orders=400, offers=120, rmas=15)
        accounts = settings.pop("accounts", (account,))
        config = SandboxConfig(accounts=accounts, **settings)
        server = await self.stack.enter_async_context(
            SandboxServer(config, wall_clock=self.wall, monotonic=self.monotonic)
        )
        return await self.sign_in(server, account)

    async def sign_in(self, server: SandboxServer, account: SandboxAccount) -> Caller:
        client = httpx.AsyncClient(
            auth=(account.username, account.password),
            base_url=server.base_url(account.name),
            timeout=5,
            trust_env=False,
        )
        await self.stack.enter_async_context(client)
        return Caller(server, client, self.wall, self.monotonic, account.name)


@pytest.fixture
async def serve() -> AsyncIterator[Servers]:
    """Call it to start a sandbox: `await serve(account, limits=…)`."""
    async with AsyncExitStack() as stack:
        yield Servers(stack)
