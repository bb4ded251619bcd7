"""Checking stored orders again with the rules of today, in slices, each in a transaction with how far it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert

from magflow_tui.contract.findings import OrderKey, Revalidation
from magflow_tui.marketplace.platforms import Platform
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.orders import check_order
from magflow_tui.store.findings import compare_findings
from magflow_tui.store.standings import recount
from magflow_tui.store.tables import ORDERS, TALLIES
from magflow_tui.store.triage_tables import CHECKING

#: Orders checked in one transaction: the pages of a sync wait no longer than for one of their own.
SLICE: Final = 100
_ROW: Final = 1
_HERE: Final = CHECKING.c.checking_id == _ROW
_INSERT: Final = insert(CHECKING)


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the checking is; `finished` when no order is left."""

    finished: bool
    opened: int = 0
    resolved: int = 0


def read_checking(connection: Connection) -> Revalidation | None:
    """The checking that goes on (`running` then) or the last one; None when there never was any."""
    row = connection.execute(select(CHECKING).where(_HERE)).one_or_none()
    return None if row is None else _shown(row)


def begin_checking(connection: Connection, version: str, at: datetime) -> Revalidation:
    """Begin anew with a version of the rules, or stay with the checking by that version that is not finished yet."""
    going_on = read_checking(connection)
    if going_on is not None and going_on.running and going_on.rules_version == version:
        return going_on
    orders = select(func.coalesce(func.sum(TALLIES.c.rows), 0)).where(TALLIES.c.resource == "orders")
    values = {
        "checking_id": _ROW,
        "rules_version": version,
        "account": None,
        "order_id": None,
        "orders": connection.execute(orders).scalar_one(),
        **dict.fromkeys(("checked", "opened", "resolved"), 0),
        "started_at": at,
        "finished_at": None,
    }
    connection.execute(_INSERT.values(values).on_conflict_do_update(index_elements=["checking_id"], set_=values))
    return _shown(connection.execute(select(CHECKING).where(_HERE)).one())


def is_checked(connection: Connection, version: str) -> bool:
    """Whether every stored order was checked with this version of the rules: nothing is left of it, or of all."""
    last = read_checking(connection)
    return last is not None and last.rules_version == version and not last.running


def check_slice(connection: Connection, platforms: Mapping[str, Platform], at: datetime, size: int = SLICE) -> Checked:
    """Check the next orders of the checking that goes on. `platforms` are those of the accounts that are known.

    An order is checked as of when it was read: what was right then is not wrong because of time alone.
    """
    place = connection.execute(select(CHECKING.c.account, CHECKING.c.order_id).where(_HERE)).one()
    statement = select(ORDERS.c.account, ORDERS.c.id, ORDERS.c.fetched_at, ORDERS.c.raw)
    if place.account is not None:
        statement = statement.where(tuple_(ORDERS.c.account, ORDERS.c.id) > tuple_(place.account, place.order_id))
    rows = connection.execute(statement.order_by(ORDERS.c.account, ORDERS.c.id).limit(size)).all()
    opened = resolved = 0
    for account, of_account in groupby(rows, key=lambda row: row.account):
        found = {
            row.id: check_order(read_item(Order, row.raw), platform=platforms.get(account), now=row.fetched_at)
            for row in of_account
        }
        changes = compare_findings(connection, account, found, known=found, at=at)
        changes.write(connection)
        recount(connection, [OrderKey.model_construct(account=account, id=id_) for id_ in changes.touched])
        opened += changes.opened_count
        resolved += len(changes.resolved)
    finished = len(rows) < size
    step: dict[str, Any] = {
        "checked": CHECKING.c.checked + len(rows),
        "opened": CHECKING.c.opened + opened,
        "resolved": CHECKING.c.resolved + resolved,
    }
    if rows:
        step |= {"account": rows[-1].account, "order_id": rows[-1].id}
    if finished:
        step["finished_at"] = at
    connection.execute(update(CHECKING).where(_HERE).values(step))
    return Checked(finished, opened, resolved)


def _shown(row: Row[Any]) -> Revalidation:
    return Revalidation(
        running=row.finished_at is None,
        **{name: row._mapping[name] for name in Revalidation.model_fields if name != "running"},
    )
