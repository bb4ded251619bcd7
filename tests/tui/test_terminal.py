"""The dashboard in a real pseudo-terminal: what it sends, how it ends. The figures are those of the budget in bytes."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow

FIRST_PAINT = 30_000
LIVE_PER_SECOND = 1_500
CURSOR_MOVE = 600
SCREEN_SWITCH = 16_000
PROMPT = 300


@pytest.fixture(scope="module")
def engines() -> Iterator[Callable[[str], str]]:
    """Starts the stand-in in a process of its own, one for each mode asked for; gives its socket."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:

        def start(mode: str) -> str:
            path = f"{folder}/{mode}.sock"
            if mode not in running:
                running[mode] = subprocess.Popen([sys.executable, str(HERE / "standin.py"), path, mode])
            return path

        yield start
        for process in running.values():
            process.terminate()
            process.wait(10)


@pytest.fixture
def open_dashboard(engines: Callable[[str], str], terminals: ModuleType) -> Iterator[Callable[..., Any]]:
    """Opens the dashboard over a stand-in; at 140x40 unless told."""
    opened: list[Any] = []

    def open_one(mode: str = "still", columns: int = 140, rows: int = 40, **environ: str) -> Any:
        terminal = terminals.Terminal([str(HERE / "dashboard.py"), engines(mode)], columns, rows, environ)
        opened.append(terminal)
        terminal.read_until("WARNING 60", 20)
        return terminal

    yield open_one
    for terminal in opened:
        terminal.close()


def test_nothing_is_sent_while_nothing_changes_and_each_act_keeps_to_its_budget(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1")  # else a minute may pass, and the clock shows it
    terminal.read_until("page 88 of offers")  # the event log, which is read behind the snapshot
    terminal.read_until_quiet(0.5, 3)
    assert terminal.bytes <= FIRST_PAINT
    assert terminal.read_for(2.5) == 0

    for key, screen in zip("2346", ("[2 Limits]", "[3 Sync]", "[4 Orders", "[6 API log]"), strict=True):
        terminal.send(key)
        switched = terminal.read_until(screen) + terminal.read_until_quiet(0.3, 3)
        assert 0 < switched <= SCREEN_SWITCH, screen
    terminal.send("4")
    terminal.read_until_quiet(0.3, 4)
    for _ in range(3):
        terminal.send("j")
        assert 0 < terminal.read_until_quiet(0.2, 2) <= CURSOR_MOVE
    terminal.send("n")
    assert 0 < terminal.read_until_quiet(0.2, 2) <= PROMPT
    terminal.send("\x1b")
    terminal.read_until_quiet(0.3, 2)
    terminal.send("p")
    assert 0 < terminal.read_until_quiet(0.2, 2) <= 2 * PROMPT
    terminal.send("\x0c")
    assert terminal.read_until_quiet(0.3, 2) > 4_000  # a redraw is sent whole


def test_a_running_sync_costs_no_more_than_its_budget_a_second(open_dashboard: Any) -> None:
    terminal = open_dashboard("live")
    terminal.read_for(1.0)
    for key in "123":
        terminal.send(key)
        terminal.read_for(0.5)
        assert 0 < terminal.read_for(2.0) <= LIVE_PER_SECOND * 2, key


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_within_a_second_and_gives_the_terminal_back(
    open_dashboard: Any, number: signal.Signals
) -> None:
    terminal = open_dashboard()
    terminal.process.send_signal(number)
    assert terminal.ends_within(1.0) == 128 + number
    assert terminal.modes_restored()
    end = terminal.raw[-120:]
    for given_back in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1004l", b"\x1b[?1003l", b"\x1b[<u"):
        assert given_back in end


def test_a_terminal_that_goes_away_ends_it_within_a_second(open_dashboard: Any) -> None:
    terminal = open_dashboard()
    terminal.hang_up()
    assert terminal.ends_within(1.0) == 128 + signal.SIGHUP


def test_a_stalled_terminal_stops_nothing_and_the_first_frame_after_it_is_right(open_dashboard: Any) -> None:
    terminal = open_dashboard()
    # Nobody reads while keys make it paint more than any buffer between holds.
    for _ in range(30):
        terminal.send("2\x0c3\x0c")
    terminal.send("1\x0c")
    terminal.read_until("Event log", 15)
    terminal.read_until_quiet(0.4, 10)
    assert "[1 Health]" in terminal.text()
    assert "response time" in terminal.text()


def test_a_resize_repaints_for_the_new_size_and_quitting_ends_clean(open_dashboard: Any) -> None:
    terminal = open_dashboard()
    terminal.resize(80, 24)
    terminal.process.send_signal(signal.SIGWINCH)
    terminal.read_until("ord 22%")  # the short form of the status line
    terminal.read_until_quiet(0.3, 3)
    lines = terminal.text().splitlines()
    assert "? help" in lines[23]
    assert "engine pid" in terminal.text()
    terminal.send("q")
    terminal.read_until("and the engine?")
    terminal.send("l")
    assert terminal.ends_within(3.0) == 0
    assert terminal.modes_restored()


def test_without_colours_signs_and_words_remain(open_dashboard: Any) -> None:
    terminal = open_dashboard(columns=100, rows=30, NO_COLOR="1")
    assert "▲ WARNING 60" in terminal.text()
    cells = [cell for row in terminal.screen.buffer.values() for cell in row.values()]
    assert {(cell.fg, cell.bg) for cell in cells} == {("default", "default")}


def test_a_terminal_without_utf8_gets_ascii_alone(open_dashboard: Any) -> None:
    terminal = open_dashboard(columns=100, rows=30, TERM="linux")
    terminal.read_until("engine pid")
    assert terminal.text().isascii()
    assert "! WARNING 60" in terminal.text()
