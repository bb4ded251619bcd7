"""Actions on orders: what operators asked for, how far each order of it has come, and what became of it.

A row is written before anything is sent and again right before it is, both durably, so that after a crash the rows
tell what may have reached the marketplace: `recorded` has not, `sending` may have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update

from magflow_tui.contract.actions import ActionBatch, ActionKind, ActionRow, ActionState
from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.rules.findings import Words
from magflow_tui.rules.transitions import OrderState, Refusal
from magflow_tui.store.columns import millis_to_time
from magflow_tui.store.tables import ACTION_BATCHES, ACTIONS, ORDER_CHANGES, ORDERS, TALLIES
from magflow_tui.store.upsert import read_by_id

#: States of orders that are being acted on.
OPEN: Final[tuple[ActionState, ...]] = ("recorded", "sending")

#: Rows of a batch that an answer holds, at most.
SHOWN_ROWS: Final = 500

_CANCELLED: Final = int(OrderStatus.CANCELLED)
_STATE_COLUMNS: Final = ("id", "type", "status", "payment_mode_id", "finalization_date", "modified")

Key: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `to` for `status`, `reason` for `cancel`, the rest for `attach`."""

    kind: ActionKind
    to: int | None = None
    reason: int | None = None
    url: str | None = None
    name: str | None = None
    attachment_type: int | None = None

    @property
    def target(self) -> int | None:
        """The status an order is to have afterwards; None where the kind does not name one."""
        return _CANCELLED if self.kind == "cancel" else self.to


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """An order of a request as it was checked. `words` say why it is `refused` or `failed` from the start, `cause` the
    same without what is particular to the order.
    """

    account: str
    order_id: int
    state: ActionState
    words: Words | None = None
    cause: Words | None = None
    status_before: int | None = None


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An order that is being acted on. `sent_at` is when it began to be sent, `left_by` when it certainly had left."""

    action_id: int
    batch_id: int
    account: str
    order_id: int
    state: ActionState
    wanted: Wanted
    by: str
    status_before: int | None
    sent_at: datetime | None
    left_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an action. `answer` is what the marketplace said, its own words."""

    action_id: int
    state: ActionState
    words: Words
    cause: Words | None = None
    status_after: int | None = None
    answer: str | None = None


def record_batch(
    connection: Connection,
    wanted: Wanted,
    drafts: Sequence[ActionDraft],
    *,
    by: str,
    at: datetime,
    requests: int,
    busy: Callable[[int], Refusal],
) -> int:
    """Write a request down; returns its number. Orders that are being acted on are refused in the words of `busy`."""
    values = {"to": wanted.to, "reason": wanted.reason}
    statement = insert(ACTION_BATCHES).values(
        kind=wanted.kind,
        by=by,
        at=at,
        url=wanted.url,
        name=wanted.name,
        attachment_type=wanted.attachment_type,
        requests=requests,
        **values,
    )
    batch_id = int(connection.execute(statement.returning(ACTION_BATCHES.c.batch_id)).scalar_one())
    taken = busy_orders(connection) if wanted.kind != "reread" else frozenset()
    rows: list[dict[str, Any]] = []
    for draft in drafts:
        state, words, cause = draft.state, draft.words, draft.cause
        if state == "recorded" and (draft.account, draft.order_id) in taken:
            words = busy(draft.order_id)
            state, cause = "refused", words.cause
        rows.append(
            {
                "batch_id": batch_id,
                "account": draft.account,
                "order_id": draft.order_id,
                "kind": wanted.kind,
                "state": state,
                "message_en": words.en if words else "",
                "message_ro": words.ro if words else "",
                "cause_en": cause.en if cause else None,
                "cause_ro": cause.ro if cause else None,
                "status_before": draft.status_before,
                "by": by,
                "recorded_at": at,
                "finished_at": None if state in OPEN else at,
                **values,
            }
        )
    if rows:
        connection.execute(insert(ACTIONS), rows)
    return batch_id


def mark_sending(connection: Connection, rows: Iterable[tuple[int, int | None]], at: datetime) -> None:
    """Note that these actions are about to be sent: their numbers, with the status of each order as just read."""
    statement = (
        update(ACTIONS)
        .where(ACTIONS.c.action_id == bindparam("which"))
        .values(state="sending", sent_at=at, status_before=bindparam("before"))
    )
    connection.execute(statement, [{"which": action_id, "before": before} for action_id, before in rows])


