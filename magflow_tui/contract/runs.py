"""Sync runs: the request to start one, its live progress, its lasting record."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from magflow_tui.contract.base import Command, Instant, Model, Resource

RunKind = Literal["full", "incremental"]
RunState = Literal["running", "completed", "partial", "failed", "cancelled"]
CancelMode = Literal["after_page", "now"]


class StartSync(Command):
    """Start syncs: every named resource of every named account (all of them when `accounts` is empty)."""

    resources: tuple[Resource, ...] = ("orders", "offers", "rma")
    accounts: tuple[str, ...] = ()
    full: bool = False
    requested_by: str = "operator"


class CancelRun(Command):
    """Stop a run: when its current page is stored, or at once. Both keep its checkpoint."""

    mode: CancelMode = "after_page"


class ErrorGroup(Model):
    """Like errors of one run, counted; `example` names a page or an id."""

    message: str
    count: int
    example: str | None = None


class Run(Model):
    """The record of one run. `seconds` and `waited_seconds` count up while it runs."""

    run_id: int
    account: str
    resource: Resource
    kind: RunKind
    result: RunState
    requested_by: str
    started_at: Instant
    finished_at: Instant | None = None
    seconds: float = 0.0
    pages: int = 0
    items: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    requests: int = 0
    rate_limited: int = 0
    waited_seconds: float = 0.0
    resumed: int = Field(default=0, description="how often the run went on after an interruption")
    reason: str | None = Field(default=None, description="why it is partial, failed or cancelled, one sentence")
    errors: tuple[ErrorGroup, ...] = ()


class MissedPage(Model):
    """A page that a run could not read when it was its turn. `attempts` are requests, all rounds together."""

    window: str = Field(description="for people: `orders 2026-02-13 … 2026-03-14, type 3`, `offers`")
    type: int | None = Field(default=None, description="of the orders asked for; None where there is no such thing")
    page: int
    error: str
    attempts: int
    first_failed: Instant
    last_failed: Instant
    recovered: Instant | None = Field(default=None, description="when it was read after all; None while missing")


class RunPages(Model):
    """The pages of a run that failed, those still missing first."""

    run_id: int
    missed: tuple[MissedPage, ...]


class Throughput(Model):
    """Items a second over the time a run was at work: `seconds` each, oldest first; the last one is still filling."""

    seconds: float
    items_per_second: tuple[float, ...]


class Silence(Model):
    """The marketplace does not answer a run, which waits where it is and asks again by itself."""

    since: Instant
    said: str | None = Field(description="what came instead of an answer: `HTTP 503 with an HTML page`")
    retry_at: Instant | None = Field(description="when it is asked again; None while it is being asked")


class RunProgress(Model):
    """A running run as a gauge shows it. Rates are over a moving window of 30 s."""

    run_id: int
    account: str
    resource: Resource
    kind: RunKind
    phase: str = Field(description="what it does now, for people: `orders 2026-03, type 3`")
    started_at: Instant
    page: int
    pages_total: int | None = Field(default=None, description="None until it can be told")
    items: int
    items_total: int | None = None
    created: int
    updated: int
    unchanged: int
    failed: int
    requests: int
    rate_limited: int
    waited_seconds: float
    items_per_second: float | None = None
    eta_seconds: float | None = None
    wait_share: float = Field(default=0.0, description="0..1, part of the last 30 s spent waiting for slots")
    stopping: bool = False
    silence: Silence | None = Field(default=None, description="None while the marketplace answers")
    throughput: Throughput | None = None


class QueuedJob(Model):
    """A sync that is due later: by schedule (`next_at`) or behind a running one (`next_at` is None)."""

    account: str
    resource: Resource
    kind: RunKind
    next_at: Instant | None
    reason: str = Field(description="`every 5 min`, `after current`, …")


class RunPage(Model):
    """Runs, newest first; `next_before` asks for the page behind it."""

    runs: tuple[Run, ...]
    next_before: int | None = None


class Started(Model):
    """What a `StartSync` did: the runs it began, and those that were running already and are joined."""

    runs: tuple[Run, ...]
    joined: tuple[int, ...] = ()
