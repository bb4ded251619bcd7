"""Moments as operators write them: `2026-03-21`, `03-21 14:30`, `14:30`, or how far off, `36h`, `1d12h`, `2w`.

Ahead for what is put off, behind for what is looked back at. Times are by the clock on the wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_AWAY = re.compile(r"(?:(\d{1,2})\s*w)?(?:(\d{1,4})\s*d)?(?:(\d{1,5})\s*h)?(?:(\d{1,6})\s*m)?", re.ASCII)
_DATE = re.compile(r"(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2}))?[\st]*(?:(\d{1,2}):(\d{2}))?", re.ASCII)
_DAY_BEFORE = re.compile(r"(today|azi|yesterday|ieri)\s+(\d{1,2}):(\d{2})", re.ASCII)
_DAYS_BEFORE = {"today": 0, "azi": 0, "yesterday": 1, "ieri": 1}
#: Nothing is put off for longer, nor looked back at.
LONGEST: Final = timedelta(days=366)


def moment(text: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    """The moment that is meant, None where it is none, has passed, or is more than a year off.

    A day without a time begins at its morning's 00:00; a time without a day is the next one; a day without a year is
    the next one, too. ISO 8601 with an offset is taken as well. `zone` is that of the clock on the wall.
    """
    written = text.strip().lower()
    away = _away(written)
    if away is not None:
        return _within(now + away, now)
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


def past_moment(text: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    """The moment that is meant, None where it is none, is still to come, or is more than a year ago.

    A time without a day is the last one that was, and so is a day without a year; a day without a time begins at its
    00:00. `yesterday 03:00` (`ieri 03:00`), `2h` and `-2h` ago, and ISO 8601 are taken as well. `zone` is that of the
    clock on the wall.
    """
    written = text.strip().lower()
    away = _away(written.removeprefix("-").lstrip())
    if away is not None:
        return _behind(now - away, now)
    here = now.astimezone(zone).replace(tzinfo=None)
    try:
        meant = [at for wall in _walls_behind(written, here) for at in _instants(wall, zone)]
        if not meant and (exact := _iso(text.strip())) is not None:
            meant = [exact.astimezone(UTC)]
    except (ValueError, OverflowError, OSError):  # there is no such day; or it is beyond what a zone knows of
        return None
    return next((at for at in meant if _behind(at, now)), None)


def _walls_behind(written: str, here: datetime) -> Iterator[datetime]:
    """What a text may mean by the clock on the wall, the latest first; nothing where it is not written so.

    Raises `ValueError` for a day or a time that there is not.
    """
    named = _DAY_BEFORE.fullmatch(written)
    if named is not None:
        then = here - timedelta(days=_DAYS_BEFORE[named[1]])
        yield then.replace(hour=int(named[2]), minute=int(named[3]), second=0, microsecond=0)
        return
    found = _DATE.fullmatch(written)
    if not written or found is None:
        return
    year, month, day, hour, minute = found.groups()
    start = here.replace(hour=int(hour or 0), minute=int(minute or 0), second=0, microsecond=0)
    if month is None:
        if hour is None:
            return
        yield from (start, start - timedelta(days=1), start - timedelta(days=2))
    elif year is not None:
        yield start.replace(year=int(year), month=int(month), day=int(day))
    else:
        # The last one of the year may have been in the year before; the 29th of February is not in every year.
        first = start.replace(year=2000, month=int(month), day=int(day))
        for each in (here.year, here.year - 1):
            if (first.month, first.day) != (2, 29) or _is_leap(each):
                yield first.replace(year=each)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _away(written: str) -> timedelta | None:
    """How far off, None where a text does not say so."""
    found = _AWAY.fullmatch(written)
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _placed(wall: datetime, zone: tzinfo | None) -> datetime:
    return wall.astimezone() if zone is None else wall.replace(tzinfo=zone)


def _instants(wall: datetime, zone: tzinfo | None) -> list[datetime]:
    """When the clock on the wall shows a time: mostly once, twice when it is put back, the later one first.

    A time that is left out when it is put forward is so long after the change as it says.
    """
    shown = [_placed(wall.replace(fold=fold), zone).astimezone(UTC) for fold in (1, 0)]
    kept = [at for at in shown if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall]
    return list(dict.fromkeys(kept)) or shown[1:]


def _iso(text: str) -> datetime | None:
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if exact.tzinfo is None else exact


def _within(wanted: datetime, now: datetime) -> datetime | None:
    return wanted if now < wanted <= now + LONGEST else None


def _behind(wanted: datetime, now: datetime) -> datetime | None:
    return wanted if now - LONGEST <= wanted <= now else None
