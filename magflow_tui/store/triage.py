"""What people do to findings at once: put them into a state, with a record of what each was before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, insert, literal, null, select, tuple_, update

from magflow_tui.contract.findings import OrderKey, Triage, TriageBatch, TriageBatches
from magflow_tui.store.standings import recount
from magflow_tui.store.triage_choice import STATES, changed_by, changes_counts, check_command, chosen
from magflow_tui.store.triage_tables import FINDINGS, IGNORES, TRIAGE_BATCHES, TRIAGE_CHANGES

_SHOWN: Final = [
    TRIAGE_BATCHES.c[name]
    for name in (*("batch_id", "at", "by", "action", "rules", "findings", "orders", "until", "undone_at", "undone_by"),)
]
_JOURNAL: Final = (
    *("batch_id", "finding_id", "state", "until", "ignore_id", "last_batch", "changed_at", "changed_by", "new_ignore"),
)


def apply_triage(connection: Connection, command: Triage, at: datetime) -> TriageBatch:
    """Put findings into a state, in one batch whatever their number.

    The batch has the number 0 where nothing was changed: in a dry run, and where there was nothing to change. Raises
    ValueError for a command that lacks what its action needs.
    """
    check_command(command, at)
    conditions = [*chosen(command.choice, at), changed_by(command)]
    if command.dry_run:
        return _preview(connection, command, conditions, at)
    batch_id = begin_batch(connection, at=at, by=command.by, action=command.action, until=command.until)
    standing = _add_ignores(connection, command, batch_id, at) if command.standing else 0
    findings = keep_journal(connection, batch_id, conditions, _ignore_of(command, batch_id))
    if not findings and not standing:
        connection.execute(TRIAGE_BATCHES.delete().where(TRIAGE_BATCHES.c.batch_id == batch_id))
        return _batch(command, at, 0, command.choice.rules, 0, 0)
    of_batch = FINDINGS.c.finding_id == TRIAGE_CHANGES.c.finding_id, TRIAGE_CHANGES.c.batch_id == batch_id
    moved = {
        "state": STATES[command.action],
        "until": command.until,
        "ignore_id": TRIAGE_CHANGES.c.new_ignore,
        "batch_id": batch_id,
        "changed_at": at,
        "changed_by": command.by,
    }
    connection.execute(update(FINDINGS).values(moved).where(*of_batch))
    return end_batch(connection, batch_id, command.choice.rules)


def list_batches(connection: Connection, limit: int) -> TriageBatches:
    """What was done to findings, newest first."""
    rows = connection.execute(select(*_SHOWN).order_by(TRIAGE_BATCHES.c.batch_id.desc()).limit(limit))
    return TriageBatches(batches=tuple(map(_shown, rows)))


def get_batch(connection: Connection, batch_id: int) -> TriageBatch | None:
    row = connection.execute(select(*_SHOWN).where(TRIAGE_BATCHES.c.batch_id == batch_id)).one_or_none()
    return None if row is None else _shown(row)


def begin_batch(connection: Connection, *, at: datetime, by: str, action: str, until: datetime | None) -> int:
    """A batch without findings as yet; its number."""
    values = {"at": at, "by": by, "action": action, "until": until, "findings": 0, "orders": 0}
    batch_id: int = connection.execute(insert(TRIAGE_BATCHES).returning(TRIAGE_BATCHES.c.batch_id), values).scalar_one()
    return batch_id


def keep_journal(
    connection: Connection, batch_id: int, conditions: Sequence[ColumnElement[bool]], new_ignore: ColumnElement[Any]
) -> int:
    """Note what the findings are that a batch is going to change; how many they are."""
    before = select(
        literal(batch_id),
        *(FINDINGS.c[name] for name in ("finding_id", "state", "until", "ignore_id", "batch_id")),
        FINDINGS.c.changed_at,
        FINDINGS.c.changed_by,
        new_ignore,
    ).where(*conditions)
    return connection.execute(insert(TRIAGE_CHANGES).from_select(list(_JOURNAL), before)).rowcount


def end_batch(connection: Connection, batch_id: int, rules: Collection[str] = ()) -> TriageBatch:
    """Bring the orders of a batch up to date, and count it. `rules` are those it was for, if it was for some."""
    action = connection.execute(
        select(TRIAGE_BATCHES.c.action).where(TRIAGE_BATCHES.c.batch_id == batch_id)
    ).scalar_one()
    orders = orders_of_batch(connection, batch_id)
    if changes_counts(action):
        recount(connection, orders)
    of_batch = FINDINGS.c.finding_id == TRIAGE_CHANGES.c.finding_id, TRIAGE_CHANGES.c.batch_id == batch_id
    named = sorted(rules) or sorted(connection.execute(select(FINDINGS.c.rule).where(*of_batch).distinct()).scalars())
    count = select(func.count()).select_from(TRIAGE_CHANGES).where(TRIAGE_CHANGES.c.batch_id == batch_id)
    counted = {
        "findings": count.scalar_subquery(),
        "orders": len(orders),
        "rules": msgspec.json.encode(named).decode(),
    }
    connection.execute(update(TRIAGE_BATCHES).values(counted).where(TRIAGE_BATCHES.c.batch_id == batch_id))
    return _shown(connection.execute(select(*_SHOWN).where(TRIAGE_BATCHES.c.batch_id == batch_id)).one())


def orders_of_batch(connection: Connection, batch_id: int) -> list[OrderKey]:
    """The orders that a batch has findings of."""
    of_batch = FINDINGS.c.finding_id == TRIAGE_CHANGES.c.finding_id, TRIAGE_CHANGES.c.batch_id == batch_id
    return distinct_orders(connection, of_batch)


def distinct_orders(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> list[OrderKey]:
    """The orders of the findings that meet all conditions."""
    rows = connection.execute(select(FINDINGS.c.account, FINDINGS.c.order_id).where(*conditions).distinct())
    return [OrderKey.model_construct(account=account, id=order_id) for account, order_id in rows]


def _preview(
    connection: Connection, command: Triage, conditions: Sequence[ColumnElement[bool]], at: datetime
) -> TriageBatch:
    findings = connection.execute(select(func.count()).select_from(FINDINGS).where(*conditions)).scalar_one()
    rules = connection.execute(select(FINDINGS.c.rule).where(*conditions).distinct()).scalars()
    orders = len(distinct_orders(connection, conditions))
    return _batch(command, at, 0, command.choice.rules or sorted(rules), findings, orders)


def _add_ignores(connection: Connection, command: Triage, batch_id: int, at: datetime) -> int:
    """Let the rules be ignored in what comes, too; how many ignores that takes."""
    choice = command.choice
    account = None if choice.account is None else choice.account.lower()
    places: list[tuple[str | None, int | None]] = [(order.account, order.id) for order in choice.orders]
    places = places or [(account, None)]
    rows = [
        {
            "rule": rule,
            "account": of_account,
            "order_id": order_id,
            "expires_at": command.until,
            "created_at": at,
            "created_by": command.by,
            "batch_id": batch_id,
        }
        for rule in dict.fromkeys(choice.rules)
        for of_account, order_id in dict.fromkeys(places)
    ]
    connection.execute(insert(IGNORES), rows)
    return len(rows)


def _ignore_of(command: Triage, batch_id: int) -> ColumnElement[Any]:
    """The ignore of a batch that a finding comes under; null in one that is not standing."""
    if not command.standing:
        return null()
    of_finding = [IGNORES.c.batch_id == batch_id, IGNORES.c.rule == FINDINGS.c.rule]
    if command.choice.orders:
        place = tuple_(IGNORES.c.account, IGNORES.c.order_id)
        of_finding.append(place == tuple_(FINDINGS.c.account, FINDINGS.c.order_id))
    return select(IGNORES.c.ignore_id).where(*of_finding).correlate(FINDINGS).scalar_subquery()


def _batch(
    command: Triage, at: datetime, batch_id: int, rules: Collection[str], findings: int, orders: int
) -> TriageBatch:
    return TriageBatch(
        batch_id=batch_id,
        at=at,
        by=command.by,
        action=command.action,
        rules=tuple(rules),
        findings=findings,
        orders=orders,
        until=command.until,
    )


def _shown(row: Row[Any]) -> TriageBatch:
    rules = msgspec.json.decode(row.rules or "[]", type=tuple[str, ...])
    return TriageBatch(**{**row._mapping, "rules": rules})