def note_left(connection: Connection, batch_id: int, at: datetime) -> None:
    """Note that what was being sent for a request has left by now, where that is not noted yet."""
    connection.execute(
        update(ACTIONS)
        .where(ACTIONS.c.batch_id == batch_id, ACTIONS.c.state == "sending", ACTIONS.c.left_by.is_(None))
        .values(left_by=at)
    )


def finish(connection: Connection, fates: Sequence[Fate], at: datetime) -> None:
    """Write down what became of actions."""
    if not fates:
        return
    statement = (
        update(ACTIONS)
        .where(ACTIONS.c.action_id == bindparam("which"))
        .values(
            state=bindparam("fate"),
            message_en=bindparam("english"),
            message_ro=bindparam("romanian"),
            cause_en=bindparam("why_en"),
            cause_ro=bindparam("why_ro"),
            status_after=bindparam("after"),
            answer=bindparam("said"),
            finished_at=at,
        )
    )
    connection.execute(
        statement,
        [
            {
                "which": fate.action_id,
                "fate": fate.state,
                "english": fate.words.en,
                "romanian": fate.words.ro,
                "why_en": fate.cause.en if fate.cause else None,
                "why_ro": fate.cause.ro if fate.cause else None,
                "after": fate.status_after,
                "said": fate.answer,
            }
            for fate in fates
        ],
    )


def open_actions(connection: Connection, batch_id: int | None = None) -> tuple[OpenAction, ...]:
    """Actions that have no fate yet, in the order they were asked for; of one batch, or of all."""
    statement = (
        select(
            ACTIONS,
            ACTION_BATCHES.c.url,
            ACTION_BATCHES.c.name,
            ACTION_BATCHES.c.attachment_type,
        )
        .join(ACTION_BATCHES, ACTION_BATCHES.c.batch_id == ACTIONS.c.batch_id)
        .where(ACTIONS.c.state.in_(OPEN))
        .order_by(ACTIONS.c.action_id)
    )
    if batch_id is not None:
        statement = statement.where(ACTIONS.c.batch_id == batch_id)
    return tuple(
        OpenAction(
            action_id=row.action_id,
            batch_id=row.batch_id,
            account=row.account,
            order_id=row.order_id,
            state=row.state,
            wanted=Wanted(row.kind, row.to, row.reason, row.url, row.name, row.attachment_type),
            by=row.by,
            status_before=row.status_before,
            sent_at=row.sent_at,
            left_by=row.left_by,
        )
        for row in connection.execute(statement)
    )


def busy_orders(connection: Connection) -> frozenset[Key]:
    """Orders that are being acted on, by account and id. Reading them again does not count."""
    statement = select(ACTIONS.c.account, ACTIONS.c.order_id).where(
        ACTIONS.c.state.in_(OPEN), ACTIONS.c.kind != "reread"
    )
    return frozenset((row.account, row.order_id) for row in connection.execute(statement))


def order_states(connection: Connection, keys: Iterable[Key]) -> dict[Key, OrderState]:
    """What is stored of orders that decides what may be done to them; those that are not stored are missing."""
    ids: dict[str, list[int]] = {}
    for account, order_id in keys:
        ids.setdefault(account, []).append(order_id)
    states: dict[Key, OrderState] = {}
    for account, wanted in ids.items():
        rows = read_by_id(connection, ORDERS, _STATE_COLUMNS, account, wanted)
        seen = _seen_cancelled(connection, account, [row[0] for row in rows if row[2] == _CANCELLED])
        for id_, type_, status, payment, finalised, modified in rows:
            states[account, id_] = OrderState(
                order_id=id_,
                type=type_,
                status=status,
                payment_mode_id=payment,
                finalised_at=millis_to_time(finalised),
                cancelled_at=earliest(millis_to_time(modified), seen.get(id_)) if status == _CANCELLED else None,
            )
    return states


