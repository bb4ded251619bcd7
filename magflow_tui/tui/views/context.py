"""What a view is drawn from: the shown snapshot and the operator's own state, in frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from magflow_tui.tui.views.glyphs import UNICODE, Glyphs
from magflow_tui.tui.views.spans import Line
from magflow_tui.tui.views.time_range import TimeRange

if TYPE_CHECKING:
    from magflow_tui.contract.alerts import Alert, AlertDetail, Runbook
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.findings import Ignore, OrderHistory, RuleCount, RuleInfo
    from magflow_tui.contract.management import LimitLosses, ProductStats
    from magflow_tui.contract.minutes import Minutes
    from magflow_tui.contract.offers import OfferDetail
    from magflow_tui.contract.past import RequestDetail
    from magflow_tui.contract.records import OfferRow, OrderDetail, OrderRow, RequestRow
    from magflow_tui.contract.runs import MissedPage, Run, Throughput
    from magflow_tui.contract.snapshot import PoolGauge, Snapshot
    from magflow_tui.tui.views.list_frame import Pane

Row = TypeVar("Row")

ScreenName = Literal["health", "limits", "sync", "orders", "backups", "api"]
SCREENS: tuple[ScreenName, ...] = ("health", "limits", "sync", "orders", "backups", "api")

#: What a list with many columns needs.
LIST_CELLS = 76
#: Width of the right-hand column from 100 columns on, and of the third one from 180 on.
SIDE_CELLS = 53
TAIL_CELLS = 46
DIVIDER_CELLS = 3

#: Views of fewer rows are not turned but scrolled.
LEAST_TURNED = 8

#: Lists of the orders' screen beside orders and offers: findings by rule, and rules that are ignored for what comes.
DeskList = Literal["rules", "ignores"]

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
class LinkCost:
    """What the way to the terminal costs: KB a second written to it lately, and milliseconds there and back.

    `round_trip_ms` is None where the terminal has not answered. `slow`: the link is spared, see `View.slow`.
    """

    kb_per_second: float
    round_trip_ms: float | None = None
    slow: bool = False


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
        """`delta` rows further down (or up), held inside the list.

        A step over the edge of the view turns three quarters of it: to send every row anew for every single step would
        be felt on a thin link.
        """
        here = self.settled(keys, height)
        if not keys:
            return here
        count = len(keys)
        index = max(0, min(count - 1, here.index + delta))
        moved = replace(here, key=keys[index], index=index, top=here.top).kept(height, count)
        if abs(delta) == 1 and moved.top != here.top and height >= LEAST_TURNED:
            stay = height // 4
            top = index - stay if delta > 0 else index - (height - 1 - stay)
            return replace(moved, top=max(0, min(top, count - height)))
        return moved

    def shifted(self, by: int) -> Cursor:
        """The same place in a list that has got so many rows more (or fewer) before it."""
        return self if self.key is None else replace(self, index=self.index + by, top=max(0, self.top + by))

    def kept(self, height: int, count: int) -> Cursor:
        """The same row, with `top` such that it is in view."""
        top = max(0, min(self.top, self.index, max(0, count - height)))
        return replace(self, top=max(top, self.index - max(1, height) + 1))


@dataclass(frozen=True, slots=True)
class ListState:
    """How an operator looks at one list: what is filtered and marked, by which column it is sorted, which are shown.

    `sort` is the name of a column, empty for the list's own order. `marks` are keys of rows; `range_from` is the key at
    which a range mark was begun, None while none is under way. `wide` shows every column, `faults` only what is wrong.
    """

    filter: str = ""
    sort: str = ""
    descending: bool = False
    marks: frozenset[object] = frozenset()
    range_from: object = None
    wide: bool = False
    faults: bool = False


@dataclass(frozen=True, slots=True)
class RowsShown(Generic[Row]):
    """A list of the store as far as it is here: `rows` are one piece of it, around the cursor.

    `position` is how many rows stand before the first one, None where that is not known; `more_before` and
    `more_behind` whether there are any. `total` is how many match, or with `more_than` how many there are at the least;
    None while that is not known. `loading` is what is being read, None while nothing is. While a search goes on
    `looked_at` is how many rows it has been through. `fresh` rows have come since the list was read; `stale` are keys
    of rows that were not in the latest reading any more. `detail` is an order read whole.
    """

    rows: tuple[Row, ...] = ()
    position: int | None = None
    more_before: bool = False
    more_behind: bool = False
    total: int | None = None
    more_than: bool = False
    loading: str | None = None
    looked_at: int | None = None
    error: str | None = None
    fresh: int = 0
    stale: frozenset[object] = frozenset()
    detail: OrderDetail | None = None


@dataclass(frozen=True, slots=True)
class DeskShown:
    """What is known of findings beside the orders themselves.

    `known` are rules by their code; `history` is that of the order read whole, None while it has not been read.
    """

    rules: RowsShown[RuleCount] = RowsShown()
    ignores: RowsShown[Ignore] = RowsShown()
    known: Mapping[str, RuleInfo] = field(default_factory=dict)
    history: OrderHistory | None = None


@dataclass(frozen=True, slots=True)
class PaneState:
    """How the detail pane of a list is looked at: its tab, its first line in view, whether keys go to it.

    `item` is the one of its findings, or of its faulty places, that is meant. `body_tab` is the tab of a request's
    bodies.
    """

    tab: int = 0
    top: int = 0
    focused: bool = False
    item: int = 0
    body_tab: int = 0


@dataclass(frozen=True, slots=True)
class RequestsShown:
    """The request log, newest first. While `held` it does not grow; `unseen` have come since."""

    rows: tuple[RequestRow, ...] = ()
    held: bool = False
    unseen: int = 0
    faults_only: bool = False
    #: Every request of the chosen account that is kept here, whatever `rows` were chosen from it.
    known: tuple[RequestRow, ...] = ()
    #: Whether requests have been read at all, of whatever account.
    any_read: bool = False
    #: How many attempts calls had, by the call: of those that had several.
    tries: Mapping[str, int] = field(default_factory=dict)
    #: How many were gone through for `rows`, and whether there are older ones than these.
    looked_at: int = 0
    more_older: bool = False
    #: Whether older or newer ones are being read, and whether that is a search; what went wrong with it.
    reading: bool = False
    searching: bool = False
    error: str | None = None
    #: A request read whole, the one under the cursor where it has rested.
    detail: RequestDetail | None = None


@dataclass(frozen=True, slots=True)
class RunShown:
    """What is known of one run beside its record: the pages that failed, and how fast it was; None where not (yet)."""

    run_id: int
    missed: tuple[MissedPage, ...] | None = None
    throughput: Throughput | None = None


@dataclass(frozen=True, slots=True)
class PastShown:
    """The past minute that is shown: as it was when it ended. `minute` begins it.

    In a `gap` nothing was recorded and there is no snapshot. `earlier` and `later` are the nearest recorded minutes on
    either side, `first` is the oldest one that is kept; None where there is none.
    """

    minute: datetime
    gap: bool = False
    earlier: datetime | None = None
    later: datetime | None = None
    first: datetime | None = None

    @property
    def until(self) -> datetime:
        """The end of the minute: nothing that is shown is younger."""
        return self.minute + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of alerts beside those of the snapshot.

    `looked_at` is when the operator last looked before now, None where that is not known. `over` are alerts that are
    over, the last to close first. `runbooks` are by code and kind of cause, those for any cause by None; `detail` is an
    alert read whole.
    """

    looked_at: datetime | None = None
    over: tuple[Alert, ...] = ()
    runbooks: Mapping[tuple[str, str | None], Runbook] = field(default_factory=dict)
    detail: AlertDetail | None = None


