"""Thirty days of the engine's own records: whether the past is as quick as the present, and pruning unnoticed.

    python tests/benchmarks/past.py                                # 5 M requests: some minutes, about 5 GB of disk
    python tests/benchmarks/past.py --requests 200000 --days 3 --times 30 --orders 20000
    python tests/benchmarks/past.py --folder /tmp/d --keep         # leaves the store there, and uses one that is there

The store has minutes of 6 accounts, each of whose 20 routes was called in every minute (120 rows a minute, the most
there can be), a frame of every minute, runs every quarter of an hour, and the requests. A real engine over it, in a
process of its own and with an hour and a steady traffic of the same routes, answers over its unix socket what each
screen asks for: of now, and by turns of random minutes. Prints milliseconds (median and 95th percentile), and the ratio
of the past to the present.

Then orders of an unlimited sandbox are read into that store as fast as this machine can, while days are pruned in every
other slice of time. Prints the pages a second with and without, and the longest that a step held the writer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Final

from magflow_tui.client import EngineClient
from magflow_tui.config import Settings, load_settings
from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.engine.engine import Engine
from magflow_tui.engine.folder import HeldFolder
from magflow_tui.engine.process import settle_garbage_collector
from magflow_tui.engine.pruning import Pruner
from magflow_tui.engine.serving import serve
from magflow_tui.marketplace.client import MarketplaceClient, pool_of
from magflow_tui.marketplace.limiter import AccountLimiter, Lane, Pool, PoolLimit
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.monitor.sketch import encode
from magflow_tui.monitor.syncs import SyncReadings
from magflow_tui.sandbox import Limits, SandboxAccount, SandboxConfig, SandboxProcess
from magflow_tui.store import Store
from magflow_tui.store.database import Change
from magflow_tui.store.frames import pack
from magflow_tui.store.minutes import instant_of
from magflow_tui.store.pruning import MOST_SECONDS, PRUNABLE, Prunable
from magflow_tui.sync import SyncAccount, SyncRunner

#: What the past may take more than the present, what pruning may cost of the page rate, and hold of the writer (s).
PAST_LIMIT, RATE_LIMIT, HOLD_LIMIT = 2.0, 0.05, MOST_SECONDS
ACCOUNTS: Final = [f"shop{number}" for number in range(1, 7)]
ROUTES: Final = [
    *("order/read", "order/count", "order/acknowledge", "order/save", "order/attachments/save", "order/locker/read"),
    *("product_offer/read", "product_offer/count", "product_offer/save", "offer_stock", "documentation/find_by_eans"),
    *("rma/read", "rma/count", "rma/save", "category/read", "vat/read", "handling_time/read", "awb/read", "awb/save"),
    "smart-deals-price-check",
]
HOUR: Final = 60
MINUTES_A_DAY: Final = 24 * HOUR
#: Orders in a page.
PAGE: Final = 100
USER, PASSWORD = "seller@example.com", "sandbox"


def settings_of(folder: Path) -> Settings:
    environ: dict[str, str] = {}
    for name in ACCOUNTS:
        prefix = f"MAGFLOW_ACCOUNTS__{name.upper()}__"
        environ |= {
            f"{prefix}PLATFORM": "emag-ro",
            f"{prefix}USERNAME": USER,
            f"{prefix}PASSWORD": PASSWORD,
            f"{prefix}BASE_URL": "http://127.0.0.1:9",
        }
    return load_settings(config_file=Path(os.devnull), data_dir=folder, environ=environ)


class Clock:
    """Aware time that goes on by itself, and can be moved on."""

    def __init__(self, at: datetime) -> None:
        self._begin = at
        self._began = time.monotonic()
        self.moved = timedelta(0)

    def __call__(self) -> datetime:
        return self._begin + self.moved + timedelta(seconds=time.monotonic() - self._began)


def record(account: str, route: str, at: datetime, dice: random.Random) -> RequestRecord:
    failed = dice.random() < 0.02
    return RequestRecord(
        account=account,
        method="POST",
        route=route,
        pool=pool_of(route),
        lane=Lane.BACKGROUND,
        job=f"sync {route.split('/')[0]}",
        attempt=1,
        started_at=at,
        waited_ms=dice.uniform(0, 900),
        elapsed_ms=dice.lognormvariate(5.2, 0.5),
        first_byte_ms=80.0,
        status=None if failed else 200,
        outcome="timeout" if failed else "ok",
        note="no whole answer within 30 s" if failed else None,
        bytes_received=20_000,
        page=dice.randrange(400),
        run_id=7,
        call=f"{dice.randrange(1 << 32):08x}",
    )


@asynccontextmanager
async def lively_engine(folder: Path, at: datetime) -> AsyncIterator[tuple[Engine, HeldFolder, list[bytes]]]:
    """An engine that has run for an hour since `at`, with traffic on every route, and the frames of that hour."""
    settings, clock, dice = settings_of(folder), Clock(at), random.Random(2)
    held = HeldFolder.take(settings.folder, version="benchmark")
    engine = Engine(settings, schedules=False, held=held, now=clock)
    frames: list[bytes] = []

    def traffic(count: int) -> Iterator[None]:
        while True:
            for account in ACCOUNTS:
                for route in ROUTES:
                    engine.monitor.observe(record(account, route, clock(), dice))
                    count -= 1
                    if count == 0:
                        return
                    yield

    async def steady() -> None:
        while True:
            for _ in islice(traffic(10**9), 24):
                pass
            await asyncio.sleep(0.2)

    async with engine.running():
        for _ in range(61):
            for _ in traffic(2 * len(ACCOUNTS) * len(ROUTES)):
                pass
            clock.moved += timedelta(minutes=1)
            engine.monitor.tick(engine.accounts.gauges(), SyncReadings())
            frames.append(pack(await engine.build_snapshot(1)))
            await engine.recorder.settle()
        going = asyncio.create_task(steady())
        try:
            yield engine, held, frames
        finally:
            going.cancel()
            await asyncio.gather(going, return_exceptions=True)


def sample_frames(folder: str, at: datetime, answer: Connection) -> None:
    """Frames as an engine with that traffic makes them."""

    async def run() -> list[bytes]:
        async with lively_engine(Path(folder), at) as (_, held, frames):
            held.release()
            return frames

    answer.send(asyncio.run(run()))


def serve_engine(folder: str, at: datetime, answer: Connection) -> None:
    """Serve the store until told to stop."""
    settle_garbage_collector()

    async def run() -> None:
        async with lively_engine(Path(folder), at) as (engine, held, _):
            await serve(engine, held, on_ready=lambda: answer.send(True))

    asyncio.run(run())


def request_rows(count: int, begin: int, end: int) -> Iterator[tuple[object, ...]]:
    """Requests between two times (ms), oldest first."""
    dice = random.Random(3)
    pairs = [(account, route, pool_of(route).value) for account in ACCOUNTS for route in ROUTES]
    body = '{"data":{"currentPage":%d,"itemsPerPage":100,"modifiedAfter":"2026-05-01 10:00:00"}}'
    bodies = [body % page for page in range(400)]
    received = '{"isError":false,"messages":[],"results":{"items":100,"bytes":212345}}'
    step = (end - begin) / count
    for seq in range(1, count + 1):
        account, route, pool = pairs[int(dice.random() * len(pairs))]
        page = seq % 400
        failed = seq % 50 == 0
        yield (
            *(seq, int(begin + seq * step), account, "POST", route, pool, "sync orders", None if failed else 200),
            *("timeout" if failed else "ok", int(failed), 1, 180_000 + page * 97, 90_000, 1_200, 20_000 + page, page),
            *(seq // 5_000, "no whole answer within 30 s" if failed else None, f"{seq * 2654435761 % (1 << 32):08x}"),
            *(None, bodies[page], received),
        )


def minute_rows(minutes: range) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Rows of the minutes by table."""
    dice = random.Random(4)
    blobs = [encode({dice.randrange(400, 700): dice.randrange(1, 9) for _ in range(12)}) for _ in range(50)]
    pairs = [(account, route, pool_of(route).value) for account in ACCOUNTS for route in ROUTES]
    jobs = [json.dumps({"sync orders": n, "action": 1}) for n in range(1, 40)]
    for minute in minutes:
        for account in ("", *ACCOUNTS):
            yield "health_minutes", (minute, account, 70, 1.5, 180.5, 40.25, 100.0, 900, 12, 180, 160, 400, 2_000)
        for account in ACCOUNTS:
            for pool in ("orders", "other"):
                yield "pool_minutes", (minute, account, pool, minute % 700, 1_200, 0)
        for account, route, pool in pairs:
            number = minute + len(route)
            yield (
                "route_minutes",
                (
                    *(minute, account, route, pool, 10, 1, 0, 0, 1_800_000, 300 + number % 99, 900, 40),
                    *(jobs[number % len(jobs)], blobs[number % len(blobs)]),
                ),
            )


