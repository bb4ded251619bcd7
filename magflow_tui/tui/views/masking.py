"""Personal data, hidden: names, phones, e-mail addresses, postal addresses, bank accounts, and what customers wrote.

Of a customer's data only what is known to tell nothing about a person stays in clear; a key that nobody has seen yet is
hidden. What was hidden in one place of a document is hidden wherever else it turns up in it, an attachment's name too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from magflow_tui.contract.alerts import Alert
    from magflow_tui.contract.runs import Run
    from magflow_tui.contract.snapshot import Snapshot

ModelT = TypeVar("ModelT", bound="BaseModel")

#: Stands for what is hidden. Nothing of it is told, its length neither.
HIDDEN = "*****"

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
#: International numbers, and national ones of Romania, Bulgaria (0 and 9 or 10 digits) and Hungary (06).
_PHONE = re.compile(r"(?<![\w.:-])(?:(?:\+|00)\d(?:[ .()/-]?\d){7,13}|0[2-9](?:[ ./-]?\d){7,9})(?![\w:])")

#: What tells nothing about the person among the keys of a customer (API 4.4.8 §3.4).
_CUSTOMER_CLEAR = frozenset(
    {"id", "mkt_id", "legal_entity", "is_vat_payer", "created", "modified", "billing_country", "shipping_country"}
)
#: Objects that are about a person as a whole.
_PERSON = frozenset({"customer", "receiver", "sender", "contact"})
#: Elsewhere: keys that name a person or where to find one, and texts that people write.
_PERSONAL_KEY = re.compile(
    r"customer_|contact|phone|fax|e?mail|street|address|suburb|city|postal|iban|bank|liable|person"
    r"|pickup_(?!method|country)|replacement_|observation|cancellation_request|locker_name|registration_number"
)
#: A key in a JSON path, plain or in brackets.
_STEP = re.compile(r'\.([^.\[]+)|\["((?:[^"\\]|\\.)*)"\]')
#: Links lead to invoices.
_LINK_KEY = re.compile(r"(^|_)url$")
_NAME_KEY = re.compile(r"(^|(?<!locker)_)(name|company|contact|person)$|^customer$")
#: Shorter texts (a house number, a gender) occur everywhere and name nobody.
_TELLING = 3
#: Texts of this length are no part of another word.
_LONG = 6


def masked(name: str) -> str:
    """A person's name with all but its initials hidden: `P. I*****`. Its length is not told either."""
    words = clean(name).split()
    if not words:
        return ""
    if len(words) == 1:
        return f"{words[0][0]}{HIDDEN}"
    return f"{words[0][0]}. {words[-1][0]}{HIDDEN}"


def scrubbed(text: str) -> str:
    """Text that somebody wrote without the e-mail addresses and phone numbers in it."""
    if "@" in text:
        text = _EMAIL.sub(HIDDEN, text)
    return _PHONE.sub(HIDDEN, text)


