"""Histograms of response times: how far off they are, and their stored form."""

from __future__ import annotations

import random
from collections import Counter
from math import ceil, inf, nan

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.monitor.sketch import (
    LEAST_KEY,
    LEAST_MS,
    MOST_KEY,
    MOST_MS,
    RELATIVE_ACCURACY,
    Bins,
    decode,
    encode,
    key_of,
    keys_of,
    quantile_ms,
    quantiles_ms,
)
from magflow_tui.monitor.tally import add_counts

TIMES = st.floats(LEAST_MS, MOST_MS)
BINS = st.dictionaries(st.integers(LEAST_KEY, MOST_KEY), st.integers(1, 2**40), max_size=50)
#: The accuracy, and a hair for the rounding of floats.
BOUND = RELATIVE_ACCURACY * (1 + 1e-6)


def bins_of(times: list[float]) -> Bins:
    return Counter(keys_of(times))


@given(TIMES)
def test_what_stands_for_a_time_is_within_the_accuracy_whether_counted_alone_or_with_others(ms: float) -> None:
    for key in (key_of(ms), *keys_of([ms, 1.0])[:1]):
        assert quantile_ms({key: 1}, 0.5) == pytest.approx(ms, rel=BOUND)


@given(st.lists(TIMES, min_size=1, max_size=200), st.sampled_from([0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0]))
def test_a_quantile_is_within_the_accuracy_of_the_exact_one(times: list[float], q: float) -> None:
    exact = sorted(times)[max(0, ceil(q * len(times)) - 1)]
    assert quantile_ms(bins_of(times), q) == pytest.approx(exact, rel=BOUND)


@given(st.lists(TIMES, max_size=50), st.lists(TIMES, max_size=50))
def test_merged_histograms_are_the_histogram_of_everything(these: list[float], those: list[float]) -> None:
    together = bins_of(these)
    add_counts(together, bins_of(those))
    assert together == bins_of(these + those)


def test_no_times_have_no_quantiles() -> None:
    assert quantile_ms({}, 0.5) is None
    assert quantiles_ms({}, (0.5, 0.95)) == (None, None)


def test_the_95th_percentile_of_two_is_the_longer_one() -> None:
    assert quantile_ms(bins_of([10.0, 1000.0]), 0.95) == pytest.approx(1000.0, rel=BOUND)


@pytest.mark.parametrize("odd", [0.0, -5.0, nan, 5e-324, -inf])
def test_what_is_no_time_counts_as_the_shortest(odd: float) -> None:
    assert key_of(odd) == LEAST_KEY
    assert keys_of([100.0, odd]) == [key_of(100.0), LEAST_KEY]
    assert quantile_ms(bins_of([odd]), 0.5) == pytest.approx(LEAST_MS, rel=BOUND)


@pytest.mark.parametrize("huge", [1e10, 1e308, inf])
def test_what_took_ages_counts_as_the_longest(huge: float) -> None:
    assert keys_of([huge, 100.0]) == [MOST_KEY, key_of(100.0)]
    assert quantile_ms(bins_of([huge]), 0.5) == pytest.approx(MOST_MS, rel=BOUND)


@given(BINS)
def test_a_histogram_that_was_stored_comes_back(bins: dict[int, int]) -> None:
    assert decode(encode(bins)) == bins


def test_the_stored_form_takes_few_bytes_a_bin_and_does_not_depend_on_the_order() -> None:
    rng = random.Random(1)
    bins = bins_of([rng.lognormvariate(5.0, 0.5) for _ in range(700)])
    assert len(encode(bins)) < 3 * len(bins)
    assert encode(bins) == encode(dict(sorted(bins.items(), reverse=True)))


@given(BINS, st.data())
def test_a_histogram_that_was_cut_off_is_refused(bins: dict[int, int], data: st.DataObject) -> None:
    whole = encode(bins)
    with pytest.raises(ValueError, match="histogram"):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(ValueError, match="histogram"):
        decode(whole + b"\x00")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_sound_histogram_or_refused(data: bytes) -> None:
    try:
        bins = decode(b"\x01" + data)
    except ValueError:
        return
    assert all(LEAST_KEY <= key <= MOST_KEY and count > 0 for key, count in bins.items())
    assert decode(encode(bins)) == bins


@pytest.mark.parametrize("numbers", [[-1, 1], [5, 0], [5, -3], [5, 1, 0, 1], [5, 1, -2, 1], [10**6, 1], [5], [5, 1, 2]])
def test_bins_out_of_order_out_of_range_or_empty_are_refused(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="damaged"):
        decode(b"\x01" + msgspec.msgpack.encode(numbers))


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        decode(b"\x02" + encode({5: 1})[1:])
