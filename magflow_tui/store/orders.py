"""Orders: a page of them into the store, and single ones read from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, delete, func, select

from magflow_tui.contract.records import OrderDetail
from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.rules.orders import check_order
from magflow_tui.store.changes import Kind, PageOutcome, find_changes
from magflow_tui.store.findings import CLEAN, compare_findings, is_invalid
from magflow_tui.store.findings_list import findings_of
from magflow_tui.store.notes import notes_of
from magflow_tui.store.order_changes import note_changes
from magflow_tui.store.order_list import LISTED, listed
from magflow_tui.store.order_rows import order_rows
from magflow_tui.store.payloads import Source
from magflow_tui.store.tables import ORDER_LINES, ORDERS, TALLIES
from magflow_tui.store.tallies import add_to_tally
from magflow_tui.store.upsert import Values, upsert_rows

_KIND: Kind[Order] = Kind(
    resource="orders",
    table=ORDERS,
    identity=attrgetter("id"),
    modified=attrgetter("modified"),
    known_columns=("payload_hash", "modified", "status", "total", "worst_severity"),
    status=attrgetter("status"),
)
_DELETE_LINES = delete(ORDER_LINES).where(
    ORDER_LINES.c.account == bindparam("of_account"), ORDER_LINES.c.order_id == bindparam("of_order")
)


def store_orders(connection: Connection, source: Source, items: Sequence[Item[Order]]) -> PageOutcome:
    """Write what is new or changed of a page of orders, with their lines and findings, inside the caller's transaction.

    Storing a page twice changes nothing; of two states of an order the one modified later stays.
    """
    changes = find_changes(connection, _KIND, source, items)
    before = {id_: known for id_, known in changes.before.items() if id_ in changes.write}
    findings = compare_findings(
        connection,
        source.account,
        {
            id_: check_order(arrival.item, platform=source.platform, now=source.fetched_at)
            for id_, arrival in changes.write.items()
        },
        known=before,
        at=source.fetched_at,
    )
    rows: list[Values] = []
    lines: list[Values] = []
    for id_, arrival in changes.write.items():
        standing = findings.standings.get(id_, CLEAN)
        row, its_lines = order_rows(arrival.item, arrival.value, source, arrival.payload_hash, standing)
        rows.append(row)
        lines += its_lines
    upsert_rows(connection, ORDERS, rows)
    if before:
        connection.execute(_DELETE_LINES, [{"of_account": source.account, "of_order": id_} for id_ in before])
    upsert_rows(connection, ORDER_LINES, lines)
    findings.write(connection)
    note_changes(connection, source, rows, before)
    fresh = sum(arrival.value.status == OrderStatus.NEW for arrival in changes.write.values())
    fresh -= sum(known.status == OrderStatus.NEW for known in before.values())
    invalid = sum(standing.invalid for standing in findings.standings.values())
    invalid -= sum(is_invalid(known.worst_severity) for known in before.values())
    add_to_tally(connection, source.account, "orders", rows=0, fresh=fresh, invalid=invalid)
    return changes.outcome


def get_order(connection: Connection, order_id: int, account: str | None) -> OrderDetail | None:
    """One order with its payload as JSON; None when it is not stored. Without an account, the first that has it."""
    row = _find(connection, [*LISTED, ORDERS.c.fetched_at, ORDERS.c.raw], order_id, account)
    if row is None:
        return None
    text = row["raw"].decode("utf-8", errors="replace")
    return OrderDetail(
        row=listed(row),
        order=json.loads(text),
        fetched_at=row["fetched_at"],
        findings=findings_of(connection, row["account"], order_id),
        notes=notes_of(connection, row["account"], order_id),
    )


def get_order_payload(connection: Connection, order_id: int, account: str | None) -> bytes | None:
    """An order's bytes exactly as they were received; None when it is not stored."""
    row = _find(connection, [ORDERS.c.raw], order_id, account)
    return None if row is None else bytes(row["raw"])


def accounts_of_order(connection: Connection, order_id: int) -> tuple[str, ...]:
    """The accounts that have an order of this id: ids are the marketplace's, one for each of its platforms."""
    known_accounts = select(TALLIES.c.account)
    statement = select(ORDERS.c.account).where(ORDERS.c.account.in_(known_accounts), ORDERS.c.id == order_id)
    return tuple(connection.execute(statement.order_by(ORDERS.c.account)).scalars())


@dataclass(frozen=True, slots=True)
class StoredOrders:
    """What is stored of one account and type: how many orders up to a moment, and when the oldest was placed."""

    rows: int
    oldest: datetime | None


def stored_orders(connection: Connection, account: str, type_: int, until: datetime) -> StoredOrders:
    """Count the stored orders of a type, placed up to `until`. Reads an index of all orders: not for every second."""
    statement = select(func.count(), func.min(ORDERS.c.placed)).where(
        ORDERS.c.account == account, ORDERS.c.type == type_, ORDERS.c.placed <= until
    )
    return StoredOrders(*connection.execute(statement).one())


def _find(
    connection: Connection, columns: Sequence[ColumnElement[Any]], order_id: int, account: str | None
) -> RowMapping | None:
    accounts = accounts_of_order(connection, order_id)[:1] if account is None else (account,)
    statement = select(*columns).where(ORDERS.c.account.in_(accounts), ORDERS.c.id == order_id)
    return connection.execute(statement).mappings().one_or_none()
