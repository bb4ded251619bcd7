"""`/metrics`, read by the official client's parsers."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from pydantic import SecretStr

from magflow_tui.client import EngineClient
from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import StartSync
from magflow_tui.engine.access import BearerGuard
from magflow_tui.engine.engine import Engine
from magflow_tui.marketplace.limiter import Lane, Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.conditions import CODES
from magflow_tui.monitor.totals import KNOWN_JOBS, KNOWN_ROUTES
from magflow_tui.sandbox import SandboxServer
from magflow_tui.sandbox.faults import Faults
from magflow_tui.store import StoreError

OPENMETRICS = "application/openmetrics-text; version=1.0.0"

REQUEST = RequestRecord(
    account="shop", method="POST", route="order/read", pool=Pool.ORDERS, lane=Lane.BACKGROUND, job="sync orders",
    attempt=1, started_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC), waited_ms=500.0, elapsed_ms=120.0,
    first_byte_ms=60.0, status=200, outcome="ok", note=None, bytes_received=1000, page=1, run_id=None,
)  # fmt: skip

Scrape = dict[str, Metric]


async def exposition(engine: Engine, accept: str = "*/*") -> httpx.Response:
    transport = httpx.ASGITransport(engine.asgi_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://engine") as http:
        answer = await http.get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    return answer


async def scraped(engine: Engine) -> Scrape:
    answer = await exposition(engine)
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def samples(scrape: Scrape) -> Iterator[Sample]:
    return (sample for family in scrape.values() for sample in family.samples)


def value(scrape: Scrape, name: str, **labels: str) -> float:
    """The one sample of a name with exactly these labels."""
    found = [sample.value for sample in samples(scrape) if (sample.name, sample.labels) == (name, labels)]
    assert len(found) == 1, f"{name}{labels}: {len(found)} samples"
    return found[0]


def absent(scrape: Scrape, name: str, **labels: str) -> bool:
    return not any(sample.name == name and labels.items() <= sample.labels.items() for sample in samples(scrape))


async def sync(engine: Engine, client: EngineClient, *resources: Resource, requested_by: str = "operator") -> None:
    command = StartSync(resources=resources or ("offers", "rma"), full=True, requested_by=requested_by)
    for run in (await client.start_sync(command)).runs:
        await engine.runner.wait(run.run_id)


async def test_a_scrape_tells_what_a_sync_did(engine: Engine, client: EngineClient) -> None:
    await sync(engine, client, "orders", "offers")
    scrape = await scraped(engine)
    rows = (await client.snapshot()).accounts
    for account in ("shop", "bg"):
        requests = value(scrape, "magflow_requests_total", account=account, route="order/read", outcome="ok")
        of = {"account": account, "route": "order/read"}
        assert requests >= 1
        assert value(scrape, "magflow_request_duration_seconds_count", **of) == requests
        assert value(scrape, "magflow_request_duration_seconds_bucket", **of, le="+Inf") == requests
        assert 0 < value(scrape, "magflow_request_duration_seconds_sum", **of) < 60
        assert value(scrape, "magflow_sync_runs_total", account=account, resource="orders", result="completed") == 1
        assert value(scrape, "magflow_sync_runs_total", account=account, resource="offers", result="failed") == 0
        (row,) = [row for row in rows if row.name == account]
        assert value(scrape, "magflow_orders", account=account) == row.orders > 0
        assert value(scrape, "magflow_offers", account=account) == row.offers > 0
        assert value(scrape, "magflow_sync_items_total", account=account, resource="offers") == row.offers
        assert value(scrape, "magflow_account_status", account=account, status="ok") == 1
        assert value(scrape, "magflow_account_status", account=account, status="unauthorised") == 0
        last = value(scrape, "magflow_sync_last_success_timestamp_seconds", account=account, resource="orders")
        assert engine.started_at.timestamp() < last <= engine.now().timestamp()
        limit = {"account": account, "pool": "orders", "window": "minute"}
        assert value(scrape, "magflow_limiter_limit_requests", **limit) == 720
        assert 0 < value(scrape, "magflow_limiter_used_requests", **limit) <= 720
    info = engine.info()
    assert value(scrape, "magflow_start_time_seconds") == pytest.approx(engine.started_at.timestamp())
    assert value(scrape, "magflow_store_bytes", file="database") == info.db_bytes
    assert value(scrape, "magflow_clients") == 0
    assert value(scrape, "magflow_disk_free_bytes") > 0
    (build,) = scrape["magflow_build_info"].samples
    assert build.labels["version"] == info.version


async def test_health_is_told_with_its_readings_in_base_units(engine: Engine) -> None:
    before = await scraped(engine)
    assert math.isnan(value(before, "magflow_health_score"))
    assert value(before, "magflow_health_level", level="unknown") == 1
    assert math.isnan(value(before, "magflow_account_health_error_ratio", account="shop"))
    for outcome in ("ok", "ok", "ok", "server_error"):
        engine.monitor.observe(replace(REQUEST, outcome=outcome, elapsed_ms=3000.0))
    engine.monitor.tick(engine.accounts.gauges(), engine.history.readings(None, ()), None)
    scrape = await scraped(engine)
    assert value(scrape, "magflow_account_health_error_ratio", account="shop") == 0.25
    assert value(scrape, "magflow_account_health_response_seconds", account="shop") == 3.0
    assert value(scrape, "magflow_account_health_score", account="shop") == 50
    assert value(scrape, "magflow_account_health_level", account="shop", level="warning") == 1
    assert value(scrape, "magflow_account_health_points_lost", account="shop", metric="response_time") == 20
    assert math.isnan(value(scrape, "magflow_account_health_score", account="bg"))
    assert value(scrape, "magflow_health_score") == 50
    assert math.isnan(value(scrape, "magflow_health_sync_success_ratio"))


async def test_the_limiter_is_told_of_with_waits_refusals_caps_and_reserves(engine: Engine) -> None:
    limiter = engine.accounts["shop"].limiter
    limiter.set_reserve(Pool.ORDERS, 60)
    limiter.set_cap(Pool.ORDERS, "sync orders", 300)
    limiter.set_cap(Pool.ORDERS, "a job from nowhere", 10)
    for outcome in ("rate_limited", "rate_limited", "ok"):
        engine.monitor.observe(replace(REQUEST, outcome=outcome))
    scrape = await scraped(engine)
    of = {"account": "shop", "pool": "orders"}
    assert value(scrape, "magflow_limiter_reserve_requests", **of) == 60
    assert value(scrape, "magflow_limiter_cap_requests", **of, job="sync orders") == 300
    assert absent(scrape, "magflow_limiter_cap_requests", job="a job from nowhere")
    assert value(scrape, "magflow_limiter_refusals_total", **of) == 2
    assert value(scrape, "magflow_limiter_wait_seconds_total", **of) == 1.5
    assert value(scrape, "magflow_limiter_pace_ratio", **of) == 1.0


async def test_open_alerts_are_counted_by_code_severity_and_state(engine: Engine) -> None:
    assert scraped_alerts(await scraped(engine)) == {}
    engine.monitor.observe(replace(REQUEST, outcome="authentication", note="You are not allowed to use this API."))
    engine.monitor.tick(engine.accounts.gauges(), engine.history.readings(None, ()), None)
    assert scraped_alerts(await scraped(engine)) == {("account.unauthorised", "critical", "new"): 1.0}


def scraped_alerts(scrape: Scrape) -> dict[tuple[str, str, str], float]:
    return {
        (sample.labels["code"], sample.labels["severity"], sample.labels["state"]): sample.value
        for sample in scrape["magflow_alerts"].samples
    }


async def test_counters_never_go_down_even_when_the_limiters_statistics_are_reset(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    before: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for step in range(4):
        if step == 1:
            sandbox.control.set_faults(Faults(outage="unavailable"))
            await client.test_account("shop")
            sandbox.control.set_faults(Faults())
        if step == 2:
            await client.reset_limiter()
        await sync(engine, client, "offers")
        now = monotonic_values(await scraped(engine))
        assert {series: total for series, total in before.items() if now.get(series, -1) < total} == {}
        before = now
    assert any(series[0] == "magflow_requests_total" and dict(series[1])["outcome"] != "ok" for series in before)


def monotonic_values(scrape: Scrape) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in scrape.values()
        for sample in family.samples
        if family.type in ("counter", "histogram")
    }


# What `promtool check metrics` finds fault with, and what it takes for granted.

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_NOT_BASE = re.compile(
    r"_(milliseconds?|ms|microseconds?|us|minutes?|hours?|days?|second|kilobytes?|kb|megabytes?|mb|bits?|percent|pct"
    r"|celsius|grams?)(_|$)"
)
_TYPES_IN_NAMES = re.compile(r"(gauge|counter|histogram|summary|metric)")


async def test_every_metric_is_named_and_described_by_the_conventions(engine: Engine, client: EngineClient) -> None:
    await sync(engine, client)
    text = (await exposition(engine)).text
    described = Counter(re.findall(r"^# (HELP|TYPE) (\S+)", text, re.MULTILINE))
    assert set(described.values()) == {1}
    scrape = {family.name: family for family in text_string_to_metric_families(text)}
    for family in scrape.values():
        total = "_total" if family.type == "counter" else ""
        assert described["HELP", family.name + total] == described["TYPE", family.name + total] == 1, family.name
        assert family.documentation.endswith("."), family.name
        assert family.type in {"gauge", "counter", "histogram"}, family.name
        assert _NAME.fullmatch(family.name), family.name
        assert family.name.startswith(("magflow_", "process_")), family.name
        assert not _NOT_BASE.search(family.name), family.name
        assert not _TYPES_IN_NAMES.search(family.name), family.name
        if family.type != "counter":
            assert not family.name.endswith(("_total", "_count", "_sum", "_bucket")), family.name
        for sample in family.samples:
            assert (sample.name == family.name + total) == (family.type != "histogram"), sample.name
            assert ("le" in sample.labels) == sample.name.endswith("_bucket")
            assert all(_NAME.fullmatch(label) for label in sample.labels)


async def test_no_series_is_there_twice_and_those_of_a_metric_have_the_same_labels(
    engine: Engine, client: EngineClient
) -> None:
    await sync(engine, client)
    scrape = await scraped(engine)
    series = Counter((sample.name, frozenset(sample.labels.items())) for sample in samples(scrape))
    assert {name for name, count in series.items() if count > 1} == set()
    labels = defaultdict(set)
    for sample in samples(scrape):
        labels[sample.name].add(frozenset(sample.labels))
    assert {name: names for name, names in labels.items() if len(names) > 1} == {}


async def test_buckets_rise_and_end_with_all(engine: Engine) -> None:
    for elapsed_ms in (1.0, 60.0, 400.0, 2500.0, 2500.0, 1e6):
        engine.monitor.observe(replace(REQUEST, elapsed_ms=elapsed_ms))
    scrape = await scraped(engine)
    buckets = [
        (float(sample.labels["le"]), sample.value)
        for sample in scrape["magflow_request_duration_seconds"].samples
        if sample.name.endswith("_bucket")
    ]
    assert buckets == sorted(buckets)
    counts = dict(buckets)
    assert (counts[0.05], counts[0.1], counts[0.5], counts[2.0], counts[3.0], counts[30.0]) == (1, 2, 3, 3, 5, 5)
    assert counts[math.inf] == 6
    of = {"account": "shop", "route": "order/read"}
    assert value(scrape, "magflow_request_duration_seconds_sum", **of) == pytest.approx(1005.461)


async def test_the_openmetrics_form_is_read_by_its_own_strict_parser(engine: Engine, client: EngineClient) -> None:
    await sync(engine, client)
    answer = await exposition(engine, OPENMETRICS)
    assert answer.headers["Content-Type"].startswith(OPENMETRICS)
    families = {family.name: family for family in openmetrics_families(answer.text)}
    plain = await scraped(engine)
    assert families["magflow_request_duration_seconds"].unit == "seconds"
    assert families["magflow_build"].type == "info"
    assert {family.removesuffix("_info") for family in plain} == set(families)


async def test_the_plain_form_says_what_it_is(engine: Engine) -> None:
    assert (await exposition(engine)).headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_whatever_comes_in_the_labels_are_known_ones(engine: Engine, client: EngineClient) -> None:
    await sync(engine, client)
    scrape = await scraped(engine)
    before = {(sample.name, frozenset(sample.labels.items())) for sample in samples(scrape)}
    for number in range(10_000):
        odd = f'{number}"}}\n'
        engine.monitor.observe(
            replace(REQUEST, route=f"order/{odd}", job=odd, note=odd, page=number, run_id=number, call=odd)
        )
    await sync(engine, client, requested_by='a "stranger"')
    scrape = await scraped(engine)
    known = {
        "account": {"shop", "bg"},
        "route": {*KNOWN_ROUTES, "other"},
        "job": set(KNOWN_JOBS),
        "code": set(CODES),
        "pool": {"orders", "other", "ean"},
        "resource": {"orders", "offers", "rma"},
    }
    for sample in samples(scrape):
        for label, values in known.items():
            assert sample.labels.get(label) in {None, *values}, sample
        assert all(re.fullmatch(r"[\w./+ -]*", text) for text in sample.labels.values()), sample
    after = {(sample.name, frozenset(sample.labels.items())) for sample in samples(scrape)}
    assert {dict(labels).get("route") for _, labels in after - before} == {"other"}
    assert value(scrape, "magflow_requests_total", account="shop", route="other", outcome="ok") == 10_000


async def test_without_the_token_there_is_no_scrape(engine: Engine) -> None:
    guarded = httpx.ASGITransport(BearerGuard(engine.asgi_app, SecretStr("right")))
    async with httpx.AsyncClient(transport=guarded, base_url="http://engine") as http:
        assert (await http.get("/metrics")).status_code == 401
        assert (await http.get("/metrics", headers={"Authorization": "Bearer right"})).status_code == 200


async def test_a_scrape_is_answered_while_the_store_cannot_be_read(engine: Engine) -> None:
    await engine.store.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE tallies RENAME TO lost").close()
    )
    with pytest.raises(StoreError):
        await engine.store.counts()
    scrape = await scraped(engine)
    assert "magflow_orders" not in scrape
    assert value(scrape, "magflow_draining") == 0
