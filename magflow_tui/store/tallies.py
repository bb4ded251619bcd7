"""How many rows each account has, kept in step by the transactions that write them: reading it costs one tiny query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from magflow_tui.contract.base import Resource
from magflow_tui.store.tables import TALLIES

_INSERT: Final = insert(TALLIES)
_ADD: Final = _INSERT.on_conflict_do_update(
    index_elements=["account", "resource"],
    set_={name: TALLIES.c[name] + _INSERT.excluded[name] for name in ("rows", "fresh")},
)


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """Rows of one account. `orders_new` have status 1: they wait to be acknowledged."""

    orders: int = 0
    orders_new: int = 0
    offers: int = 0
    rma: int = 0


def add_to_tally(connection: Connection, account: str, resource: Resource, rows: int, fresh: int = 0) -> None:
    """Add to an account's counts, inside the transaction that wrote the rows."""
    if rows or fresh:
        connection.execute(_ADD, {"account": account, "resource": resource, "rows": rows, "fresh": fresh})


def read_counts(connection: Connection) -> dict[str, AccountCounts]:
    """The counts of every account that has rows."""
    found: dict[str, dict[str, int]] = {}
    for account, resource, rows, fresh in connection.execute(select(TALLIES)):
        counts = found.setdefault(account, {})
        counts[resource] = rows
        if resource == "orders":
            counts["orders_new"] = fresh
    return {account: AccountCounts(**counts) for account, counts in found.items()}
