"""What is stored and what was asked: orders, offers, requests, accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator

from magflow_tui.contract.management import AccountList
from magflow_tui.contract.records import AccountTest, OfferPage, OrderDetail, OrderPage, RequestPage
from magflow_tui.engine.api.errors import ApiError, not_found
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine
from magflow_tui.engine.engine import Engine
from magflow_tui.engine.failures import as_sentence

router = APIRouter()


def _lower(name: str | None) -> str | None:
    return None if name is None else name.lower()


Limit = Annotated[int, Query(ge=1, le=500)]
Account = Annotated[str | None, Query(description="name of an account, in any case"), AfterValidator(_lower)]


@router.get("/orders", tags=["orders"])
async def list_orders(
    engine: AnyEngine,
    account: Account = None,
    status: int | None = None,
    findings: bool | None = None,
    limit: Limit = 100,
    after: str | None = None,
    count: bool = False,
) -> OrderPage:
    """Orders, newest first; `after` is the `next_after` of the page before, `count` asks for `total`."""
    try:
        return await engine.store.list_orders(
            status=status, account=account, has_findings=findings, limit=limit, after=after, with_total=count
        )
    except ValueError as error:
        raise _bad_mark(error) from None


@router.get("/orders/{order_id}", tags=["orders"])
async def show_order(engine: AnyEngine, order_id: int, account: Account = None) -> OrderDetail:
    """One order with everything that was received of it."""
    detail = await engine.store.get_order(order_id, await _owner(engine, order_id, account))
    if detail is None:
        raise not_found(f"order {order_id}")
    return detail


@router.get("/orders/{order_id}/raw", tags=["orders"])
async def show_order_payload(engine: AnyEngine, order_id: int, account: Account = None) -> Response:
    """The payload of an order exactly as received."""
    payload = await engine.store.get_order_payload(order_id, await _owner(engine, order_id, account))
    if payload is None:
        raise not_found(f"order {order_id}")
    return Response(payload, media_type="application/json")


@router.get("/offers", tags=["offers"])
async def list_offers(
    engine: AnyEngine, account: Account = None, limit: Limit = 100, after: str | None = None, count: bool = False
) -> OfferPage:
    """Offers; paging as for orders."""
    try:
        return await engine.store.list_offers(account=account, limit=limit, after=after, with_total=count)
    except ValueError as error:
        raise _bad_mark(error) from None


@router.get("/requests", tags=["requests"])
async def list_requests(
    engine: AnyEngine, after: Annotated[int, Query(ge=0)] = 0, limit: Limit = 500, newest: bool = False
) -> RequestPage:
    """The last requests to the marketplace behind `after`; with `newest` the last `limit` of them."""
    return engine.monitor.requests.page(after=after, limit=limit, newest=newest)


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


async def _owner(engine: Engine, order_id: int, account: str | None) -> str | None:
    """The account to look in. Raises `ApiError` when several have the id and none is named."""
    if account is not None:
        return account
    owners = await engine.store.accounts_of_order(order_id)
    if len(owners) > 1:
        message = f"Several accounts have an order {order_id}: {', '.join(owners)}."
        raise ApiError(409, "ambiguous", message, hint="Name one with account.")
    return owners[0] if owners else None


def _bad_mark(error: ValueError) -> ApiError:
    return ApiError(400, "bad_request", as_sentence(str(error)), detail="after")
