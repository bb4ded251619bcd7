"""Taking batches back and doing them again, lifting ignores, and what opens again when its time has come."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, null, or_, select, update

from magflow_tui.contract.findings import TriageBatch
from magflow_tui.store.findings_list import UNRESOLVED
from magflow_tui.store.standings import recount
from magflow_tui.store.triage import begin_batch, distinct_orders, end_batch, get_batch, keep_journal, orders_of_batch
from magflow_tui.store.triage_choice import STATES, changes_counts
from magflow_tui.store.triage_tables import FINDINGS, IGNORES, TRIAGE_BATCHES, TRIAGE_CHANGES

_OPENED: Final = {"state": "open", "until": None, "ignore_id": None, "batch_id": None, "changed_by": None}


class BatchStateError(Exception):
    """The batch is undone already, or is not, or cannot be done again; the message says so."""


def undo_batch(connection: Connection, batch_id: int, by: str, at: datetime) -> TriageBatch | None:
    """Take a batch back: what it changed last is again what it was before. None when there is no such batch.

    Findings that were changed again or resolved since stay as they are, and are counted as `skipped`; `findings` of
    the answer are those that were taken back. Raises BatchStateError when it is undone already.
    """
    batch = get_batch(connection, batch_id)
    if batch is None:
        return None
    if batch.undone_at is not None:
        raise BatchStateError(f"batch {batch_id} was undone already")
    orders = orders_of_batch(connection, batch_id)
    kept = select(IGNORES.c.ignore_id).where(IGNORES.c.batch_id == batch_id)
    came_later = FINDINGS.c.ignore_id.in_(kept), FINDINGS.c.batch_id.is_(None), FINDINGS.c.state == "ignored"
    orders += distinct_orders(connection, came_later)
    restored = {
        **{name: TRIAGE_CHANGES.c[name] for name in ("state", "until", "ignore_id", "changed_at", "changed_by")},
        "batch_id": TRIAGE_CHANGES.c.last_batch,
    }
    back = connection.execute(
        update(FINDINGS)
        .values(restored)
        .where(
            TRIAGE_CHANGES.c.batch_id == batch_id,
            FINDINGS.c.finding_id == TRIAGE_CHANGES.c.finding_id,
            FINDINGS.c.batch_id == batch_id,
            UNRESOLVED,
        )
    ).rowcount
    connection.execute(update(FINDINGS).values({**_OPENED, "changed_at": at}).where(*came_later))
    if changes_counts(batch.action):
        recount(connection, orders)
    own = IGNORES.c.batch_id == batch_id, IGNORES.c.ended_at.is_(None)
    connection.execute(update(IGNORES).values(ended_at=at, ended_batch=batch_id).where(*own))
    _hold_again(connection, batch_id, at, lifted=True)
    connection.execute(
        update(TRIAGE_BATCHES).values(undone_at=at, undone_by=by).where(TRIAGE_BATCHES.c.batch_id == batch_id)
    )
    return _what_became(batch, back).model_copy(update={"undone_at": at, "undone_by": by})


def redo_batch(connection: Connection, batch_id: int, by: str, at: datetime) -> TriageBatch | None:
    """Do an undone batch again, where findings are as they were before it. None when there is no such batch.

    Raises BatchStateError when it is not undone, and when the time until which it was for is over.
    """
    batch = get_batch(connection, batch_id)
    if batch is None:
        return None
    if batch.undone_at is None:
        raise BatchStateError(f"batch {batch_id} is not undone")
    if batch.until is not None and batch.until <= at:
        raise BatchStateError(f"batch {batch_id} was for a time that is over")
    again = {
        "state": "open" if batch.action == "lift" else STATES[batch.action],
        "until": batch.until,
        "ignore_id": TRIAGE_CHANGES.c.new_ignore,
        "batch_id": batch_id,
        "changed_at": at,
        "changed_by": by,
    }
    done = connection.execute(
        update(FINDINGS)
        .values(again)
        .where(
            TRIAGE_CHANGES.c.batch_id == batch_id,
            FINDINGS.c.finding_id == TRIAGE_CHANGES.c.finding_id,
            FINDINGS.c.batch_id.is_not_distinct_from(TRIAGE_CHANGES.c.last_batch),
            FINDINGS.c.state == TRIAGE_CHANGES.c.state,
        )
    ).rowcount
    if changes_counts(batch.action):
        recount(connection, orders_of_batch(connection, batch_id))
    _hold_again(connection, batch_id, at, lifted=False)
    lifted = IGNORES.c.ended_batch == batch_id, IGNORES.c.batch_id != batch_id
    connection.execute(update(IGNORES).values(ended_at=at).where(*lifted))
    connection.execute(
        update(TRIAGE_BATCHES).values(undone_at=None, undone_by=None).where(TRIAGE_BATCHES.c.batch_id == batch_id)
    )
    return _what_became(batch, done).model_copy(update={"undone_at": None, "undone_by": None})


def lift_ignore(connection: Connection, ignore_id: int, by: str, at: datetime) -> TriageBatch | None:
    """End a standing ignore: what it keeps ignored is open again, in a batch. None when there is none that holds."""
    holds = IGNORES.c.ignore_id == ignore_id, IGNORES.c.ended_at.is_(None)
    rule = connection.execute(select(IGNORES.c.rule).where(*holds)).scalar_one_or_none()
    if rule is None:
        return None
    batch_id = begin_batch(connection, at=at, by=by, action="lift", until=None)
    kept = FINDINGS.c.ignore_id == ignore_id, FINDINGS.c.state == "ignored"
    keep_journal(connection, batch_id, kept, null())
    opened = {**_OPENED, "batch_id": batch_id, "changed_at": at, "changed_by": by}
    connection.execute(update(FINDINGS).values(opened).where(*kept))
    connection.execute(update(IGNORES).values(ended_at=at, ended_batch=batch_id).where(*holds))
    return end_batch(connection, batch_id, (rule,))


def open_due(connection: Connection, at: datetime) -> int:
    """Open again what was ignored or snoozed until now, and end the ignores whose time is over; how many findings."""
    due = FINDINGS.c.until <= at, FINDINGS.c.state.in_(("ignored", "snoozed"))
    orders = distinct_orders(connection, due)
    opened = connection.execute(update(FINDINGS).values({**_OPENED, "changed_at": at}).where(*due)).rowcount
    recount(connection, orders)
    over = IGNORES.c.expires_at <= at, IGNORES.c.ended_at.is_(None)
    connection.execute(update(IGNORES).values(ended_at=at, ended_batch=None).where(*over))
    return opened


def any_due(connection: Connection, at: datetime) -> bool:
    """Whether `open_due` has something to do."""
    findings = select(FINDINGS.c.finding_id).where(FINDINGS.c.until <= at)
    ignores = select(IGNORES.c.ignore_id).where(IGNORES.c.expires_at <= at, IGNORES.c.ended_at.is_(None))
    return any(connection.execute(rows.limit(1)).first() is not None for rows in (findings, ignores))


def _hold_again(connection: Connection, batch_id: int, at: datetime, *, lifted: bool) -> None:
    """Let the ignores hold again that a batch ended: those it had `lifted`, or its own that were ended by its undoing.

    None whose time is over, or that came of a batch that is itself undone.
    """
    undone = select(TRIAGE_BATCHES.c.batch_id).where(TRIAGE_BATCHES.c.undone_at.is_not(None))
    ended = [IGNORES.c.ended_batch == batch_id, or_(IGNORES.c.expires_at.is_(None), IGNORES.c.expires_at > at)]
    if lifted:
        ended += [IGNORES.c.batch_id != batch_id, IGNORES.c.batch_id.not_in(undone)]
    else:
        ended.append(IGNORES.c.batch_id == batch_id)
    connection.execute(update(IGNORES).values(ended_at=None).where(*ended))


def _what_became(batch: TriageBatch, findings: int) -> TriageBatch:
    return batch.model_copy(update={"findings": findings, "skipped": batch.findings - findings})
