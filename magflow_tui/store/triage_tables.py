"""Tables of what people say about orders: findings and their triage, notes, saved views, how far checking is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, Text, text
from sqlmodel import Field

from magflow_tui.store.columns import UtcTime
from magflow_tui.store.tables import Json, Moment, Record, Whole, Words, table


class FindingRecord(Record, table=True):
    """What a rule found in an order: one row for a rule and a place of the order, whatever becomes of it.

    `severity` is a number, 0 the gravest; `facts` a JSON object of what fills the rule's sentences. `state` is that of
    the contract; `until` when an ignored or snoozed one opens again; `ignore_id` the standing ignore that covers it;
    `batch_id` what people did to it last, null where that is not by them any more. `opened_at` is the last time.
    """

    __tablename__ = "findings"
    __table_args__ = (
        ForeignKeyConstraint(["account", "order_id"], ["orders.account", "orders.id"], ondelete="CASCADE"),
        Index("ix_findings_place", "order_id", "account", "rule", "path", unique=True),
        Index("ix_findings_list", "opened_at", "finding_id", "state", "account", "rule", "severity", "order_id"),
        Index("ix_findings_rule", "rule", "state", "severity", "account", "order_id"),
        Index("ix_findings_until", "until", sqlite_where=text("until IS NOT NULL")),
        Index("ix_findings_ignore", "ignore_id", sqlite_where=text("ignore_id IS NOT NULL")),
    )

    finding_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text)
    order_id: int = Field(sa_type=BigInteger)
    rule: str = Field(sa_type=Text)
    severity: int = Field(sa_type=Integer)
    path: str = Field(sa_type=Text)
    value: Words = None
    facts: Json = None
    state: str = Field(sa_type=Text)
    until: Moment = None
    ignore_id: int | None = Field(default=None, sa_type=Integer)
    batch_id: int | None = Field(default=None, sa_type=Integer)
    opened_at: datetime = Field(sa_type=UtcTime)
    changed_at: Moment = None
    changed_by: Words = None
    resolved_at: Moment = None


class TriageBatchRecord(Record, table=True):
    """What somebody did to findings at once. `rules` is a JSON list of those they were of; `until` as it was asked."""

    __tablename__ = "triage_batches"

    batch_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    by: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    rules: Json = None
    findings: int = Field(sa_type=Integer)
    orders: int = Field(sa_type=Integer)
    until: Moment = None
    undone_at: Moment = None
    undone_by: Words = None


class TriageChangeRecord(Record, table=True):
    """A finding of a batch: what it was before (`last_batch` is its `batch_id` then), and what ignores it since."""

    __tablename__ = "triage_changes"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id"], ["triage_batches.batch_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["finding_id"], ["findings.finding_id"], ondelete="CASCADE"),
        Index("ix_triage_changes_finding", "finding_id"),
        {"sqlite_with_rowid": False},
    )

    batch_id: int = Field(sa_type=Integer, primary_key=True)
    finding_id: int = Field(sa_type=Integer, primary_key=True)
    state: str = Field(sa_type=Text)
    until: Moment = None
    ignore_id: int | None = Field(default=None, sa_type=Integer)
    last_batch: int | None = Field(default=None, sa_type=Integer)
    changed_at: Moment = None
    changed_by: Words = None
    new_ignore: int | None = Field(default=None, sa_type=Integer)


class IgnoreRecord(Record, table=True):
    """A rule that is ignored for what comes: in one order, in an account's, in all. It holds until `ended_at` is set.

    `batch_id` made it, `ended_batch` lifted it; null where its time was over.
    """

    __tablename__ = "ignores"
    __table_args__ = (Index(None, "batch_id"), Index(None, "ended_at", "rule"))

    ignore_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    rule: str = Field(sa_type=Text)
    account: Words = None
    order_id: Whole = None
    expires_at: Moment = None
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: str = Field(sa_type=Text)
    batch_id: int = Field(sa_type=Integer)
    ended_at: Moment = None
    ended_batch: int | None = Field(default=None, sa_type=Integer)


class NoteRecord(Record, table=True):
    """What somebody wrote about an order."""

    __tablename__ = "notes"
    __table_args__ = (Index(None, "order_id", "account"),)

    note_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text)
    order_id: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)
    by: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


class SavedViewRecord(Record, table=True):
    """A filter and a sorting of the list of orders under a name."""

    __tablename__ = "saved_views"

    name: str = Field(sa_type=Text, primary_key=True)
    filter: str = Field(sa_type=Text)
    sort: Words = None
    descending: Whole = None
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)


class CheckingRecord(Record, table=True):
    """The checking of stored orders against a version of the rules: one row, the latest. Orders up to `account` and
    `order_id` (none when null) are checked; unfinished while `finished_at` is null.
    """

    __tablename__ = "checking"

    checking_id: int = Field(sa_type=Integer, primary_key=True)
    rules_version: str = Field(sa_type=Text)
    account: Words = None
    order_id: Whole = None
    orders: int = Field(sa_type=BigInteger)
    checked: int = Field(sa_type=BigInteger)
    opened: int = Field(sa_type=BigInteger)
    resolved: int = Field(sa_type=BigInteger)
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: Moment = None


FINDINGS = table("findings")
TRIAGE_BATCHES = table("triage_batches")
TRIAGE_CHANGES = table("triage_changes")
IGNORES = table("ignores")
NOTES = table("notes")
SAVED_VIEWS = table("saved_views")
CHECKING = table("checking")
