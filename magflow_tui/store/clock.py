"""The marketplace's local text as the store's milliseconds: a page has hundreds of times, within few distinct hours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from magflow_tui.marketplace.localtime import parse_local
from magflow_tui.store.columns import time_to_millis

_SIXTY: Final = {f"{number:02}": number for number in range(60)}


def local_millis(text: str | None, timezone: str) -> int | None:
    """Platform-local text as milliseconds since 1970 UTC (first pass of a repeated hour); None for what is no time."""
    if text is None:
        return None
    if len(text) == 19 and text[13] == text[16] == ":":
        minute, second = _SIXTY.get(text[14:16]), _SIXTY.get(text[17:])
        if minute is not None and second is not None:
            hour = _hour_millis(text[:13], timezone)  # offsets from UTC change on the hour only
            return None if hour is None else hour + (60 * minute + second) * 1000
    return time_to_millis(parse_local(text, timezone))


@lru_cache(maxsize=4096)
def _hour_millis(text: str, timezone: str) -> int | None:
    return time_to_millis(parse_local(f"{text}:00:00", timezone))
