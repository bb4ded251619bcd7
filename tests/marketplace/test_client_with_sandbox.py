"""The client against the sandbox over real HTTP: what the marketplace does, the client copes with."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from magflow_tui.marketplace import errors
from magflow_tui.marketplace.filters import CategoryFilter, OfferFilter, OrderFilter, RmaFilter
from magflow_tui.marketplace.localtime import format_local, parse_local
from magflow_tui.marketplace.paging import Page
from magflow_tui.marketplace.schema import Order
from magflow_tui.rules.totals import order_total
from magflow_tui.sandbox import Burst, Faults, Limits, SandboxAccount, SandboxConfig, SandboxServer

NOW = 1_790_000_000
ZONE = "Europe/Bucharest"


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxServer]:
    account = SandboxAccount(
        name="main", platform="emag-ro", username="vanzator", password="parola-inventata", orders=350, offers=130,
        rmas=12, fbe=0.2, broken=0.0, days=25,
    )  # fmt: skip
    config = SandboxConfig(seed=11, accounts=(account,), limits=Limits(enabled=False), now=NOW)
    async with SandboxServer(config) as server:
        yield server


@pytest.fixture
async def rig(sandbox: SandboxServer, open_client: Callable[..., Any]) -> Any:
    return await open_client(base_url=sandbox.base_url("main"), read_timeout=5.0)


async def all_orders(rig: Any, order_type: int) -> list[Any]:
    async with aclosing(rig.client.pages(rig.client.read_orders, OrderFilter(type=order_type))) as pages:
        return [item async for page in pages if isinstance(page, Page) for item in page.items]


async def test_every_order_of_both_types_arrives_byte_for_byte_and_reads_without_issues(
    sandbox: SandboxServer, rig: Any
) -> None:
    items = [*await all_orders(rig, 3), *await all_orders(rig, 2)]
    assert all(item.issues == () for item in items), [item.issues for item in items if item.issues][:3]
    assert {item.value.id: hashlib.sha256(item.raw).hexdigest() for item in items} == {
        truth.id: truth.sha256 for truth in sandbox.control.orders("main")
    }
    assert len(items) == 350
    assert all(item.value.model_extra == {} for item in items), "a documented key that the schema does not name"


async def test_counts_agree_with_what_is_read(rig: Any) -> None:
    for order_type in (2, 3):
        count = await rig.client.count_orders(OrderFilter(type=order_type))
        assert count.items == len(await all_orders(rig, order_type))
        assert count.page_size == 100
    assert (await rig.client.count_offers(OfferFilter())).items == 130
    assert (await rig.client.count_rma(RmaFilter())).items == 12


async def test_what_a_card_order_costs_is_what_was_cashed(rig: Any) -> None:
    orders = [item.value for item in [*await all_orders(rig, 3), *await all_orders(rig, 2)]]
    paid = [order for order in orders if order.cashed_co and order.status != 0]
    assert len(paid) > 30
    for order in paid:
        assert order_total(order) == order.cashed_co, order.id
    assert all(order_total(order) is not None for order in orders)


async def test_damaged_orders_are_listed_and_cost_their_page_nothing(sandbox: SandboxServer, rig: Any) -> None:
    sandbox.control.add_orders(40, account="main", broken=40)
    items = [*await all_orders(rig, 3), *await all_orders(rig, 2)]
    assert len(items) == 390
    damaged = {truth.sha256: truth for truth in sandbox.control.orders("main") if truth.damage}
    by_hash = {hashlib.sha256(item.raw).hexdigest(): item for item in items}
    assert set(damaged) <= set(by_hash)
    for sha256, truth in damaged.items():
        if not truth.readable:
            assert by_hash[sha256].value is None, truth
            assert by_hash[sha256].issues
    assert all(item.value is not None or item.issues for item in items)


async def test_offers_returns_and_nomenclatures_read_without_issues(rig: Any) -> None:
    async with aclosing(rig.client.pages(rig.client.read_offers, OfferFilter())) as pages:
        offers = [item async for page in pages if isinstance(page, Page) for item in page.items]
    returns = (await rig.client.read_rma(RmaFilter())).items
    lists = [
        *(await rig.client.read_vat_rates()).items,
        *(await rig.client.read_handling_times()).items,
        *(await rig.client.read_categories(CategoryFilter())).items,
    ]
    assert (len(offers), len(returns)) == (130, 12)
    assert lists
    for item in [*offers, *returns, *lists]:
        assert item.issues == (), item.raw[:300]
        assert item.value is not None


async def test_a_window_of_modified_orders_holds_what_was_just_changed(sandbox: SandboxServer, rig: Any) -> None:
    changed = set(sandbox.control.change_orders(7, account="main")["main"])
    latest = max(truth.modified for truth in sandbox.control.orders("main") if truth.id in changed)
    page = await rig.client.read_orders(OrderFilter(id=next(iter(changed))))
    assert len(page.items) <= 1
    assert latest is not None
    newest = [item.value for kind in (2, 3) for item in await all_orders(rig, kind) if item.value.id in changed]
    instants = sorted(parse_local(order.modified, ZONE) for order in newest)
    window = {"modified_after": format_local(instants[0], ZONE), "modified_before": format_local(instants[-1], ZONE)}
    found = {
        item.value.id
        for kind in (2, 3)
        for item in (await rig.client.read_orders(OrderFilter(type=kind, **window))).items
    }
    assert changed <= found


async def test_wrong_credentials_are_named_and_not_tried_again(
    sandbox: SandboxServer, open_client: Callable[..., Any]
) -> None:
    rig = await open_client(base_url=sandbox.base_url("main"), password="alta")
    with pytest.raises(errors.AuthenticationError, match="not allowed to use this API") as raised:
        await rig.client.read_orders(OrderFilter())
    assert raised.value.status_code == 403
    assert [record.outcome for record in rig.records] == ["authentication"]


async def test_a_refused_address_is_named_though_the_answer_says_200(sandbox: SandboxServer, rig: Any) -> None:
    sandbox.control.refuse_ip(True)
    with pytest.raises(errors.IpRefusedError, match="Invalid vendor ip"):
        await rig.client.read_orders(OrderFilter())
    assert [(record.status, record.outcome) for record in rig.records] == [(200, "refused_ip")]


async def test_a_new_order_is_acknowledged_once(sandbox: SandboxServer, rig: Any) -> None:
    order_id = next(truth.id for truth in sandbox.control.orders("main") if truth.status == 1 and truth.type == 3)
    await rig.client.acknowledge_order(order_id)
    page = await rig.client.read_orders(OrderFilter(id=order_id))
    assert page.items[0].value.status == 2
    with pytest.raises(errors.BusinessLogicError):
        await rig.client.acknowledge_order(order_id)


async def test_stock_and_offer_saves_arrive(rig: Any) -> None:
    offer = (await rig.client.read_offers(OfferFilter())).items[0].value
    await rig.client.update_offer_stock(offer.id, 21)
    assert (await rig.client.read_offers(OfferFilter(id=offer.id))).items[0].value.stock[0].value == 21
    with pytest.raises(errors.EmagApiError, match=r"not found|does not exist"):
        await rig.client.update_offer_stock(999_999_999, 1)


async def test_a_span_of_more_than_a_month_is_a_refusal_and_not_repeated(rig: Any) -> None:
    wide = OrderFilter(type=3, created_after="2026-01-01 00:00:00", created_before="2026-06-01 00:00:00")
    with pytest.raises(errors.EmagApiError) as raised:
        await rig.client.read_orders(wide)
    assert not raised.value.retryable
    assert len(rig.records) == 1


@pytest.mark.parametrize(
    "kind",
    ["server_error", "reset", "truncated", "missing_is_error", "null_results", "rate_limited", "cut_headers"],
)
async def test_a_burst_of_each_fault_is_lived_through(sandbox: SandboxServer, rig: Any, kind: Any) -> None:
    sandbox.control.burst(Burst(kind=kind, times=2, route="order/read"))
    page = await rig.client.read_orders(OrderFilter(type=3))
    assert len(page.items) == 100
    outcomes = [record.outcome for record in rig.records]
    assert outcomes[-1] == "ok"
    assert len(outcomes) == 3


async def test_a_long_walk_through_bad_weather_brings_every_order_once(sandbox: SandboxServer, rig: Any) -> None:
    sandbox.control.set_faults(Faults(server_error=0.15, reset=0.1, truncated=0.1, missing_is_error=0.05))
    walks = [all_orders(rig, 3) for _ in range(4)]
    truth = {order.id for order in sandbox.control.orders("main") if order.type == 3}
    for items in await asyncio.gather(*walks):
        assert Counter(item.value.id for item in items) == Counter(truth)
    assert len(rig.records) > 16


async def test_an_order_s_models_are_frozen(rig: Any) -> None:
    order = (await rig.client.read_orders(OrderFilter(type=3))).items[0].value
    assert isinstance(order, Order)
    with pytest.raises(ValueError, match="frozen"):
        order.status = 5
