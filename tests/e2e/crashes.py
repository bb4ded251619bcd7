"""An engine killed again and again in the middle of a full sync loses nothing, doubles nothing, and says so.

    python tests/e2e/crashes.py --orders 20000 --kills 50

Each life of the engine is ended with SIGKILL at a random instant; the next one goes on where it was. At the end the
store must hold exactly the sandbox's rows, the run records must add up, and the sandbox must have refused nothing: the
new engine knows what the old one has spent of the last minute. Exits with 0, or says what differs and exits with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import random
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path

import httpx

from magflow_tui.client import EngineClient, ensure_engine, stop_engine
from magflow_tui.contract.runs import Run, StartSync
from magflow_tui.sandbox import Latency, SandboxAccount, SandboxConfig, SandboxProcess

_spec = importlib.util.spec_from_file_location("journey", Path(__file__).with_name("journey.py"))
assert _spec is not None
assert _spec.loader is not None
journey = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(journey)


async def lives(folder: Path, environ: dict[str, str], kills: int, rng: random.Random) -> list[Run]:
    """Start and kill engines until `kills` are dead, then let the run end; returns all runs of orders."""
    wanted = StartSync(resources=("orders",), full=True, requested_by="crash test")
    for killed in range(kills):
        engine = await ensure_engine(folder, folder / "config.toml", schedules=True, environ=environ)
        async with EngineClient.connect(folder) as client:
            found = await client.runs(resource="orders", limit=1)
            if not found.runs or found.runs[0].result != "running":
                found_first = await client.start_sync(wanted)
                print(
                    f"      a full sync starts (run {found_first.runs[0].run_id}), {killed} killed so far", flush=True
                )
            await asyncio.sleep(rng.uniform(0.0, 0.9))
            os.kill(engine.pid, signal.SIGKILL)
            engine.wait()
    await ensure_engine(folder, folder / "config.toml", schedules=True, environ=environ)
    async with EngineClient.connect(folder) as client:
        async for snapshot in client.snapshots():
            if not snapshot.running:
                break
        found = await client.runs(resource="orders")
    await stop_engine(folder)
    return list(found.runs)


def main() -> None:
    parser = argparse.ArgumentParser(description="An engine killed in the middle of a full sync.")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    account = SandboxAccount(
        name="main", username="main@example.com", password="sandbox", orders=options.orders, offers=0, rmas=0, days=200
    )
    config = SandboxConfig(seed=options.seed, accounts=(account,), latency=Latency(mean=0.02, spread=0.015))
    found = journey.Differences()
    with tempfile.TemporaryDirectory(prefix="magflow-crashes-") as name, SandboxProcess(config) as sandbox:
        folder = Path(name)
        (folder / "config.toml").write_text('[sync]\norders_every = "off"\noffers_every = "off"\nrma_every = "off"\n')
        environ = journey.environment(folder, (account,), sandbox)
        runs = asyncio.run(lives(folder, environ, options.kills, random.Random(options.seed)))
        for run in runs:
            added_up = run.created + run.updated + run.unchanged + run.failed
            found.check(
                run.result == "completed" and added_up == run.items >= options.orders,
                f"run {run.run_id}: {run.result}, {run.items} items add up, gone on {run.resumed} times",
            )
        created = sum(run.created for run in runs)
        found.check(created == options.orders, f"{created} orders created, each once")
        resumed = sum(run.resumed for run in runs)
        found.check(0 < resumed <= options.kills, f"{resumed} of {options.kills} kills met a run at work")
        database = folder / "magflow.db"
        have, want = journey.stored(database, "orders", "main"), journey.truth(sandbox.url, "orders", "main")
        found.check(have == want, f"{len(have)} orders stored, {len(want)} there, equal byte for byte: {have == want}")
        with sqlite3.connect(database) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.close()
        found.check(whole == "ok", f"integrity of the database: {whole}")
        counts = httpx.get(f"{sandbox.url}/control/stats", trust_env=False).json()
        found.check(counts["refused"] == 0, f"{counts['served']} requests served, {counts['refused']} refused")
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
