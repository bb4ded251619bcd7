"""A desk for actions over a store on disk and a marketplace on loopback, with a clock that tests move by hand."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from magflow_tui.contract.actions import ActionBatch, ActionKind, ActionRequest, ActionRow
from magflow_tui.contract.findings import OrderKey
from magflow_tui.engine.actions import ActionAccount, ActionDesk, ActionPolicy
from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.limiter import AccountLimiter, Pool, PoolLimit
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.retry import RetryPolicy
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.sandbox import Burst, Limits, SandboxAccount, SandboxConfig, SandboxServer
from magflow_tui.sandbox.lifecycle import cancel, return_all, set_status
from magflow_tui.store import Store
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source

BEGAN = 1_790_000_000.0  # 2026-09-21 17:13:20 in Bucharest
READ_TIMEOUT = 0.3
ROOMY = {pool: PoolLimit(1000, 60_000) for pool in Pool}
WRITES = ("order/save", "order/acknowledge", "order/attachments/save")


@dataclass
class Clock:
    """The world's time and the desk's, in seconds since 1970. Waiting moves it."""

    seconds: float = BEGAN
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class Bench:
    """A desk with what is around it. `events` are the messages it told."""

    server: SandboxServer
    store: Store
    clock: Clock
    accounts: dict[str, ActionAccount]
    desk: ActionDesk
    events: list[str]
    records: list[RequestRecord]
    used: set[int] = field(default_factory=set)

    def book(self, account: str = "main") -> Any:
        return self.server.app.world.sellers[account].orders

    def bring(
        self,
        status: int,
        *,
        order_type: int = 3,
        payment: int = 1,
        age: timedelta = timedelta(minutes=10),
        account: str = "main",
        lines: int = 1,
    ) -> int:
        """The number of an order that has been in a status for so long."""
        book, moment = self.book(account), int(self.clock() - age.total_seconds())
        moves = {0: lambda order: cancel(order, 24), 5: return_all}
        for index in range(len(book) - 1, -1, -1):
            order_id = book.timeline.order_id(index)
            facts = book.timeline.order_type(index), book.timeline.payment(index)
            if order_id in self.used or facts != (order_type, payment):
                continue
            if book.status(index) != 4 or book.modified(index) >= moment:
                continue
            if len(orjson.loads(book.sound(index))["products"]) < lines:
                continue
            self.used.add(order_id)
            if status == 4:
                book.change(index, moment, lambda order: set_status(order, 3))
            book.change(index, moment, moves.get(status, lambda order: set_status(order, status)))
            return int(order_id)
        raise AssertionError("no such order")

    def change(self, order_id: int, edit: Callable[[dict[str, Any]], None], account: str = "main") -> None:
        """Change an order at the marketplace, behind everybody's back."""
        book = self.book(account)
        book.change(book.timeline.find(order_id), int(self.clock()), edit)

    def expire(self, order_id: int, account: str = "main") -> None:
        """Let the 48 h of an order's status be over for the marketplace alone, whatever its dates say."""
        book = self.book(account)
        index = book.timeline.find(order_id)
        book._changed[index] = replace(book._changed[index], status_since=int(self.clock()) - 49 * 3600)

    def payload(self, order_id: int, account: str = "main") -> dict[str, Any]:
        """An order as the marketplace serves it now."""
        raw = self.server.control.payload(account, order_id)
        assert raw is not None
        found: dict[str, Any] = orjson.loads(raw)
        return found

    def status(self, order_id: int, account: str = "main") -> int:
        return int(self.payload(order_id, account)["status"])

    async def put(self, *ids: int, account: str = "main") -> None:
        """Store orders as the marketplace has them now, as a sync does."""
        payloads = [self.server.control.payload(account, order_id) for order_id in ids]
        items = [read_item(Order, payload) for payload in payloads if payload is not None]
        platform = self.accounts[account].platform
        source = Source(account, platform.timezone, self.clock.now(), platform)
        await self.store.write(partial(store_orders, source=source, items=items))

    def request(
        self, kind: ActionKind, *ids: int, account: str = "main", by: str = "ana", **more: Any
    ) -> Awaitable[ActionBatch]:
        named = tuple(OrderKey(account=account, id=order_id) for order_id in ids)
        return self.desk.request(ActionRequest(kind=kind, orders=named, by=by, **more))

    async def act(self, kind: ActionKind, *ids: int, **more: Any) -> ActionBatch:
        """Request something and wait until it is finished."""
        batch = await self.request(kind, *ids, **more)
        return await self.finished(batch)

    async def finished(self, batch: ActionBatch) -> ActionBatch:
        assert batch.batch_id is not None
        found = await self.desk.batch(batch.batch_id, wait=20.0)
        assert found is not None
        return found

    async def row(self, kind: ActionKind, order_id: int, **more: Any) -> ActionRow:
        """What became of an action on one order."""
        (row,) = (await self.act(kind, order_id, **more)).rows
        return row

    def applied(self, deed: str, account: str = "main") -> dict[int, int]:
        """How often the marketplace did something to which order."""
        return dict(self.server.stats.of(account).applied[deed])

    def served(self, routes: Iterable[str] = WRITES, account: str = "main") -> int:
        """Requests of these routes that reached the marketplace; without any named, all that write."""
        counts = self.server.stats.of(account).served_by_route
        return sum(counts[route] for route in routes)

    def fault(self, kind: str, route: str, times: int = 1) -> None:
        """Let the next requests of a route meet a fault."""
        self.server.control.burst(Burst(kind=kind, route=route, times=times))  # type: ignore[arg-type]

    async def met(self, fault: str) -> None:
        """Wait until a request has met a fault."""
        await self.until(lambda: self.server.stats.faults[fault])

    async def until(self, condition: Callable[[], object]) -> None:
        """Let everybody else go on until something is so."""
        async with asyncio.timeout(5):
            while True:
                if condition():
                    return
                await asyncio.sleep(0)

    async def crash(self) -> None:
        """Let the desk end as if its process were killed: what it has not written down stays so."""
        for task in self.desk._tasks:
            task.cancel()
        await asyncio.gather(*self.desk._tasks, return_exceptions=True)
        self.desk = self.new_desk()

    def new_desk(self, **changes: Any) -> ActionDesk:
        """Another desk on the same store, as after a restart."""
        known: dict[str, Any] = {
            "store": self.store,
            "accounts": self.accounts,
            "notify": lambda kind, severity, message, account: self.events.append(message),
            "policy": ActionPolicy(settle=10.0, answer=40.0),
            "now": self.clock.now,
            "sleep": self.clock.sleep,
        }
        return ActionDesk(**known | changes)


