"""Where the rows of each list come from: all of them, page by page, filtered and sorted as the list is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from magflow_tui.tui.output.export import Row
from magflow_tui.tui.output.names import LIST_OF, ListName
from magflow_tui.tui.views.context import ListState
from magflow_tui.tui.views.masking import hides, masked_document
from magflow_tui.tui.views.request_rows import in_order, is_fault, passes, request_filter
from magflow_tui.tui.views.run_rows import chosen_runs
from magflow_tui.tui.views.spending import routes_shown

if TYPE_CHECKING:
    from pydantic import BaseModel

    from magflow_tui.client import EngineClient
    from magflow_tui.contract.listing import RowFilter
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.contract.runs import Run
    from magflow_tui.tui.app import MagFlowApp
    from magflow_tui.tui.data.paging import PagedList

Pages: TypeAlias = "AsyncGenerator[Sequence[BaseModel], None]"

#: Rows asked of the engine at once, and orders that are asked for by their numbers at once.
PAGE, AT_ONCE = 250, 50


@dataclass(frozen=True, slots=True)
class FindingsWanted:
    """Findings of these orders, by account and number, or of these rules; else of the orders of a filter."""

    orders: tuple[tuple[str, int], ...] = ()
    rules: tuple[str, ...] = ()
    where: RowFilter | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A list to be exported: its columns, its pages, which raise `EngineError`, and what makes rows of a page."""

    columns: tuple[str, ...]
    pages: Pages
    rows_of: Callable[[Sequence[BaseModel]], Sequence[Row]]


def source(name: ListName, app: MagFlowApp, client: EngineClient) -> Source:
    """The rows of a list as the operator has it: account, filter, faults and order; masked unless the app reveals.

    Where rows are marked, these alone. Findings are those of the marked orders, or of the marked rules.
    """
    from magflow_tui.contract.alerts import Alert
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.findings import Finding, Ignore, RuleCount
    from magflow_tui.contract.records import OfferRow, OrderRow, RequestRow
    from magflow_tui.contract.runs import Run
    from magflow_tui.contract.snapshot import RouteUse

    view = app.view()
    place = next((place for place, shown in LIST_OF.items() if shown == name), name)
    state = app.place.lists.get(place, ListState())
    models: type[BaseModel]
    pages: Pages
    match name:
        case "orders":
            marked = _marked_orders(state.marks, client)
            models, pages = OrderRow, marked if state.marks else _stored(app.lists.orders, client)
        case "findings":
            models, pages = Finding, _findings(view.account, _findings_of(app), client)
        case "rules":
            models, pages = RuleCount, _only(_once(view.desk.rules.rows), "rule", state.marks)
        case "ignores":
            models, pages = Ignore, _only(_once(view.desk.ignores.rows), "ignore_id", state.marks)
        case "offers":
            models, pages = OfferRow, _only(_stored(app.lists.offers, client), "account id", state.marks)
        case "runs":
            models, pages = Run, _only(_runs(view.account, state, client), "run_id", state.marks)
        case "requests":
            models, pages = RequestRow, _only(_requests(view.account, state, client), "seq", state.marks)
        case "events":
            models, pages = Event, _events(view.account, client)
        case "alerts":
            opened = view.snapshot.alerts if view.snapshot else ()
            models, pages = Alert, _past_alerts(view.account, client) if state.faults else _once(opened)
        case "routes":
            models, pages = RouteUse, _once(routes_shown(replace(view, list_state=state)))

    return Source(tuple(models.model_fields), pages, partial(rows_of, reveal=view.reveal))


def rows_of(models: Iterable[BaseModel], *, reveal: bool) -> list[Row]:
    """Models as rows; without personal data unless `reveal`."""
    documents: list[dict[str, object]] = [model.model_dump(mode="json") for model in models]
    if reveal:
        return [*documents]
    return [_without_quotes(masked_document(document)) for document in documents]


