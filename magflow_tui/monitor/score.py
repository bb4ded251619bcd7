"""The health score: a pure function of four readings, every lost point with its cause and advice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from magflow_tui.contract.snapshot import HealthLevel, HealthMetric


@dataclass(frozen=True)
class Rule:
    """Points lost while a reading is on the wrong side of its threshold. `advice` tells an operator what to do."""

    metric: HealthMetric
    threshold: float
    wrong_side: Literal["above", "below"]
    unit: Literal["%", "ms"]
    points: int
    advice: str

    def broken_by(self, value: float | None) -> bool:
        if value is None:
            return False
        return value > self.threshold if self.wrong_side == "above" else value < self.threshold


RULES: tuple[Rule, ...] = (
    Rule("error_rate", 5.0, "above", "%", 30, "Open the request log and see which route fails and with what answer."),
    Rule(
        "response_time", 2000.0, "above", "ms", 20,
        "The marketplace or the line to it is slow: compare routes in the request log. Syncs take longer, no more.",
    ),
    Rule(
        "limit_use", 80.0, "above", "%", 20,
        "Expected during a full sync. Otherwise see which route spends it, and cap its job or reserve for operators.",
    ),
    Rule(
        "sync_success", 95.0, "below", "%", 30,
        "Open the runs that are not completed, read their reason, and start them again: they go on where they stopped.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Readings:
    """What the score is made of: rates and use 0..100 %, mean response in ms, None where there is no data."""

    error_rate: float | None = None
    mean_ms: float | None = None
    limit_use: float | None = None
    sync_success: float | None = None

    def of(self, metric: HealthMetric) -> float | None:
        return {
            "error_rate": self.error_rate,
            "response_time": self.mean_ms,
            "limit_use": self.limit_use,
            "sync_success": self.sync_success,
        }[metric]

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
