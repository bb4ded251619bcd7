"""Where operators' requests arrive: checked, written down, handed to an errand for each account, and followed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
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
from magflow_tui.engine.actions.planning import Plan, make_plan
from magflow_tui.engine.actions.reading import OrderReader
from magflow_tui.engine.actions.resolving import NotPossibleError, orders_meant
from magflow_tui.rules.findings import Words
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
    note_left,
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

        Raises NotPossibleError, with the codes `bad_request`, `account_unknown`, `ambiguous`.
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
        if command.dry_run:
            return await self._store.read(lambda connection: check(connection).preview(by=by, at=now))
        plan = await self._store.read(check)

        # Whoever asks may go away meanwhile: what is recorded is begun all the same.
        accepting = asyncio.ensure_future(self._accept(plan, by, now))
        return await asyncio.shield(accepting)

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
        for batch_id in dict.fromkeys(action.batch_id for action in left):
            settling = self._settle(batch_id, sentences.ENGINE_ENDED, Said("crashed"))
            self._start(batch_id, settling, restarted=True)

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

    async def _accept(self, plan: Plan, by: str, now: datetime) -> ActionBatch:
        """Record a request, and begin to carry it out."""

        def record(connection: Connection) -> tuple[ActionBatch, tuple[OpenAction, ...]]:
            batch_id = record_batch(
                connection, plan.wanted, plan.drafts, by=by, at=now, requests=plan.requests, busy=sentences.busy
            )
            batch = get_batch(connection, batch_id)
            if batch is None:
                raise RuntimeError("a batch that was just recorded is not there")
            return batch, open_actions(connection, batch_id)

        batch, actions = await self._store.write(record, durable=True)
        if actions:
            errands = (
                Errand(self._accounts[account], its_actions, self._means)
                for account, its_actions in _by_account(actions).items()
            )
            self._start(actions[0].batch_id, _all_of(errand.run() for errand in errands))
        else:
            self._tell(batch)
        return batch

    def _start(self, batch_id: int, work: Awaitable[None], *, restarted: bool = False) -> None:
        """Do what a request takes, then tell what became of it."""
        finished = self._finished[batch_id] = asyncio.Event()

        async def run() -> None:
            doing = work
            try:
                while True:
                    try:
                        await doing
                        await self._tell_of(batch_id, restarted=restarted)
                        return
                    except StoreError as error:
                        log.error("request %d for actions waits for the store: %s", batch_id, error.message)
                        await self._means.pause(self._policy.longest_pause)
                        failed = Said("lost", (error.message,))
                        doing = self._settle(batch_id, sentences.not_sent(error.message), failed)
            except EndingError:
                pass  # the rows say how far it came; the next engine goes on from there
            except Exception:
                log.exception("request %d for actions waits for the next start", batch_id)
            finally:
                finished.set()
                self._finished.pop(batch_id, None)

        task = asyncio.create_task(run(), name=f"actions {batch_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settle(self, batch_id: int, unsent: Words, said: Said) -> None:
        """Give every action of a request its fate, without sending: what was not sent has failed, for this reason.

        What was is read back. While its request may be on its way, only that it is done is final. Of an account that is
        switched off nothing can be read back: that waits until it is on again.
        """
        now = self._now()

        def take_over(connection: Connection) -> tuple[OpenAction, ...]:
            # Whatever was under way left before now, and settles from now on, however often engines come and go.
            note_left(connection, batch_id, now)
            left = open_actions(connection, batch_id)
            fates = [Fate(action.action_id, "failed", unsent) for action in left if action.state == "recorded"]
            finish(connection, fates, now)
            return left

        left = await self._store.write(take_over, durable=True)
        sent = [action for action in left if action.state == "sending" and action.account in self._accounts]
        states = await self._store.read(
            partial(order_states, keys=[(action.account, action.order_id) for action in sent])
        )
        policy = self._policy

        def sought(action: OpenAction) -> Sent:
            begun = action.sent_at or now
            state = states.get((action.account, action.order_id))
            # Nor can it have left later than one call takes.
            left_by = min(action.left_by or now, begun + timedelta(seconds=policy.call))
            settled_at = left_by + timedelta(seconds=policy.answer)
            return Sent(action, None if state is None else state.type, said, begun, settled_at)

        await _all_of(
            find_out(OrderReader(self._accounts[account], self._means), self._means, list(map(sought, actions)))
            for account, actions in _by_account(sent).items()
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


def _by_account(actions: Iterable[OpenAction]) -> dict[str, list[OpenAction]]:
    found: dict[str, list[OpenAction]] = {}
    for action in actions:
        found.setdefault(action.account, []).append(action)
    return found


async def _all_of(works: Iterable[Awaitable[None]]) -> None:
    """Do several things side by side, all of them to their end; raise the first error then."""
    for result in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


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
