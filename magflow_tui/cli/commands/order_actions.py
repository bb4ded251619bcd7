"""`magflow orders ack|status|cancel|reread|attach|reasons`: have the marketplace do something to orders."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.failures import FAILED, INCOMPLETE, CommandError
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.order_status import StatusType, status_names
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.reason_choice import choose_reason

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.actions import ActionKind

Decorated = TypeVar("Decorated", bound=Callable[..., object])

_REASON_COLUMNS = (Column("CODE", right=True), Column("REASON", flexible=True), Column("MOTIV", flexible=True))
_ATTACHMENT_TYPES = {"invoice": 1, "warranty": 3, "manual": 4, "guide": 8, "awb": 10, "proforma": 11}


class OrderIdsType(click.ParamType[str]):
    """An order's number, or `-` for numbers on stdin."""

    name = "id"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text != "-" and _number(text) is None:
            raise click.BadParameter(f"{text!r} is no order number", ctx, param)
        return text


def _within(most: int) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Checks that a text is there and no longer than the marketplace takes."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None and not 1 <= len(value.strip()) <= most:
            raise click.BadParameter(f"it has 1 to {most} characters", ctx, param)
        return value

    return check


def _orders_and_account(command: Decorated) -> Decorated:
    ids = click.argument("ids", nargs=-1, required=True, type=OrderIdsType(), metavar="ID...")
    account = click.option("--account", metavar="NAME", help="The account, when several have an order of this number.")
    return ids(account(command))


def _asked_first(command: Decorated) -> Decorated:
    """Options of what changes something at the marketplace."""
    dry_run = click.option("--dry-run", is_flag=True, help="Say what is possible, and change nothing.")
    yes = click.option("--yes", "-y", is_flag=True, help="Do not ask on a terminal.")
    return dry_run(yes(json_option(command)))


@click.command("ack", cls=Command, example="magflow orders ack 395661234 395661240")
@_orders_and_account
@_asked_first
@pass_invocation
def acknowledge(invocation: Invocation, ids: tuple[str, ...], account: str | None, dry_run: bool, yes: bool) -> int:
    """Acknowledge new orders. IDs can come from stdin (`-`).

    Exit code: 0 all acknowledged (with --dry-run: all possible), 1 some not.
    """
    return _have_done(invocation, "acknowledge", ids, account, "acknowledge", dry_run=dry_run, yes=yes)


@click.command("status", cls=Command, example="magflow orders status 395661234 --to prepared")
@_orders_and_account
@click.option("--to", type=StatusType(), metavar="S", help=f"The status to go to: {status_names()}.")
@click.option("--reason", metavar="N", help="Why, for 0 cancelled: a number, or words that only one reason has.")
@_asked_first
@pass_invocation
def change_status(
    invocation: Invocation,
    ids: tuple[str, ...],
    account: str | None,
    to: int | None,
    reason: str | None,
    dry_run: bool,
    yes: bool,
) -> int:
    """Move orders to another status. IDs can come from stdin (`-`).

    Exit code: 0 all moved (with --dry-run: all possible), 1 some not.
    """
    deed = "change the status of" if to is None else f"set to status {to}"
    more = {"to": to}
    return _have_done(invocation, "status", ids, account, deed, reason=reason, dry_run=dry_run, yes=yes, more=more)


@click.command("cancel", cls=Command, example='magflow orders cancel 395661234 --reason "out of stock"')
@_orders_and_account
@click.option("--reason", metavar="N", help="Why: a number of `magflow orders reasons`, or words that only one has.")
@_asked_first
@pass_invocation
def cancel(
    invocation: Invocation,
    ids: tuple[str, ...],
    account: str | None,
    reason: str | None,
    dry_run: bool,
    yes: bool,
) -> int:
    """Cancel orders, with a reason. IDs can come from stdin (`-`).

    Exit code: 0 all cancelled (with --dry-run: all possible), 1 some not.
    """
    return _have_done(invocation, "cancel", ids, account, "cancel", reason=reason, dry_run=dry_run, yes=yes)


