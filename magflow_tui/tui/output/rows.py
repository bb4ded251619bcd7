"""Where the rows of each list come from: all of them, page by page, filtered and sorted as the list is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from magflow_tui.tui.output.export import Row
from magflow_tui.tui.output.names import LIST_OF, ListName
from magflow_tui.tui.views.context import ListState
from magflow_tui.tui.views.masking import masked_document
from magflow_tui.tui.views.request_rows import in_order, is_fault, passes, request_filter
from magflow_tui.tui.views.run_rows import chosen_runs
from magflow_tui.tui.views.spending import routes_shown

if TYPE_CHECKING:
    from pydantic import BaseModel

    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.contract.runs import Run
    from magflow_tui.tui.app import MagFlowApp
    from magflow_tui.tui.data.paging import PagedList

Pages: TypeAlias = "AsyncGenerator[Sequence[BaseModel], None]"

#: Rows asked of the engine at once.
PAGE = 250


@dataclass(frozen=True, slots=True)
class Source:
    """A list to be exported: its columns, its pages, which raise `EngineError`, and what makes rows of a page."""

    columns: tuple[str, ...]
    pages: Pages
    rows_of: Callable[[Sequence[BaseModel]], Sequence[Row]]


def source(name: ListName, app: MagFlowApp, client: EngineClient) -> Source:
    """The rows of a list as the operator has it: account, filter, faults and order; masked unless the app reveals."""
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.records import OfferRow, OrderRow, RequestRow
    from magflow_tui.contract.runs import Run
    from magflow_tui.contract.snapshot import Alert, RouteUse

    view = app.view()
    place = next((place for place, shown in LIST_OF.items() if shown == name), name)
    state = app.place.lists.get(place, ListState())
    models: type[BaseModel]
    pages: Pages
    match name:
        case "orders":
            models, pages = OrderRow, _stored(app.lists.orders, client)
        case "offers":
            models, pages = OfferRow, _stored(app.lists.offers, client)
        case "runs":
            models, pages = Run, _runs(view.account, state, client)
        case "requests":
            models, pages = RequestRow, _requests(view.account, state, client)
        case "events":
            models, pages = Event, _events(view.account, client)
        case "alerts":
            models, pages = Alert, _once(view.snapshot.alerts if view.snapshot else ())
        case "routes":
            models, pages = RouteUse, _once(routes_shown(replace(view, list_state=state)))

    return Source(tuple(models.model_fields), pages, partial(rows_of, reveal=view.reveal))


def rows_of(models: Iterable[BaseModel], *, reveal: bool) -> list[Row]:
    """Models as rows; without personal data unless `reveal`."""
    documents: list[dict[str, object]] = [model.model_dump(mode="json") for model in models]
    return [*documents] if reveal else [masked_document(document) for document in documents]


async def _once(models: Sequence[BaseModel]) -> Pages:
    yield models


async def _stored(shown: PagedList[Any], client: EngineClient) -> Pages:
    """A list of the store, page by page behind one another: in no more memory than a page takes."""
    part = replace(shown.part(), limit=PAGE)
    faults = shown.wish.faults
    while True:
        page, _ = await shown.source.read(client, part, faults=faults)
        yield page.rows
        if page.after is None:
            return
        part = replace(part, after=page.after)


async def _runs(account: str | None, state: ListState, client: EngineClient) -> Pages:
    """Runs, newest first, or sorted as the operator has them; then all of them are held at once."""
    held: list[Run] = []
    before: int | None = None
    while True:
        page = await client.runs(account=account, before=before, limit=PAGE)
        if state.sort:
            held += page.runs
        else:
            yield chosen_runs(page.runs, state)
        if (before := page.next_before) is None:
            break
    if held:
        yield chosen_runs(held, state)


async def _requests(account: str | None, state: ListState, client: EngineClient) -> Pages:
    """Requests as far back as the engine has them, which is some thousands, in the order of the screen."""
    rows: list[RequestRow] = []
    while True:
        page = await client.requests(after=rows[-1].seq if rows else 0, limit=PAGE)
        if not page.requests:
            break
        rows += page.requests
    wanted = request_filter(state.filter)
    chosen = [
        row
        for row in reversed(rows)
        if account in (None, row.account) and (not state.faults or is_fault(row)) and passes(row, wanted)
    ]
    yield in_order(chosen, state)


async def _events(account: str | None, client: EngineClient) -> Pages:
    """Events in the order they happened, as far back as the store has them."""
    after = 0
    while True:
        page = await client.events(after=after, limit=PAGE)
        if not page.events:
            return
        yield [event for event in page.events if account in (None, event.account)]
        after = page.events[-1].seq
