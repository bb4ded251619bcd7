"""The live view: everything a dashboard shows at a glance, in one small frozen value, latest wins."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from magflow_tui.contract.alerts import Alert, Cause
from magflow_tui.contract.base import Instant, Model, PoolName
from magflow_tui.contract.events import Event
from magflow_tui.contract.runs import QueuedJob, Run, RunProgress

HealthLevel = Literal["healthy", "degraded", "warning", "critical", "unknown"]
HealthMetric = Literal["error_rate", "response_time", "limit_use", "sync_success"]
AccountStatus = Literal["unknown", "ok", "unauthorised", "refused_ip", "unreachable"]


class EngineInfo(Model):
    pid: int
    version: str
    started_at: Instant
    uptime_seconds: float
    data_dir: str
    socket: str
    state: Literal["running", "draining"]
    schedules_on: bool
    tied: bool = Field(default=False, description="ends with the command that started it, unless kept")
    clients: int = Field(description="attached snapshot and event streams")
    db_bytes: int
    wal_bytes: int
    schema_version: str = Field(default="", description="version of the store's tables")


class AccountState(Model):
    """An account and how the marketplace last answered it. `message` says what to do when it is not `ok`."""

    name: str
    platform: str
    kind: Literal["main", "fbe"]
    currency: str
    base_url: str
    status: AccountStatus = "unknown"
    message: str | None = None
    since: Instant | None = None
    enabled: bool = True
    orders: int = 0
    orders_new: int = Field(default=0, description="status 1: waiting to be acknowledged")
    orders_invalid: int = Field(default=0, description="with an open or seen finding that is an error or a warning")
    offers: int = 0
    rma: int = 0


class PoolGauge(Model):
    """One rate-limit pool of one account. Windows count as the server counts: sliding, requests at arrival."""

    account: str
    pool: PoolName
    second_limit: int
    second_used: int
    minute_limit: int
    minute_used: int
    tokens: float
    token_capacity: float
    waiting: int
    operator_waiting: int = 0
    next_slot_seconds: float = 0.0
    paused_seconds: float = Field(default=0.0, description="left of a pause after a 429")
    pace: float = Field(default=1.0, description="1.0 is full pace; less after a 429, until it has been quiet")
    reserve_per_minute: int = 0
    caps: dict[str, int] = Field(default_factory=dict, description="job -> requests a minute")
    requests: int = 0
    waits: int = 0
    total_wait_seconds: float = 0.0
    hits: int = Field(default=0, description="429 answers")
    last_hit_at: Instant | None = None
    per_minute: tuple[int, ...] = Field(
        default=(), description="requests in each 5 s of the last 5 minutes, oldest first"
    )


class RouteUse(Model):
    """Who spends the budget: one route of one account over the last 60 s."""

    account: str
    route: str
    pool: PoolName
    per_minute: int
    share: float = Field(description="0..1 of its pool's requests")
    mean_ms: float | None
    p95_ms: float | None
    rate_limited: int
    retries: int
    errors: int
    jobs: dict[str, int] = Field(default_factory=dict, description="who asked: job -> requests, the busiest first")


class HealthLine(Model):
    """One metric of the score. `value` is None without data; `penalty` is 0 or the points it costs."""

    metric: HealthMetric
    value: float | None
    threshold: float
    unit: Literal["%", "ms"]
    penalty: int
    points: int = Field(default=0, description="points it costs while it is on the wrong side of its threshold")
    since: Instant | None = Field(default=None, description="since when points are lost")
    cause: str | None = Field(default=None, description="the text of `because`")
    advice: str | None = None
    advice_ro: str | None = None
    because: Cause | None = Field(default=None, description="what points are lost to")
    history: tuple[float | None, ...] = Field(default=(), description="a value per minute, oldest first, 60 at most")


class Health(Model):
    """Score 0–100 or None without data; level by its thresholds; lines worst first."""

    score: int | None
    level: HealthLevel
    lines: tuple[HealthLine, ...]
    history: tuple[int | None, ...] = Field(default=(), description="score a minute, oldest first, 60 at most")


class Metrics(Model):
    """Requests of the last 5 minutes, all accounts. None where there was none. Times in ms, rates 0..100 %."""

    requests: int
    requests_per_minute: float
    error_rate: float | None
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    limit_use: float | None = Field(description="highest use of any pool's minute, %")
    rate_limited: int
    sync_success: float | None = Field(
        description="% of the runs that ended in the last 5 minutes, and of each job at least of its last one"
    )


class AccountHealth(Model):
    """The score of one account by itself, its lines without history, and its own requests of the last 5 minutes."""

    account: str
    score: int | None
    level: HealthLevel
    lines: tuple[HealthLine, ...]
    metrics: Metrics


class Snapshot(Model):
    """The whole live view. `seq` grows by one each tick; `version` is of this model's shape."""

    version: int = 1
    seq: int
    at: Instant
    engine: EngineInfo
    accounts: tuple[AccountState, ...]
    pools: tuple[PoolGauge, ...]
    routes: tuple[RouteUse, ...]
    running: tuple[RunProgress, ...]
    queue: tuple[QueuedJob, ...]
    recent_runs: tuple[Run, ...] = Field(default=(), description="the last 20 finished, newest first")
    health: Health
    account_health: tuple[AccountHealth, ...] = ()
    metrics: Metrics
    alerts: tuple[Alert, ...]
    last_event: Event | None = None
    last_request_seq: int = 0
