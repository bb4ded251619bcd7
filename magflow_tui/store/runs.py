"""Run records, and what lets a run go on where it was: its checkpoint, the items seen, watermarks, owed windows.

Each function works inside the caller's transaction, so that `magflow_tui.sync` can commit a page, the run's counters
and the checkpoint behind the page together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from magflow_tui.contract.base import Resource
from magflow_tui.contract.management import SyncStats
from magflow_tui.contract.runs import ErrorGroup, Run, RunKind, RunPage, RunState
from magflow_tui.store.changes import PageOutcome
from magflow_tui.store.tables import CHECKPOINTS, OWED_WINDOWS, RUNS, SEEN_ITEMS, WATERMARKS
from magflow_tui.store.upsert import insert_new

_NOTHING: Final = PageOutcome()
_ERRORS: Final = TypeAdapter(tuple[ErrorGroup, ...])

# Built once: these run with every page.
_COUNTERS: Final = (
    *("pages", "items", "created", "updated", "unchanged", "failed"),
    *("requests", "rate_limited", "waited_seconds", "seconds"),
)
_ADD_TO_RUN: Final = (
    update(RUNS)
    .where(RUNS.c.run_id == bindparam("of_run"))
    .values({name: RUNS.c[name] + bindparam(f"more_{name}") for name in _COUNTERS})
)
_CHECKPOINT: Final = upsert(CHECKPOINTS)
_SAVE_CHECKPOINT: Final = _CHECKPOINT.on_conflict_do_update(
    index_elements=["run_id"], set_={"state": _CHECKPOINT.excluded.state}
)


@dataclass(frozen=True, slots=True)
class RunDelta:
    """What to add to a run's traffic counters. `seconds` is time at work; `errors`, when given, replace those there."""

    requests: int = 0
    rate_limited: int = 0
    waited_seconds: float = 0.0
    seconds: float = 0.0
    errors: tuple[ErrorGroup, ...] | None = None


@dataclass(frozen=True, slots=True)
class OwedWindow:
    """A window that an earlier run could not read whole. `window` is in the words of `magflow_tui.sync`."""

    owed_id: int
    window: str
    reason: str


def create_run(
    connection: Connection,
    *,
    account: str,
    resource: Resource,
    kind: RunKind,
    requested_by: str,
    at: datetime,
    state: str,
) -> Run:
    """Begin a run with its first checkpoint."""
    values = {
        "account": account,
        "resource": resource,
        "kind": kind,
        "result": "running",
        "requested_by": requested_by,
        "started_at": at,
    }
    run_id: int = connection.execute(insert(RUNS).returning(RUNS.c.run_id), values).scalar_one()
    save_checkpoint(connection, run_id, state)
    return _existing(connection, run_id)


def add_to_run(
    connection: Connection, run_id: int, delta: RunDelta, outcome: PageOutcome = _NOTHING, *, pages: int = 0
) -> None:
    """Add to the counters, in the transaction of what they count."""
    amounts = {
        "more_pages": pages,
        "more_items": outcome.items,
        "more_created": outcome.created,
        "more_updated": outcome.updated,
        "more_unchanged": outcome.unchanged,
        "more_failed": outcome.failed,
        "more_requests": delta.requests,
        "more_rate_limited": delta.rate_limited,
        "more_waited_seconds": delta.waited_seconds,
        "more_seconds": delta.seconds,
    }
    connection.execute(_ADD_TO_RUN, {"of_run": run_id, **amounts})
    if delta.errors is not None:
        errors = _ERRORS.dump_json(delta.errors).decode()
        connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(errors=errors))


def finish_run(connection: Connection, run_id: int, result: RunState, reason: str | None, at: datetime) -> Run:
    """End a run. A completed one needs no checkpoint any more, nor do those of earlier runs of the same things."""
    values = {"result": result, "reason": reason, "finished_at": at}
    connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(values))
    run = _existing(connection, run_id)
    if result == "completed":
        same = select(RUNS.c.run_id).where(
            RUNS.c.account == run.account, RUNS.c.resource == run.resource, RUNS.c.run_id <= run_id
        )
        connection.execute(delete(CHECKPOINTS).where(CHECKPOINTS.c.run_id.in_(same)))
        connection.execute(delete(SEEN_ITEMS).where(SEEN_ITEMS.c.run_id.in_(same)))
    return run


