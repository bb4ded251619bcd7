"""The list of orders: what it shows, sorts by, and can be asked."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, func, select, type_coerce

from magflow_tui.contract.findings import OrderKey
from magflow_tui.contract.listing import RowCount
from magflow_tui.contract.records import OrderPage, OrderRow
from magflow_tui.marketplace.codes import (
    OrderStatus,
    OrderType,
    PaymentMode,
    get_order_status_text,
    get_order_type_text,
    get_payment_mode_text,
)
from magflow_tui.rules.findings import SEVERITIES
from magflow_tui.store.conditions import (
    AgeField,
    CodeField,
    DateField,
    Fields,
    IdField,
    NumberField,
    TextField,
)
from magflow_tui.store.finding_conditions import NoteField, RuleField, SeverityField, StateField
from magflow_tui.store.list_query import ListQuery, exact_total
from magflow_tui.store.listing import PageAsk, Sort, count_rows, read_page
from magflow_tui.store.tables import ORDERS

LISTED: Final = [
    ORDERS.c[name]
    for name in (
        *("id", "account", "status", "type", "payment_mode_id", "total", "currency", "customer_name"),
        *("date", "modified", "findings", "worst_rule", "worst_severity"),
    )
]


def _number(name: str) -> ColumnElement[Any]:
    """A column as it is stored: money in 1/10 000 units, times in milliseconds."""
    return type_coerce(ORDERS.c[name], BigInteger)


_ROW: Final = _number("placed"), ORDERS.c.id, ORDERS.c.account
_NUMBERED: Final = (int, int, int, str)
SORTS: Final = {
    sort.name: sort
    for sort in (
        Sort("date", _ROW, (int, int, str), indexed=True),
        Sort("modified", (func.coalesce(_number("modified"), 0), *_ROW), _NUMBERED),
        Sort("total", (func.coalesce(_number("total"), 0), *_ROW), _NUMBERED),
        Sort("status", (func.coalesce(ORDERS.c.status, -1), *_ROW), _NUMBERED),
        Sort("customer", (func.coalesce(ORDERS.c.customer_name, ""), *_ROW), (str, int, int, str)),
    )
}
#: Short words that people use beside the marketplace's own.
_ALIASES: Final = {OrderStatus.FINALISED: ("Finalized",), PaymentMode.CASH_ON_DELIVERY: ("COD",)}
FIELDS: Final = Fields(
    named={
        "id": IdField(ORDERS.c.id),
        "account": TextField(ORDERS.c.account),
        "acct": TextField(ORDERS.c.account),
        "status": CodeField(
            ORDERS.c.status,
            {
                code: (*(get_order_status_text(code, language) for language in ("en", "ro")), *_ALIASES.get(code, ()))
                for code in OrderStatus
            },
        ),
        "type": CodeField(
            ORDERS.c.type,
            {code: [get_order_type_text(code, language) for language in ("en", "ro")] for code in OrderType},
        ),
        "payment": CodeField(
            ORDERS.c.payment_mode_id,
            {
                code: (*(get_payment_mode_text(code, language) for language in ("en", "ro")), *_ALIASES.get(code, ()))
                for code in PaymentMode
            },
        ),
        "total": NumberField(_number("total"), scale=10_000),
        "currency": TextField(ORDERS.c.currency),
        "customer": TextField(ORDERS.c.customer_name),
        "findings": NumberField(ORDERS.c.findings, counts=True),
        "rule": RuleField(),
        "severity": SeverityField(),
        "state": StateField(),
        "note": NoteField(),
        "date": DateField(_number("date")),
        "modified": DateField(_number("modified")),
        "age": AgeField(_number("date")),
    },
    words=("id", "account", "status", "customer"),
    number="total",
)


def list_orders(
    connection: Connection, query: ListQuery, *, status: int | None = None, has_findings: bool | None = None
) -> OrderPage:
    """A page of orders; newest date first unless told otherwise, those without a readable date behind all others.

    Raises ValueError for a mark that is none, and for a field or sorting that orders do not have.
    """
    conditions = _conditions(query, status, has_findings)
    page = read_page(connection, LISTED, _ask(query, conditions))
    whole = not query.where.alternatives and status is None and has_findings is None
    total = exact_total(connection, query, ORDERS, "orders", conditions, whole=whole)
    return OrderPage(orders=tuple(map(listed, page.rows)), total=total, **page.marks.model_dump())


def count_orders(
    connection: Connection, query: ListQuery, *, status: int | None = None, has_findings: bool | None = None
) -> RowCount:
    """How many orders match behind the query's mark, or before it, up to its `limit`."""
    return count_rows(connection, _ask(query, _conditions(query, status, has_findings)))


def _ask(query: ListQuery, conditions: list[ColumnElement[bool]]) -> PageAsk:
    sort = SORTS.get(query.sort or "date")
    if sort is None:
        raise ValueError(f"orders cannot be sorted by {query.sort!r}, only by {', '.join(SORTS)}")
    return PageAsk(
        sort=sort,
        descending=True if query.descending is None else query.descending,
        limit=query.limit,
        after=query.after,
        before=query.before,
        start_at=query.start_at,
        from_end=query.from_end,
        conditions=conditions,
        patience=query.patience,
    )


def _conditions(query: ListQuery, status: int | None, has_findings: bool | None) -> list[ColumnElement[bool]]:
    conditions = FIELDS.clauses(query.where, query.moment)
    if query.account is not None:
        # Not as a plain column: the list is to be read in its order, and not account by account and sorted then.
        conditions.append(func.coalesce(ORDERS.c.account, "") == query.account)
    if status is not None:
        conditions.append(ORDERS.c.status == status)
    if has_findings is not None:
        conditions.append(ORDERS.c.findings > 0 if has_findings else ORDERS.c.findings == 0)
    return conditions


def listed(row: RowMapping) -> OrderRow:
    """A row of `LISTED` as lists show it."""
    return OrderRow(
        id=row["id"],
        account=row["account"],
        status=row["status"],
        status_text=get_order_status_text(row["status"], "en"),
        type=row["type"],
        payment_mode_id=row["payment_mode_id"],
        total=row["total"],
        currency=row["currency"],
        customer=row["customer_name"],
        date=row["date"],
        modified=row["modified"],
        findings=row["findings"],
        worst_rule=row["worst_rule"],
        worst_severity=None if row["worst_severity"] is None else SEVERITIES[row["worst_severity"]],
    )


def orders_matching(connection: Connection, query: ListQuery) -> list[OrderKey]:
    """The orders that a filter means, newest first, `query.limit` at most: looked for however long that takes.

    Raises ValueError for a field that orders do not have.
    """
    statement = select(ORDERS.c.account, ORDERS.c.id).where(*_conditions(query, None, None))
    rows = connection.execute(statement.order_by(_number("placed").desc()).limit(query.limit))
    return [OrderKey.model_construct(account=account, id=id_) for account, id_ in rows]
