"""`/metrics`: the engine's state for Prometheus, in base units, under names by its conventions.

A scrape reads what is in memory, and the counts of rows that the live view asks for every second; the text is made in a
thread. Every label takes its values from a known set: accounts of the settings, routes and jobs that MagFlow has, codes
of alerts. Nothing that arrives from outside becomes a label.
"""

from __future__ import annotations

import asyncio
import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Final, get_args

from fastapi import APIRouter, Request, Response
from prometheus_client import PROCESS_COLLECTOR
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from magflow_tui import __version__
from magflow_tui.contract.alerts import Alert
from magflow_tui.contract.base import PoolName, Resource
from magflow_tui.contract.runs import RunProgress, RunState
from magflow_tui.contract.snapshot import (
    AccountHealth,
    AccountState,
    AccountStatus,
    EngineInfo,
    Health,
    HealthLevel,
    HealthLine,
    HealthMetric,
    PoolGauge,
)
from magflow_tui.engine.api.serving_engine import AnyEngine
from magflow_tui.engine.engine import Engine
from magflow_tui.monitor.conditions import DiskSpace
from magflow_tui.monitor.syncs import Job
from magflow_tui.monitor.totals import BUCKETS, KNOWN_JOBS, PoolTotal, RouteTotal, SyncTotal
from magflow_tui.store import StoreError

router = APIRouter(tags=["health"])

#: How a run can end.
_RESULTS: Final = tuple(result for result in get_args(RunState) if result != "running")
_UNKNOWN: Final = float("nan")

#: A label set's values, then the value of the sample.
Row = tuple[Sequence[str], float | None]


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, engine: AnyEngine) -> Response:
    """The engine's state in the text format of Prometheus, or as OpenMetrics where that is asked for."""
    scrape = await _scrape(engine)
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(await asyncio.to_thread(encode, scrape), headers={"Content-Type": content_type})


@dataclass(frozen=True, slots=True)
class _Scrape(Collector):
    """The engine at one instant. `states` is None while the store cannot be read."""

    engine: EngineInfo
    health: Health
    accounts: tuple[AccountHealth, ...]
    states: tuple[AccountState, ...] | None
    gauges: tuple[PoolGauge, ...]
    alerts: tuple[Alert, ...]
    running: tuple[RunProgress, ...]
    disk: DiskSpace | None
    routes: Mapping[tuple[str, str], RouteTotal]
    pools: Mapping[tuple[str, PoolName], PoolTotal]
    syncs: Mapping[Job, SyncTotal]
    completed: Mapping[Job, datetime]

    def collect(self) -> Iterator[Metric]:
        yield from _engine_families(self.engine, self.disk)
        yield from _health_families("magflow_health", "of all accounts together", [], [((), self.health)])
        yield from _health_families(
            "magflow_account_health", "of the account", ["account"], [((own.account,), own) for own in self.accounts]
        )
        yield from _request_families(self.routes)
        yield from _limiter_families(self.gauges, self.pools)
        served = dict.fromkeys(gauge.account for gauge in self.gauges)
        jobs = [(account, resource) for account in served for resource in get_args(Resource)]
        yield from _sync_families(jobs, self.syncs, self.completed, self.running)
        if self.states is not None:
            yield from _store_families(self.states)
        yield _gauge(
            "magflow_alerts",
            "Open alerts.",
            ["code", "severity", "state"],
            Counter((alert.code, alert.severity, alert.state) for alert in self.alerts).items(),
        )
        yield from PROCESS_COLLECTOR.collect()


async def _scrape(engine: Engine) -> _Scrape:
    try:
        states = await engine.account_states()
    except StoreError:
        states = None
    disk = await engine.disk.read()
    totals = engine.monitor.totals
    return _Scrape(
        engine=engine.info(),
        health=engine.monitor.health(),
        accounts=engine.monitor.account_health(),
        states=states,
        gauges=engine.accounts.gauges(),
        alerts=engine.alerts.open,
        running=engine.runner.running(),
        disk=disk,
        routes=totals.routes(),
        pools=totals.pools(),
        syncs=totals.syncs(),
        completed=engine.history.completed,
    )


