"""`magflow offers`: what is stored about product offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    from magflow_tui.contract.management import ProductStats
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
_ACCOUNT_COLUMNS = (
    Column("ACCOUNT"),
    Column("OFFERS", right=True),
    Column("ACTIVE", right=True),
    Column("SELLABLE", right=True),
    Column("NO STOCK", right=True),
    Column("SYNCED IN 24 H", right=True),
)
_STATUS_COLUMNS = (Column("STATUS", right=True), Column("DOCUMENTATION"), Column("OFFERS", right=True))


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


@offers.command("stats", example="magflow offers stats --json")
@json_option
@pass_invocation
def offer_stats(invocation: Invocation) -> None:
    """Count the stored offers: by account, by what can be sold, by validation status."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        stats = await client.product_stats()
        if printer.json:
            printer.document(stats)
            return
        printer.table(_ACCOUNT_COLUMNS, _account_rows(stats))
        printer.table(
            _STATUS_COLUMNS,
            (
                (NOTHING if each.value is None else str(each.value), each.text, count(each.offers))
                for each in stats.by_validation_status
            ),
        )

    with_engine(invocation, run)


def _account_rows(stats: ProductStats) -> Iterator[tuple[str, ...]]:
    """A line an account, and one for all of them where there are several."""
    for each in stats.accounts:
        figures = (each.total, each.active, each.sellable, each.without_stock, each.recently_synced_24h)
        yield (each.account, *map(count, figures))
    if len(stats.accounts) > 1:
        known = (stats.total_products, stats.active_products, stats.sellable, stats.without_stock)
        yield ("all", *map(count, known), count(stats.recently_synced_24h))


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
