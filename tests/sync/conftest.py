"""A marketplace on loopback, a store on disk and a runner between them, for each test its own."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import Run
from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.limiter import AccountLimiter, Pool, PoolLimit
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.retry import RetryPolicy
from magflow_tui.sandbox import Limits, SandboxAccount, SandboxConfig, SandboxServer
from magflow_tui.store import EventDraft, Store
from magflow_tui.sync import SyncAccount, SyncPolicy, SyncRunner

ROOMY = {pool: PoolLimit(100_000, 6_000_000) for pool in Pool}
QUICK = SyncPolicy(round_pause=0.01, outage_pause=0.01, outage_pause_longest=0.02, outage_patience=60.0)
FEW_RETRIES = RetryPolicy(max_retries=3, base_delay=0.001, max_delay=0.002)
MAIN = SandboxAccount(name="main", username="u", password="p", orders=420, offers=130, rmas=12, days=70)


@dataclass
class Clock:
    """A clock that stands until it is moved; gives seconds, and aware times."""

    seconds: float

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


@dataclass
class Rig:
    """A sandbox, a store and a runner. `requests` are all that were made, `events` all that were told."""

    sandbox: SandboxServer
    store: Store
    runner: SyncRunner
    events: list[EventDraft]
    requests: list[RequestRecord]
    clock: Clock

    async def sync(self, resource: Resource = "orders", account: str = "main", *, full: bool = False) -> Run:
        """Run to the end."""
        started = await self.runner.start(account, resource, full=full, requested_by="test")
        return await self.runner.wait(started.run.run_id)

    def routes(self) -> list[str]:
        return [record.route for record in self.requests]

    def stored(self, table: str = "orders", account: str = "main") -> dict[int, str]:
        """What the store has: id → SHA-256 of the payload."""
        with closing(sqlite3.connect(self.store.path)) as connection:
            rows = connection.execute(f"SELECT id, raw FROM {table} WHERE account = ?", (account,)).fetchall()  # noqa: S608
        assert len({id_ for id_, _ in rows}) == len(rows)
        return {id_: hashlib.sha256(raw).hexdigest() for id_, raw in rows}

    def truth(self, table: str = "orders", account: str = "main") -> dict[int, str]:
        """What the marketplace has, in the same shape."""
        control = self.sandbox.control
        if table == "orders":
            return {order.id: order.sha256 for order in control.orders(account) if order.readable}
        items = control.offers(account) if table == "offers" else control.rmas(account)
        return {item.id: item.sha256 for item in items}

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.store.path)) as connection:
            return connection.execute(sql).fetchall()


@dataclass
class Rigs:
    """Sets rigs up that end with the test. `path` is where the store lies: a second rig finds what the first left."""

    stack: AsyncExitStack
    path: Path
    clock: Clock = field(default_factory=lambda: Clock(datetime.now(UTC).timestamp()))

    def quick(self, **changes: object) -> SyncPolicy:
        """The policy of these tests, which waits for nothing, with some of it changed."""
        return replace(QUICK, **changes)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let the loop run until something holds; the test's own time limit ends it when it never does."""
        while not condition():  # noqa: ASYNC110 - what is waited for is in the runner, which has no event for it
            await asyncio.sleep(0.001)

    async def __call__(
        self,
        *accounts: SandboxAccount,
        sandbox: SandboxServer | None = None,
        policy: SyncPolicy = QUICK,
        retry: RetryPolicy = FEW_RETRIES,
        read_timeout: float = 5.0,
        on_request: Callable[[RequestRecord], None] = lambda _: None,
        history_start: date | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        **settings: object,
    ) -> Rig:
        accounts = accounts or (MAIN,)
        if sandbox is None:
            settings.setdefault("limits", Limits(enabled=False))
            settings.setdefault("seed", 7)
            config = SandboxConfig(accounts=accounts, **settings)
            sandbox = await self.stack.enter_async_context(SandboxServer(config, wall_clock=self.clock))
        store = await self.stack.enter_async_context(await Store.open(self.path))
        events: list[EventDraft] = []
        requests: list[RequestRecord] = []

        def observe(record: RequestRecord) -> None:
            requests.append(record)
            runner.on_request(record)
            on_request(record)

        clients = {
            account.name: await self.stack.enter_async_context(
                MarketplaceClient(
                    account=account.name,
                    platform=PLATFORMS[account.platform],
                    username=account.username,
                    password=account.password,
                    limiter=AccountLimiter(account.name, limits=ROOMY),
                    base_url=sandbox.base_url(account.name),
                    observer=observe,
                    transport=transport,
                    read_timeout=read_timeout,
                    retry=retry,
                )
            )
            for account in accounts
        }
        runner = SyncRunner(
            store=store,
            accounts=[
                SyncAccount(account.name, PLATFORMS[account.platform], clients[account.name], history_start)
                for account in accounts
            ],
            on_event=events.append,
            clock=self.clock.now,
            policy=policy,
        )
        self.stack.push_async_callback(runner.drain, 5.0)
        return Rig(sandbox, store, runner, events, requests, self.clock)


@pytest.fixture
async def rigs(tmp_path: Path) -> AsyncIterator[Rigs]:
    """Call it to set a rig up: `await rigs(account, faults=…)`."""
    async with AsyncExitStack() as stack:
        yield Rigs(stack, tmp_path / "magflow.db")
