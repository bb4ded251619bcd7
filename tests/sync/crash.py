"""Kills a process that syncs, again and again, and proves that nothing is missing, doubled or stale in the end.

`crash_test` starts this file as a process of its own that opens the store, lets an interrupted run go on or begins a
full sync, and prints a line when it is done; kills it with SIGKILL at random instants; and compares in the end.
Full size: `python tests/sync/crash.py --orders 20000 --kills 50`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.limiter import AccountLimiter, Pool, PoolLimit
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.sandbox import Limits, SandboxAccount, SandboxConfig, SandboxProcess
from magflow_tui.store import Store
from magflow_tui.sync import SyncAccount, SyncPolicy, SyncRunner

ACCOUNT = "main"


@dataclass(frozen=True)
class CrashReport:
    """What came of it. `runs` are the run records as (result, resumed, items, created+updated+unchanged+failed)."""

    kills: int
    stored: int
    missing: int
    stale: int
    strange: int
    orphans: int
    runs: tuple[tuple[str, int, int, int], ...]
    integrity: str

    @property
    def sound(self) -> bool:
        """Whether the store is exactly the marketplace and the run records add up."""
        return (
            not (self.missing or self.stale or self.strange or self.orphans)
            and self.integrity == "ok"
            and all(items == parts for _, _, items, parts in self.runs)
            and [run[0] for run in self.runs] == ["completed"]
        )


def crash_test(
    *, orders: int, kills: int, seed: int, folder: Path, longest: float = 1.0, limits: Limits | None = None
) -> CrashReport:
    """Sync `orders` orders and kill the process `kills` times, each within `longest` seconds of its first page."""
    rng = random.Random(seed)
    config = SandboxConfig(
        accounts=(SandboxAccount(name=ACCOUNT, username="u", password="p", orders=orders, days=120, fbe=0.2),),
        seed=seed,
        limits=limits or Limits(enabled=False),
    )
    database = folder / "crash.db"
    with SandboxProcess(config) as sandbox:
        command = [sys.executable, __file__, "--work", str(database), sandbox.base_url(ACCOUNT)]
        killed = 0
        while killed < kills:
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                begun = process.stdout.readline()
                time.sleep(rng.uniform(0, longest))
                process.kill()
                rest = process.stdout.read()
                process.wait()
            assert begun.startswith("begun"), begun
            if "done" in rest:
                break  # it was quicker than the kills
            killed += 1
        subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=600)
        with urllib.request.urlopen(f"{sandbox.url}/control/orders?account={ACCOUNT}", timeout=600) as answer:  # noqa: S310
            truth = {order["id"]: order["sha256"] for order in map(json.loads, answer) if order["readable"]}
    return _compare(database, truth, killed)


def _compare(database: Path, truth: dict[int, str], kills: int) -> CrashReport:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT id, raw FROM orders").fetchall()
        stored = {id_: hashlib.sha256(raw).hexdigest() for id_, raw in rows}
        orphans = "SELECT count(*) FROM order_lines WHERE (account, order_id) NOT IN (SELECT account, id FROM orders)"
        runs = "SELECT result, resumed, items, created + updated + unchanged + failed FROM runs ORDER BY run_id"
        return CrashReport(
            kills=kills,
            stored=len(rows),
            missing=len(set(truth) - set(stored)),
            stale=sum(stored.get(id_, digest) != digest for id_, digest in truth.items()),
            strange=len(rows) - len(stored) + len(set(stored) - set(truth)),
            orphans=connection.execute(orphans).fetchone()[0],
            runs=tuple(connection.execute(runs).fetchall()),
            integrity=connection.execute("PRAGMA integrity_check").fetchone()[0],
        )


async def _work(database: Path, base_url: str) -> None:
    platform = PLATFORMS["emag-ro"]
    limiter = AccountLimiter(ACCOUNT, limits={pool: PoolLimit(100_000, 6_000_000) for pool in Pool})
    async with (
        await Store.open(database) as store,
        MarketplaceClient(
            account=ACCOUNT, platform=platform, username="u", password="p", limiter=limiter, base_url=base_url
        ) as client,
    ):
        runner = SyncRunner(
            store=store,
            accounts=[SyncAccount(ACCOUNT, platform, client)],
            on_event=lambda _: None,
            clock=lambda: datetime.now(UTC),
            policy=SyncPolicy(),
        )
        resumed = await runner.resume_interrupted()
        if not resumed and not (await store.list_runs()).runs:
            resumed = ((await runner.start(ACCOUNT, "orders", full=True, requested_by="crash test")).run,)
        print("begun", flush=True)
        for run in resumed:
            await runner.wait(run.run_id)
        print("done", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=0.3, help="seconds a process lives at most")
    parser.add_argument("--work", nargs=2, metavar=("DATABASE", "URL"))
    options = parser.parse_args()
    if options.work:
        asyncio.run(_work(Path(options.work[0]), options.work[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        report = crash_test(
            orders=options.orders,
            kills=options.kills,
            seed=options.seed,
            folder=Path(folder),
            longest=options.longest,
        )
    print(report)
    sys.exit(not report.sound)


if __name__ == "__main__":
    main()
