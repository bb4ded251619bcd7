"""What a client wants to see of a list, apart from the list's own columns and fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select

from magflow_tui.contract.base import Resource
from magflow_tui.contract.listing import RowFilter
from magflow_tui.store.conditions import Moment
from magflow_tui.store.listing import PATIENCE
from magflow_tui.store.tables import TALLIES

_ANY_ROW: Final = RowFilter()


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`limit` rows of a list: those behind the mark `after`, before the mark `before`, from the row `start_at` on, or
    the last ones (`from_end`); from the beginning when none of them is given.

    `sort` and `descending` are the list's own when None. `now` (aware) is when ages are measured from, `zone` the zone
    dates are meant in (None: that of this machine). `patience` is how many seconds a search takes at the most.
    """

    account: str | None = None
    where: RowFilter = _ANY_ROW
    sort: str | None = None
    descending: bool | None = None
    limit: int = 100
    after: str | None = None
    before: str | None = None
    start_at: str | None = None
    from_end: bool = False
    with_total: bool = False
    now: datetime | None = None
    zone: tzinfo | None = None
    patience: float = PATIENCE

    @property
    def moment(self) -> Moment:
        return Moment(self.now or datetime.now(UTC), self.zone)


#: The first rows of a whole list.
EVERYTHING: Final = ListQuery()


def exact_total(
    connection: Connection, query: ListQuery, table: Table, resource: Resource, conditions: list[Any], *, whole: bool
) -> int | None:
    """Rows that match. Of a `whole` list, or all of an account's, it is known; others are counted only if asked for."""
    if whole:
        statement = select(func.coalesce(func.sum(TALLIES.c.rows), 0)).where(TALLIES.c.resource == resource)
        if query.account is not None:
            statement = statement.where(TALLIES.c.account == query.account)
        return int(connection.execute(statement).scalar_one())
    if not query.with_total:
        return None
    return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())
