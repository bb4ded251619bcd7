"""Filters of the list of orders that people keep under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from magflow_tui.contract.findings import SavedView, SavedViews
from magflow_tui.store.triage_tables import SAVED_VIEWS


def list_views(connection: Connection) -> SavedViews:
    """All of them, by name."""
    rows = connection.execute(select(SAVED_VIEWS).order_by(SAVED_VIEWS.c.name)).mappings()
    return SavedViews(
        views=tuple(
            SavedView(**{**row, "descending": None if row["descending"] is None else bool(row["descending"])})
            for row in rows
        )
    )


def save_view(connection: Connection, view: SavedView, at: datetime) -> SavedViews:
    """Keep a view in place of the one that had its name."""
    values = {**view.model_dump(), "at": at}
    statement = insert(SAVED_VIEWS).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    return list_views(connection)


def delete_view(connection: Connection, name: str) -> SavedViews | None:
    """Forget a view; None when there is none of this name."""
    gone = connection.execute(delete(SAVED_VIEWS).where(SAVED_VIEWS.c.name == name)).rowcount
    return list_views(connection) if gone else None
