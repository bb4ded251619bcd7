"""Requests to the marketplace as they are kept: written in batches, read backwards by number, searched in slices.

Numbers grow as requests end and are dense, so a part of the log is a range of numbers. A search walks through such
ranges, as wide as fit into a few milliseconds, until its page is full or patience ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, func, literal_column, select, type_coerce

from magflow_tui.contract.listing import RowFilter
from magflow_tui.contract.records import RequestPage, RequestRow
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.store.columns import time_to_millis
from magflow_tui.store.conditions import AgeField, DateField, Fields, Moment, NumberField, TextField
from magflow_tui.store.listing import PATIENCE
from magflow_tui.store.monitor_tables import REQUESTS
from magflow_tui.store.upsert import Values, insert_new

#: Outcomes of requests that were answered well, or that nobody waited for any more.
NO_FAULT: Final = frozenset({"ok", "cancelled"})
#: No request lasts longer than this, nor do the attempts of a call, but for what no screen has to find.
LONGEST: Final = timedelta(minutes=10)

_seq = REQUESTS.c.seq
_at = type_coerce(REQUESTS.c.at, BigInteger)
#: As it is written in the index of faults, which serves for exactly this condition.
_IS_FAULT: Final[ColumnElement[bool]] = literal_column("fault = 1")
_LISTED: Final = tuple(
    REQUESTS.c[name]
    for name in (
        *("seq", "at", "account", "method", "route", "pool", "status", "outcome", "attempt", "elapsed_us"),
        *("first_byte_us", "waited_us", "bytes_received", "page", "run_id", "note", "call", "job"),
    )
)
_ANY_REQUEST: Final = RowFilter()
#: Numbers in the first range of a search, and the part of its patience that a range may take for the next to be wider.
_FIRST_RANGE: Final = 4_000
_WIDEN_BELOW: Final = 0.2


def _milliseconds(name: str) -> NumberField:
    return NumberField(REQUESTS.c[name], scale=1_000)


#: What is read of a request in a row: words without a field are looked for in this.
_SEEN: Final = (
    func.coalesce(REQUESTS.c.status, "")
    .concat(" ")
    .concat(REQUESTS.c.method)
    .concat(" ")
    .concat(REQUESTS.c.route)
    .concat(" ")
    .concat(REQUESTS.c.account)
    .concat(" ")
    .concat(REQUESTS.c.outcome)
    .concat(" ")
    .concat(func.coalesce(REQUESTS.c.note, ""))
)
FIELDS: Final = Fields(
    named={
        "seen": TextField(_SEEN),
        "time": DateField(_at),
        "age": AgeField(_at),
        "status": NumberField(REQUESTS.c.status),
        "ms": _milliseconds("elapsed_us"),
        "slow": _milliseconds("elapsed_us"),
        "wait": _milliseconds("waited_us"),
        "try": NumberField(REQUESTS.c.attempt),
        "route": TextField(REQUESTS.c.route),
        "endpoint": TextField(REQUESTS.c.route),
        "account": TextField(REQUESTS.c.account),
        "acct": TextField(REQUESTS.c.account),
        "pool": TextField(REQUESTS.c.pool),
        "method": TextField(REQUESTS.c.method),
        "bytes": NumberField(REQUESTS.c.bytes_received),
        "page": NumberField(REQUESTS.c.page),
        "run": NumberField(REQUESTS.c.run_id),
        "outcome": TextField(REQUESTS.c.outcome),
        "note": TextField(REQUESTS.c.note),
        "job": TextField(REQUESTS.c.job),
        "call": TextField(REQUESTS.c.call),
    },
    words=("seen",),
    number="ms",
)


@dataclass(frozen=True, slots=True)
class RequestsAsked:
    """The last `limit` requests that began at `until` or before (aware) and have a number below `before`; `faults`:
    only those that were not answered well. `at` is when the filter is applied. A search takes `patience` seconds of
    `clock` at the most, more or less.
    """

    at: Moment
    until: datetime | None = None
    before: int | None = None
    account: str | None = None
    faults: bool = False
    where: RowFilter = _ANY_REQUEST
    limit: int = 500
    patience: float = PATIENCE
    clock: Callable[[], float] = time.perf_counter


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request with all that is kept of it, and the attempts of its call, itself among them, first to last."""

    row: RequestRow
    path: str | None
    sent: str | None
    received: str | None
    chain: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True)
