"""The score table of the health score, borders included."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.snapshot import HealthLevel
from magflow_tui.monitor.score import RULE_OF, RULES, Readings, broken_rules, level, percentage, score

GOOD = {"error_rate": 0.0, "mean_ms": 100.0, "limit_use": 10.0, "sync_success": 100.0}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 100),
        ({"error_rate": 5.0}, 100),
        ({"error_rate": 5.01}, 70),
        ({"mean_ms": 2000.0}, 100),
        ({"mean_ms": 2000.001}, 80),
        ({"limit_use": 80.0}, 100),
        ({"limit_use": 80.1}, 80),
        ({"sync_success": 95.0}, 100),
        ({"sync_success": 94.9}, 70),
        ({"error_rate": 6.0, "sync_success": 50.0}, 40),
        ({"mean_ms": 3000.0, "limit_use": 99.0}, 60),
        ({"error_rate": 100.0, "mean_ms": 9000.0, "limit_use": 100.0, "sync_success": 0.0}, 0),
        ({"sync_success": None}, 100),
        ({"error_rate": None, "mean_ms": None}, 100),
    ],
)
def test_each_broken_rule_costs_its_points(changes: dict[str, float | None], expected: int) -> None:
    assert score(Readings(**(GOOD | changes))) == expected


def test_no_data_is_unknown_and_not_a_hundred() -> None:
    assert score(Readings()) is None
    assert score(Readings(limit_use=0.0)) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "unknown"), (100, "healthy"), (90, "healthy"), (89, "degraded"), (70, "degraded"), (69, "warning"),
        (50, "warning"), (49, "critical"), (0, "critical"),
    ],
)  # fmt: skip
def test_levels_begin_at_90_70_and_50(value: int | None, expected: HealthLevel) -> None:
    assert level(value) == expected


def test_all_points_make_a_hundred() -> None:
    assert sum(rule.points for rule in RULES) == 100
    assert [rule.metric for rule in broken_rules(Readings(limit_use=90.0))] == ["limit_use"]


@given(whole=st.integers(1, 5_000_000), part=st.integers(0, 5_000_000))
def test_a_share_is_judged_as_exactly_as_a_fraction_would_be(whole: int, part: int) -> None:
    part %= whole + 1
    exact, value = Fraction(100 * part, whole), percentage(part, whole)
    assert RULE_OF["error_rate"].broken_by(value) == (exact > 5)
    assert RULE_OF["limit_use"].broken_by(value) == (exact > 80)
    assert RULE_OF["sync_success"].broken_by(value) == (exact < 95)


@given(st.integers(1, 200_000))
def test_at_the_threshold_itself_nothing_is_lost(count: int) -> None:
    assert percentage(count, 20 * count) == 5.0
    assert percentage(4 * count, 5 * count) == 80.0
    assert percentage(19 * count, 20 * count) == 95.0
    assert percentage(0, 0) is None
