from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.views import figures
from magflow_tui.tui.views.glyphs import ASCII, UNICODE, bar, progress, sparkline, wants_ascii
from magflow_tui.tui.views.spans import join, line_cells


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (9.9, "9s"), (250, "4m10s"), (10_320, "2h52m"), (273_600, "3d04h"), (-5, "0s"), (None, "-")],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert figures.span(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(5, "<1m"), (420, "7m"), (10_320, "2h52m"), (None, "-")])
def test_ages_change_once_a_minute(seconds: float | None, text: str) -> None:
    assert figures.age(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (2048, "2.0 KB"), (90_000, "88 KB"), (432_013_312, "412 MB"), (5 << 40, "5120 GB")],
)
def test_sizes(count: int, text: str) -> None:
    assert figures.size(count) == text


def test_numbers_and_money_are_grouped_by_spaces() -> None:
    assert figures.grouped(1_234_567) == "1 234 567"
    assert figures.money(Decimal("1204.5")) == "1 204.50"
    assert figures.money(None) == "-"


def test_times_are_local_and_days_are_named_when_it_is_not_today() -> None:
    zone = timezone(timedelta(hours=2))
    now = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    assert figures.clock(now, zone) == "01:30"
    assert figures.day(datetime(2026, 3, 14, 22, 10, tzinfo=UTC), now, zone) == "00:10"
    assert figures.day(datetime(2026, 3, 14, 21, 10, tzinfo=UTC), now, zone) == "03-14 23:10"


@given(st.floats(0, 1e6), st.one_of(st.none(), st.floats(0, 1e6)))
def test_the_cost_of_the_link_is_always_as_wide(kb_per_second: float, round_trip_ms: float | None) -> None:
    assert len(figures.link_cost(kb_per_second, round_trip_ms)) == len(figures.link_cost(0.6, 38.0))


@given(st.floats(-1, 2), st.integers(0, 60))
def test_bars_are_as_long_as_asked_and_full_only_when_full(share: float, width: int) -> None:
    for glyphs in (UNICODE, ASCII):
        assert line_cells(bar(share, width, glyphs)) == width
        line = progress(share, width, glyphs)
        assert line_cells(line) == width
        if share < 1 and width:
            assert glyphs.rest in join(line)


def test_a_bar_past_its_warning_is_no_longer_quiet() -> None:
    assert bar(0.79, 10, UNICODE)[0][1] == "bar"
    assert bar(0.84, 10, UNICODE)[0][1] == "bar_warn"
    assert bar(1.0, 10, UNICODE)[0][1] == "bar_crit"
    assert progress(1.0, 10, UNICODE)[0][1] == "bar"


@given(st.lists(st.one_of(st.none(), st.integers(0, 500)), max_size=80), st.integers(0, 60))
def test_sparklines_are_as_wide_as_asked(values: list[int | None], width: int) -> None:
    assert line_cells(sparkline(values, width, UNICODE)) == width


def test_a_sparkline_has_one_colour_and_shows_the_smallest_value_above_nothing() -> None:
    [(signs, role)] = sparkline([None, 0, 1, 100], 6, UNICODE, top=100)
    assert (signs, role) == ("   ▁▂█", "spark")


@pytest.mark.parametrize(
    ("environ", "encoding", "ascii_only"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", False),
        ({"TERM": "xterm-256color"}, "UTF8", False),
        ({"TERM": "linux"}, "utf-8", True),
        ({"TERM": "xterm"}, "iso8859-2", True),
        ({}, None, True),
    ],
)
def test_ascii_is_for_those_who_need_it(environ: dict[str, str], encoding: str | None, ascii_only: bool) -> None:
    assert wants_ascii(environ, encoding) is ascii_only
