"""An account's part of a request: orders are read afresh, checked again, sent for, and read back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Final, TypeAlias

from sqlalchemy import Connection

from magflow_tui.engine.actions import sentences
from magflow_tui.engine.actions.answers import Said, is_done, said_by_error
from magflow_tui.engine.actions.entities import (
    WARRANTY,
    Entity,
    Parcel,
    attachment_entities,
    in_requests,
    order_entity,
)
from magflow_tui.engine.actions.finding_out import Sent, find_out
from magflow_tui.engine.actions.means import AT_ONCE, CONTEXT, ActionAccount, EndingError, Means
from magflow_tui.engine.actions.reading import OrderReader
from magflow_tui.marketplace.client import SAVE_LIMIT
from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.marketplace.envelope import Answer
from magflow_tui.marketplace.errors import EmagApiError
from magflow_tui.marketplace.limiter import SlotTimeoutError
from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.rules.findings import Words
from magflow_tui.rules.transitions import OrderState, Refusal, refusal
from magflow_tui.rules.updates import MOST_VARIABLES
from magflow_tui.store.actions import Fate, OpenAction, finish, mark_sending, order_states

Send: TypeAlias = Callable[[], Awaitable[Answer]]

#: Kinds for which the store's state of an order is enough: the marketplace checks the rest itself, and nothing that
#: was read is sent.
_SENT_UNREAD: Final = frozenset({"acknowledge", "attach"})


#: How old what was read of an order may be when it is sent back, where several requests follow one another.
_FRESH: Final = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class _Ready:
    """An action that may be sent. `item` is the order as just read, where it was read."""

    action: OpenAction
    state: OrderState
    item: Item[Order] | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """One request to the marketplace, and the actions that it carries out."""

    ready: tuple[_Ready, ...]
    send: Send


class Errand:
    """Carries out the actions of one request on orders of one account. All are of the same kind, and recorded."""

    def __init__(self, account: ActionAccount, actions: Sequence[OpenAction], means: Means) -> None:
        self._account = account
        self._actions = actions
        self._wanted = actions[0].wanted
        self._means = means
        self._reader = OrderReader(account, means)

    async def run(self) -> None:
        """Until each action has its fate, or the engine ends: then what is not under way stays as it is."""
        size = SAVE_LIMIT if self._wanted.kind in ("status", "cancel", "attach") else AT_ONCE
        for group in _groups(self._actions, size):
            try:
                self._means.go_on()
                await self._carry_out(group)
            except EndingError:
                return

    async def _carry_out(self, actions: Sequence[OpenAction]) -> None:
        keys = [(action.account, action.order_id) for action in actions]
        seen = await self._means.store.read(partial(order_states, keys=keys))
        if self._wanted.kind == "reread":
            await self._read_again(actions, seen)
            return
        read_at = self._means.now()
        ready = await self._checked(actions, seen)
        requests = await self._requests(ready)
        if self._wanted.kind == "acknowledge":
            # One order a request, so side by side; but not before all of them are known to be under way.
            await self._send(requests)
            return
        for number, request in enumerate(requests):
            self._means.go_on()
            if number and self._means.now() - read_at > _FRESH:
                # Finding out about the requests before took its time: what was read of the rest may be outdated.
                await self._carry_out([one.action for late in requests[number:] for one in late.ready])
                return
            await self._send((request,))

    async def _read_again(self, actions: Sequence[OpenAction], seen: dict[tuple[str, int], OrderState]) -> None:
        fates: list[Fate] = []
        items: list[Item[Order]] = []
        for action, found in await self._read(actions, seen):
            if isinstance(found, Item) and found.value is not None:
                items.append(found)
                words = sentences.done_words(action.wanted, found.value.status)
                fates.append(Fate(action.action_id, "done", words, status_after=found.value.status))
            else:
                fates.append(self._unread(action, found))
        await self._write_down(items, fates)

    async def _checked(self, actions: Sequence[OpenAction], seen: dict[tuple[str, int], OrderState]) -> list[_Ready]:
        """The actions that may be sent, by what their orders are now; the others get their fate."""
        ready: dict[int, _Ready] = {}
        to_read: list[OpenAction] = []
        for action in actions:
            state = seen.get((action.account, action.order_id))
            if state is not None and self._wanted.kind in _SENT_UNREAD and not self._needs_lines:
                ready[action.action_id] = _Ready(action, state)
            else:
                to_read.append(action)
        fates: list[Fate] = []
        items: list[Item[Order]] = []
        for action, found in await self._read(to_read, seen):
            if not isinstance(found, Item) or found.value is None:
                fates.append(self._unread(action, found))
                continue
            items.append(found)
            state = self._reader.state(found.value, seen.get((action.account, action.order_id)))
            fate = self._stopped(action, found.value, state)
            if fate is None:
                ready[action.action_id] = _Ready(action, state, found)
            else:
                fates.append(fate)
        await self._write_down(items, fates)
        return [ready[action.action_id] for action in actions if action.action_id in ready]

    def _stopped(self, action: OpenAction, order: Order, state: OrderState) -> Fate | None:
        """The fate of an action that is not sent for, now that its order has been read."""
        wanted = action.wanted
        changed = action.status_before is not None and action.status_before != order.status
        refused = refusal(state, wanted.kind, to=wanted.to, reason=wanted.reason, now=self._means.now())
        if is_done(wanted, order) and (changed or refused is None):
            words = sentences.already(wanted, order.status)
            return Fate(action.action_id, "done", words, status_after=order.status)
        if changed and wanted.target == order.status == OrderStatus.CANCELLED:
            # The matrix lets a cancelled order be cancelled again; nobody who asked for this one meant that.
            refused = sentences.cancelled_meanwhile(order.id, order.cancellation_code)
        return None if refused is None else _refused(action, refused, order.status)

    async def _requests(self, ready: Sequence[_Ready]) -> list[_Request]:
        """What is to be sent for these actions; those that cannot be sent get their fate."""
        if self._wanted.kind == "acknowledge":
            acknowledge = self._account.client.acknowledge_order
            return [_Request((one,), partial(acknowledge, one.action.order_id, context=CONTEXT)) for one in ready]
        client = self._account.client
        save = client.save_attachments if self._wanted.kind == "attach" else client.save_orders
        parcels: list[Parcel[_Ready]] = []
        fates: list[Fate] = []
        for one in ready:
            parcel = self._parcel(one)
            if isinstance(parcel, Refusal):
                fates.append(_refused(one.action, parcel, one.state.status))
            else:
                parcels.append(parcel)
        await self._write_down((), fates)
        return [
            _Request(
                tuple(parcel.place for parcel in parcels),
                partial(save, [entity for parcel in parcels for entity in parcel.entities], context=CONTEXT),
            )
            for parcels in in_requests(parcels)
        ]

    def _parcel(self, one: _Ready) -> Parcel[_Ready] | Refusal:
        order_id, order = one.action.order_id, None if one.item is None else one.item.value
        entities: list[Entity]
        if self._wanted.kind == "attach":
            lines = [] if order is None else [line.id for line in order.products or () if line.id and line.status != 0]
            entities = attachment_entities(order_id, one.state.type, self._wanted, self._account.platform, lines)
            if not entities:
                return sentences.without_lines(order_id)
        else:
            if one.item is None or order is None or one.state.type is None:
                raise RuntimeError("an order is read before it is saved")
            entity = order_entity(one.item, order, self._wanted, one.state.type)
            if entity is None:
                return sentences.unsound(order_id)
            entities = [entity]
        parcel = Parcel(one, tuple(entities))
        return parcel if parcel.fits else sentences.too_large(order_id, MOST_VARIABLES)

    async def _send(self, requests: Sequence[_Request]) -> None:
        """Send requests side by side, each action noted before, and read all their orders back."""
        if not requests:
            return
        means = self._means
        marks = [(one.action.action_id, one.state.status) for request in requests for one in request.ready]
        sent_at = means.now()
        await means.store.write(partial(mark_sending, rows=marks, at=sent_at), durable=True)
        answers = await asyncio.gather(*(_answered(request.send) for request in requests))
        settled = means.now() + timedelta(seconds=means.policy.settle)
        fates: list[Fate] = []
        sent: list[Sent] = []
        for request, said in zip(requests, answers, strict=True):
            for one in request.ready:
                if said.standing == "unsent":
                    words = sentences.not_sent(said.text)
                    fates.append(
                        Fate(one.action.action_id, "failed", words, status_after=one.state.status, answer=said.text)
                    )
                else:
                    sent.append(Sent(one.action, one.state.type, said, sent_at, settled))
        await self._write_down((), fates)
        if sent:
            await find_out(self._reader, means, sent)

    async def _read(
        self, actions: Sequence[OpenAction], seen: dict[tuple[str, int], OrderState]
    ) -> Iterator[tuple[OpenAction, Item[Order] | Exception | None]]:
        states = [seen.get((action.account, action.order_id)) for action in actions]
        wanted = [
            (action.order_id, None if state is None else state.type)
            for action, state in zip(actions, states, strict=True)
        ]
        return zip(actions, await self._reader.try_to_read(wanted), strict=True)

    @property
    def _needs_lines(self) -> bool:
        return self._wanted.attachment_type == WARRANTY

    def _unread(self, action: OpenAction, found: object) -> Fate:
        """Nothing was sent: the order is not there, or could not be read."""
        words: Words
        if isinstance(found, Exception):
            words = sentences.not_read(str(found))
        else:
            words = sentences.no_such_order(action.order_id, action.account)
        return Fate(action.action_id, "failed", words)

    async def _write_down(self, items: Iterable[Item[Order]], fates: Sequence[Fate]) -> None:
        read = list(items)
        if not read and not fates:
            return

        def work(connection: Connection) -> None:
            self._reader.store(connection, read)
            finish(connection, fates, self._means.now())

        await self._means.store.write(work)


async def _answered(send: Send) -> Said:
    try:
        answer = await send()
    except EmagApiError as error:
        return said_by_error(error)
    except SlotTimeoutError as error:
        return Said("unsent", (str(error),))
    return Said("accepted", answer.messages)


def _refused(action: OpenAction, refused: Refusal, status: int | None) -> Fate:
    return Fate(action.action_id, "refused", refused, cause=refused.cause, status_after=status)


def _groups(actions: Sequence[OpenAction], size: int) -> Iterator[tuple[OpenAction, ...]]:
    rest = iter(actions)
    while group := tuple(islice(rest, size)):
        yield group
