"""`magflow watch`: the live view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.dashboard import has_terminal, open_dashboard
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Printer

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient


@click.command(cls=Command, example="magflow watch --plain")
@click.option("--plain", is_flag=True, help="Lines instead of the dashboard.")
@click.option("--seconds", type=click.FloatRange(min=0), metavar="N", help="End after N seconds; implies --plain.")
@json_option
@pass_invocation
def watch(invocation: Invocation, plain: bool, seconds: float | None) -> int | None:
    """Show what is happening, once a second, until ctrl+c. With --json a snapshot a line."""
    if not (plain or seconds is not None or invocation.json) and has_terminal():
        return open_dashboard(invocation)

    async def run(client: EngineClient) -> None:
        from magflow_tui.cli.watching import watch_plain

        await watch_plain(client, Printer(json=invocation.json), seconds=seconds)

    with_engine(invocation, run)
    return None
