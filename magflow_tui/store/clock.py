"""The marketplace's local text as the store's milliseconds: a page has hundreds of times, within a few days."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from magflow_tui.marketplace.localtime import parse_local
from magflow_tui.store.columns import time_to_millis

# Milliseconds by the parts of ` hh:mm:ss`.
_HOURS: Final = {f"{mark}{number:02}": number * 3_600_000 for mark in " T" for number in range(24)}
_MINUTES: Final = {f":{number:02}": number * 60_000 for number in range(60)}
_SECONDS: Final = {f":{number:02}": number * 1_000 for number in range(60)}


def local_millis(text: str | None, timezone: str) -> int | None:
    """Platform-local text as milliseconds since 1970 UTC (first pass of a repeated hour); None for what is no time."""
    if text is None:
        return None
    hour, minute, second = _HOURS.get(text[10:13]), _MINUTES.get(text[13:16]), _SECONDS.get(text[16:])
    if hour is not None and minute is not None and second is not None:
        midnight = _midnight_millis(text[:10], timezone)
        if midnight is not None:
            return midnight + hour + minute + second
    return time_to_millis(parse_local(text, timezone))


@lru_cache(maxsize=4096)
def _midnight_millis(day: str, timezone: str) -> int | None:
    """The start of a local day whose every hour has the same offset from UTC; None for other days and for no day."""
    first, last = (time_to_millis(parse_local(f"{day} {clock}", timezone)) for clock in ("00:00:00", "23:59:59"))
    return None if first is None or last is None or last - first != 86_399_000 else first
