"""How fast orders come in, as a share of what the bare libraries manage on the same orders in the same run.

    python tests/benchmarks/ingest.py                 # 100 000 orders
    python tests/benchmarks/ingest.py --runs 5 --orders 20000     # on a machine that is busy with other things too

The floor parses pages that are already in memory with orjson, validates the columns that the store keeps with
pydantic, and writes one transaction a page of 100 into two tables with sqlite3's executemany. The whole path reads the
same orders over HTTP from an unlimited sandbox in another process, and parses, validates, stores and reports them as
the engine does. Each has a process of its own, the floor before and after each run. Prints orders a second, the ratio,
and the peak memory of our path; of several runs the medians and the highest peak.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean, median

import httpx
import orjson
from pydantic import BaseModel

from magflow_tui.engine.process import settle_garbage_collector
from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.limiter import AccountLimiter, Pool, PoolLimit
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.sandbox import Limits, SandboxAccount, SandboxConfig, SandboxProcess
from magflow_tui.store import Store
from magflow_tui.sync import SyncAccount, SyncRunner

USER, PASSWORD = "seller@example.com", "sandbox"


class FloorLine(BaseModel):
    """What the store keeps of a line as columns."""

    id: int
    product_id: int
    mkt_id: int | None = None
    name: str
    part_number: str | None = None
    part_number_key: str | None = None
    ext_part_number: str | None = None
    status: int
    quantity: int
    initial_qty: int
    storno_qty: int
    currency: str
    sale_price: Decimal
    original_price: Decimal
    vat: Decimal


class FloorCustomer(BaseModel):
    id: int
    name: str


class FloorOrder(BaseModel):
    """What the store keeps of an order as columns, of the usual types."""

    id: int
    type: int
    status: int
    parent_id: int | None = None
    date: str
    created: str
    modified: str
    finalization_date: str | None = None
    maximum_date_for_shipment: str | None = None
    payment_mode_id: int
    payment_mode: str
    detailed_payment_method: str | None = None
    payment_status: int
    delivery_mode: str
    vendor_name: str
    observation: str | None = None
    currency: str | None = None
    shipping_tax: Decimal
    cashed_co: Decimal | None = None
    cashed_cod: Decimal | None = None
    refunded_amount: Decimal | None = None
    is_complete: int
    emag_club: int | None = None
    weekend_delivery: int | None = None
    customer: FloorCustomer
    products: list[FloorLine]


ORDER_COLUMNS = [name for name in FloorOrder.model_fields if name not in ("customer", "products")]
LINE_COLUMNS = list(FloorLine.model_fields)


def floor_tables(database: sqlite3.Connection) -> tuple[str, str]:
    """Two plain tables; the statements that fill them."""
    orders = [*ORDER_COLUMNS, "customer_id", "customer_name", "raw"]
    lines = ["order_id", *LINE_COLUMNS]
    database.execute(f"CREATE TABLE orders ({', '.join(orders)}, PRIMARY KEY (id))")
    database.execute(f"CREATE TABLE lines ({', '.join(lines)}, PRIMARY KEY (order_id, id))")
    holes = [("?, " * len(columns))[:-2] for columns in (orders, lines)]
    return f"REPLACE INTO orders VALUES ({holes[0]})", f"REPLACE INTO lines VALUES ({holes[1]})"  # noqa: S608


def units(amount: object) -> object:
    return int(amount * 10_000) if isinstance(amount, Decimal) else amount


def fetch_pages(base_url: str, pages: int) -> list[bytes]:
    """Pages of orders as they come over the wire, from the newest month on."""
    found: list[bytes] = []
    with httpx.Client(auth=(USER, PASSWORD), trust_env=False, timeout=60) as http:
        until = datetime.now(UTC)
        while len(found) < pages:
            since = until - timedelta(days=30)  # the widest window there is: few orders fill a page all the same
            bounds = {"createdAfter": f"{since:%Y-%m-%d %H:%M:%S}", "createdBefore": f"{until:%Y-%m-%d %H:%M:%S}"}
            page = 1
            while len(found) < pages:
                body = http.post(f"{base_url}/order/read", json={**bounds, "currentPage": page}).content
                if len(orjson.loads(body)["results"]) < 100:
                    break
                found.append(body)
                page += 1
            until = since
    return found


def floor(base_url: str, pages: int, answer: Connection) -> None:
    """Orders a second of the bare libraries."""
    bodies = fetch_pages(base_url, pages)
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder, "floor.db"), isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        into_orders, into_lines = floor_tables(database)
        began = time.perf_counter()
        for body in bodies:
            rows, lines = [], []
            for item in orjson.loads(body)["results"]:
                order = FloorOrder.model_validate(item)
                columns = [units(getattr(order, name)) for name in ORDER_COLUMNS]
                rows.append((*columns, order.customer.id, order.customer.name, orjson.dumps(item)))
                lines += [(order.id, *(units(getattr(line, name)) for name in LINE_COLUMNS)) for line in order.products]
            database.execute("BEGIN IMMEDIATE")
            database.executemany(into_orders, rows)
            database.executemany(into_lines, lines)
            database.execute("COMMIT")
        seconds = time.perf_counter() - began
        database.close()
    answer.send(100 * len(bodies) / seconds)


async def whole_path_of(base_url: str) -> tuple[int, float]:
    unlimited = {pool: PoolLimit(1_000_000, 10_000_000) for pool in Pool}
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Path(folder, "magflow.db"))
        client = MarketplaceClient(
            account="main",
            platform=PLATFORMS["emag-ro"],
            base_url=base_url,
            username=USER,
            password=PASSWORD,
            limiter=AccountLimiter("main", limits=unlimited),
        )
        async with client:
            runner = SyncRunner(
                store=store,
                accounts=[SyncAccount("main", PLATFORMS["emag-ro"], client)],
                on_event=lambda event: None,
                clock=lambda: datetime.now(UTC),
            )
            began = time.perf_counter()
            started = await runner.start("main", "orders", full=True, requested_by="benchmark")
            waiting = asyncio.create_task(runner.wait(started.run.run_id))
            while not waiting.done():
                await asyncio.wait([waiting], timeout=1.0)
                runner.running()  # what the snapshot of each second asks for
            run = waiting.result()
            seconds = time.perf_counter() - began
            await runner.drain(5.0)
        await store.close()
        if run.result != "completed":
            raise SystemExit(f"the run ended {run.result}: {run.reason}")
        return run.items, seconds


def whole_path(base_url: str, answer: Connection) -> None:
    """Orders a second of ours, and the peak memory in MB."""
    settle_garbage_collector()
    items, seconds = asyncio.run(whole_path_of(base_url))
    answer.send((items, items / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def in_a_process(work: object, *arguments: object) -> object:
    spawn = multiprocessing.get_context("spawn")
    receiver, sender = spawn.Pipe(duplex=False)
    process = spawn.Process(target=work, args=(*arguments, sender))  # type: ignore[arg-type]
    process.start()
    sender.close()
    result = receiver.recv()
    process.join()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast orders come in, against the bare libraries.")
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=1, help="how often each is measured, by turns")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    account = SandboxAccount(
        name="main", username=USER, password=PASSWORD, orders=options.orders, offers=10, rmas=0, days=200
    )
    config = SandboxConfig(accounts=(account,), limits=Limits(enabled=False), warm=True)
    with SandboxProcess(config) as sandbox:
        url = sandbox.base_url("main")
        pages = min(200, options.orders // 200)
        floors: list[float] = [in_a_process(floor, url, pages)]  # type: ignore[list-item]
        runs: list[tuple[int, float, float]] = []
        for _ in range(options.runs):
            runs.append(in_a_process(whole_path, url))  # type: ignore[arg-type]
            floors.append(in_a_process(floor, url, pages))  # type: ignore[arg-type]
    bare, ours = median(floors), median(speed for _, speed, _ in runs)
    ratios = [speed / mean(floors[turn : turn + 2]) for turn, (_, speed, _) in enumerate(runs)]
    ratio, peak, items = median(ratios), max(peak for _, _, peak in runs), runs[0][0]
    if options.json:
        print(json.dumps({"floor": bare, "whole_path": ours, "ratio": ratio, "peak_mb": peak, "orders": items}))
    else:
        print(f"floor       {bare:8.0f} orders/s  ({', '.join(f'{speed:.0f}' for speed in floors)})")
        print(f"whole path  {ours:8.0f} orders/s  ({items} orders)")
        print(f"ratio       {ratio:8.2f}  (target 0.35; {', '.join(f'{one:.2f}' for one in ratios)})")
        print(f"peak memory {peak:8.0f} MB  (target 150)")


if __name__ == "__main__":
    main()
