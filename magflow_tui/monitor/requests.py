"""The last requests to the marketplace, numbered, so that a reader asks for what it has not seen."""

from __future__ import annotations

from collections import deque
from itertools import islice

from magflow_tui.contract.records import RequestPage, RequestRow
from magflow_tui.marketplace.observer import RequestRecord

KEPT_REQUESTS = 5000


class RequestLog:
    """A ring of the last `size` requests. Numbers grow by one, from 1 on unless told otherwise."""

    def __init__(self, size: int = KEPT_REQUESTS) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=size)
        self.last_seq = 0

    def begin_at(self, last_seq: int) -> None:
        """Go on behind the number of the last request of an earlier life. Requests that are here keep their order."""
        self.last_seq = last_seq + len(self._records)

    def add(self, record: RequestRecord) -> None:
        self._records.append(record)
        self.last_seq += 1

    def page(self, *, after: int, limit: int, newest: bool = False) -> RequestPage:
        """Up to `limit` requests behind `after`, in order; the last ones of them when `newest`."""
        if newest:
            after = max(after, self.last_seq - limit)
        rows = tuple(row_of(seq, record) for seq, record in self.after(after, limit))
        return RequestPage(requests=rows, last_seq=self.last_seq, first_seq=self.first_seq)

    @property
    def first_seq(self) -> int:
        """The number of the oldest request that is still here."""
        return self.last_seq - len(self._records) + 1

    def after(self, seq: int, limit: int) -> tuple[tuple[int, RequestRecord], ...]:
        """Up to `limit` requests behind number `seq`, in order, each with its number; those that are still here."""
        first = self.first_seq
        start = max(seq + 1, first)
        return tuple(enumerate(islice(self._records, start - first, start - first + limit), start=start))


def row_of(seq: int, record: RequestRecord) -> RequestRow:
    """A request as lists show it."""
    return RequestRow(
        seq=seq,
        at=record.started_at,
        account=record.account,
        method=record.method,
        route=record.route,
        pool=record.pool.value,
        status=record.status,
        outcome=record.outcome,
        attempt=record.attempt,
        elapsed_ms=record.elapsed_ms,
        first_byte_ms=record.first_byte_ms,
        waited_ms=record.waited_ms,
        bytes_received=record.bytes_received,
        page=record.page,
        run_id=record.run_id,
        note=record.note,
        call=record.call or None,
        job=record.job,
    )