def reopen_run(connection: Connection, run_id: int) -> Run:
    """A run goes on: running again, resumed once more."""
    values = {"result": "running", "reason": None, "finished_at": None, "resumed": RUNS.c.resumed + 1}
    connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(values))
    return _existing(connection, run_id)


def get_run(connection: Connection, run_id: int) -> Run | None:
    row = connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).one_or_none()
    return None if row is None else _run(row)


def list_runs(
    connection: Connection,
    *,
    account: str | None = None,
    resource: Resource | None = None,
    results: Sequence[RunState] = (),
    limit: int,
    before: int | None = None,
) -> RunPage:
    """Runs, newest first, of these results (all when empty), with numbers below `before`."""
    statement = select(RUNS).order_by(RUNS.c.run_id.desc()).limit(limit + 1)
    if account is not None:
        statement = statement.where(RUNS.c.account == account)
    if resource is not None:
        statement = statement.where(RUNS.c.resource == resource)
    if results:
        statement = statement.where(RUNS.c.result.in_(results))
    if before is not None:
        statement = statement.where(RUNS.c.run_id < before)
    rows = connection.execute(statement).all()
    runs = tuple(map(_run, rows[:limit]))
    return RunPage(runs=runs, next_before=runs[-1].run_id if len(rows) > limit else None)


def runs_as_of(connection: Connection, at: datetime, limit: int) -> tuple[Run, ...]:
    """The last runs that had ended at `at`, the last begun first, as they are stored now."""
    statement = select(RUNS).where(RUNS.c.finished_at <= at).order_by(RUNS.c.finished_at.desc()).limit(limit)
    ended = map(_run, connection.execute(statement))
    return tuple(sorted(ended, key=lambda run: run.run_id, reverse=True))


def ended_runs(connection: Connection, *, recent: datetime, since: datetime) -> tuple[Run, ...]:
    """Runs that ended after `recent`, and of each account and resource the last one of those that ended after `since`.

    Cancelled ones are left out.
    """
    counted = RUNS.c.result.in_(("completed", "partial", "failed"))
    job = RUNS.c.account, RUNS.c.resource
    last = (
        select(*job, func.max(RUNS.c.finished_at).label("at"))
        .where(RUNS.c.finished_at > since, counted)
        .group_by(*job)
        .subquery()
    )
    is_last = and_(last.c.account == RUNS.c.account, last.c.resource == RUNS.c.resource)
    statement = (
        select(RUNS)
        .join(last, is_last)
        .where(RUNS.c.finished_at > since, counted)
        .where(or_(RUNS.c.finished_at > recent, RUNS.c.finished_at == last.c.at))
    )
    return tuple(map(_run, connection.execute(statement)))


