"""The sliding window agrees, at every instant, with counting everything anew."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.monitor.window import Sample, SlidingWindow

SAMPLES = st.lists(st.tuples(st.floats(0, 5), st.floats(0, 1e5), st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(SAMPLES, st.floats(0, 40), st.sampled_from([1, 50, 95, 99, 100]))
def test_a_window_agrees_with_counting_everything_anew(
    steps: list[tuple[float, float, bool, bool]], later: float, percent: float
) -> None:
    window, now, everything = SlidingWindow(10.0), 0.0, []
    for gap, elapsed, failed, limited in steps:
        now += gap
        sample = Sample(now, elapsed, failed, limited)
        everything.append(sample)
        window.add(sample)
    now += later
    window.expire(now)
    left = [sample for sample in everything if sample.at > now - 10.0]
    assert len(window) == len(left)
    assert window.errors == sum(sample.failed for sample in left)
    assert window.rate_limited == sum(sample.rate_limited for sample in left)
    if not left:
        assert (window.mean_ms, window.max_ms, window.percentile_ms(percent), window.error_rate) == (None,) * 4
        return
    times = sorted(sample.elapsed_ms for sample in left)
    assert window.max_ms == times[-1]
    assert window.percentile_ms(percent) == times[ceil(percent / 100 * len(times)) - 1]
    assert window.mean_ms == pytest.approx(sum(times) / len(times), abs=1e-6)
