"""Items too broken to have an id: kept byte for byte, listed, and never in the way of the rest of their page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from magflow_tui.contract.base import Resource
from magflow_tui.marketplace.schema import Item, Payload, SchemaIssue
from magflow_tui.store.payloads import Source, issues_text, payload_hash
from magflow_tui.store.tables import BROKEN_ITEMS


@dataclass(frozen=True, slots=True)
class BrokenItem:
    """An item that could not be read: its bytes as they came, and why."""

    account: str
    resource: Resource
    first_seen: datetime
    last_seen: datetime
    issues: tuple[SchemaIssue, ...]
    raw: bytes


def keep_broken(connection: Connection, source: Source, resource: Resource, items: Iterable[Item[Payload]]) -> None:
    """Keep unreadable items. The same bytes again only move `last_seen`."""
    rows = [
        {
            "account": source.account,
            "resource": resource,
            "payload_hash": payload_hash(item.raw),
            "first_seen": source.fetched_at,
            "last_seen": source.fetched_at,
            "schema_issues": issues_text(item.issues),
            "raw": item.raw,
        }
        for item in items
    ]
    if rows:
        statement = insert(BROKEN_ITEMS)
        keys = ["account", "resource", "payload_hash"]
        connection.execute(
            statement.on_conflict_do_update(index_elements=keys, set_={"last_seen": statement.excluded.last_seen}), rows
        )


def list_broken(connection: Connection, account: str | None, limit: int) -> tuple[BrokenItem, ...]:
    """Unreadable items, seen last first."""
    statement = select(BROKEN_ITEMS).order_by(BROKEN_ITEMS.c.last_seen.desc(), BROKEN_ITEMS.c.payload_hash).limit(limit)
    if account is not None:
        statement = statement.where(BROKEN_ITEMS.c.account == account)
    return tuple(
        BrokenItem(
            account=row.account,
            resource=row.resource,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            issues=msgspec.json.decode(row.schema_issues or "[]", type=tuple[SchemaIssue, ...]),
            raw=row.raw,
        )
        for row in connection.execute(statement)
    )
