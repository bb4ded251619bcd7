"""What `magflow findings` does to findings: see, open, ignore, snooze, undo, redo, and standing ignores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.failures import INCOMPLETE, CommandError
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.moments import UntilType
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import count, moment

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.findings import Ignore, OrderKey, TriageAction, TriageBatch

_IGNORE_COLUMNS = (
    Column("IGNORE", right=True),
    Column("RULE"),
    Column("FOR", flexible=True),
    Column("UNTIL"),
    Column("FINDINGS", right=True),
    Column("BY"),
    Column("SINCE"),
)


def _user() -> str:
    from magflow_tui.client.operator import operator_name

    return operator_name()


_by_option = click.option("--by", metavar="NAME", default=_user, show_default="your name here", help="Who does it.")
_DONE = {
    "see": "marked as seen",
    "open": "opened again",
    "ignore": "ignored",
    "snooze": "snoozed",
    "lift": "open again",
}


def _chooses(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options that say which findings are meant."""
    for add in (
        click.argument("finding_ids", nargs=-1, type=click.IntRange(min=1), metavar="[FINDING]..."),
        click.option("--rule", "rules", multiple=True, metavar="R", help="Those of this rule; may be repeated."),
        click.option(
            "--order",
            "order_ids",
            multiple=True,
            type=click.IntRange(min=1),
            metavar="ID",
            help="Those of this order; may be repeated.",
        ),
        click.option("--account", metavar="NAME", help="Those of this account."),
        _by_option,
        click.option("--dry-run", is_flag=True, help="Count them, and change nothing."),
        json_option,
        pass_invocation,
    )[::-1]:
        command = add(command)
    return command


@click.command("see", cls=Command, example="magflow findings see --order 395661234")
@_chooses
def see(invocation: Invocation, **choice: Any) -> None:
    """Mark open findings as seen."""
    _triage(invocation, "see", **choice)


@click.command("open", cls=Command, example="magflow findings open 17 18")
@_chooses
def reopen(invocation: Invocation, **choice: Any) -> None:
    """Open findings again, whatever was done to them."""
    _triage(invocation, "open", **choice)


@click.command("ignore", cls=Command, example="magflow findings ignore --rule customer.phone --until 7d --standing")
@click.option("--until", type=UntilType(), metavar="T", help="They open again then: 7d, 12h, 2026-03-01.")
@click.option("--standing", is_flag=True, help="Ignore what these rules find later, too.")
@_chooses
def ignore(invocation: Invocation, **choice: Any) -> None:
    """Ignore findings until a time, named ones for good."""
    _triage(invocation, "ignore", **choice)


@click.command("snooze", cls=Command, example="magflow findings snooze --rule line.vat --until 2d")
@click.option("--until", type=UntilType(), required=True, metavar="T", help="They open again then: 7d, 12h.")
@_chooses
def snooze(invocation: Invocation, **choice: Any) -> None:
    """Put findings off until a time."""
    _triage(invocation, "snooze", **choice)


@click.command("undo", cls=Command, example="magflow findings undo 12")
@click.argument("batch_id", type=click.IntRange(min=1), metavar="[BATCH]", required=False)
@_by_option
@json_option
@pass_invocation
def undo(invocation: Invocation, batch_id: int | None, by: str) -> None:
    """Take back the last batch, or the one named."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        from magflow_tui.contract.findings import Undo

        number = batch_id
        if number is None:
            batches = (await client.triage.batches()).batches
            number = next((batch.batch_id for batch in batches if batch.undone_at is None), None)
            if number is None:
                raise CommandError("there is nothing to take back", exit_code=INCOMPLETE)
        batch = await client.triage.undo(number, Undo(by=by))
        _tell(printer, batch, f"batch {number} is taken back: {_findings(batch.findings)} as before")

    with_engine(invocation, run)


@click.command("redo", cls=Command, example="magflow findings redo 12")
@click.argument("batch_id", type=click.IntRange(min=1), metavar="BATCH")
@_by_option
@json_option
@pass_invocation
def redo(invocation: Invocation, batch_id: int, by: str) -> None:
    """Do a batch again that was taken back."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        from magflow_tui.contract.findings import Undo

        batch = await client.triage.redo(batch_id, Undo(by=by))
        _tell(printer, batch, f"batch {batch_id} is done again: {_findings(batch.findings)} {_DONE[batch.action]}")

    with_engine(invocation, run)


