"""Health, metrics and statistics, under the paths and names that existing clients call."""

from __future__ import annotations

from fastapi import APIRouter

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.management import (
    HealthAnswer,
    MetricsAnswer,
    ProductStats,
    SyncStats,
)
from magflow_tui.engine.api.errors import ApiError
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
        alerts=engine.alerts.open,
        timestamp=engine.now(),
        lines=found.lines,
        accounts=engine.monitor.account_health(),
    )


@router.get("/monitoring/metrics")
async def metrics(engine: AnyEngine, account: str | None = None, pool: PoolName | None = None) -> MetricsAnswer:
    """Requests of the last 5 minutes, of an account and of a pool where one is named; every open alert."""
    if account is not None and account.lower() not in engine.settings.accounts:
        known = ", ".join(engine.settings.accounts) or "none"
        message = f"There is no account {account!r}; there are: {known}."
        raise ApiError(404, "account_unknown", message, detail=account)
    found = engine.monitor.metrics(account and account.lower(), pool)
    return MetricsAnswer(metrics=found, alerts=engine.alerts.open, timestamp=engine.now())


@router.get("/monitoring/sync-stats")
async def sync_stats(engine: AnyEngine) -> SyncStats:
    """Runs finished in the last 24 h."""
    return await engine.store.sync_stats(engine.now())


@router.get("/monitoring/product-stats")
async def product_stats(engine: AnyEngine) -> ProductStats:
    """Offers that are stored."""
    return await engine.store.product_stats(engine.now())
