"""One window, page by page, and the proof that nothing of it is missing.

A page shorter than it could be is the whole window in one answer: nothing can have moved. A longer window is proven
by counting. What is read of it is a part of what is there, so when as many different items were read as are there in
the end, all were, provided that nothing leaves the window meanwhile; where things leave (closed windows of changes),
the count must also be what it was before the first page. A window without proof is read again, cut, or halved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Final, Generic, TypeVar

from sqlalchemy import Connection

from magflow_tui.marketplace.paging import FailedPage, Page, walk
from magflow_tui.marketplace.schema import Payload
from magflow_tui.sync.checkpoint import Checkpoint, Reading
from magflow_tui.sync.journal import Journal
from magflow_tui.sync.lookahead import Lookahead
from magflow_tui.sync.outage import Patience, StoppedError
from magflow_tui.sync.policy import SyncPolicy
from magflow_tui.sync.progress import Progress
from magflow_tui.sync.sources import ResourceSource
from magflow_tui.sync.windows import Window, close_at, describe, halves

T = TypeVar("T", bound=Payload)

#: How long before the marketplace's known time an open window of creation is counted: later arrivals do not disturb.
_SETTLED: Final = 60
#: How far the marketplace's clock may be ahead of ours when its data does not tell.
_SKEW: Final = 3_600


class WindowReader(Generic[T]):
    """Reads the checkpoint's window to its end: complete, cut into others that are queued, or parked for later.

    `forget_owed` is called in the transaction that completes an owed window. Raises what `Patience` raises, and
    StoppedError between two pages when `stop` is set.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        resource: str,
        source: ResourceSource[T],
        ahead: Lookahead[T],
        journal: Journal[T],
        patience: Patience[T],
        policy: SyncPolicy,
        progress: Progress,
        stop: asyncio.Event,
        now: Callable[[], int],
        on_page: Callable[[bool, str], None],
        forget_owed: Callable[[Connection, Window], None],
    ) -> None:
        self._checkpoint = checkpoint
        self._resource = resource
        self._source = source
        self._ahead = ahead
        self._journal = journal
        self._patience = patience
        self._policy = policy
        self._progress = progress
        self._stop = stop
        self._now = now
        self._on_page = on_page
        self._forget_owed = forget_owed

    async def read(self) -> None:
        """Go on with the window that is being read until another one is due."""
        reading = self._checkpoint.reading
        while reading is not None and self._checkpoint.reading is reading:
            if reading.retrying:
                await self._retry_pages(reading)
            elif reading.next_page == 1:
                await self._first_page(reading)
            else:
                await self._further_pages(reading)
                await self._conclude(reading)

    async def _first_page(self, reading: Reading) -> None:
        """Read alone, so that the marketplace's clock is known from before everything else of the window was read."""
        window, checkpoint = reading.window, self._checkpoint
        self._progress.phase = describe(window, self._resource)
        if window.loses_items:
            reading.before = await self._patience.count(window)
        page = await self._patience.fetch(window, 1)
        reading.next_page = 2
        if isinstance(page, FailedPage):
            reading.mark = checkpoint.server_mark
            await self._set_aside(reading, page)
            return
        self._read_clock(page)
        reading.mark = checkpoint.server_mark
        if page.is_last:
            self._leave(complete=True, empty=not page.slices)
        await self._store(reading, page)

    async def _further_pages(self, reading: Reading) -> None:
        if reading.pages is None:
            if reading.before is None:
                reading.before = await self._patience.count(reading.window)
            reading.pages = -(-reading.before // self._policy.page_size)
            if reading.window.dimension == "all":
                self._checkpoint.expected = self._progress.expected = reading.before
        while reading.next_page <= reading.pages:
            failed = await self._store_ahead(reading, reading.pages)
            if failed is None:
                continue
            page = await self._patience.insist(reading.window, failed)
            reading.next_page = failed.number + 1
            if isinstance(page, FailedPage):
                await self._set_aside(reading, page)
            else:
                await self._store(reading, page)

    async def _store_ahead(self, reading: Reading, last: int) -> FailedPage | None:
        """Store pages in order while the next ones are under way, up to the last or the first that fails."""
        read = partial(self._ahead.read, reading.window)
        async with aclosing(walk(read, first=reading.next_page, last=last, ahead=self._policy.ahead)) as pages:
            async for page in pages:
                if isinstance(page, FailedPage):
                    return page
                self._patience.note_success()
                self._read_clock(page)
                reading.next_page = page.number + 1
                self._ahead.make_room(self._policy.ahead - (last - page.number))
                await self._store(reading, page)
        return None

    async def _retry_pages(self, reading: Reading) -> None:
        self._progress.phase = f"again: {describe(reading.window, self._resource)}"
        for number in tuple(reading.set_aside):
            page = await self._patience.fetch(reading.window, number)
            if isinstance(page, FailedPage):
                self._note_failure(reading, page)
                await self._journal.commit(
                    self._checkpoint, partial(self._journal.note_missed, reading=reading, failed=page)
                )
                continue
            self._read_clock(page)
            reading.set_aside.remove(number)
            await self._store(reading, page, recovered=True)
            self._on_page(True, self._page_name(reading, number))
        reading.retrying = False
        if reading.set_aside:
            self._park(reading)
            await self._journal.commit(self._checkpoint)
            self._check_stop()

    async def _conclude(self, reading: Reading) -> None:
        """All pages are read or set aside: is it all?"""
        window = reading.window
        if reading.set_aside:
            await self._park_failed(reading)
            return
        settled = self._settled(reading)
        counted = window if settled is None else Window("created", window.type, window.first, settled)
        read = await self._journal.count_seen(reading.number)
        # What was counted before the second page still holds where nothing enters or leaves.
        there = read if window.still and read == reading.before else await self._patience.count(counted)
        if read == there and (not window.loses_items or read == reading.before):
            self._leave(complete=True, empty=False)
            await self._commit_without_seen(reading)
        else:
            await self._read_otherwise(reading, read, there)
        self._check_stop()

    async def _read_otherwise(self, reading: Reading, read: int, there: int) -> None:
        """The proof failed: cut the window at the marketplace's time, read it again, halve it, or leave it."""
        window, checkpoint = reading.window, self._checkpoint
        if window.open and window.dimension == "modified" and reading.mark is not None:
            self._leave(complete=False, empty=False)
            checkpoint.todo[:0] = close_at(window, reading.mark, checkpoint.server_mark)
            await self._commit_without_seen(reading)
        elif reading.attempt < self._policy.passes:
            settled = self._settled(reading)
            if settled is not None:
                reading.window = Window("created", window.type, window.first, settled)
            # Where things only arrive, what earlier passes have read still counts.
            keep = settled is None and not window.loses_items and read < there
            reading.begin_again()
            await (self._journal.commit(checkpoint) if keep else self._commit_without_seen(reading))
        elif window.dimension == "modified" and (parts := halves(window)) is not None:
            self._leave(complete=False, empty=False)
            checkpoint.todo[:0] = parts
            await self._commit_without_seen(reading)
        else:
            name = describe(window, self._resource)
            self._progress.traffic.add_error("count disagrees", f"{name}: {read} read, {there} there")
            self._leave(complete=False, empty=False)
            reading.begin_again()
            self._park(reading)
            await self._commit_without_seen(reading)

    async def _park_failed(self, reading: Reading) -> None:
        """Leave a window for the end that has pages set aside. An open one is cut, so that the way ahead stays open."""
        window, checkpoint = reading.window, self._checkpoint
        settle = partial(self._journal.settle_missed, window=reading.number, but=tuple(reading.set_aside))
        self._leave(complete=False, empty=False)
        if window.open and window.dimension == "modified":
            behind, ahead = close_at(window, reading.mark or window.first, checkpoint.server_mark)
            if ahead.first > window.first:
                checkpoint.todo.insert(0, ahead)
                reading.window = behind
                reading.begin_again()
            else:
                checkpoint.watermark_held = True
        self._park(reading)
        await self._journal.commit(checkpoint, settle)
        self._check_stop()

    async def _set_aside(self, reading: Reading, failed: FailedPage) -> None:
        reading.set_aside.append(failed.number)
        self._note_failure(reading, failed)
        await self._journal.commit(self._checkpoint, partial(self._journal.note_missed, reading=reading, failed=failed))
        self._on_page(False, f"{self._page_name(reading, failed.number)}: {failed.error.message}")
        self._check_stop()

    async def _store(self, reading: Reading, page: Page[T], *, recovered: bool = False) -> None:
        """One transaction: the page's rows, the run's counters, what was seen, and the checkpoint behind the page."""
        left = self._checkpoint.reading is not reading
        if self._is_on_walk(reading) and reading.attempt == 1:
            self._checkpoint.walks[0].strays += self._source.strays(reading.window, page.items)
        await self._journal.commit_page(
            page.items,
            self._checkpoint,
            window=reading.number,
            seen=() if left else self._source.keys(page.items, self._settled(reading)),
            also=partial(self._clean_up, reading, recovered=page.number if recovered else None),
        )
        self._check_stop()

    async def _commit_without_seen(self, reading: Reading) -> None:
        def also(connection: Connection) -> None:
            self._journal.forget_seen(connection, reading.number)
            self._clean_up(reading, connection)

        await self._journal.commit(self._checkpoint, also)

    def _clean_up(self, reading: Reading, connection: Connection, *, recovered: int | None = None) -> None:
        """What ends with a window: the record of what was seen and missed of it, and the debt it was; what ends with a
        page that is `recovered`: that it is missing.
        """
        if recovered is not None:
            self._journal.settle_page(connection, reading.number, recovered)
        if self._checkpoint.reading is not reading and all(parked is not reading for parked in self._checkpoint.parked):
            self._journal.forget_seen(connection, reading.number)
            self._journal.settle_missed(connection, reading.number)
            if reading.owed:
                self._forget_owed(connection, reading.window)

    def _leave(self, *, complete: bool, empty: bool) -> None:
        """Take the window from the desk: the next one is due."""
        checkpoint = self._checkpoint
        reading, checkpoint.reading = checkpoint.reading, None
        if reading is None:
            return
        window = reading.window
        if self._is_on_walk(reading):
            walked = checkpoint.walks[0]
            walked.empty = walked.empty + 1 if empty else 0
        caught_up = complete and window.open and window.dimension == "modified"
        if caught_up and window.type is not None and reading.mark is not None:
            checkpoint.marks[window.type] = reading.mark

    def _is_on_walk(self, reading: Reading) -> bool:
        return reading.window.dimension == "created" and not reading.rounds and bool(self._checkpoint.walks)

    def _park(self, reading: Reading) -> None:
        self._checkpoint.reading = None
        self._checkpoint.parked.append(reading)

    def _settled(self, reading: Reading) -> int | None:
        """Up to when an open window of creation is counted: creation never changes, so arrivals need not disturb."""
        window = reading.window
        if window.dimension != "created" or not window.open or reading.mark is None:
            return None
        settled = reading.mark - _SETTLED
        return settled if settled > window.first else None

    def _read_clock(self, page: Page[T]) -> None:
        checkpoint = self._checkpoint
        latest = self._source.latest(page.items, self._now())
        if latest is not None and (checkpoint.server_mark is None or latest > checkpoint.server_mark):
            checkpoint.server_mark = latest
        if checkpoint.baseline is None and checkpoint.server_mark is not None:
            # The clock as of the run's first page; after empty ones only ours tells when those were read.
            first = checkpoint.windows == 1 and checkpoint.reading is not None and checkpoint.reading.attempt == 1
            latest_safe = checkpoint.server_mark if first else min(checkpoint.server_mark, checkpoint.began - _SKEW)
            checkpoint.baseline = latest_safe

    def _note_failure(self, reading: Reading, failed: FailedPage) -> None:
        name = self._page_name(reading, failed.number)
        self._progress.traffic.add_error("page set aside", f"{name}: {failed.error.message}")

    def _page_name(self, reading: Reading, number: int) -> str:
        return f"{describe(reading.window, self._resource)}, page {number}"

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise StoppedError
