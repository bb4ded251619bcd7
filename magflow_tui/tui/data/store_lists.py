"""The lists of the store, as the engine is asked for them: what is read, what `/` can ask, when it may have changed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from magflow_tui.tui.data.window import Page
from magflow_tui.tui.views.filter import Filter, parse

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.client.list_part import ListPart
    from magflow_tui.contract.base import Resource
    from magflow_tui.contract.listing import PageMarks, RowCount, RowFilter
    from magflow_tui.contract.records import OfferRow, OrderRow
    from magflow_tui.contract.snapshot import Snapshot

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows of a list are wanted, and in which order; `sort` empty is the list's own."""

    account: str | None = None
    filter: str = ""
    sort: str = ""
    descending: bool = False
    faults: bool = False

    @property
    def whole(self) -> bool:
        """Whether every row of the account is wanted: then their number is known."""
        return not self.filter.strip() and not self.faults


class Source(Protocol[Row]):
    """A list of the store. Its methods raise `EngineError`."""

    @property
    def fields(self) -> Mapping[str, Sequence[str]]:
        """What `/` can ask for, with the values that are known."""
        ...

    async def read(self, client: EngineClient, part: ListPart, *, faults: bool) -> tuple[Page[Row], int | None]:
        """A page, and how many rows a search that stopped has looked at."""
        ...

    async def count(self, client: EngineClient, part: ListPart, most: int, *, faults: bool) -> RowCount:
        """How many rows match, as far as a few milliseconds reach."""
        ...

    def stored(self, snapshot: Snapshot, account: str | None) -> int:
        """How many rows the store has, by a snapshot."""
        ...

    def signature(self, snapshot: Snapshot, account: str | None) -> Hashable:
        """Changes when rows may have come or changed."""
        ...


class OrderSource:
    """Orders, newest first. `faults` are those with open findings."""

    fields: ClassVar[Mapping[str, Sequence[str]]] = {
        "id": (),
        "acct": (),
        "status": ("cancelled", "new", "in_progress", "prepared", "finalised", "returned"),
        "type": ("fbe", "seller"),
        "payment": ("card", "cash", "transfer"),
        "total": (),
        "currency": ("RON", "EUR", "HUF"),
        "customer": (),
        "findings": (),
        "rule": (),
        "state": ("open", "seen", "ignored", "snoozed"),
        "severity": ("error", "warning", "info"),
        "note": (),
        "age": (),
        "date": (),
        "modified": (),
    }

    async def read(self, client: EngineClient, part: ListPart, *, faults: bool) -> tuple[Page[OrderRow], int | None]:
        page = await client.orders_part(part, findings=faults or None)
        return _page(page.orders, page, page.total), page.looked_at

    async def count(self, client: EngineClient, part: ListPart, most: int, *, faults: bool) -> RowCount:
        return await client.count_orders(part, most=most, findings=faults or None)

    def stored(self, snapshot: Snapshot, account: str | None) -> int:
        return sum(each.orders for each in snapshot.accounts if account in (None, each.name))

    def signature(self, snapshot: Snapshot, account: str | None) -> Hashable:
        counts = tuple((each.name, each.orders, each.orders_new) for each in snapshot.accounts)
        return counts, _written(snapshot, "orders")


class OfferSource:
    """Offers, by account and id. `faults` are those that cannot be sold."""

    fields: ClassVar[Mapping[str, Sequence[str]]] = {
        "id": (),
        "acct": (),
        "name": (),
        "part": (),
        "status": ("active", "inactive", "end_of_life"),
        "price": (),
        "currency": ("RON", "EUR", "HUF"),
        "stock": (),
        "sellable": ("yes", "no"),
        "reason": ("no stock", "price", "offer", "documentation", "rejected", "pending", "blocked"),
    }

    async def read(self, client: EngineClient, part: ListPart, *, faults: bool) -> tuple[Page[OfferRow], int | None]:
        page = await client.offers_part(part, sellable=False if faults else None)
        return _page(page.offers, page, page.total), page.looked_at

    async def count(self, client: EngineClient, part: ListPart, most: int, *, faults: bool) -> RowCount:
        return await client.count_offers(part, most=most, sellable=False if faults else None)

    def stored(self, snapshot: Snapshot, account: str | None) -> int:
        return sum(each.offers for each in snapshot.accounts if account in (None, each.name))

    def signature(self, snapshot: Snapshot, account: str | None) -> Hashable:
        return tuple((each.name, each.offers) for each in snapshot.accounts), _written(snapshot, "offers")


@lru_cache(maxsize=8)
def list_filter(text: str, fields: frozenset[str]) -> Filter:
    """What was typed behind `/` on a list of the store."""
    return parse(text, known=fields)


def as_row_filter(wanted: Filter) -> RowFilter:
    """A filter as the engine takes it. Patterns are left out: the store cannot be searched for them."""
    from magflow_tui.contract.listing import Condition, RowFilter

    groups = [
        tuple(
            Condition(field=term.field, operator=term.operator, value=term.value, negated=term.negated)
            for term in group
            if term.operator != "~"
        )
        for group in wanted.alternatives
    ]
    return RowFilter(alternatives=tuple(group for group in groups if group))


def _page(rows: tuple[Row, ...], marks: PageMarks, total: int | None) -> Page[Row]:
    return Page(rows, marks.first, marks.last, marks.next_before, marks.next_after, total)


def _written(snapshot: Snapshot, resource: Resource) -> tuple[Any, ...]:
    """What the runs of a resource have written so far."""
    at_work = [(run.run_id, run.created, run.updated) for run in snapshot.running if run.resource == resource]
    over = [run.run_id for run in snapshot.recent_runs if run.resource == resource][:1]
    return (*at_work, *over)
