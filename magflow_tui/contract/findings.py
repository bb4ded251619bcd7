"""Findings of orders as lists and detail views show them, and what operators do with them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from magflow_tui.contract.base import Command, Instant, Model, Resource
from magflow_tui.contract.listing import OrderSort, PageMarks, RowFilter

FindingSeverity = Literal["error", "warning", "info"]
#: `resolved` comes by itself, when a later read is clean; the others are an operator's.
FindingState = Literal["open", "seen", "ignored", "snoozed", "resolved"]


class OrderKey(Command):
    """An order of an account."""

    account: str
    id: int


class Finding(Model):
    """What a rule found in an order: where (`$.products[0].sale_price`), which value, and what was expected.

    `value` is the value as short JSON, null where there is none. `message` and `expected` are English, the others
    Romanian. `until` is when an ignored or snoozed finding opens again. `changed_by` put it into its state.
    """

    finding_id: int
    account: str
    order_id: int
    rule: str
    severity: FindingSeverity
    path: str
    value: str | None
    expected: str
    expected_ro: str
    message: str
    message_ro: str
    state: FindingState = "open"
    until: Instant | None = None
    opened_at: Instant | None = None
    changed_at: Instant | None = None
    changed_by: str | None = None
    resolved_at: Instant | None = None


class FindingPage(PageMarks):
    """Findings, newest first unless told otherwise."""

    findings: tuple[Finding, ...]
    total: int | None = None


class RuleInfo(Model):
    """A rule: its stable code, and where what it checks is written (`API 4.4.7 §5`)."""

    code: str
    severity: FindingSeverity
    source: str
    title: str
    title_ro: str


class RuleList(Model):
    rules: tuple[RuleInfo, ...]
    version: str = Field(description="changes when a rule does; orders checked with another one are checked again")


class RuleCount(Model):
    """Findings of one rule, by state."""

    rule: str
    severity: FindingSeverity
    open: int = 0
    seen: int = 0
    ignored: int = 0
    snoozed: int = 0
    orders: int = Field(default=0, description="orders with an open or seen finding of it")


class RuleCounts(Model):
    """Unresolved findings by rule, the most frequent first. `broken` counts items too broken to have an id."""

    rules: tuple[RuleCount, ...]
    broken: int = 0


class BrokenItem(Model):
    """An item that was too broken to have an id. `raw` is how it begins."""

    account: str
    resource: Resource
    first_seen: Instant
    last_seen: Instant
    issues: tuple[str, ...]
    raw: str
    raw_bytes: int


class BrokenItems(Model):
    """Seen last first."""

    items: tuple[BrokenItem, ...]


class FindingChoice(Command):
    """Which findings: those that meet everything that is given. What is left empty does not restrict.

    `orders` are single orders, `where` a filter of the orders list. Resolved findings are never chosen.
    """

    finding_ids: tuple[int, ...] = ()
    orders: tuple[OrderKey, ...] = ()
    rules: tuple[str, ...] = ()
    account: str | None = None
    where: RowFilter | None = None


TriageAction = Literal["see", "open", "ignore", "snooze"]


class Triage(Command):
    """Put findings into a state. Nothing is written to the marketplace.

    `see` takes open ones only, and `snooze` none that are ignored; `open` and `ignore` take all that are unresolved.
    `until` is needed to snooze; an ignore without it lasts. `standing`: findings of these rules that come later are
    ignored too, of these orders where orders are named, else of the account or of all; needs `rules`. Ignoring by rule
    without naming orders needs `until`. `dry_run` counts and changes nothing (`batch_id` is then 0).
    """

    action: TriageAction
    choice: FindingChoice
    until: Instant | None = None
    standing: bool = False
    by: str = "operator"
    dry_run: bool = False


class TriageBatch(Model):
    """What one operator did to findings at once, and whether that was undone."""

    batch_id: int = Field(description="0 where nothing was changed: in a dry run, or when all was as asked already")
    at: Instant
    by: str
    action: TriageAction | Literal["lift"]
    rules: tuple[str, ...] = ()
    findings: int = Field(description="findings that were changed; of an undo or redo those that it changed now")
    orders: int
    skipped: int = Field(default=0, description="findings that an undo or redo left alone: something newer was done")
    until: Instant | None = None
    undone_at: Instant | None = None
    undone_by: str | None = None


class TriageBatches(Model):
    """Newest first."""

    batches: tuple[TriageBatch, ...]


class Ignore(Model):
    """A rule that is ignored for what comes, too: for one order, for an account or for all (null)."""

    ignore_id: int
    rule: str
    account: str | None
    order_id: int | None
    expires_at: Instant | None
    created_at: Instant
    created_by: str
    findings: int = Field(default=0, description="findings that it keeps ignored now")


class IgnoreList(Model):
    ignores: tuple[Ignore, ...]


class Undo(Command):
    """Who takes a batch back, or does it again."""

    by: str = "operator"


class Note(Model):
    note_id: int
    at: Instant
    by: str
    text: str


class AddNote(Command):
    text: str = Field(min_length=1, max_length=4000)
    by: str = "operator"


class NoteList(Model):
    """Oldest first."""

    notes: tuple[Note, ...]


#: `read` is a change the marketplace told of, `finding` one opened or resolved, the others are people's.
HistoryKind = Literal["read", "finding", "triage", "action", "note"]


class HistoryEntry(Model):
    """One thing that happened to an order. `text` is English, `text_ro` Romanian."""

    at: Instant
    kind: HistoryKind
    by: str | None
    text: str
    text_ro: str


class OrderHistory(Model):
    """Newest first."""

    entries: tuple[HistoryEntry, ...]


class Revalidation(Model):
    """What checking stored orders again did. `running` while it goes on; then the counts are those so far."""

    running: bool
    rules_version: str
    checked: int
    orders: int = Field(description="orders to check in all")
    opened: int
    resolved: int
    started_at: Instant | None = None
    finished_at: Instant | None = None


class SavedView(Command):
    """A filter and a sorting of the orders list under a name."""

    name: str = Field(min_length=1, max_length=40, pattern=r"^[\w][\w .-]*$")
    filter: str = Field(default="", max_length=2000)
    sort: OrderSort | None = None
    descending: bool | None = None
    by: str = "operator"
    at: Instant | None = None


class SavedViews(Model):
    """By name."""

    views: tuple[SavedView, ...]
