"""Health over time: since when points are lost, by what, what to do, and a value a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from magflow_tui.contract.alerts import Cause, CauseKind
from magflow_tui.monitor.health import HealthWatch
from magflow_tui.monitor.score import Readings, Rule

START = datetime(2026, 3, 2, 10, 0, 30, tzinfo=UTC)
GOOD = Readings(error_rate=0.0, mean_ms=100.0, limit_use=10.0, sync_success=100.0)
FAILING = Readings(error_rate=20.0, mean_ms=100.0, limit_use=10.0, sync_success=100.0)


def cause_of(kind: CauseKind) -> Cause:
    return Cause(kind=kind, text="order/read of shop", text_ro="order/read al contului shop", account="shop")


def cause(rule: Rule) -> Cause | None:
    return cause_of("server_error") if rule.metric == "error_rate" else None


def observe(watch: HealthWatch, readings: Readings, seconds: float) -> None:
    watch.observe(readings, START + timedelta(seconds=seconds), cause)


def test_a_lost_point_says_since_when_by_what_and_what_to_do() -> None:
    watch = HealthWatch()
    observe(watch, GOOD, 0)
    observe(watch, FAILING, 5)
    observe(watch, FAILING, 9)
    health = watch.health()
    assert (health.score, health.level) == (70, "degraded")
    line = health.lines[0]
    assert (line.metric, line.value, line.threshold, line.penalty) == ("error_rate", 20.0, 5.0, 30)
    assert line.since == START + timedelta(seconds=5)
    assert line.because == cause_of("server_error")
    assert line.cause == "order/read of shop"
    assert "The marketplace has trouble" in str(line.advice)
    assert "Marketplace-ul are probleme" in str(line.advice_ro)
    for other in health.lines[1:]:
        assert (other.penalty, other.advice, other.advice_ro, other.since, other.because) == (0, None, None, None, None)


def test_since_is_the_start_of_the_present_breach() -> None:
    watch = HealthWatch()
    for second, readings in enumerate([FAILING, FAILING, GOOD, FAILING, FAILING]):
        observe(watch, readings, second)
    assert watch.health().lines[0].since == START + timedelta(seconds=3)


def test_advice_depends_on_what_stands_behind() -> None:
    advice = set()
    for kind in ("rate_limited", "server_error", "no_answer", "credentials", "refused", "none"):
        watch = HealthWatch()
        watch.observe(FAILING, START, lambda rule, kind=kind: cause_of(kind))  # type: ignore[misc]
        line = watch.health().lines[0]
        advice.add((line.advice, line.advice_ro))
    assert len(advice) == 6


def test_a_value_is_never_shown_as_its_own_threshold() -> None:
    watch = HealthWatch()
    observe(watch, Readings(error_rate=5.003, mean_ms=2000.04, limit_use=80.0, sync_success=94.96), 0)
    shown = {line.metric: (line.value, line.penalty) for line in watch.health().lines}
    assert shown == {
        "error_rate": (5.003, 30),
        "response_time": (2000.04, 20),
        "limit_use": (80.0, 0),
        "sync_success": (94.96, 30),
    }


def test_the_most_expensive_line_comes_first() -> None:
    watch = HealthWatch()
    observe(watch, Readings(error_rate=0.0, mean_ms=9000.0, limit_use=10.0, sync_success=50.0), 0)
    assert [line.metric for line in watch.health().lines[:2]] == ["sync_success", "response_time"]


def test_history_holds_a_value_for_each_minute_and_an_hour_of_them() -> None:
    watch = HealthWatch()
    for second in range(0, 65 * 60, 10):
        observe(watch, GOOD if second < 60 * 60 else FAILING, second)
    health = watch.health()
    assert len(health.history) == 60
    assert health.history[0] == 100
    assert health.history[-1] == 70
    assert next(line for line in health.lines if line.metric == "error_rate").history[-1] == 20.0
    assert all(line.history == () for line in watch.lines(history=False))


def test_without_data_health_is_unknown() -> None:
    watch = HealthWatch()
    observe(watch, Readings(limit_use=0.0), 0)
    health = watch.health()
    assert (health.score, health.level) == (None, "unknown")


def test_minutes_that_nobody_saw_are_gaps_and_not_good_ones() -> None:
    watch = HealthWatch()
    observe(watch, GOOD, 0)
    observe(watch, FAILING, 60)
    observe(watch, GOOD, 300)
    health = watch.health()
    assert health.history == (100, 70, None, None, None)
    assert health.lines[0].history == (0.0, 20.0, None, None, None)
    observe(watch, GOOD, 90_000)
    assert watch.health().history == (None,) * 60
