"""What the dashboard takes of a terminal, beside a minimal Textual application and one of stock widgets.

    python tests/benchmarks/screen.py                   # about three minutes
    python tests/benchmarks/screen.py --keys 200 --json

Each runs alone on a pseudo-terminal of 140x40, over recorded snapshots that an engine's stand-in serves; the cursor is
also moved while a real engine takes in orders from an unlimited sandbox as fast as it can. Prints the first paint, the
bytes a second, the time from a key to its paint, the memory and the processor time of each, and the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from magflow_tui.client import EngineClient, ensure_engine, stop_engine
from magflow_tui.contract.runs import StartSync
from magflow_tui.sandbox import Limits, SandboxAccount, SandboxConfig, SandboxProcess

HERE = Path(__file__).parent
TUI = HERE.parent / "tui"
COLUMNS, ROWS = 140, 40
THIN_LINK = 16_000
DOWN_UP = ("\x1b[B", "\x1b[A")
SETTINGS = """
[accounts.main]
platform = "emag-ro"
username = "seller@example.com"
password = "sandbox"
base_url = "{url}"
"""


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Terminal = load(TUI / "terminal.py").Terminal


@dataclass
class Latency:
    """Milliseconds from a key to the first frame that shows its effect."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        cuts = statistics.quantiles([1000 * each for each in seconds], n=100, method="inclusive")
        return cls(round(cuts[49], 1), round(cuts[94], 1), round(cuts[98], 1))


@dataclass
class Figures:
    """Of one program. Times in s, memory in MB at its peak, processor time as a share of one core."""

    first_paint: float
    first_paint_bytes: int = 0
    memory: float = 0.0
    still_bytes: float = 0.0
    still_cpu: float = 0.0
    live_bytes: float = 0.0
    live_cpu: float = 0.0
    move_bytes: int = 0
    move: Latency | None = None
    move_on_thin_link: Latency | None = None


