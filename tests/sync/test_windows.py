"""The spans of time that are read, and the marketplace's clock as its data tells it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.sync.windows import (
    LONGEST,
    Window,
    bounds,
    changed_since,
    close_at,
    created_before,
    describe,
    halves,
    latest_time,
    newest_created,
    start_after,
)

BUCHAREST = "Europe/Bucharest"
seconds = st.integers(
    int(datetime(2013, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2040, 1, 1, tzinfo=UTC).timestamp())
)
zones = st.sampled_from(["Europe/Bucharest", "Europe/Sofia", "Europe/Budapest"])


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def month_after(moment: datetime) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


@given(seconds, zones)
def test_no_window_is_longer_than_the_month_the_marketplace_takes(now, zone):
    newest = newest_created(3, now)
    windows = [newest, created_before(newest, 0), *changed_since(now - 100 * 86_400, 3, now)]
    windows += close_at(windows[-1], now, now)
    for window in windows:
        first, last = (datetime.fromisoformat(text) for text in bounds(window, zone))
        assert last <= month_after(first)


@given(seconds)
def test_windows_of_creation_follow_each_other_without_a_gap_back_to_the_floor(now):
    floor = now - 400 * 86_400
    window = newest_created(3, now)
    assert window.last >= now + 12 * 86_400
    while (behind := created_before(window, floor)) is not None:
        assert behind.last == window.first - 1
        window = behind
    assert window.first <= floor or window.first == floor


@given(seconds, st.integers(0, 300 * 86_400))
def test_windows_of_changes_follow_each_other_up_to_an_open_one(now, ago):
    windows = changed_since(now - ago, 3, now)
    assert windows[0].first == now - ago
    assert [window.open for window in windows] == [False] * (len(windows) - 1) + [True]
    for one, other in itertools.pairwise(windows):
        assert other.first == one.last + 1
    assert windows[-1].last >= now + 86_400


@given(seconds, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_cut_loses_no_second(first, to_mark, to_clock):
    window = Window("modified", 3, first, first + LONGEST, open=True)
    behind, ahead = close_at(window, first + to_mark, first + to_mark + to_clock)
    assert behind.first == first
    assert ahead.first in (behind.last, behind.last + 1)
    assert (ahead.first == behind.last) == (to_clock == 0)
    assert ahead.open
    assert behind.loses_items


@given(seconds, st.integers(0, 10**6))
def test_halves_are_the_whole(first, length):
    window = Window("modified", 3, first, first + length)
    parts = halves(window)
    if length == 0:
        assert parts is None
    else:
        one, other = parts
        assert (one.first, one.last + 1, other.last) == (window.first, other.first, window.last)
        assert one.first <= one.last
        assert other.first <= other.last


def test_filter_text_is_local_and_a_second_wider_at_both_ends():
    window = Window("created", 3, at("2026-06-01 00:00:00"), at("2026-06-02 00:00:00"))
    assert bounds(window, BUCHAREST) == ("2026-06-01 02:59:59", "2026-06-02 03:00:01")


@given(st.datetimes(datetime(2026, 10, 24, 20), datetime(2026, 10, 25, 4)), st.integers(0, 7200))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_whatever_changes_after_a_watermark_has_a_text_behind_where_reading_begins(known, later):
    """The autumn fold: what the marketplace writes after `known`, by its own clock face, is asked for."""
    zone = ZoneInfo(BUCHAREST)
    known = known.replace(tzinfo=UTC)
    mark = latest_time([f"{known.astimezone(zone):%Y-%m-%d %H:%M:%S}"], BUCHAREST, int(known.timestamp()) + 10**6)
    written = f"{(known + timedelta(seconds=later)).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    begin = start_after(mark, 120, BUCHAREST)
    assert bounds(Window("modified", 3, begin, begin + 10), BUCHAREST)[0] < written


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], None),
        ([None, "", "soon", "0000-00-00 00:00:00"], None),
        (["2026-06-01 10:00:00", "2026-06-01 09:00:00", None], "2026-06-01 07:00:00"),
        (["2026-06-01 10:00:00", "zzzz", "2031-01-01 00:00:00"], "2026-06-01 07:00:00"),
        (["2026-06-01 15:04:00"], "2026-06-01 12:04:00"),
        (["2026-06-01 15:06:00"], None),
    ],
)
def test_the_marketplaces_clock_is_its_latest_time_that_is_not_in_our_future(texts, expected):
    found = latest_time(texts, BUCHAREST, at("2026-06-01 12:00:00"))
    assert found == (None if expected is None else at(expected))


@pytest.mark.parametrize(
    ("window", "name"),
    [
        (Window("all"), "orders"),
        (
            Window("created", 2, at("2026-03-01 12:00:00"), at("2026-03-28 11:59:59")),
            "orders 2026-03-01 … 2026-03-28, type 2",
        ),
        (Window("created", 3, at("2026-03-01 12:00:00"), 0, open=True), "orders 2026-03-01 …, type 3"),
        (
            Window("modified", 3, at("2026-03-01 12:00:00"), 0, open=True),
            "orders changed since 2026-03-01 12:00 UTC, type 3",
        ),
    ],
)
def test_a_window_has_a_name_for_people(window, name):
    assert describe(window, "orders") == name
