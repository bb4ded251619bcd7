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
    set_={name: TALLIES.c[name] + _INSERT.excluded[name] for name in ("rows", "fresh", "invalid")},
)


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """Rows of one account. `orders_new` have status 1: they wait to be acknowledged. `orders_invalid` have an open or
    seen finding that is an error or a warning.
    """

    orders: int = 0
    orders_new: int = 0
    orders_invalid: int = 0
    offers: int = 0
    rma: int = 0


def add_to_tally(
    connection: Connection, account: str, resource: Resource, rows: int, fresh: int = 0, invalid: int = 0
) -> None:
    """Add to an account's counts, inside the transaction that wrote the rows."""
    if rows or fresh or invalid:
        added = {"rows": rows, "fresh": fresh, "invalid": invalid}
        connection.execute(_ADD, {"account": account, "resource": resource, **added})


def read_counts(connection: Connection) -> dict[str, AccountCounts]:
    """The counts of every account that has rows."""
    found: dict[str, dict[str, int]] = {}
    for account, resource, rows, fresh, invalid in connection.execute(select(TALLIES)):
        counts = found.setdefault(account, {})
        counts[resource] = rows
        if resource == "orders":
            counts["orders_new"] = fresh
            counts["orders_invalid"] = invalid
    return {account: AccountCounts(**counts) for account, counts in found.items()}
