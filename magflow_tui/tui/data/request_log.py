"""Requests to the marketplace: the newest ones as they come, and what the store has of those before them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from magflow_tui.tui.data.request_piece import Direction, RequestPiece, Wanted
from magflow_tui.tui.views.context import ListState, RequestsShown
from magflow_tui.tui.views.request_rows import in_order, is_fault, passes, request_filter, tries_of

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.past import RequestDetail
    from magflow_tui.contract.records import RequestRow

#: Newest requests kept here; the engine keeps more.
REQUESTS_KEPT = 2000
REQUESTS_PAGE = 500
#: So many rows are looked ahead for the cursor at least.
AHEAD = 40


class RequestLog:
    """The list is the newest requests with a piece of the store behind them, or a piece alone: one around a place far
    back, or one that ends at a past moment. `hold` stops it while reading goes on; what came since is counted.
    """

    def __init__(self, kept: int = REQUESTS_KEPT) -> None:
        self._kept = kept
        self._rows: deque[RequestRow] = deque()
        self._held_at: int | None = None
        self._wanted = Wanted()
        self._piece: RequestPiece | None = None
        self._key: object = None
        self._shown = RequestsShown()
        self._passed_for = ""
        self._passed: dict[int, bool] = {}
        #: Whether older or newer ones are being read of the store.
        self.reading = False
        self._error: str | None = None
        self._detail: RequestDetail | None = None
        #: The newest request that is known of, 0 for none.
        self.last_seq = 0

    # what is wanted

    def hold(self) -> None:
        """Show nothing newer than now until `follow`."""
        if self._held_at is None:
            self._held_at = self.last_seq

    def follow(self) -> None:
        """Show the newest again."""
        self._held_at = None
        if self._piece is not None and not self._piece.joined:
            self._piece = self._first_piece()

    def want(self, account: str | None, state: ListState, until: datetime | None = None) -> None:
        """Have other requests listed, if these are others: of an account, chosen by filter and faults, up to a time."""
        wanted = Wanted(account, state.filter, state.faults, until)
        if wanted == self._wanted:
            return
        before, self._wanted, self._error = self._wanted, wanted, None
        if None not in (before.until, until) and wanted == replace(before, until=until) and self._piece is not None:
            self._piece = self._piece.moved_to(wanted)
        else:
            self._piece = self._first_piece()

    def _first_piece(self) -> RequestPiece | None:
        """The piece that the list begins with: none while it begins with the newest of all."""
        return None if self._wanted.until is None else RequestPiece(self._wanted, None)

    def forgive(self) -> None:
        """Try again what went wrong."""
        self._error = None

    def go_around(self, row: RequestRow) -> None:
        """List the requests around one of the past, from those soon after it on."""
        self._error = None
        self._piece = RequestPiece(self._wanted, row.seq + REQUESTS_PAGE // 2, joined=False)

    @property
    def more_newer(self) -> bool:
        """Whether the list has rows before the first one that is here."""
        return self._piece is not None and self._piece.more_newer

    @property
    def _more_older(self) -> bool:
        if self._piece is not None:
            return self._piece.more_older
        return self._oldest > 1

    @property
    def _oldest(self) -> int:
        """The number of the oldest of the newest requests; one more than the last where none of them is here."""
        return self._rows[-1].seq if self._rows else self.last_seq + 1

    def purpose(self, index: int, height: int) -> Direction | None:
        """What is to be read of the store for a cursor in a view of so many rows, None when nothing is."""
        if self._error is not None:
            return None
        if self._piece is not None and not self._piece.begun:
            return "older"
        room = max(AHEAD, 2 * height)
        if self._more_older and len(self._shown.rows) - index <= room:
            return "older"
        return "newer" if self.more_newer and index < room else None

    # reading

    async def read(self, client: EngineClient) -> bool:
        """Fetch what is new; tells whether there was anything. Raises `EngineError`."""
        last = self.last_seq
        page = await client.requests(after=last, limit=REQUESTS_PAGE, newest=True)
        if page.last_seq < last:
            self._begin_anew()  # the engine has another store, and counts from its start
            self.last_seq = 0
            return True
        fresh = [row for row in page.requests if row.seq > last]
        if fresh and self._rows and fresh[0].seq > last + 1:
            fresh = [*await self._between(client, last, fresh[0].seq), *fresh]
        self._rows.extendleft(fresh)
        self.last_seq = page.last_seq
        while len(self._rows) > self._kept:
            gone = self._rows.pop()
            if self._piece is not None and self._piece.joined and self._wanted.until is None:
                self._piece.take_over(gone)
        return bool(fresh)

    async def _between(self, client: EngineClient, last: int, first: int) -> list[RequestRow]:
        """The requests between the last one here and one further on; where those are too many, the log begins anew."""
        found: list[RequestRow] = []
        while len(found) < self._kept:
            after = found[-1].seq if found else last
            page = await client.requests(after=after, limit=REQUESTS_PAGE)
            found += [row for row in page.requests if after < row.seq < first]
            if not found or found[0].seq > last + 1:
                break
            if found[-1].seq >= first - 1:
                return found
        self._begin_anew()
        return []

    def _begin_anew(self) -> None:
        self._rows.clear()
        self._passed.clear()
        if self._wanted.until is None:
            self._piece = None

    async def read_store(self, client: EngineClient, direction: Direction) -> None:
        """Read on in the store. What goes wrong with the engine is kept, to be shown in place."""
        from magflow_tui.client import EngineError

        if self._piece is None:
            self._piece = RequestPiece(self._wanted, self._oldest)
        piece = self._piece
        try:
            await piece.read(client, direction, self.last_seq)
        except EngineError as error:
            if piece is self._piece:
                self._error = str(error)

    def has_detail(self, seq: object) -> bool:
        """Whether a request has been read whole."""
        return self._detail is not None and self._detail.row.seq == seq

    async def read_detail(self, client: EngineClient, seq: int) -> RequestDetail:
        """Read one request with its bodies. Raises `EngineError`."""
        self._detail = await client.past.request(seq)
        return self._detail

    # what is shown

    def shown(self, account: str | None, state: ListState, until: datetime | None = None) -> RequestsShown:
        """The list as it is to be drawn; the same object as long as nothing about it has changed."""
        self.want(account, state, until)
        piece = self._piece
        key = (
            (self._wanted, state.sort, state.descending, self._held_at, self.last_seq, self._oldest),
            (id(piece), None if piece is None else piece.version, self.reading, self._error, id(self._detail)),
        )
        if key != self._key:
            self._key, self._shown = key, self._select(state)
        return self._shown

    def _select(self, state: ListState) -> RequestsShown:
        piece, held = self._piece, self._held_at
        apart = piece is not None and (self._wanted.until is not None or not piece.joined)
        ring = tuple(self._of_account(self._rows))
        fresh = self._chosen(ring, state)
        rows = fresh if held is None else [row for row in fresh if row.seq <= held]
        unseen = len(fresh) - len(rows)
        known, looked_at = ring, len(ring)
        if piece is not None:
            oldest = self._oldest
            behind = tuple(row for row in self._of_account(piece.rows) if apart or row.seq < oldest)
            if apart:
                rows = []
            rows += self._chosen(behind, state)
            known = behind if self._wanted.until is not None else ring + tuple(r for r in behind if r.seq < oldest)
            highest = piece.rows[0].seq if apart and piece.rows else self.last_seq
            looked_at = max(len(behind), highest - piece.lowest + 1) if piece.begun else len(known)
        return RequestsShown(
            rows=tuple(in_order(rows, state)),
            held=held is not None or self.more_newer,
            unseen=unseen,
            faults_only=state.faults,
            known=known,
            any_read=(bool(self._rows) and self._wanted.until is None) or (piece is not None and piece.begun),
            tries=tries_of(known),
            looked_at=looked_at,
            more_older=self._more_older,
            searching=self.reading and not self._wanted.whole,
            reading=self.reading,
            error=self._error,
            detail=self._detail,
        )

    def _of_account(self, rows: Iterable[RequestRow]) -> Iterable[RequestRow]:
        account = self._wanted.account
        return rows if account is None else (row for row in rows if row.account == account)

    def _chosen(self, rows: Iterable[RequestRow], state: ListState) -> list[RequestRow]:
        return [row for row in rows if (not state.faults or is_fault(row)) and self._passes(row, state.filter)]

    def _passes(self, row: RequestRow, text: str) -> bool:
        """Whether a row is asked for. A row never changes: each is looked at once for one filter."""
        if not text:
            return True
        if text != self._passed_for:
            self._passed_for, self._passed = text, {}
        if row.seq not in self._passed:
            if len(self._passed) > 4 * REQUESTS_KEPT:
                self._passed.clear()
            self._passed[row.seq] = passes(row, request_filter(text))
        return self._passed[row.seq]
