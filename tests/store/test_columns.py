"""Money and times on their way into integers and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.marketplace.localtime import parse_local
from magflow_tui.store.clock import local_millis
from magflow_tui.store.columns import millis_to_time, money_to_units, time_to_millis, units_to_money


@given(st.decimals(-(10**13), 10**13, places=4))
def test_money_with_four_decimals_comes_back_the_same(amount):
    assert units_to_money(money_to_units(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "units"),
    [("0.00005", 1), ("-0.00005", -1), ("0.00004", 0), ("312.4", 3_124_000), ("1e3", 10_000_000), ("-0", 0)],
)
def test_money_is_rounded_half_up_to_a_ten_thousandth(amount, units):
    assert money_to_units(Decimal(amount)) == units


@pytest.mark.parametrize("amount", [None, Decimal("NaN"), Decimal("Infinity"), Decimal("1e300"), Decimal(10) ** 18])
def test_what_is_no_amount_of_money_is_none(amount):
    assert money_to_units(amount) is None


@pytest.mark.parametrize(
    ("units", "text"), [(3_124_000, "312.40"), (1_229_260, "122.9260"), (0, "0.00"), (-5, "-0.0005")]
)
def test_money_is_written_with_two_decimals_or_four_where_they_count(units, text):
    assert f"{units_to_money(units):f}" == text


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone(timedelta(hours=3)))))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_a_time_comes_back_to_the_millisecond(moment):
    back = millis_to_time(time_to_millis(moment))
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)
    assert back.tzinfo is UTC


@given(
    st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - hypothesis takes naive bounds
    st.sampled_from(["Europe/Bucharest", "Europe/Budapest"]),
)
def test_local_text_is_read_as_the_marketplace_module_reads_it(moment, timezone_name):
    text = f"{moment:%Y-%m-%d %H:%M:%S}"
    assert local_millis(text, timezone_name) == time_to_millis(parse_local(text, timezone_name))


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("mark", [" ", "T"])
def test_the_days_on_which_clocks_change_and_the_ends_of_the_calendar_are_read_hour_by_hour(day, mark):
    for hour in range(24):
        text = f"{day}{mark}{hour:02}:59:30"
        assert local_millis(text, "Europe/Bucharest") == time_to_millis(parse_local(text, "Europe/Bucharest"))


@pytest.mark.parametrize(
    "text", [None, "", "2026-05-20", "2026-05-20 25:00:00", "2026-05-20 10:60:00", "0000-00-00 00:00:00", "x" * 19]
)
def test_what_is_no_time_is_none(text):
    assert local_millis(text, "Europe/Bucharest") is None


def test_fractions_of_a_second_count():
    assert local_millis("2026-05-20 10:00:00.25", "Europe/Bucharest") % 1000 == 250
