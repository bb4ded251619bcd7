"""Values as people and programs read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.cli import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("312.4", "312.40"),
        ("312.4000", "312.40"),
        ("312.4567", "312.4567"),
        ("0", "0.00"),
        ("-7", "-7.00"),
        ("1E+3", "1000.00"),
        ("0.125", "0.125"),
    ],
)
def test_money_has_a_point_and_at_least_two_decimals(value: str, text: str) -> None:
    assert wording.amount(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_money_keeps_its_value_whatever_its_form(value: Decimal) -> None:
    text = wording.amount(value)
    assert Decimal(text) == value
    assert len(text.partition(".")[2]) >= 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Popescu Ion", "P. I*****"),
        ("Ana Maria Ionescu", "A. M. I*****"),
        ("Georgescu", "G*****"),
        ("", "–"),
        (None, "–"),
    ],
)
def test_a_masked_name_shows_initials_only(name: str | None, text: str) -> None:
    assert wording.masked(name) == text


@given(st.text(max_size=40))
def test_a_masked_name_never_holds_a_second_letter_of_a_word(name: str) -> None:
    masked = wording.masked(name)
    assert all(len(word.rstrip("*.")) <= 1 for word in masked.split())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.44, "0.4 s"),
        (42.2, "42 s"),
        (185, "3 min 05 s"),
        (7800, "2 h 10 min"),
        (273600, "3 d 4 h"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert wording.duration(seconds) == text


def test_a_moment_is_shown_with_its_zone() -> None:
    zone = timezone(timedelta(hours=2), "EET")
    assert wording.moment(datetime(2026, 3, 1, 10, 30, 5, tzinfo=UTC), zone) == "2026-03-01 12:30:05 EET"
    assert wording.moment(None) == "–"


def test_large_counts_are_grouped() -> None:
    assert wording.count(1234567) == "1 234 567"


@given(st.text())
def test_printable_text_holds_nothing_that_steers_a_terminal(text: str) -> None:
    shown = wording.printable(text)
    steering = "\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
    assert not any(character < " " or "\x7f" <= character <= "\x9f" or character in steering for character in shown)
    assert len(shown) == len(text)


def test_printable_text_keeps_romanian_letters() -> None:
    assert wording.printable("Ștefan Țîrlea") == "Ștefan Țîrlea"
