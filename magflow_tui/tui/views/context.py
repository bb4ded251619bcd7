"""What a view is drawn from: the shown snapshot and the operator's own state, in frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal, Protocol

from magflow_tui.tui.views.glyphs import UNICODE, Glyphs
from magflow_tui.tui.views.spans import Line

if TYPE_CHECKING:
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.records import OrderDetail, OrderRow, RequestRow
    from magflow_tui.contract.runs import Run
    from magflow_tui.contract.snapshot import PoolGauge, Snapshot

ScreenName = Literal["health", "limits", "sync", "orders", "backups", "api"]
SCREENS: tuple[ScreenName, ...] = ("health", "limits", "sync", "orders", "backups", "api")

#: What a list with many columns needs.
LIST_CELLS = 76
#: Width of the right-hand column from 100 columns on, and of the third one from 180 on.
SIDE_CELLS = 53
TAIL_CELLS = 46
DIVIDER_CELLS = 3

LinkPhase = Literal["starting", "live", "stale", "gone"]


class Say(Protocol):
    """The text of a key in the operator's language."""

    def __call__(self, key: str, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """How things stand between this screen and the engine.

    `starting`: nothing has arrived yet. `live`: the shown snapshot is fresh. `stale`: nothing new for more than two
    ticks. `gone`: the engine does not answer, `reason` says why. `age` is that of the last snapshot, in seconds.
    """

    phase: LinkPhase = "starting"
    age: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: the key under the cursor, its index when last seen, and the index of the first row shown.

    `key` None is the first row, whichever that is.
    """

    key: object = None
    index: int = 0
    top: int = 0

    def settled(self, keys: Sequence[object], height: int) -> Cursor:
        """The same place in a list that may have changed: by key; where the key is gone, by index. Always in view."""
        if not keys:
            return Cursor()
        index = 0
        if self.key is not None:
            if 0 <= self.index < len(keys) and keys[self.index] == self.key:
                index = self.index
            else:
                try:
                    index = keys.index(self.key)
                except ValueError:
                    index = min(self.index, len(keys) - 1)
        # Rows that came in above push the view down with them, so that what is read stays where it is;
        # a view of the head of the list stays there, so that what is new is seen.
        top = self.top + (index - self.index) if self.top else 0
        top = max(0, min(top, index, max(0, len(keys) - height)))
        top = max(top, index - max(1, height) + 1)
        return Cursor(key=None if self.key is None else keys[index], index=index, top=top)

    def moved(self, delta: int, keys: Sequence[object], height: int) -> Cursor:
        """`delta` rows further down (or up), held inside the list."""
        here = self.settled(keys, height)
        if not keys:
            return here
        index = max(0, min(len(keys) - 1, here.index + delta))
        return replace(here, key=keys[index], index=index, top=here.top).kept(height, len(keys))

    def kept(self, height: int, count: int) -> Cursor:
        """The same row, with `top` such that it is in view."""
        top = max(0, min(self.top, self.index, max(0, count - height)))
        return replace(self, top=max(top, self.index - max(1, height) + 1))


@dataclass(frozen=True, slots=True)
class OrdersShown:
    """The part of the order list that has been read so far."""

    rows: tuple[OrderRow, ...] = ()
    total: int | None = None
    complete: bool = False
    loading: bool = False
    error: str | None = None
    detail: OrderDetail | None = None


@dataclass(frozen=True, slots=True)
class RequestsShown:
    """The request log, newest first. While `held` it does not grow; `unseen` have come since."""

    rows: tuple[RequestRow, ...] = ()
    held: bool = False
    unseen: int = 0
    faults_only: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Everything a screen is drawn from."""

    now: datetime
    say: Say
    snapshot: Snapshot | None = None
    link: Link = Link()
    screen: ScreenName = "health"
    account: str | None = None
    frozen_at: datetime | None = None
    missed: int = 0
    zone: tzinfo | None = None
    glyphs: Glyphs = UNICODE
    reveal: bool = False
    zoomed: bool = False
    cursor: Cursor = Cursor()
    orders: OrdersShown = OrdersShown()
    requests: RequestsShown = RequestsShown()
    older_runs: tuple[Run, ...] = ()
    events: tuple[Event, ...] = ()
    scenario: str | None = None

    @property
    def shown_at(self) -> datetime:
        """The instant that is shown: that of the snapshot, by the engine's clock."""
        return self.snapshot.at if self.snapshot is not None else self.now

    def seconds_since(self, at: datetime | None) -> float | None:
        """Age of an instant in seconds, by the engine's clock as of the shown snapshot."""
        if at is None:
            return None
        return (self.shown_at - at) / timedelta(seconds=1)

    @property
    def pools(self) -> tuple[PoolGauge, ...]:
        """Gauges of the chosen account, or of all; a pool that has never been used is left out (EAN search mostly)."""
        if self.snapshot is None:
            return ()
        return tuple(
            pool
            for pool in self.snapshot.pools
            if self.account in (None, pool.account) and (pool.pool != "ean" or pool.requests)
        )


@dataclass(frozen=True, slots=True)
class Body:
    """A drawn screen body: its lines, and where its list stands, so that keys and clicks find their row.

    The list's first visible row, the one of index `first`, is line `list_top` of the body; `list_height` rows are
    visible in its first `list_width` cells; `keys` are those of all its rows and `cursor` is settled among them.
    """

    lines: list[Line]
    list_top: int = 0
    list_height: int = 0
    keys: Sequence[object] = field(default=())
    cursor: Cursor = Cursor()
    first: int = 0
    list_width: int = 0


def columns_of(width: int, *, zoomed: bool = False, least: int = 44) -> tuple[int, int, int]:
    """Widths of main, side and tail column; 0 where there is none.

    `least` is what the main column needs to be of use: lists with many columns stay alone where they would have less.
    """
    if zoomed or width < 100 or width - SIDE_CELLS - DIVIDER_CELLS < least:
        return width, 0, 0
    if width < 180:
        return width - SIDE_CELLS - DIVIDER_CELLS, SIDE_CELLS, 0
    return width - SIDE_CELLS - TAIL_CELLS - 2 * DIVIDER_CELLS, SIDE_CELLS, TAIL_CELLS
