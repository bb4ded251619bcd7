"""The marketplace's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.marketplace.localtime import format_local, is_ambiguous, local_day, parse_local

BUCHAREST = "Europe/Bucharest"
BUDAPEST = "Europe/Budapest"


def test_summer_and_winter_text_become_utc() -> None:
    assert parse_local("2026-07-01 12:00:00", BUCHAREST) == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert parse_local("2026-01-15 12:00:00", BUCHAREST) == datetime(2026, 1, 15, 10, tzinfo=UTC)
    assert parse_local("2026-01-15 12:00:00", BUDAPEST) == datetime(2026, 1, 15, 11, tzinfo=UTC)


def test_fractions_are_optional_and_kept() -> None:
    assert parse_local("2026-01-15 12:00:00.25", BUCHAREST) == datetime(2026, 1, 15, 10, 0, 0, 250_000, tzinfo=UTC)
    assert parse_local("2026-01-15 12:00:00.123456789", BUCHAREST) == datetime(
        2026, 1, 15, 10, 0, 0, 123_456, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("zone", "inside", "outside"),
    [
        (BUCHAREST, ["2026-10-25 03:00:00", "2026-10-25 03:59:59"], ["2026-10-25 02:59:59", "2026-10-25 04:00:00"]),
        (BUDAPEST, ["2026-10-25 02:00:00", "2026-10-25 02:59:59"], ["2026-10-25 01:59:59", "2026-10-25 03:00:00"]),
    ],
)
def test_only_the_hour_that_repeats_in_autumn_is_ambiguous(zone: str, inside: list[str], outside: list[str]) -> None:
    assert all(is_ambiguous(text, zone) for text in inside)
    assert not any(is_ambiguous(text, zone) for text in outside)
    assert not is_ambiguous("2026-03-29 03:30:00", BUCHAREST), "the hour skipped in spring happens never, not twice"


def test_the_repeated_hour_is_read_as_its_first_pass() -> None:
    assert parse_local("2026-10-25 03:30:00", BUCHAREST) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [None, "", "0000-00-00 00:00:00", "2026-02-30 00:00:00", "2026-13-01 00:00:00", "ieri", "2026-01-01",
     "2026-01-01 24:00:00", "2026-01-01 10:00", " 2026-01-01 10:00:00", "٢٠٢٦-٠١-٠١ ١٠:٠٠:٠٠", "0001-01-01 00:00:00"],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str | None) -> None:
    assert parse_local(text, BUCHAREST) is None
    assert is_ambiguous(text, BUCHAREST) is False


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert parse_local(text, BUCHAREST) is None or text[:4].isdigit()


@given(st.datetimes(min_value=datetime(2012, 1, 1), max_value=datetime(2035, 1, 1)))  # noqa: DTZ001
def test_formatting_and_reading_back_gives_the_same_second_or_the_first_of_two(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC, microsecond=0)
    text = format_local(instant, BUCHAREST)
    back = parse_local(text, BUCHAREST)
    assert back == instant or (is_ambiguous(text, BUCHAREST) and back == instant - timedelta(hours=1))


def test_a_time_without_a_zone_is_not_sent() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        format_local(datetime(2026, 1, 1), BUCHAREST)  # noqa: DTZ001


def test_the_day_of_a_text_is_the_platform_s_day() -> None:
    assert local_day("2026-01-01 00:30:00") == date(2026, 1, 1)
    assert local_day("nimic") is None