def _engine_families(engine: EngineInfo, disk: DiskSpace | None) -> Iterator[Metric]:
    build = {"version": __version__, "schema": engine.schema_version, "python": platform.python_version()}
    yield InfoMetricFamily("magflow_build", "What runs: MagFlow, its store's tables, Python.", value=build)
    yield _gauge(
        "magflow_start_time_seconds", "When the engine started, in seconds since 1970.", [],
        [((), engine.started_at.timestamp())], "seconds",
    )  # fmt: skip
    yield _gauge(
        "magflow_uptime_seconds", "For how long the engine has run.", [], [((), engine.uptime_seconds)], "seconds"
    )
    yield _gauge(
        "magflow_draining", "1 while the engine stops, 0 while it takes work.", [], [((), engine.state == "draining")]
    )
    yield _gauge("magflow_schedules_on", "1 while syncs start by themselves.", [], [((), engine.schedules_on)])
    yield _gauge("magflow_clients", "Streams that are attached: dashboards and watchers.", [], [((), engine.clients)])
    files = [(("database",), engine.db_bytes), (("write_ahead_log",), engine.wal_bytes)]
    yield _gauge("magflow_store_bytes", "Size of the store's files.", ["file"], files, "bytes")
    if disk is not None:
        yield _gauge("magflow_disk_free_bytes", "Room left on the data folder's disk.", [], [((), disk.free)], "bytes")
        yield _gauge("magflow_disk_size_bytes", "Size of the data folder's disk.", [], [((), disk.total)], "bytes")


#: The readings of the score: name, unit, what one is in base units, and what it tells.
_READINGS: Final[Mapping[HealthMetric, tuple[str, str, float, str]]] = {
    "error_rate": ("error_ratio", "ratio", 100.0, "Failed requests of 5 minutes, 0..1"),
    "response_time": ("response_seconds", "seconds", 1000.0, "Mean response of 5 minutes"),
    "limit_use": ("limit_use_ratio", "ratio", 100.0, "Use of the fullest pool's minute, 0..1"),
    "sync_success": ("sync_success_ratio", "ratio", 100.0, "Completed runs among those that count, 0..1"),
}


def _health_families(
    prefix: str, whose: str, labels: list[str], scored: Sequence[tuple[tuple[str, ...], Health | AccountHealth]]
) -> Iterator[Metric]:
    """Score, level and readings; what is unknown is not a number."""
    scores = [(of, health.score) for of, health in scored]
    yield _gauge(f"{prefix}_score", f"Health score {whose}, 0..100; NaN without data.", labels, scores)
    levels = [((*of, level), health.level == level) for of, health in scored for level in get_args(HealthLevel)]
    yield _gauge(f"{prefix}_level", f"1 for the level {whose} now, 0 for the others.", [*labels, "level"], levels)
    for metric, (name, unit, one, tells) in _READINGS.items():
        lines = [(of, _line(health.lines, metric)) for of, health in scored]
        readings = [(of, None if line is None or line.value is None else line.value / one) for of, line in lines]
        yield _gauge(f"{prefix}_{name}", f"{tells}, {whose}; NaN without data.", labels, readings, unit)
    lost = [((*of, line.metric), line.penalty) for of, health in scored for line in health.lines]
    yield _gauge(f"{prefix}_points_lost", f"Points that a metric costs the score {whose}.", [*labels, "metric"], lost)


def _line(lines: Iterable[HealthLine], metric: HealthMetric) -> HealthLine | None:
    return next((line for line in lines if line.metric == metric), None)


def _request_families(routes: Mapping[tuple[str, str], RouteTotal]) -> Iterator[Metric]:
    yield _counter(
        "magflow_requests", "Requests to the marketplace that ended, by how; cancelled ones are not counted.",
        ["account", "route", "outcome"],
        [((*of, outcome), count) for of, total in routes.items() for outcome, count in total.outcomes.items()],
    )  # fmt: skip
    retries = [(of, total.retries) for of, total in routes.items()]
    yield _counter("magflow_request_retries", "Requests that repeated an earlier one.", ["account", "route"], retries)
    duration = HistogramMetricFamily(
        "magflow_request_duration_seconds", "Time of a request from its beginning until its answer was read.",
        labels=["account", "route"], unit="seconds",
    )  # fmt: skip
    bounds = [*map(str, BUCKETS), "+Inf"]
    for of, total in routes.items():
        counts = list(zip(bounds, accumulate(total.buckets), strict=True))
        duration.add_metric(of, buckets=counts, sum_value=total.total_us / 1e6)
    yield duration