def run_rows(begin: int, end: int) -> Iterator[tuple[object, ...]]:
    """Runs of every account and resource, a quarter of an hour apart (ms)."""
    for started in range(begin, end - 60_000, 900_000):
        for account in ACCOUNTS:
            for resource in ("orders", "offers", "rma"):
                yield account, resource, "incremental", "completed", "schedule", started, started + 55_000, 55.0, 9, 900


def build(path: Path, days: int, requests: int, frames: list[bytes], last: int) -> None:
    """Make a store at `path` whose minutes end before `last` (minutes since 1970)."""

    async def make() -> None:
        async with await Store.open(path):
            pass

    asyncio.run(make())
    minutes = range(last - days * MINUTES_A_DAY, last)
    begin, end = 60_000 * minutes.start, 60_000 * last
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "locking_mode = EXCLUSIVE"):
            database.execute(f"PRAGMA {pragma}")
        found = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'requests'")
        indexes = found.fetchall()
        for name, _ in indexes:
            database.execute(f"DROP INDEX {name}")
        database.execute("BEGIN")
        holes = ", ".join("?" * 22)
        database.executemany(f"INSERT INTO requests VALUES ({holes})", request_rows(requests, begin, end))  # noqa: S608
        for table, columns in (("health_minutes", 13), ("pool_minutes", 6), ("route_minutes", 14)):
            holes = ", ".join("?" * columns)
            rows = (row for name, row in minute_rows(minutes) if name == table)
            database.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)  # noqa: S608
        database.executemany(
            "INSERT INTO frames VALUES (?, ?)", ((minute, frames[minute % len(frames)]) for minute in minutes)
        )
        columns = "account, resource, kind, result, requested_by, started_at, finished_at, seconds, pages, items"
        zeros = "created, updated, unchanged, failed, requests, rate_limited, waited_seconds, resumed"
        database.executemany(
            f"INSERT INTO runs ({columns}, {zeros}) VALUES ({', '.join('?' * 10)}, {', '.join('0' * 8)})",  # noqa: S608
            run_rows(begin, end),
        )
        database.execute("COMMIT")
        for _, sql in indexes:
            database.execute(sql)


