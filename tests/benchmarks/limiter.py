"""How much of the allowed rate a limiter uses, and how often the server refuses it, in real time and against rivals.

A sandbox with the marketplace's exact windows runs in a process of its own; each contender keeps one account's pools at
full demand from a process of its own, all at the same time:

    python tests/benchmarks/limiter.py                      # answers take 60 ± 50 ms; 130 s
    python tests/benchmarks/limiter.py --arrival-jitter 80  # and requests arrive up to 80 ms (± 40) late

Prints, for each contender and pool, the part of the allowed requests that were served, and how many were refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from aiolimiter import AsyncLimiter
from pyrate_limiter import Duration, InMemoryBucket, Limiter, Rate

from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.errors import EmagApiError
from magflow_tui.marketplace.filters import OfferFilter, OrderFilter
from magflow_tui.marketplace.limiter import AccountLimiter
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.retry import RetryPolicy
from magflow_tui.sandbox.config import Latency, SandboxAccount, SandboxConfig, config_json

WORKERS = 24
LIMITS = {"orders": (12, 720), "other": (3, 180)}
NOTHING = {"pools": {pool: {"served": 0} for pool in LIMITS}}
Leave = Callable[[], AbstractAsyncContextManager[object]]


@asynccontextmanager
async def aiolimiter_leave(limiters: list[AsyncLimiter]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for limiter in limiters:
            await stack.enter_async_context(limiter)
        yield


class PyrateLeave:
    """pyrate-limiter with both rates in one bucket."""

    def __init__(self, second: int, minute: int) -> None:
        rates = [Rate(second, Duration.SECOND), Rate(minute, Duration.MINUTE)]
        self._limiter = Limiter(InMemoryBucket(rates))

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        await self._limiter.try_acquire_async("account")
        yield


class WindowLogLeave:
    """The plain way: a log of when requests were sent."""

    def __init__(self, second: int, minute: int) -> None:
        self._limits = ((second, 1.0), (minute, 60.0))
        self._log: deque[float] = deque(maxlen=minute)
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        async with self._turn:
            for most, window in self._limits:
                if len(self._log) >= most:
                    await asyncio.sleep(max(0.0, self._log[-most] + window - time.monotonic()))
            self._log.append(time.monotonic())
        yield


def rival(name: str, second: int, minute: int) -> Leave:
    if name == "aiolimiter":
        limiters = [AsyncLimiter(second, 1), AsyncLimiter(minute, 60)]
        return lambda: aiolimiter_leave(limiters)
    if name == "pyrate-limiter":
        return PyrateLeave(second, minute)
    return WindowLogLeave(second, minute)


async def demand_rival(name: str, base_url: str, user: str, password: str, until: float) -> None:
    limits = httpx.Limits(max_keepalive_connections=WORKERS, max_connections=None)
    async with httpx.AsyncClient(auth=(user, password), limits=limits, trust_env=False, timeout=30) as http:

        async def work(leave: Leave, route: str) -> None:
            while time.time() < until:
                async with leave():
                    await http.post(f"{base_url}/{route}", json={"itemsPerPage": 1, "currentPage": 1})

        async with asyncio.TaskGroup() as group:
            for pool, route in (("orders", "order/read"), ("other", "product_offer/read")):
                leave = rival(name, *LIMITS[pool])
                for _ in range(WORKERS):
                    group.create_task(work(leave, route))


async def demand_magflow(base_url: str, user: str, password: str, until: float) -> None:
    limiter = AccountLimiter("benchmark")
    async with MarketplaceClient(
        account="benchmark",
        platform=PLATFORMS["emag-ro"],
        base_url=base_url,
        username=user,
        password=password,
        limiter=limiter,
        retry=RetryPolicy(max_retries=0, rate_limit_retries=0),
        concurrency=2 * WORKERS,
    ) as client:

        async def work(read: Callable[[], object]) -> None:
            while time.time() < until:
                try:
                    await read()  # type: ignore[misc]
                except EmagApiError:
                    continue

        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(work(lambda: client.read_orders(OrderFilter(type=3), 1, 1)))
                group.create_task(work(lambda: client.read_offers(OfferFilter(), 1, 1)))
    for pool in limiter.snapshot():
        if pool.requests:
            print(
                f"  magflow {pool.pool:7} guard {pool.guard_ms:.1f} ms, pace {pool.pace:.2f}, 429s {pool.hits}",
                file=sys.stderr,
            )


def demand(name: str, base_url: str, user: str, password: str, until: float) -> None:
    """One contender's process."""
    run = demand_magflow if name == "magflow" else None
    asyncio.run(run(base_url, user, password, until) if run else demand_rival(name, base_url, user, password, until))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=130.0)
    parser.add_argument("--latency", type=float, default=60.0, help="mean of the time to answer, ms")
    parser.add_argument("--spread", type=float, default=50.0, help="± around it, ms")
    parser.add_argument(
        "--arrival-jitter", type=float, default=0.0, help="longest delay before a request is counted, ms"
    )
    parser.add_argument("--only", nargs="*", default=["magflow", "aiolimiter", "pyrate-limiter", "window-log"])
    options = parser.parse_args()

    accounts = tuple(
        SandboxAccount(name=name, username=f"{name}@example.com", password="sandbox", orders=500, offers=200)
        for name in options.only
    )
    latency = Latency(
        mean=options.latency / 1000, spread=options.spread / 1000, arrival_jitter=options.arrival_jitter / 1000
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "sandbox.json")
        file.write_bytes(config_json(SandboxConfig(accounts=accounts, latency=latency, warm=True)))
        command = [sys.executable, "-m", "magflow_tui.sandbox", "--config", str(file), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
            assert sandbox.stdout is not None
            ready = json.loads(sandbox.stdout.readline())
            spawn = multiprocessing.get_context("spawn")
            began = time.time() + 1.5
            processes = [
                spawn.Process(
                    target=demand,
                    args=(
                        one.name,
                        ready["accounts"][one.name]["base_url"],
                        one.username,
                        one.password,
                        began + options.seconds + 2.0,
                    ),
                )
                for one in accounts
            ]
            for process in processes:
                process.start()
            # From one second after the start, so that the burst a fresh window allows is not taken for its rate.
            before = stats_at(ready["url"], began + 1.0)
            after = stats_at(ready["url"], began + 1.0 + options.seconds)
            for process in processes:
                process.join()
            sandbox.terminate()
    print(
        f"{options.seconds:.0f} s, answers {options.latency:.0f} ± {options.spread:.0f} ms, "
        f"arrival up to {options.arrival_jitter:.0f} ms late"
    )
    for name in options.only:
        for pool, (second, _) in LIMITS.items():
            began_with, seen = before.get(name, NOTHING)["pools"][pool], after[name]["pools"][pool]
            use = 100 * (seen["served"] - began_with["served"]) / (second * options.seconds)
            print(f"{name:15} {pool:7} used {use:5.1f} %   refused {seen['refused']:4} of {seen['arrivals']}")


def stats_at(url: str, when: float) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    """The sandbox's counts by account and pool at the instant `when`, seconds since 1970."""
    time.sleep(max(0.0, when - time.time()))
    answer = httpx.get(f"{url}/control/stats", trust_env=False).json()
    return {name: {"pools": account["pools"]} for name, account in answer["accounts"].items()}


if __name__ == "__main__":
    main()
