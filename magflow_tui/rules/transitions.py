"""Which status an order can go to, who can take it there, and until when (API 4.4.7 §5, the same since 4.3.5).

    from \\ to      1 new   2 in progress   3 prepared   4 finalised   0 cancelled   5 returned
    1 new            no     acknowledge         no            no            no            no
    2 in progress    no     save               save          save          save           no
    3 prepared       no      no                save          save          save           no
    4 finalised      no      no                48 h          save          48 h       return term
    0 cancelled      no     48 h               48 h          48 h          save           no
    5 returned       no      no                 no            no            no            no

*Acknowledge*: by `order/acknowledge` alone. *48 h*: by `order/save`, while less than 48 hours have passed since the
order was finalised or cancelled; the documents do not say whether the 48th hour counts, so here it does not. *Return
term*: the customer's term and five days; the API does not tell it, so the marketplace decides. A new order is
cancelled by the customer or by eMAG; the seller acknowledges it and cancels it then.

Orders fulfilled by eMAG (FBE) are read-only but for attachments. How orders are paid changes nothing here; it limits
what may be done to their lines (`updates`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal

from magflow_tui.marketplace.codes import CANCELLATION_REASONS, OrderStatus, OrderType, get_order_status_text
from magflow_tui.rules.findings import Words

#: As `contract.actions.ActionKind`.
ActionKind = Literal["acknowledge", "status", "cancel", "reread", "attach"]

#: How long a finalised or cancelled order can be taken back. At this age it no longer can.
REVERSIBLE: Final = timedelta(hours=48)

#: How far ahead of our clock the marketplace's may be, the hour that repeats in autumn included.
_CLOCKS_DIFFER: Final = timedelta(days=1)

_DAYS_FROM: Final = timedelta(hours=72)


class Way(Enum):
    """How an order gets from one status to another."""

    NO = "no"
    ACKNOWLEDGE = "acknowledge"
    SAVE = "save"
    SAVE_WITHIN_48_H = "save within 48 h"
    SAVE_WITHIN_RETURN_TERM = "save within the return term"


_NEW, _IN_PROGRESS, _PREPARED, _FINALISED, _CANCELLED, _RETURNED = (
    OrderStatus.NEW,
    OrderStatus.IN_PROGRESS,
    OrderStatus.PREPARED,
    OrderStatus.FINALISED,
    OrderStatus.CANCELLED,
    OrderStatus.RETURNED,
)

#: The ways there are, by status before and after. A pair that is not listed has none.
WAYS: Final[Mapping[tuple[int, int], Way]] = MappingProxyType(
    {
        (_NEW, _IN_PROGRESS): Way.ACKNOWLEDGE,
        (_IN_PROGRESS, _IN_PROGRESS): Way.SAVE,
        (_IN_PROGRESS, _PREPARED): Way.SAVE,
        (_IN_PROGRESS, _FINALISED): Way.SAVE,
        (_IN_PROGRESS, _CANCELLED): Way.SAVE,
        (_PREPARED, _PREPARED): Way.SAVE,
        (_PREPARED, _FINALISED): Way.SAVE,
        (_PREPARED, _CANCELLED): Way.SAVE,
        (_FINALISED, _PREPARED): Way.SAVE_WITHIN_48_H,
        (_FINALISED, _FINALISED): Way.SAVE,
        (_FINALISED, _CANCELLED): Way.SAVE_WITHIN_48_H,
        (_FINALISED, _RETURNED): Way.SAVE_WITHIN_RETURN_TERM,
        (_CANCELLED, _IN_PROGRESS): Way.SAVE_WITHIN_48_H,
        (_CANCELLED, _PREPARED): Way.SAVE_WITHIN_48_H,
        (_CANCELLED, _FINALISED): Way.SAVE_WITHIN_48_H,
        (_CANCELLED, _CANCELLED): Way.SAVE,
    }
)


@dataclass(frozen=True, slots=True)
class OrderState:
    """What is known of an order that decides what may be done to it. Times are aware; None where not known."""

    order_id: int
    type: int | None
    status: int | None
    payment_mode_id: int | None = None
    finalised_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal(Words):
    """Why something cannot be done to an order, as a sentence that names it.

    `code` is stable, `cause` says the same without what is particular to one order: what many have in common.
    """

    code: str
    cause: Words


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be done to an order (`refusal` None) or not, and until when where a term runs.

    `remark` says what nobody here can know beforehand.
    """

    kind: ActionKind
    to: int | None = None
    refusal: Refusal | None = None
    until: datetime | None = None
    remark: Words | None = None


_RETURN_TERM_REMARK: Final = Words(
    "the marketplace decides: it takes this within the customer's return term and five days, which it does not tell",
    "decide marketplace-ul: acceptă în termenul de retur al clientului plus cinci zile, termen pe care nu îl comunică",
)


def way(before: int, after: int) -> Way:
    """How an order gets from one status to another; `Way.NO` for statuses that are not known, too."""
    return WAYS.get((before, after), Way.NO)