def tell_sizes(path: Path) -> None:
    """Bytes on disk by table and index."""
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY pgsize DESC LIMIT 8")
        for name, size in found:
            print(f"  {name:<34} {size / 1e6:9.1f} MB")
    print(f"  {'the file':<34} {path.stat().st_size / 1e6:9.1f} MB")


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    await work()
    return 1_000 * (time.perf_counter() - began)


def told(milliseconds: list[float]) -> str:
    return f"{median(milliseconds):7.1f} ms  p95 {quantiles(milliseconds, n=20)[-1]:7.1f} ms"


async def compare(folder: Path, last: int, days: int, requests: int, times: int) -> list[float]:
    """The screens, now and then; the ratios of the medians."""
    dice = random.Random(5)
    ratios: list[float] = []
    async with EngineClient.connect(folder) as client:
        past = client.past

        async def health() -> None:
            await client.snapshot()
            await client.minutes()

        async def sync() -> None:
            await health()
            await client.runs(limit=50)

        async def api_log() -> None:
            await health()
            await client.requests(limit=500, newest=True)

        async def past_health(at: datetime) -> None:
            moment = await past.moment(at)
            assert moment.snapshot is not None
            found = await past.minutes(until=at + timedelta(minutes=1))
            assert found.requests[-1] is not None

        async def past_sync(at: datetime) -> None:
            await past_health(at)
            await client.runs(limit=50, before=20_000)

        async def past_log(at: datetime) -> None:
            await past_health(at)
            page = await past.requests(until=at + timedelta(minutes=1), limit=500)
            assert page.requests

        screens = (
            ("Health", health, past_health),
            ("Limits", health, past_health),
            ("Sync", sync, past_sync),
            ("API log", api_log, past_log),
        )
        for name, live, then in screens:
            now_ms, then_ms = [], []
            for _ in range(times):
                at = instant_of(dice.randrange(last - days * MINUTES_A_DAY + 3 * HOUR, last))
                now_ms.append(await timed(live))
                then_ms.append(await timed(lambda then=then, at=at: then(at)))  # type: ignore[misc]
            ratios.append(median(then_ms) / median(now_ms))
            p95 = quantiles(then_ms, n=20)[-1] / quantiles(now_ms, n=20)[-1]
            print(
                f"  {name:<8} live {told(now_ms)}   past {told(then_ms)}   ratio {ratios[-1]:.2f}, of p95 {p95:.2f}"
                f"  (limit {PAST_LIMIT:g})"
            )
        for name, account in (("any account", None), ("one account", ACCOUNTS[2])):
            for direction in ("next", "previous"):
                found = [
                    await timed(lambda: past.fault(dice.randrange(1, requests), direction, account=account))  # noqa: B023
                    for _ in range(times)
                ]
                print(f"  {direction + ' fault':<15} {name}: {told(found)}")
        rare = RowFilter(alternatives=((Condition(field="note", value="never said"),),))
        page = await past.requests(where=rare)
        onward = page.next_before or requests
        found = [await timed(lambda: past.requests(where=rare, before=onward)) for _ in range(times)]
        print(
            f"  a part of a search that finds nothing: {told(found)}, {page.last_seq - onward + 1} requests looked at"
        )
        for minutes in (MINUTES_A_DAY, min(days, 30) * MINUTES_A_DAY):
            spans = [await timed(lambda: past.minutes(until=instant_of(last), minutes=minutes)) for _ in range(3)]  # noqa: B023
            print(f"  minutes of {minutes // MINUTES_A_DAY:2} days: {median(spans):7.1f} ms")
    return ratios


