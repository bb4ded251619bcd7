"""Plots over time: heights, bounds, gaps, marks, and the times below them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.views.glyphs import ASCII, UNICODE
from magflow_tui.tui.views.plots import LABEL_CELLS, Scale, area, axis, chart, resampled, scale_of
from magflow_tui.tui.views.spans import join, line_cells

MINUTE = timedelta(minutes=1)
END = datetime(2026, 3, 14, 10, 4, tzinfo=UTC)
ZONE = timezone(timedelta(hours=2))
VALUES = st.lists(st.one_of(st.none(), st.integers(0, 500), st.floats(0, 1e9)), max_size=90)


def drawn(values: list[float | int | None], scale: Scale) -> list[str]:
    return [join(line) for line in area(values, scale, UNICODE)]


def test_a_value_is_as_high_as_its_share_of_the_scale() -> None:
    assert drawn([100, 50, 25, 12.5], Scale(2, 100)) == ["█   ", "██▄▂"]


def test_a_gap_is_blank_and_zero_is_not() -> None:
    assert drawn([10, None, 0], Scale(1, 10)) == ["█ ▁"]


def test_a_bound_is_drawn_between_two_rows_and_what_is_beyond_it_is_seen_to_be() -> None:
    scale = scale_of(5, 180, line=144)
    assert (scale.top, scale.line_row) == (180, 4)
    assert drawn([144, 145, None], scale)[0] == "_▁_"
    rows = area([144, 145, 180], scale, UNICODE)
    assert [role for _, role in rows[0]] == ["bar_warn"]
    assert [role for _, role in rows[1]] == ["spark"]


@given(st.integers(2, 12), st.floats(0, 1e7), st.floats(0.1, 1e6))
def test_a_scale_reaches_its_peak_with_the_bound_between_two_rows(rows: int, peak: float, line: float) -> None:
    scale = scale_of(rows, peak, line=line)
    assert scale.top >= peak * 0.999
    if scale.line_row:
        assert scale.top / rows * scale.line_row == pytest.approx(line)
        assert scale.line_row < rows
    else:
        assert peak > line * rows * 0.999


def test_a_bound_too_low_to_be_drawn_is_told_by_colour() -> None:
    scale = scale_of(4, 100, line=5)
    assert (scale.top, scale.line_row) == (100, 0)
    assert area([3, 100], scale, UNICODE)[-1] == (("▁", "spark"), ("█", "bar_warn"))


@pytest.mark.parametrize(("peak", "top"), [(0, 1), (1, 1), (41.2, 50), (144, 200), (500, 500), (501, 1000), (0.7, 1)])
def test_a_scale_without_a_bound_ends_at_a_round_value(peak: float, top: float) -> None:
    assert scale_of(3, peak).top == top


def test_flagged_values_are_marked_in_the_lowest_row() -> None:
    rows = area([10, 10, 10], Scale(2, 10), UNICODE, flags=[False, True, False])
    assert [join(row) for row in rows] == ["███", "█✗█"]
    assert ("✗", "crit") in rows[-1]


def test_dots_stand_above_the_area_at_their_own_height() -> None:
    assert [join(row) for row in area([1, 1], Scale(4, 4), UNICODE, dots=[4, None])] == ["· ", "  ", "  ", "██"]


def test_a_row_has_one_colour_whatever_its_values() -> None:
    values = [value * 7 % 180 for value in range(60)]
    assert all(len(row) == 1 for row in area(values, scale_of(6, 180, line=144), UNICODE))


@given(VALUES, st.integers(-1, 220), st.integers(0, 12), st.sampled_from([None, 100.0]))
def test_a_chart_is_never_wider_than_asked_and_its_lines_are_alike(
    values: list[float | int | None], width: int, rows: int, line: float | None
) -> None:
    for glyphs in (UNICODE, ASCII):
        lines = chart(
            values,
            END,
            MINUTE,
            width,
            scale_of(rows, 500, line=line),
            glyphs,
            ZONE,
            label=lambda value: f"{value:.0f}",
            last="now",
            dots=values,
            flags=[value is None for value in values],
        )
        assert len(lines) == rows + 1
        assert len({line_cells(one) for one in lines}) == 1
        assert line_cells(lines[0]) <= max(width, LABEL_CELLS)


def test_times_stand_where_their_value_begins() -> None:
    text = axis(60, END, MINUTE, ZONE, last="now")
    assert text.index("11:15") == 11
    assert text.index("11:30") == 26
    assert text.endswith("now")
    assert len(text) == 60
    assert axis(60, END, MINUTE, ZONE, wide=2).index("11:10") == 12


def test_times_never_run_into_each_other_or_over_the_end() -> None:
    for count in range(130):
        for step in (timedelta(seconds=5), MINUTE, timedelta(hours=3)):
            text = axis(count, END, step, ZONE, last="12:04")
            assert len(text) == count
            assert all(len(word) == 5 and word[2] in ":-" for word in text.split())


@given(VALUES, st.integers(0, 40))
def test_resampling_keeps_to_the_range_of_what_it_is_given(values: list[float | int | None], count: int) -> None:
    result = resampled(values, count)
    assert len(result) == min(count, len(values))
    known = [value for value in values if value is not None]
    assert all(value is None or min(known) * 0.999 <= value <= max(known) * 1.001 for value in result)


def test_resampling_takes_means_and_keeps_gaps() -> None:
    assert resampled([1, 3, None, None, 10, None], 3) == [2, None, 10]


@pytest.mark.parametrize(
    ("minutes", "step", "expected"),
    [
        (360, 6, ["08:00", "10:00"]),
        (1440, 24, ["18:00", "03-14", "06:00"]),
        (10_080, 180, ["03-08", "03-10", "03-12"]),
        (43_200, 720, ["02-16", "02-23", "03-02", "03-09"]),
    ],
)
def test_times_over_days_are_round_and_midnights_are_dates(minutes: int, step: int, expected: list[str]) -> None:
    text = axis(minutes // step, END, timedelta(minutes=step), ZONE, last="12:04")
    assert text.split() == [*expected, "12:04"]
    assert len(text) == minutes // step


@pytest.mark.parametrize(("minutes", "step"), [(60, 1), (360, 6), (1440, 24), (10_080, 180), (43_200, 720)])
def test_a_time_stands_below_the_value_in_which_it_is(minutes: int, step: int) -> None:
    begun = END - timedelta(minutes=minutes)
    text = axis(minutes // step, END, timedelta(minutes=step), ZONE)
    for word in text.split():
        value = begun + text.index(word) * timedelta(minutes=step)
        value = value.astimezone(ZONE)
        within = [value + timedelta(minutes=minute) for minute in range(step)]
        assert word in {f"{each:%H:%M}" if each.hour or each.minute else f"{each:%m-%d}" for each in within}


def test_weeks_begin_on_mondays() -> None:
    text = axis(60, END, timedelta(hours=12), ZONE)
    mondays = [datetime.strptime(f"2026-{word}", "%Y-%m-%d").replace(tzinfo=UTC) for word in text.split()]
    assert {monday.weekday() for monday in mondays} == {0}


def test_a_day_of_twenty_five_hours_has_its_times_in_order() -> None:
    bucharest = ZoneInfo("Europe/Bucharest")
    end = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
    assert axis(60, end, timedelta(minutes=24), bucharest).split() == ["18:00", "10-25", "06:00", "12:00"]
