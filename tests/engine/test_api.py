"""The management API over an engine in this process and a marketplace on this machine."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Connection

from magflow_tui.client import EngineClient, EngineError, EngineNotRunningError
from magflow_tui.config import Settings
from magflow_tui.contract.base import BASE_PATH
from magflow_tui.contract.errors import ErrorBody
from magflow_tui.contract.management import HealthAnswer, LimiterStats, ProductStats, SyncStats
from magflow_tui.contract.runs import Run, StartSync
from magflow_tui.engine.engine import Engine
from magflow_tui.sandbox import SandboxServer
from magflow_tui.store import pages

HOUR = timedelta(hours=1)


async def finished(engine: Engine, client: EngineClient, command: StartSync) -> list[Run]:
    started = await client.start_sync(command)
    for run in started.runs:
        await engine.runner.wait(run.run_id)
    return [await client.run(run.run_id) for run in started.runs]


async def test_a_sync_that_was_asked_for_fills_the_lists(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    runs = await finished(engine, client, StartSync(full=True))
    assert {(run.account, run.resource) for run in runs} == {
        (account, resource) for account in ("shop", "bg") for resource in ("orders", "offers", "rma")
    }
    assert {run.result for run in runs} == {"completed"}
    truth = {order.id for order in sandbox.control.orders("shop") if order.readable}
    listed, after = set(), None
    while True:
        page = await client.orders(account="shop", limit=60, after=after, count=after is None)
        listed |= {order.id for order in page.orders}
        if page.next_after is None:
            break
        after = page.next_after
    assert listed == truth
    some = next(iter(truth))
    assert await client.order_raw(some, account="shop") == sandbox.control.payload("shop", some)
    assert (await client.order(some)).row.account == "shop"
    assert len((await client.offers(account="bg")).offers) == len(tuple(sandbox.control.offers("bg")))
    states = {state.name: state for state in (await client.accounts()).accounts}
    assert (states["shop"].status, states["shop"].orders, states["bg"].rma) == ("ok", len(truth), 2)
    assert [run.run_id for run in (await client.runs(account="bg", resource="rma")).runs] == [
        run.run_id for run in runs if (run.account, run.resource) == ("bg", "rma")
    ]


async def test_statistics_answer_under_the_names_that_callers_know(engine: Engine, client: EngineClient) -> None:
    await finished(engine, client, StartSync(resources=("offers",), full=True))
    sync = await client.sync_stats()
    assert (sync.total_syncs, sync.successful_syncs, sync.failed_syncs, sync.success_rate) == (2, 2, 0, 100.0)
    assert sync.total_items_processed == 50
    products = await client.product_stats()
    assert products.total_products == 50
    assert products.by_account == {"shop": 40, "bg": 10}
    assert products.sellable + products.without_stock <= 50
    assert sum(each.offers for each in products.by_validation_status) == 50
    offer = (await client.offers(account="shop", limit=1)).offers[0]
    detail = await client.offer(offer.id, account="shop")
    assert detail.row == offer
    assert detail.row.sellable == all(check.ok for check in detail.checks)
    limits = await client.limiter_stats()
    assert limits.other_requests > 0
    assert limits.orders_requests == 0
    assert set(limits.accounts) == {"shop", "bg"}
    health = await client.health()
    assert health.metrics.requests == limits.other_requests
    await client.reset_limiter()
    assert (await client.limiter_stats()).other_requests == 0
    for model, keys in (
        (SyncStats, "total_syncs successful_syncs failed_syncs success_rate average_duration_seconds "
                    "total_items_processed period"),
        (ProductStats, "total_products active_products inactive_products by_account recently_synced_24h"),
        (LimiterStats, "orders_requests other_requests rate_limit_hits total_wait_time current_orders_rpm "
                       "current_other_rpm orders_rpm_usage other_rpm_usage orders_tokens_available "
                       "other_tokens_available"),
        (HealthAnswer, "status health_score metrics alerts timestamp"),
    ):  # fmt: skip
        assert set(keys.split()) <= set(model.model_fields)


async def test_health_tells_every_line_of_the_score_and_of_each_account(engine: Engine, client: EngineClient) -> None:
    await finished(engine, client, StartSync(resources=("offers",), accounts=("shop",)))
    await engine.history.refresh()
    engine.monitor.tick(engine.accounts.gauges(), engine.history.readings(None, ()))
    health = await client.health()
    assert (health.status, health.health_score) == ("healthy", 100)
    assert {line.metric for line in health.lines} == {"error_rate", "response_time", "limit_use", "sync_success"}
    assert health.lines == (await client.snapshot()).health.lines
    scores = {account.account: (account.score, account.metrics.requests > 0) for account in health.accounts}
    assert scores == {"shop": (100, True), "bg": (None, False)}
    assert health.accounts == (await client.snapshot()).account_health
    assert health.metrics.sync_success == 100.0


async def test_metrics_are_told_of_an_account_and_of_a_pool_too(engine: Engine, client: EngineClient) -> None:
    await finished(engine, client, StartSync(resources=("offers", "rma")))
    engine.monitor.tick(engine.accounts.gauges(), engine.history.readings(None, ()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(engine.asgi_app), base_url="http://engine") as http:

        async def metrics(**asked: str) -> dict[str, float]:
            answer = await http.get(f"{BASE_PATH}/monitoring/metrics", params=asked)
            return dict(answer.raise_for_status().json()["metrics"])

        every, shop, bg = await metrics(), await metrics(account="Shop"), await metrics(account="bg")
        assert 0 < shop["requests"] < every["requests"] == shop["requests"] + bg["requests"]
        assert await metrics(account="shop", pool="other") == shop
        orders = await metrics(account="shop", pool="orders")
        assert (orders["requests"], orders["limit_use"], orders["mean_ms"]) == (0, 0.0, None)
        unknown = await http.get(f"{BASE_PATH}/monitoring/metrics", params={"account": "nobody"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "account_unknown")


async def test_health_is_unknown_before_the_first_request(client: EngineClient) -> None:
    health = await client.health()
    assert (health.status, health.health_score) == ("unknown", None)


async def test_a_second_start_joins_the_run_that_is_on(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    command = StartSync(resources=("orders",), accounts=("shop",), full=True)
    first = await client.start_sync(command)
    second = await client.start_sync(command)
    assert second.joined == (first.runs[0].run_id,)
    await engine.runner.wait(first.runs[0].run_id)


async def test_a_snapshot_is_whole_small_and_quick(engine: Engine, client: EngineClient) -> None:
    await finished(engine, client, StartSync(full=True))
    snapshot = await client.snapshot()
    assert {account.name for account in snapshot.accounts} == {"shop", "bg"}
    assert {(gauge.account, gauge.pool) for gauge in snapshot.pools} >= {("shop", "orders"), ("bg", "other")}
    assert len(snapshot.recent_runs) <= 20
    assert snapshot.last_request_seq == engine.monitor.requests.last_seq > 0
    assert {use.route for use in snapshot.routes} >= {"order/read", "product_offer/read", "rma/read"}
    assert len(snapshot.model_dump_json()) < 40_000
    # CPU time of building on the loop; reading the counts happens in the store's threads.
    times = []
    for seq in range(20):
        began = time.thread_time()
        (await engine.build_snapshot(seq)).model_dump_json()
        times.append(time.thread_time() - began)
    assert sorted(times)[len(times) // 2] < 0.005


async def test_the_pages_that_a_run_missed_are_told_by_name(engine: Engine, client: EngineClient) -> None:
    (run,) = await finished(engine, client, StartSync(resources=("offers",), accounts=("shop",)))
    assert (await client.run_pages(run.run_id)).missed == ()
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    places = {
        1: '{"dimension":"all"}',
        2: '{"dimension":"created","type":3,"first":1767225600,"last":1769817600}',
        3: "?",
    }

    def miss(connection: Connection) -> None:
        for window, place in places.items():
            pages.note_missed(
                connection, run.run_id, window=window, page=7, place=place, error="HTTP 500", attempts=4, at=at
            )
        pages.note_missed(
            connection, run.run_id, window=2, page=7, place=places[2], error="timeout", attempts=3, at=at + HOUR
        )
        pages.settle_page(connection, run.run_id, 1, 7, at + HOUR)

    await engine.store.write(miss)
    missed = (await client.run_pages(run.run_id)).missed
    assert [(page.window, page.type, page.attempts) for page in missed] == [
        ("offers 2026-01-01 … 2026-01-31, type 3", 3, 7),
        ("?", None, 4),
        ("offers", None, 4),
    ]
    assert (missed[0].error, missed[0].first_failed, missed[0].last_failed) == ("timeout", at, at + HOUR)
    assert [page.recovered for page in missed] == [None, None, at + HOUR]
    with pytest.raises(EngineError) as unknown:
        await client.run_pages(987)
    assert unknown.value.body.code == "not_found"


async def test_the_throughput_of_a_run_is_told_while_it_is_remembered(engine: Engine, client: EngineClient) -> None:
    (run,) = await finished(engine, client, StartSync(resources=("offers",), accounts=("shop",)))
    throughput = await client.run_throughput(run.run_id)
    assert sum(throughput.items_per_second) * throughput.seconds == pytest.approx(run.items)
    with pytest.raises(EngineError) as unknown:
        await client.run_throughput(987)
    assert unknown.value.status == 404


async def test_requests_are_listed_by_number(engine: Engine, client: EngineClient) -> None:
    await finished(engine, client, StartSync(resources=("rma",), accounts=("bg",)))
    page = await client.requests()
    assert [row.seq for row in page.requests] == list(range(1, page.last_seq + 1))
    assert page.requests[0].outcome == "ok"
    assert (await client.requests(after=page.last_seq)).requests == ()


async def test_events_tell_what_happened_in_order(engine: Engine, client: EngineClient) -> None:
    await finished(engine, client, StartSync(resources=("rma",), accounts=("bg",)))
    await client.reset_limiter()
    await engine.events.wait(engine.events.last_seq, 5)
    events = (await client.events(after=0)).events
    kinds = [event.kind for event in events]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert kinds[0] == "engine.started"
    assert kinds.index("run.started") < kinds.index("run.finished") < kinds.index("limits.reset")
    assert "account.state" in kinds


FAULTS = (
    ("GET", "/nowhere", None, 404, "not_found"),
    ("GET", "/runs/999", None, 404, "not_found"),
    ("GET", "/orders/999", None, 404, "not_found"),
    ("GET", "/orders/999/raw", None, 404, "not_found"),
    ("GET", "/orders?limit=100000", None, 422, "bad_request"),
    ("GET", "/orders?status=new", None, 422, "bad_request"),
    ("GET", "/orders?after=%21nonsense", None, 400, "bad_request"),
    ("GET", "/offers?after=%21nonsense", None, 400, "bad_request"),
    ("GET", "/events?after=-1", None, 422, "bad_request"),
    ("POST", "/runs", {"resources": ["parcels"]}, 422, "bad_request"),
    ("POST", "/runs", {"accounts": ["nobody"]}, 404, "account_unknown"),
    ("POST", "/runs/999/cancel", {}, 404, "not_found"),
    ("POST", "/runs/999/resume", None, 404, "not_found"),
    ("POST", "/accounts/nobody/test", None, 404, "account_unknown"),
    ("POST", "/schedule", {}, 422, "bad_request"),
    ("DELETE", "/runs", None, 405, "method_not_allowed"),
)


async def test_every_error_has_the_one_shape(engine: Engine) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(engine.asgi_app), base_url="http://e") as http:
        for method, path, command, status, code in FAULTS:
            answer = await http.request(method, BASE_PATH + path, json=command)
            found = ErrorBody.model_validate_json(answer.content)
            assert (answer.status_code, found.code) == (status, code), path
            assert found.message.endswith("."), path
            assert set(answer.json()) == {"code", "message", "detail", "hint"}, path


async def test_an_unknown_account_is_told_with_those_that_exist(client: EngineClient) -> None:
    with pytest.raises(EngineError, match=r"there are: (shop, bg|bg, shop)\.") as caught:
        await client.start_sync(StartSync(accounts=("nobody",)))
    assert caught.value.status == 404


async def test_a_failure_of_the_engine_shows_no_traceback(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("inner secret")

    monkeypatch.setattr(engine, "info", broken)
    transport = httpx.ASGITransport(engine.asgi_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://e") as http:
        answer = await http.get(f"{BASE_PATH}/engine")
    assert answer.status_code == 500
    assert ErrorBody.model_validate_json(answer.content).code == "internal"
    assert "inner secret" not in answer.text


async def test_an_order_of_two_accounts_is_ambiguous_until_one_is_named(
    settings: Settings, sandbox: SandboxServer
) -> None:
    shop = settings.accounts["shop"]
    engine = Engine(settings.model_copy(update={"accounts": {"shop": shop, "twin": shop}}), schedules=False)
    async with engine.running(), EngineClient.over(httpx.ASGITransport(engine.asgi_app)) as client:
        await finished(engine, client, StartSync(resources=("orders",), full=True))
        order_id = next(order.id for order in sandbox.control.orders("shop") if order.readable)
        for call in (client.order, client.order_raw):
            with pytest.raises(EngineError, match="shop, twin") as caught:
                await call(order_id)
            assert caught.value.body.code == "ambiguous"
        assert (await client.order(order_id, account="Twin")).row.account == "twin"


async def test_a_cancelled_run_can_be_resumed_and_a_finished_one_cannot(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    started = await client.start_sync(StartSync(resources=("orders",), accounts=("shop",), full=True))
    run_id = started.runs[0].run_id
    await client.cancel_run(run_id, "now")
    run = await engine.runner.wait(run_id)
    assert run.result == "cancelled"
    with pytest.raises(EngineError) as caught:
        await client.cancel_run(run_id)
    assert (caught.value.status, caught.value.body.code) == (409, "conflict")
    resumed = await client.resume_run(run_id)
    assert resumed.runs[0].run_id == run_id
    assert (await engine.runner.wait(run_id)).result == "completed"
    with pytest.raises(EngineError) as caught:
        await client.resume_run(run_id)
    assert caught.value.body.code == "conflict"


async def test_an_account_test_tells_how_the_marketplace_answers(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    assert (await client.test_account("shop")).ok
    sandbox.control.refuse_ip(True)
    refused = await client.test_account("SHOP")
    assert (refused.ok, refused.status) == (False, "refused_ip")
    assert engine.monitor.standing("shop").status == "refused_ip"
    sandbox.control.refuse_ip(False)
    assert (await client.test_account("shop")).ok
    assert engine.monitor.standing("shop").status == "ok"


async def test_wrong_credentials_are_no_reason_not_to_start(settings: Settings) -> None:
    engine = Engine(settings, schedules=False, passwords={"shop": "wrong", "bg": "wrong"})
    async with engine.running(), EngineClient.over(httpx.ASGITransport(engine.asgi_app)) as client:
        (run,) = await finished(engine, client, StartSync(resources=("orders",), accounts=("shop",)))
        assert run.result == "failed"
        states = {state.name: state for state in (await client.accounts()).accounts}
    assert states["shop"].status == "unauthorised"
    assert "settings" in str(states["shop"].message)
    assert states["bg"].status == "unknown"


async def test_schedules_are_switched_by_call(engine: Engine, client: EngineClient) -> None:
    assert not (await client.engine()).schedules_on
    assert (await client.set_schedule(True)).schedules_on
    queue = (await client.snapshot()).queue
    assert {(job.account, job.resource) for job in queue} >= {("shop", "orders"), ("bg", "rma")}
    assert not (await client.set_schedule(False)).schedules_on
    assert (await client.snapshot()).queue == ()


async def test_an_engine_without_accounts_starts_and_says_so(settings: Settings) -> None:
    engine = Engine(settings.model_copy(update={"accounts": {}}))
    async with engine.running(), EngineClient.over(httpx.ASGITransport(engine.asgi_app)) as client:
        assert (await client.snapshot()).accounts == ()
        with pytest.raises(EngineError) as caught:
            await client.start_sync(StartSync())
    assert caught.value.body.code == "no_accounts"
    assert "config init" in str(caught.value)


async def test_a_draining_engine_takes_no_work_and_the_probe_says_so(engine: Engine, client: EngineClient) -> None:
    app = engine.asgi_app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://e") as http:
        assert (await http.get("/health")).status_code == 200
        await engine.drain()
        assert (await http.get("/health")).status_code == 503
    with pytest.raises(EngineError) as caught:
        await client.start_sync(StartSync())
    assert caught.value.body.code == "draining"


async def test_interrupted_runs_go_on_at_the_next_start(settings: Settings, sandbox: SandboxServer) -> None:
    settings_off = settings.model_copy(
        update={"sync": settings.sync.model_copy(update=dict.fromkeys(
            ("orders_every", "offers_every", "rma_every"), settings.sync.orders_every * 0))}
    )  # fmt: skip
    first = Engine(settings_off, schedules=False)
    async with first.running():
        started = await first.runner.start("shop", "orders", full=True, requested_by="test")
        await first.drain()
        interrupted = await first.store.get_run(started.run.run_id)
    assert interrupted is not None
    assert interrupted.result == "running"
    second = Engine(settings_off, schedules=True)
    async with second.running():
        run = await second.runner.wait(started.run.run_id)
        assert (run.result, run.resumed) == ("completed", 1)
        counts = await second.store.counts()
    assert counts["shop"].orders == len(tuple(sandbox.control.orders("shop")))


async def test_the_last_hour_is_told_by_minutes_that_are_over(client: EngineClient) -> None:
    minutes = await client.minutes()
    assert minutes.until is None or minutes.until.second == 0
    assert len(minutes.mean_ms) == len(minutes.p95_ms) <= 60
    assert (await client.engine()).schema_version


async def test_the_documentation_names_every_path(engine: Engine) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(engine.asgi_app), base_url="http://e") as http:
        assert (await http.get("/docs")).status_code == 200
        described = json.loads((await http.get("/openapi.json")).content)["paths"]
    for path in (
        "/health", "/monitoring/metrics", "/monitoring/minutes", "/monitoring/sync-stats", "/monitoring/product-stats",
        "/rate-limiter/stats", "/rate-limiter/reset", "/rate-limiter/cap", "/rate-limiter/reserve",
        "/rate-limiter/settings", "/rate-limiter/losses", "/snapshot", "/snapshot/stream", "/events", "/events/stream",
        "/runs", "/runs/{run_id}", "/runs/{run_id}/pages", "/runs/{run_id}/throughput", "/runs/{run_id}/cancel",
        "/runs/{run_id}/resume", "/orders", "/orders/{order_id}", "/orders/{order_id}/raw", "/offers", "/requests",
        "/alerts", "/accounts", "/accounts/{name}/test", "/engine", "/engine/stop", "/schedule",
    ):  # fmt: skip
        assert BASE_PATH + path in described


async def test_a_sync_reads_pages_of_the_size_that_is_set(settings: Settings) -> None:
    sync = settings.sync.model_copy(update={"page_size": 20})
    engine = Engine(settings.model_copy(update={"sync": sync}), schedules=False)
    async with engine.running(), EngineClient.over(httpx.ASGITransport(engine.asgi_app)) as client:
        (run,) = await finished(engine, client, StartSync(resources=("offers",), accounts=("shop",)))
    assert (run.result, run.items, run.pages) == ("completed", 40, 2)


async def test_an_engine_that_is_to_stop_tells_no_new_stream_a_beginning(engine: Engine, client: EngineClient) -> None:
    links: list[bool] = []
    engine.stop_requested.set()
    stream = client.event_stream(reconnect=False, on_link=lambda link: links.append(link.up))
    with pytest.raises(EngineNotRunningError):
        async with asyncio.timeout(10), aclosing(stream) as events:
            await anext(events)
    assert links == []