class Held(Store):
    """A store that notes what each step of pruning did."""

    steps: Final[list[tuple[str, Change]]] = []

    async def prune(self, prunable: Prunable, now: datetime, rows: int) -> Change:
        change = await super().prune(prunable, now, rows)
        self.steps.append((prunable.name, change))
        return change


async def sync_and_prune(
    path: Path, base_url: str, begin: datetime, slices: int, seconds: float
) -> tuple[float, float]:
    """Pages a second without and with pruning, by turns; prints what pruning did."""
    unlimited = {pool: PoolLimit(1_000_000, 10_000_000) for pool in Pool}
    clock = Clock(begin + timedelta(days=30))
    async with (
        await Held.open(path) as store,
        MarketplaceClient(
            account="shop1",
            platform=PLATFORMS["emag-ro"],
            base_url=base_url,
            username=USER,
            password=PASSWORD,
            limiter=AccountLimiter("shop1", limits=unlimited),
        ) as client,
    ):
        runner = SyncRunner(
            store=store,
            accounts=[SyncAccount("shop1", PLATFORMS["emag-ro"], client)],
            on_event=lambda event: None,
            clock=lambda: datetime.now(UTC),
        )
        pruner = Pruner(store, is_busy=lambda: True, now=clock)

        async def prune_on() -> None:
            while True:
                await pruner.prune()
                clock.moved += timedelta(days=1)

        def pages() -> float:
            return sum(run.items for run in runner.running()) / PAGE

        async def rate_of(seconds: float) -> float:
            before, began = pages(), time.perf_counter()
            await asyncio.sleep(seconds)
            return (pages() - before) / (time.perf_counter() - began)

        await runner.start("shop1", "orders", full=True, requested_by="benchmark")
        await asyncio.sleep(2.0)
        rates: dict[bool, list[float]] = {False: [], True: []}
        pruning: asyncio.Task[None] | None = None
        for number in range(slices):
            # with, without, without, with: what drifts weighs on both alike
            on = number % 4 in (0, 3)
            if on and pruning is None:
                pruning = asyncio.create_task(prune_on())
            elif not on and pruning is not None:
                pruning.cancel()
                await asyncio.gather(pruning, return_exceptions=True)
                pruning = None
            rate = await rate_of(seconds)
            if not runner.running():
                break
            rates[on].append(rate)
            print(f"  {'with' if on else 'without'} {rate:.1f}", end="", flush=True)
        print(" pages a second")
        if pruning is not None:
            pruning.cancel()
            await asyncio.gather(pruning, return_exceptions=True)
        await runner.drain(5.0)
        during = list(store.steps)
        store.steps.clear()
        began = time.perf_counter()
        clock.moved += timedelta(days=1)
        quiet = Pruner(store, is_busy=lambda: False, now=clock)
        rows = await quiet.prune()
        print(f"  a day by itself: {rows} rows in {time.perf_counter() - began:.1f} s, {len(store.steps)} steps")
    for what, steps in (("beside the sync", during), ("by itself", store.steps)):
        for prunable in PRUNABLE:
            held = [change for name, change in steps if name == prunable.name and change.rows]
            if held:
                rows, most = sum(change.rows for change in held), max(change.elapsed for change in held)
                usual = median(change.seconds for change in held)
                print(
                    f"  {what:<16} {prunable.name:<15} {rows:8} rows, {len(held):5} steps of {1_000 * usual:5.1f} ms,"
                    f" {1_000 * most:5.1f} at most"
                )
    beside = 1_000 * max((change.seconds for _, change in during), default=0.0)
    longest = 1_000 * max(change.elapsed for _, change in store.steps)
    print(f"  beside the sync a step took {beside:.1f} ms of a processor at most (the rest: waiting)")
    print(f"  by itself it held the writer for {longest:.1f} ms at most  (limit {1_000 * HOLD_LIMIT:.0f})")
    return mean(rates[False]), mean(rates[True])


