"""Changes of orders that the marketplace told of: what their status and total were before, and when we saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, insert

from magflow_tui.store.changes import Known
from magflow_tui.store.columns import units_to_money
from magflow_tui.store.payloads import Source
from magflow_tui.store.tables import ORDER_CHANGES, ORDERS
from magflow_tui.store.upsert import Values, column_names

_PLACES: Final = {name: column_names(ORDERS).index(name) for name in ("id", "status", "total", "currency")}
_ADD: Final = insert(ORDER_CHANGES)


def note_changes(connection: Connection, source: Source, rows: Iterable[Values], before: Mapping[int, Known]) -> None:
    """Remember which of these rows of orders have another status or total than the store had."""
    changed: list[dict[str, Any]] = []
    for row in rows:
        id_, status, total, currency = (row[place] for place in _PLACES.values())
        known = before.get(id_)  # type: ignore[arg-type]  # the id of an order is a number
        if known is not None and (known.status, known.total) != (status, total):
            changed.append(
                {
                    "account": source.account,
                    "order_id": id_,
                    "at": source.fetched_at,
                    "status_before": known.status,
                    "status": status,
                    "total_before": units_to_money(known.total),
                    "total": units_to_money(total),  # type: ignore[arg-type]  # money is a number in the store
                    "currency": currency,
                }
            )
    if changed:
        connection.execute(_ADD, changed)
