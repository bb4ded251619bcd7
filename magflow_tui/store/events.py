"""The append-only event stream: numbers without gaps, given by the one writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from magflow_tui.contract.base import Resource
from magflow_tui.contract.events import Event, EventKind, EventPage, Severity
from magflow_tui.store.tables import EVENTS


@dataclass(frozen=True, slots=True)
class EventDraft:
    """Something that happened, before it has a number. `message` is one line for people, `at` aware."""

    at: datetime
    kind: EventKind
    message: str
    severity: Severity = "info"
    account: str | None = None
    resource: Resource | None = None
    run_id: int | None = None


def append_events(connection: Connection, drafts: Sequence[EventDraft]) -> tuple[Event, ...]:
    """Add events in this order and give each the next number."""
    first = last_event_seq(connection) + 1
    events = tuple(
        Event(
            seq=seq,
            at=draft.at,
            kind=draft.kind,
            severity=draft.severity,
            message=draft.message,
            account=draft.account,
            resource=draft.resource,
            run_id=draft.run_id,
        )
        for seq, draft in enumerate(drafts, first)
    )
    if events:
        connection.execute(insert(EVENTS), [event.model_dump() for event in events])
    return events


def events_after(connection: Connection, seq: int, limit: int) -> EventPage:
    """The events behind number `seq`, oldest first; `truncated` when some of them were pruned."""
    rows = connection.execute(select(EVENTS).where(EVENTS.c.seq > seq).order_by(EVENTS.c.seq).limit(limit))
    events = tuple(map(_event, rows))
    oldest = connection.execute(select(func.min(EVENTS.c.seq))).scalar_one()
    return EventPage(
        events=events, last_seq=last_event_seq(connection), truncated=oldest is not None and seq + 1 < oldest
    )


def last_event_seq(connection: Connection) -> int:
    """The newest event's number, 0 when there is none."""
    return connection.execute(select(func.max(EVENTS.c.seq))).scalar_one() or 0


def prune_events(connection: Connection, keep: int) -> int:
    """Leave the newest `keep` events (1 at least, which the numbering goes on from); how many went."""
    oldest_kept = last_event_seq(connection) - max(keep, 1)
    return connection.execute(delete(EVENTS).where(EVENTS.c.seq <= oldest_kept)).rowcount


def _event(row: Row[Any]) -> Event:
    return Event(**row._mapping)
