"""Rate windows count exactly, by arrival."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.sandbox.config import Limits
from magflow_tui.sandbox.windows import Peak, PoolWindows, Window, pool_windows


def test_a_request_leaves_the_window_exactly_one_span_after_it_arrived():
    window = Window(1, 1.0)
    window.record(10.0)
    assert not window.has_room(10.999_999)
    assert window.has_room(11.0)


def test_the_thirteenth_order_request_in_a_second_is_refused():
    pool = PoolWindows(12, 720)
    assert [pool.admit(5.0 + 0.05 * each) for each in range(13)] == [True] * 12 + [False]


def test_a_full_minute_refuses_although_the_second_is_empty():
    pool = PoolWindows(12, 240)
    assert all(pool.admit(each / 8) for each in range(240))
    assert not pool.admit(45.0)
    assert not pool.admit(59.875)
    assert pool.admit(60.0)
    assert not pool.admit(60.0)


def test_refused_requests_leave_no_trace_unless_they_are_to_count():
    lenient, strict = PoolWindows(1, 60), PoolWindows(1, 60, count_refused=True)
    for pool in (lenient, strict):
        assert pool.admit(0.0)
        assert not pool.admit(0.9)
    assert lenient.admit(1.0)
    assert not strict.admit(1.0)


def test_the_pools_are_those_of_the_limits():
    pools = pool_windows(Limits(orders_per_second=5, other_per_minute=9))
    assert (pools["orders"].second.limit, pools["other"].minute.limit) == (5, 9)


@given(st.lists(st.floats(0, 100, allow_nan=False), max_size=200).map(sorted))
def test_no_second_ever_holds_more_than_the_limit(times: list[float]):
    pool = PoolWindows(3, 20)
    kept = [time for time in times if pool.admit(time)]
    for start in kept:
        assert sum(1 for time in kept if start <= time and time - start < 1.0) <= 3
        assert sum(1 for time in kept if start <= time and time - start < 60.0) <= 20


@given(st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=60).map(sorted))
def test_the_peak_is_the_fullest_second_there_was(times: list[float]):
    peak = Peak(1.0)
    for time in times:
        peak.record(time)
    ends = range(1, len(times) + 1)
    assert peak.most == max(sum(1 for time in times[:end] if times[end - 1] - time < 1.0) for end in ends)
