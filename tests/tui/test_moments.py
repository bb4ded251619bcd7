"""Moments as operators write them: days, times, and how far off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.views.moments import LONGEST, moment

ZONE = timezone(timedelta(hours=2))
NOW = datetime(2026, 3, 14, 10, 4, tzinfo=UTC)  # 12:04 on the wall


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("36h", NOW + timedelta(hours=36)),
        (" 2 D ", NOW + timedelta(days=2)),
        ("14:30", datetime(2026, 3, 14, 14, 30, tzinfo=ZONE)),
        ("9:30", datetime(2026, 3, 15, 9, 30, tzinfo=ZONE)),
        ("03-21", datetime(2026, 3, 21, tzinfo=ZONE)),
        ("03-21 9:30", datetime(2026, 3, 21, 9, 30, tzinfo=ZONE)),
        ("01-02", datetime(2027, 1, 2, tzinfo=ZONE)),
        ("2026-12-24 08:00", datetime(2026, 12, 24, 8, 0, tzinfo=ZONE)),
    ],
)
def test_a_moment_is_read_by_the_clock_on_the_wall(text: str, expected: datetime) -> None:
    assert moment(text, NOW, ZONE) == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "0h", "2020-01-01", "2029-01-01", "02-30", "25:00", "12:61", "999d", "١d"]
)
def test_what_is_none_or_is_past_or_too_far_off_is_none(text: str) -> None:
    assert moment(text, NOW, ZONE) is None


@given(text=st.one_of(st.text(max_size=16), st.from_regex(r"[0-9]{0,4}-?[0-9]{1,2}-[0-9]{1,2} ?[0-9:]{0,5}")))
def test_any_text_is_a_moment_ahead_within_a_year_or_none(text: str) -> None:
    found = moment(text, NOW, ZONE)
    assert found is None or NOW < found <= NOW + LONGEST


def test_a_day_has_the_offset_of_its_own_season() -> None:
    bucharest = ZoneInfo("Europe/Bucharest")
    assert moment("2026-07-01 09:00", NOW, bucharest) == datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


def test_an_exact_time_is_taken_with_its_own_offset() -> None:
    assert moment("2026-07-01T10:00:00+03:00", NOW, ZONE) == datetime(2026, 7, 1, 7, tzinfo=UTC)
