"""An order as rows of `orders` and `order_lines`: values as the driver stores them, in the order of the columns."""

from __future__ import annotations

from typing import Final

from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.rules.totals import order_total
from magflow_tui.store.clock import local_millis
from magflow_tui.store.columns import money_to_units, time_to_millis
from magflow_tui.store.findings import CLEAN, Standing
from magflow_tui.store.payloads import Source, issues_text, read_text
from magflow_tui.store.upsert import Values

#: The driver takes a bool for an object of some kind, which it first has to find out about: that takes longer than all
#: the rest of storing it.
_FLAG: Final = {None: None, False: 0, True: 1}


def order_rows(
    item: Item[Order], order: Order, source: Source, digest: bytes, standing: Standing = CLEAN
) -> tuple[Values, list[Values]]:
    """The order's row and those of its lines."""
    return _order_row(item, order, source, digest, standing), _line_rows(order, source)


def _order_row(item: Item[Order], order: Order, source: Source, digest: bytes, standing: Standing) -> Values:
    zone = source.timezone
    date = local_millis(order.date, zone)
    created = local_millis(order.created, zone)
    customer = order.customer
    return (
        source.account,
        order.id,
        order.type,
        order.status,
        order.parent_id,
        date if date is not None else created or 0,
        date,
        created,
        local_millis(order.modified, zone),
        local_millis(order.finalization_date, zone),
        local_millis(order.maximum_date_for_shipment, zone),
        order.payment_mode_id,
        order.payment_mode,
        order.detailed_payment_method,
        order.payment_status,
        order.delivery_mode,
        order.delivery_payment_mode,
        order.vendor_name,
        order.observation,
        None if customer is None else customer.id,
        None if customer is None else customer.name,
        None if order.details is None else order.details.locker_id,
        order.currency,
        money_to_units(order_total(order)),
        money_to_units(order.shipping_tax),
        money_to_units(order.cashed_co),
        money_to_units(order.cashed_cod),
        money_to_units(order.refunded_amount),
        order.refund_status,
        order.cancellation_request,
        order.cancellation_code,
        _FLAG[order.has_editable_products],
        _FLAG[order.is_complete],
        _FLAG[order.is_storno],
        _FLAG[order.late_shipment],
        _FLAG[order.emag_club],
        _FLAG[order.weekend_delivery],
        *standing,
        time_to_millis(source.fetched_at),
        digest,
        read_text(order.shipping_tax_voucher_split or None),
        issues_text(item.issues),
        item.raw,
    )


def _line_rows(order: Order, source: Source) -> list[Values]:
    lines = order.products or ()
    rows: list[Values] = []
    for position, line in enumerate(lines):
        rows.append(
            (
                source.account,
                order.id,
                position,
                line.id,
                line.product_id,
                line.mkt_id,
                line.name,
                line.part_number,
                line.part_number_key,
                line.ext_part_number,
                line.status,
                line.quantity,
                line.initial_qty,
                line.storno_qty,
                line.currency,
                money_to_units(line.sale_price),
                money_to_units(line.original_price),
                money_to_units(line.vat),
            )
        )
    return rows
