"""An engine killed in the middle of a bulk cancellation, at every stage: no order is cancelled twice, or forgotten.

    python tests/e2e/action_crashes.py --rounds 40 --orders 40

Each round cancels some orders, lets the marketplace hold the engine at one stage (orders being read before anything is
sent, the request on its way, carried out without an answer, answered and not yet read back) or lets it run, and ends
it with SIGKILL. The next engine has to tell of each order what became of it, and the marketplace has to agree: `done`
was cancelled once, `failed` never. Exits with 0, or says what differs and exits with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from magflow_tui.client import EngineClient, ensure_engine, stop_engine
from magflow_tui.contract.actions import ActionBatch, ActionRequest
from magflow_tui.contract.findings import OrderKey
from magflow_tui.contract.runs import StartSync
from magflow_tui.sandbox import SandboxAccount, SandboxConfig, SandboxProcess

_spec = importlib.util.spec_from_file_location("journey", Path(__file__).with_name("journey.py"))
assert _spec is not None
assert _spec.loader is not None
journey = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(journey)

SETTINGS = """
[sync]
orders_every = "off"
offers_every = "off"
rma_every = "off"
[http]
connect_timeout = 0.6
read_timeout = 0.6
"""
#: Where the engine is held before it is killed: a fault, of which requests.
STAGES = {
    "recorded": ("hang", "order/read"),
    "sending": ("hang_before", "order/save"),
    "carried out": ("hang", "order/save"),
    "answered": ("slow", "order/save"),
    "anywhere": None,
}


class Marketplace:
    """The sandbox as this program steers it."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/control", trust_env=False, timeout=30)

    async def close(self) -> None:
        await self._http.aclose()

    async def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self._http.get("/stats")).raise_for_status().json()
        return found

    async def cancelled(self) -> dict[int, int]:
        """How often each order was cancelled."""
        applied = (await self.stats())["accounts"]["main"]["applied"].get("cancelled", {})
        return {int(number): times for number, times in applied.items()}

    async def statuses(self) -> dict[int, int]:
        answer = await self._http.get("/orders", params={"account": "main"})
        rows = [httpx.Response(200, content=line).json() for line in answer.raise_for_status().text.splitlines()]
        return {row["id"]: row["status"] for row in rows if row["type"] == 3}

    async def burst(self, kind: str, route: str, times: int = 1) -> None:
        await self._http.post("/burst", json={"kind": kind, "route": route, "times": times})

    async def met(self, kind: str, before: int) -> None:
        """Wait until a request has met a fault once more than `before`."""
        async with asyncio.timeout(30):
            while True:
                if (await self.stats())["faults"].get(kind, 0) > before:
                    return
                await asyncio.sleep(0.01)

    async def fine_weather(self) -> None:
        await self._http.put("/faults", json={"slow_seconds": 0.3})


async def held(marketplace: Marketplace, stage: str, before: dict[str, int], orders: int, rng: random.Random) -> None:
    """Return at the instant at which the engine is to be killed."""
    point = STAGES[stage]
    if point is None:
        await asyncio.sleep(rng.uniform(0.0, 0.2 + orders * 0.2))
        return
    await marketplace.met(point[0], before.get(point[0], 0))
    if stage == "answered":
        await marketplace.burst("hang", "order/read", times=orders)
        await marketplace.met("hang", before.get("hang", 0))


async def one_round(
    folder: Path, environ: dict[str, str], marketplace: Marketplace, stage: str, ids: list[int], rng: random.Random
) -> ActionBatch:
    """Cancel orders, kill the engine at a stage, and give what the next engine says of the request."""
    await marketplace.fine_weather()
    before = (await marketplace.stats())["faults"]
    engine = await ensure_engine(folder, folder / "config.toml", schedules=False, environ=environ)
    async with EngineClient.connect(folder) as client:
        point = STAGES[stage]
        if point is not None:
            await marketplace.burst(*point)
        orders = tuple(OrderKey(account="main", id=number) for number in ids)
        batch = await client.actions.request(ActionRequest(kind="cancel", orders=orders, reason=24, by="crash test"))
        await held(marketplace, stage, before, len(ids), rng)
        os.kill(engine.pid, signal.SIGKILL)
        await asyncio.to_thread(engine.wait)
    await marketplace.fine_weather()
    await ensure_engine(folder, folder / "config.toml", schedules=False, environ=environ)
    async with EngineClient.connect(folder) as client:
        assert batch.batch_id is not None
        return await client.actions.batch(batch.batch_id, wait=30)


async def prepare(folder: Path, environ: dict[str, str]) -> None:
    """Fill the store."""
    await ensure_engine(folder, folder / "config.toml", schedules=False, environ=environ)
    async with EngineClient.connect(folder) as client:
        await client.start_sync(StartSync(resources=("orders",), full=True, requested_by="crash test"))
        async for snapshot in client.snapshots():
            if not snapshot.running:
                break


async def rounds(options: argparse.Namespace, folder: Path, environ: dict[str, str], url: str, found: Any) -> None:
    rng = random.Random(options.seed)
    marketplace = Marketplace(url)
    await prepare(folder, environ)
    untouched = [number for number, status in (await marketplace.statuses()).items() if status in (2, 3)]
    fates: Counter[str] = Counter()
    for number in range(options.rounds):
        stage = tuple(STAGES)[number % len(STAGES)]
        ids, untouched = untouched[: options.orders], untouched[options.orders :]
        if len(ids) < options.orders:
            break
        batch = await one_round(folder, environ, marketplace, stage, ids, rng)
        cancelled, statuses = await marketplace.cancelled(), await marketplace.statuses()
        wrong = [
            f"{row.order_id} is {row.state} ({row.message}), cancelled {cancelled.get(row.order_id, 0)} times, "
            f"status {statuses[row.order_id]}"
            for row in batch.rows
            if (row.state, cancelled.get(row.order_id, 0), statuses[row.order_id] == 0)
            not in {("done", 1, True), ("failed", 0, False)}
        ]
        states = Counter(row.state for row in batch.rows)
        fates += states
        whole = batch.finished and {row.order_id for row in batch.rows} == set(ids)
        found.check(
            whole and not wrong,
            f"round {number + 1}, {stage}: " + ", ".join(f"{many} {state}" for state, many in states.items()),
        )
        for line in wrong:
            print("      " + line)
    found.check(bool(fates["done"] and fates["failed"]), f"all rounds: {dict(fates)}")
    twice = {order: times for order, times in (await marketplace.cancelled()).items() if times > 1}
    found.check(not twice, f"cancelled more than once: {twice or 'none'}")
    await marketplace.close()
    await stop_engine(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description="An engine killed in the middle of a bulk cancellation.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--orders", type=int, default=20, help="in each round")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    account = SandboxAccount(
        name="main",
        username="main@example.com",
        password="sandbox",
        orders=max(300, 3 * options.rounds * options.orders),
        offers=0,
        rmas=0,
        days=1.5,
        fbe=0.1,
    )
    found = journey.Differences()
    config = SandboxConfig(seed=options.seed, accounts=(account,))
    with tempfile.TemporaryDirectory(prefix="magflow-actions-") as name, SandboxProcess(config) as sandbox:
        folder = Path(name)
        (folder / "config.toml").write_text(SETTINGS)
        environ = journey.environment(folder, (account,), sandbox)
        # The oldest order is younger: a full sync need not look for any before.
        environ["MAGFLOW_ACCOUNTS__MAIN__HISTORY_START"] = str(datetime.now(UTC).date() - timedelta(days=3))
        asyncio.run(rounds(options, folder, environ, sandbox.url, found))
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
