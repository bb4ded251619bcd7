"""Alerts: what is wrong, since when, by what, what to do; and what operators said of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from magflow_tui.contract.base import Command, Instant, Model, PoolName
from magflow_tui.contract.events import Severity

#: `new` waits for somebody, `acked` has been taken note of, `muted` makes no noise for a time, `resolved` is over.
AlertState = Literal["new", "acked", "muted", "resolved"]

#: What stands behind lost points, in a word: advice and runbook depend on it.
CauseKind = Literal[
    "rate_limited",
    "server_error",
    "no_answer",
    "credentials",
    "refused",
    "slow_route",
    "full_pool",
    "unfinished_run",
    "none",
]


class Cause(Model):
    """Why a rule is broken: a sentence in both languages, and the account, route, pool, job or run behind it."""

    kind: CauseKind = "none"
    text: str
    text_ro: str
    account: str | None = None
    route: str | None = None
    pool: PoolName | None = None
    job: str | None = None
    run_id: int | None = None
    share: float | None = Field(default=None, description="0..1: its part of what went wrong, or of what is used")


class Alert(Model):
    """Something that an operator should know of. `message` says what was found when it opened; `value`, `peak` (the
    worst value so far), `cause` and with it `advice` go on with what happens. A closed one is `resolved`,
    however it was dealt with.
    """

    alert_id: int
    severity: Severity
    code: str = Field(description="what it is of: `health.error_rate`, `account.unauthorised`, `limit.refused` …")
    message: str
    account: str | None
    opened_at: Instant
    advice: str | None = None
    state: AlertState = "new"
    message_ro: str = ""
    advice_ro: str | None = None
    closed_at: Instant | None = None
    value: float | None = None
    peak: float | None = None
    threshold: float | None = None
    unit: str | None = None
    cause: Cause | None = None
    acked_at: Instant | None = None
    acked_by: str | None = None
    muted_until: Instant | None = None
    muted_by: str | None = None


class AlertList(Model):
    """Alerts that are open, newest first."""

    alerts: tuple[Alert, ...]


class AlertPage(Model):
    """Alerts, open and closed, newest first. `next_before` is the id to go on with, None at the end."""

    alerts: tuple[Alert, ...]
    next_before: int | None = None


class Runbook(Model):
    """What to do about an alert of a code (and of a cause, where that matters): what it means, then steps in order."""

    code: str
    cause: CauseKind | None = None
    title: str
    title_ro: str
    meaning: str
    meaning_ro: str
    steps: tuple[str, ...]
    steps_ro: tuple[str, ...]


class RunbookList(Model):
    runbooks: tuple[Runbook, ...]


class AlertChange(Model):
    """Something that happened to an alert, and who did it (None: the engine)."""

    at: Instant
    kind: Literal["opened", "closed", "acked", "unacked", "muted", "unmuted"]
    by: str | None = None
    until: Instant | None = None


class AlertDetail(Model):
    """One alert with its runbook and history; how often there was one of its code and account in 30 days, how long."""

    alert: Alert
    runbook: Runbook | None = None
    changes: tuple[AlertChange, ...] = ()
    times: int = 1
    median_seconds: float | None = Field(default=None, description="of those that are over")


class Mute(Model):
    """No noise of a code (of an account, or of all when None) until a moment."""

    mute_id: int
    code: str
    account: str | None
    by: str
    at: Instant
    until: Instant


class MuteList(Model):
    mutes: tuple[Mute, ...]


class AckAlerts(Command):
    """Take note of open alerts, or with `undo` take that back."""

    alert_ids: tuple[int, ...]
    by: str
    undo: bool = False


class MuteAlerts(Command):
    """Silence a code for an account (None: for all) for so many minutes."""

    code: str
    account: str | None = None
    minutes: int = Field(ge=1, le=30 * 24 * 60)
    by: str


class Unmute(Command):
    """End a mute now."""

    mute_id: int
    by: str


class Look(Command):
    """An operator looks at the dashboard now."""

    by: str


class Looked(Model):
    """When an operator last looked before now; None: never."""

    by: str
    at: Instant | None


class Delivery(Model):
    """One message to the webhook. `state` is `waiting` until it was delivered or given up."""

    delivery_id: int
    alert_id: int | None
    kind: str
    at: Instant
    state: Literal["waiting", "delivered", "given_up"]
    attempts: int
    next_at: Instant | None = None
    delivered_at: Instant | None = None
    status: int | None = Field(default=None, description="HTTP status of the last attempt")
    error: str | None = None


class Deliveries(Model):
    """The last messages, newest first. `url` is the webhook's without its query, None when none is set."""

    url: str | None
    deliveries: tuple[Delivery, ...]
