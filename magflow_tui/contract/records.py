"""Orders, offers, requests and accounts as lists and detail views show them."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from magflow_tui.contract.actions import Choice
from magflow_tui.contract.base import Instant, Model, Money, PoolName
from magflow_tui.contract.findings import Finding, FindingSeverity, Note
from magflow_tui.contract.listing import PageMarks


class OrderRow(Model):
    """An order in a list. `date` and `modified` are None where the marketplace's text cannot be read."""

    id: int
    account: str
    status: int | None
    status_text: str
    type: int | None
    payment_mode_id: int | None
    total: Money | None
    currency: str | None
    customer: str | None
    date: Instant | None
    modified: Instant | None
    findings: int = Field(default=0, description="open or seen ones")
    worst_rule: str | None = Field(default=None, description="the rule of the gravest of them")
    worst_severity: FindingSeverity | None = None


class OrderDetail(Model):
    """One order: its row, and the payload as JSON (`raw` text exactly as received is a route of its own)."""

    row: OrderRow
    order: dict[str, Any]
    fetched_at: Instant
    findings: tuple[Finding, ...] = Field(default=(), description="unresolved ones, gravest first")
    notes: tuple[Note, ...] = ()
    choices: tuple[Choice, ...] = ()


class OrderPage(PageMarks):
    orders: tuple[OrderRow, ...]
    total: int | None = Field(default=None, description="rows that match; always there when it costs nothing")


class OfferRow(Model):
    id: int
    account: str
    name: str | None
    part_number: str | None
    status: int | None
    sale_price: Money | None
    currency: str | None
    stock: int | None
    sellable: bool
    reasons: tuple[str, ...] = Field(default=(), description="conditions that fail, empty when sellable")
    reasons_ro: tuple[str, ...] = Field(default=(), description="the same in Romanian")
    remark: str | None = Field(default=None, description="what may hide it although it can be sold")
    remark_ro: str | None = None


class OfferPage(PageMarks):
    offers: tuple[OfferRow, ...]
    total: int | None = None


RequestOutcome = Literal[
    "ok",
    "rate_limited",
    "authentication",
    "refused_ip",
    "validation",
    "business",
    "not_found",
    "network",
    "timeout",
    "malformed",
    "server_error",
    "cancelled",
]
#: Outcomes of requests that the marketplace did not answer in a way that says anything about what was asked.
NO_ANSWER: Final[frozenset[RequestOutcome]] = frozenset({"network", "timeout", "malformed", "server_error"})


class RequestRow(Model):
    """One HTTP request to the marketplace. No header, no body, nothing personal."""

    seq: int
    at: Instant
    account: str
    method: str
    route: str
    pool: PoolName
    status: int | None
    outcome: RequestOutcome
    attempt: int
    elapsed_ms: float
    first_byte_ms: float | None
    waited_ms: float
    bytes_received: int
    page: int | None
    run_id: int | None
    note: str | None
    call: str | None = Field(default=None, description="the same for every attempt of one call")
    job: str | None = Field(default=None, description="who asked: `sync orders`, `action`, `test`")


class RequestPage(Model):
    """Requests in order of `seq`; `first_seq` tells the oldest that is still kept.

    `next_before` is the number to go on with towards older ones, None where there are none. A page that was searched
    for may have fewer rows than were asked for, even none, though it has a `next_before`: a search stops after some
    milliseconds and goes on from there.
    """

    requests: tuple[RequestRow, ...]
    last_seq: int
    first_seq: int
    next_before: int | None = None


class AccountTest(Model):
    """What one real call with the account's credentials gave."""

    account: str
    ok: bool
    status: Literal["ok", "unauthorised", "refused_ip", "unreachable"]
    message: str
    elapsed_ms: float
