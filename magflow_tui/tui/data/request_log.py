"""The newest requests to the marketplace, as read from the engine's ring: filtered, sorted, following or held."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import ListState, RequestsShown
from magflow_tui.tui.views.request_rows import in_order, is_fault, passes, request_filter

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import RequestRow

#: Requests kept here; the engine keeps more.
REQUESTS_KEPT = 2000
REQUESTS_PAGE = 500


class RequestLog:
    """`hold` stops the shown list while reading goes on; what came since is counted."""

    def __init__(self, kept: int = REQUESTS_KEPT) -> None:
        self._rows: deque[RequestRow] = deque(maxlen=kept)
        self._held_at: int | None = None
        self._key: object = None
        self._shown = RequestsShown()
        self._wanted = ""
        self._passed: dict[int, bool] = {}

    @property
    def last_seq(self) -> int:
        """The newest request that has been read, 0 for none."""
        return self._rows[0].seq if self._rows else 0

    def hold(self) -> None:
        """Show nothing newer than now until `follow`."""
        if self._held_at is None:
            self._held_at = self.last_seq

    def follow(self) -> None:
        """Show the newest again."""
        self._held_at = None

    async def read(self, client: EngineClient) -> bool:
        """Fetch what is new; tells whether there was anything. Raises `EngineError`."""
        last = self.last_seq
        page = await client.requests(after=last, limit=REQUESTS_PAGE, newest=True)
        if page.last_seq < last:
            self._rows.clear()  # the engine began anew and counts from the start
            self._passed.clear()
            last = 0
        fresh = [row for row in page.requests if row.seq > last]
        self._rows.extendleft(fresh)
        return bool(fresh)

    def shown(self, account: str | None, state: ListState) -> RequestsShown:
        """The list as it is to be drawn; the same object as long as nothing about it has changed."""
        oldest = self._rows[-1].seq if self._rows else 0
        key = (account, state.filter, state.sort, state.descending, state.faults, self._held_at, self.last_seq, oldest)
        if key != self._key:
            self._key, self._shown = key, self._select(account, state)
        return self._shown

    def _select(self, account: str | None, state: ListState) -> RequestsShown:
        known = tuple(row for row in self._rows if account is None or row.account == account)
        chosen = [row for row in known if (not state.faults or is_fault(row)) and self._passes(row, state.filter)]
        held = self._held_at
        rows = chosen if held is None else [row for row in chosen if row.seq <= held]
        return RequestsShown(
            rows=tuple(in_order(rows, state)),
            held=held is not None,
            unseen=len(chosen) - len(rows),
            faults_only=state.faults,
            known=known,
            any_read=bool(self._rows),
        )

    def _passes(self, row: RequestRow, text: str) -> bool:
        """Whether a row is asked for. A row never changes: each is looked at once for one filter."""
        if text != self._wanted:
            self._wanted, self._passed = text, {}
        if row.seq not in self._passed:
            if len(self._passed) > 2 * REQUESTS_KEPT:
                self._passed.clear()
            self._passed[row.seq] = passes(row, request_filter(text))
        return self._passed[row.seq]
