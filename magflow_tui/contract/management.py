"""Answers of the management paths that existing clients call; field names are theirs."""

from __future__ import annotations

from pydantic import Field

from magflow_tui.contract.alerts import Alert
from magflow_tui.contract.base import Command, Instant, Model, PoolName
from magflow_tui.contract.offers import OfferCounts, ValidationCount
from magflow_tui.contract.snapshot import AccountHealth, AccountState, HealthLevel, HealthLine, Metrics, PoolGauge


class HealthAnswer(Model):
    """`GET /health`. `health_score` is None when there is no data, and `status` is then `unknown`."""

    status: HealthLevel
    health_score: int | None
    metrics: Metrics
    alerts: tuple[Alert, ...]
    timestamp: Instant
    lines: tuple[HealthLine, ...] = Field(default=(), description="every metric of the score, the most expensive first")
    accounts: tuple[AccountHealth, ...] = Field(default=(), description="the same of each account by itself")


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


class StoreCheck(Model):
    """What reading every page of the store found: no problems when all of it is sound."""

    problems: tuple[str, ...]
    seconds: float


class AccountList(Model):
    accounts: tuple[AccountState, ...]


#: Jobs that may be capped: the engine's own. What an operator asks for never is.
BACKGROUND_JOBS: tuple[str, ...] = ("sync orders", "sync offers", "sync rma")


class SetCap(Command):
    """Allow a job at most so many requests a minute of a pool, or lift its cap with None."""

    account: str
    pool: PoolName
    job: str
    per_minute: int | None = Field(ge=1)
    by: str


class SetReserve(Command):
    """Keep so many requests of each minute of a pool for operators; 0 keeps none, None is as the settings say."""

    account: str
    pool: PoolName
    per_minute: int | None = Field(ge=0)
    by: str


class LimitSetting(Model):
    """A cap of a job in a pool, or its reserve where `job` is None, in requests a minute. `by` None: the settings."""

    account: str
    pool: PoolName
    job: str | None = None
    per_minute: int
    by: str | None = None
    at: Instant | None = None


class LimitSettings(Model):
    """Every cap and reserve that holds, account by account and pool by pool, the reserve first."""

    settings: tuple[LimitSetting, ...]


class Refusals(Model):
    """The 429 answers of one minute, and the minute."""

    at: Instant
    count: int


class PoolLosses(Model):
    """What the limits cost one pool of one account, in whole minutes that are over and kept.

    `known_minutes` of the last 24 h were recorded. The peak is the half hour in which most was waited, None where
    nothing was. `refusals` are the last minutes with a 429, newest first.
    """

    account: str
    pool: PoolName
    hour_seconds: float = Field(description="time that requests waited for their slots in the last hour, summed")
    day_seconds: float = Field(description="the same of 24 h")
    known_minutes: int
    peak_from: Instant | None = None
    peak_seconds: float = 0.0
    refusals: tuple[Refusals, ...] = ()


class LimitLosses(Model):
    """The losses of every pool up to a minute."""

    until: Instant
    pools: tuple[PoolLosses, ...]


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
