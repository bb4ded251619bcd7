"""What a customer pays for an order, to the hundredth, as the marketplace adds it up.

The gross price of one unit is rounded half up **before** it is multiplied (measured live: 4 × 149.5041 + 21 % is
4 × 180.90 = 723.60; a proforma of two lines of 272.7190 + 21 % says 659.98 = 2 × 329.99).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.marketplace.schema import Order, OrderLine, Voucher, VoucherSplit

_HUNDREDTH: Final = Decimal("0.01")

# Wide enough for the largest amount the schema lets in times the largest 64-bit quantity.
_CONTEXT: Final = Context(prec=60, rounding=ROUND_HALF_UP)


class _UnknownValueError(Exception):
    """A value that the sum needs is missing."""


def order_total(order: Order) -> Decimal | None:
    """The amount payable: lines, SGR deposits and shipping, with VAT, less vouchers. Two decimals.

    None where it cannot be told: no lines, or a line without price, quantity or VAT rate (a fraction, 0 … below 1).
    Discounts are the order's vouchers; where it names none, their splits, which distribute the same money. Removed
    lines (status 0) do not count, except in a cancelled order, whose total is what it would have cost.
    """
    try:
        with localcontext(_CONTEXT):
            return _total(order).quantize(_HUNDREDTH)
    except _UnknownValueError:
        return None


def unit_gross(net: Decimal, vat: Decimal) -> Decimal:
    """The price of one unit with VAT (a fraction), rounded half up to the hundredth."""
    return (net * (1 + vat)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _total(order: Order) -> Decimal:
    if order.products is None:
        raise _UnknownValueError
    if order.shipping_tax is None and "shipping_tax" in order.model_fields_set:
        raise _UnknownValueError  # there was something that could not be read
    cancelled = order.status == OrderStatus.CANCELLED
    lines = [line for line in order.products if cancelled or line.status != 0]
    goods = sum((_line_gross(line) for line in lines), Decimal(0))
    discounts = sum(map(_voucher_gross, order.vouchers or _splits(order, lines)), Decimal(0))
    return goods + (order.shipping_tax or Decimal(0)) + discounts


def _line_gross(line: OrderLine) -> Decimal:
    gross = _gross(line.sale_price, line.vat, line.quantity)
    for deposit in line.recycle_warranties or ():
        gross += _gross(deposit.sale_price, deposit.vat_rate, deposit.quantity)
    return gross


def _gross(net: Decimal | None, vat: Decimal | None, quantity: int | None) -> Decimal:
    if net is None or vat is None or quantity is None or not 0 <= vat < 1:
        raise _UnknownValueError
    return unit_gross(net, vat) * quantity


def _voucher_gross(voucher: Voucher | VoucherSplit) -> Decimal:
    net, tax = (
        (voucher.sale_price, voucher.sale_price_vat)
        if isinstance(voucher, Voucher)
        else (voucher.value, voucher.vat_value)
    )
    if net is None or tax is None:
        raise _UnknownValueError
    return net + tax


def _splits(order: Order, lines: Iterable[OrderLine]) -> Iterator[VoucherSplit]:
    yield from order.shipping_tax_voucher_split or ()
    for line in lines:
        yield from line.product_voucher_split or ()
        for deposit in line.recycle_warranties or ():
            yield from deposit.recycle_warranty_voucher_split or ()
