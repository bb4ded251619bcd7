"""However a dashboard is ended, and whatever goes wrong then: nothing is left running."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
import asyncio, os, signal, sys, time
from magflow_tui.cli.ending import end_by_unwinding
from magflow_tui.tui import run_dashboard
from magflow_tui.tui.terminal import last_resort
from magflow_tui.tui.app import MagFlowApp

last_resort.GRACE_SECONDS = 0.5
trouble = sys.argv[1]

class Session:
    is_demo, scenarios, scenario, data_dir = False, (), None, None
    async def connect(self):
        if trouble == "a thread that hangs":
            await asyncio.to_thread(time.sleep, 60)
        await asyncio.Event().wait()
    async def close(self, *, stop_engine):
        pass

class Broken(MagFlowApp):
    def exit(self, *values, **named):
        if trouble == "an end that fails":
            raise RuntimeError
        super().exit(*values, **named)
    async def _shutdown(self):
        if trouble == "a shutdown that fails":
            raise RuntimeError
        await super()._shutdown()
    def compose(self):
        if trouble == "a signal while it starts":
            os.kill(os.getpid(), signal.SIGHUP)
        yield from super().compose()

import magflow_tui.tui.app
magflow_tui.tui.app.MagFlowApp = Broken
end_by_unwinding()
sys.exit(run_dashboard(None, None, session=Session()))
"""


@pytest.fixture
def in_trouble(tmp_path: Path, terminals: ModuleType) -> Iterator[Callable[[str], Any]]:
    """Runs a dashboard that something is wrong with."""
    script, opened = tmp_path / "trouble.py", []
    script.write_text(SCRIPT)

    def run(trouble: str) -> Any:
        terminal = terminals.Terminal([str(script), trouble], 80, 24, {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)})
        opened.append(terminal)
        return terminal

    yield run
    for terminal in opened:
        terminal.close()


@pytest.mark.parametrize("trouble", ["a thread that hangs", "an end that fails", "a shutdown that fails"])
def test_nothing_is_left_behind_a_terminal_that_went_away(in_trouble: Callable[[str], Any], trouble: str) -> None:
    terminal = in_trouble(trouble)
    terminal.read_until("1 Health", 15)
    terminal.read_for(0.2)
    terminal.hang_up()
    assert terminal.ends_within(3.0) is not None


def test_a_thread_that_hangs_keeps_nobody_waiting(in_trouble: Callable[[str], Any]) -> None:
    terminal = in_trouble("a thread that hangs")
    terminal.read_until("1 Health", 15)
    terminal.read_for(0.2)
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.ends_within(3.0) is not None
    assert terminal.modes_restored()


def test_a_signal_while_it_starts_is_no_failure(in_trouble: Callable[[str], Any]) -> None:
    terminal = in_trouble("a signal while it starts")
    assert terminal.ends_within(15.0) == 128 + signal.SIGHUP, terminal.text()
    assert terminal.modes_restored()
    assert "failed" not in terminal.text()
