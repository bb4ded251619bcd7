"""`magflow orders revalidate`: check stored orders again, without fetching anything."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Printer
from magflow_tui.cli.wording import count

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.findings import Revalidation

#: Seconds between two looks at how far it is.
_EVERY = 0.25


@click.command(cls=Command, example="magflow orders revalidate")
@json_option
@pass_invocation
def revalidate(invocation: Invocation) -> None:
    """Check every stored order again with the rules of today, and wait until that is done."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        found = await client.triage.revalidate()
        found = await _watched(client, found) if sys.stderr.isatty() else await _awaited(client, found)
        if printer.json:
            printer.document(found)
            return
        opened, resolved = count(found.opened), count(found.resolved)
        printer.sentence(f"{count(found.checked)} orders checked, {opened} findings opened, {resolved} resolved")

    with_engine(invocation, run)


async def _awaited(client: EngineClient, found: Revalidation) -> Revalidation:
    while found.running:
        await asyncio.sleep(_EVERY)
        found = await client.triage.revalidation()
    return found


async def _watched(client: EngineClient, found: Revalidation) -> Revalidation:
    """The same with a bar on the terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=max(found.orders, 1), completed=found.checked)
        while found.running:
            await asyncio.sleep(_EVERY)
            found = await client.triage.revalidation()
            bar.update(task, completed=found.checked)
    return found
