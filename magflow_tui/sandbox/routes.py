"""What each route of the marketplace does, once a request has been let in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import orjson

from magflow_tui.sandbox.attachments import attach, attachments_of
from magflow_tui.sandbox.filters import FilterError, order_query, paging
from magflow_tui.sandbox.jsontypes import JsonObject, as_object, whole
from magflow_tui.sandbox.nomenclature import category_list, handling_times, vat_rates
from magflow_tui.sandbox.saving import RefusedError, acknowledge, lacks_fields, save
from magflow_tui.sandbox.seller import Seller
from magflow_tui.sandbox.stats import AccountStats
from magflow_tui.sandbox.timeline import CANCELLED
from magflow_tui.sandbox.wire import Answer, count_inputs, envelope, list_envelope, refusal

MOST_ENTITIES = 50
MOST_INPUTS = 4_000


@dataclass(frozen=True)
class Call:
    """A request that was let in. `body` is parsed, `number` the id in the path, `now` the moment in seconds; what it
    does is counted in `stats`.
    """

    seller: Seller
    stats: AccountStats
    body: object
    number: int | None
    now: int
    exclusive_bounds: bool

    @property
    def filters(self) -> JsonObject:
        """The top-level keys of the body; whatever hides under `data` is no filter."""
        return as_object(self.body)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """A route by its name, such as `order/read`, with the pool its requests count in."""

    name: str
    method: str
    handler: Handler

    @property
    def pool(self) -> str:
        """`orders` for everything below `order`, else `other`."""
        return pool_of(self.name)


def pool_of(path: str) -> str:
    """The pool of a path below the API base: `orders` for everything that starts with `order`, else `other`."""
    return "orders" if path.startswith("order") else "other"


def match(method: str, path: str) -> tuple[Route, int | None] | None:
    """The route of a path below the API base and the id in it, or None."""
    steps = path.strip("/").split("/")
    numbers = [int(step) for step in steps if step.isdecimal()]
    pattern = "/".join("{id}" if step.isdecimal() else step for step in steps)
    handler = _HANDLERS.get((method, pattern))
    if handler is None:
        return None
    name = pattern.replace("/{id}", "")
    return Route(name, method, handler), numbers[0] if numbers else None


def page_of(body: object) -> int:
    """The page a read asks for, to match it with faults."""
    return whole(as_object(body).get("currentPage")) or 1


def _order_read(call: Call) -> Answer:
    chosen = _chosen_orders(call, counting=False)
    return list_envelope(call.seller.orders.payload(index) for index in chosen[paging(call.filters).span])


def _order_count(call: Call) -> Answer:
    return _count(len(_chosen_orders(call, counting=True)), call)


def _chosen_orders(call: Call, *, counting: bool) -> Sequence[int]:
    seller = call.seller
    query = order_query(call.filters, seller.time, now=call.now, counting=counting, exclusive=call.exclusive_bounds)
    return seller.orders.select(query)


def _order_acknowledge(call: Call) -> Answer:
    try:
        acknowledge(call.seller.orders, call.number or 0, call.now)
    except RefusedError as refused:
        return refusal(str(refused), status=400)
    call.stats.note("acknowledged", call.number or 0)
    return envelope()


def _order_save(call: Call) -> Answer:
    def apply(entity: JsonObject) -> None:
        book, order_id = call.seller.orders, whole(entity.get("id")) or 0
        incomplete = lacks_fields(book, entity)
        status = save(book, entity, call.now)
        call.stats.note("cancelled" if status == CANCELLED else "saved", order_id)
        if incomplete:
            call.stats.note("incomplete", order_id)

    return _saved(call, apply)


def _attachments_save(call: Call) -> Answer:
    return _saved(call, lambda entity: call.stats.note("attached", attach(call.seller.orders, entity, call.now)))


def _attachments_read(call: Call) -> Answer:
    return envelope(list(attachments_of(call.seller.orders, call.filters)))


def _unlock_courier(call: Call) -> Answer:
    known = call.number is not None and call.seller.orders.timeline.find(call.number) is not None
    return envelope() if known else refusal("ERROR: Order not found.")


def _offer_read(call: Call) -> Answer:
    offers = call.seller.offers
    return list_envelope(offers.payload(index) for index in offers.select(call.filters)[paging(call.filters).span])


def _offer_count(call: Call) -> Answer:
    return _count(len(call.seller.offers.select(call.filters)), call)


def _product_offer_save(call: Call) -> Answer:
    return _saved(call, lambda entity: _raise_if(call.seller.offers.save(entity, existing_only=False)))


def _offer_save(call: Call) -> Answer:
    return _saved(call, lambda entity: _raise_if(call.seller.offers.save(entity, existing_only=True)))


def _offer_stock(call: Call) -> Answer:
    index = call.seller.offers.find(call.number or 0)
    if index is None:
        return refusal("This offer does not exist", status=404)
    stock = call.filters.get("stock")
    if isinstance(stock, bool) or not isinstance(stock, int):
        return refusal("Invalid content", status=400)
    if not 0 <= stock <= 65_535:
        errors = [{"message": "stock must be between 0 and 65535", "field": "stock"}]
        body = {"isError": True, "messages": ["Validation errors in your request"], "errors": errors, "results": []}
        return Answer(400, orjson.dumps(body))
    call.seller.offers.set_stock(index, stock)
    return Answer(204, b"")


def _rma_read(call: Call) -> Answer:
    returns = call.seller.returns
    return list_envelope(returns.payload(index) for index in returns.select(call.filters)[paging(call.filters).span])


def _rma_count(call: Call) -> Answer:
    return _count(len(call.seller.returns.select(call.filters)), call)


def _vat_read(call: Call) -> Answer:
    return envelope(vat_rates(call.seller.market, call.seller.time.text(call.now)))


def _handling_time_read(call: Call) -> Answer:
    return envelope(handling_times())


def _category_read(call: Call) -> Answer:
    return envelope(category_list(call.seller.market, call.filters)[paging(call.filters).span])


def _category_count(call: Call) -> Answer:
    return _count(len(category_list(call.seller.market, call.filters)), call)


def _count(items: int, call: Call) -> Answer:
    """A count; its numbers are strings."""
    size = paging(call.filters).size
    return envelope({"noOfItems": str(items), "noOfPages": str(-(-items // size)), "itemsPerPage": str(size)})


def _saved(call: Call, apply: Callable[[JsonObject], None]) -> Answer:
    """Apply each entity of a save by itself; what was refused is named in `messages`."""
    entities = as_object(call.body).get("data", call.body)
    if not isinstance(entities, list):
        return refusal("Expected list of arrays, single array received")
    if count_inputs(call.body) > MOST_INPUTS:
        return refusal(f"Maximum input vars of {MOST_INPUTS} exceeded")
    if len(entities) > MOST_ENTITIES:
        return refusal(f"Maximum number of entities is {MOST_ENTITIES}")
    problems = list(_problems(entities, apply))
    return envelope(messages=problems, is_error=bool(problems))


def _problems(entities: Iterable[object], apply: Callable[[JsonObject], None]) -> Iterable[str]:
    for entity in entities:
        try:
            apply(as_object(entity))
        except RefusedError as refused:
            yield str(refused)


def _raise_if(problem: str | None) -> None:
    if problem:
        raise RefusedError(problem)


def answer_call(route: Route, call: Call) -> Answer:
    """Let a route answer; filters it refuses come back as an envelope with `isError`."""
    try:
        return route.handler(call)
    except FilterError as error:
        return refusal(f"ERROR: {error}")


_HANDLERS: dict[tuple[str, str], Handler] = {
    ("POST", "order/read"): _order_read,
    ("POST", "order/count"): _order_count,
    ("POST", "order/save"): _order_save,
    ("POST", "order/acknowledge/{id}"): _order_acknowledge,
    ("POST", "order/attachments/save"): _attachments_save,
    ("POST", "order/attachments/read"): _attachments_read,
    ("POST", "order/{id}/unlock-courier"): _unlock_courier,
    ("POST", "product_offer/read"): _offer_read,
    ("POST", "product_offer/count"): _offer_count,
    ("POST", "product_offer/save"): _product_offer_save,
    ("POST", "offer/save"): _offer_save,
    ("PATCH", "offer_stock/{id}"): _offer_stock,
    ("POST", "rma/read"): _rma_read,
    ("POST", "rma/count"): _rma_count,
    ("POST", "vat/read"): _vat_read,
    ("POST", "handling_time/read"): _handling_time_read,
    ("POST", "category/read"): _category_read,
    ("POST", "category/count"): _category_count,
}
