"""The last hour, a value a minute: what plots are drawn from. Asked for once a minute, so that snapshots stay small."""

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
    """Whole minutes, oldest first, 60 at most; every tuple is of one length and ends with the minute before `until`.

    `until` is None while no minute is over. The figures beside pools and routes are of all requests of all accounts,
    response times None in a minute without any.
    """

    until: Instant | None = None
    mean_ms: tuple[int | None, ...] = ()
    p95_ms: tuple[int | None, ...] = ()
    p50_ms: tuple[int | None, ...] = ()
    max_ms: tuple[int | None, ...] = ()
    requests: tuple[int | None, ...] = ()
    errors: tuple[int | None, ...] = Field(default=(), description="failed requests")
    pools: tuple[PoolMinutes, ...] = ()
    routes: tuple[RouteMinutes, ...] = ()