class Docked(Protocol):
    """What stands in the place of a list's detail pane while it is dealt with: the list goes on beside it."""

    def pane(self, view: View, width: int, room: int) -> Pane:
        """The pane on so many cells, with room for so many lines below its title."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """Everything a screen is drawn from."""

    now: datetime
    say: Say
    snapshot: Snapshot | None = None
    link: Link = Link()
    screen: ScreenName = "health"
    account: str | None = None
    #: When what is shown was so, while it is held; None while it is the present.
    frozen_at: datetime | None = None
    #: The past minute that is shown, None while the present is, or what is frozen of it. `going_to` is the one that has
    #: been asked for and not been read yet.
    past: PastShown | None = None
    going_to: datetime | None = None
    missed: int = 0
    zone: tzinfo | None = None
    glyphs: Glyphs = UNICODE
    reveal: bool = False
    zoomed: bool = False
    cursor: Cursor = Cursor()
    list_state: ListState = ListState()
    orders: RowsShown[OrderRow] = RowsShown()
    offers: RowsShown[OfferRow] = RowsShown()
    offers_open: bool = False
    #: The offer read whole, and the counts of all.
    offer: OfferDetail | None = None
    offer_stats: ProductStats | None = None
    pane: PaneState = PaneState()
    docked: Docked | None = None
    #: Which list of findings stands in the place of the orders.
    desk_list: DeskList | None = None
    desk: DeskShown = DeskShown()
    requests: RequestsShown = RequestsShown()
    older_runs: tuple[Run, ...] = ()
    runs_complete: bool = False
    run_details: Mapping[int, RunShown] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    watched: Watched = Watched()
    #: Minutes up to the shown instant: of `range`, or of an hour until one has been chosen.
    minutes: Minutes | None = None
    #: Whose minutes those are: of an account, or of all of them.
    minutes_of: str | None = None
    range: TimeRange | None = None
    #: What the limits cost up to the shown instant, as far as it has been read.
    losses: LimitLosses | None = None
    opened: bool = False
    scenario: str | None = None
    read_only: bool = False
    link_cost: LinkCost | None = None
    #: Printed as lines of words (`output.plain`): nothing is drawn.
    in_words: bool = False

    @property
    def slow(self) -> bool:
        """Whether the link to the terminal is spared: no plots, no sparklines, everything less often."""
        return self.in_words or (self.link_cost is not None and self.link_cost.slow)

    @property
    def shown_at(self) -> datetime:
        """The instant that is shown: that of the snapshot, by the engine's clock."""
        if self.snapshot is not None:
            return self.snapshot.at
        return self.now if self.past is None else self.past.until

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
    #: Of the detail pane: how many lines it has in this tab, and how many of them fit; which tabs there are.
    pane_lines: int = 0
    pane_height: int = 0
    pane_tabs: int = 0
    #: Lines of the pane that can be gone to: its findings, or its faulty places; and whether `j` and `k` do.
    pane_stops: Sequence[int] = field(default=())
    pane_steps: bool = False
    #: Where the rows of a list that is not in one piece stand: line of the body to index of the row.
    places: Mapping[int, int] = field(default_factory=dict)

    @property
    def list_lines(self) -> range:
        """The lines of the body between the first and the last row of the list."""
        lines = self.places or range(self.list_top, self.list_top + self.list_height)
        return range(min(lines, default=0), max(lines, default=-1) + 1)

    def row_at(self, line: int) -> int | None:
        """The index of the row that stands at a line of the body, None where there is none."""
        if self.places:
            return self.places.get(line)
        row = line - self.list_top
        return self.first + row if 0 <= row < self.list_height else None


def columns_of(width: int, *, zoomed: bool = False, least: int = 44) -> tuple[int, int, int]:
    """Widths of main, side and tail column; 0 where there is none.

    `least` is what the main column needs to be of use: lists with many columns stay alone where they would have less.
    """
    if zoomed or width < 100 or width - SIDE_CELLS - DIVIDER_CELLS < least:
        return width, 0, 0
    if width < 180:
        return width - SIDE_CELLS - DIVIDER_CELLS, SIDE_CELLS, 0
    return width - SIDE_CELLS - TAIL_CELLS - 2 * DIVIDER_CELLS, SIDE_CELLS, TAIL_CELLS
