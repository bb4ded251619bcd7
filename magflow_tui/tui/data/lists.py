"""What screens show beside the snapshot: lists of the store page by page, the request log, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.data.offer_desk import OfferDesk
from magflow_tui.tui.data.paging import PagedList
from magflow_tui.tui.data.reasons import Reasons
from magflow_tui.tui.data.request_log import RequestLog
from magflow_tui.tui.data.store_lists import OfferSource, OrderSource

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.records import OfferRow, OrderDetail, OrderRow
    from magflow_tui.contract.snapshot import Snapshot

EVENTS_KEPT = 100


class OpenOrder:
    """The order that is looked at whole."""

    def __init__(self) -> None:
        self.detail: OrderDetail | None = None
        self._outdated = False

    def is_open(self, key: object) -> bool:
        """Whether the order of a list key is the one that has been read, and nothing was done to it since."""
        known = self.detail is not None and (self.detail.row.account, self.detail.row.id) == key
        return known and not self._outdated

    def outdate(self) -> None:
        """Something was done to it: what was read stays until it has been read again."""
        self._outdated = True

    async def read(self, client: EngineClient, order_id: int, account: str) -> None:
        """Fetch an order whole. Raises `EngineError`."""
        self.detail = await client.order(order_id, account=account)
        self._outdated = False


class Lists:
    """Everything that screens show beside the snapshot."""

    def __init__(self) -> None:
        self.requests = RequestLog()
        self.orders: PagedList[OrderRow] = PagedList(OrderSource())
        self.offers: PagedList[OfferRow] = PagedList(OfferSource())
        self.order = OpenOrder()
        self.reasons = Reasons()
        #: Requests for actions on orders that have not finished, by their numbers.
        self.acting: set[int] = set()
        self.offer_desk = OfferDesk()
        self.events: tuple[Event, ...] = ()

    def paged(self, name: str) -> PagedList[OrderRow] | PagedList[OfferRow] | None:
        """The list of that name when it is one of the store's."""
        if name == "orders":
            return self.orders
        return self.offers if name == "offers" else None

    @property
    def last_event(self) -> int:
        """The newest event that has been read, 0 for none."""
        return self.events[0].seq if self.events else 0

    def lacks(self, snapshot: Snapshot, *, requests: bool) -> bool:
        """Whether a snapshot tells of something that has not been read: events, and the request log if looked at."""
        return (requests and snapshot.last_request_seq != self.requests.last_seq) or (
            snapshot.last_event is not None and snapshot.last_event.seq != self.last_event
        )

    async def catch_up(self, client: EngineClient, snapshot: Snapshot, *, requests: bool) -> None:
        """Read what is lacking. Raises `EngineError`."""
        if requests:
            await self.requests.read(client)
        if snapshot.last_event is not None and snapshot.last_event.seq != self.last_event:
            page = await client.events(after=self.last_event or None, limit=EVENTS_KEPT)
            # An engine on another store counts its events anew.
            before = self.events if page.last_seq > self.last_event else ()
            self.events = (*reversed(page.events), *before)[:EVENTS_KEPT]
