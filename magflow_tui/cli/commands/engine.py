"""`magflow engine`: the process that syncs, in the foreground or behind."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import data_folder, launch, run_to_end
from magflow_tui.cli.failures import NOT_RUNNING, OK
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Printer
from magflow_tui.cli.wording import NOTHING, count, duration

if TYPE_CHECKING:
    from magflow_tui.contract.management import EngineStatus

_LISTEN_HELP = "Serve the management API on TCP too, there only with a token (`api_token`)."


@click.group(cls=Group, default="status", example="magflow engine start")
def engine() -> None:
    """The process that keeps the store in sync. One serves a data folder."""


@engine.command("run", example="magflow engine run --listen 127.0.0.1:8100")
@click.option("--listen", metavar="HOST:PORT", help=_LISTEN_HELP)
@pass_invocation
def run_engine(invocation: Invocation, listen: str | None) -> None:
    """Run the engine in the foreground, for systemd and containers. SIGTERM ends it at a page's border."""
    arguments = [sys.executable, "-m", "magflow_tui.engine", "--data-dir", str(data_folder(invocation))]
    if invocation.config is not None:
        arguments += ["--config", str(invocation.config)]
    if listen is not None:
        arguments += ["--listen", listen]
    sys.stdout.flush()
    sys.stderr.flush()
    # In place of this process: a supervisor's signals and exit codes are then the engine's own.
    os.execv(sys.executable, arguments)  # noqa: S606 - our own module under the running interpreter


@engine.command("start", example="magflow engine start")
@click.option("--listen", metavar="HOST:PORT", help=_LISTEN_HELP)
@json_option
@pass_invocation
def start_engine(invocation: Invocation, listen: str | None) -> None:
    """Start the engine behind, with its schedules, and leave it running."""
    printer = Printer(json=invocation.json)

    async def start() -> tuple[bool, EngineStatus]:
        from magflow_tui.client import EngineClient
        from magflow_tui.client.status import engine_status

        folder = data_folder(invocation)
        launched = await launch(invocation, schedules=True, listen=listen)
        if not launched.started:
            async with EngineClient.connect(folder) as client:
                await client.keep_engine()
                await client.set_schedule(True)
        return launched.started, await engine_status(folder)

    started, status = run_to_end(start())
    if printer.json:
        printer.document(status)
    else:
        printer.sentence(f"engine {status.pid} {'started' if started else 'runs already'}, on {status.socket}")


@engine.command("stop", example="magflow engine stop")
@json_option
@pass_invocation
def end_engine(invocation: Invocation) -> int:
    """Stop the engine: what is being stored is stored, syncs keep their place. Exit code 3 when none runs."""
    printer = Printer(json=invocation.json)

    async def stop() -> tuple[bool, EngineStatus]:
        from magflow_tui.client.launch import stop_engine
        from magflow_tui.client.status import engine_status

        folder = data_folder(invocation)
        return await stop_engine(folder), await engine_status(folder)

    stopped, status = run_to_end(stop())
    if printer.json:
        printer.document(status)
    printer.remark("engine stopped" if stopped else "no engine is running")
    return OK if stopped else NOT_RUNNING


@engine.command("status", example="magflow engine status --json")
@json_option
@pass_invocation
def show_status(invocation: Invocation) -> int:
    """Tell whether an engine runs. Exit code 3 when none does."""
    printer = Printer(json=invocation.json)

    async def ask() -> EngineStatus:
        from magflow_tui.client.status import engine_status

        return await engine_status(data_folder(invocation))

    status = run_to_end(ask())
    if printer.json:
        printer.document(status)
    elif status.running:
        printer.facts(
            [
                ("engine", f"runs, pid {status.pid}"),
                ("version", status.version or NOTHING),
                ("since", duration(status.uptime)),
                ("socket", status.socket),
                ("clients", count(status.clients)),
            ]
        )
    else:
        printer.remark("no engine is running")
    return OK if status.running else NOT_RUNNING