def accounts_of_orders(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The accounts that have each of these orders stored; those that none has are missing."""
    accounts = connection.execute(select(TALLIES.c.account).distinct()).scalars()
    found: dict[int, tuple[str, ...]] = {}
    for account in sorted(accounts):
        for (id_,) in read_by_id(connection, ORDERS, ("id",), account, ids):
            found[id_] = (*found.get(id_, ()), account)
    return found


def earliest(*moments: datetime | None) -> datetime | None:
    """The earliest of the times that are known: of an event that all of them lie at or behind."""
    return min((moment for moment in moments if moment is not None), default=None)


def _seen_cancelled(connection: Connection, account: str, ids: Sequence[int]) -> Mapping[int, datetime]:
    """When these orders were first seen cancelled, the last time they were."""
    if not ids:
        return {}
    statement = (
        select(ORDER_CHANGES.c.order_id, func.max(ORDER_CHANGES.c.at).label("at"))
        .where(
            ORDER_CHANGES.c.account == account,
            ORDER_CHANGES.c.order_id.in_(select(func.json_each(_listed(ids)).table_valued("value").c.value)),
            ORDER_CHANGES.c.status == _CANCELLED,
            ORDER_CHANGES.c.status_before != _CANCELLED,
        )
        .group_by(ORDER_CHANGES.c.order_id)
    )
    return {row.order_id: row.at for row in connection.execute(statement)}


def _listed(ids: Iterable[int]) -> str:
    """Ids as a JSON list: one parameter, however many there are."""
    return f"[{','.join(map(str, ids))}]"


def get_batch(connection: Connection, batch_id: int) -> ActionBatch | None:
    """A request and what became of it so far; None when there is none of that number.

    Of its rows the first `SHOWN_ROWS`, those that were not done ahead of the others.
    """
    batch = connection.execute(select(ACTION_BATCHES).where(ACTION_BATCHES.c.batch_id == batch_id)).one_or_none()
    if batch is None:
        return None
    of_batch = ACTIONS.c.batch_id == batch_id
    counted = select(ACTIONS.c.state, func.count().label("rows")).where(of_batch).group_by(ACTIONS.c.state)
    counts: Counter[str] = Counter({row.state: row.rows for row in connection.execute(counted)})
    why = (
        select(
            func.coalesce(ACTIONS.c.cause_en, ACTIONS.c.message_en),
            func.coalesce(ACTIONS.c.cause_ro, ACTIONS.c.message_ro),
        )
        .where(of_batch, ACTIONS.c.state == "refused")
        .order_by(ACTIONS.c.action_id)
    )
    done_last = case((ACTIONS.c.state == "done", 1), else_=0)
    shown = select(ACTIONS).where(of_batch).order_by(done_last, ACTIONS.c.action_id).limit(SHOWN_ROWS)
    total = counts.total()
    return ActionBatch(
        batch_id=batch_id,
        kind=batch.kind,
        by=batch.by,
        at=batch.at,
        finished=not any(counts[state] for state in OPEN),
        orders=total,
        possible=total - counts["refused"],
        refused=counts["refused"],
        done=counts["done"],
        failed=counts["failed"],
        requests=batch.requests,
        refusals=grouped((row[0], row[1]) for row in connection.execute(why)),
        rows=tuple(map(_row, connection.execute(shown))),
    )


def grouped(reasons: Iterable[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    """Reasons in both languages with how often each occurs, the most frequent first."""
    return tuple((en, ro, times) for (en, ro), times in Counter(reasons).most_common())


def list_actions(
    connection: Connection,
    *,
    account: str | None = None,
    order_id: int | None = None,
    batch_id: int | None = None,
    state: str | None = None,
    limit: int = 100,
) -> tuple[ActionRow, ...]:
    """Single actions, newest first."""
    statement = select(ACTIONS).order_by(ACTIONS.c.action_id.desc()).limit(limit)
    for column, value in (
        (ACTIONS.c.account, account),
        (ACTIONS.c.order_id, order_id),
        (ACTIONS.c.batch_id, batch_id),
        (ACTIONS.c.state, state),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return tuple(map(_row, connection.execute(statement)))


def _row(row: Row[Any]) -> ActionRow:
    return ActionRow(
        action_id=row.action_id,
        batch_id=row.batch_id,
        account=row.account,
        order_id=row.order_id,
        kind=row.kind,
        to=row.to,
        reason=row.reason,
        state=row.state,
        message=row.message_en,
        message_ro=row.message_ro,
        status_before=row.status_before,
        status_after=row.status_after,
        by=row.by,
        recorded_at=row.recorded_at,
        sent_at=row.sent_at,
        finished_at=row.finished_at,
    )