def _without_quotes(row: dict[str, object]) -> dict[str, object]:
    """A finding without what it quotes of a person; any other row as it is."""
    path, value = row.get("path"), row.get("value")
    if not isinstance(path, str) or not isinstance(value, str):
        return row
    return {
        name: hides(text, path, value) if isinstance(text, str) and name != "path" else text
        for name, text in row.items()
    }


async def _only(pages: Pages, key: str, marks: frozenset[object]) -> Pages:
    """The marked rows among pages, or all of them where none is marked; `key` names the fields of a row's key."""
    names = key.split()
    async for page in pages:
        if not marks:
            yield page
            continue
        keys = [tuple(getattr(row, name) for name in names) for row in page]
        yield [row for row, own in zip(page, keys, strict=True) if (own if len(own) > 1 else own[0]) in marks]


async def _marked_orders(marks: frozenset[object], client: EngineClient) -> Pages:
    """Orders by their keys, whether they are in the list as it is filtered now or not; those that are gone left out."""
    from magflow_tui.client.list_part import ListPart
    from magflow_tui.contract.listing import Condition, RowFilter

    keys = sorted((key for key in marks if isinstance(key, tuple)), key=str)
    for first in range(0, len(keys), AT_ONCE):
        wanted = keys[first : first + AT_ONCE]
        numbers = dict.fromkeys(str(number) for _, number in wanted)
        where = RowFilter(alternatives=tuple((Condition(field="id", value=number),) for number in numbers))
        page = await client.orders_part(ListPart(where=where, limit=2 * AT_ONCE))
        yield [row for row in page.orders if (row.account, row.id) in wanted]


def _findings_of(app: MagFlowApp) -> FindingsWanted:
    """Of which orders or which rules findings are wanted: those marked on the list that is shown."""
    place = app.place
    marks = place.lists.get(place.list_name, ListState()).marks
    if place.list_name == "rules":
        return FindingsWanted(rules=tuple(sorted(str(mark) for mark in marks)))
    if place.list_name != "orders":
        return FindingsWanted()
    orders = tuple(sorted((mark for mark in marks if isinstance(mark, tuple)), key=str))
    return FindingsWanted(orders=orders, where=None if orders else app.lists.orders.part().where)


async def _findings(account: str | None, wanted: FindingsWanted, client: EngineClient) -> Pages:
    """Unresolved findings, page by page; of every marked order or rule in turn."""
    if wanted.orders:
        for whose, number in wanted.orders:
            async for page in _findings_in(whose, client, order_id=number):
                yield page
    else:
        for rule in wanted.rules or (None,):
            async for page in _findings_in(account, client, rule=rule, where=wanted.where):
                yield page


async def _findings_in(
    account: str | None,
    client: EngineClient,
    *,
    order_id: int | None = None,
    rule: str | None = None,
    where: RowFilter | None = None,
) -> Pages:
    from magflow_tui.client.list_part import ListPart
    from magflow_tui.contract.listing import RowFilter

    part = ListPart(account=account, where=where or RowFilter(), limit=PAGE)
    while True:
        page = await client.triage.findings(part, order_id=order_id, rule=rule)
        yield page.findings
        if page.next_after is None:
            return
        part = replace(part, after=page.next_after)


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


async def _past_alerts(account: str | None, client: EngineClient) -> Pages:
    """Alerts, open and over, newest first, as far back as the store has them."""
    before: int | None = None
    while True:
        page = await client.alerts.history(account=account, before=before, limit=PAGE)
        yield page.alerts
        if (before := page.next_before) is None:
            return


async def _events(account: str | None, client: EngineClient) -> Pages:
    """Events in the order they happened, as far back as the store has them."""
    after = 0
    while True:
        page = await client.events(after=after, limit=PAGE)
        if not page.events:
            return
        yield [event for event in page.events if account in (None, event.account)]
        after = page.events[-1].seq
