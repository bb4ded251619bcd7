"""What happens to an order after it was placed: acknowledged, prepared, finalised, cancelled, paid, returned.

Each function changes the sound body of an order in place (its `modified` is already set) and keeps its money in step.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import cast

from magflow_tui.sandbox.jsontypes import JsonObject, as_object, objects_in
from magflow_tui.sandbox.money import four_decimals, gross_of, in_units, number, two_decimals
from magflow_tui.sandbox.order_body import cancellation_reasons
from magflow_tui.sandbox.orders import Edit
from magflow_tui.sandbox.timeline import (
    CANCELLED,
    CARD,
    COD,
    FINALISED,
    IN_PROGRESS,
    NEW,
    PREPARED,
    RETURNED,
)


def payable(order: JsonObject) -> int:
    """What the customer pays for an order, in cents."""
    units = round(float(str(order["shipping_tax"])) * 100) * 100
    for line in objects_in(order["products"]):
        units += gross_of(in_units(line["sale_price"]), in_units(line["vat"])) * 100 * cast("int", line["quantity"])
        for deposit in objects_in(line["recycle_warranties"]):
            each = gross_of(in_units(deposit["sale_price"]), in_units(deposit["vat_rate"]))
            units += each * 100 * cast("int", deposit["quantity"])
    for voucher in objects_in(order["vouchers"]):
        units += in_units(voucher["sale_price"]) + in_units(voucher["sale_price_vat"])
    return units // 100


def settle(order: JsonObject) -> None:
    """Bring the amounts cashed in step with what the order now costs."""
    paid = order["payment_status"] == 1
    total = number(payable(order))
    order["cashed_co"] = total if paid and order["payment_mode_id"] == CARD else None
    order["cashed_cod"] = total if paid and order["payment_mode_id"] == COD else 0


def set_status(order: JsonObject, status: int) -> None:
    """Move an order to a status other than cancelled."""
    order["status"] = status
    order["has_editable_products"] = int(status in (IN_PROGRESS, PREPARED))
    order["late_shipment"] = order["late_shipment"] or 0
    order["is_complete"] = 1
    if status in (FINALISED, RETURNED):
        order["finalization_date"] = order["finalization_date"] or order["modified"]
    else:
        order["finalization_date"] = None
        order["reason_cancellation"] = None


def cancel(order: JsonObject, reason: int) -> None:
    """Cancel an order for a reason."""
    order["status"] = CANCELLED
    order["has_editable_products"] = 0
    order["finalization_date"] = None
    order["reason_cancellation"] = {"id": reason, "name": cancellation_reasons().get(reason)}
    order["payment_status"] = 0
    settle(order)


def reduce_line(order: JsonObject, line: JsonObject, quantity: int) -> None:
    """Storno a line down to `quantity`: deposits shrink with it; an empty one gives up its voucher splits."""
    before, initial = cast("int", line["quantity"]), cast("int", line["initial_qty"])
    price_before = payable(order)
    line["quantity"], line["storno_qty"] = quantity, initial - quantity
    line["modified"] = order["modified"]
    for deposit in objects_in(line["recycle_warranties"]):
        deposit["quantity"] = cast("int", deposit["quantity"]) * quantity // before
    if quantity == 0:
        line["recycle_warranties"] = []
        _withdraw(order, objects_in(line["product_voucher_split"]))
        line["product_voucher_split"] = []
    if order["payment_status"] == 1:
        refunded = in_units(order["refunded_amount"]) // 100 + price_before - payable(order)
        order["refunded_amount"] = two_decimals(refunded)
    settle(order)


def return_all(order: JsonObject) -> None:
    """Everything comes back: status 5, nothing left of any line."""
    for line in objects_in(order["products"]):
        if cast("int", line["quantity"]) > 0:
            reduce_line(order, line, 0)
    set_status(order, RETURNED)


def pay_on_delivery(order: JsonObject) -> None:
    """eMAG has received the cash."""
    order["payment_status"] = 1
    settle(order)


def next_step(order: JsonObject, rng: random.Random) -> Edit:
    """Something that could well happen next to a sound order."""
    status, draw = order["status"], rng.random()
    if status == NEW:
        return lambda body: set_status(body, IN_PROGRESS)
    if status == IN_PROGRESS:
        reason = rng.choice((1, 23, 24, 33))
        return (lambda body: set_status(body, PREPARED)) if draw < 0.85 else (lambda body: cancel(body, reason))
    if status == PREPARED:
        return lambda body: set_status(body, FINALISED)
    if status == FINALISED and order["payment_mode_id"] == COD and order["payment_status"] == 0 and draw < 0.5:
        return pay_on_delivery
    if status == FINALISED and order["payment_mode_id"] == COD and _pieces(order) > 1 and draw < 0.8:
        return _storno_one_piece
    if status == FINALISED and draw > 0.9:
        return return_all
    return _note_shipment


def _storno_one_piece(order: JsonObject) -> None:
    line = next(line for line in objects_in(order["products"]) if cast("int", line["quantity"]) > 0)
    order["is_storno"] = True
    reduce_line(order, line, cast("int", line["quantity"]) - 1)


def _note_shipment(order: JsonObject) -> None:
    """A change of no consequence, such as the courier's office being filled in."""
    order["late_shipment"] = 1 - cast("int", order["late_shipment"] or 0)


def _pieces(order: JsonObject) -> int:
    return sum(cast("int", line["quantity"]) for line in objects_in(order["products"]))


def _withdraw(order: JsonObject, splits: Iterable[JsonObject]) -> None:
    """Take splits that no longer apply out of the order's vouchers."""
    vouchers = {voucher["voucher_id"]: voucher for voucher in objects_in(order["vouchers"])}
    for split in splits:
        voucher = as_object(vouchers.get(split["voucher_id"]))
        if voucher:
            voucher["sale_price"] = four_decimals(in_units(voucher["sale_price"]) - in_units(split["value"]))
            voucher["sale_price_vat"] = four_decimals(
                in_units(voucher["sale_price_vat"]) - in_units(split["vat_value"])
            )
    order["vouchers"] = [
        voucher
        for voucher in vouchers.values()
        if in_units(voucher["sale_price"]) or in_units(voucher["sale_price_vat"])
    ]
