"""What a webhook is told: a message when an alert opens and when it closes. Nothing secret, nothing personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import orjson

from magflow_tui.config import AlertSettings
from magflow_tui.config.webhook import signing_key
from magflow_tui.contract.alerts import Alert
from magflow_tui.engine.logs import redact
from magflow_tui.monitor.runbooks import runbook_for
from magflow_tui.store.deliveries import Outgoing

MessageKind = Literal["alert.opened", "alert.closed", "webhook.test"]

#: Fields of an alert that its messages have under the same name.
_FIELDS = (
    *("alert_id", "code", "severity", "account", "message", "message_ro", "advice", "advice_ro", "opened_at"),
    *("closed_at", "value", "peak", "threshold", "unit", "cause"),
)


@dataclass(frozen=True)
class Webhook:
    """Where messages go (`url`), the key they are signed with, and the least severity that is told."""

    url: str
    key: bytes
    min_severity: Literal["warning", "critical"]

    @classmethod
    def of(cls, settings: AlertSettings, secret: str | None) -> Webhook | None:
        """The webhook of the settings and its secret, None when none is set."""
        if settings.webhook is None or secret is None:
            return None
        return cls(settings.webhook, signing_key(secret), settings.min_severity)

    def wants(self, alert: Alert) -> bool:
        return alert.severity == "critical" or self.min_severity == "warning"

    @property
    def shown(self) -> str:
        """The address without its query, which may hold a secret."""
        return self.url.partition("?")[0]


def alert_message(kind: MessageKind, alert: Alert, at: datetime) -> Outgoing:
    """The message of an alert that opened or closed at a moment, with what to do about it."""
    shown = _without_persons(alert).model_dump(mode="json")
    runbook = runbook_for(alert.code, alert.cause.kind if alert.cause else None)
    data = {name: shown[name] for name in _FIELDS}
    data["runbook"] = None if runbook is None else runbook.model_dump(mode="json", exclude={"code", "cause"})
    return _message(kind, alert.alert_id, data, at)


def test_message(at: datetime) -> Outgoing:
    """A message by which to see whether messages arrive."""
    text = {"message": "A test: alerts will arrive here.", "message_ro": "Un test: alertele vor sosi aici."}
    return _message("webhook.test", None, text, at)


def _without_persons(alert: Alert) -> Alert:
    """Without e-mail addresses and telephone numbers, which the marketplace's own words may quote."""
    changed: dict[str, object] = {"message": redact(alert.message), "message_ro": redact(alert.message_ro)}
    if alert.cause is not None:
        texts = {"text": redact(alert.cause.text), "text_ro": redact(alert.cause.text_ro)}
        changed["cause"] = alert.cause.model_copy(update=texts)
    return alert.model_copy(update=changed)


def _message(kind: MessageKind, alert_id: int | None, data: dict[str, Any], at: datetime) -> Outgoing:
    body = {"type": kind, "timestamp": at.isoformat(timespec="milliseconds"), "data": data}
    return Outgoing(f"msg_{uuid4().hex}", alert_id, kind, orjson.dumps(body).decode(), at)
