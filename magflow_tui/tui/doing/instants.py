"""Moments as operators write them: `2026-03-21`, `03-21 14:30`, `14:30`, or how far off, `36h`, `2d`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

_AWAY = re.compile(r"(\d{1,4})\s*([hd])", re.ASCII)
_DATE = re.compile(r"(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2}))?\s*(?:(\d{1,2}):(\d{2}))?", re.ASCII)
#: Nothing is put off for longer.
LONGEST: Final = timedelta(days=366)


def moment(text: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    """The moment that is meant, None where it is none, has passed, or is more than a year off.

    A day without a time begins at its morning's 00:00; a time without a day is the next one; a day without a year is
    the next one, too. `zone` is that of the clock on the wall.
    """
    written = text.strip().lower()
    if away := _AWAY.fullmatch(written):
        number = int(away[1])
        return _within(now + (timedelta(hours=number) if away[2] == "h" else timedelta(days=number)), now)
    found = _DATE.fullmatch(written)
    if not written or found is None:
        return None
    here = now.astimezone(zone)
    year, month, day, hour, minute = found.groups()
    try:
        if month is None:
            wanted = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
            return _within(wanted if wanted > here else wanted + timedelta(days=1), now)
        wanted = here.replace(
            year=int(year or here.year),
            month=int(month),
            day=int(day),
            hour=int(hour or 0),
            minute=int(minute or 0),
            second=0,
            microsecond=0,
        )
        if year is None and wanted <= now:
            wanted = wanted.replace(year=wanted.year + 1)
    except ValueError:
        return None
    return _within(wanted, now)


def _within(wanted: datetime, now: datetime) -> datetime | None:
    return wanted if now < wanted <= now + LONGEST else None
