"""The last requests to the marketplace, numbered, so that a reader asks for what it has not seen."""

from __future__ import annotations

from collections import deque
from itertools import islice

from magflow_tui.contract.records import RequestPage, RequestRow
from magflow_tui.marketplace.observer import RequestRecord

KEPT_REQUESTS = 5000


class RequestLog:
    """A ring of the last `size` requests. `seq` grows by one from 1 on for as long as the engine lives."""

    def __init__(self, size: int = KEPT_REQUESTS) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=size)
        self.last_seq = 0

    def add(self, record: RequestRecord) -> None:
        self._records.append(record)
        self.last_seq += 1

    def page(self, *, after: int, limit: int, newest: bool = False) -> RequestPage:
        """Up to `limit` requests behind `after`, in order; the last ones of them when `newest`."""
        first = self.last_seq - len(self._records) + 1
        start = max(after + 1, first)
        if newest:
            start = max(start, self.last_seq - limit + 1)
        chosen = islice(self._records, start - first, start - first + limit)
        rows = tuple(_row(seq, record) for seq, record in enumerate(chosen, start=start))
        return RequestPage(requests=rows, last_seq=self.last_seq, first_seq=first)


def _row(seq: int, record: RequestRecord) -> RequestRow:
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
    )
