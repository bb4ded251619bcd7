"""`magflow offers`: what is stored about product offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.paging import limit_option, more_remark, rows_to_show, walk
from magflow_tui.cli.printing import Column, JsonValue, Printer
from magflow_tui.cli.wording import NOTHING, amount, count, money

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import OfferRow

_COLUMNS = (
    Column("ID", right=True),
    Column("ACCOUNT"),
    Column("NAME", flexible=True),
    Column("PART NUMBER", flexible=True),
    Column("SALE PRICE", right=True),
    Column("STOCK", right=True),
    Column("SELLABLE"),
    Column("WHY NOT", flexible=True),
)


@click.group(cls=Group, default="list", example="magflow offers list --account main --limit 20")
def offers() -> None:
    """Product offers in the store."""


@offers.command("list", example="magflow offers list --account main --limit 20")
@click.option("--account", metavar="NAME", help="Only of this account.")
@limit_option
@json_option
@pass_invocation
def list_offers(invocation: Invocation, account: str | None, limit: int | None) -> None:
    """List offers, and why those that cannot be sold cannot."""
    printer = Printer(json=invocation.json)
    wanted = rows_to_show(limit, json=invocation.json)

    async def run(client: EngineClient) -> None:
        async def read(most: int, after: str | None) -> tuple[Sequence[OfferRow], str | None]:
            page = await client.offers(account=account and account.lower(), limit=most, after=after)
            return page.offers, page.next_after

        if printer.json:
            await walk(read, wanted, lambda offer: printer.document(offer_line(offer)))
            return
        shown: list[OfferRow] = []
        more = await walk(read, wanted, shown.append)
        printer.table(_COLUMNS, (_row(offer) for offer in shown))
        if more:
            printer.remark(more_remark(len(shown)))

    with_engine(invocation, run)


def offer_line(row: OfferRow) -> dict[str, JsonValue]:
    """An offer as the script contract lists it."""
    return {
        "id": row.id,
        "account": row.account,
        "name": row.name,
        "part_number": row.part_number,
        "status": row.status,
        "sale_price": None if row.sale_price is None else amount(row.sale_price),
        "currency": row.currency,
        "stock": row.stock,
        "sellable": row.sellable,
        "reasons": list(row.reasons),
    }


def _row(offer: OfferRow) -> tuple[str, ...]:
    return (
        str(offer.id),
        offer.account,
        offer.name or NOTHING,
        offer.part_number or NOTHING,
        money(offer.sale_price, offer.currency),
        count(offer.stock),
        "yes" if offer.sellable else "no",
        "; ".join(offer.reasons),
    )