SHOP = SandboxAccount(name="main", username="u", password="parola", orders=900, days=90)
OTHER = SandboxAccount(name="bg", platform="emag-bg", username="v", password="parola", orders=60, days=90)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without rows, to be copied: making its tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("store") / "magflow.db"

    async def make() -> None:
        async with await Store.open(path):
            pass

    asyncio.run(make())
    return path


@pytest.fixture
async def bench(tmp_path: Path, empty_store: Path) -> AsyncIterator[Bench]:
    clock = Clock()
    config = SandboxConfig(accounts=(SHOP, OTHER), limits=Limits(enabled=False))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(SandboxServer(config, wall_clock=clock))
        shutil.copy(empty_store, tmp_path / "magflow.db")
        store = await stack.enter_async_context(await Store.open(tmp_path / "magflow.db"))
        records: list[RequestRecord] = []
        accounts: dict[str, ActionAccount] = {}
        for account in config.accounts:
            limiter = AccountLimiter(account.name, limits=ROOMY)
            stack.callback(limiter.close)
            client = MarketplaceClient(
                account=account.name,
                platform=PLATFORMS[account.platform],
                username=account.username,
                password=account.password,
                limiter=limiter,
                base_url=server.base_url(account.name),
                observer=records.append,
                read_timeout=READ_TIMEOUT,
                retry=RetryPolicy(max_retries=3),
                sleep=clock.sleep,
                rng=random.Random(1),
            )
            await stack.enter_async_context(client)
            accounts[account.name] = ActionAccount(account.name, PLATFORMS[account.platform], client)
        bench = Bench(server, store, clock, accounts, None, [], records)  # type: ignore[arg-type]
        bench.desk = bench.new_desk()
        yield bench
        await bench.desk.drain(2.0)
