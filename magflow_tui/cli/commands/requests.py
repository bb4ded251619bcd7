"""`magflow requests`: what was asked of the marketplace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import NOTHING, clock_time, count, milliseconds

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import RequestRow

_COLUMNS = (
    Column("TIME"),
    Column("ACCOUNT"),
    Column("ROUTE"),
    Column("STATUS", right=True),
    Column("OUTCOME"),
    Column("TRY", right=True),
    Column("WAITED", right=True),
    Column("TOOK", right=True),
    Column("BYTES", right=True),
    Column("PAGE", right=True),
    Column("RUN", right=True),
    Column("NOTE", flexible=True),
)

#: The engine keeps so many requests in memory.
_KEPT = 5000


@click.command(cls=Command, example="magflow requests --account main --limit 20")
@click.option("--account", metavar="NAME", help="Only of this account.")
@click.option(
    "--limit", type=click.IntRange(1, _KEPT), default=100, show_default=True, metavar="N", help="Among the last N."
)
@json_option
@pass_invocation
def requests(invocation: Invocation, account: str | None, limit: int) -> None:
    """List the last requests to the marketplace, oldest first. The engine remembers them while it runs."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        page = await client.requests(limit=limit, newest=True)
        rows = [row for row in page.requests if account is None or row.account == account.lower()]
        if printer.json:
            for row in rows:
                printer.document(row)
            return
        printer.table(_COLUMNS, (_row(row) for row in rows))
        if not rows:
            printer.remark("no requests since the engine started")

    with_engine(invocation, run)


def _row(request: RequestRow) -> tuple[str, ...]:
    return (
        clock_time(request.at),
        request.account,
        f"{request.method} {request.route}",
        NOTHING if request.status is None else str(request.status),
        request.outcome,
        str(request.attempt),
        milliseconds(request.waited_ms),
        milliseconds(request.elapsed_ms),
        count(request.bytes_received),
        "" if request.page is None else str(request.page),
        "" if request.run_id is None else str(request.run_id),
        request.note or "",
    )