@click.command("reread", cls=Command, example="magflow orders reread 395661234")
@_orders_and_account
@json_option
@pass_invocation
def reread(invocation: Invocation, ids: tuple[str, ...], account: str | None) -> int:
    """Read orders from the marketplace again, also ones that are not in the store. IDs can come from stdin (`-`)."""
    return _have_done(invocation, "reread", ids, account, "read", dry_run=False, yes=True)


@click.command("attach", cls=Command, example="magflow orders attach 395661234 --url https://example.com/F-1041.pdf")
@_orders_and_account
@click.option("--url", required=True, metavar="URL", callback=_within(1024), help="Where the PDF file is fetched.")
@click.option("--name", metavar="NAME", callback=_within(60), help="Its name.  [default: its type, and the order]")
@click.option("--type", "kind", type=click.Choice(tuple(_ATTACHMENT_TYPES)), default="invoice", show_default=True)
@_asked_first
@pass_invocation
def attach(
    invocation: Invocation,
    ids: tuple[str, ...],
    account: str | None,
    url: str,
    name: str | None,
    kind: str,
    dry_run: bool,
    yes: bool,
) -> int:
    """Attach a PDF file to an order: its invoice, or a warranty to its products. FBE orders take files too."""
    more = {"url": url, "name": name, "attachment_type": _ATTACHMENT_TYPES[kind]}
    return _have_done(invocation, "attach", ids, account, "attach the file to", dry_run=dry_run, yes=yes, more=more)


@click.command("reasons", cls=Command, example="magflow orders reasons --json")
@json_option
@pass_invocation
def list_reasons(invocation: Invocation) -> None:
    """List the reasons that a cancellation can give."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        reasons = (await client.actions.reasons()).reasons
        if printer.json:
            for reason in reasons:
                printer.document({"code": reason.code, "text": reason.text, "text_ro": reason.text_ro})
            return
        printer.table(_REASON_COLUMNS, ((str(reason.code), reason.text, reason.text_ro) for reason in reasons))

    with_engine(invocation, run)


def _have_done(
    invocation: Invocation,
    kind: ActionKind,
    named: Sequence[str],
    account: str | None,
    deed: str,
    *,
    dry_run: bool,
    yes: bool,
    reason: str | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """Have something done to orders, print a line for each, and give the exit code."""
    printer = Printer(json=invocation.json)
    ids = read_ids(named)
    if not (yes or dry_run or printer.json) and sys.stdin.isatty() and sys.stdout.isatty() and "-" not in named:
        why = f" (reason: {reason})" if reason else ""
        orders = f"order {ids[0]}" if len(ids) == 1 else f"{len(ids)} orders"
        if not click.confirm(f"{deed[:1].upper()}{deed[1:]} {orders} at the marketplace{why}?"):
            printer.remark("nothing was sent")
            return INCOMPLETE

    async def run(client: EngineClient) -> int:
        from magflow_tui.cli.acting import act, exit_code, show
        from magflow_tui.client.operator import operator_name
        from magflow_tui.contract.actions import ActionRequest

        request = ActionRequest(
            kind=kind,
            account=account and account.lower(),
            reason=await choose_reason(client, reason),
            by=operator_name(),
            dry_run=dry_run,
            **more,
        )
        results = await act(client, request, ids)
        show(results, printer)
        return exit_code(results)

    return with_engine(invocation, run)


def read_ids(named: Sequence[str]) -> list[int]:
    """Numbers of orders, each once, in their order; `-` stands for those on stdin, apart by blanks or commas.

    Raises CommandError for what is no number, and when there are none.
    """
    words: list[str] = []
    for word in named:
        words += sys.stdin.read().replace(",", " ").split() if word == "-" else [word]
    ids: dict[int, None] = {}
    for word in words:
        number = _number(word)
        if number is None:
            raise CommandError(f"{word[:40]!r} is no order number", exit_code=FAILED)
        ids[number] = None
    if not ids:
        raise CommandError("no order is named", hint="numbers of orders, apart by blanks", exit_code=FAILED)
    return list(ids)


def _number(text: str) -> int | None:
    """A positive number of up to 18 digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 and int(text) > 0 else None
