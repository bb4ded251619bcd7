"""The minutes of routes one by one, for who adds them up: however long the span, few of them are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from magflow_tui.store.monitor_tables import ROUTE_MINUTES

_AT_ONCE: Final = 2_000


class RouteMinuteRow(NamedTuple):
    """A row as it is kept; see `RouteMinuteRecord`."""

    account: str
    route: str
    pool: str
    requests: int
    errors: int
    rate_limited: int
    retries: int
    total_us: int
    max_ms: int | None
    waited_ms: int
    jobs: str
    bins: bytes


def route_minutes(connection: Connection, first: int, until: int, account: str | None) -> Iterator[RouteMinuteRow]:
    """Every row from minute `first` up to `until`, without it: of one account, or of all."""
    column = ROUTE_MINUTES.c
    wanted = select(*(column[name] for name in RouteMinuteRow._fields)).where(
        column.minute >= first, column.minute < until
    )
    if account is not None:
        wanted = wanted.where(column.account == account)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(wanted)
    return (RouteMinuteRow(*row) for row in rows)