def refusal(
    state: OrderState, kind: ActionKind, *, to: int | None = None, reason: int | None = None, now: datetime
) -> Refusal | None:
    """Why an action is not possible, None when it is. `now` is aware.

    `to` is the status for `status`, `reason` the code for `cancel`, and for `status` to 0. What is not known (type,
    status, since when) refuses what depends on it: reading the order again is cheaper than a wrong change.
    """
    if kind in ("reread", "attach"):
        return None
    if state.type == OrderType.FBE:
        return _fulfilled_by_emag(state)
    if state.type != OrderType.SELLER:
        return _type_not_known(state)
    if state.status not in list(OrderStatus):
        return _status_not_known(state)
    if kind == "acknowledge":
        return None if state.status == _NEW else _not_new(state)
    target = _CANCELLED if kind == "cancel" else to
    if target is None or target not in list(OrderStatus):
        return _no_such_status(target)
    return _transition_refusal(state, target, now) or (_reason_refusal(reason) if target == _CANCELLED else None)


def choices(state: OrderState, now: datetime) -> tuple[Choice, ...]:
    """What can be done to an order and what cannot, possible things first, in the order of an order's life.

    Staying in a status and becoming new are not offered. For cancelling, no reason is asked for yet.
    """
    found = [_choice(state, "acknowledge", None, now)]
    found += [
        _choice(state, "status", to, now)
        for to in (_IN_PROGRESS, _PREPARED, _FINALISED, _RETURNED)
        if to != state.status and (state.status != _NEW or to != _IN_PROGRESS)
    ]
    if state.status != _CANCELLED:
        found.append(_choice(state, "cancel", None, now))
    found += [Choice("attach"), Choice("reread")]
    return tuple(sorted(found, key=lambda choice: choice.refusal is not None))


def possible_until(state: OrderState, to: int, now: datetime) -> datetime | None:
    """When a term of 48 h for a status ends; None where none runs, or nobody knows since when."""
    since = _since(state, now)
    if state.status is None or since is None or way(state.status, to) is not Way.SAVE_WITHIN_48_H:
        return None
    return since + REVERSIBLE


def _choice(state: OrderState, kind: ActionKind, to: int | None, now: datetime) -> Choice:
    target = _CANCELLED if kind == "cancel" else to
    # Any reason will do: which one is asked when the operator has chosen to cancel.
    refused = refusal(state, kind, to=to, reason=next(iter(CANCELLATION_REASONS)), now=now)
    if refused is not None or target is None or state.status is None:
        return Choice(kind, to, refused)
    remark = _RETURN_TERM_REMARK if way(state.status, target) is Way.SAVE_WITHIN_RETURN_TERM else None
    return Choice(kind, to, None, possible_until(state, target, now), remark)


def _since(state: OrderState, now: datetime) -> datetime | None:
    """Since when an order is what it is, where a term depends on it. A time well ahead of ours tells nothing."""
    since = state.cancelled_at if state.status == _CANCELLED else state.finalised_at
    return since if since is not None and since - now < _CLOCKS_DIFFER else None


def _transition_refusal(state: OrderState, to: int, now: datetime) -> Refusal | None:
    if state.status is None:
        return _status_not_known(state)
    found = way(state.status, to)
    if found in (Way.SAVE, Way.SAVE_WITHIN_RETURN_TERM):
        return None
    if found is Way.SAVE_WITHIN_48_H:
        since = _since(state, now)
        if since is None:
            return _since_not_known(state, to)
        return None if now - since < REVERSIBLE else _too_late(state, to, since, now)
    return _no_way(state, to)


def _reason_refusal(reason: int | None) -> Refusal | None:
    if reason is None:
        return _refusal(
            "reason-missing",
            Words("a cancellation needs a reason", "anularea are nevoie de un motiv"),
            Words(
                "a cancellation needs a reason: 1 (out of stock), 24 (by customer request) …",
                "anularea are nevoie de un motiv: 1 (lipsă stoc), 24 (la solicitarea clientului) …",
            ),
        )
    if reason not in CANCELLATION_REASONS:
        return _refusal(
            "reason-unknown",
            Words(
                f"{reason} is no cancellation reason; there are 1–3 and 15–43",
                f"{reason} nu este un motiv de anulare; există 1–3 și 15–43",
            ),
        )
    return None


def _refusal(code: str, cause: Words, sentence: Words | None = None) -> Refusal:
    sentence = sentence or cause
    return Refusal(sentence.en, sentence.ro, code, cause)


def _of(state: OrderState, code: str, en: str, ro: str, way_out_en: str, way_out_ro: str) -> Refusal:
    """`order 123 EN: WAY OUT`, and as the cause of many the same without the order."""
    return _refusal(
        code,
        Words(f"{en}: {way_out_en}", f"{ro}: {way_out_ro}"),
        Words(f"order {state.order_id} is {en}: {way_out_en}", f"comanda {state.order_id} este {ro}: {way_out_ro}"),
    )


