"""Actions through the management API: codes, shapes, waiting, and what the rest of the engine shows of them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from magflow_tui.client import EngineClient, EngineError
from magflow_tui.contract.actions import ActionRequest
from magflow_tui.contract.base import BASE_PATH
from magflow_tui.contract.findings import OrderKey
from magflow_tui.contract.runs import StartSync
from magflow_tui.engine.engine import Engine
from magflow_tui.marketplace.codes import CANCELLATION_REASONS
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.sandbox import SandboxServer
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source


async def synced(engine: Engine, client: EngineClient) -> None:
    started = await client.start_sync(StartSync(resources=("orders",), full=True))
    for run in started.runs:
        await engine.runner.wait(run.run_id)


def orders_in(sandbox: SandboxServer, status: int, order_type: int = 3, account: str = "shop") -> list[int]:
    truth = sandbox.control.orders(account)
    return [order.id for order in truth if (order.status, order.type) == (status, order_type)]


async def test_a_request_is_answered_at_once_and_followed_to_its_end(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    await synced(engine, client)
    (order, *_), (returned, *_) = orders_in(sandbox, 3), orders_in(sandbox, 5)
    orders = (OrderKey(account="shop", id=order), OrderKey(account="shop", id=returned))
    batch = await client.actions.request(ActionRequest(kind="cancel", orders=orders, reason=24, by="ana"))
    assert batch.batch_id is not None
    assert (batch.finished, batch.orders, batch.possible, batch.refused) == (False, 2, 1, 1)
    batch = await client.actions.batch(batch.batch_id, wait=20)
    assert (batch.finished, batch.done, batch.by) == (True, 1, "ana")
    assert [(row.order_id, row.state) for row in batch.rows] == [(returned, "refused"), (order, "done")]
    (newest, *_) = (await client.actions.actions(order_id=order, account="SHOP")).rows
    assert (newest.state, newest.status_before, newest.status_after, newest.by) == ("done", 3, 0, "ana")
    assert newest.recorded_at is not None
    assert newest.sent_at is not None
    assert newest.finished_at is not None
    assert newest.recorded_at <= newest.sent_at <= newest.finished_at
    assert (await client.actions.actions(state="refused")).rows[0].order_id == returned
    detail = await client.order(order, account="shop")
    assert detail.row.status == 0
    assert {choice.kind for choice in detail.choices} >= {"reread", "attach", "status"}
    for _ in range(100):
        events = (await client.events()).events
        if any(event.kind == "action.finished" for event in events):
            break
    told = [event for event in events if event.kind == "action.finished"]
    assert [(event.message, event.account, event.severity) for event in told] == [
        ("ana: 1 of 2 orders cancelled, 1 refused", "shop", "warning")
    ]


async def test_choices_say_what_is_possible_and_why_not_the_rest(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    await synced(engine, client)
    (fbe, *_) = orders_in(sandbox, 4, order_type=2)
    found = await client.actions.choices(fbe)
    assert (found.account, found.order_id, found.status) == ("shop", fbe, 4)
    assert {choice.kind for choice in found.choices if choice.possible} == {"attach", "reread"}
    assert all("FBE" in choice.why and "FBE" in choice.why_ro for choice in found.choices if not choice.possible)
    with pytest.raises(EngineError) as missing:
        await client.actions.choices(77)
    assert missing.value.body.code == "not_found"


async def test_the_reasons_are_those_of_the_marketplace(client: EngineClient) -> None:
    reasons = (await client.actions.reasons()).reasons
    assert {reason.code: reason.text_ro for reason in reasons} == dict(CANCELLATION_REASONS)
    assert [reason.code for reason in reasons] == sorted(CANCELLATION_REASONS)


async def test_mistakes_of_a_request_have_a_code_and_a_sentence(engine: Engine, client: EngineClient) -> None:
    for command, code, status in (
        (ActionRequest(kind="cancel", reason=24), "bad_request", 400),
        (ActionRequest(kind="cancel", orders=(OrderKey(account="none", id=1),)), "account_unknown", 404),
        (ActionRequest(kind="attach", orders=(OrderKey(account="shop", id=1),), url="x"), "bad_request", 400),
    ):
        with pytest.raises(EngineError) as refused:
            await client.actions.request(command)
        assert (refused.value.body.code, refused.value.status) == (code, status)
        assert refused.value.body.message.endswith(".")
    with pytest.raises(EngineError) as missing:
        await client.actions.batch(99)
    assert missing.value.body.code == "not_found"
    engine.draining = True
    with pytest.raises(EngineError) as draining:
        await client.actions.request(ActionRequest(kind="reread", orders=(OrderKey(account="shop", id=1),)))
    engine.draining = False
    assert draining.value.body.code == "draining"


async def test_an_order_two_accounts_have_is_ambiguous_until_one_is_named(
    engine: Engine, client: EngineClient, sandbox: SandboxServer
) -> None:
    await synced(engine, client)
    (order, *_) = orders_in(sandbox, 4)
    payload = sandbox.control.payload("shop", order)
    assert payload is not None
    source = Source("bg", "Europe/Sofia", datetime.now(UTC))
    await engine.store.write(partial(store_orders, source=source, items=[read_item(Order, payload)]))
    with pytest.raises(EngineError) as ambiguous:
        await client.actions.request(
            ActionRequest(kind="cancel", orders=(OrderKey(account="", id=order),), reason=24, dry_run=True)
        )
    assert (ambiguous.value.body.code, ambiguous.value.status) == ("ambiguous", 409)
    assert "bg, shop" in ambiguous.value.body.message
    named = ActionRequest(kind="reread", orders=(OrderKey(account="", id=order),), account="shop", dry_run=True)
    assert (await client.actions.request(named)).possible == 1


async def test_the_api_s_documentation_has_the_actions(engine: Engine) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(engine.asgi_app), base_url="http://engine") as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
    for path in ("/actions", "/actions/{batch_id}", "/reasons", "/orders/{order_id}/choices"):
        assert BASE_PATH + path in paths
