"""The outbox of the webhook: messages due until delivered or given up, those of an alert in order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from magflow_tui.contract.alerts import Delivery
from magflow_tui.store.alert_tables import ALERTS, DELIVERIES

_SHOWN: Final = [
    DELIVERIES.c[name]
    for name in (
        *("delivery_id", "alert_id", "kind", "at", "attempts", "next_at", "delivered_at", "given_up_at", "status"),
        "error",
    )
]
_AHEAD: Final = DELIVERIES.alias("ahead")
#: Nothing of the same alert waits ahead of it: nobody hears of an end before the beginning.
_IS_FIRST: Final = ~exists().where(
    _AHEAD.c.alert_id == DELIVERIES.c.alert_id,
    _AHEAD.c.delivery_id < DELIVERIES.c.delivery_id,
    _AHEAD.c.next_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the webhook. `message_id` is the same at every attempt, `body` what is sent; due at once."""

    message_id: str
    alert_id: int | None
    kind: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come, and how often it was tried before."""

    delivery_id: int
    message: Outgoing
    attempts: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt to deliver a message went. `next_at` is when to try again, None when it is delivered or given up.

    `status` is that of the answer, None where none came; `error` tells people what went wrong.
    """

    delivery_id: int
    at: datetime
    delivered: bool
    status: int | None
    error: str | None
    next_at: datetime | None


def add_delivery(connection: Connection, message: Outgoing) -> Delivery:
    """Keep a message to be delivered as soon as may be."""
    values = {
        "message_id": message.message_id,
        "alert_id": message.alert_id,
        "kind": message.kind,
        "body": message.body,
        "at": message.at,
        "attempts": 0,
        "next_at": message.at,
    }
    row = connection.execute(insert(DELIVERIES).values(values).returning(*_SHOWN)).mappings().one()
    return _delivery(row)


def first_due(connection: Connection, at: datetime) -> Due | None:
    """The message that is due for longest at a moment, and may go: nothing of the same alert waits ahead of it."""
    is_due = DELIVERIES.c.next_at <= at, _IS_FIRST
    statement = select(DELIVERIES).where(*is_due).order_by(DELIVERIES.c.next_at, DELIVERIES.c.delivery_id).limit(1)
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    message = Outgoing(**{name: row[name] for name in ("message_id", "alert_id", "kind", "body", "at")})
    return Due(row["delivery_id"], message, row["attempts"])


def next_due(connection: Connection) -> datetime | None:
    """When the next message may go, None when none waits."""
    statement = select(func.min(DELIVERIES.c.next_at)).where(DELIVERIES.c.next_at.is_not(None), _IS_FIRST)
    moment: datetime | None = connection.execute(statement).scalar_one()
    return moment


def settle(connection: Connection, attempt: Attempt) -> Delivery:
    """Keep how an attempt went."""
    values: dict[str, Any] = {
        "attempts": DELIVERIES.c.attempts + 1,
        "next_at": attempt.next_at,
        "status": attempt.status,
        "error": attempt.error,
    }
    if attempt.delivered:
        values["delivered_at"] = attempt.at
    elif attempt.next_at is None:
        values["given_up_at"] = attempt.at
    changed = update(DELIVERIES).where(DELIVERIES.c.delivery_id == attempt.delivery_id).values(values)
    return _delivery(connection.execute(changed.returning(*_SHOWN)).mappings().one())


def list_deliveries(connection: Connection, limit: int) -> tuple[Delivery, ...]:
    """The last messages, newest first."""
    rows = connection.execute(select(*_SHOWN).order_by(DELIVERIES.c.delivery_id.desc()).limit(limit)).mappings()
    return tuple(map(_delivery, rows))


def told_alerts(connection: Connection, alert_ids: Collection[int]) -> frozenset[int]:
    """Those of some alerts that the webhook was told of, or is being told."""
    statement = select(DELIVERIES.c.alert_id).where(DELIVERIES.c.alert_id.in_(alert_ids))
    return frozenset(connection.execute(statement).scalars())


def prune_deliveries(connection: Connection, before: datetime, most: int) -> int:
    """Forget `most` at most of the messages from before a moment that wait no more, but for those of open alerts."""
    still_open = select(ALERTS.c.alert_id).where(ALERTS.c.closed_at.is_(None))
    is_old = DELIVERIES.c.at < before, DELIVERIES.c.next_at.is_(None)
    of_none = DELIVERIES.c.alert_id.is_(None) | DELIVERIES.c.alert_id.not_in(still_open)
    old = select(DELIVERIES.c.delivery_id).where(*is_old, of_none).order_by(DELIVERIES.c.delivery_id).limit(most)
    return connection.execute(delete(DELIVERIES).where(DELIVERIES.c.delivery_id.in_(old))).rowcount


def _delivery(row: Any) -> Delivery:
    given = {name: row[name] for name in row if name != "given_up_at"}
    over = "delivered" if row["delivered_at"] is not None else "given_up" if row["given_up_at"] is not None else None
    return Delivery(state=over or "waiting", **given)