def memory_of(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def terminal(arguments: Sequence[str], environ: dict[str, str] | None = None) -> Iterator[Any]:
    opened = Terminal(list(arguments), COLUMNS, ROWS, environ)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def standin(mode: str) -> Iterator[str]:
    """The engine's stand-in in a process of its own; its socket."""
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:
        path = f"{folder}/engine.sock"
        process = subprocess.Popen([sys.executable, str(TUI / "standin.py"), path, mode])
        while not Path(path).exists():
            time.sleep(0.02)
        try:
            yield path
        finally:
            process.terminate()
            process.wait()


def first_paints(programs: Sequence[Sequence[str]], times: int) -> list[float]:
    """Seconds from the start of each program until it has text on its screen: the median, of starts taken in turns."""
    seconds: list[list[float]] = [[] for _ in programs]
    for _ in range(times + 1):
        for arguments, taken in zip(programs, seconds, strict=True):
            began = time.monotonic()
            with terminal(arguments) as opened:
                opened.read_until("MagFlow")
                taken.append(time.monotonic() - began)
    return [round(statistics.median(taken[1:]), 3) for taken in seconds]  # the first start may have had to compile


def moves(opened: Any, keys: int) -> Latency:
    """The cursor down and up, at instants that keep no step with the program's own."""
    pauses = random.Random(7)
    seconds = []
    for number in range(keys):
        opened.read_for(pauses.uniform(0.08, 0.25))
        seconds.append(opened.seconds_to_move(DOWN_UP[number % 2]))
    return Latency.of(seconds)


def measure(
    arguments: Sequence[str],
    first_paint: float,
    ready: str,
    key: str,
    keys: int,
    still: str,
    live: str,
    thin_keys: int = 500,
) -> Figures:
    """All figures of a program over a socket: over one engine that stands still, one that has a sync running."""
    figures = Figures(first_paint)
    with terminal([*arguments, still]) as opened:
        opened.read_until(ready, 20)
        opened.read_until_quiet(1.2, 5)
        figures.first_paint_bytes = opened.bytes
        figures.still_bytes, figures.still_cpu = rest(opened, 6.0)
        opened.send(key)
        opened.read_until_quiet(1.2, 4)
        before, times = opened.bytes, 10
        for number in range(times):
            opened.send(DOWN_UP[number % 2])
            opened.read_for(0.25)
        figures.move_bytes = round((opened.bytes - before) / times)
    with terminal([*arguments, live]) as opened:
        opened.read_until(ready, 20)
        opened.read_for(3.0)
        figures.live_bytes, figures.live_cpu = rest(opened, 10.0)
        opened.send(key)
        opened.read_for(2.0)
        figures.move = moves(opened, keys)
        figures.memory = round(memory_of(opened.process.pid), 1)
    with terminal([*arguments, live]) as opened:
        opened.rate = THIN_LINK
        opened.read_until(ready, 60)
        opened.send(key)
        opened.read_for(4.0)
        figures.move_on_thin_link = moves(opened, min(keys, thin_keys))
    return figures


def rest(opened: Any, seconds: float) -> tuple[float, float]:
    """Bytes a second and the share of a core, while nobody touches it."""
    cpu, count = cpu_of(opened.process.pid), opened.read_for(seconds)
    return round(count / seconds, 1), round((cpu_of(opened.process.pid) - cpu) / seconds, 4)


def minimal(arguments: Sequence[str], first_paint: float) -> Figures:
    figures = Figures(first_paint)
    with terminal(arguments) as opened:
        opened.read_until("MagFlow")
        opened.read_until_quiet(1.0, 4)
        figures.first_paint_bytes, figures.memory = opened.bytes, round(memory_of(opened.process.pid), 1)
    return figures


@dataclass
class Ingest:
    """A real engine at full speed under the dashboard: the cursor's latency, and orders a second that came in."""

    at_rest: Latency
    working: Latency
    read: float
    stalled: float


def while_ingesting(keys: int, stall: float) -> Ingest:
    """Move the cursor over an engine at rest and at full speed; then nobody reads the terminal for `stall` seconds."""
    account = SandboxAccount(
        name="main", username="seller@example.com", password="sandbox", orders=300_000, offers=10, rmas=0, days=200
    )
    config = SandboxConfig(accounts=(account,), limits=Limits(enabled=False), warm=True)
    with SandboxProcess(config) as sandbox, tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:
        data_dir = Path(folder) / "data"
        settings = Path(folder) / "config.toml"
        settings.write_text(SETTINGS.format(url=sandbox.base_url("main")))
        asyncio.run(ensure(data_dir, settings))
        try:
            with terminal(["-m", "magflow_tui", "--data-dir", str(data_dir), "--config", str(settings)]) as opened:
                opened.read_until("MAIN", 20)
                asyncio.run(sync_offers(data_dir))  # so that there are routes and requests to move among
                opened.send("6")
                opened.read_for(3.0)
                at_rest = moves(opened, keys)
                asyncio.run(begin_ingest(data_dir))
                opened.read_for(2.0)
                working = moves(opened, keys)
                read = rate_while(data_dir, lambda: opened.read_for(stall))
                stalled = rate_while(data_dir, lambda: time.sleep(stall))
                opened.send("1")
                opened.read_until("[1 ", 20)  # the first frame after it is right
                return Ingest(at_rest, working, read, stalled)
        finally:
            asyncio.run(stop_engine(data_dir))


async def ensure(data_dir: Path, settings: Path) -> None:
    await ensure_engine(data_dir, settings, schedules=False)


async def sync_offers(data_dir: Path) -> None:
    async with EngineClient.connect(data_dir) as client:
        for _ in range(12):
            await client.start_sync(StartSync(resources=("offers",), full=True))
            async for snapshot in client.snapshots():
                if not snapshot.running:
                    break


async def begin_ingest(data_dir: Path) -> None:
    async with EngineClient.connect(data_dir) as client:
        await client.start_sync(StartSync(resources=("orders",), full=True))


def rate_while(data_dir: Path, what: Callable[[], object]) -> float:
    """Orders a second that come in while something is done."""
    began, before = time.monotonic(), asyncio.run(rows_read(data_dir))
    what()
    return (asyncio.run(rows_read(data_dir)) - before) / (time.monotonic() - began)


async def rows_read(data_dir: Path) -> int:
    async with EngineClient.connect(data_dir) as client:
        async for snapshot in client.snapshots():
            done = sum(run.items for run in snapshot.recent_runs if run.resource == "orders")
            return done + sum(run.items for run in snapshot.running)
    return 0


def told(name: str, figures: Figures) -> None:
    move, thin = figures.move, figures.move_on_thin_link
    print(f"{name}:")
    print(f"  first paint {figures.first_paint * 1000:.0f} ms, {figures.first_paint_bytes} B until settled")
    print(f"  peak memory {figures.memory:.0f} MB")
    if move is None or thin is None:
        return
    print(f"  nothing changes {figures.still_bytes:.0f} B/s, {figures.still_cpu * 100:.1f} % of a core")
    print(f"  a sync running {figures.live_bytes:.0f} B/s, {figures.live_cpu * 100:.1f} % of a core")
    print(f"  a cursor move {figures.move_bytes} B; p50 {move.p50}, p95 {move.p95}, p99 {move.p99} ms")
    print(f"  on a link of 16 KB/s p50 {thin.p50}, p95 {thin.p95}, p99 {thin.p99} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the dashboard takes of a terminal, against two rivals.")
    parser.add_argument("--keys", type=int, default=120, help="cursor moves a measurement")
    parser.add_argument("--paints", type=int, default=7, help="starts, of which the median is taken")
    parser.add_argument("--no-ingest", action="store_true", help="leave the real engine out")
    parser.add_argument("--stall", type=float, default=10.0, help="seconds for which nobody reads the terminal")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    small, ours, stock = (
        [str(HERE / "rivals.py"), "minimal"],
        [str(TUI / "dashboard.py")],
        [str(HERE / "rivals.py"), "stock"],
    )
    with standin("still") as still, standin("live") as live:
        paints = first_paints([small, [*ours, live], [*stock, live]], options.paints)
        least = minimal(small, paints[0])
        dashboard = measure(ours, paints[1], "WARNING 60", "6", options.keys, still, live)
        widgets = measure(stock, paints[2], "WARNING 60", "6", options.keys, still, live, thin_keys=15)  # seconds each
    ingest = None if options.no_ingest else while_ingesting(options.keys, options.stall)
    if options.json:
        figures = {"minimal": asdict(least), "dashboard": asdict(dashboard), "stock": asdict(widgets)}
        print(json.dumps(figures | ({"ingest": asdict(ingest)} if ingest else {})))
        return
    told("minimal", least)
    told("dashboard", dashboard)
    told("stock widgets", widgets)
    print(f"first paint  {dashboard.first_paint / least.first_paint:6.2f} x minimal  (target 1.3)")
    print(f"memory       {dashboard.memory / least.memory:6.2f} x minimal  (target 2)")
    print(f"live bytes   {dashboard.live_bytes / widgets.live_bytes:6.2f} x stock widgets")
    print(f"first bytes  {dashboard.first_paint_bytes / widgets.first_paint_bytes:6.2f} x stock widgets")
    if ingest is not None:
        rest, working = ingest.at_rest, ingest.working
        print(f"cursor p99   {working.p99 / rest.p99:6.2f} x at rest while orders come in at full speed  (target 1.3)")
        print(f"             {rest.p50} / {rest.p99} ms at rest, {working.p50} / {working.p99} ms p50 / p99")
        share = ingest.stalled / ingest.read
        print(f"stall        {share:6.2f} x the {ingest.read:.0f} orders/s that come in while the terminal is read")


if __name__ == "__main__":
    main()
