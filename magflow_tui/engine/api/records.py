"""What is stored and what was asked: orders, offers, requests, accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, ValidationError

from magflow_tui.contract.listing import OfferSort, OrderSort, RowCount, RowFilter
from magflow_tui.contract.management import AccountList
from magflow_tui.contract.records import AccountTest, OfferPage, OrderDetail, OrderPage, RequestPage
from magflow_tui.engine.api.errors import ApiError, not_found
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine
from magflow_tui.engine.engine import Engine
from magflow_tui.engine.failures import as_sentence
from magflow_tui.store.list_query import ListQuery

router = APIRouter()


def _lower(name: str | None) -> str | None:
    return None if name is None else name.lower()


Limit = Annotated[int, Query(ge=1, le=500)]
Most = Annotated[int, Query(ge=1, le=100_000, description="count no further than this")]
Account = Annotated[str | None, Query(description="name of an account, in any case"), AfterValidator(_lower)]


class _ListPart:
    """The part of a list that is asked for, in the words that all lists have."""

    def __init__(
        self,
        account: Account = None,
        where: Annotated[str | None, Query(description="a RowFilter as JSON")] = None,
        descending: Annotated[bool | None, Query(description="null: the list's own direction")] = None,
        limit: Limit = 100,
        after: Annotated[str | None, Query(description="rows behind this mark")] = None,
        before: Annotated[str | None, Query(description="rows before this mark")] = None,
        start_at: Annotated[str | None, Query(description="rows from this mark's on")] = None,
        from_end: Annotated[bool, Query(description="the last rows")] = False,
    ) -> None:
        try:
            wanted = RowFilter() if where is None else RowFilter.model_validate_json(where)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise ApiError(400, "bad_request", as_sentence(f"where is no filter: {problem}"), detail="where") from None
        self.query = ListQuery(
            account=account,
            where=wanted,
            descending=descending,
            limit=limit,
            after=after,
            before=before,
            start_at=start_at,
            from_end=from_end,
        )


ListPart = Annotated[_ListPart, Depends()]


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
    with _named_mistakes():
        query = replace(part.query, sort=sort, with_total=count)
        return await engine.store.list_orders(query, status=status, has_findings=findings)


@router.get("/orders/count", tags=["orders"])
async def count_orders(
    engine: AnyEngine, part: ListPart, most: Most = 10_000, status: int | None = None, findings: bool | None = None
) -> RowCount:
    """How many orders match behind `after` or before `before`, newest first: as far as a few milliseconds reach."""
    with _named_mistakes():
        query = replace(part.query, limit=most)
        return await engine.store.count_orders(query, status=status, has_findings=findings)


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
    engine: AnyEngine,
    part: ListPart,
    sort: OfferSort = "id",
    sellable: bool | None = None,
    count: Annotated[bool, Query(description="count matching rows even where that takes time")] = False,
) -> OfferPage:
    """Offers, by account and id unless told otherwise."""
    with _named_mistakes():
        return await engine.store.list_offers(replace(part.query, sort=sort, with_total=count), sellable=sellable)


@router.get("/offers/count", tags=["offers"])
async def count_offers(
    engine: AnyEngine, part: ListPart, most: Most = 10_000, sellable: bool | None = None
) -> RowCount:
    """How many offers match; as for orders."""
    with _named_mistakes():
        return await engine.store.count_offers(replace(part.query, limit=most), sellable=sellable)


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


@contextmanager
def _named_mistakes() -> Iterator[None]:
    """A mark, a field or a combination that a list does not have is the client's mistake."""
    try:
        yield
    except ValueError as error:
        raise ApiError(400, "bad_request", as_sentence(str(error))) from None
