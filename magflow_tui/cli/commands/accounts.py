"""`magflow accounts`: the seller accounts, and whether the marketplace lets them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.failures import FAILED, OK, CommandError
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import count, milliseconds

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.snapshot import AccountState

NO_ACCOUNTS = "no accounts are set up"
NO_ACCOUNTS_HINT = "`magflow config init` writes a settings file to fill in; `magflow demo` needs none"

_COLUMNS = (
    Column("ACCOUNT"),
    Column("PLATFORM"),
    Column("KIND"),
    Column("CURRENCY"),
    Column("STATUS"),
    Column("ORDERS", right=True),
    Column("NEW", right=True),
    Column("OFFERS", right=True),
    Column("RMA", right=True),
    Column("MESSAGE", flexible=True),
)
_TEST_COLUMNS = (Column("ACCOUNT"), Column("STATUS"), Column("TOOK", right=True), Column("MESSAGE", flexible=True))


@click.group(cls=Group, default="list", example="magflow accounts test main")
def accounts() -> None:
    """Seller accounts."""


@accounts.command("list", example="magflow accounts list")
@json_option
@pass_invocation
def list_accounts(invocation: Invocation) -> None:
    """List the accounts and what is stored of each."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        states = (await client.accounts()).accounts
        if printer.json:
            for state in states:
                printer.document(state)
            return
        printer.table(_COLUMNS, (_row(state) for state in states))
        if not states:
            printer.remark(f"{NO_ACCOUNTS}; {NO_ACCOUNTS_HINT}")

    with_engine(invocation, run)


@accounts.command("test", example="magflow accounts test main")
@click.argument("name", required=False)
@json_option
@pass_invocation
def test_accounts(invocation: Invocation, name: str | None) -> int:
    """Make one real call with an account's credentials, all accounts unless named. Exit code 2 when one is refused."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> int:
        names = [name.lower()] if name else [state.name for state in (await client.accounts()).accounts]
        if not names:
            raise CommandError(NO_ACCOUNTS, hint=NO_ACCOUNTS_HINT)
        tests = [await client.test_account(each) for each in names]
        if printer.json:
            for test in tests:
                printer.document(test)
        else:
            printer.table(
                _TEST_COLUMNS,
                ((test.account, test.status, milliseconds(test.elapsed_ms), test.message) for test in tests),
            )
        for test in tests:
            if not test.ok:
                printer.remark(f"magflow: {test.account}: {test.message}")
        return OK if all(test.ok for test in tests) else FAILED

    return with_engine(invocation, run)


def _row(account: AccountState) -> tuple[str, ...]:
    return (
        account.name,
        account.platform,
        account.kind,
        account.currency,
        account.status,
        count(account.orders),
        count(account.orders_new),
        count(account.offers),
        count(account.rma),
        account.message or "",
    )
