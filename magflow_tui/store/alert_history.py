"""Alerts that were: pages of them, what happened to one, how often there was one like it and how long it lasted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import Connection, select

from magflow_tui.contract.alerts import Alert, AlertChange, AlertPage
from magflow_tui.store.alert_tables import ALERT_CHANGES, ALERTS
from magflow_tui.store.alerts import read_alert, read_alerts


@dataclass(frozen=True, slots=True)
class AlertsAsked:
    """Which alerts are asked for: of an account, of a code, open at `since` or later, numbered below `before`."""

    account: str | None = None
    code: str | None = None
    since: datetime | None = None
    before: int | None = None
    limit: int = 50


def list_alerts(connection: Connection, asked: AlertsAsked) -> AlertPage:
    """Alerts, open and closed, newest first."""
    statement = select(ALERTS).order_by(ALERTS.c.alert_id.desc()).limit(asked.limit + 1)
    if asked.account is not None:
        statement = statement.where(ALERTS.c.account == asked.account)
    if asked.code is not None:
        statement = statement.where(ALERTS.c.code == asked.code)
    if asked.since is not None:
        statement = statement.where(ALERTS.c.closed_at.is_(None) | (ALERTS.c.closed_at >= asked.since))
    if asked.before is not None:
        statement = statement.where(ALERTS.c.alert_id < asked.before)
    alerts = read_alerts(connection.execute(statement).mappings().all())
    shown = alerts[: asked.limit]
    return AlertPage(alerts=shown, next_before=shown[-1].alert_id if len(alerts) > len(shown) else None)


@dataclass(frozen=True, slots=True)
class AlertStory:
    """One alert, what happened to it (oldest first), how many there were of its code and account since a moment, and
    the median length of those that are over, in seconds.
    """

    alert: Alert
    changes: tuple[AlertChange, ...]
    times: int
    median_seconds: float | None


def alert_story(connection: Connection, alert_id: int, since: datetime) -> AlertStory | None:
    """The story of an alert, counted with others like it that were open at `since` or later; None where there is none.

    The alert itself counts, however old.
    """
    row = connection.execute(select(ALERTS).where(ALERTS.c.alert_id == alert_id)).mappings().one_or_none()
    if row is None:
        return None
    columns = [ALERT_CHANGES.c[name] for name in ("at", "kind", "by", "until")]
    changed = select(*columns).where(ALERT_CHANGES.c.alert_id == alert_id).order_by(ALERT_CHANGES.c.change_id)
    changes = tuple(AlertChange(**change) for change in connection.execute(changed).mappings())
    alike = select(ALERTS.c.opened_at, ALERTS.c.closed_at).where(
        ALERTS.c.code == row["code"],
        ALERTS.c.account.is_not_distinct_from(row["account"]),
        ALERTS.c.closed_at.is_(None) | (ALERTS.c.closed_at >= since) | (ALERTS.c.alert_id == alert_id),
    )
    times = connection.execute(alike).all()
    lengths = [(closed - opened).total_seconds() for opened, closed in times if closed is not None]
    opened = AlertChange(at=row["opened_at"], kind="opened")
    return AlertStory(read_alert(row), (opened, *changes), len(times), median(lengths) if lengths else None)
