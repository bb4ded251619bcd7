"""Response times as a histogram that can be merged: bins whose width grows with the value, counted in a dict.

The arithmetic is DDSketch's (Masson, Rim, Lee: "DDSketch", PVLDB 12, 2019) from the `ddsketch` library: whatever is
asked of a histogram is within `RELATIVE_ACCURACY` of the exact answer, however many times are in it. Two histograms
are merged by adding the counts of each bin, and what was added can be taken away again, for counts are integers. The
same bins serve the live windows, the minutes and the store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from math import ceil, log2
from operator import mul
from typing import Final

import msgspec
from ddsketch.ddsketch import BaseDDSketch
from ddsketch.mapping import LogarithmicMapping
from ddsketch.store import DenseStore

RELATIVE_ACCURACY: Final = 0.005
#: Times below and above are counted as these, in ms: a microsecond, and eleven days.
LEAST_MS: Final = 0.001
MOST_MS: Final = 1e9

#: Bin -> how many times fell into it. A bin holds the times from above `gamma ** (key - 1)` ms to `gamma ** key` ms.
Bins = dict[int, int]

_MAPPING: Final = LogarithmicMapping(RELATIVE_ACCURACY)
_BINS_PER_DOUBLING: Final = 1.0 / log2(_MAPPING.gamma)
LEAST_KEY: Final = _MAPPING.key(LEAST_MS)
MOST_KEY: Final = _MAPPING.key(MOST_MS)

#: First byte of the stored form. Another accuracy, or another meaning of the rest, takes another number.
_VERSION: Final = b"\x01"
_DECODER: Final = msgspec.msgpack.Decoder(list[int])
_ENCODER: Final = msgspec.msgpack.Encoder()


def key_of(ms: float) -> int:
    """The bin of a time. What is no time (negative, not a number) counts as the shortest one."""
    return int(_MAPPING.key(min(MOST_MS, max(LEAST_MS, ms))))


def keys_of(times: Sequence[float]) -> list[int]:
    """The bins of many times, three times as quick as one by one."""
    try:
        keys = list(map(ceil, map(mul, map(log2, times), repeat(_BINS_PER_DOUBLING))))
    except (ValueError, OverflowError):
        keys = []
    if keys and min(keys) >= LEAST_KEY and max(keys) <= MOST_KEY:
        return keys
    return [key_of(ms) for ms in times]


def quantile_ms(bins: Mapping[int, int], q: float) -> float | None:
    """The nearest-rank quantile (0 < `q` <= 1) in ms, None without times."""
    return quantiles_ms(bins, (q,))[0]


def quantiles_ms(bins: Mapping[int, int], wanted: Sequence[float]) -> tuple[float | None, ...]:
    """Several nearest-rank quantiles at the price of little more than one."""
    if not bins:
        return (None,) * len(wanted)
    lowest, highest = min(bins), max(bins)
    store = DenseStore(chunk_size=highest - lowest + 1)
    # The outermost first: the library makes room each time that a bin lies outside of those before it.
    for key in dict.fromkeys((highest, lowest)):
        store.add(key, bins[key])
    for key, count in bins.items():
        if lowest < key < highest:
            store.add(key, count)
    total = int(store.count)
    sketch = BaseDDSketch(_MAPPING, store, DenseStore(), 0.0)
    return tuple(sketch.get_quantile_value(_nearest_rank(q, total)) for q in wanted)


def _nearest_rank(q: float, total: int) -> float:
    """What to ask the library for. It takes `q * (total - 1)` rounded down for a rank, where few times give too low a
    one: the 95th percentile of two would be the shorter. The half keeps clear of rounding.
    """
    rank = max(0, ceil(q * total) - 1)
    return 1.0 if rank >= total - 1 else (rank + 0.5) / (total - 1)


def encode(bins: Mapping[int, int]) -> bytes:
    """The stored form, two to four bytes a bin: a version, then the bins in rising order as MessagePack, each as its
    distance from the one before and its count.
    """
    numbers: list[int] = []
    before = LEAST_KEY
    for key in sorted(bins):
        numbers += (key - before, bins[key])
        before = key
    return _VERSION + _ENCODER.encode(numbers)


def decode(data: bytes) -> Bins:
    """What `encode` made. Raises ValueError for anything else: damaged, cut off, or of a newer version."""
    if data[:1] != _VERSION:
        raise ValueError("not a histogram of response times, or one of another version")
    try:
        numbers = _DECODER.decode(data[1:])
    except msgspec.DecodeError as error:
        raise ValueError(f"a damaged histogram: {error}") from None
    bins: Bins = {}
    key = LEAST_KEY
    for distance, count in zip(numbers[::2], numbers[1::2], strict=False):
        key += distance
        if count < 1 or distance < bool(bins) or key > MOST_KEY:
            raise ValueError("a damaged histogram: bins out of order, out of range or empty")
        bins[key] = count
    if len(numbers) % 2:
        raise ValueError("a damaged histogram: a bin without its count")
    return bins