@click.command("ignores", cls=Command, example="magflow findings ignores --json")
@json_option
@pass_invocation
def list_ignores(invocation: Invocation) -> None:
    """List rules that are ignored for what comes."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        ignores = (await client.triage.ignores()).ignores
        if printer.json:
            for each in ignores:
                printer.document(each)
            return
        printer.table(_IGNORE_COLUMNS, map(_ignore_row, ignores))

    with_engine(invocation, run)


@click.command("lift", cls=Command, example="magflow findings lift 3")
@click.argument("ignore_id", type=click.IntRange(min=1), metavar="IGNORE")
@_by_option
@json_option
@pass_invocation
def lift(invocation: Invocation, ignore_id: int, by: str) -> None:
    """End an ignore: what it kept ignored is open again."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        from magflow_tui.contract.findings import Undo

        batch = await client.triage.lift(ignore_id, Undo(by=by))
        _tell(printer, batch, f"{', '.join(batch.rules)} is ignored no more: {_findings(batch.findings)} open again")

    with_engine(invocation, run)


def _triage(
    invocation: Invocation,
    action: TriageAction,
    *,
    finding_ids: tuple[int, ...],
    rules: tuple[str, ...],
    order_ids: tuple[int, ...],
    account: str | None,
    by: str,
    dry_run: bool,
    until: datetime | None = None,
    standing: bool = False,
) -> None:
    if not (finding_ids or rules or order_ids or account):
        raise click.UsageError("name what is meant: findings by number, --rule, --order or --account")
    printer = Printer(json=invocation.json)
    owner = account and account.lower()

    async def run(client: EngineClient) -> None:
        from magflow_tui.contract.findings import FindingChoice, Triage

        command = Triage(
            action=action,
            choice=FindingChoice(
                finding_ids=finding_ids,
                orders=await _orders(client, order_ids, owner),
                rules=rules,
                account=owner,
            ),
            until=until,
            standing=standing,
            by=by,
            dry_run=dry_run,
        )
        batch = await client.triage.apply(command)
        found = f"{_findings(batch.findings)} of {count(batch.orders)} orders"
        if dry_run:
            _tell(printer, batch, f"{found} would be {_DONE[action]}")
        elif not batch.batch_id:
            _tell(printer, batch, "nothing to change")
        else:
            _tell(printer, batch, f"{found} {_DONE[action]}; `magflow findings undo {batch.batch_id}` takes it back")

    with_engine(invocation, run)


async def _orders(client: EngineClient, order_ids: Sequence[int], account: str | None) -> tuple[OrderKey, ...]:
    """Orders by their numbers. Raises `EngineError` when one is not stored, or several accounts have it."""
    from magflow_tui.contract.findings import OrderKey

    rows = [(await client.order(order_id, account=account)).row for order_id in order_ids]
    return tuple(OrderKey(account=row.account, id=row.id) for row in rows)


def _tell(printer: Printer, batch: TriageBatch, sentence: str) -> None:
    if printer.json:
        printer.document(batch)
        return
    printer.sentence(sentence)
    if batch.skipped:
        printer.remark(f"{_findings(batch.skipped)} left alone: something newer was done to them")


def _findings(number: int) -> str:
    return "1 finding" if number == 1 else f"{count(number)} findings"


def _ignore_row(ignore: Ignore) -> tuple[str, ...]:
    place = f"order {ignore.order_id} of {ignore.account}" if ignore.order_id else ignore.account or "all accounts"
    return (
        str(ignore.ignore_id),
        ignore.rule,
        place,
        moment(ignore.expires_at) if ignore.expires_at else "lifted",
        count(ignore.findings),
        ignore.created_by,
        moment(ignore.created_at),
    )


#: The subcommands, as the help lists them.
COMMANDS = (see, reopen, ignore, snooze, undo, redo, list_ignores, lift)
