"""Moments as operators write them, ahead and behind: days, times, and how far off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.views.moments import LONGEST, moment, past_moment

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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03:00", datetime(2026, 3, 14, 3, 0, tzinfo=ZONE)),
        ("12:04", datetime(2026, 3, 14, 12, 4, tzinfo=ZONE)),
        ("12:05", datetime(2026, 3, 13, 12, 5, tzinfo=ZONE)),
        ("yesterday 03:00", datetime(2026, 3, 13, 3, 0, tzinfo=ZONE)),
        ("Ieri  3:00", datetime(2026, 3, 13, 3, 0, tzinfo=ZONE)),
        ("azi 09:30", datetime(2026, 3, 14, 9, 30, tzinfo=ZONE)),
        ("-2h", NOW - timedelta(hours=2)),
        ("- 2 h", NOW - timedelta(hours=2)),
        ("2h", NOW - timedelta(hours=2)),
        ("1d2h30m", NOW - timedelta(hours=26, minutes=30)),
        ("11-21 03:00", datetime(2025, 11, 21, 3, 0, tzinfo=ZONE)),
        ("03-13", datetime(2026, 3, 13, tzinfo=ZONE)),
        ("03-15 01:00", datetime(2025, 3, 15, 1, 0, tzinfo=ZONE)),
        ("2026-03-01 03:00", datetime(2026, 3, 1, 3, 0, tzinfo=ZONE)),
        ("2026-03-01T03:00", datetime(2026, 3, 1, 3, 0, tzinfo=ZONE)),
        ("2026-03-01T03:00:30Z", datetime(2026, 3, 1, 3, 0, 30, tzinfo=UTC)),
        ("2026-03-01T03:00:00+05:30", datetime(2026, 2, 28, 21, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_that_was_is_the_last_one_of_its_kind(text: str, expected: datetime) -> None:
    assert past_moment(text, NOW, ZONE) == expected


@pytest.mark.parametrize(
    "text",
    ["", "soon", "yesterday", "today 13:00", "2026-03-14 12:05", "2027-01-01", "2020-01-01", "02-30", "25:00", "12:61"],
)
def test_what_is_no_moment_or_is_still_to_come_is_none_that_was(text: str) -> None:
    assert past_moment(text, NOW, ZONE) is None


@pytest.mark.parametrize(
    "text", ["0001-01-01", "999d", "-", "--2h", "ieri", "١h", "9999-12-31T23:59:59+00:00", "0000-00-00 00:00"]
)
def test_what_no_clock_and_no_calendar_has_is_none_that_was(text: str) -> None:
    assert past_moment(text, NOW, ZONE) is None


@given(
    text=st.one_of(st.text(max_size=16), st.from_regex(r"(ieri )?[0-9]{0,4}-?[0-9]{1,2}-[0-9]{1,2}[ T]?[0-9:]{0,5}")),
    zone=st.sampled_from([None, ZONE, ZoneInfo("Europe/Bucharest"), ZoneInfo("Pacific/Apia")]),
)
def test_any_text_is_a_moment_behind_within_a_year_or_none(text: str, zone: tzinfo | None) -> None:
    found = past_moment(text, NOW, zone)
    assert found is None or NOW - LONGEST <= found <= NOW


def test_a_time_that_comes_twice_in_autumn_is_the_last_one_that_was() -> None:
    bucharest = ZoneInfo("Europe/Bucharest")
    # The clock goes back from 04:00 to 03:00 at 01:00 UTC.
    after = datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    assert past_moment("03:30", after, bucharest) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    between = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert past_moment("03:30", between, bucharest) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert past_moment("yesterday 03:30", after, bucharest) == datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    assert past_moment("-2h", after, bucharest) == datetime(2026, 10, 24, 23, 45, tzinfo=UTC)


def test_a_time_that_is_left_out_in_spring_is_as_long_after_the_change() -> None:
    bucharest = ZoneInfo("Europe/Bucharest")
    # The clock goes from 03:00 to 04:00 at 01:00 UTC: 03:30 is 04:30.
    now = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    assert past_moment("03:30", now, bucharest) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert past_moment("2026-03-29 03:30", now, bucharest) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert past_moment("2026-03-28 03:30", now, bucharest) == datetime(2026, 3, 28, 1, 30, tzinfo=UTC)


def test_a_leap_day_is_found_in_a_leap_year_alone() -> None:
    assert past_moment("02-29 10:00", datetime(2028, 3, 5, tzinfo=UTC), UTC) == datetime(2028, 2, 29, 10, tzinfo=UTC)
    assert past_moment("02-29 10:00", datetime(2028, 2, 20, tzinfo=UTC), UTC) is None
