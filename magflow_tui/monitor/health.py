"""Health over time: since when points are lost, and a value a minute for an hour."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from magflow_tui.contract.alerts import Cause
from magflow_tui.contract.snapshot import Health, HealthLevel, HealthLine
from magflow_tui.monitor.advice import advice_for
from magflow_tui.monitor.score import RULES, Readings, Rule, level, score
from magflow_tui.monitor.sentences import rounded

HISTORY_MINUTES = 60


@dataclass(slots=True)
class _Watch:
    """What is remembered of one rule: `broken_since` is the start of the present breach, `cause` what is behind it."""

    rule: Rule
    history: deque[float | None] = field(default_factory=lambda: deque(maxlen=HISTORY_MINUTES))
    broken_since: datetime | None = None
    cause: Cause | None = None


class HealthWatch:
    """The score of one account, or of all together. Fed every second or so; `now` is aware."""

    def __init__(self) -> None:
        self._watches = tuple(_Watch(rule) for rule in RULES)
        self._scores: deque[int | None] = deque(maxlen=HISTORY_MINUTES)
        self._readings = Readings()
        self._minute: datetime | None = None

    def observe(self, readings: Readings, now: datetime, cause: Callable[[Rule], Cause | None]) -> None:
        """Take in new readings. `cause` is asked what breaks a rule, of broken ones alone."""
        minute = now.replace(second=0, microsecond=0)
        if self._minute is not None and minute > self._minute:
            self._end_minute(skipped=(minute - self._minute) // timedelta(minutes=1) - 1)
        self._minute = minute
        self._readings = readings
        for watch in self._watches:
            if watch.rule.broken_by(readings.of(watch.rule.metric)):
                watch.broken_since = watch.broken_since or now
                watch.cause = cause(watch.rule)
            else:
                watch.broken_since = watch.cause = None

    def _end_minute(self, skipped: int) -> None:
        """Keep the readings of the minute that is over; minutes that nobody saw (the machine slept) are gaps."""
        gaps = min(skipped, HISTORY_MINUTES)
        self._scores.extend([self.score, *[None] * gaps])
        for watch in self._watches:
            value = self._readings.of(watch.rule.metric)
            kept = None if value is None else rounded(value, watch.rule.threshold)
            watch.history.extend([kept, *[None] * gaps])

    @property
    def score(self) -> int | None:
        return score(self._readings)

    @property
    def level(self) -> HealthLevel:
        return level(self.score)

    def cause(self, rule: Rule) -> Cause | None:
        """What breaks a rule now; None while it is kept."""
        return next(watch.cause for watch in self._watches if watch.rule is rule)

    def health(self) -> Health:
        """The score with its four lines, the most expensive first."""
        return Health(score=self.score, level=self.level, lines=self.lines(), history=tuple(self._scores))

    def lines(self, *, history: bool = True) -> tuple[HealthLine, ...]:
        """The four lines, the most expensive first, with or without their last hour."""
        lines = [self._line(watch, history) for watch in self._watches]
        return tuple(sorted(lines, key=lambda line: -line.penalty))

    def _line(self, watch: _Watch, history: bool) -> HealthLine:
        rule, cause = watch.rule, watch.cause
        value = self._readings.of(rule.metric)
        broken = watch.broken_since is not None
        advice = advice_for(f"health.{rule.metric}", cause) if broken else None
        return HealthLine(
            metric=rule.metric,
            value=None if value is None else rounded(value, rule.threshold),
            threshold=rule.threshold,
            unit=rule.unit,
            penalty=rule.points if broken else 0,
            points=rule.points,
            since=watch.broken_since,
            cause=None if cause is None else cause.text,
            advice=None if advice is None else advice.en,
            advice_ro=None if advice is None else advice.ro,
            because=cause,
            history=tuple(watch.history) if history else (),
        )
