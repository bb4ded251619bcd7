"""What `magflow alerts` tells of the webhook: messages that went out or wait, and a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.failures import INCOMPLETE, OK
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import NOTHING, moment

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.alerts import Delivery

_COLUMNS = (
    Column("MESSAGE", right=True),
    Column("WRITTEN"),
    Column("KIND"),
    Column("ALERT", right=True),
    Column("STATE"),
    Column("TRIES", right=True),
    Column("STATUS", right=True),
    Column("NEXT"),
    Column("WHY NOT", flexible=True),
)


@click.command("deliveries", cls=Command, example="magflow alerts deliveries --limit 10")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, metavar="N", help="At most N messages."
)
@json_option
@pass_invocation
def list_deliveries(invocation: Invocation, limit: int) -> None:
    """List the last messages to the webhook, newest first."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        found = await client.alerts.deliveries(limit=limit)
        if printer.json:
            for delivery in found.deliveries:
                printer.document(delivery)
            return
        printer.table(_COLUMNS, map(_row, found.deliveries))
        printer.remark("no webhook is set" if found.url is None else f"to {found.url}")

    with_engine(invocation, run)


@click.command("test-webhook", cls=Command, example="magflow alerts test-webhook")
@json_option
@pass_invocation
def test_webhook(invocation: Invocation) -> int:
    """Send a test to the webhook now. Exit code 0 when it was taken, 1 when not, 2 when no webhook is set."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> int:
        delivery = await client.alerts.test_webhook()
        if printer.json:
            printer.document(delivery)
        elif delivery.state == "delivered":
            printer.sentence(f"delivered, the answer is {delivery.status}")
        else:
            printer.sentence(f"not delivered: {delivery.error}")
        return OK if delivery.state == "delivered" else INCOMPLETE

    return with_engine(invocation, run)


def _row(delivery: Delivery) -> tuple[str, ...]:
    return (
        str(delivery.delivery_id),
        moment(delivery.at),
        delivery.kind,
        NOTHING if delivery.alert_id is None else str(delivery.alert_id),
        delivery.state.replace("_", " "),
        str(delivery.attempts),
        NOTHING if delivery.status is None else str(delivery.status),
        moment(delivery.next_at),
        delivery.error or "",
    )


#: The subcommands, as the help lists them.
COMMANDS = (list_deliveries, test_webhook)
