"""The health score: a pure function of four readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from magflow_tui.contract.snapshot import HealthLevel, HealthMetric


@dataclass(frozen=True, slots=True)
class Rule:
    """Points lost while a reading is on the wrong side of its threshold; at the threshold itself none are."""

    metric: HealthMetric
    threshold: float
    wrong_side: Literal["above", "below"]
    unit: Literal["%", "ms"]
    points: int

    def broken_by(self, value: float | None) -> bool:
        if value is None:
            return False
        return value > self.threshold if self.wrong_side == "above" else value < self.threshold


RULES: tuple[Rule, ...] = (
    Rule("error_rate", 5.0, "above", "%", 30),
    Rule("response_time", 2000.0, "above", "ms", 20),
    Rule("limit_use", 80.0, "above", "%", 20),
    Rule("sync_success", 95.0, "below", "%", 30),
)
RULE_OF: Mapping[HealthMetric, Rule] = {rule.metric: rule for rule in RULES}


def percentage(part: int, whole: int) -> float | None:
    """`part` of `whole` in %, None of nothing. Rounded once, so that 19 of 20 are 95 % and not a hair less."""
    return 100 * part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Readings:
    """What the score is made of: rates and use 0..100 %, mean response in ms, None where there is no data."""

    error_rate: float | None = None
    mean_ms: float | None = None
    limit_use: float | None = None
    sync_success: float | None = None

    def of(self, metric: HealthMetric) -> float | None:
        match metric:
            case "error_rate":
                return self.error_rate
            case "response_time":
                return self.mean_ms
            case "limit_use":
                return self.limit_use
            case "sync_success":
                return self.sync_success

    @property
    def known(self) -> bool:
        """Whether anything happened: an unused limit alone tells nothing about health."""
        return self.error_rate is not None or self.sync_success is not None


def broken_rules(readings: Readings) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.broken_by(readings.of(rule.metric)))


def score(readings: Readings) -> int | None:
    """100 minus the points of every broken rule; None without data."""
    return 100 - points(broken_rules(readings)) if readings.known else None


def points(rules: Iterable[Rule]) -> int:
    return sum(rule.points for rule in rules)


def level(value: int | None) -> HealthLevel:
    """90 is healthy, 70 degraded, 50 warning, below critical; no score is unknown."""
    if value is None:
        return "unknown"
    if value >= 90:
        return "healthy"
    if value >= 70:
        return "degraded"
    return "warning" if value >= 50 else "critical"
