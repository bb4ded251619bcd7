"""What is stored and what was asked: orders, offers, accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from magflow_tui.contract.listing import OfferSort, OrderSort, RowCount
from magflow_tui.contract.management import AccountList
from magflow_tui.contract.offers import OfferDetail
from magflow_tui.contract.records import AccountTest, OfferPage, OrderDetail, OrderPage
from magflow_tui.engine.api.asking import Account, ListPart, Most, named_mistakes, owner_of
from magflow_tui.engine.api.errors import ApiError, not_found
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine

router = APIRouter()


@router.get("/orders", tags=["orders"])
async def list_orders(
    engine: AnyEngine,
    part: ListPart,
    sort: OrderSort = "date",
    status: int | None = None,
    findings: bool | None = None,
    count: Annotated[bool, Query(description="count matching rows even where that takes time")] = False,
) -> OrderPage:
    """Orders, newest first unless told otherwise."""
    with named_mistakes():
        query = replace(part.query, sort=sort, with_total=count)
        return await engine.store.list_orders(query, status=status, has_findings=findings)


@router.get("/orders/count", tags=["orders"])
async def count_orders(
    engine: AnyEngine, part: ListPart, most: Most = 10_000, status: int | None = None, findings: bool | None = None
) -> RowCount:
    """How many orders match behind `after` or before `before`, newest first: as far as a few milliseconds reach."""
    with named_mistakes():
        query = replace(part.query, limit=most)
        return await engine.store.count_orders(query, status=status, has_findings=findings)


@router.get("/orders/{order_id}", tags=["orders"])
async def show_order(engine: AnyEngine, order_id: int, account: Account = None) -> OrderDetail:
    """One order with everything that was received of it."""
    detail = await engine.store.get_order(order_id, await owner_of(engine, order_id, account))
    if detail is None:
        raise not_found(f"order {order_id}")
    found = await engine.actions.choices(detail.row.account, order_id)
    return detail.model_copy(update={"choices": found.choices if found else ()})


@router.get("/orders/{order_id}/raw", tags=["orders"])
async def show_order_payload(engine: AnyEngine, order_id: int, account: Account = None) -> Response:
    """The payload of an order exactly as received."""
    payload = await engine.store.get_order_payload(order_id, await owner_of(engine, order_id, account))
    if payload is None:
        raise not_found(f"order {order_id}")
    return Response(payload, media_type="application/json")


@router.get("/offers", tags=["offers"])
async def list_offers(
    engine: AnyEngine,
    part: ListPart,
    sort: OfferSort = "id",
    sellable: bool | None = None,
    count: Annotated[bool, Query(description="count matching rows even where that takes time")] = False,
) -> OfferPage:
    """Offers, by account and id unless told otherwise."""
    with named_mistakes():
        return await engine.store.list_offers(replace(part.query, sort=sort, with_total=count), sellable=sellable)


@router.get("/offers/count", tags=["offers"])
async def count_offers(
    engine: AnyEngine, part: ListPart, most: Most = 10_000, sellable: bool | None = None
) -> RowCount:
    """How many offers match; as for orders."""
    with named_mistakes():
        return await engine.store.count_offers(replace(part.query, limit=most), sellable=sellable)


@router.get("/offers/{offer_id}", tags=["offers"])
async def show_offer(engine: AnyEngine, offer_id: int, account: Account = None) -> OfferDetail:
    """One offer with everything that decides whether it can be sold."""
    if account is None:
        owners = await engine.store.accounts_of_offer(offer_id)
        if len(owners) > 1:
            message = f"Several accounts have an offer {offer_id}: {', '.join(owners)}."
            raise ApiError(409, "ambiguous", message, hint="Name one with account.")
    detail = await engine.store.get_offer(offer_id, account)
    if detail is None:
        raise not_found(f"offer {offer_id}")
    return detail


@router.get("/accounts", tags=["accounts"])
async def list_accounts(engine: AnyEngine) -> AccountList:
    """Every account of the settings, and how the marketplace last answered it."""
    return AccountList(accounts=await engine.account_states())


@router.post("/accounts/{name}/test", tags=["accounts"])
async def test_account(engine: WorkingEngine, name: str) -> AccountTest:
    """One real call with the account's credentials."""
    if name.lower() not in engine.accounts:
        known = ", ".join(engine.accounts) or "none"
        raise ApiError(404, "account_unknown", f"There is no account {name!r} in use; there are: {known}.", detail=name)
    return await engine.accounts[name.lower()].test()
