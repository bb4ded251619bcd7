"""Numbers, times and sizes as operators read them: short, of a fixed width where they stand in columns."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

NOTHING = "-"
#: Seconds that are shown of a duration at most.
_LONGEST = 1e12


def grouped(value: int) -> str:
    """`12410` as `12 410`."""
    return f"{value:,}".replace(",", " ")


def compact(value: int) -> str:
    """A count in five cells at most: `9 802`, `19.6k`, `361k`, `4.2M`; below 10 000 in its own figures."""
    if value < 10_000:
        return grouped(value)
    if value < 100_000:
        return f"{value // 100 / 10:.1f}k"
    if value < 1_000_000:
        return f"{value // 1000}k"
    return f"{value // 100_000 / 10:.1f}M"


def money(value: Decimal | None) -> str:
    """An amount with two decimals, thousands apart: `1 204.50`."""
    return NOTHING if value is None else f"{value:,.2f}".replace(",", " ")


def _whole(seconds: float) -> int:
    """Whole seconds of a duration, held within what can be shown; one that is no number is the longest."""
    return max(0, int(min(_LONGEST, seconds)))


def span(seconds: float | None) -> str:
    """A duration: `9s`, `4m10s`, `2h52m`, `3d04h`."""
    if seconds is None:
        return NOTHING
    whole = _whole(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d{whole % 86400 // 3600:02d}h"


def age(seconds: float | None) -> str:
    """How long ago, in minutes: it changes once a minute, so it costs nothing in between. `<1m`, `7m`, `2h52m`."""
    if seconds is None:
        return NOTHING
    whole = _whole(seconds)
    if whole < 60:
        return "<1m"
    if whole < 3600:
        return f"{whole // 60}m"
    return span(whole)


def size(count: int | None) -> str:
    """A number of bytes: `412 MB`."""
    if count is None:
        return NOTHING
    amount = float(count)
    unit = "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f} {unit}" if amount < 10 and unit != "B" else f"{amount:.0f} {unit}"


def percent(value: float | None, *, digits: int = 0) -> str:
    """A value of 0..100: `84 %`."""
    return NOTHING if value is None else f"{value:.{digits}f} %"


def share(value: float) -> str:
    """A share of 0..1: `84 %`."""
    return f"{value * 100:.0f} %"


def milliseconds(value: float | None) -> str:
    """`88`, `4 910`."""
    return NOTHING if value is None else grouped(round(value))


def response(value: float | None) -> str:
    """A response time: `410 ms`, `2.4 s`."""
    if value is None:
        return NOTHING
    return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms"


def rate(value: float | None) -> str:
    """Items a second: `41.2/s`."""
    return NOTHING if value is None else f"{value:.1f}/s"


def link_cost(kb_per_second: float, round_trip_ms: float | None) -> str:
    """What the line to the terminal carries, and how long it takes there and back: `0.6 KB/s  38 ms`."""
    trip = NOTHING if round_trip_ms is None else f"{min(round_trip_ms, 9999.0):.0f}"
    return f"{min(kb_per_second, 999.0):5.1f} KB/s {trip:>4} ms"


def wall(at: datetime, zone: tzinfo | None) -> datetime:
    """An instant by the clock on the wall; by its own where that would be beyond the calendar's first or last day.

    Data hold such dates: a marketplace fills in the year 1 where it knows none.
    """
    try:
        return at.astimezone(zone)
    except (OverflowError, ValueError, OSError):  # the system's own zone raises each of them
        return at


def later(at: datetime, seconds: float) -> datetime:
    """An instant moved by so much, forth or back; held at the ends of the calendar."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        first, last = datetime(1, 1, 1, tzinfo=at.tzinfo), datetime(9999, 12, 31, 23, 59, 59, tzinfo=at.tzinfo)
        return last if seconds > 0 else first


def clock(at: datetime | None, zone: tzinfo | None, *, seconds: bool = False) -> str:
    """Local time of day, in minutes unless told: `12:04`."""
    if at is None:
        return NOTHING
    return wall(at, zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def clock_ms(at: datetime, zone: tzinfo | None) -> str:
    """Local time of day in milliseconds: `12:03:12.104`."""
    local = wall(at, zone)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def day(at: datetime | None, now: datetime, zone: tzinfo | None) -> str:
    """When, in eleven cells at most: the time today, day and time earlier. `12:04`, `11-20 12:04`."""
    if at is None:
        return NOTHING
    local = wall(at, zone)
    return local.strftime("%H:%M" if local.date() == wall(now, zone).date() else "%m-%d %H:%M")