class FoundFault:
    """What a search for a fault found, or the number that it came to before its patience ended."""

    request: RequestRow | None = None
    searched_to: int | None = None


class _Ranges:
    """A walk through the numbers from `start` to `end`, both inclusive, upwards or `down`; wider while it is quick."""

    def __init__(
        self, start: int, end: int, *, down: bool, patience: float, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._next = start
        self._end = end
        self._down = down
        self._patience = patience
        self._clock = clock

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Ranges as their lowest and their highest number."""
        stop_at, size = self._clock() + self._patience, _FIRST_RANGE
        while not self.ended:
            began = self._clock()
            if self._down:
                low, high = max(self._end, self._next - size + 1), self._next
                self._next = low - 1
            else:
                low, high = self._next, min(self._end, self._next + size - 1)
                self._next = high + 1
            yield low, high
            now = self._clock()
            if now >= stop_at:
                return
            if now - began < _WIDEN_BELOW * self._patience:
                size *= 2

    @property
    def ended(self) -> bool:
        return self._next < self._end if self._down else self._next > self._end

    @property
    def last(self) -> int:
        """The number that the walk has come to."""
        return self._next + (1 if self._down else -1)


def append_requests(connection: Connection, requests: Sequence[tuple[int, RequestRecord]]) -> None:
    """Keep finished requests under their numbers. One that is kept already is left as it is."""
    insert_new(connection, REQUESTS, [_values(seq, record) for seq, record in requests])


def last_request_seq(connection: Connection) -> int:
    """The newest request's number, 0 when there is none."""
    return connection.execute(select(func.max(_seq))).scalar_one() or 0


def list_requests(connection: Connection, asked: RequestsAsked) -> RequestPage:
    """A page of the log, in order of number. Raises ValueError for a field that requests do not have."""
    conditions = FIELDS.clauses(asked.where, asked.at)
    if asked.account is not None:
        conditions.append(REQUESTS.c.account == asked.account)
    if asked.faults:
        conditions.append(_IS_FAULT)
    first, last = _ends(connection)
    start = last if asked.before is None else min(last, asked.before - 1)
    if asked.until is not None:
        start = min(start, _last_begun(connection, asked.until))
        conditions.append(_at <= time_to_millis(asked.until))
    walk = _Ranges(start, first, down=True, patience=asked.patience, clock=asked.clock)
    found: list[RowMapping] = []
    for low, high in walk:
        part = select(*_LISTED).where(*_within(low, high), *conditions).order_by(_seq.desc())
        found += connection.execute(part.limit(asked.limit + 1 - len(found))).mappings().all()
        if len(found) > asked.limit:
            break
    rows = found[: asked.limit]
    next_before = rows[-1]["seq"] if len(found) > asked.limit else None if walk.ended else walk.last
    return RequestPage(
        requests=tuple(map(_row, reversed(rows))), last_seq=last, first_seq=first, next_before=next_before
    )


def requests_behind(connection: Connection, seq: int, limit: int) -> RequestPage:
    """The first `limit` requests behind number `seq`, in order."""
    first, last = _ends(connection)
    rows = connection.execute(select(*_LISTED).where(seq < _seq).order_by(_seq).limit(limit)).mappings()
    return RequestPage(requests=tuple(map(_row, rows)), last_seq=last, first_seq=first)


def get_request(connection: Connection, seq: int) -> KeptRequest | None:
    """One request. None for a number that is not kept."""
    found = connection.execute(select(REQUESTS).where(_seq == seq)).mappings().one_or_none()
    if found is None:
        return None
    row = _row(found)
    return KeptRequest(row, found["path"], found["sent"], found["received"], _chain(connection, row))


def find_fault(
    connection: Connection,
    seq: int,
    direction: Literal["next", "previous"],
    *,
    until: datetime | None = None,
    account: str | None = None,
    patience: float = PATIENCE,
) -> FoundFault:
    """The nearest request behind or before number `seq` that was not answered well, begun at `until` or before."""
    first, last = _ends(connection)
    conditions = [_IS_FAULT]
    if until is not None:
        last = min(last, _last_begun(connection, until))
        conditions.append(_at <= time_to_millis(until))
    if account is not None:
        conditions.append(REQUESTS.c.account == account)
    down = direction == "previous"
    walk = (
        _Ranges(min(seq - 1, last), first, down=True, patience=patience)
        if down
        else _Ranges(max(seq + 1, first), last, down=False, patience=patience)
    )
    for low, high in walk:
        part = select(*_LISTED).where(*_within(low, high), *conditions)
        row = connection.execute(part.order_by(_seq.desc() if down else _seq).limit(1)).mappings().one_or_none()
        if row is not None:
            return FoundFault(_row(row))
    return FoundFault(searched_to=None if walk.ended else walk.last)


def _ends(connection: Connection) -> tuple[int, int]:
    """The numbers of the oldest and the newest request; a range without numbers when there is none."""
    first = connection.execute(select(func.min(_seq))).scalar_one()
    return (1, 0) if first is None else (first, last_request_seq(connection))


def _last_begun(connection: Connection, until: datetime) -> int:
    """The highest number of a request that began at `until` or not long before; 0 when none began before."""
    edge = time_to_millis(until)
    begun = select(func.max(_seq)).where(_at <= edge, _at > time_to_millis(until - LONGEST))
    found = connection.execute(begun).scalar_one()
    if found is None:
        found = connection.execute(select(_seq).where(_at <= edge).order_by(_at.desc(), _seq.desc()).limit(1)).scalar()
    return found or 0


def _chain(connection: Connection, row: RequestRow) -> tuple[RequestRow, ...]:
    """The attempts of a request's call. Only what failed is tried again, so most requests are alone."""
    if row.call is None or (row.attempt == 1 and row.outcome in NO_FAULT):
        return (row,)
    around = select(func.min(_seq), func.max(_seq)).where(
        _at > time_to_millis(row.at - LONGEST), _at <= time_to_millis(row.at + LONGEST)
    )
    first, last = connection.execute(around).one()
    chain = {row.seq: row}
    for walk in (
        _Ranges(row.seq - 1, first, down=True, patience=PATIENCE),
        _Ranges(row.seq + 1, last, down=False, patience=PATIENCE),
    ):
        for low, high in walk:
            part = select(*_LISTED).where(*_within(low, high), REQUESTS.c.call == row.call)
            chain |= {found["seq"]: _row(found) for found in connection.execute(part).mappings()}
            if low < row.seq and any(attempt.attempt == 1 for attempt in chain.values()):
                break
    return tuple(chain[seq] for seq in sorted(chain))


def _within(low: int, high: int) -> tuple[ColumnElement[bool], ...]:
    return _seq >= low, _seq <= high


def _values(seq: int, record: RequestRecord) -> Values:
    """A request in the order of the table's columns."""
    first_byte = record.first_byte_ms
    return (
        seq,
        time_to_millis(record.started_at),
        record.account,
        record.method,
        record.route,
        record.pool.value,
        record.job,
        record.status,
        record.outcome,
        int(record.outcome not in NO_FAULT),
        record.attempt,
        round(1_000 * record.elapsed_ms),
        None if first_byte is None else round(1_000 * first_byte),
        round(1_000 * record.waited_ms),
        record.bytes_received,
        record.page,
        record.run_id,
        record.note,
        record.call or None,
        record.path or None,
        record.sent,
        record.received,
    )


def _row(found: RowMapping) -> RequestRow:
    first_byte = found["first_byte_us"]
    return RequestRow(
        seq=found["seq"],
        at=found["at"],
        account=found["account"],
        method=found["method"],
        route=found["route"],
        pool=found["pool"],
        status=found["status"],
        outcome=found["outcome"],
        attempt=found["attempt"],
        elapsed_ms=found["elapsed_us"] / 1_000,
        first_byte_ms=None if first_byte is None else first_byte / 1_000,
        waited_ms=found["waited_us"] / 1_000,
        bytes_received=found["bytes_received"],
        page=found["page"],
        run_id=found["run_id"],
        note=found["note"],
        call=found["call"],
        job=found["job"],
    )
