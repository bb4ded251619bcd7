"""Opens the dashboard, or its plain form where there is no terminal to draw on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.failures import OK
from magflow_tui.cli.invocation import Invocation
from magflow_tui.cli.looking import look_of
from magflow_tui.cli.printing import Printer

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient

NO_TERMINAL = "no terminal to draw on: plain lines instead (`magflow watch --plain`)"


def has_terminal() -> bool:
    """Whether a dashboard can be drawn and driven here: on a terminal, or for the browser behind `magflow web`."""
    return "TEXTUAL_DRIVER" in os.environ or _is_terminal()


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def open_dashboard(invocation: Invocation) -> int:
    """Run the dashboard on the data folder's engine until the operator quits; the exit code."""
    look = look_of(invocation)
    if has_terminal():
        from magflow_tui.tui import run_dashboard

        return run_dashboard(invocation.data_dir, invocation.config, look=look, reveal=invocation.reveal)
    printer = Printer(json=False)
    printer.remark(NO_TERMINAL)

    async def watch(client: EngineClient) -> None:
        from magflow_tui.cli.watching import Watched, watch_plain

        watched = Watched(language=look.language, reveal=invocation.reveal)
        await watch_plain(client, printer, seconds=None, watched=watched)

    with_engine(invocation, watch)
    return OK
