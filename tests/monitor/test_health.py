"""Health over time: since when points are lost, and alerts that do not flap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from magflow_tui.contract.snapshot import HealthMetric
from magflow_tui.monitor.health import AlertChange, HealthWatch
from magflow_tui.monitor.score import Readings

START = datetime(2026, 3, 2, 10, 0, 30, tzinfo=UTC)
GOOD = Readings(error_rate=0.0, mean_ms=100.0, limit_use=10.0, sync_success=100.0)
FAILING = Readings(error_rate=20.0, mean_ms=100.0, limit_use=10.0, sync_success=100.0)


def cause(metric: HealthMetric) -> str | None:
    return "order/read of shop" if metric == "error_rate" else None


def observe(watch: HealthWatch, readings: Readings, seconds: float) -> list[AlertChange]:
    return list(watch.observe(readings, START + timedelta(seconds=seconds), cause))


def test_a_lost_point_says_since_when_by_what_and_what_to_do() -> None:
    watch = HealthWatch()
    observe(watch, GOOD, 0)
    observe(watch, FAILING, 5)
    observe(watch, FAILING, 9)
    health = watch.health(cause)
    assert (health.score, health.level) == (70, "degraded")
    line = health.lines[0]
    assert (line.metric, line.penalty, line.since) == ("error_rate", 30, START + timedelta(seconds=5))
    assert line.cause == "order/read of shop"
    assert line.advice
    assert all(other.penalty == 0 and other.advice is None and other.since is None for other in health.lines[1:])


def test_an_alert_opens_when_a_rule_stays_broken_and_only_once() -> None:
    watch = HealthWatch(open_after=15, close_after=60)
    assert observe(watch, FAILING, 0) == []
    assert observe(watch, FAILING, 14.9) == []
    (opened,) = observe(watch, FAILING, 15)
    assert opened.kind == "opened"
    assert opened.alert.severity == "critical"
    assert "Error rate 20.0 %" in opened.alert.message
    assert "order/read of shop" in opened.alert.message
    assert observe(watch, FAILING, 16) == []
    assert watch.alerts == (opened.alert,)


def test_a_short_bad_spell_opens_nothing() -> None:
    watch = HealthWatch(open_after=15)
    for second in range(0, 200, 10):
        assert observe(watch, FAILING if second % 20 else GOOD, second) == []


def test_a_short_good_spell_does_not_close_an_alert() -> None:
    watch = HealthWatch(open_after=0, close_after=60)
    (opened,) = observe(watch, FAILING, 0)
    assert observe(watch, GOOD, 10) == []
    assert observe(watch, FAILING, 30) == []
    assert observe(watch, GOOD, 40) == []
    assert observe(watch, GOOD, 99) == []
    (closed,) = observe(watch, GOOD, 100)
    assert (closed.kind, closed.alert) == ("closed", opened.alert)
    assert watch.alerts == ()


def test_history_holds_a_value_for_each_minute_and_an_hour_of_them() -> None:
    watch = HealthWatch()
    for second in range(0, 65 * 60, 10):
        observe(watch, GOOD if second < 60 * 60 else FAILING, second)
    health = watch.health(cause)
    assert len(health.history) == 60
    assert health.history[0] == 100
    assert health.history[-1] == 70
    assert next(line for line in health.lines if line.metric == "error_rate").history[-1] == 20.0


def test_without_data_health_is_unknown() -> None:
    watch = HealthWatch()
    observe(watch, Readings(limit_use=0.0), 0)
    health = watch.health(cause)
    assert (health.score, health.level) == (None, "unknown")


def test_minutes_that_nobody_saw_are_gaps_and_not_good_ones() -> None:
    watch = HealthWatch()
    observe(watch, GOOD, 0)
    observe(watch, FAILING, 60)
    observe(watch, GOOD, 300)
    health = watch.health(cause)
    assert health.history == (100, 70, None, None, None)
    assert health.lines[0].history == (0.0, 20.0, None, None, None)
    observe(watch, GOOD, 90_000)
    assert watch.health(cause).history == (None,) * 60
