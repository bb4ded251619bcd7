"""Windows: the spans of time that are read one after the other, and the marketplace's clock as its own data tells it.

Times here are whole seconds since 1970 UTC, both ends of a span included. What is asked for is a second wider at each
end, since it is not known whether the marketplace includes its bounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from magflow_tui.marketplace.localtime import format_local, is_ambiguous, parse_local

#: The longest span asked for. The marketplace takes a month; the shortest has 28 days, and one ends summer time.
LONGEST: Final = 27 * 86_400
#: Before this the marketplace had no orders.
BEGINNING: Final = int(datetime(2012, 1, 1, tzinfo=UTC).timestamp())
#: Times in payloads further ahead of our clock than this are faults, not news.
_FUTURE: Final = 300
_FOLD: Final = 3_600

Dimension = Literal["created", "modified", "all"]


class Window(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a resource that is read as one: by type, and by creation or last change from `first` to `last`.

    An `open` window reaches into the future: things enter it while it is read, and nothing leaves it.
    """

    dimension: Dimension
    type: int | None = None
    first: int = 0
    last: int = 0
    open: bool = False

    @property
    def still(self) -> bool:
        """Whether nothing enters the window and nothing leaves it: when something was created never changes."""
        return self.dimension == "created" and not self.open

    @property
    def loses_items(self) -> bool:
        """Whether items may leave the window while it is read: what is changed gets a later time of change."""
        return self.dimension == "modified" and not self.open


def bounds(window: Window, timezone: str) -> tuple[str, str]:
    """The window's ends as platform-local filter text."""
    return local_text(window.first - 1, timezone), local_text(window.last + 1, timezone)


def local_text(seconds: int, timezone: str) -> str:
    """Seconds since 1970 as platform-local text."""
    return format_local(datetime.fromtimestamp(seconds, UTC), timezone)


def noon_before(seconds: int) -> int:
    """The last noon (UTC) at or before: a place for borders that no platform's clock change comes near."""
    return (seconds - 43_200) // 86_400 * 86_400 + 43_200


def newest_created(type_: int, now: int) -> Window:
    """The first window of a walk back through history. It reaches two weeks ahead: our clock may be slow."""
    first = noon_before(now) - 14 * 86_400
    return Window("created", type_, first, first + LONGEST, open=True)


def created_before(window: Window, floor: int) -> Window | None:
    """The window behind this one on the way back; None when it would end before `floor`."""
    last = window.first - 1
    if last < floor:
        return None
    return Window("created", window.type, max(last - LONGEST, floor), last)


def changed_since(first: int, type_: int | None, now: int) -> list[Window]:
    """Windows of changes from `first` on, oldest first; the last is open and reaches at least a day ahead of `now`.

    In this order a thing that is changed again while its window is read turns up in a later window.
    """
    windows = []
    while first + LONGEST < now + 86_400:
        windows.append(Window("modified", type_, first, first + LONGEST - 1))
        first += LONGEST
    return [*windows, Window("modified", type_, first, first + LONGEST, open=True)]


def close_at(window: Window, mark: int, clock: int | None) -> tuple[Window, Window]:
    """An open window of changes, cut at a time the marketplace's clock has reached: what is behind, what is ahead.

    The second of the cut is in both, unless the marketplace's clock is known to have left it (`clock` is later): more
    changes may still come within it.
    """
    last = max(mark, window.first)
    first = last + 1 if clock is not None and clock > last else last
    behind = Window(window.dimension, window.type, window.first, last)
    return behind, Window(window.dimension, window.type, first, first + LONGEST, open=True)


def halves(window: Window) -> tuple[Window, Window] | None:
    """A closed window in two; None when it is a single second."""
    if window.first >= window.last:
        return None
    middle = (window.first + window.last) // 2
    return (
        Window(window.dimension, window.type, window.first, middle),
        Window(window.dimension, window.type, middle + 1, window.last),
    )


def start_after(watermark: int, overlap: int, timezone: str) -> int:
    """Where reading of changes begins for a watermark: `overlap` before it, and an hour more when the watermark lies in
    the hour that repeats in autumn. Times of its second pass read as if they came before the end of the first.
    """
    fold = _FOLD if is_ambiguous(local_text(watermark, timezone), timezone) else 0
    return watermark - overlap - fold


def latest_time(texts: Iterable[str | None], timezone: str, now: int) -> int | None:
    """The latest of these local times: the marketplace's clock has been there. None when there is none.

    Times ahead of our own clock are left out: a broken payload must not move a watermark into the future. A slow clock
    of ours then makes watermarks older than need be, never wrong.
    """
    for text in sorted({text for text in texts if text is not None}, reverse=True):
        moment = parse_local(text, timezone)
        if moment is not None and moment.timestamp() <= now + _FUTURE:
            return int(moment.timestamp())
    return None


def describe(window: Window, resource: str) -> str:
    """A window for people: `orders 2026-03, type 3`, `orders changed since 2026-03-01 10:00 UTC, type 3`, `offers`."""
    if window.dimension == "all":
        return resource
    first, last = (datetime.fromtimestamp(second, UTC) for second in (window.first, window.last))
    if window.dimension == "created":
        span = f"{first:%Y-%m-%d} …" if window.open else f"{first:%Y-%m-%d} … {last:%Y-%m-%d}"
    elif window.open:
        span = f"changed since {first:%Y-%m-%d %H:%M} UTC"
    else:
        span = f"changed {first:%Y-%m-%d %H:%M:%S} … {last:%Y-%m-%d %H:%M:%S} UTC"
    return f"{resource} {span}, type {window.type}"
