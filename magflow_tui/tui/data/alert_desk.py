"""What is known of alerts beside the open ones: what is over, what to do, and one of them whole. Read, never pushed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import Watched

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.alerts import Alert, AlertDetail, Runbook
    from magflow_tui.contract.snapshot import Snapshot

#: Alerts that are read of the history, and those that are kept whole.
PAST_ALERTS, DETAILS = 50, 32


class AlertDesk:
    """Read once, and anew when an alert has opened or closed (`stamp`). What operators did with alerts is not kept."""

    def __init__(self) -> None:
        #: When the operator last looked before now.
        self.looked_at: datetime | None = None
        self._over: tuple[Alert, ...] = ()
        self._runbooks: Mapping[tuple[str, str | None], Runbook] = {}
        self._details: dict[int, tuple[Hashable, AlertDetail]] = {}
        self._once = False
        self._have: Hashable = None
        self._shown: Watched | None = None

    @property
    def ready(self) -> bool:
        """Whether it is known when the operator last looked."""
        return self._once

    def lacks(self, snapshot: Snapshot) -> bool:
        """Whether an alert has opened or closed since the history was read."""
        return self._have != _stamp(snapshot)

    async def read(self, client: EngineClient, snapshot: Snapshot, by: str) -> None:
        """Read what is over; the first time also when `by` last looked, and every runbook. Raises `EngineError`."""
        stamp = _stamp(snapshot)
        if not self._once:
            self.looked_at = (await client.alerts.last_look(by)).at
            runbooks = (await client.alerts.runbooks()).runbooks
            self._runbooks = {(book.code, book.cause): book for book in runbooks}
            self._once = True
        page = await client.alerts.history(limit=PAST_ALERTS)
        over = [(alert.closed_at, alert) for alert in page.alerts if alert.closed_at is not None]
        self._over = tuple(alert for _, alert in sorted(over, key=lambda each: each[0], reverse=True))
        self._have = stamp
        self._shown = None

    def look_from(self, at: datetime) -> None:
        """The operator was away: what has closed since then is new to them."""
        self.looked_at = at
        self._shown = None

    def alert(self, number: object, snapshot: Snapshot | None) -> Alert | None:
        """An alert by its number, open or over."""
        opened = snapshot.alerts if snapshot is not None else ()
        return next((alert for alert in (*opened, *self._over) if alert.alert_id == number), None)

    def has_detail(self, alert: Alert) -> bool:
        """Whether an alert was read whole since somebody last did something with it."""
        return self._details.get(alert.alert_id, (None,))[0] == _said(alert)

    async def read_detail(self, client: EngineClient, alert: Alert) -> None:
        """Read an alert whole. Raises `EngineError`."""
        detail = await client.alerts.show(alert.alert_id)
        self._details.pop(alert.alert_id, None)
        self._details[alert.alert_id] = (_said(alert), detail)
        while len(self._details) > DETAILS:
            del self._details[next(iter(self._details))]
        self._shown = None

    def shown(self, key: object) -> Watched:
        """As it is to be drawn, with the alert of a key whole where it has been read."""
        detail = self._details.get(key, (None, None))[1] if isinstance(key, int) else None
        if self._shown is None or self._shown.detail is not detail:
            self._shown = Watched(self.looked_at, self._over, self._runbooks, detail)
        return self._shown


def _stamp(snapshot: Snapshot) -> Hashable:
    return frozenset(alert.alert_id for alert in snapshot.alerts)


def _said(alert: Alert) -> Hashable:
    """What operators, and time, have done with an alert."""
    return alert.state, alert.acked_at, alert.muted_until
