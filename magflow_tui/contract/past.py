"""The past as it was stored: what the screens showed at the end of a minute, and requests one by one."""

from __future__ import annotations

from pydantic import Field

from magflow_tui.contract.base import Instant, Model, PoolName
from magflow_tui.contract.records import RequestRow
from magflow_tui.contract.snapshot import Snapshot


class PastMoment(Model):
    """What was known at the end of the minute that `at` begins. `snapshot` is None where nothing was recorded: the
    engine did not run. `earlier` and `later` are the nearest recorded minutes on either side, `first` the oldest kept.
    """

    at: Instant
    snapshot: Snapshot | None = None
    earlier: Instant | None = None
    later: Instant | None = None
    first: Instant | None = None


class RequestDetail(Model):
    """One request to the marketplace with all that is kept of it. Nothing personal, no secret: `sent` and `received`
    are JSON in which such values are replaced; `received` tells of an answer's data only how much there was.
    """

    row: RequestRow
    url: str | None = None
    sent: str | None = None
    received: str | None = None
    chain: tuple[RequestRow, ...] = Field(default=(), description="every attempt of the same call, first to last")


class RouteMetrics(Model):
    """The requests to one route of one account over a span of minutes. Response times in ms, None without requests;
    the percentiles within 0.5 %.
    """

    account: str
    route: str
    pool: PoolName
    requests: int
    errors: int
    rate_limited: int
    retries: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: int | None
    waited_seconds: float = Field(description="time that they waited for their slot, summed")
    jobs: dict[str, int] = Field(description="who asked: job -> requests, the busiest first")


class RouteMetricsList(Model):
    """Routes that were called from `since` until `until` (whole minutes), the busiest first."""

    since: Instant
    until: Instant
    routes: tuple[RouteMetrics, ...]


class FaultFound(Model):
    """The nearest request in one direction that was not answered well; None when there is none (left).

    A search stops after some milliseconds: with `searched_to` it is to be asked for again from that number on.
    """

    request: RequestRow | None = None
    searched_to: int | None = None
