"""Minutes that are over, of the last hour or of any time that is kept: what plots are drawn from."""

from __future__ import annotations

from pydantic import Field

from magflow_tui.contract.base import Instant, Model, PoolName


class PoolMinutes(Model):
    """One pool of one account. A value is None for a minute in which the engine did not run."""

    account: str
    pool: PoolName
    used: tuple[int | None, ...] = Field(description="requests in the minute, as the limiter counts them")
    waited_seconds: tuple[float | None, ...] = Field(description="time that requests waited for their slot, summed")
    hits: tuple[int | None, ...] = Field(description="429 answers")


class RouteMinutes(Model):
    """One route of one account that was called in the hour. Response times in ms, None where there was no request."""

    account: str
    route: str
    pool: PoolName
    requests: tuple[int | None, ...]
    mean_ms: tuple[int | None, ...]
    p95_ms: tuple[int | None, ...]
    errors: int = Field(description="failed requests of the hour")
    jobs: dict[str, int] = Field(description="who asked: job -> requests of the hour, the busiest first")


class Minutes(Model):
    """Whole minutes, oldest first; every tuple is of one length and ends with the minute before `until`.

    `until` is None while no minute is over. Everything is of all accounts, or of the one that was asked for. Response
    times are None in a minute without requests; a minute in which the engine did not run is None everywhere.

    Of a step of several minutes the worst is told: the highest response times, error rate and use, the lowest score
    and sync success; requests, errors, waits and 429s are summed. Routes are told for a day at the most.
    """

    until: Instant | None = None
    mean_ms: tuple[int | None, ...] = ()
    p95_ms: tuple[int | None, ...] = ()
    p50_ms: tuple[int | None, ...] = ()
    max_ms: tuple[int | None, ...] = ()
    requests: tuple[int | None, ...] = ()
    errors: tuple[int | None, ...] = Field(default=(), description="failed requests")
    step_minutes: int = Field(default=1, description="minutes that each value stands for; of several the worst is told")
    score: tuple[int | None, ...] = Field(default=(), description="the health score, of the account that was asked for")
    error_rate: tuple[float | None, ...] = ()
    response_ms: tuple[float | None, ...] = Field(default=(), description="mean response as the score reads it")
    limit_use: tuple[float | None, ...] = ()
    sync_success: tuple[float | None, ...] = ()
    pools: tuple[PoolMinutes, ...] = ()
    routes: tuple[RouteMinutes, ...] = ()
