"""Tables of alerts: what was found, what operators said of it, who looked when, and messages to the webhook."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKeyConstraint, Index, Integer, Text, text
from sqlmodel import Field

from magflow_tui.store.columns import UtcTime
from magflow_tui.store.tables import Json, Moment, Record, Whole, Words, table


class AlertRecord(Record, table=True):
    """An alert, open while `closed_at` is null. `cause` is a JSON object of the contract's, as last known."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_open", "alert_id", sqlite_where=text("closed_at IS NULL")),
        Index("ix_alerts_opened_at", "opened_at"),
        Index("ix_alerts_code", "code", "account", "opened_at"),
    )

    alert_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    code: str = Field(sa_type=Text)
    severity: str = Field(sa_type=Text)
    account: Words = None
    message_en: str = Field(sa_type=Text)
    message_ro: str = Field(sa_type=Text)
    advice_en: Words = None
    advice_ro: Words = None
    value: float | None = Field(default=None, sa_type=Float)
    peak: float | None = Field(default=None, sa_type=Float)
    threshold: float | None = Field(default=None, sa_type=Float)
    unit: Words = None
    cause: Json = None
    opened_at: datetime = Field(sa_type=UtcTime)
    closed_at: Moment = None
    acked_at: Moment = None
    acked_by: Words = None


class AlertChangeRecord(Record, table=True):
    """Something that happened to an alert after it opened; `by` null: the engine did it."""

    __tablename__ = "alert_changes"
    __table_args__ = (
        ForeignKeyConstraint(["alert_id"], ["alerts.alert_id"], ondelete="CASCADE"),
        Index("ix_alert_changes_alert_id", "alert_id"),
    )

    change_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    alert_id: int = Field(sa_type=Integer)
    at: datetime = Field(sa_type=UtcTime)
    kind: str = Field(sa_type=Text)
    by: Words = None
    until: Moment = None


class MuteRecord(Record, table=True):
    """No noise of a code of an account (null: of all) until a moment, or until somebody lifted it."""

    __tablename__ = "alert_mutes"
    __table_args__ = (Index("ix_alert_mutes_until", "until"),)

    mute_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    code: str = Field(sa_type=Text)
    account: Words = None
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)
    until: datetime = Field(sa_type=UtcTime)
    lifted_at: Moment = None
    lifted_by: Words = None


class LookRecord(Record, table=True):
    """When an operator last looked at the dashboard."""

    __tablename__ = "looks"

    operator: str = Field(sa_type=Text, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)


class DeliveryRecord(Record, table=True):
    """A message to the webhook: due at `next_at` until it was delivered or given up. `body` is what is sent."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_due", "next_at", sqlite_where=text("next_at IS NOT NULL")),
        Index("ix_deliveries_at", "at"),
    )

    delivery_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    message_id: str = Field(sa_type=Text)
    alert_id: int | None = Field(default=None, sa_type=Integer)
    kind: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)
    attempts: int = Field(default=0, sa_type=Integer)
    next_at: Moment = None
    delivered_at: Moment = None
    given_up_at: Moment = None
    status: Whole = None
    error: Words = None


ALERTS = table("alerts")
ALERT_CHANGES = table("alert_changes")
ALERT_MUTES = table("alert_mutes")
LOOKS = table("looks")
DELIVERIES = table("deliveries")
