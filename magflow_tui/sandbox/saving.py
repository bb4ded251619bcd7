"""Acknowledging and saving orders: the status matrix, its 48 h, and what may be edited when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import orjson

from magflow_tui.sandbox.jsontypes import JsonObject, as_object, objects_in, whole
from magflow_tui.sandbox.lifecycle import cancel, reduce_line, return_all, set_status, settle
from magflow_tui.sandbox.money import in_units
from magflow_tui.sandbox.order_body import cancellation_reasons
from magflow_tui.sandbox.orders import OrderBook
from magflow_tui.sandbox.timeline import (
    CANCELLED,
    CARD,
    FBE,
    FINALISED,
    IN_PROGRESS,
    NEW,
    PREPARED,
    RETURNED,
)

REVERSIBLE = 48 * 3600
"""Seconds during which a finalised or cancelled order can be taken back; the last second counts."""
RETURN_TERM = (30 + 5) * 86_400
"""Seconds during which a finalised order can become returned: the customer's term, taken as 30 days, and five more."""

ALLOWED: dict[int, frozenset[int]] = {
    NEW: frozenset(),
    IN_PROGRESS: frozenset({IN_PROGRESS, PREPARED, FINALISED, CANCELLED}),
    PREPARED: frozenset({PREPARED, FINALISED, CANCELLED}),
    FINALISED: frozenset({PREPARED, FINALISED, CANCELLED, RETURNED}),
    CANCELLED: frozenset({IN_PROGRESS, PREPARED, FINALISED, CANCELLED}),
    RETURNED: frozenset(),
}
"""The status matrix, terms aside: what `order/save` may turn a status into. 1 becomes 2 by acknowledging alone."""


class RefusedError(ValueError):
    """A change the marketplace refuses; the text is its message."""


def acknowledge(book: OrderBook, order_id: int, moment: int) -> None:
    """Acknowledge a new order of the seller's own; raises `RefusedError`."""
    index = book.timeline.find(order_id)
    if index is None:
        raise RefusedError("ERROR: Order not found.")
    if book.timeline.order_type(index) == FBE:
        raise RefusedError("ERROR: Order is fulfilled by eMAG.")
    if book.status(index) != NEW:
        raise RefusedError("ERROR: Order is already in progress.")
    book.change(index, moment, lambda order: set_status(order, IN_PROGRESS), damage=book.damage(index))


def save(book: OrderBook, entity: JsonObject, moment: int) -> int:
    """Apply one entity of `order/save`; returns the status it asked for. Raises `RefusedError` and then has changed
    nothing.
    """
    order_id = whole(entity.get("id"))
    index = book.timeline.find(order_id) if order_id is not None else None
    if index is None:
        raise RefusedError(f"ERROR: Order {order_id} not found.")
    if whole(entity.get("type")) is None:
        raise RefusedError(f"ERROR: Order {order_id}: type is required.")
    if book.timeline.order_type(index) == FBE:
        raise RefusedError(f"ERROR: Order {order_id} is fulfilled by eMAG and cannot be changed.")
    current, target = book.status(index), whole(entity.get("status"))
    target = current if target is None else target
    order = as_object(orjson.loads(book.sound(index)))
    try:
        check_transition(current, target, moment - book.status_since(index))
        reason = _reason(entity) if target == CANCELLED else None
        _check_lines(order, entity, current)
    except RefusedError as refused:
        raise RefusedError(f"ERROR: Order {order_id}: {refused}") from None

    def edit(body: JsonObject) -> None:
        _apply_lines(body, entity, current)
        if target == current:
            return
        if reason is not None:
            cancel(body, reason)
        elif target == RETURNED:
            return_all(body)
        else:
            set_status(body, target)

    book.change(index, moment, edit, damage=book.damage(index))
    return target


def lacks_fields(book: OrderBook, entity: JsonObject) -> bool:
    """Whether an entity leaves out a field that the order has when it is read: all of them should be sent."""
    index = book.timeline.find(whole(entity.get("id")) or 0)
    if index is None:
        return False
    known = as_object(orjson.loads(book.sound(index))).keys() - {"is_storno"}  # a request of its own in a save
    return not known <= entity.keys()


def check_transition(current: int, target: int, since: int) -> None:
    """Raise `RefusedError` unless an order may go from `current`, reached `since` seconds ago, to `target`."""
    if target not in ALLOWED.get(current, frozenset()):
        raise RefusedError(f"status cannot change from {current} to {target}.")
    if current == FINALISED and target == RETURNED:
        if since > RETURN_TERM:
            raise RefusedError("the return term has passed.")
    elif current in (FINALISED, CANCELLED) and target != current and since > REVERSIBLE:
        raise RefusedError(f"status can change from {current} to {target} only within 48 hours.")


def _reason(entity: JsonObject) -> int:
    given = entity.get("reason_cancellation", entity.get("cancellation_reason"))
    code = whole(as_object(given).get("id")) if isinstance(given, dict) else whole(given)
    if code is None or code not in cancellation_reasons():
        raise RefusedError("a valid cancellation reason is required.")
    return code


