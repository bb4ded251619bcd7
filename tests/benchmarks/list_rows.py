"""A list of a million orders beside one of a thousand, as an operator feels it: from a key to the screen.

    python tests/benchmarks/list_rows.py                       # about four minutes, 5 GB of disk
    python tests/benchmarks/list_rows.py --rows 100000 --times 10 --payload 500

The dashboard runs on a pseudo-terminal of 140x40 over a real engine and its store, on both lists in turn. Prints, for
opening the list, moving, paging, jumping to the end and back, and filtering, the milliseconds from the key to the frame
that shows it, and the ratio of the large list to the small one. The last lines are a search for the oldest order: to
the first word about it, and through all rows.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from magflow_tui.client import ensure_engine, stop_engine

HERE = Path(__file__).parent
COLUMNS, ROWS = 140, 40
SMALL = 1_000
#: What the large list may take more than the small one.
LIMIT = 1.5
SETTINGS = """
[accounts.main]
platform = "emag-ro"
username = "seller@example.com"
password = "unused"
base_url = "http://127.0.0.1:9"
"""


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Terminal: Any = load(HERE.parent / "tui" / "terminal.py").Terminal
orders = load(HERE / "many_orders.py")
ESCAPE, PAGE_DOWN, PAGE_UP = "\x1b", "\x06", "\x02"
#: How the customers of `many_orders` are shown.
OFTEN_SHOWN, ONCE_SHOWN = "Z. Q*****", "Y. Q*****"


class Hand:
    """Presses keys and stops the time until the screen shows what they are for."""

    def __init__(self, terminal: Any) -> None:
        self.terminal = terminal

    def until(self, keys: str, shown: Callable[[str], bool], seconds: float = 30.0) -> float:
        """Milliseconds from the last key to a screen on which `shown` is true."""
        self.terminal.send(keys)
        began = time.perf_counter()
        while not shown(self.terminal.text()):
            if time.perf_counter() - began > seconds:
                raise AssertionError(f"{keys!r} did not show what it should:\n{self.terminal.text()}")
            self.terminal._take(0.05)
        return 1000 * (time.perf_counter() - began)

    def change(self, keys: str) -> float:
        """Milliseconds from a key to the next frame."""
        self.terminal.read_until_quiet(0.2, 2)
        self.terminal.screen.dirty.clear()
        return self.until(keys, lambda _: bool(self.terminal.screen.dirty))

    def rest(self) -> None:
        self.terminal.read_until_quiet(0.25, 3)


def measure(folder: Path, count: int, times: int, found: dict[str, list[float]]) -> None:
    """Milliseconds of everything an operator does, put down in `found`; each movement `times`."""
    total = f"{count:,}".replace(",", " ")
    first, last = str(400_000_000 + count - 1), "400000000"

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    terminal = Terminal([str(HERE.parent / "tui" / "dashboard.py"), str(folder / "engine.sock")], COLUMNS, ROWS)
    try:
        hand = Hand(terminal)
        terminal.read_until("live", 30)
        hand.rest()
        note("opening", hand.until("4", lambda text: first in text))
        hand.rest()
        for _ in range(times):
            note("a row down", hand.change("j"))
        for _ in range(times):
            note("a page down", hand.change(PAGE_DOWN))
        for _ in range(3):
            hand.rest()
            note("to the end", hand.until("G", lambda text: last in text))
            hand.rest()
            note("up from the end", hand.change(PAGE_UP))
            note("to the beginning", hand.until("g", lambda text: f" 1 of {total}" in text and first in text))
        for _ in range(2):
            note("a filter, to its first rows", searched(hand, "zamfira", (OFTEN_SHOWN,)))
        note("a rare word, to a word about it", searched(hand, "quintilian", ("searching", ONCE_SHOWN)))
        note("a rare word, through all rows", searched(hand, "quintilian", (ONCE_SHOWN,)))
    finally:
        terminal.close()


def searched(hand: Hand, word: str, marks: tuple[str, ...]) -> float:
    """Milliseconds from the last letter of a filter to one of the marks. Leaves the list without a filter, at rest."""
    hand.rest()
    hand.terminal.send("/")
    hand.terminal.read_until_quiet(0.15, 2)
    spent = hand.until(f"customer:{word}", lambda text: any(mark in text for mark in marks), 60)
    hand.until("", lambda text: marks[-1] in text, 60)
    hand.rest()
    hand.terminal.send(ESCAPE)  # leaves the prompt, and what was filtered before
    hand.rest()
    return spent


@contextlib.contextmanager
def engine_over(count: int, payload: int) -> Iterator[Path]:
    """The folder of an engine with so many orders."""
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as name:
        folder = Path(name)
        config = folder / "config.toml"
        config.write_text(SETTINGS)
        began = time.perf_counter()
        orders.fill(folder / "magflow.db", count, int(time.time() * 1000), payload)
        print(f"{count} orders stored in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        asyncio.run(_start(folder, config))
        try:
            yield folder
        finally:
            asyncio.run(_stop(folder))


async def _start(folder: Path, config: Path) -> None:
    await ensure_engine(folder, config, schedules=False)


async def _stop(folder: Path) -> None:
    await stop_engine(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the large list (default 1 000 000)")
    parser.add_argument("--rounds", type=int, default=5, help="dashboards on each list, in turn (default 5)")
    parser.add_argument("--times", type=int, default=20, help="each key in a round (default 20)")
    parser.add_argument("--payload", type=int, default=3_500, help="bytes of an order's payload (default 3 500)")
    chosen = parser.parse_args()
    os.environ.pop("MAGFLOW_DATA_DIR", None)
    small: dict[str, list[float]] = {}
    large: dict[str, list[float]] = {}
    with engine_over(SMALL, chosen.payload) as few, engine_over(chosen.rows, chosen.payload) as many:
        for _ in range(chosen.rounds):
            measure(few, SMALL, chosen.times, small)
            measure(many, chosen.rows, chosen.times, large)
    print(f"\n{'milliseconds, median (worst)':34} {SMALL:>16,} {chosen.rows:>16,}   ratio of medians")
    for name, on_small in small.items():
        on_large = large[name]
        ratio = statistics.median(on_large) / statistics.median(on_small)
        told = f"{ratio:8.2f}  {'' if ratio <= LIMIT or name.startswith('a rare') else f'more than {LIMIT}'}"
        shown = [f"{statistics.median(each):8.1f} ({max(each):5.0f})" for each in (on_small, on_large)]
        print(f"{name:34} {shown[0]:>16} {shown[1]:>16} {told}".rstrip())


if __name__ == "__main__":
    main()
