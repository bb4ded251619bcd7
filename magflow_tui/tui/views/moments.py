"""Moments as operators write them: `2026-03-21`, `03-21 14:30`, `14:30`, or how far off, `36h`, `1d12h`, `2w`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

_AWAY = re.compile(r"(?:(\d{1,2})\s*w)?(?:(\d{1,4})\s*d)?(?:(\d{1,5})\s*h)?(?:(\d{1,6})\s*m)?", re.ASCII)
_DATE = re.compile(r"(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2}))?\s*(?:(\d{1,2}):(\d{2}))?", re.ASCII)
#: Nothing is put off for longer.
LONGEST: Final = timedelta(days=366)


def moment(text: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    """The moment that is meant, None where it is none, has passed, or is more than a year off.

    A day without a time begins at its morning's 00:00; a time without a day is the next one; a day without a year is
    the next one, too. ISO 8601 with an offset is taken as well. `zone` is that of the clock on the wall.
    """
    written = text.strip().lower()
    away = _AWAY.fullmatch(written)
    if away is not None and any(away.groups()):
        weeks, days, hours, minutes = (int(part or 0) for part in away.groups())
        return _within(now + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes), now)
    found = _DATE.fullmatch(written)
    if not written or found is None:
        return _within(exact, now) if (exact := _iso(text.strip())) is not None else None
    # Without its offset, which may be another one on the day that is meant.
    here = now.astimezone(zone).replace(tzinfo=None)
    year, month, day, hour, minute = found.groups()
    try:
        if month is None:
            wanted = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
            return _within(_placed(wanted if wanted > here else wanted + timedelta(days=1), zone), now)
        wanted = here.replace(
            year=int(year or here.year),
            month=int(month),
            day=int(day),
            hour=int(hour or 0),
            minute=int(minute or 0),
            second=0,
            microsecond=0,
        )
        if year is None and wanted <= here:
            wanted = wanted.replace(year=wanted.year + 1)
    except ValueError:
        return None
    return _within(_placed(wanted, zone), now)


def _placed(wall: datetime, zone: tzinfo | None) -> datetime:
    return wall.astimezone() if zone is None else wall.replace(tzinfo=zone)


def _iso(text: str) -> datetime | None:
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if exact.tzinfo is None else exact


def _within(wanted: datetime, now: datetime) -> datetime | None:
    return wanted if now < wanted <= now + LONGEST else None