def _check_lines(order: JsonObject, entity: JsonObject, current: int) -> None:
    """Refuse changes of lines that the rules do not allow."""
    if entity.get("products") is None:
        if entity.get("is_storno"):
            raise RefusedError("nothing to storno.")
        return
    known = {line["id"]: line for line in objects_in(order["products"])}
    sent = objects_in(entity["products"])
    if not sent:
        raise RefusedError("at least one product must remain.")
    card = order["payment_mode_id"] == CARD
    reduced = False
    for line in sent:
        before = known.get(whole(line.get("id")))
        if before is None:
            _check_addition(line, current)
            continue
        quantity = whole(line.get("quantity", before["quantity"]))
        if quantity is None or quantity < 0:
            raise RefusedError("quantity must not be negative.")
        if "sale_price" in line and _differs(line["sale_price"], before["sale_price"]):
            raise RefusedError("prices cannot be changed.")
        for key in ("product_id", "part_number"):
            if key in line and str(line[key]) != str(before[key]):
                raise RefusedError(f"{key} cannot be changed.")
        wanted = 0 if whole(line.get("status", 1)) == 0 else quantity
        if wanted > cast("int", before["quantity"]) and current not in (IN_PROGRESS, PREPARED):
            raise RefusedError(f"quantities cannot grow in status {current}.")
        reduced |= wanted < cast("int", before["quantity"])
    reduced |= bool(_omitted(known, sent)) and current in (IN_PROGRESS, PREPARED)
    _check_reduction(reduced, current, card, bool(entity.get("is_storno")))


def _check_reduction(reduced: bool, current: int, card: bool, storno: bool) -> None:
    if storno and current != FINALISED:
        raise RefusedError("storno is possible only for finalised orders.")
    if storno and not reduced:
        raise RefusedError("nothing to storno.")
    if not reduced:
        return
    if card:
        raise RefusedError("products of orders paid by card cannot be removed or reduced.")
    if current == FINALISED and not storno:
        raise RefusedError("quantities of finalised orders can be reduced only by storno.")
    if current not in (IN_PROGRESS, PREPARED, FINALISED):
        raise RefusedError(f"products cannot be changed in status {current}.")


def _check_addition(line: JsonObject, current: int) -> None:
    if current not in (IN_PROGRESS, PREPARED):
        raise RefusedError(f"products cannot be added in status {current}.")
    for key in ("product_id", "name", "status", "sale_price"):
        if line.get(key) in (None, ""):
            raise RefusedError(f"{key} is required for a new product.")


def _apply_lines(order: JsonObject, entity: JsonObject, current: int) -> None:
    if entity.get("products") is None:
        return
    known = {line["id"]: line for line in objects_in(order["products"])}
    sent = objects_in(entity["products"])
    for line in sent:
        before = known.get(whole(line.get("id")))
        if before is None:
            cast("list[object]", order["products"]).append(_added(order, line))
            continue
        quantity = (
            0 if whole(line.get("status", 1)) == 0 else cast("int", whole(line.get("quantity", before["quantity"])))
        )
        had = cast("int", before["quantity"])
        if quantity < had and current == FINALISED:
            order["is_storno"] = True
            reduce_line(order, before, quantity)
        elif quantity < had:
            reduce_line(order, before, quantity)
            before["initial_qty"], before["storno_qty"] = quantity, 0
            before["status"] = int(quantity > 0)
        elif quantity > had:
            before["quantity"] = before["initial_qty"] = quantity
    if current in (IN_PROGRESS, PREPARED):
        for line_id in _omitted(known, sent):
            reduce_line(order, known[line_id], 0)
        gone = set(_omitted(known, sent))
        order["products"] = [line for line in objects_in(order["products"]) if line["id"] not in gone]
    settle(order)


def _added(order: JsonObject, line: JsonObject) -> JsonObject:
    lines = objects_in(order["products"])
    quantity = whole(line.get("quantity")) or 1
    number = max((cast("int", each["id"]) for each in lines), default=cast("int", order["id"])) + 1
    return {
        **(lines[0] if lines else {}),
        "id": number,
        "mkt_id": number % 90_000_000,
        "product_id": str(line["product_id"]),
        "name": line["name"],
        "ext_part_number": line.get("part_number", ""),
        "part_number": line.get("part_number", ""),
        "part_number_key": "",
        "sale_price": str(line["sale_price"]),
        "original_price": str(line["sale_price"]),
        "quantity": quantity,
        "initial_qty": quantity,
        "storno_qty": 0,
        "status": 1,
        "vat": line.get("vat", lines[0]["vat"] if lines else "0.0000"),
        "product_voucher_split": [],
        "recycle_warranties": [],
        "created": order["modified"],
        "modified": order["modified"],
    }


def _omitted(known: dict[object, JsonObject], sent: Iterable[JsonObject]) -> list[object]:
    named = {whole(line.get("id")) for line in sent}
    return [line_id for line_id in known if line_id not in named]


def _differs(sent: object, known: object) -> bool:
    try:
        return in_units(sent) != in_units(known)
    except ArithmeticError:
        return True
