"""The way into the store: one object that opens the database, runs transactions and answers the engine's questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection

from magflow_tui.contract.base import Resource
from magflow_tui.contract.events import Event, EventPage
from magflow_tui.contract.findings import FindingPage, OrderKey
from magflow_tui.contract.listing import RowCount, RowFilter
from magflow_tui.contract.management import ProductStats, SyncStats
from magflow_tui.contract.offers import OfferDetail
from magflow_tui.contract.records import OfferPage, OrderDetail, OrderPage
from magflow_tui.contract.runs import Run, RunPage, RunState
from magflow_tui.store import (
    broken,
    events,
    findings_list,
    offer_detail,
    offer_list,
    offer_stats,
    order_list,
    orders,
    pages,
    pruning,
    runs,
    schema,
    tallies,
)
from magflow_tui.store.broken import BrokenItem
from magflow_tui.store.database import Change, Database
from magflow_tui.store.errors import as_store_error
from magflow_tui.store.events import EventDraft
from magflow_tui.store.findings_list import UNRESOLVED_ONES, FindingsAsked
from magflow_tui.store.list_query import EVERYTHING, ListQuery
from magflow_tui.store.pages import MissedPage
from magflow_tui.store.tallies import AccountCounts

T = TypeVar("T")

_FINISHED: tuple[RunState, ...] = ("completed", "partial", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class StoreSize:
    """Bytes on disk: the database, and its write-ahead log beside it."""

    db_bytes: int
    wal_bytes: int


class Store:
    """The store of one data folder. Open with `Store.open`; every method may raise StoreError.

    Lists come in keyset pages: pass a page's `next_after` as `after` to get the next, its `next_before` as `before` to
    get the one ahead of it; a mark that is none raises ValueError. `limit` counts rows.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the database file, creating it (mode 0600) or bringing its tables up to date.

        Raises StoreVersionError for one that a newer MagFlow wrote, StoreError for what cannot be opened or written.
        """
        database = Database(path)
        try:
            _create_private(path)
            await database.write(partial(schema.upgrade, path=path))
        except OSError as error:
            await database.close()
            raise as_store_error(error, path) from error
        except BaseException:
            await database.close()
            raise
        return cls(database)

    async def close(self) -> None:
        """Let transactions end and close the file. Closing twice is harmless."""
        await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def path(self) -> Path:
        return self._database.path

    def size(self) -> StoreSize:
        """Bytes on disk now."""
        return StoreSize(_bytes(self.path), _bytes(self.path.with_name(self.path.name + "-wal")))

    async def write(self, work: Callable[[Connection], T], *, durable: bool = False) -> T:
        """Run `work` in the writer thread as one transaction: committed when it returns, rolled back when it raises.

        What an operator does is written `durable`: it then survives a loss of power.
        """
        return await self._database.write(work, durable=durable)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a reader thread, on one consistent state."""
        return await self._database.read(work)

    async def check(self) -> tuple[str, ...]:
        """What is damaged in the file, a sentence each; empty when every page of it is sound. Reads all of it."""
        return await self.read(schema.damages)

    async def list_orders(
        self, query: ListQuery = EVERYTHING, *, status: int | None = None, has_findings: bool | None = None
    ) -> OrderPage:
        """A page of orders. Raises ValueError for a mark, field or sorting that is none of this list."""
        return await self.read(partial(order_list.list_orders, query=query, status=status, has_findings=has_findings))

    async def count_orders(
        self, query: ListQuery = EVERYTHING, *, status: int | None = None, has_findings: bool | None = None
    ) -> RowCount:
        """How many orders match, `query.limit` at most. Raises ValueError as `list_orders` does."""
        return await self.read(partial(order_list.count_orders, query=query, status=status, has_findings=has_findings))

    async def orders_matching(
        self, where: RowFilter, account: str | None = None, *, limit: int = 100_000
    ) -> list[OrderKey]:
        """The orders that a filter means, newest first. Raises ValueError for a field that orders do not have."""
        query = ListQuery(account=account, where=where, limit=limit)
        return await self.read(partial(order_list.orders_matching, query=query))

    async def list_findings(self, query: ListQuery = EVERYTHING, asked: FindingsAsked = UNRESOLVED_ONES) -> FindingPage:
        """A page of findings; `query.where` is of their orders. Raises ValueError as `list_orders` does."""
        return await self.read(partial(findings_list.list_findings, query=query, asked=asked))

    async def get_order(self, order_id: int, account: str | None = None) -> OrderDetail | None:
        """One order; without an account, of the first that has it (see `accounts_of_order`). None when not stored."""
        return await self.read(partial(orders.get_order, order_id=order_id, account=account))

    async def get_order_payload(self, order_id: int, account: str | None = None) -> bytes | None:
        """An order's bytes exactly as received. None when not stored."""
        return await self.read(partial(orders.get_order_payload, order_id=order_id, account=account))

    async def accounts_of_order(self, order_id: int) -> tuple[str, ...]:
        """The accounts that have an order of this id."""
        return await self.read(partial(orders.accounts_of_order, order_id=order_id))

    async def list_offers(self, query: ListQuery = EVERYTHING, *, sellable: bool | None = None) -> OfferPage:
        """A page of offers. Raises ValueError for a mark, field or sorting that is none of this list."""
        return await self.read(partial(offer_list.list_offers, query=query, sellable=sellable))

    async def count_offers(self, query: ListQuery = EVERYTHING, *, sellable: bool | None = None) -> RowCount:
        """How many offers match, `query.limit` at most. Raises ValueError as `list_offers` does."""
        return await self.read(partial(offer_list.count_offers, query=query, sellable=sellable))

    async def get_offer(self, offer_id: int, account: str | None = None) -> OfferDetail | None:
        """One offer; without an account, of the first that has it (see `accounts_of_offer`). None when not stored."""
        return await self.read(partial(offer_detail.get_offer, offer_id=offer_id, account=account))

    async def accounts_of_offer(self, offer_id: int) -> tuple[str, ...]:
        """The accounts that have an offer of this id."""
        return await self.read(partial(offer_detail.accounts_of_offer, offer_id=offer_id))

    async def list_broken(self, *, account: str | None = None, limit: int = 100) -> tuple[BrokenItem, ...]:
        """Items too broken to read, seen last first."""
        return await self.read(partial(broken.list_broken, account=account, limit=limit))

    async def list_runs(
        self,
        *,
        account: str | None = None,
        resource: Resource | None = None,
        limit: int = 50,
        before: int | None = None,
        finished_only: bool = False,
    ) -> RunPage:
        """Runs, newest first."""
        results = _FINISHED if finished_only else ()
        return await self.read(
            partial(runs.list_runs, account=account, resource=resource, results=results, limit=limit, before=before)
        )

    async def get_run(self, run_id: int) -> Run | None:
        """One run's record as last committed."""
        return await self.read(partial(runs.get_run, run_id=run_id))

    async def missed_pages(self, run_id: int, limit: int = 500) -> tuple[MissedPage, ...]:
        """The pages of a run that could not be read when it was their turn, those still missing first."""
        return await self.read(partial(pages.list_missed, run_id=run_id, limit=limit))

    async def counts(self) -> dict[str, AccountCounts]:
        """Rows by account; an account without rows is missing. Cheap enough for every second."""
        return await self.read(tallies.read_counts)

    async def sync_stats(self, now: datetime) -> SyncStats:
        """Runs of the last 24 h."""
        return await self.read(partial(runs.sync_stats, now=now))

    async def product_stats(self, now: datetime) -> ProductStats:
        """Offers by state and account."""
        return await self.read(partial(offer_stats.product_stats, now=now))

    async def append_events(self, drafts: Sequence[EventDraft]) -> tuple[Event, ...]:
        """Add events, in order and in one transaction; their numbers have no gaps."""
        return await self.write(partial(events.append_events, drafts=drafts))

    async def events_after(self, seq: int, limit: int = 500) -> EventPage:
        """The events behind a number, oldest first."""
        return await self.read(partial(events.events_after, seq=seq, limit=limit))

    async def last_event_seq(self) -> int:
        """The newest event's number, 0 for none."""
        return await self.read(events.last_event_seq)

    async def prune(self, prunable: pruning.Prunable, now: datetime, rows: int) -> Change:
        """Delete at most about so many rows that are too old; what that did to the writer."""
        return await self._database.change(prunable.sql, {"before": prunable.before(now), "rows": rows})

    async def checkpoint(self) -> None:
        """Copy the write-ahead log back into the file, without holding the writer."""
        await self._database.checkpoint()

    async def prune_events(self, keep: int = 100_000) -> int:
        """Leave the newest events; how many went."""
        return await self.write(partial(events.prune_events, keep=keep))


def _create_private(path: Path) -> None:
    """Personal data lies in the file and beside it: nobody else may read it. SQLite's log takes the file's mode."""
    if not path.exists():
        path.touch(mode=0o600)


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
