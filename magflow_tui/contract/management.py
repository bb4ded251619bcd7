"""Answers of the management paths that existing clients call; field names are theirs."""

from __future__ import annotations

from pydantic import Field

from magflow_tui.contract.base import Command, Instant, Model
from magflow_tui.contract.offers import OfferCounts, ValidationCount
from magflow_tui.contract.snapshot import AccountState, Alert, HealthLevel, Metrics, PoolGauge


class HealthAnswer(Model):
    """`GET /health`. `health_score` is None when there is no data, and `status` is then `unknown`."""

    status: HealthLevel
    health_score: int | None
    metrics: Metrics
    alerts: tuple[Alert, ...]
    timestamp: Instant


class MetricsAnswer(Model):
    metrics: Metrics
    alerts: tuple[Alert, ...]
    timestamp: Instant


class SyncStats(Model):
    """Runs finished in the last 24 h. `success_rate` is 0..100, None without runs."""

    total_syncs: int
    successful_syncs: int
    failed_syncs: int
    success_rate: float | None
    average_duration_seconds: float | None
    total_items_processed: int
    period: str = "24h"


class ProductStats(Model):
    """Offers that are stored. `inactive_products` are all that are not active, end of life included."""

    total_products: int
    active_products: int
    inactive_products: int
    by_account: dict[str, int]
    recently_synced_24h: int
    sellable: int = 0
    without_stock: int = Field(default=0, description="stock 0, or not known")
    by_validation_status: tuple[ValidationCount, ...] = Field(default=(), description="most frequent first")
    accounts: tuple[OfferCounts, ...] = Field(default=(), description="the same by account, by name")


class LimiterStats(Model):
    """`GET /rate-limiter/stats`, summed over accounts; usage in %, of the fullest account. `accounts` has each pool."""

    orders_requests: int
    other_requests: int
    rate_limit_hits: int
    total_wait_time: float
    current_orders_rpm: int
    current_other_rpm: int
    orders_rpm_usage: float
    other_rpm_usage: float
    orders_tokens_available: float
    other_tokens_available: float
    accounts: dict[str, dict[str, PoolGauge]]


class Message(Model):
    message: str


class EngineStatus(Model):
    """`magflow engine status`: `running` is False when no engine answers."""

    pid: int | None
    version: str | None
    uptime: float | None
    socket: str
    clients: int
    running: bool


class AccountList(Model):
    accounts: tuple[AccountState, ...]


class AlertList(Model):
    """Alerts that are open, newest first."""

    alerts: tuple[Alert, ...]


class ScheduleSwitch(Command):
    """Turn scheduled syncs on or off until the engine ends."""

    on: bool


class StopEngine(Command):
    """Ask the engine to end. `unless_attached`: only when nobody reads a stream of it or has asked it to stay."""

    unless_attached: bool = False


class Stopping(Model):
    """Whether the engine is ending now, and if not, why."""

    stopping: bool
    message: str
