"""Time as the marketplace keeps it: local wall-clock text without a zone.

A moment is a whole count of seconds since 1970 UTC; a *wall* is the same count read off the local clock face, as a
database column without a zone stores it. In the autumn fold one wall names two moments.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_HOUR = 3600
_FILTER_TEXT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\Z")


class LocalTime:
    """Converts between moments, walls and text for one zone. Offsets are remembered per hour: a lookup costs little."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._offsets: dict[int, int] = {}

    def wall(self, moment: int) -> int:
        """The wall of a moment."""
        hour = moment // _HOUR
        offset = self._offsets.get(hour)
        if offset is None:
            delta = datetime.fromtimestamp(hour * _HOUR, self._zone).utcoffset() or timedelta()
            offset = self._offsets[hour] = int(delta.total_seconds())
        return moment + offset

    def text(self, moment: int) -> str:
        """`YYYY-MM-DD HH:MM:SS` of a moment, local."""
        return wall_text(self.wall(moment))

    def moments(self, wall: int) -> tuple[int, int]:
        """The earliest and latest moment a wall can name; the same unless the wall lies in the autumn fold."""
        naive = datetime.fromtimestamp(wall, UTC).replace(tzinfo=self._zone)
        first, second = (int(naive.replace(fold=fold).timestamp()) for fold in (0, 1))
        return min(first, second), max(first, second)


def wall_text(wall: int) -> str:
    """`YYYY-MM-DD HH:MM:SS` of a wall."""
    return datetime.fromtimestamp(wall, UTC).isoformat(" ")[:19]


def parse_wall(text: str) -> int | None:
    """The wall of `YYYY-MM-DD HH:MM:SS`, or None when the text is nothing of the kind."""
    if not _FILTER_TEXT.match(text):
        return None
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def month_after(wall: int) -> int:
    """The same day and time one calendar month later, or that month's last day."""
    start = datetime.fromtimestamp(wall, UTC)
    year, month = divmod(start.year * 12 + start.month, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    last_day = ((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day
    return int(first.replace(day=min(start.day, last_day)).timestamp())
