"""`magflow orders`: what is stored about orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.commands.order_actions import acknowledge, attach, cancel, change_status, list_reasons, reread
from magflow_tui.cli.commands.revalidate import revalidate
from magflow_tui.cli.commands.validate import validate
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.order_status import StatusType, status_names
from magflow_tui.cli.paging import limit_option, more_remark, rows_to_show, walk
from magflow_tui.cli.printing import Column, JsonValue, Printer
from magflow_tui.cli.wording import NOTHING, amount, masked, moment, money

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import OrderDetail, OrderRow

_COLUMNS = (
    Column("ID", right=True),
    Column("ACCOUNT"),
    Column("STATUS", flexible=True),
    Column("TYPE", right=True),
    Column("TOTAL", right=True),
    Column("CUSTOMER", flexible=True),
    Column("DATE"),
    Column("FINDINGS", right=True),
)
_LINE_COLUMNS = (
    Column("LINE", right=True),
    Column("PRODUCT", flexible=True),
    Column("PART NUMBER", flexible=True),
    Column("QUANTITY", right=True),
    Column("SALE PRICE", right=True),
)


@click.group(cls=Group, default="list", example="magflow orders list --status new --limit 20")
def orders() -> None:
    """Orders in the store."""


orders.add_command(validate)
for action in (acknowledge, change_status, cancel, reread, attach, list_reasons):
    orders.add_command(action)
orders.add_command(revalidate)


@orders.command("list", example="magflow orders list --status new --account main")
@click.option("--status", type=StatusType(), metavar="S", help=f"Only in this status: {status_names()}.")
@click.option("--account", metavar="NAME", help="Only of this account.")
@click.option("--findings", is_flag=True, help="Only orders with findings.")
@click.option("--reveal", is_flag=True, help="Show customers' names whole in the table.")
@limit_option
@json_option
@pass_invocation
def list_orders(
    invocation: Invocation, status: int | None, account: str | None, findings: bool, reveal: bool, limit: int | None
) -> None:
    """List orders, newest first."""
    printer = Printer(json=invocation.json)
    wanted = rows_to_show(limit, json=invocation.json)

    async def run(client: EngineClient) -> None:
        async def read(most: int, after: str | None) -> tuple[Sequence[OrderRow], str | None]:
            page = await client.orders(
                account=account and account.lower(),
                status=status,
                findings=True if findings else None,
                limit=most,
                after=after,
            )
            return page.orders, page.next_after

        if printer.json:
            await walk(read, wanted, lambda order: printer.document(order_line(order)))
            return
        shown: list[OrderRow] = []
        more = await walk(read, wanted, shown.append)
        printer.table(_COLUMNS, (_row(order, reveal=reveal) for order in shown))
        if more:
            printer.remark(more_remark(len(shown)))

    with_engine(invocation, run)


@orders.command("show", example="magflow orders show 395661234 --json --raw")
@click.argument("order_id", type=click.IntRange(min=1), metavar="ID")
@click.option("--account", metavar="NAME", help="The account, when several have an order of this number.")
@click.option("--raw", is_flag=True, help="The payload exactly as the marketplace sent it.")
@click.option("--reveal", is_flag=True, help="Show the customer's name whole.")
@json_option
@pass_invocation
def show_order(invocation: Invocation, order_id: int, account: str | None, raw: bool, reveal: bool) -> None:
    """Show one order. Exit code 1 when it is not in the store."""
    printer = Printer(json=invocation.json)
    owner = account and account.lower()

    async def run(client: EngineClient) -> None:
        if raw:
            printer.payload(await client.order_raw(order_id, account=owner))
            return
        detail = await client.order(order_id, account=owner)
        if printer.json:
            printer.document(order_document(detail))
            return
        printer.facts(_facts(detail, reveal=reveal))
        products = detail.order.get("products")
        if isinstance(products, list):
            printer.sentence("")
            printer.table(_LINE_COLUMNS, (_product(line) for line in products if isinstance(line, dict)))

    with_engine(invocation, run)


def order_line(row: OrderRow) -> dict[str, JsonValue]:
    """An order as the script contract lists it."""
    return {
        "id": row.id,
        "account": row.account,
        "status": row.status,
        "type": row.type,
        "payment_mode_id": row.payment_mode_id,
        "total": None if row.total is None else amount(row.total),
        "currency": row.currency,
        "customer": row.customer,
        "date": None if row.date is None else row.date.isoformat(),
        "modified": None if row.modified is None else row.modified.isoformat(),
        "findings": row.findings,
    }


def order_document(detail: OrderDetail) -> dict[str, JsonValue]:
    """One order whole: every key of the payload, with what the list says of it in the list's form.

    The customer stays the payload's object; a time that could not be read stays the payload's text.
    """
    listed = {key: value for key, value in order_line(detail.row).items() if value is not None}
    document: dict[str, JsonValue] = {"id": None, "account": None, **detail.order, **listed}
    if "customer" in detail.order:
        document["customer"] = detail.order["customer"]
    document.setdefault("total", None)
    document["fetched_at"] = detail.fetched_at.isoformat()
    return document


def _row(order: OrderRow, *, reveal: bool) -> tuple[str, ...]:
    return (
        str(order.id),
        order.account,
        order.status_text,
        NOTHING if order.type is None else str(order.type),
        money(order.total, order.currency),
        _customer(order, reveal=reveal),
        moment(order.date),
        str(order.findings) if order.findings else "",
    )


def _customer(order: OrderRow, *, reveal: bool) -> str:
    return (order.customer or NOTHING) if reveal else masked(order.customer)


def _facts(detail: OrderDetail, *, reveal: bool) -> list[tuple[str, str]]:
    order = detail.row
    return [
        ("order", str(order.id)),
        ("account", order.account),
        ("status", order.status_text),
        ("type", NOTHING if order.type is None else str(order.type)),
        ("payment", NOTHING if order.payment_mode_id is None else str(order.payment_mode_id)),
        ("total", money(order.total, order.currency)),
        ("customer", _customer(order, reveal=reveal)),
        ("date", moment(order.date)),
        ("modified", moment(order.modified)),
        ("findings", str(order.findings)),
        ("fetched", moment(detail.fetched_at)),
    ]


def _product(line: dict[str, object]) -> tuple[str, ...]:
    return (
        _text(line.get("id")),
        _text(line.get("name")),
        _text(line.get("part_number")),
        _text(line.get("quantity")),
        _price(line.get("sale_price")),
    )


def _text(value: object) -> str:
    return NOTHING if value is None or value == "" else str(value)


def _price(value: object) -> str:
    """A price as it was sent, number or text, in the form of all other money."""
    try:
        price = Decimal(str(value))
    except ArithmeticError:
        return _text(value)
    return amount(price) if price.is_finite() else _text(value)
