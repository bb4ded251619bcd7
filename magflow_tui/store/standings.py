"""What orders say of their findings, brought up to date after somebody changed the state of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select, tuple_, update

from magflow_tui.contract.findings import OrderKey
from magflow_tui.store.bound_lists import json_of_orders, listed_orders
from magflow_tui.store.findings import COUNTED, INVALID_UP_TO, is_invalid
from magflow_tui.store.tables import ORDERS
from magflow_tui.store.tallies import add_to_tally
from magflow_tui.store.triage_tables import FINDINGS

_OF_ORDER: Final = (
    FINDINGS.c.order_id == ORDERS.c.id,
    FINDINGS.c.account == ORDERS.c.account,
    FINDINGS.c.state.in_(COUNTED),
)
_CHOSEN: Final = tuple_(ORDERS.c.account, ORDERS.c.id).in_(listed_orders("of_orders"))


def _of_the_gravest(column: ColumnElement[Any]) -> ColumnElement[Any]:
    order = FINDINGS.c.severity, FINDINGS.c.path, FINDINGS.c.rule
    return select(column).where(*_OF_ORDER).order_by(*order).limit(1).correlate(ORDERS).scalar_subquery()


_RECOUNT: Final = (
    update(ORDERS)
    .where(_CHOSEN)
    .values(
        findings=select(func.count()).select_from(FINDINGS).where(*_OF_ORDER).correlate(ORDERS).scalar_subquery(),
        worst_rule=_of_the_gravest(FINDINGS.c.rule),
        worst_severity=_of_the_gravest(FINDINGS.c.severity),
    )
    .returning(ORDERS.c.account, ORDERS.c.worst_severity)
)
_INVALID: Final = (
    select(ORDERS.c.account, func.count())
    .where(_CHOSEN, ORDERS.c.worst_severity <= INVALID_UP_TO)
    .group_by(ORDERS.c.account)
)


def recount(connection: Connection, orders: Collection[OrderKey]) -> None:
    """Count the findings of these orders anew, and with them the invalid orders of their accounts."""
    if not orders:
        return
    chosen = {"of_orders": json_of_orders(orders)}
    changes: Counter[str] = Counter()
    for account, invalid in connection.execute(_INVALID, chosen):
        changes[account] -= invalid
    for account, severity in connection.execute(_RECOUNT, chosen):
        changes[account] += is_invalid(severity)
    for account, invalid in changes.items():
        add_to_tally(connection, account, "orders", rows=0, invalid=invalid)
