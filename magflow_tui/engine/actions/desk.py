"""Where operators' requests arrive: checked, written down, handed to an errand for each account, and followed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, Protocol

from sqlalchemy import Connection

from magflow_tui.contract.actions import ActionBatch, ActionRequest, ActionRow, Choice, Choices
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.engine.actions import sentences
from magflow_tui.engine.actions.answers import Said
from magflow_tui.engine.actions.entities import attachment_problem
from magflow_tui.engine.actions.errand import Errand
from magflow_tui.engine.actions.finding_out import Sent, find_out
from magflow_tui.engine.actions.means import ActionAccount, ActionPolicy, EndingError, Means
from magflow_tui.engine.actions.planning import make_plan
from magflow_tui.engine.actions.reading import OrderReader
from magflow_tui.engine.actions.resolving import NotPossibleError, orders_meant
from magflow_tui.rules.transitions import choices as choices_of
from magflow_tui.store import Store, StoreError
from magflow_tui.store.actions import (
    Fate,
    OpenAction,
    Wanted,
    busy_orders,
    finish,
    get_batch,
    list_actions,
    open_actions,
    order_states,
    record_batch,
)

log = logging.getLogger(__name__)

_LONGEST_NAME: Final = 64


class Notify(Protocol):
    """Records an event."""

    def __call__(self, kind: EventKind, severity: Severity, message: str, account: str | None) -> None: ...


class ActionDesk:
    """Actions on orders of the accounts it is given. Names of accounts are lower-case; `now` gives aware times.

    Everything it is told raises StoreError when the store cannot be read or written.
    """

    def __init__(
        self,
        *,
        store: Store,
        accounts: Mapping[str, ActionAccount],
        notify: Notify,
        policy: ActionPolicy | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._notify = notify
        self._policy = policy or ActionPolicy()
        self._now = now
        self._means = Means(store, self._policy, now, sleep)
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished: dict[int, asyncio.Event] = {}

    async def request(self, command: ActionRequest) -> ActionBatch:
        """Check and record a request and begin to carry it out; under `dry_run` check it alone.

        Raises NotPossibleError, with the codes `bad_request`, `account_unknown`, `account_disabled`, `ambiguous`.
        """
        wanted, by = _wanted(command), _name(command.by)
        meant = await orders_meant(command, self._store, self._accounts, self._means)
        now = self._now()
        check = partial(
            make_plan,
            wanted=wanted,
            keys=meant.keys,
            unknown=meant.unknown,
            served=frozenset(self._accounts),
            now=now,
            dry_run=command.dry_run,
        )
        plan = await self._store.read(check)
        if command.dry_run:
            return plan.preview(by=by, at=now)

        def record(connection: Connection) -> tuple[ActionBatch, tuple[OpenAction, ...]]:
            batch_id = record_batch(
                connection, wanted, plan.drafts, by=by, at=now, requests=plan.requests, busy=sentences.busy
            )
            batch = get_batch(connection, batch_id)
            if batch is None:
                raise RuntimeError("a batch that was just recorded is not there")
            return batch, open_actions(connection, batch_id)

        batch, actions = await self._store.write(record, durable=True)
        if actions:
            self._begin(actions)
        else:
            self._tell(batch)
        return batch

    async def batch(self, batch_id: int, *, wait: float = 0.0) -> ActionBatch | None:
        """What became of a request, None when there is none of that number; waits up to so many seconds for its end."""
        finished = self._finished.get(batch_id)
        if finished is not None and wait > 0:
            with contextlib.suppress(TimeoutError):  # then the answer says how far it is
                await asyncio.wait_for(finished.wait(), wait)
        return await self._store.read(partial(get_batch, batch_id=batch_id))

    async def actions(
        self,
        *,
        account: str | None = None,
        order_id: int | None = None,
        batch_id: int | None = None,
        state: str | None = None,
        limit: int = 100,
    ) -> tuple[ActionRow, ...]:
        """Single actions, newest first."""
        return await self._store.read(
            partial(list_actions, account=account, order_id=order_id, batch_id=batch_id, state=state, limit=limit)
        )

    async def choices(self, account: str, order_id: int) -> Choices | None:
        """What may be done to an order now, and why not; None when it is not stored."""

        def look(connection: Connection) -> Choices | None:
            key = (account, order_id)
            state = order_states(connection, [key]).get(key)
            if state is None:
                return None
            found = choices_of(state, self._now())
            stopped = None
            if account not in self._accounts:
                stopped = sentences.switched_off(account, order_id)
            elif key in busy_orders(connection):
                stopped = sentences.busy(order_id)
            return Choices(
                account=account,
                order_id=order_id,
                status=state.status,
                choices=tuple(
                    Choice(
                        kind=choice.kind,
                        to=choice.to,
                        possible=refused is None,
                        why=words.en if words else "",
                        why_ro=words.ro if words else "",
                        until=choice.until if refused is None else None,
                    )
                    for choice in found
                    for refused in (choice.refusal or (None if choice.kind == "reread" else stopped),)
                    for words in (refused or choice.remark,)
                ),
            )

        return await self._store.read(look)

    async def recover(self) -> None:
        """Settle what an earlier engine left behind: what it had not sent has failed, what it had is found out.

        Returns when that has begun; what has to be read back comes in as it is.
        """
        left = await self._store.read(open_actions)
        unsent = [action for action in left if action.state == "recorded"]
        fates = [Fate(action.action_id, "failed", sentences.ENGINE_ENDED) for action in unsent]
        if fates:
            await self._store.write(partial(finish, fates=fates, at=self._now()), durable=True)
        for batch_id in dict.fromkeys(action.batch_id for action in left):
            of_batch = [action for action in left if action.batch_id == batch_id and action.state == "sending"]
            served = [action for action in of_batch if action.account in self._accounts]
            if served:
                self._start(batch_id, self._find_out(served), restarted=True)
            elif not of_batch:
                await self._tell_of(batch_id, restarted=True)
            # Of an account that is switched off nothing can be read back: it waits until it is on again.

    async def drain(self, seconds: float) -> None:
        """Take no more work, let requests that are under way end, for so long at most. The rest stays as it is."""
        self._means.ending.set()
        tasks = set(self._tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for finished in self._finished.values():
            finished.set()

    def _begin(self, actions: Sequence[OpenAction]) -> None:
        errands = [
            Errand(self._accounts[account], [action for action in actions if action.account == account], self._means)
            for account in dict.fromkeys(action.account for action in actions)
        ]

        async def run_all() -> None:
            await asyncio.gather(*(errand.run() for errand in errands))

        self._start(actions[0].batch_id, run_all())

    def _start(self, batch_id: int, work: Awaitable[None], *, restarted: bool = False) -> None:
        finished = self._finished[batch_id] = asyncio.Event()

        async def run() -> None:
            try:
                await work
                await self._tell_of(batch_id, restarted=restarted)
            except EndingError:
                pass  # the rows say how far it came; the next engine goes on from there
            except StoreError as error:
                log.error("actions of request %d wait for the next start: %s", batch_id, error.message)
            except Exception:
                log.exception("actions of request %d wait for the next start", batch_id)
            finally:
                finished.set()
                self._finished.pop(batch_id, None)

        task = asyncio.create_task(run(), name=f"actions {batch_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _find_out(self, actions: Sequence[OpenAction]) -> None:
        """Read back what a dead engine sent. While a request of it may be on its way, only that it is done is final."""
        policy = self._policy
        latest = self._now() + timedelta(seconds=policy.answer)
        states = await self._store.read(
            partial(order_states, keys=[(action.account, action.order_id) for action in actions])
        )

        def sent(action: OpenAction) -> Sent:
            begun = action.sent_at or latest
            state = states.get((action.account, action.order_id))
            # It left before its engine died, and no later than one call takes.
            settled = min(latest, begun + timedelta(seconds=policy.call + policy.answer))
            return Sent(action, None if state is None else state.type, Said("crashed"), settled)

        by_account: dict[str, list[Sent]] = {}
        for action in actions:
            by_account.setdefault(action.account, []).append(sent(action))
        await asyncio.gather(
            *(
                find_out(OrderReader(self._accounts[account], self._means), self._means, those)
                for account, those in by_account.items()
            )
        )

    async def _tell_of(self, batch_id: int, *, restarted: bool = False) -> None:
        batch = await self._store.read(partial(get_batch, batch_id=batch_id))
        if batch is not None and batch.finished:
            self._tell(batch, restarted=restarted)

    def _tell(self, batch: ActionBatch, *, restarted: bool = False) -> None:
        """An event: `ana: 48 of 50 orders cancelled, 2 refused`. The marketplace's own words stay with the rows."""
        rows = batch.rows
        if not rows:
            return
        first = rows[0]
        verb = sentences.verb(Wanted(batch.kind, first.to, first.reason))
        if batch.orders == 1:
            told = f"order {first.order_id} {'' if batch.done else 'not '}{verb}"
            told += f": {first.message}" if batch.refused else ""
        else:
            told = f"{batch.done} of {batch.orders} orders {verb}"
            told += f", {batch.refused} refused" if batch.refused else ""
            told += f", {batch.failed} failed" if batch.failed else ""
        told += ", as found out after the engine started again" if restarted else ""
        accounts = {row.account for row in rows}
        account = accounts.pop() or None if len(accounts) == 1 and batch.orders == len(rows) else None
        severity: Severity = "ok" if batch.done == batch.orders else "warning"
        self._notify("action.finished", severity, f"{batch.by}: {told}", account)


def _wanted(command: ActionRequest) -> Wanted:
    """What a request asks for. Raises NotPossibleError for a file that cannot be attached."""
    attach = command.kind == "attach"
    wanted = Wanted(
        kind=command.kind,
        to=command.to if command.kind == "status" else None,
        reason=command.reason if command.kind in ("status", "cancel") else None,
        url=command.url if attach else None,
        name=command.name if attach else None,
        attachment_type=command.attachment_type if attach else None,
    )
    problem = attachment_problem(wanted) if attach else None
    if problem is not None:
        raise NotPossibleError("bad_request", f"{problem[:1].upper()}{problem[1:]}.")
    return wanted


def _name(by: str) -> str:
    """Who asks, on one short line."""
    name = "".join(character for character in by if character.isprintable()).strip()[:_LONGEST_NAME]
    return name or "operator"