def masked_document(document: Mapping[str, object]) -> dict[str, object]:
    """A payload of the marketplace (an order, a return) as read from JSON, without personal data.

    Empty values stay empty.
    """
    secrets = _Secrets(_secrets_of(dict(document), "", personal=False))

    def hidden(value: object, key: str, *, personal: bool) -> object:
        if isinstance(value, dict):
            return {
                str(name): hidden(each, str(name), personal=_is_personal(str(name), inside=personal))
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [hidden(each, key, personal=personal) for each in value]
        if value is None or value == "" or isinstance(value, bool):
            return value
        if personal or _LINK_KEY.search(key):
            return masked(value) if isinstance(value, str) and _NAME_KEY.search(key) else HIDDEN
        if not isinstance(value, str):
            return value
        return scrubbed(secrets.hidden_in(value))

    return {
        str(key): hidden(value, str(key), personal=_is_personal(str(key), inside=False))
        for key, value in document.items()
    }


def hider(document: Mapping[str, object]) -> Callable[[str], str]:
    """Hides in other texts about a document (what is said of an order, notes on it) what is hidden in the document."""
    secrets = _Secrets(_secrets_of(dict(document), "", personal=False))
    return lambda text: scrubbed(secrets.hidden_in(text))


def hides(text: str, path: str, value: str | None) -> str:
    """A text that quotes a value (short JSON), without it where the value's JSON path leads to something personal."""
    personal = False
    for step in _STEP.finditer(path):
        personal = _is_personal(step[1] or step[2], inside=personal)
    quoted = (value or "").rstrip("…").strip('"').rstrip("…")
    return text.replace(quoted, HIDDEN) if personal and quoted not in ("", "null") else text


@lru_cache(maxsize=1024)
def _is_personal(key: str, *, inside: bool) -> bool:
    """Whether what stands under a key is about a person. `inside` an object that is about one, all but a few are."""
    if inside:
        return key not in _CUSTOMER_CLEAR
    return key in _PERSON or _PERSONAL_KEY.search(key.lower()) is not None


def _secrets_of(value: object, key: str, *, personal: bool) -> Iterator[str]:
    """Every text that is to be hidden, and the words of names."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _secrets_of(each, str(name), personal=_is_personal(str(name), inside=personal))
    elif isinstance(value, list):
        for each in value:
            yield from _secrets_of(each, key, personal=personal)
    elif personal and isinstance(value, str):
        yield value.strip()
        if _NAME_KEY.search(key):
            yield from value.split()


class _Secrets:
    """Texts that are hidden wherever they turn up, whatever their case; short ones only as whole words."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = {text for text in texts if len(text) >= _TELLING}
        self._folded = [text.casefold() for text in self._texts]
        self._pattern: re.Pattern[str] | None = None

    def hidden_in(self, text: str) -> str:
        """The text without them."""
        folded = text.casefold()
        if not any(secret in folded for secret in self._folded):
            return text
        if self._pattern is None:
            # Longest first, so that nothing is left of a long one that holds a short one.
            self._pattern = re.compile(
                "|".join(
                    rf"(?<!\w){re.escape(secret)}(?!\w)" if len(secret) < _LONG else re.escape(secret)
                    for secret in sorted(self._texts, key=len, reverse=True)
                ),
                re.IGNORECASE,
            )
        return self._pattern.sub(HIDDEN, text)


def scrubbed_models(models: tuple[ModelT, ...], *fields: str) -> tuple[ModelT, ...]:
    """Models whose named text fields are scrubbed; the same tuple when there was nothing to hide."""
    fresh = tuple(_scrubbed_model(model, fields) for model in models)
    return models if all(new is old for new, old in zip(fresh, models, strict=True)) else fresh


def _scrubbed_model(model: ModelT, fields: Iterable[str]) -> ModelT:
    changes: dict[str, str] = {}
    for field in fields:
        text = getattr(model, field)
        if text and (hidden := scrubbed(text)) != text:
            changes[field] = hidden
    return model.model_copy(update=changes) if changes else model


def scrubbed_runs(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Runs whose reasons and errors are scrubbed; the same tuple when there was nothing to hide."""
    fresh = tuple(
        run if errors is run.errors else run.model_copy(update={"errors": errors})
        for run in scrubbed_models(runs, "reason")
        for errors in (scrubbed_models(run.errors, "message", "example"),)
    )
    return runs if all(new is old for new, old in zip(fresh, runs, strict=True)) else fresh


def scrubbed_alerts(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """Alerts whose words and causes are scrubbed; the same tuple when there was nothing to hide."""
    fresh = tuple(
        alert if cause is alert.cause else alert.model_copy(update={"cause": cause})
        for alert in scrubbed_models(alerts, "message", "message_ro", "advice", "advice_ro")
        for cause in (None if alert.cause is None else _scrubbed_model(alert.cause, ("text", "text_ro")),)
    )
    return alerts if all(new is old for new, old in zip(fresh, alerts, strict=True)) else fresh


def scrubbed_snapshot(snapshot: Snapshot) -> Snapshot:
    """A snapshot whose free texts hold no e-mail address and no phone number; the same object when none did.

    The marketplace's own messages come through in alerts, events and runs, and it quotes what it was sent.
    """
    alerts = scrubbed_alerts(snapshot.alerts)
    runs = scrubbed_runs(snapshot.recent_runs)
    accounts = scrubbed_models(snapshot.accounts, "message")
    events = scrubbed_models((snapshot.last_event,), "message") if snapshot.last_event is not None else ()
    event = next(iter(events), None)
    same = alerts is snapshot.alerts and runs is snapshot.recent_runs and accounts is snapshot.accounts
    if same and event is snapshot.last_event:
        return snapshot
    return snapshot.model_copy(
        update={"alerts": alerts, "recent_runs": runs, "accounts": accounts, "last_event": event}
    )
