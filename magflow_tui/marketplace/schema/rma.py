"""Returns as `rma/read` sends them (API 4.4.7 §6). Everything but the id may be missing."""

from __future__ import annotations

from typing import Annotated

from magflow_tui.marketplace.schema.fields import (
    AbsentText,
    Amount,
    Flag,
    Identity,
    OrEmptyList,
    Payload,
    TextOrNumber,
    Whole,
)


class RmaProduct(Payload):
    """What comes back. `product_emag_id` is the order line's id, `product_id` the seller's offer id."""

    id: Whole | None = None
    product_emag_id: Whole | None = None
    product_id: Whole | None = None
    quantity: Whole | None = None
    product_name: str | None = None
    return_reason: TextOrNumber | None = None
    observations: str | None = None
    diagnostic: TextOrNumber | None = None
    reject_reason: TextOrNumber | None = None
    retained_amount: Amount | None = None
    refund_value: Amount | None = None


class RmaLocker(Payload):
    locker_hash: TextOrNumber | None = None
    locker_pin: TextOrNumber | None = None
    locker_pin_interval_end: str | None = None


class RmaAwb(Payload):
    reservation_id: Whole | None = None


class Rma(Payload):
    """One return. `order_id` arrives as text; `request_status` 1 incomplete … 7 finalised (`codes.RmaStatus`)."""

    emag_id: Identity
    is_full_fbe: Flag | None = None
    return_parent_id: Whole | None = None
    order_id: Whole | None = None
    type: Whole | None = None
    is_club: Flag | None = None
    is_fast: Flag | None = None
    customer_name: AbsentText = None
    customer_company: AbsentText = None
    customer_phone: AbsentText = None
    pickup_method: Whole | None = None
    request_status: Whole | None = None
    return_type: Whole | None = None
    return_reason: Whole | None = None
    return_tax_value: Amount | None = None
    observations: str | None = None
    date: str | None = None
    currency: str | None = None
    courier_name: str | None = None
    products: tuple[RmaProduct, ...] | None = None
    locker: Annotated[RmaLocker, OrEmptyList()] | None = None
    awbs: tuple[RmaAwb, ...] | None = None