def last_completed(connection: Connection, account: str, resource: Resource) -> datetime | None:
    """When the last complete run of a resource ended; None when there was none."""
    where = RUNS.c.account == account, RUNS.c.resource == resource, RUNS.c.result == "completed"
    # By number, which the index has in order: a run that was resumed and completed late may be missed, no more.
    newest = select(RUNS.c.finished_at).where(*where).order_by(RUNS.c.run_id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def save_checkpoint(connection: Connection, run_id: int, state: str) -> None:
    connection.execute(_SAVE_CHECKPOINT, {"run_id": run_id, "state": state})


def read_checkpoint(connection: Connection, run_id: int) -> str | None:
    return connection.execute(select(CHECKPOINTS.c.state).where(CHECKPOINTS.c.run_id == run_id)).scalar_one_or_none()


def mark_seen(connection: Connection, run_id: int, window: int, items: Iterable[int]) -> None:
    """Note that a run has read these items in this window. Noting one twice changes nothing."""
    insert_new(connection, SEEN_ITEMS, [(run_id, window, item) for item in items])


def count_seen(connection: Connection, run_id: int, window: int) -> int:
    """How many different items a run has read in a window."""
    where = SEEN_ITEMS.c.run_id == run_id, SEEN_ITEMS.c.window == window
    return connection.execute(select(func.count()).select_from(SEEN_ITEMS).where(*where)).scalar_one()


def forget_seen(connection: Connection, run_id: int, window: int) -> None:
    connection.execute(delete(SEEN_ITEMS).where(SEEN_ITEMS.c.run_id == run_id, SEEN_ITEMS.c.window == window))


def read_watermark(connection: Connection, account: str, resource: Resource) -> datetime | None:
    """The marketplace's time up to which every change is stored; None before the first whole run."""
    where = WATERMARKS.c.account == account, WATERMARKS.c.resource == resource
    return connection.execute(select(WATERMARKS.c.mark).where(*where)).scalar_one_or_none()


def raise_watermark(connection: Connection, account: str, resource: Resource, mark: datetime, at: datetime) -> None:
    """Move a watermark on; it never moves back."""
    statement = upsert(WATERMARKS).values(account=account, resource=resource, mark=mark, updated_at=at)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account", "resource"],
            set_={"mark": func.max(WATERMARKS.c.mark, statement.excluded.mark), "updated_at": at},
        )
    )


def owe_window(
    connection: Connection, account: str, resource: Resource, window: str, reason: str, at: datetime
) -> None:
    """Remember a window that could not be read whole, once."""
    forget_owed(connection, account, resource, window)
    values = {"account": account, "resource": resource, "window": window, "reason": reason, "since": at}
    connection.execute(insert(OWED_WINDOWS), values)


def forget_owed(connection: Connection, account: str, resource: Resource, window: str | None = None) -> None:
    """A window has been read whole after all; all of them when none is named."""
    statement = delete(OWED_WINDOWS).where(OWED_WINDOWS.c.account == account, OWED_WINDOWS.c.resource == resource)
    connection.execute(statement if window is None else statement.where(OWED_WINDOWS.c.window == window))


def read_owed(connection: Connection, account: str, resource: Resource) -> tuple[OwedWindow, ...]:
    columns = OWED_WINDOWS.c.owed_id, OWED_WINDOWS.c.window, OWED_WINDOWS.c.reason
    where = OWED_WINDOWS.c.account == account, OWED_WINDOWS.c.resource == resource
    return tuple(OwedWindow(*row) for row in connection.execute(select(*columns).where(*where).order_by(columns[0])))


def sync_stats(connection: Connection, now: datetime) -> SyncStats:
    """Runs that ended in the 24 h before `now`. A partial run is neither a success nor a failure; a cancelled one is
    left out of the success rate.
    """
    since = now - timedelta(hours=24)
    statement = (
        select(RUNS.c.result, func.count(), func.sum(RUNS.c.seconds), func.sum(RUNS.c["items"]))
        .where(RUNS.c.finished_at >= since)
        .group_by(RUNS.c.result)
    )
    counts: dict[str, int] = {}
    seconds, items = 0.0, 0
    for result, runs, its_seconds, its_items in connection.execute(statement):
        counts[result] = runs
        seconds += its_seconds
        items += its_items
    total = sum(counts.values())
    judged = total - counts.get("cancelled", 0)
    return SyncStats(
        total_syncs=total,
        successful_syncs=counts.get("completed", 0),
        failed_syncs=counts.get("failed", 0),
        success_rate=100 * counts.get("completed", 0) / judged if judged else None,
        average_duration_seconds=seconds / total if total else None,
        total_items_processed=items,
    )


def _existing(connection: Connection, run_id: int) -> Run:
    return _run(connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).one())


def _run(row: Row[Any]) -> Run:
    return Run(**{**row._mapping, "errors": _ERRORS.validate_json(row.errors or "[]")})
