"""Requests as rows of a list: what is wrong with one, by which fields they are filtered, by which columns sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import ListState
from magflow_tui.tui.views.filter import Filter, parse
from magflow_tui.tui.views.levels import SLOW_MS
from magflow_tui.tui.views.spans import Role

if TYPE_CHECKING:
    from magflow_tui.contract.past import RequestDetail
    from magflow_tui.contract.records import RequestRow

#: What `/` can ask for, by the name of the field.
FIELDS: Mapping[str, Callable[[RequestRow], object]] = {
    "status": lambda row: row.status,
    "ms": lambda row: row.elapsed_ms,
    "slow": lambda row: row.elapsed_ms,
    "wait": lambda row: row.waited_ms,
    "try": lambda row: row.attempt,
    "endpoint": lambda row: row.route,
    "acct": lambda row: row.account,
    "pool": lambda row: row.pool,
    "method": lambda row: row.method,
    "bytes": lambda row: row.bytes_received,
    "page": lambda row: row.page,
    "run": lambda row: row.run_id,
    "job": lambda row: row.job,
    "call": lambda row: row.call,
    "outcome": lambda row: row.outcome,
    "note": lambda row: row.note,
}
#: What words without a field look at: what can be read in a row; and numbers without one: the time it took.
BARE: Mapping[str, Callable[[RequestRow], object]] = {
    "seen": lambda row: f"{row.status or ''} {row.method} {row.route} {row.account} {row.outcome} {row.note or ''}",
    "ms": lambda row: row.elapsed_ms,
}
#: Columns that the list can be sorted by; without one it is newest first.
SORTS: Mapping[str, Callable[[RequestRow], float | str]] = {
    "time": lambda row: row.seq,
    "ms": lambda row: row.elapsed_ms,
    "status": lambda row: row.status or 0,
    "try": lambda row: row.attempt,
    "endpoint": lambda row: row.route,
    "acct": lambda row: row.account,
    "wait": lambda row: row.waited_ms,
    "bytes": lambda row: row.bytes_received,
}


def is_fault(row: RequestRow) -> bool:
    """A request that failed or was slow."""
    return row.outcome != "ok" or row.elapsed_ms > SLOW_MS


def is_error(row: RequestRow) -> bool:
    """A request that failed; one that nobody waited for did not."""
    return row.outcome not in ("ok", "cancelled")


def request_role(row: RequestRow) -> Role:
    """How a request stands out: not at all when all is well."""
    if row.outcome == "ok":
        return "warn" if row.elapsed_ms > SLOW_MS else "text"
    return "warn" if row.outcome in ("rate_limited", "cancelled", "not_found") else "crit"


@lru_cache(maxsize=8)
def request_filter(text: str) -> Filter:
    """What was typed behind `/`, as a filter of requests."""
    return parse(text, known=FIELDS)


def passes(row: RequestRow, wanted: Filter) -> bool:
    """Whether a request is among those asked for."""
    return wanted.matches(row, FIELDS, bare=BARE)


def in_order(rows: Sequence[RequestRow], state: ListState) -> Sequence[RequestRow]:
    """Rows, newest first, sorted as the operator wants them; what is alike stays newest first."""
    by = SORTS.get(state.sort)
    if by is None or (state.sort == "time" and state.descending):
        return rows
    return sorted(rows, key=by, reverse=state.descending)


def known_values(rows: Iterable[RequestRow]) -> dict[str, set[str]]:
    """The fields of the filter, and the values that these requests have of them where they are few."""
    values: dict[str, set[str]] = {field: set() for field in FIELDS}
    for row in rows:
        for field in ("endpoint", "acct", "pool", "method", "outcome", "run", "job"):
            value = FIELDS[field](row)
            if value is not None:
                values[field].add(str(value))
        if row.status is not None:
            values["status"].add(str(row.status))
    return values


def tries_of(rows: Iterable[RequestRow]) -> dict[str, int]:
    """How many attempts each call had that had several, as far as these requests tell."""
    tries: dict[str, int] = {}
    for row in rows:
        if row.attempt > 1 and row.call is not None:
            tries[row.call] = max(row.attempt, tries.get(row.call, 0))
    return tries


def attempts_of(row: RequestRow, known: Sequence[RequestRow], read: RequestDetail | None = None) -> list[RequestRow]:
    """The attempts of the call that a request belongs to, first to last: of those that are `known`, and of those that
    were `read` with it. What does not tell its call stands alone.
    """
    if row.call is None:
        return [row]
    chain = {row.seq: row}
    if read is not None and read.row.seq == row.seq:
        chain |= {each.seq: each for each in read.chain}
    chain |= {each.seq: each for each in known if each.call == row.call and each.account == row.account}
    return [chain[seq] for seq in sorted(chain)]
