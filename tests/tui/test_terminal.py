"""The dashboard in a real pseudo-terminal: one that goes away, stalls, is borrowed by the shell, or is resized."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow


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
    terminal = open_dashboard("live")
    terminal.read_until_quiet(0.3, 3)
    # Nobody reads while keys ask for more than any buffer between holds. What they ask for is not sent 150 times.
    for _ in range(50):
        terminal.send("2\x0c3\x0c")
        time.sleep(0.02)
    terminal.send("1")
    assert terminal.read_until("[1 Health]", 15) + terminal.read_until_quiet(0.3, 5) < 60_000
    assert "response time" in terminal.text()
    terminal.send("p")  # stand still: what is drawn on a blank screen must be the same picture
    terminal.read_until("FROZEN")
    terminal.read_until_quiet(0.3, 3)
    shown = without_live_parts(terminal.text())
    terminal.screen.reset()
    terminal.send("\x0c")
    terminal.read_until_quiet(0.4, 5)
    assert without_live_parts(terminal.text()) == shown


@pytest.mark.parametrize("rate", [None, 16_000])
def test_rapid_resizing_under_load_ends_in_the_same_picture(open_dashboard: Any, rate: int | None) -> None:
    terminal = open_dashboard(DASHBOARD_SLOW="off")  # it would be slow by now, and without plots
    terminal.rate = rate
    terminal.read_until("page 88 of offers")
    terminal.read_until_quiet(0.4, 5)
    before = terminal.text()
    for step in [*range(24), *reversed(range(24))]:
        terminal.send("2345136"[step % 7])
        terminal.resize(200 - step * 7, 60 - step)
        terminal.read_for(0.02)
    terminal.resize(40, 10)
    terminal.read_for(0.05)
    terminal.send("1")
    terminal.resize(140, 40)
    terminal.read_until("[1 Health]", 10)
    terminal.read_until_true(lambda: without_live_parts(terminal.text()) == without_live_parts(before))
    terminal.read_until_quiet(0.5, 10)
    assert without_live_parts(terminal.text()) == without_live_parts(before)


@pytest.mark.parametrize(("columns", "rows"), [(139, 39), (200, 20), (100, 60), (40, 10)])
def test_a_resize_costs_one_frame_and_that_is_the_right_one(open_dashboard: Any, columns: int, rows: int) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1")
    terminal.read_until("page 88 of offers")
    terminal.read_until_quiet(0.4, 5)
    for size in ((columns, rows), (140, 40)):
        terminal.resize(*size)
        sent = terminal.read_until_quiet(0.4, 5)
        shown = terminal.text()
        terminal.screen.reset()
        terminal.send("\x0c")
        whole = terminal.read_until_quiet(0.4, 5)
        assert shown == terminal.text()
        assert sent < 1.5 * whole


def test_a_terminal_that_was_resized_and_back_unnoticed_is_drawn_again(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1")
    terminal.read_until("page 88 of offers")
    terminal.read_until_quiet(0.4, 5)
    before = terminal.text()
    terminal.screen.reset()
    terminal.process.send_signal(signal.SIGWINCH)  # the size is the same by the time somebody looks
    terminal.read_until_true(lambda: terminal.text() == before, 5)
    assert terminal.text() == before


def test_a_link_is_narrow_from_when_it_is_made_so(terminals: ModuleType) -> None:
    script = "print('x' * 60_000, 'ALL', flush=True); input(); print('y' * 2_000, 'MORE'); input()"
    terminal = terminals.Terminal(["-c", script], 80, 24)
    try:
        terminal.read_until("ALL")
        terminal.rate = 4_000
        began = time.monotonic()
        terminal.send("\n")
        terminal.read_until("MORE")
        assert time.monotonic() - began > 0.3
    finally:
        terminal.close()


def without_live_parts(text: str) -> list[str]:
    """The screen without the lines that tell the time, the link's cost and the last event."""
    return text.splitlines()[1:-2]


def test_the_shell_takes_the_terminal_back_and_returns_it(engines: Callable[[str], str], terminals: ModuleType) -> None:
    dashboard = f"{sys.executable} {HERE / 'dashboard.py'} {engines('still')}"
    script = f"set -m; {dashboard}; echo STOPPED; stty -a; read x; fg; echo END"
    terminal = terminals.Terminal(["-c", f"import os; os.execvp('bash', ['bash', '-c', {script!r}])"], 140, 40)
    try:
        terminal.read_until("WARNING 60", 20)
        terminal.read_until("engine pid")
        terminal.send("\x1a")
        terminal.read_until("STOPPED")
        terminal.read_until_quiet(0.2, 3)
        end = terminal.raw[-4000:]
        assert b"\x1b[?1049l" in end
        assert b"\x1b[?25h" in end
        assert " icanon" in terminal.text()
        assert " echo " in terminal.text()
        terminal.screen.reset()
        terminal.send("\n")
        terminal.read_until("WARNING 60")
        terminal.read_until("? help")  # whole again, on a screen that had nothing of it
        terminal.send("q")
        terminal.read_until("and the engine?")
        terminal.send("l")
        terminal.read_until("END")
    finally:
        terminal.close()


def test_without_a_shell_behind_it_the_dashboard_is_not_stopped(open_dashboard: Any) -> None:
    terminal = open_dashboard()
    terminal.send("\x1a")
    terminal.read_until("no shell behind")
    terminal.send("2")
    terminal.read_until("[2 Limits]")


def test_a_stop_that_nobody_announced_is_recovered_from(open_dashboard: Any) -> None:
    terminal = open_dashboard()
    terminal.read_until_quiet(0.4, 3)
    terminal.process.send_signal(signal.SIGSTOP)
    terminal.screen.reset()
    terminal.process.send_signal(signal.SIGCONT)
    terminal.read_until("WARNING 60")
    terminal.read_until("? help")
    terminal.send("2")
    terminal.read_until("[2 Limits]")


def test_what_the_terminal_answers_is_taken_for_no_key(open_dashboard: Any, terminals: ModuleType) -> None:
    terminal = open_dashboard()
    terminal.read_until(" ms ")  # the round trip, in the status line
    assert 1 <= terminal.questions[terminals.WHERE] <= 2
    assert "[1 Health]" in terminal.text()


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
