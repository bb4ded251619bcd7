"""What operators have the marketplace do to orders: what is possible, what was asked for, and what became of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from magflow_tui.contract.base import Command, Instant, Model
from magflow_tui.contract.findings import OrderKey
from magflow_tui.contract.listing import RowFilter

ActionKind = Literal["acknowledge", "status", "cancel", "reread", "attach"]
#: `recorded`: not sent yet. `sending`: sent, and what became of it not known yet. The others are final: `refused` by
#: our rules, nothing was sent; `failed`, the order is as it was (or `message` says what is not known).
ActionState = Literal["recorded", "sending", "done", "refused", "failed"]


class ActionRequest(Command):
    """Do one thing to orders: to those named, or to those of a filter of the orders list (`where`, of `account`).

    `to` is the status for `status`; `reason` the code for `cancel`; `url` and `name` the PDF for `attach`, with its
    `attachment_type` (1 invoice, 3 warranty, 10 AWB, 11 proforma). `dry_run` checks, and neither records nor sends.
    """

    kind: ActionKind
    orders: tuple[OrderKey, ...] = ()
    account: str | None = None
    where: RowFilter | None = None
    to: int | None = None
    reason: int | None = None
    url: str | None = Field(default=None, max_length=1024)
    name: str | None = Field(default=None, max_length=60)
    attachment_type: int = 1
    by: str = "operator"
    dry_run: bool = False


class ActionRow(Model):
    """One order of a request. `message` is a sentence, in English and in Romanian: why refused, what was answered.

    Under `dry_run` the `action_id` is null and the state `recorded` means possible.
    """

    action_id: int | None
    batch_id: int | None
    account: str
    order_id: int
    kind: ActionKind
    to: int | None = None
    reason: int | None = None
    state: ActionState
    message: str = ""
    message_ro: str = ""
    status_before: int | None = None
    status_after: int | None = None
    by: str = "operator"
    recorded_at: Instant | None = None
    sent_at: Instant | None = None
    finished_at: Instant | None = None


class ActionBatch(Model):
    """A request and what became of it so far. The counts are of all its rows; `rows` may be a part of them.

    `requests` is how many requests to the marketplace it takes, about.
    """

    batch_id: int | None
    kind: ActionKind
    by: str
    at: Instant
    dry_run: bool = False
    finished: bool
    orders: int
    possible: int = Field(description="not refused by our rules")
    refused: int
    done: int
    failed: int
    requests: int
    refusals: tuple[tuple[str, str, int], ...] = Field(
        default=(), description="why, in English and Romanian, and of how many orders; most frequent first"
    )
    rows: tuple[ActionRow, ...] = ()


class ActionRows(Model):
    """Newest first."""

    rows: tuple[ActionRow, ...]


class Choice(Model):
    """Something that may be done to an order now, or why not. `until` is when it stops being possible."""

    kind: ActionKind
    to: int | None = None
    possible: bool
    why: str = ""
    why_ro: str = ""
    until: Instant | None = None


class Choices(Model):
    """What the marketplace allows for an order now."""

    account: str
    order_id: int
    status: int | None
    choices: tuple[Choice, ...]


class Reason(Model):
    code: int
    text: str
    text_ro: str


class ReasonList(Model):
    """The reasons that a cancellation can give."""

    reasons: tuple[Reason, ...]
