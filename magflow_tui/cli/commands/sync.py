"""`magflow sync`: bring the store up to date and wait for the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Printer

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.base import Resource

_ALL = ("orders", "offers", "rma")


@click.command(cls=Command, example="magflow sync orders --account main --full")
@click.argument("what", type=click.Choice([*_ALL, "all"]), nargs=-1, metavar="[orders|offers|rma|all]")
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account; may be repeated.")
@click.option("--full", is_flag=True, help="Walk the whole history instead of what changed.")
@json_option
@pass_invocation
def sync(invocation: Invocation, what: tuple[str, ...], accounts: tuple[str, ...], full: bool) -> int:
    """Fetch from the marketplace what changed, of all accounts and everything unless named.

    Ctrl+c stops it when its page is stored, twice at once; both keep its place. Exit code: 0 completed, 1 partial,
    2 failed, 130 stopped by ctrl+c.
    """
    printer = Printer(json=invocation.json)
    names = _ALL if not what or "all" in what else tuple(dict.fromkeys(what))
    resources = cast("tuple[Resource, ...]", names)

    async def run(client: EngineClient) -> int:
        from magflow_tui.cli.following import follow
        from magflow_tui.contract.runs import StartSync

        wanted = StartSync(
            resources=resources,
            accounts=tuple(name.lower() for name in accounts),
            full=full,
            requested_by="command",
        )
        return await follow(client, await client.start_sync(wanted), printer)

    return with_engine(invocation, run)
