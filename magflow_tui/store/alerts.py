"""Alerts as rows: opened, read again, closed, taken note of, with each change kept beside them.

The rows' numbers are given by the engine's desk, which goes on behind the last one: an alert has its number before the
store is asked. Each function works inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from magflow_tui.contract.alerts import Alert, AlertChange, Cause
from magflow_tui.store.alert_tables import ALERT_CHANGES, ALERTS

#: Columns of the same name and content as fields of an `Alert`.
_SAME: Final = (
    *("alert_id", "severity", "code", "account", "opened_at", "advice_ro", "message_ro", "closed_at", "value", "peak"),
    *("threshold", "unit", "acked_at", "acked_by"),
)
_IS_OPEN: Final = ALERTS.c.closed_at.is_(None)


def last_alert_id(connection: Connection) -> int:
    """The newest alert's number, 0 when there is none."""
    return connection.execute(select(func.max(ALERTS.c.alert_id))).scalar_one() or 0


def add_alert(connection: Connection, alert: Alert) -> None:
    """Keep an alert that opened, under its own number."""
    values = {name: getattr(alert, name) for name in _SAME}
    values |= {"message_en": alert.message, "advice_en": alert.advice, "cause": _cause_json(alert.cause)}
    connection.execute(insert(ALERTS).values(values))


def close_alert(connection: Connection, alert: Alert) -> None:
    """Keep when an alert ended, and how it stood last. One that is closed already stays as it is."""
    values = {**_standing(alert), "closed_at": alert.closed_at}
    closed = connection.execute(update(ALERTS).where(ALERTS.c.alert_id == alert.alert_id, _IS_OPEN).values(values))
    if closed.rowcount and alert.closed_at is not None:
        note_change(connection, (alert.alert_id,), AlertChange(at=alert.closed_at, kind="closed"))


def keep_standing(connection: Connection, alert: Alert) -> None:
    """Keep how an open alert stands: value, worst value, cause, and what to do about it."""
    connection.execute(
        update(ALERTS).where(ALERTS.c.alert_id == alert.alert_id, _IS_OPEN).values(_standing(alert)),
    )


def acknowledge(connection: Connection, alert_ids: Collection[int], *, by: str, at: datetime, undo: bool) -> None:
    """Note that somebody has taken note of alerts, or takes that back; of those where that changes something."""
    changed = ALERTS.c.acked_at.is_not(None) if undo else ALERTS.c.acked_at.is_(None)
    acked = {"acked_at": None, "acked_by": None} if undo else {"acked_at": at, "acked_by": by}
    statement = update(ALERTS).where(ALERTS.c.alert_id.in_(alert_ids), _IS_OPEN, changed).values(acked)
    ids = connection.execute(statement.returning(ALERTS.c.alert_id)).scalars().all()
    note_change(connection, ids, AlertChange(at=at, kind="unacked" if undo else "acked", by=by))


def note_change(connection: Connection, alert_ids: Collection[int], change: AlertChange) -> None:
    """Something happened to alerts."""
    if alert_ids:
        values = change.model_dump()
        connection.execute(insert(ALERT_CHANGES), [{"alert_id": alert_id, **values} for alert_id in alert_ids])


def open_alerts(connection: Connection) -> tuple[Alert, ...]:
    """The alerts that are open, newest first."""
    statement = select(ALERTS).where(_IS_OPEN).order_by(ALERTS.c.alert_id.desc())
    return read_alerts(connection.execute(statement).mappings().all())


def read_alerts(rows: Sequence[RowMapping]) -> tuple[Alert, ...]:
    return tuple(map(read_alert, rows))


def read_alert(row: Mapping[Any, Any]) -> Alert:
    """A row as the contract has it; of mutes it knows nothing."""
    return Alert(
        **{name: row[name] for name in _SAME},
        message=row["message_en"],
        advice=row["advice_en"],
        cause=None if row["cause"] is None else Cause.model_validate_json(row["cause"]),
        state="resolved" if row["closed_at"] is not None else "new" if row["acked_at"] is None else "acked",
    )


def prune_alerts(connection: Connection, before: datetime, most: int) -> int:
    """Forget `most` at most of the alerts that closed before a moment, with what happened to them; how many went."""
    old = select(ALERTS.c.alert_id).where(ALERTS.c.closed_at < before).order_by(ALERTS.c.alert_id).limit(most)
    return connection.execute(delete(ALERTS).where(ALERTS.c.alert_id.in_(old))).rowcount


def _standing(alert: Alert) -> dict[str, Any]:
    return {
        "value": alert.value,
        "peak": alert.peak,
        "cause": _cause_json(alert.cause),
        "advice_en": alert.advice,
        "advice_ro": alert.advice_ro,
    }


def _cause_json(cause: Cause | None) -> str | None:
    return None if cause is None else cause.model_dump_json()
