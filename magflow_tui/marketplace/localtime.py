"""The marketplace's clock: text without a zone, in the platform's local time, to aware UTC and back.

The hour that repeats when summer time ends is ambiguous in such text: 03:00–04:00 in Romania and Bulgaria,
02:00–03:00 in Hungary. It is read as the first pass (summer time); `is_ambiguous` tells that it may be an hour later.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_TEXT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?", re.ASCII)

# Offsets change twice a year, on the hour; a page of orders has a few distinct hours, and the fold is asked for each.
_HOUR = timedelta(hours=1)


def parse_local(text: str | None, timezone: str) -> datetime | None:
    """Platform-local `YYYY-MM-DD HH:MM:SS[.ffffff]` to aware UTC, the first pass of a repeated hour.

    None for None and for anything that is not such a text or not a date (`0000-00-00 00:00:00`); never raises on text.
    """
    naive = _naive(text)
    if naive is None:
        return None
    try:
        return (naive - _utc_offset(timezone, naive.replace(minute=0, second=0, microsecond=0))).replace(tzinfo=UTC)
    except OverflowError:  # the first and last days of the calendar
        return None


def is_ambiguous(text: str | None, timezone: str) -> bool:
    """Whether the text lies in the hour that happens twice when summer time ends."""
    naive = _naive(text)
    if naive is None:
        return False
    zone = ZoneInfo(timezone)
    first, second = (naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    # In the hour that is skipped in spring the offsets differ too, but the other way round.
    return first is not None and second is not None and first > second


def format_local(instant: datetime, timezone: str) -> str:
    """An aware time as the platform-local text that filters take, whole seconds (fractions are cut).

    Raises ValueError for a naive time: it would be read in the zone of this machine.
    """
    if instant.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent to the marketplace")
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}"


def local_day(text: str | None) -> date | None:
    """The platform-local day a text names, None where it names none."""
    naive = _naive(text)
    return None if naive is None else naive.date()


def _naive(text: str | None) -> datetime | None:
    match = None if text is None else _TEXT.fullmatch(text)
    if match is None:
        return None
    *whole, fraction = match.groups()
    try:
        return datetime(*map(int, whole), microsecond=int((fraction or "0").ljust(6, "0")[:6]))  # type: ignore[arg-type,misc] # noqa: DTZ001
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _utc_offset(timezone: str, hour: datetime) -> timedelta:
    offset = hour.replace(tzinfo=ZoneInfo(timezone)).utcoffset()
    if offset is None:
        raise ValueError(f"{timezone} has no offset from UTC")
    return offset
