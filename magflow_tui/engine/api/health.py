"""Health, metrics, statistics and limits, under the paths and names that existing clients call."""

from __future__ import annotations

from fastapi import APIRouter

from magflow_tui.contract.management import (
    AlertList,
    HealthAnswer,
    LimiterStats,
    Message,
    MetricsAnswer,
    ProductStats,
    SyncStats,
)
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.engine.api.serving_engine import AnyEngine

router = APIRouter(tags=["health"])


@router.get("/health")
async def health(engine: AnyEngine) -> HealthAnswer:
    """Score and level; always 200, the level says how things are."""
    found = engine.monitor.health()
    return HealthAnswer(
        status=found.level,
        health_score=found.score,
        metrics=engine.monitor.metrics(),
        alerts=engine.monitor.alerts,
        timestamp=engine.now(),
    )


@router.get("/alerts")
async def alerts(engine: AnyEngine) -> AlertList:
    """Alerts that are open, newest first."""
    return AlertList(alerts=engine.monitor.alerts)


@router.get("/monitoring/metrics")
async def metrics(engine: AnyEngine) -> MetricsAnswer:
    """Requests of the last 5 minutes."""
    return MetricsAnswer(metrics=engine.monitor.metrics(), alerts=engine.monitor.alerts, timestamp=engine.now())


@router.get("/monitoring/minutes")
async def minutes(engine: AnyEngine) -> Minutes:
    """The last hour, a value a minute: response times, use of each pool, each route and who called it."""
    return engine.monitor.minutes()


@router.get("/monitoring/sync-stats")
async def sync_stats(engine: AnyEngine) -> SyncStats:
    """Runs finished in the last 24 h."""
    return await engine.store.sync_stats(engine.now())


@router.get("/monitoring/product-stats")
async def product_stats(engine: AnyEngine) -> ProductStats:
    """Offers that are stored."""
    return await engine.store.product_stats(engine.now())


@router.get("/rate-limiter/stats")
async def limiter_stats(engine: AnyEngine) -> LimiterStats:
    """Requests, waits and use of each window."""
    return limiter_answer(engine.accounts.gauges())


@router.post("/rate-limiter/reset")
async def reset_limiter(engine: AnyEngine) -> Message:
    """Count anew. Limits, windows and pauses stay as they are."""
    for served in engine.accounts.values():
        served.limiter.reset_stats()
    engine.notify("limits.reset", "info", "Limiter statistics were reset", None)
    return Message(message="Rate limiter statistics were reset.")


def limiter_answer(gauges: tuple[PoolGauge, ...]) -> LimiterStats:
    """Counts and tokens summed over accounts; use in % of the fullest account's minute."""
    orders = [gauge for gauge in gauges if gauge.pool == "orders"]
    other = [gauge for gauge in gauges if gauge.pool == "other"]
    accounts: dict[str, dict[str, PoolGauge]] = {}
    for gauge in gauges:
        accounts.setdefault(gauge.account, {})[gauge.pool] = gauge
    return LimiterStats(
        orders_requests=sum(gauge.requests for gauge in orders),
        other_requests=sum(gauge.requests for gauge in other),
        rate_limit_hits=sum(gauge.hits for gauge in gauges),
        total_wait_time=round(sum(gauge.total_wait_seconds for gauge in gauges), 3),
        current_orders_rpm=sum(gauge.minute_used for gauge in orders),
        current_other_rpm=sum(gauge.minute_used for gauge in other),
        orders_rpm_usage=_fullest(orders),
        other_rpm_usage=_fullest(other),
        orders_tokens_available=round(sum(gauge.tokens for gauge in orders), 2),
        other_tokens_available=round(sum(gauge.tokens for gauge in other), 2),
        accounts=accounts,
    )


def _fullest(gauges: list[PoolGauge]) -> float:
    return round(max((100.0 * gauge.minute_used / gauge.minute_limit for gauge in gauges), default=0.0), 1)
