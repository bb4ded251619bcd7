"""`magflow watch`: the live view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.dashboard import has_terminal, open_dashboard
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.looking import look_of, look_options
from magflow_tui.cli.printing import Printer
from magflow_tui.tui.views.context import SCREENS, ScreenName

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient


@click.command(cls=Command, example="magflow watch --plain --screen limits")
@click.option("--plain", is_flag=True, help="Lines of words instead of the dashboard.")
@click.option("--screen", type=click.Choice(SCREENS), help="The screen to tell of; implies --plain.  [default: health]")
@click.option("--once", is_flag=True, help="Tell how things are and end: for cron mail; implies --plain.")
@click.option("--seconds", type=click.FloatRange(min=0), metavar="N", help="End after N seconds; implies --plain.")
@look_options
@json_option
@pass_invocation
def watch(
    invocation: Invocation, plain: bool, screen: ScreenName | None, once: bool, seconds: float | None
) -> int | None:
    """Show what is happening, until ctrl+c. Plain lines say a thing again when it has changed.

    With --json a snapshot a line, one a second.
    """
    if not (plain or screen or once or seconds is not None or invocation.json) and has_terminal():
        return open_dashboard(invocation)

    async def run(client: EngineClient) -> None:
        from magflow_tui.cli.watching import Watched, watch_plain

        watched = Watched(screen or "health", look_of(invocation).language, invocation.reveal, once)
        await watch_plain(client, Printer(json=invocation.json), seconds=seconds, watched=watched)

    with_engine(invocation, run)
    return None
