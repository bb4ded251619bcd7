"""The rate limits: use and statistics under the paths that existing clients call, caps, reserves, losses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from magflow_tui.contract.management import LimiterStats, LimitLosses, LimitSettings, Message, SetCap, SetReserve
from magflow_tui.contract.snapshot import PoolGauge
from magflow_tui.engine.api.errors import ApiError
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine
from magflow_tui.engine.failures import as_sentence
from magflow_tui.engine.limits import UnknownAccountError
from magflow_tui.store.limit_losses import limit_losses

router = APIRouter(prefix="/rate-limiter", tags=["limits"])


@router.get("/stats")
async def limiter_stats(engine: AnyEngine) -> LimiterStats:
    """Requests, waits and use of each window."""
    return limiter_answer(engine.accounts.gauges())


@router.post("/reset")
async def reset_limiter(engine: AnyEngine) -> Message:
    """Count anew. Limits, windows and pauses stay as they are."""
    for served in engine.accounts.values():
        served.limiter.reset_stats()
    engine.notify("limits.reset", "info", "Limiter statistics were reset", None)
    return Message(message="Rate limiter statistics were reset.")


@router.get("/settings")
async def settings(engine: AnyEngine) -> LimitSettings:
    """Every cap and reserve that holds, and who set it."""
    return await engine.limits.settings()


@router.post("/cap")
async def cap(engine: WorkingEngine, command: SetCap) -> Message:
    """Allow a job of the engine so many requests a minute of a pool, or lift its cap. It stays when the engine ends."""
    with _named_mistakes():
        return Message(message=await engine.limits.set_cap(command))


@router.post("/reserve")
async def reserve(engine: WorkingEngine, command: SetReserve) -> Message:
    """Keep so many requests of each minute of a pool for operators; null goes back to what the settings say."""
    with _named_mistakes():
        return Message(message=await engine.limits.set_reserve(command))


@router.get("/losses")
async def losses(
    engine: AnyEngine, until: Annotated[AwareDatetime | None, Query(description="null: now")] = None
) -> LimitLosses:
    """Time that requests waited for their slots, and 429 answers, in the 24 h up to a moment."""
    return await engine.store.read(partial(limit_losses, until=until or engine.now()))


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


@contextmanager
def _named_mistakes() -> Iterator[None]:
    """An account, a job or a number that cannot be is the client's mistake."""
    try:
        yield
    except UnknownAccountError as error:
        raise ApiError(404, "account_unknown", str(error)) from None
    except ValueError as error:
        raise ApiError(400, "bad_request", as_sentence(str(error)), detail="per_minute") from None
