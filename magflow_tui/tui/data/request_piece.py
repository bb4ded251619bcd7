"""Requests out of the store, in one piece: a part of the log without gaps, which grows at either end as it is read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from magflow_tui.tui.data.store_lists import as_row_filter
from magflow_tui.tui.views.levels import SLOW_MS
from magflow_tui.tui.views.request_rows import request_filter

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.listing import RowFilter
    from magflow_tui.contract.records import RequestPage, RequestRow

#: Requests read at once, and those of one piece that are kept.
PAGE = 500
KEPT = 3000

Direction = Literal["older", "newer"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are asked for: those begun at `until` or before, of all times when None."""

    account: str | None = None
    filter: str = ""
    faults: bool = False
    until: datetime | None = None

    @property
    def whole(self) -> bool:
        """Whether every request of that time is."""
        return self.account is None and not self.filter.strip() and not self.faults


class RequestPiece:
    """What was `wanted` of the requests before number `below` (None: of the newest on), as far as it has been read.

    While it is `joined` what follows it in time is elsewhere, so that nothing newer is to be read.
    """

    def __init__(self, wanted: Wanted, below: int | None, *, joined: bool = True) -> None:
        self.wanted = wanted
        self.joined = joined
        #: Newest first.
        self.rows: deque[RequestRow] = deque()
        #: Where to go on with older ones, None at the beginning of the log.
        self.next_before = below
        self.begun = False
        #: The lowest number that was gone through for these rows, and the highest.
        self.lowest = self.highest = below - 1 if below is not None else 0
        #: Grows with every change.
        self.version = 0

    def moved_to(self, wanted: Wanted) -> RequestPiece:
        """The piece that ends at another past moment and is the same else.

        Further back it is what is left of this one; further on it has to be read, and shows this one until then.
        """
        moved = RequestPiece(wanted, None, joined=self.joined)
        moved.rows = deque(row for row in self.rows if wanted.until is None or row.at <= wanted.until)
        before = self.wanted.until
        if self.begun and moved.rows and before is not None and wanted.until is not None and wanted.until < before:
            moved.begun, moved.next_before = True, self.next_before
            moved.lowest, moved.highest = self.lowest, moved.rows[0].seq
        return moved

    @property
    def more_older(self) -> bool:
        """Whether there may be older ones."""
        return not self.begun or self.next_before is not None

    @property
    def more_newer(self) -> bool:
        """Whether there may be newer ones that are not here and not elsewhere."""
        return not self.joined

    def take_over(self, row: RequestRow) -> None:
        """A row that is given up where it was, next to the newest one here."""
        if row.seq > self.highest:
            self.rows.appendleft(row)
            self.highest = row.seq
            self._give_up_newest()

    def _give_up_newest(self) -> None:
        self.version += 1
        while len(self.rows) > KEPT:
            self.highest = self.rows.popleft().seq - 1
            self.joined = False

    async def read(self, client: EngineClient, direction: Direction, last_seq: int) -> None:
        """Read a page; `last_seq` is the newest request of all. Raises `EngineError`."""
        if direction == "older":
            await self._read_older(client)
        else:
            await self._read_newer(client, last_seq)

    async def _read_older(self, client: EngineClient) -> None:
        before = self.next_before
        page = await self._page(client, before)
        if not self.begun:
            self.highest = page.last_seq if before is None else min(before - 1, page.last_seq)
            self.joined = self.joined or self.highest >= page.last_seq
            self.rows.clear()
        self.begun = True
        self.rows.extend(reversed(page.requests))
        self.next_before = page.next_before
        self.lowest = page.next_before or page.first_seq
        self._give_up_newest()

    async def _read_newer(self, client: EngineClient, last_seq: int) -> None:
        # Numbers are dense: among so many behind the highest one there are as many rows at the most.
        seen, upper = self.highest, min(self.highest + PAGE, last_seq)
        page = await self._page(client, upper + 1)
        fresh = [row for row in page.requests if row.seq > seen]
        self.rows.extendleft(fresh)
        self.highest = max(seen, upper)
        # Up to a past moment there is an end before the newest of all, which shows by nothing more coming.
        self.joined = upper >= last_seq or (self.wanted.until is not None and not fresh)
        self.version += 1
        while len(self.rows) > KEPT:
            self.next_before = self.lowest = self.rows.pop().seq

    async def _page(self, client: EngineClient, before: int | None) -> RequestPage:
        wanted = self.wanted
        return await client.past.requests(
            until=wanted.until, before=before, account=wanted.account, where=_where(wanted), limit=PAGE
        )


def _where(wanted: Wanted) -> RowFilter:
    """What the store is asked for. With `faults` slow requests are too, which are no faults to the store."""
    from magflow_tui.contract.listing import Condition, RowFilter

    typed = request_filter(wanted.filter)
    asked = as_row_filter(typed)
    if len(asked.alternatives) < len(typed.alternatives):
        asked = RowFilter()  # one of them is a pattern alone, which only what is here can be held against
    if not wanted.faults:
        return asked
    faults = (
        Condition(field="outcome", value="ok", negated=True),
        Condition(field="ms", operator=">", value=f"{SLOW_MS:g}"),
    )
    groups = asked.alternatives or ((),)
    return RowFilter(alternatives=tuple((*group, fault) for group in groups for fault in faults))