def main() -> None:
    parser = argparse.ArgumentParser(description="The past beside the present, and pruning beside a sync.")
    parser.add_argument("--requests", type=int, default=5_000_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--times", type=int, default=200, help="how often each screen is asked for")
    parser.add_argument("--orders", type=int, default=200_000, help="that the sandbox has for the sync")
    parser.add_argument("--slices", type=int, default=20, help="of time, half of them with pruning")
    parser.add_argument("--seconds", type=float, default=2.0, help="of a slice")
    parser.add_argument("--folder", type=Path, help="where the store is made (a new folder of the system's)")
    parser.add_argument("--keep", action="store_true", help="leave the folder, and use the store in it")
    options = parser.parse_args()
    folder: Path = options.folder or Path(tempfile.mkdtemp(prefix="magflow-past-"))
    spawn = multiprocessing.get_context("spawn")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path, mark = folder / "magflow.db", folder / "last-minute"
        if options.keep and mark.exists():
            last = int(mark.read_text())
        else:
            last = int(time.time() // 60)
            receiver, sender = spawn.Pipe(duplex=False)
            with tempfile.TemporaryDirectory() as throwaway:
                sampling = spawn.Process(target=sample_frames, args=(throwaway, instant_of(last), sender))
                sampling.start()
                sender.close()
                frames = receiver.recv()
                sampling.join()
            began = time.perf_counter()
            build(path, options.days, options.requests, frames, last)
            mark.write_text(str(last))
            sizes = [len(frame) for frame in frames]
            print(f"built in {time.perf_counter() - began:.0f} s; a frame has {median(sizes):.0f} bytes; on disk:")
            tell_sizes(path)
        print("screens, and going from fault to fault:")
        receiver, sender = spawn.Pipe(duplex=False)
        serving = spawn.Process(target=serve_engine, args=(str(folder), instant_of(last), sender))
        serving.start()
        sender.close()
        receiver.recv()
        try:
            ratios = asyncio.run(compare(folder, last, options.days, options.requests, options.times))
        finally:
            serving.terminate()
            serving.join()
        print("pruning beside a sync:")
        account = SandboxAccount(
            name="shop1", username=USER, password=PASSWORD, orders=options.orders, offers=10, rmas=0, days=200
        )
        config = SandboxConfig(accounts=(account,), limits=Limits(enabled=False), warm=True)
        with SandboxProcess(config) as sandbox:
            begin = instant_of(last - options.days * MINUTES_A_DAY)
            url = sandbox.base_url("shop1")
            without, beside = asyncio.run(sync_and_prune(path, url, begin, options.slices, options.seconds))
        print(f"  {without:.1f} pages a second without and {beside:.1f} with it:", end=" ")
        print(f"{100 * (1 - beside / without):.1f} % less  (limit {100 * RATE_LIMIT:.0f} %)")
        print(f"the past takes {max(ratios):.2f} times as long as the present at most  (limit {PAST_LIMIT:g})")
    finally:
        if not options.keep:
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)


if __name__ == "__main__":
    main()
