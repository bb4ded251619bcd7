"""The open alerts as of now: with what the monitor reads of them, muted where a mute holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from magflow_tui.contract.alerts import Alert, Mute, MuteAlerts
from magflow_tui.monitor.advice import ADVICE, advice_for
from magflow_tui.monitor.alerts import AlertKey, Standing


class OpenAlerts:
    """Alerts by code and account, in the order of their numbers, and the mutes that hold. `now` gives aware time.

    `standing_of` tells what is read of one now, None where nothing is known.
    """

    def __init__(self, now: Callable[[], datetime], standing_of: Callable[[AlertKey], Standing | None]) -> None:
        self._now = now
        self._standing_of = standing_of
        self._alerts: dict[AlertKey, Alert] = {}
        self._mutes: dict[int, Mute] = {}

    def __iter__(self) -> Iterator[Alert]:
        """As they last stood, oldest first."""
        return iter(tuple(self._alerts.values()))

    def put(self, alert: Alert) -> None:
        """Take in an alert that opened, or what became of one that is open."""
        self._alerts[alert.code, alert.account] = alert

    def take(self, key: AlertKey) -> Alert | None:
        """Take out the alert that closes; None where there is none."""
        return self._alerts.pop(key, None)

    def same(self, alert: Alert) -> Alert | None:
        """The alert of the same number as it last stood, None when it is not open."""
        found = self._alerts.get((alert.code, alert.account))
        return found if found is not None and found.alert_id == alert.alert_id else None

    def shown(self, among: Collection[int] | None = None) -> tuple[Alert, ...]:
        """All of them, or those of some numbers, as of now, newest first."""
        found = reversed(self._alerts.values())
        return tuple(self.as_of_now(alert) for alert in found if among is None or alert.alert_id in among)

    def as_of_now(self, alert: Alert) -> Alert:
        """An open alert with its value, its cause and its state."""
        alert = self.standing(alert)
        mute = self.mute_of(alert, self._now())
        if mute is not None:
            return alert.model_copy(update={"state": "muted", "muted_until": mute.until, "muted_by": mute.by})
        return alert.model_copy(update={"state": "new" if alert.acked_at is None else "acked"})

    def standing(self, alert: Alert) -> Alert:
        """An open alert with what was last read of it."""
        standing = self._standing_of((alert.code, alert.account))
        return alert if standing is None else with_standing(alert, standing)

    # Mutes.

    @property
    def mutes(self) -> tuple[Mute, ...]:
        """Those that hold now, newest first."""
        now = self._now()
        return tuple(mute for mute in reversed(self._mutes.values()) if mute.until > now)

    def put_mute(self, mute: Mute) -> None:
        """Take in a mute, in place of one of the same code and account."""
        same = [number for number, other in self._mutes.items() if _place(other) == _place(mute)]
        for number in same:
            del self._mutes[number]
        self._mutes[mute.mute_id] = mute

    def end_mute(self, mute_id: int) -> None:
        self._mutes.pop(mute_id, None)

    def ended_mutes(self) -> tuple[Mute, ...]:
        """Mutes whose time is over."""
        now = self._now()
        return tuple(mute for mute in self._mutes.values() if mute.until <= now)

    def mute_of(self, alert: Alert, at: datetime, *, but: Mute | None = None) -> Mute | None:
        """The mute that silences an alert for longest."""
        mutes = [mute for mute in self._mutes.values() if mute != but and mute.until > at and covers(mute, alert)]
        return max(mutes, key=lambda mute: mute.until, default=None)

    def heard_again(self, mute: Mute) -> tuple[Alert, ...]:
        """Open alerts that nothing silences once a mute is over."""
        now = self._now()
        return tuple(alert for alert in self if covers(mute, alert) and self.mute_of(alert, now, but=mute) is None)


def with_standing(alert: Alert, standing: Standing) -> Alert:
    """An alert as it stands, with what to do about its cause; what is not known at the moment stays as it was."""
    known: dict[str, object] = {"value": standing.value, "peak": standing.peak, "cause": standing.cause}
    if standing.cause is not None and alert.code in ADVICE:
        advice = advice_for(alert.code, standing.cause, account=alert.account)
        known |= {"advice": advice.en, "advice_ro": advice.ro}
    return alert.model_copy(update={name: value for name, value in known.items() if value is not None})


def covers(mute: Mute | MuteAlerts, alert: Alert) -> bool:
    """Whether a mute, or one that is asked for, silences an alert."""
    return mute.code == alert.code and mute.account in (None, alert.account)


def _place(mute: Mute) -> tuple[str, str | None]:
    return mute.code, mute.account
