"""The accounts the engine serves: each with its platform, its limiter and its client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from magflow_tui.config import AccountSettings, Settings
from magflow_tui.contract.records import AccountTest
from magflow_tui.contract.snapshot import AccountState, PoolGauge
from magflow_tui.engine.failures import EngineFailure
from magflow_tui.marketplace.client import CallContext, MarketplaceClient
from magflow_tui.marketplace.errors import AuthenticationError, EmagApiError, IpRefusedError
from magflow_tui.marketplace.filters import OrderFilter
from magflow_tui.marketplace.limiter import AccountLimiter, Lane, Pool, SlotJournal, SlotTimeoutError
from magflow_tui.marketplace.observer import PauseObserver, RequestObserver
from magflow_tui.marketplace.platforms import PLATFORMS, Platform
from magflow_tui.marketplace.retry import RetryPolicy
from magflow_tui.monitor.accounts import Standing, way_out
from magflow_tui.store import AccountCounts

#: How long an account test may take, in seconds.
TEST_SECONDS = 40.0
_NO_COUNTS = AccountCounts(orders=0, orders_new=0, offers=0, rma=0)


@dataclass(frozen=True)
class ServedAccount:
    """One enabled account: `client` for syncs, `tester` for a single call that is not repeated, `operator` for actions,
    whose askers wait for what becomes of them.
    """

    name: str
    settings: AccountSettings
    platform: Platform
    limiter: AccountLimiter
    client: MarketplaceClient
    tester: MarketplaceClient
    operator: MarketplaceClient

    async def test(self) -> AccountTest:
        """One real call in the operator's lane."""
        began = time.perf_counter()
        context = CallContext(lane=Lane.OPERATOR, job="test", slot_timeout=TEST_SECONDS)
        try:
            async with asyncio.timeout(TEST_SECONDS):
                await self.tester.read_orders(OrderFilter(), 1, 1, context=context)
        except IpRefusedError as error:
            standing = Standing("refused_ip", way_out("refused_ip", error.message))
        except AuthenticationError as error:
            standing = Standing("unauthorised", way_out("unauthorised", error.message))
        except (TimeoutError, SlotTimeoutError):
            standing = Standing("unreachable", way_out("unreachable", f"no answer in {TEST_SECONDS:.0f} s"))
        except EmagApiError as error:
            standing = Standing("unreachable", way_out("unreachable", error.message))
        else:
            standing = Standing("ok", f"{self.platform.title} answers and accepts the credentials.")
        return AccountTest(
            account=self.name,
            ok=standing.status == "ok",
            status="ok" if standing.status == "unknown" else standing.status,
            message=standing.message or "",
            elapsed_ms=round(1000 * (time.perf_counter() - began), 1),
        )


class ServedAccounts(Mapping[str, ServedAccount]):
    """The enabled accounts by name. An async context manager: clients and limiters live inside it."""

    def __init__(
        self, settings: Settings, passwords: Mapping[str, str], observer: RequestObserver, on_pause: PauseObserver
    ) -> None:
        self._settings = settings
        self._passwords = passwords
        self._observer = observer
        self._on_pause = on_pause
        self._served: dict[str, ServedAccount] = {}
        self._open = AsyncExitStack()

    def __getitem__(self, name: str) -> ServedAccount:
        return self._served[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._served)

    def __len__(self) -> int:
        return len(self._served)

    async def __aenter__(self) -> Self:
        """Raises `EngineFailure` when a limiter's journal cannot be kept."""
        async with AsyncExitStack() as stack:
            for name, account in self._settings.enabled_accounts().items():
                self._served[name] = await self._serve(name, account, stack)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def _serve(self, name: str, account: AccountSettings, stack: AsyncExitStack) -> ServedAccount:
        path = self._settings.folder.limits / name
        try:
            journal = stack.enter_context(SlotJournal(path))
        except OSError as error:
            raise EngineFailure("data_dir", f"{path} cannot be written: {error.strerror or error}.") from None
        limiter = AccountLimiter(name, journal=journal)
        stack.callback(limiter.close)
        limiter.set_reserve(Pool.ORDERS, self._settings.limits.orders_reserve)
        limiter.set_reserve(Pool.OTHER, self._settings.limits.other_reserve)
        platform = PLATFORMS[account.platform]
        clients = [
            await stack.enter_async_context(
                MarketplaceClient(
                    account=name,
                    platform=platform,
                    username=account.username,
                    password=self._passwords[name],
                    limiter=limiter,
                    base_url=account.base_url,
                    observer=self._observer,
                    on_pause=self._on_pause,
                    connect_timeout=self._settings.http.connect_timeout,
                    read_timeout=self._settings.http.read_timeout,
                    retry=retry,
                )
            )
            for retry in (RetryPolicy(), RetryPolicy(max_retries=0, rate_limit_retries=1), RetryPolicy(max_retries=3))
        ]
        return ServedAccount(name, account, platform, limiter, *clients)

    def gauges(self) -> tuple[PoolGauge, ...]:
        """Every pool of every account."""
        return tuple(gauge for served in self._served.values() for gauge in _gauges(served))


def _gauges(served: ServedAccount) -> tuple[PoolGauge, ...]:
    return tuple(
        PoolGauge(
            account=served.name,
            pool=pool.pool.value,
            second_limit=pool.second_limit,
            second_used=pool.second_used,
            minute_limit=pool.minute_limit,
            minute_used=pool.minute_used,
            tokens=round(pool.tokens, 2),
            token_capacity=pool.token_capacity,
            waiting=pool.waiting,
            operator_waiting=pool.operator_waiting,
            next_slot_seconds=round(pool.next_slot_seconds, 3),
            paused_seconds=round(pool.paused_seconds, 1),
            pace=round(pool.pace, 3),
            reserve_per_minute=pool.reserve_per_minute,
            caps=dict(pool.caps),
            requests=pool.requests,
            waits=pool.waits,
            total_wait_seconds=round(pool.total_wait_seconds, 3),
            hits=pool.hits,
            last_hit_at=pool.last_hit_at,
            per_minute=pool.per_minute,
        )
        for pool in served.limiter.snapshot()
    )


def account_state(
    name: str, account: AccountSettings, standing: Standing | None, counts: AccountCounts = _NO_COUNTS
) -> AccountState:
    """An account as screens show it. `standing` is None for one that is switched off."""
    platform = PLATFORMS[account.platform]
    return AccountState(
        name=name,
        platform=account.platform,
        kind=account.kind,
        currency=platform.currency,
        base_url=account.base_url or platform.base_url,
        status=standing.status if standing else "unknown",
        message=standing.message if standing else "Switched off in the settings.",
        enabled=account.enabled,
        since=standing.since if standing else None,
        orders=counts.orders,
        orders_new=counts.orders_new,
        orders_invalid=counts.orders_invalid,
        offers=counts.offers,
        rma=counts.rma,
    )
