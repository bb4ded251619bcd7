"""One resource of one account: how to read a page of a window, count a window, store a page, and tell items apart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection

from magflow_tui.marketplace.client import CallContext, MarketplaceClient
from magflow_tui.marketplace.filters import OfferFilter, OrderFilter, RmaFilter
from magflow_tui.marketplace.localtime import parse_local
from magflow_tui.marketplace.paging import Page
from magflow_tui.marketplace.platforms import Platform
from magflow_tui.marketplace.schema import Item, Offer, Order, Payload, Rma
from magflow_tui.store.changes import PageOutcome
from magflow_tui.store.offers import store_offers
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source, payload_hash
from magflow_tui.store.rma import store_rma
from magflow_tui.sync.windows import Window, bounds, latest_time

T = TypeVar("T", bound=Payload)
T_co = TypeVar("T_co", bound=Payload, covariant=True)


class Pages(Protocol[T_co]):
    """Whatever pages of windows come from. Both raise `EmagApiError`."""

    async def read(self, window: Window, page: int) -> Page[T_co]:
        """One page of a window."""

    async def count(self, window: Window) -> int:
        """How many items a window has now."""


@dataclass(frozen=True, slots=True)
class ResourceSource(ABC, Generic[T]):
    """Reads with the account's client on behalf of one run. Reading and counting raise `EmagApiError`."""

    client: MarketplaceClient
    platform: Platform
    context: CallContext
    page_size: int

    @property
    def timezone(self) -> str:
        """The platform's, as a zoneinfo name."""
        return self.platform.timezone

    @abstractmethod
    async def read(self, window: Window, page: int) -> Page[T]:
        """One page of a window."""

    @abstractmethod
    async def count(self, window: Window) -> int:
        """How many items a window has now."""

    @abstractmethod
    def store(self, connection: Connection, source: Source, items: Sequence[Item[T]]) -> PageOutcome:
        """Write a page inside the caller's transaction."""

    @abstractmethod
    def identity(self, value: T) -> int:
        """The id by which a window's items are told apart."""

    def keys(self, items: Sequence[Item[T]], until: int | None = None) -> list[int]:
        """A number for each item, the same whenever it is read: its id; below 0 for what has none, by its bytes.

        With `until` only items that were created up to then (seconds since 1970), where the resource knows.
        """
        return [
            -1 - (int.from_bytes(payload_hash(item.raw)[:8]) >> 1) if item.value is None else self.identity(item.value)
            for item in items
            if until is None or self.created_by(item, until)
        ]

    def created_by(self, item: Item[T], until: int) -> bool:
        """Whether an item was created at or before a time; True where that cannot be told."""
        return True

    def strays(self, window: Window, items: Sequence[Item[T]]) -> int:
        """How many items the store will not count as of the window's type."""
        return 0

    def latest(self, items: Sequence[Item[T]], now: int) -> int | None:
        """The latest time of the marketplace's clock that these items tell of; None when they tell of none."""
        return None


class OrderSource(ResourceSource[Order]):
    """Orders of one type at a time: the marketplace gives no more, and hides FBE orders when none is named."""

    async def read(self, window: Window, page: int) -> Page[Order]:
        return await self.client.read_orders(self._filter(window), page, self.page_size, context=self.context)

    async def count(self, window: Window) -> int:
        return (await self.client.count_orders(self._filter(window), context=self.context)).items

    def store(self, connection: Connection, source: Source, items: Sequence[Item[Order]]) -> PageOutcome:
        return store_orders(connection, source, items)

    def identity(self, value: Order) -> int:
        return value.id

    def latest(self, items: Sequence[Item[Order]], now: int) -> int | None:
        orders = [item.value for item in items if item.value is not None]
        texts = [text for order in orders for text in (order.modified, order.created)]
        return latest_time(texts, self.timezone, now)

    def strays(self, window: Window, items: Sequence[Item[Order]]) -> int:
        return sum(item.value is None or item.value.type != window.type for item in items)

    def created_by(self, item: Item[Order], until: int) -> bool:
        created = None if item.value is None else parse_local(item.value.created, self.timezone)
        return created is None or created.timestamp() <= until

    def _filter(self, window: Window) -> OrderFilter:
        if window.dimension == "all":
            return OrderFilter(type=window.type)
        first, last = bounds(window, self.timezone)
        if window.dimension == "created":
            return OrderFilter(type=window.type, created_after=first, created_before=last)
        return OrderFilter(type=window.type, modified_after=first, modified_before=last)


class OfferSource(ResourceSource[Offer]):
    """Offers: the marketplace has no filter by time for them, so all are read."""

    async def read(self, window: Window, page: int) -> Page[Offer]:
        return await self.client.read_offers(OfferFilter(), page, self.page_size, context=self.context)

    async def count(self, window: Window) -> int:
        return (await self.client.count_offers(OfferFilter(), context=self.context)).items

    def store(self, connection: Connection, source: Source, items: Sequence[Item[Offer]]) -> PageOutcome:
        return store_offers(connection, source, items)

    def identity(self, value: Offer) -> int:
        return value.id


class RmaSource(ResourceSource[Rma]):
    """Returns: all are read, since a return changes long after its date."""

    async def read(self, window: Window, page: int) -> Page[Rma]:
        return await self.client.read_rma(RmaFilter(), page, self.page_size, context=self.context)

    async def count(self, window: Window) -> int:
        return (await self.client.count_rma(RmaFilter(), context=self.context)).items

    def store(self, connection: Connection, source: Source, items: Sequence[Item[Rma]]) -> PageOutcome:
        return store_rma(connection, source, items)

    def identity(self, value: Rma) -> int:
        return value.emag_id
