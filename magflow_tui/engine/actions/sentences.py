"""What is told about actions: why nothing was sent, what became of what was, in English and Romanian."""

from __future__ import annotations

from typing import Final

from magflow_tui.contract.actions import ActionKind
from magflow_tui.marketplace.codes import get_cancellation_reason_text, get_order_status_text
from magflow_tui.rules.findings import Words
from magflow_tui.rules.transitions import Refusal
from magflow_tui.store.actions import Wanted

#: How much of the marketplace's own words a sentence holds, in characters.
_QUOTED: Final = 300

ENGINE_ENDED: Final = Words("not sent: the engine ended before it", "netrimisă: motorul s-a oprit înainte")

#: What an order is once the action is done.
_DONE: Final = {
    "acknowledge": Words("acknowledged", "confirmată"),
    "reread": Words("read again", "recitită"),
    "attach": Words("attached", "atașat"),
}


def busy(order_id: int) -> Refusal:
    """An order that another request has not finished with."""
    return _refusal(
        "busy",
        "already being acted on: wait for what was asked for before",
        "deja în lucru: așteptați rezultatul cererii anterioare",
        order_id,
    )


def not_stored(order_id: int) -> Refusal:
    return _refusal(
        "not-stored",
        "not in the store: read it from the marketplace first",
        "nu este în baza locală: citiți-o întâi din marketplace",
        order_id,
    )


def switched_off(account: str, order_id: int) -> Refusal:
    return _refusal(
        "account-off",
        f"of the account {account}, which is switched off in the settings",
        f"este a contului {account}, oprit în setări",
        order_id,
    )


def cancelled_meanwhile(order_id: int, reason: int | None) -> Refusal:
    return _refusal(
        "cancelled-meanwhile",
        f"cancelled already ({_reason(reason, 'en')})",
        f"este deja anulată ({_reason(reason, 'ro')})",
        order_id,
    )


def too_large(order_id: int, most: int) -> Refusal:
    return _refusal(
        "too-large",
        f"too large for one request: the marketplace takes {most} values",
        f"este prea mare pentru o cerere: marketplace-ul primește {most} de valori",
        order_id,
    )


def unsound(order_id: int) -> Refusal:
    return _refusal(
        "unsound",
        "not sound JSON as the marketplace sends it: change it on eMAG's own pages",
        "nu este JSON corect așa cum o trimite marketplace-ul: modificați-o în paginile eMAG",
        order_id,
    )


def without_lines(order_id: int) -> Refusal:
    return _refusal(
        "no-lines",
        "without products: a warranty belongs to one",
        "nu are produse: o garanție aparține unui produs",
        order_id,
    )


def nobody_has(order_id: int) -> Words:
    return Words(f"no account has an order {order_id}", f"niciun cont nu are comanda {order_id}")


def no_such_order(order_id: int, account: str) -> Words:
    return Words(
        f"the marketplace has no order {order_id} for the account {account}",
        f"marketplace-ul nu are comanda {order_id} pentru contul {account}",
    )


def gone(order_id: int) -> Words:
    return Words(
        f"read back, the marketplace no longer has order {order_id}",
        f"la recitire marketplace-ul nu mai are comanda {order_id}",
    )


def not_read(error: str) -> Words:
    return Words(
        f"nothing was sent, since the order could not be read first: {_quoted(error)}",
        f"nu s-a trimis nimic: comanda nu a putut fi citită întâi: {_quoted(error)}",
    )


def not_sent(error: str) -> Words:
    return Words(f"not carried out: {_quoted(error)}", f"neefectuată: {_quoted(error)}")


def already(wanted: Wanted, status: int | None) -> Words:
    """What was asked for was so before anything was sent."""
    done = done_words(wanted, status)
    return Words(f"{done.en} already, nothing was sent", f"{done.ro} deja, nu s-a trimis nimic")


def done_words(wanted: Wanted, status: int | None) -> Words:
    """What an order is now that the action is done: `cancelled: out of stock`."""
    if wanted.target == 0:
        if wanted.reason is None:
            return Words("cancelled", "anulată")
        return Words(f"cancelled: {_reason(wanted.reason, 'en')}", f"anulată: {_reason(wanted.reason, 'ro')}")
    if wanted.kind == "status":
        return _status(status)
    return _DONE[wanted.kind]


def confirmed_without_answer(wanted: Wanted, status: int | None, error: str) -> Words:
    """No answer said so, the order read back did."""
    done = done_words(wanted, status)
    return Words(
        f"{done.en}, as reading back tells; the answer was lost: {_quoted(error)}",
        f"{done.ro}, după cum arată recitirea; răspunsul s-a pierdut: {_quoted(error)}",
    )


def attached_unseen() -> Words:
    return Words(
        "attached: the marketplace took it, and does not show it with the order yet",
        "atașat: marketplace-ul l-a primit, dar încă nu îl arată la comandă",
    )


def refused_by_marketplace(said: str) -> Words:
    return Words(
        f"the marketplace refuses: {_quoted(said)}" if said else "the marketplace refuses, without a word",
        f"marketplace-ul refuză: {_quoted(said)}" if said else "marketplace-ul refuză, fără explicație",
    )


def without_effect(status: int | None) -> Words:
    now = _status(status)
    return Words(
        f"the marketplace took it without a word, but the order reads as {now.en}",
        f"marketplace-ul a acceptat, dar comanda apare ca {now.ro}",
    )


def unconfirmed(status: int | None, error: str) -> Words:
    """No answer, and the order read back is as it was."""
    now = _status(status)
    return Words(
        f"not carried out: {_quoted(error)}; read back later, the order is {now.en}",
        f"neefectuată: {_quoted(error)}; recitită mai târziu, comanda este {now.ro}",
    )


def other_reason(reason: int | None) -> Words:
    return Words(
        f"the order is cancelled, but for another reason: {_reason(reason, 'en')}",
        f"comanda este anulată, dar din alt motiv: {_reason(reason, 'ro')}",
    )


def found_out_after_restart(words: Words) -> Words:
    return Words(
        f"found out after the engine started again: {words.en}",
        f"aflat după repornirea motorului: {words.ro}",
    )


def done_after_restart(wanted: Wanted, status: int | None) -> Words:
    return found_out_after_restart(done_words(wanted, status))


def not_done_after_restart(status: int | None) -> Words:
    now = _status(status)
    return found_out_after_restart(
        Words(f"not carried out, the order is {now.en}", f"neefectuată, comanda este {now.ro}")
    )


def verb(wanted: Wanted) -> str:
    """What is done to orders, as events tell it: `48 of 50 orders cancelled`."""
    if wanted.target == 0:
        return "cancelled"
    if wanted.kind == "status":
        return f"set to {get_order_status_text(wanted.to, 'en').lower()}"
    kinds: dict[ActionKind, str] = {"acknowledge": "acknowledged", "reread": "read again", "attach": "given the file"}
    return kinds[wanted.kind]


def _refusal(code: str, en: str, ro: str, order_id: int) -> Refusal:
    return Refusal(f"order {order_id} is {en}", f"comanda {order_id}: {ro}", code, Words(en, ro))


def _status(status: int | None) -> Words:
    return Words(get_order_status_text(status, "en").lower(), get_order_status_text(status, "ro").lower())


def _reason(reason: int | None, language: str) -> str:
    if reason is None:
        return "no reason" if language == "en" else "fără motiv"
    return get_cancellation_reason_text(reason, "en" if language == "en" else "ro")


def _quoted(said: str) -> str:
    """The marketplace's words on one line, cut."""
    line = " ".join(said.split())
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"