def _fulfilled_by_emag(state: OrderState) -> Refusal:
    return _of(
        state,
        "fbe",
        "fulfilled by eMAG (FBE)",
        "livrată de eMAG (FBE)",
        "attachments are all that it takes",
        "primește doar atașamente",
    )


def _type_not_known(state: OrderState) -> Refusal:
    type_ = "–" if state.type is None else state.type
    return _of(
        state,
        "type-unknown",
        f"of a type that is not known ({type_})",
        f"de un tip necunoscut ({type_})",
        "read it again, or change it on eMAG's own pages",
        "recitiți-o sau modificați-o în paginile eMAG",
    )


def _status_not_known(state: OrderState) -> Refusal:
    status = "–" if state.status is None else state.status
    return _of(
        state,
        "status-unknown",
        f"in a status that is not known ({status})",
        f"într-un status necunoscut ({status})",
        "read it again, or change it on eMAG's own pages",
        "recitiți-o sau modificați-o în paginile eMAG",
    )


def _not_new(state: OrderState) -> Refusal:
    now_en, now_ro = _called(state.status)
    return _of(
        state,
        "not-new",
        now_en,
        now_ro,
        "only new orders are acknowledged",
        "se confirmă doar comenzile noi",
    )


def _no_such_status(to: int | None) -> Refusal:
    if to is None:
        return _refusal("status-missing", Words("no status is named to go to", "nu este numit statusul dorit"))
    return _refusal(
        "status-invalid",
        Words(
            f"{to} is no order status; there are 0 cancelled, 2 in progress, 3 prepared, 4 finalised, 5 returned",
            f"{to} nu este un status de comandă; există 0 anulată, 2 în procesare, 3 pregătită, 4 finalizată, "
            "5 returnată",
        ),
    )


def _no_way(state: OrderState, to: int) -> Refusal:
    now_en, now_ro = _called(state.status)
    code, way_out_en, way_out_ro = _way_out(state.status, to)
    return _of(state, code, now_en, now_ro, way_out_en, way_out_ro)


def _way_out(status: int | None, to: int) -> tuple[str, str, str]:
    """Why there is no way between two statuses: a code, and the rest of the sentence."""
    if status == _RETURNED:
        return "returned", "its status no longer changes", "statusul ei nu se mai schimbă"
    if to == _NEW:
        return "to-new", "no order becomes new again", "nicio comandă nu redevine nouă"
    if status == _NEW:
        return "acknowledge-first", "acknowledge it first", "confirmați-o întâi"
    to_en, to_ro = _called(to)
    if to == _RETURNED:
        return "to-returned", f"only finalised orders become {to_en}", f"doar o comandă finalizată devine {to_ro}"
    return "no-way-back", f"it cannot go back to {to_en}", f"nu poate reveni la „{to_ro}”"


def _since_not_known(state: OrderState, to: int) -> Refusal:
    now_en, now_ro = _called(state.status)
    done_en, done_ro = _done(to)
    return _of(
        state,
        "since-unknown",
        f"{now_en}, since when is not known",
        f"{now_ro}, nu se știe de când",
        f"it can be {done_en} only within 48 h, so read it again",
        f"poate fi {done_ro} doar în 48 h, așa că recitiți-o",
    )


def _too_late(state: OrderState, to: int, since: datetime, now: datetime) -> Refusal:
    now_en, now_ro = _called(state.status)
    done_en, done_ro = _done(to)
    ago_en, ago_ro = _ago(now - since)
    end = f"{(since + REVERSIBLE).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return _refusal(
        "too-late",
        Words(
            f"{now_en} more than 48 h ago: no longer to be {done_en}",
            f"{now_ro} de peste 48 h: nu mai poate fi {done_ro}",
        ),
        Words(
            f"order {state.order_id} was {now_en} {ago_en} ago: it could be {done_en} within 48 h, until {end}",
            f"comanda {state.order_id} a fost {now_ro} acum {ago_ro}: putea fi {done_ro} în 48 h, până la {end}",
        ),
    )


def _called(status: int | None) -> tuple[str, str]:
    return get_order_status_text(status, "en").lower(), get_order_status_text(status, "ro").lower()


def _done(to: int) -> tuple[str, str]:
    to_en, to_ro = _called(to)
    return (to_en, to_ro) if to == _CANCELLED else (f"set to {to_en}", f"trecută la „{to_ro}”")


def _ago(age: timedelta) -> tuple[str, str]:
    """`51 h`, from three days on `12 days`."""
    if age < _DAYS_FROM:
        hours = f"{age // timedelta(hours=1)} h"
        return hours, hours
    days = age.days
    # Romanian counts from 20 on with `de`: 12 zile, 20 de zile, 112 zile.
    return f"{days} days", f"{days} zile" if 0 < days % 100 < 20 else f"{days} de zile"
