"""What an answer says of an order, and what the order as read back says of the action. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from magflow_tui.engine.actions import sentences
from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.marketplace.errors import (
    AuthenticationError,
    EmagApiError,
    NetworkError,
    RateLimitError,
    TimeoutError,  # noqa: A004 - existing callers know it by this name
    ValidationError,
)
from magflow_tui.marketplace.schema import Order
from magflow_tui.rules.findings import Words
from magflow_tui.store.actions import Fate, OpenAction, Wanted

#: `accepted` and `refused` are answers (of a request for many, `refused` may be true of a few of them); `unsent` means
#: that it certainly did not happen, `lost` that nobody knows, `crashed` that the engine died without knowing.
Standing: TypeAlias = Literal["accepted", "refused", "unsent", "lost", "crashed"]

_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a request as far as its answer tells. `messages` are the marketplace's, or the error's."""

    standing: Standing
    messages: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All messages on one line."""
        return "; ".join(self.messages)

    def about(self, order_id: int) -> tuple[str, ...]:
        """The messages that name an order."""
        return tuple(message for message in self.messages if str(order_id) in _NUMBER.findall(message))


def said_by_error(error: EmagApiError) -> Said:
    """What a request that raised means for the orders it was about."""
    if error.maybe_applied:
        return Said("lost", (error.message,))
    if isinstance(error, RateLimitError | AuthenticationError | NetworkError | TimeoutError):
        return Said("unsent", (error.message,))
    if isinstance(error, ValidationError) and error.validation_errors:
        return Said("refused", tuple(map(str, error.validation_errors)))
    return Said("refused", (error.message,))


def is_done(wanted: Wanted, order: Order) -> bool:
    """Whether an order is as an action wants it."""
    if wanted.kind == "reread":
        return True
    if wanted.kind == "acknowledge":
        return order.status in _ACKNOWLEDGED
    if wanted.kind == "attach":
        return wanted.url in _attached(order)
    if order.status != wanted.target:
        return False
    return wanted.target != OrderStatus.CANCELLED or wanted.reason in (None, order.cancellation_code)


def judge(action: OpenAction, said: Said, order: Order | None, *, settled: bool) -> Fate | None:
    """What became of an action that may have been carried out, by the order as read back (None: it is not there).

    None while that cannot be told: nothing says that it was refused, and it may still happen (not `settled`).
    """
    wanted = action.wanted
    if order is None:
        return _fate(action, "failed", sentences.gone(action.order_id), None, said)
    if is_done(wanted, order):
        return _fate(action, "done", _done(wanted, said, order.status), order.status, said)
    named = said.about(action.order_id)
    if said.standing == "refused" or (said.standing == "accepted" and named):
        told = sentences.refused_by_marketplace("; ".join(named) or said.text)
        return _fate(action, "failed", told, order.status, said)
    if wanted.kind == "attach" and said.standing == "accepted":
        return _fate(action, "done", sentences.attached_unseen(), order.status, said)
    if not settled and not (said.standing == "accepted" and order.status == wanted.target):
        return None
    return _fate(action, "failed", _not_done(wanted, said, order), order.status, said)


def _done(wanted: Wanted, said: Said, status: int | None) -> Words:
    if said.standing == "crashed":
        return sentences.done_after_restart(wanted, status)
    if said.standing == "lost":
        return sentences.confirmed_without_answer(wanted, status, said.text)
    return sentences.done_words(wanted, status)


def _not_done(wanted: Wanted, said: Said, order: Order) -> Words:
    other = wanted.target == OrderStatus.CANCELLED and order.status == OrderStatus.CANCELLED
    if said.standing == "crashed":
        after = sentences.other_reason(order.cancellation_code)
        return sentences.found_out_after_restart(after) if other else sentences.not_done_after_restart(order.status)
    if other:
        return sentences.other_reason(order.cancellation_code)
    if said.standing == "accepted":
        return sentences.without_effect(order.status)
    return sentences.unconfirmed(order.status, said.text)


def _fate(action: OpenAction, state: Literal["done", "failed"], words: Words, status: int | None, said: Said) -> Fate:
    return Fate(action.action_id, state, words, status_after=status, answer=said.text or None)


def _attached(order: Order) -> set[str | None]:
    lines = order.products or ()
    found = [*(order.attachments or ()), *(one for line in lines for one in line.attachments or ())]
    return {attachment.url for attachment in found} - {None}


_ACKNOWLEDGED: Final = (
    OrderStatus.IN_PROGRESS,
    OrderStatus.PREPARED,
    OrderStatus.FINALISED,
    OrderStatus.RETURNED,
)
