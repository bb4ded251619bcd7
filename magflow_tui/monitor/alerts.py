"""When alerts open and close: a condition must be broken for a while, then kept for a while, so that none flaps.

The arithmetic alone: no store, no events, no clock of its own. Time is counted between readings, and a reading stands
for what follows it until the next one, for some seconds at most: while the machine sleeps nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from magflow_tui.contract.alerts import Cause
from magflow_tui.contract.events import Severity
from magflow_tui.rules.findings import Words

#: Seconds for which a condition must have been broken, all spells together, before its alert opens.
OPEN_AFTER = 15.0
#: Seconds for which it must be kept, in one go, before the alert closes and earlier spells are forgotten.
CLOSE_AFTER = 60.0
#: Seconds that one reading stands for at most: twice the time of a tick that waited for a busy store.
STANDS_FOR = 10.0

#: Code and account; None where it is of no account.
AlertKey = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Condition:
    """What is looked at now, with what to say when it is broken.

    `broken` is None where that cannot be told at present: an open alert stays open then, and none opens. `worse` tells
    which way `value` is bad. Seconds: `open_after` of being broken in all, `close_after` of being kept.
    """

    key: AlertKey
    severity: Severity
    broken: bool | None
    message: Words
    advice: Words | None = None
    value: float | None = None
    threshold: float | None = None
    unit: str | None = None
    cause: Cause | None = None
    open_after: float = OPEN_AFTER
    close_after: float = CLOSE_AFTER
    worse: Literal["above", "below"] = "above"


@dataclass(frozen=True, slots=True)
class Standing:
    """An open alert now: its value, the worst value so far, its cause as last known, and since when it is open."""

    value: float | None
    peak: float | None
    cause: Cause | None
    since: datetime


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """An alert opened or closed at `at`. `condition` is as it was last found broken, `standing` how it stood then.

    An alert of an earlier life that was not found broken in this one ends with `nothing_known`.
    """

    kind: Literal["opened", "closed"]
    condition: Condition
    at: datetime
    standing: Standing | None = None

    @property
    def key(self) -> AlertKey:
        return self.condition.key


def nothing_known(key: AlertKey, *, broken: bool | None = None) -> Condition:
    """What stands for a condition of which there is nothing to say."""
    return Condition(key, "info", broken, message=Words("", ""))


@dataclass(slots=True)
class _Spell:
    """What is remembered of one condition, from its first broken reading until it was kept for long enough.

    `read` is the last reading, `found` the last one that was broken.
    """

    read: Condition
    found: Condition
    read_at: datetime
    broken_seconds: float = 0.0
    kept_seconds: float = 0.0
    opened_at: datetime | None = None
    peak: float | None = None
    cause: Cause | None = None

    def take(self, condition: Condition, now: datetime) -> None:
        """Add the time since the last reading to what that reading said, then take in this one."""
        seconds = min(max((now - self.read_at).total_seconds(), 0.0), STANDS_FOR)
        if self.read.broken:
            self.broken_seconds += seconds
        elif self.read.broken is False:
            self.kept_seconds += seconds
        if condition.broken:
            self.kept_seconds = 0.0
            self.found = condition
            self.cause = condition.cause or self.cause
            self.peak = worst(self.peak, condition.value, condition.worse)
        self.read = condition
        self.read_at = now

    def standing(self, condition: Condition) -> Standing | None:
        """How the alert stands by a reading; None when it is not open."""
        if self.opened_at is None:
            return None
        return Standing(condition.value, self.peak, self.cause, self.opened_at)


class AlertWatch:
    """Fed with every condition once a second or so. Keeps something only of those that are, or lately were, broken."""

    def __init__(self) -> None:
        self._spells: dict[AlertKey, _Spell] = {}

    def restore(
        self,
        opened: Iterable[tuple[AlertKey, datetime]],
        now: datetime,
        peaks: Mapping[AlertKey, float] | None = None,
    ) -> None:
        """Go on with alerts that were open when an engine ended: each with the moment it opened at, and its peak.

        Still broken, it is the same alert; kept, it closes as any other.
        """
        for key, opened_at in opened:
            nothing = nothing_known(key)
            peak = (peaks or {}).get(key)
            self._spells[key] = _Spell(nothing, nothing, now, opened_at=opened_at, peak=peak)

    def observe(self, conditions: Iterable[Condition], now: datetime) -> tuple[AlertEvent, ...]:
        """Take in what is read now; answers what opened and closed. A condition that is left out counts as kept."""
        read = {condition.key: condition for condition in conditions}
        left_out = [nothing_known(key, broken=False) for key in self._spells if key not in read]
        events = [self._follow(condition, now) for condition in [*read.values(), *left_out]]
        return tuple(event for event in events if event is not None)

    def _follow(self, condition: Condition, now: datetime) -> AlertEvent | None:
        spell = self._spells.get(condition.key)
        if spell is None:
            if not condition.broken:
                return None
            spell = self._spells[condition.key] = _Spell(condition, condition, now)
        spell.take(condition, now)
        if condition.broken:
            # Opened only by a reading that is broken: what it says is true at that moment.
            if spell.opened_at is None and spell.broken_seconds >= condition.open_after:
                spell.opened_at = now
                return AlertEvent("opened", condition, now, spell.standing(condition))
        elif condition.broken is False and spell.kept_seconds >= condition.close_after:
            del self._spells[condition.key]
            if spell.opened_at is not None:
                return AlertEvent("closed", spell.found, now, spell.standing(spell.found))
        return None

    def standing(self, key: AlertKey) -> Standing | None:
        """How an open alert stands; None when none is open."""
        spell = self._spells.get(key)
        return None if spell is None else spell.standing(spell.read)


def worst(one: float | None, other: float | None, worse: Literal["above", "below"]) -> float | None:
    """The worse of two values of which any may be unknown."""
    known = [value for value in (one, other) if value is not None]
    if not known:
        return None
    return max(known) if worse == "above" else min(known)
