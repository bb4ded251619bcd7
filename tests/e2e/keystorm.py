"""A terminal gone mad in front of the dashboard: it neither fails nor hangs, and asks the engine for nothing by itself.

    python tests/e2e/keystorm.py --seconds 60 --seed 1 [--keys]

Mouse and focus reports, answers nobody asked for, sequences cut in the middle, bytes that are no text, pastes of a
megabyte, sizes from 1x1 to 300x100; with `--keys` every key as well, which may well confirm something. At the end the
dashboard is ended by SIGTERM. Exits with 0, or says what went wrong and exits with 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import select
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import ModuleType

import uvicorn

TUI = Path(__file__).parents[1] / "tui"
REPORTS = (
    b"\x1b[<0;5;5M",
    b"\x1b[<0;5;5m",
    b"\x1b[<35;1;1M",
    b"\x1b[<64;20;10M",
    b"\x1b[<65;20;10M",
    b"\x1b[<0;99999;99999M",
    b"\x1b[<0;-1;0M",
    b"\x1b[M !!",
    b"\x1b[I",
    b"\x1b[O",
    b"\x1b[1;1R",
    b"\x1b[999;999R",
    b"\x1b[?62;22c",
    b"\x1b[>0;276;0c",
    b"\x1b[?2026;2$y",
    b"\x1b[?2048;1$y",
    b"\x1b[48;10;40;0;0t",
    b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1bP1$r0m\x1b\\",
    b"\x1b[97;5u",
    b"\x1b[57441u",
    b"\x1b[1;2A",
    b"\x1b[24~",
    b"\x1bOP",
    b"\x1b[200~",
    b"\x1b[201~",
    b"\x1b[200~syq\n:sync\n\x1b[201~",
    b"\x9b31m",
    b"\xff\xfe",
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x91\xa9",
    b"\x00",
    b"\x7f",
    b"\x1b",
    b"\x1b\x1b",
    b"\x1b[",
    b"\x1b]",
    b"\x1b[<",
)
KEYS = [bytes([code]) for code in range(1, 127)] + [
    b"\x1b[A",
    b"\x1b[B",
    b"\x1b[5~",
    b"\x1b[6~",
    b"\x1b[H",
    b"\x1b[F",
    b"\x1b[Z",
]
SIZES = ((1, 1), (5, 3), (10, 3), (40, 10), (80, 24), (140, 40), (200, 60), (300, 100))
SCREENS = b"123456"


def load(name: str) -> ModuleType:
    """A module of the dashboard's tests."""
    spec = importlib.util.spec_from_file_location(name, TUI / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def storm(terminal: object, rng: random.Random, seconds: float, *, keys: bool) -> None:
    """Throw everything at it for so long, as fast as it reads."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and terminal.process.poll() is None:  # type: ignore[attr-defined]
        pieces = []
        for _ in range(rng.randint(1, 12)):
            piece = rng.choice(KEYS if keys and rng.random() < 0.6 else REPORTS)
            pieces.append(piece[: rng.randint(1, len(piece))] if rng.random() < 0.2 and not keys else piece)
        throw(terminal, b"".join(pieces))
        if rng.random() < 0.05:
            throw(
                terminal,
                b"\x1b[200~" + rng.choice((b"q\ny", b"\x1b[31m", b"\xc8\x98", b"\xff")) * 300_000 + b"\x1b[201~",
            )
        if rng.random() < 0.2:
            terminal.resize(*rng.choice(SIZES))  # type: ignore[attr-defined]
        if rng.random() < 0.05:
            terminal.read_until_quiet(0.5, 5)  # type: ignore[attr-defined]  # what is on its way is lost by a stop
            terminal.process.send_signal(signal.SIGSTOP)  # type: ignore[attr-defined]
            time.sleep(0.02)
            terminal.process.send_signal(signal.SIGCONT)  # type: ignore[attr-defined]
        if rng.random() < 0.3:
            throw(terminal, b"\x1b[201~\x1b" + bytes([rng.choice(SCREENS)]))


def throw(terminal: object, data: bytes) -> None:
    """Write all of it, and read meanwhile what comes."""
    master = terminal.master  # type: ignore[attr-defined]
    os.set_blocking(master, False)
    end = time.monotonic() + 20
    while data and time.monotonic() < end and terminal.process.poll() is None:  # type: ignore[attr-defined]
        readable, writable, _ = select.select([master], [master], [], 0.2)
        if readable:
            try:
                terminal.tail = (getattr(terminal, "tail", b"") + os.read(master, 65536))[-4000:]  # type: ignore[attr-defined]
            except OSError:
                return
        if writable:
            try:
                data = data[os.write(master, data[:4096]) :]
            except BlockingIOError:
                time.sleep(0.01)
    assert not data or terminal.process.poll() is not None, "it does not read any more"  # type: ignore[attr-defined]


def main() -> int:
    parser = argparse.ArgumentParser(description="A terminal gone mad in front of the dashboard.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keys", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    engine = load("standin").Standin("live", 0.3)
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:
        config = uvicorn.Config(engine, uds=f"{folder}/engine.sock", log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        threading.Thread(target=server.run, daemon=True).start()
        end, lives, problems = time.monotonic() + options.seconds, 0, []
        while time.monotonic() < end and not problems:
            lives += 1
            environ = {
                "TMPDIR": folder,
                "TERM": rng.choice(("xterm-256color", "vt100", "linux", "screen", "tmux-256color")),
            }
            terminal = load("terminal").Terminal([str(TUI / "dashboard.py"), f"{folder}/engine.sock"], 140, 40, environ)
            try:
                terminal.read_until("WARNING", 20)
                storm(terminal, rng, min(20.0, end - time.monotonic()), keys=options.keys)
                left = terminal.process.poll()
                if left is None:
                    terminal.process.send_signal(signal.SIGTERM)
                    if terminal.ends_within(3.0) != 143:
                        problems.append(f"ends with {terminal.process.poll()}: {terminal.raw[-600:]!r}")
                elif left or not options.keys:
                    problems.append(f"ended by itself with {left}: {terminal.tail[-1500:]!r}")
                if not problems and not terminal.modes_restored():
                    problems.append("the terminal is not given back")
            except AssertionError as error:
                problems.append(str(error))
            finally:
                terminal.close()
            traces = [path.read_text() for path in Path(folder).glob("*.trace")]
            problems += traces
        asked = [(method, path) for method, path, _ in engine.asked if method != "GET"]
        if asked and not options.keys:
            problems.append(f"asked the engine: {asked[:5]}")
        print(f"seed {options.seed}: {lives} dashboards, {len(engine.asked)} requests, {len(asked)} of them commands")
        for problem in problems:
            print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
