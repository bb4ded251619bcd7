"""Alerts that are and were, as asked for: what the store has, what waits for it, and how open ones stand now."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from magflow_tui.contract.alerts import Alert, AlertChange, AlertDetail, AlertPage
from magflow_tui.engine.alerts.ledger import Ledger
from magflow_tui.engine.alerts.open_alerts import OpenAlerts
from magflow_tui.monitor.runbooks import runbook_for
from magflow_tui.store import Store, StoreError
from magflow_tui.store.alert_history import AlertsAsked, alert_story, list_alerts

log = logging.getLogger(__name__)

#: How far back alerts like one are counted.
COUNTED: Final = timedelta(days=30)


class UnknownAlertError(Exception):
    """There is no alert of this number, now or ever."""

    def __init__(self, alert_id: int) -> None:
        super().__init__(f"there is no alert {alert_id}")
        self.alert_id = alert_id


class AlertArchive:
    """Reads the past. Raises StoreError when the store cannot be read; that it cannot be written is no reason."""

    def __init__(self, store: Store, ledger: Ledger, opened: OpenAlerts, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._ledger = ledger
        self._open = opened
        self._now = now

    async def history(self, asked: AlertsAsked) -> AlertPage:
        """Alerts, open and closed, newest first."""
        await self._try_to_flush()
        page = await self._store.read(partial(list_alerts, asked=asked))
        waiting = self._waiting()
        newest = max((alert.alert_id for alert in page.alerts), default=0)
        unstored = [
            alert
            for number, alert in sorted(waiting.items(), reverse=True)
            if asked.before is None and number > newest and _is_asked(alert, asked)
        ]
        alerts = (self._as_of_now(waiting.get(alert.alert_id, alert)) for alert in (*unstored, *page.alerts))
        return page.model_copy(update={"alerts": tuple(alerts)})

    async def show(self, alert_id: int) -> AlertDetail:
        """One alert with all that is known of it. Raises UnknownAlertError."""
        await self._try_to_flush()
        waiting = self._waiting()
        story = await self._store.read(partial(alert_story, alert_id=alert_id, since=self._now() - COUNTED))
        found = waiting.get(alert_id, None if story is None else story.alert)
        if found is None:
            raise UnknownAlertError(alert_id)
        alert = self._as_of_now(found)
        detail = AlertDetail(
            alert=alert,
            runbook=runbook_for(alert.code, alert.cause.kind if alert.cause else None),
            changes=(AlertChange(at=alert.opened_at, kind="opened"),),
        )
        if story is None:
            return detail
        told = {"changes": story.changes, "times": story.times, "median_seconds": story.median_seconds}
        return detail.model_copy(update=told)

    async def is_known(self, alert_id: int) -> bool:
        """Whether there is, or was, an alert of this number in the store."""
        return await self._store.read(partial(alert_story, alert_id=alert_id, since=self._now())) is not None

    def _waiting(self) -> dict[int, Alert]:
        """Alerts that the store does not have as they are, by number."""
        return {alert.alert_id: alert for alert in self._ledger.pending}

    def _as_of_now(self, alert: Alert) -> Alert:
        found = self._open.same(alert)
        return alert if found is None else self._open.as_of_now(found)

    async def _try_to_flush(self) -> None:
        """Have the store be as far as we are; where it refuses, what waits is shown from here."""
        try:
            await self._ledger.flush()
        except StoreError as error:
            log.warning("alerts wait for the store: %s", error.message)


def _is_asked(alert: Alert, asked: AlertsAsked) -> bool:
    is_of = asked.account in (None, alert.account) and asked.code in (None, alert.code)
    return is_of and (asked.since is None or alert.closed_at is None or alert.closed_at >= asked.since)
