"""Requests to the marketplace: the last as they come, older ones by filter, one with its bodies, the next fault."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from magflow_tui.contract.past import FaultFound, RequestDetail
from magflow_tui.contract.records import RequestPage
from magflow_tui.engine.api.asking import Account, Limit, Where, filter_of, named_mistakes
from magflow_tui.engine.api.errors import not_found
from magflow_tui.engine.api.serving_engine import AnyEngine
from magflow_tui.engine.engine import Engine
from magflow_tui.store.conditions import Moment
from magflow_tui.store.request_log import RequestsAsked, find_fault, get_request, list_requests, requests_behind

router = APIRouter(tags=["requests"])


@router.get("/requests", response_model=RequestPage)
async def last_requests(
    engine: AnyEngine, after: Annotated[int, Query(ge=0)] = 0, limit: Limit = 500, newest: bool = False
) -> Response:
    """Requests behind `after`, in order: with `newest` the last `limit` of them; from 0 those of the last minutes."""
    ring = engine.monitor.requests
    page = ring.page(after=after, limit=limit, newest=newest)
    behind = max(after, page.last_seq - limit) if newest else after
    if behind + 1 < page.first_seq and (newest or after):
        page = await _with_older(engine, page, after, limit, newest)
    return Response(page.model_dump_json(), media_type="application/json")


@router.get("/requests/past", response_model=RequestPage)
async def past_requests(
    engine: AnyEngine,
    until: Annotated[AwareDatetime | None, Query(description="begun then or before")] = None,
    before: Annotated[int | None, Query(ge=1, description="with a number below")] = None,
    account: Account = None,
    faults: Annotated[bool, Query(description="only those that were not answered well")] = False,
    where: Where = None,
    limit: Limit = 500,
) -> Response:
    """The last `limit` requests of those that are kept, in order. A search stops after some milliseconds: it goes on
    with `next_before` as `before`.
    """
    await engine.recorder.settle()
    asked = RequestsAsked(Moment(engine.now()), until, before, account, faults, filter_of(where), limit)
    with named_mistakes():
        page = await engine.store.read(partial(list_requests, asked=asked))
    return Response(page.model_dump_json(), media_type="application/json")


@router.get("/requests/{seq}")
async def show_request(engine: AnyEngine, seq: int) -> RequestDetail:
    """One request, what was sent and received without anything personal, and every attempt of its call."""
    await engine.recorder.settle()
    kept = await engine.store.read(partial(get_request, seq=seq))
    if kept is None:
        raise not_found(f"request {seq} any more" if seq <= engine.monitor.requests.last_seq else f"request {seq}")
    account = engine.accounts.get(kept.row.account)
    url = None if account is None else f"{account.client.base_url}/{kept.path or kept.row.route}"
    return RequestDetail(row=kept.row, url=url, sent=kept.sent, received=kept.received, chain=kept.chain)


@router.get("/requests/{seq}/fault")
async def nearest_fault(
    engine: AnyEngine,
    seq: int,
    direction: Literal["next", "previous"] = "next",
    until: Annotated[AwareDatetime | None, Query(description="begun then or before")] = None,
    account: Account = None,
) -> FaultFound:
    """The nearest request behind or before number `seq` that was not answered well."""
    await engine.recorder.settle()
    look = partial(find_fault, seq=seq, direction=direction, until=until, account=account)
    found = await engine.store.read(look)
    return FaultFound(request=found.request, searched_to=found.searched_to)


async def _with_older(engine: Engine, page: RequestPage, after: int, limit: int, newest: bool) -> RequestPage:
    """A page of the last requests with those that are only in the store by now."""
    await engine.recorder.settle()
    if newest:
        missing = limit - len(page.requests)
        asked = RequestsAsked(Moment(engine.now()), before=page.first_seq, limit=missing)
        older = await engine.store.read(partial(list_requests, asked=asked))
        rows = (*(row for row in older.requests if row.seq > after), *page.requests)
    else:
        older = await engine.store.read(partial(requests_behind, seq=after, limit=limit))
        rows = older.requests
    return page.model_copy(update={"requests": rows, "first_seq": min(older.first_seq, page.first_seq)})
