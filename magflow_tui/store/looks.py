"""When each operator last looked at the dashboard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from magflow_tui.contract.alerts import Looked
from magflow_tui.store.alert_tables import LOOKS


def last_look(connection: Connection, by: str) -> Looked:
    """When an operator last looked."""
    at = connection.execute(select(LOOKS.c.at).where(LOOKS.c.operator == by)).scalar_one_or_none()
    return Looked(by=by, at=at)


def look(connection: Connection, by: str, at: datetime) -> Looked:
    """Note that an operator looks now; answers when they last did before."""
    before = last_look(connection, by)
    values = {"operator": by, "at": at}
    connection.execute(insert(LOOKS).values(values).on_conflict_do_update(index_elements=["operator"], set_=values))
    return before
