"""Lists that are read from the engine bit by bit: orders by keyset page, requests as a ring that grows at its head."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import OrdersShown, RequestsShown
from magflow_tui.tui.views.requests import is_fault

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.contract.runs import Run
    from magflow_tui.contract.snapshot import Snapshot

ORDERS_PAGE = 200
#: Requests kept here; the engine keeps more.
REQUESTS_KEPT = 2000
REQUESTS_PAGE = 500
EVENTS_KEPT = 100
RUNS_PAGE = 100


class RequestLog:
    """The newest requests. `hold` stops the shown list while reading goes on; what came since is counted."""

    def __init__(self, kept: int = REQUESTS_KEPT) -> None:
        self._rows: deque[RequestRow] = deque(maxlen=kept)
        self._held_at: int | None = None
        self._error: str | None = None
        self._cache: dict[tuple[str | None, bool], RequestsShown] = {}

    @property
    def last_seq(self) -> int:
        """The newest request that has been read, 0 for none."""
        return self._rows[0].seq if self._rows else 0

    def hold(self) -> None:
        """Show nothing newer than now until `follow`."""
        if self._held_at is None:
            self._held_at = self.last_seq
            self._cache.clear()

    def follow(self) -> None:
        """Show the newest again."""
        self._held_at = None
        self._cache.clear()

    async def read(self, client: EngineClient) -> bool:
        """Fetch what is new; tells whether there was anything. Raises `EngineError`."""
        last = self.last_seq
        page = await client.requests(after=last, limit=REQUESTS_PAGE, newest=True)
        if page.last_seq < last:
            self._rows.clear()  # the engine began anew and counts from the start
            last = 0
        fresh = [row for row in page.requests if row.seq > last]
        self._rows.extendleft(fresh)
        if fresh:
            self._cache.clear()
        return bool(fresh)

    def shown(self, account: str | None, *, faults_only: bool) -> RequestsShown:
        """The list as it is to be drawn."""
        key = (account, faults_only)
        if key not in self._cache:
            self._cache = {key: self._select(account, faults_only)}
        return self._cache[key]

    def _select(self, account: str | None, faults_only: bool) -> RequestsShown:
        chosen = [
            row
            for row in self._rows
            if (account is None or row.account == account) and (not faults_only or is_fault(row))
        ]
        held = self._held_at
        if held is None:
            return RequestsShown(tuple(chosen), faults_only=faults_only)
        rows = tuple(row for row in chosen if row.seq <= held)
        return RequestsShown(rows, held=True, unseen=len(chosen) - len(rows), faults_only=faults_only)


class OrderList:
    """Orders read so far, newest first, and the mark of the page behind them."""

    def __init__(self) -> None:
        self.shown = OrdersShown()
        self._after: str | None = None
        self._account: str | None = None

    def begin(self, account: str | None) -> None:
        """Start over for an account (None: all). What was read stays until the first page has come."""
        self._account = account
        self._after = None
        self.shown = replace(self.shown, complete=False, detail=None)

    async def read_more(self, client: EngineClient) -> None:
        """Fetch the next page; nothing when all has been read, or a page is under way. Raises `EngineError`."""
        if self.shown.loading or self.shown.complete:
            return
        after, account = self._after, self._account
        self.shown = replace(self.shown, loading=True, error=None)
        try:
            page = await client.orders(account=account, limit=ORDERS_PAGE, after=after, count=after is None)
        except BaseException as error:
            self.shown = replace(self.shown, loading=False, error=str(error))
            raise
        if (after, account) != (self._after, self._account):
            self.shown = replace(self.shown, loading=False)
            return  # begun anew meanwhile
        rows = page.orders if after is None else (*self.shown.rows, *page.orders)
        self._after = page.next_after
        self.shown = replace(
            self.shown,
            rows=rows,
            total=page.total if after is None else self.shown.total,
            complete=page.next_after is None,
            loading=False,
        )

    async def open(self, client: EngineClient, order_id: int, account: str) -> None:
        """Fetch an order whole, for the detail pane. Raises `EngineError`."""
        self.shown = replace(self.shown, detail=await client.order(order_id, account=account))

    def close(self) -> bool:
        """Put the opened order away; tells whether there was one."""
        had = self.shown.detail is not None
        self.shown = replace(self.shown, detail=None)
        return had


class Lists:
    """Everything that screens show beside the snapshot."""

    def __init__(self) -> None:
        self.requests, self.orders = RequestLog(), OrderList()
        self.events: tuple[Event, ...] = ()
        self.older_runs: tuple[Run, ...] = ()
        self.runs_complete = False

    @property
    def last_event(self) -> int:
        """The newest event that has been read, 0 for none."""
        return self.events[0].seq if self.events else 0

    def lacks(self, snapshot: Snapshot, *, requests: bool, orders: bool) -> bool:
        """Whether a snapshot tells of something that has not been read: events, and the lists that are looked at."""
        return (
            (requests and snapshot.last_request_seq != self.requests.last_seq)
            or (snapshot.last_event is not None and snapshot.last_event.seq != self.last_event)
            or (orders and not self.orders.shown.rows and any(account.orders for account in snapshot.accounts))
        )

    async def catch_up(
        self, client: EngineClient, snapshot: Snapshot, *, requests: bool, orders: bool, account: str | None
    ) -> None:
        """Read what is lacking. Raises `EngineError`."""
        if requests:
            await self.requests.read(client)
        if snapshot.last_event is not None and snapshot.last_event.seq != self.last_event:
            page = await client.events(after=self.last_event or None, limit=EVENTS_KEPT)
            # An engine on another store counts its events anew.
            before = self.events if page.last_seq > self.last_event else ()
            self.events = (*reversed(page.events), *before)[:EVENTS_KEPT]
        if orders and not self.orders.shown.rows:
            self.orders.begin(account)
            await self.orders.read_more(client)

    async def read_older_runs(self, client: EngineClient, before: int | None) -> None:
        """Read the runs behind one. Raises `EngineError`."""
        page = await client.runs(before=before, limit=RUNS_PAGE)
        self.older_runs = (*self.older_runs, *page.runs)
        self.runs_complete = page.next_before is None
