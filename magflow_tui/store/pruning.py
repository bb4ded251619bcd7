"""Letting go of what is too old, in steps so small that nobody who writes has to wait for one.

A step is one statement in a transaction of its own (see `Database.change`), as many rows as fit into `TARGET_SECONDS`
by what the steps before took. The pages that deleted rows leave empty are used again by new rows: the file does not
shrink, and once it has the size of its days it does not grow either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from magflow_tui.store.alert_tables import ALERTS, DELIVERIES
from magflow_tui.store.columns import time_to_millis
from magflow_tui.store.monitor_tables import FRAMES, HEALTH_MINUTES, POOL_MINUTES, REQUESTS, ROUTE_MINUTES

#: How long requests, minutes and messages that were delivered are kept, and how long alerts that are over.
KEPT: Final = timedelta(days=30)
KEPT_ALERTS: Final = timedelta(days=180)
#: What a step is to take of a processor, and the most for which one may hold the writer, in seconds.
TARGET_SECONDS: Final = 0.003
MOST_SECONDS: Final = 0.02

_FIRST_ROWS, _FEWEST_ROWS, _MOST_ROWS = 50, 10, 2_000


@dataclass(frozen=True, slots=True)
class Prunable:
    """Rows that are kept for a time. `sql` deletes at most about so many that are older than a moment: `before`, in
    the table's unit (minutes where `by_minute`, milliseconds otherwise), and `rows` are its parameters.
    """

    name: str
    kept: timedelta
    sql: str
    by_minute: bool = False

    def before(self, now: datetime) -> int:
        """What is older than this is let go of, in the table's unit."""
        millis = time_to_millis(now - self.kept) or 0
        return millis // 60_000 if self.by_minute else millis


class StepSize:
    """How many rows a step takes: few at first, then by what full steps took. Quick to shrink and slow to grow."""

    def __init__(self) -> None:
        self.rows = _FIRST_ROWS

    def learn(self, rows: int, seconds: float) -> None:
        """A step of `rows` rows took `seconds`."""
        if rows < self.rows:
            return  # the last of them: tells nothing of a full step
        factor = min(1.25, max(0.1, TARGET_SECONDS / max(seconds, 1e-6)))
        self.rows = min(_MOST_ROWS, max(_FEWEST_ROWS, int(self.rows * factor)))


def _whole_minutes(table: str) -> str:
    """Deletes the oldest minutes, the one of the last row as a whole: a minute is there or it is not."""
    # One upper bound and no second condition: SQLite would look at every row that meets the wider one.
    return (
        f"DELETE FROM {table} WHERE minute <= coalesce("  # noqa: S608 - our own names
        f"(SELECT minute FROM {table} WHERE minute < :before ORDER BY minute LIMIT 1 OFFSET :rows - 1), :before - 1)"
    )


#: In the order in which they are looked at. Of the requests the newest stays: their numbering goes on from it.
PRUNABLE: Final = (
    Prunable(
        REQUESTS.name,
        KEPT,
        "DELETE FROM requests WHERE seq IN (SELECT seq FROM requests WHERE at < :before "
        "AND seq < (SELECT max(seq) FROM requests) ORDER BY at LIMIT :rows)",
    ),
    *(
        Prunable(table.name, KEPT, _whole_minutes(table.name), by_minute=True)
        for table in (HEALTH_MINUTES, POOL_MINUTES, ROUTE_MINUTES, FRAMES)
    ),
    Prunable(
        DELIVERIES.name,
        KEPT,
        "DELETE FROM deliveries WHERE delivery_id IN (SELECT delivery_id FROM deliveries "
        "WHERE at < :before AND next_at IS NULL ORDER BY at LIMIT :rows)",
    ),
    Prunable(
        ALERTS.name,
        KEPT_ALERTS,
        "DELETE FROM alerts WHERE alert_id IN (SELECT alert_id FROM alerts "
        "WHERE opened_at < :before AND closed_at < :before ORDER BY opened_at LIMIT :rows)",
    ),
)