def _limiter_families(gauges: Sequence[PoolGauge], pools: Mapping[tuple[str, PoolName], PoolTotal]) -> Iterator[Metric]:
    labels = ["account", "pool"]
    of = {(gauge.account, gauge.pool): gauge for gauge in gauges}
    used = [((*at, "second"), gauge.second_used) for at, gauge in of.items()]
    used += [((*at, "minute"), gauge.minute_used) for at, gauge in of.items()]
    yield _gauge(
        "magflow_limiter_used_requests", "Requests in the window now, as the marketplace counts.", [*labels, "window"],
        used,
    )  # fmt: skip
    limits = [((*at, "second"), gauge.second_limit) for at, gauge in of.items()]
    limits += [((*at, "minute"), gauge.minute_limit) for at, gauge in of.items()]
    yield _gauge(
        "magflow_limiter_limit_requests", "Most requests that the window may hold.", [*labels, "window"], limits
    )
    waiting = [((*at, "operator"), gauge.operator_waiting) for at, gauge in of.items()]
    waiting += [((*at, "background"), gauge.waiting - gauge.operator_waiting) for at, gauge in of.items()]
    yield _gauge("magflow_limiter_waiting_requests", "Requests that wait for a slot.", [*labels, "lane"], waiting)
    yield _gauge(
        "magflow_limiter_paused_seconds", "Left of the pause after a 429.", labels,
        [(at, gauge.paused_seconds) for at, gauge in of.items()], "seconds",
    )  # fmt: skip
    yield _gauge(
        "magflow_limiter_pace_ratio", "Pace that is kept, 1 is full; less after a 429.", labels,
        [(at, gauge.pace) for at, gauge in of.items()], "ratio",
    )  # fmt: skip
    yield _gauge(
        "magflow_limiter_reserve_requests", "Requests of each minute that are kept for operators.", labels,
        [(at, gauge.reserve_per_minute) for at, gauge in of.items()],
    )  # fmt: skip
    yield _gauge(
        "magflow_limiter_cap_requests", "Most requests a minute that a job may make.", [*labels, "job"],
        [((*at, job), cap) for at, gauge in of.items() for job, cap in gauge.caps.items() if job in KNOWN_JOBS],
    )  # fmt: skip
    counted = {at: pools.get(at, PoolTotal()) for at in of}
    yield _counter(
        "magflow_limiter_wait_seconds", "Time that requests waited for their slot, together.", labels,
        [(at, total.waited_us / 1e6) for at, total in counted.items()], "seconds",
    )  # fmt: skip
    yield _counter(
        "magflow_limiter_refusals", "Requests that the marketplace refused for being too many (429).", labels,
        [(at, total.rate_limited) for at, total in counted.items()],
    )  # fmt: skip


def _sync_families(
    jobs: Iterable[Job],
    syncs: Mapping[Job, SyncTotal],
    completed: Mapping[Job, datetime],
    running: Iterable[RunProgress],
) -> Iterator[Metric]:
    labels = ["account", "resource"]
    ended = {job: syncs.get(job, SyncTotal()) for job in jobs}
    yield _counter(
        "magflow_sync_runs", "Runs that ended, by how.", [*labels, "result"],
        [((*job, result), total.results[result]) for job, total in ended.items() for result in _RESULTS],
    )  # fmt: skip
    items = [(job, total.items) for job, total in ended.items()]
    yield _counter("magflow_sync_items", "Orders, offers or returns read by runs that ended.", labels, items)
    at_work = {(run.account, run.resource) for run in running}
    yield _gauge(
        "magflow_sync_running", "1 while a run is at work, 0 else.", labels, [(job, job in at_work) for job in ended]
    )
    last = dict(completed)
    for job, total in ended.items():
        if total.completed_at is not None:
            last[job] = max(total.completed_at, last.get(job, total.completed_at))
    yield _gauge(
        "magflow_sync_last_success_timestamp_seconds", "When a run was last completed, in seconds since 1970.", labels,
        [(job, at.timestamp()) for job, at in last.items()], "seconds",
    )  # fmt: skip


def _store_families(states: Iterable[AccountState]) -> Iterator[Metric]:
    rows = {(state.name,): state for state in states}
    yield _gauge(
        "magflow_account_status", "1 for how the marketplace last answered the account, 0 for the others.",
        ["account", "status"],
        [((*of, status), state.status == status) for of, state in rows.items() for status in get_args(AccountStatus)],
    )  # fmt: skip
    yield _gauge("magflow_orders", "Stored orders.", ["account"], [(of, state.orders) for of, state in rows.items()])
    yield _gauge(
        "magflow_orders_waiting", "Stored orders that wait to be acknowledged.", ["account"],
        [(of, state.orders_new) for of, state in rows.items()],
    )  # fmt: skip
    yield _gauge(
        "magflow_orders_with_findings", "Stored orders with an open finding that is an error or a warning.",
        ["account"], [(of, state.orders_invalid) for of, state in rows.items()],
    )  # fmt: skip
    yield _gauge("magflow_offers", "Stored offers.", ["account"], [(of, state.offers) for of, state in rows.items()])
    yield _gauge("magflow_returns", "Stored returns.", ["account"], [(of, state.rma) for of, state in rows.items()])


def _gauge(name: str, tells: str, labels: Sequence[str], rows: Iterable[Row], unit: str = "") -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, tells, labels=labels, unit=unit)
    for of, value in rows:
        family.add_metric(of, _UNKNOWN if value is None else value)
    return family


def _counter(name: str, tells: str, labels: Sequence[str], rows: Iterable[Row], unit: str = "") -> CounterMetricFamily:
    """`_total` is added to the name."""
    family = CounterMetricFamily(name, tells, labels=labels, unit=unit)
    for of, value in rows:
        family.add_metric(of, value or 0)
    return family
