"""Local time without a zone, its fold and its gap."""

from __future__ import annotations

import pytest

from magflow_tui.sandbox.localtime import LocalTime, month_after, parse_wall, wall_text

FOLD = 1_792_888_200  # 2026-10-25 03:30 EEST in Bucharest, the first time round


def test_text_is_local():
    assert LocalTime("Europe/Bucharest").text(1_790_000_000) == "2026-09-21 17:13:20"
    assert LocalTime("Europe/Budapest").text(1_790_000_000) == "2026-09-21 16:13:20"


def test_an_hour_in_autumn_comes_twice():
    time = LocalTime("Europe/Bucharest")
    assert time.text(FOLD) == time.text(FOLD + 3600) == "2026-10-25 03:30:00"
    assert time.moments(time.wall(FOLD)) == (FOLD, FOLD + 3600)


def test_any_other_wall_names_one_moment():
    time = LocalTime("Europe/Sofia")
    assert time.moments(time.wall(1_790_000_000)) == (1_790_000_000, 1_790_000_000)


@pytest.mark.parametrize(
    "text", ["2026-09-21", "2026-09-21T10:00:00", "2026-13-01 00:00:00", "2026-02-30 00:00:00", ""]
)
def test_only_the_documented_form_is_a_time(text: str):
    assert parse_wall(text) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-15 10:00:00", "2026-02-15 10:00:00"),
        ("2026-01-31 10:00:00", "2026-02-28 10:00:00"),
        ("2025-12-31 23:59:59", "2026-01-31 23:59:59"),
        ("2026-11-30 00:00:00", "2026-12-30 00:00:00"),
    ],
)
def test_a_month_is_a_calendar_month(start: str, end: str):
    wall = parse_wall(start)
    assert wall is not None
    assert wall_text(month_after(wall)) == end
