"""Health over time: since when points are lost and by what, a value a minute for an hour, alerts that do not flap."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from magflow_tui.contract.snapshot import Alert, Health, HealthLine, HealthMetric
from magflow_tui.monitor.score import RULES, Readings, Rule, level, score

#: A rule must be broken for this long before it alerts, and kept for this long before the alert closes, in seconds.
OPEN_AFTER = 15.0
CLOSE_AFTER = 60.0
HISTORY_MINUTES = 60


@dataclass(frozen=True)
class AlertChange:
    """An alert that opened or closed just now."""

    kind: Literal["opened", "closed"]
    alert: Alert


@dataclass
class _Watch:
    """What is remembered of one rule."""

    rule: Rule
    history: deque[float | None] = field(default_factory=lambda: deque(maxlen=HISTORY_MINUTES))
    broken_since: datetime | None = None
    kept_since: datetime | None = None
    alert: Alert | None = None


class HealthWatch:
    """Fed with readings every second or so; `now` is aware and never goes back."""

    def __init__(self, *, open_after: float = OPEN_AFTER, close_after: float = CLOSE_AFTER) -> None:
        self._open_after = open_after
        self._close_after = close_after
        self._watches: dict[HealthMetric, _Watch] = {rule.metric: _Watch(rule) for rule in RULES}
        self._scores: deque[int | None] = deque(maxlen=HISTORY_MINUTES)
        self._readings = Readings()
        self._minute: datetime | None = None
        self._next_id = 1

    def observe(
        self, readings: Readings, now: datetime, cause: Callable[[HealthMetric], str | None]
    ) -> tuple[AlertChange, ...]:
        """Take in new readings. `cause` is asked what breaks a rule only when an alert opens."""
        minute = now.replace(second=0, microsecond=0)
        if self._minute is not None and minute > self._minute:
            self._end_minute(skipped=(minute - self._minute) // timedelta(minutes=1) - 1)
        self._minute = minute
        self._readings = readings
        return tuple(change for watch in self._watches.values() for change in self._follow(watch, now, cause))

    def _end_minute(self, skipped: int) -> None:
        """Keep the readings of the minute that is over; minutes that nobody saw (the machine slept) are gaps."""
        gaps = min(skipped, HISTORY_MINUTES)
        self._scores.extend([score(self._readings), *[None] * gaps])
        for watch in self._watches.values():
            watch.history.extend([self._readings.of(watch.rule.metric), *[None] * gaps])

    def _follow(
        self, watch: _Watch, now: datetime, cause: Callable[[HealthMetric], str | None]
    ) -> tuple[AlertChange, ...]:
        if watch.rule.broken_by(self._readings.of(watch.rule.metric)):
            watch.kept_since = None
            watch.broken_since = watch.broken_since or now
            if watch.alert is None and (now - watch.broken_since).total_seconds() >= self._open_after:
                watch.alert = self._open(watch, now, cause(watch.rule.metric))
                return (AlertChange("opened", watch.alert),)
            return ()
        watch.broken_since = None
        watch.kept_since = watch.kept_since or now
        if watch.alert is not None and (now - watch.kept_since).total_seconds() >= self._close_after:
            closed, watch.alert = watch.alert, None
            return (AlertChange("closed", closed),)
        return ()

    def _open(self, watch: _Watch, now: datetime, cause: str | None) -> Alert:
        rule = watch.rule
        alert = Alert(
            alert_id=self._next_id,
            severity="critical" if rule.points >= 30 else "warning",
            code=f"health.{rule.metric}",
            message=f"{describe(rule, self._readings.of(rule.metric))}{f': {cause}' if cause else ''}",
            account=None,
            opened_at=now,
            advice=rule.advice,
        )
        self._next_id += 1
        return alert

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Open alerts, newest first."""
        alerts = [watch.alert for watch in self._watches.values() if watch.alert is not None]
        return tuple(sorted(alerts, key=lambda alert: -alert.alert_id))

    def health(self, cause: Callable[[HealthMetric], str | None]) -> Health:
        """The score with its four lines, the most expensive first."""
        value = score(self._readings)
        lines = sorted((self._line(watch, cause) for watch in self._watches.values()), key=lambda line: -line.penalty)
        return Health(score=value, level=level(value), lines=tuple(lines), history=tuple(self._scores))

    def _line(self, watch: _Watch, cause: Callable[[HealthMetric], str | None]) -> HealthLine:
        rule = watch.rule
        value = self._readings.of(rule.metric)
        broken = rule.broken_by(value)
        return HealthLine(
            metric=rule.metric,
            value=None if value is None else round(value, 1),
            threshold=rule.threshold,
            unit=rule.unit,
            penalty=rule.points if broken else 0,
            points=rule.points,
            since=watch.broken_since if broken else None,
            cause=cause(rule.metric) if broken else None,
            advice=rule.advice if broken else None,
            history=tuple(None if past is None else round(past, 1) for past in watch.history),
        )


_TITLES: Mapping[HealthMetric, str] = {
    "error_rate": "Error rate",
    "response_time": "Mean response",
    "limit_use": "Limit use",
    "sync_success": "Sync success",
}


def describe(rule: Rule, value: float | None) -> str:
    """`Error rate 12.0 % (allowed: 5 %)`."""
    shown = "unknown" if value is None else f"{value:.1f} {rule.unit}"
    bound = "at most" if rule.wrong_side == "above" else "at least"
    return f"{_TITLES[rule.metric]} {shown} ({bound} {rule.threshold:g} {rule.unit})"
