"""`magflow demo`: a complete rehearsal on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import run_to_end
from magflow_tui.cli.dashboard import has_terminal
from magflow_tui.cli.demo_world import MOST_ROWS, SCENARIOS, DemoPlan, refuse_real_store
from magflow_tui.cli.failures import OK
from magflow_tui.cli.grammar import Command
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.looking import look_of, look_options
from magflow_tui.cli.printing import Printer

if TYPE_CHECKING:
    from magflow_tui.cli.demo import Demo

_PLAN = DemoPlan()


@click.command(cls=Command, example="magflow demo --scenario black-friday")
@click.option("--scenario", type=click.Choice(SCENARIOS), default=_PLAN.scenario, show_default=True, help="Begin with.")
@click.option(
    "--orders", type=click.IntRange(0, MOST_ROWS), default=_PLAN.orders, show_default=True, help="Of all accounts."
)
@click.option(
    "--offers", type=click.IntRange(0, MOST_ROWS), default=_PLAN.offers, show_default=True, help="Of all accounts."
)
@click.option("--seed", type=int, default=_PLAN.seed, show_default=True, help="The same seed makes the same world.")
@click.option("--keep", is_flag=True, help="Leave the folder behind, and say where it is.")
@click.option("--headless", is_flag=True, help="Plain lines instead of the dashboard.")
@click.option("--seconds", type=click.FloatRange(min=0), metavar="N", help="End after N seconds; with --headless.")
@look_options
@pass_invocation
def demo(
    invocation: Invocation,
    scenario: str,
    orders: int,
    offers: int,
    seed: int,
    keep: bool,
    headless: bool,
    seconds: float | None,
) -> int:
    """Rehearse on this machine: a marketplace of its own, a syncing engine, the dashboard over it.

    Everything lives in a throwaway folder (or in --data-dir, which stays) and ends with the dashboard. Your accounts,
    settings and store are not touched.
    """
    from magflow_tui.cli.demo import Demo

    if seconds is not None and not headless:
        raise click.UsageError("--seconds goes with --headless")
    folder = invocation.data_dir
    if folder is not None and folder.is_dir():
        refuse_real_store(frozenset(entry.name for entry in folder.iterdir()), str(folder))
    rehearsal = Demo(DemoPlan(scenario, orders, offers, seed), folder=folder, keep=keep, environ=os.environ)
    try:
        return _show(rehearsal, invocation, headless=headless, seconds=seconds)
    finally:
        rehearsal.clean_up()
        if rehearsal.kept is not None:
            Printer(json=False).remark(f"kept in {rehearsal.kept}")


def _show(rehearsal: Demo, invocation: Invocation, *, headless: bool, seconds: float | None) -> int:
    look = look_of(invocation)
    if has_terminal() and not headless:
        from magflow_tui.tui import run_dashboard

        return run_dashboard(None, None, session=rehearsal, look=look, reveal=invocation.reveal)
    printer = Printer(json=False)
    if not headless:
        printer.remark("no terminal to draw on: plain lines instead (`magflow demo --headless`)")

    async def watch() -> None:
        from magflow_tui.cli.watching import Watched, watch_plain

        watched = Watched(language=look.language, reveal=invocation.reveal)
        try:
            await watch_plain(await rehearsal.connect(), printer, seconds=seconds, watched=watched)
        finally:
            await rehearsal.close(stop_engine=True)

    run_to_end(watch())
    return OK
