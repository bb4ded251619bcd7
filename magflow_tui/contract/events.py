"""The append-only event stream: what happened, in order, with numbers a client can resume from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from magflow_tui.contract.base import Instant, Model, Resource

Severity = Literal["info", "ok", "warning", "critical"]
EventKind = Literal[
    "engine.started",
    "engine.stopping",
    "run.started",
    "run.finished",
    "page.set_aside",
    "page.recovered",
    "account.state",
    "rate_limited",
    "limits.reset",
    "alert.opened",
    "alert.closed",
    "alert.changed",
    "limits.changed",
    "action.finished",
    "triage",
    "orders.checked",
    "notice",
]


class Event(Model):
    """One thing that happened. `seq` grows by one from the first event of the store on, without gaps."""

    seq: int
    at: Instant
    kind: EventKind
    severity: Severity = "info"
    message: str = Field(description="one line for people, never markup")
    account: str | None = None
    resource: Resource | None = None
    run_id: int | None = None


class EventPage(Model):
    """Events in order. `truncated` tells that older ones than asked for are gone."""

    events: tuple[Event, ...]
    last_seq: int
    truncated: bool = False
