"""What a customer pays for an order, to the hundredth, as the marketplace adds it up.

The gross price of one unit is rounded half up **before** it is multiplied (measured live: 4 × 149.5041 + 21 % is
4 × 180.90 = 723.60; a proforma of two lines of 272.7190 + 21 % says 659.98 = 2 × 329.99).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, NamedTuple

from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.marketplace.schema import Order, Voucher, VoucherSplit

_HUNDREDTH: Final = Decimal("0.01")

# For prices and totals whatever the schema lets in. Between them sums run in the thread's context, which is faster: its
# 28 digits hold any amount that is not nonsense already.
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_REMOVED: Final = 0

# A look into a set is cheaper than two comparisons of decimals.
_USUAL_RATES: Final = frozenset(map(Decimal, ("0", "0.05", "0.09", "0.11", "0.18", "0.19", "0.2", "0.21", "0.27")))


class OrderSums(NamedTuple):
    """What an order costs with VAT, by kind, and the `total` that the customer pays, of two decimals.

    `discounts` are negative, and not rounded: splits are thirds of cents.
    """

    goods: Decimal
    deposits: Decimal
    shipping: Decimal
    discounts: Decimal
    total: Decimal

    @property
    def before_discounts(self) -> Decimal:
        return self.goods + self.deposits + self.shipping


class _UnknownValueError(Exception):
    """A value that the sum needs is missing."""


def order_total(order: Order) -> Decimal | None:
    """The amount payable: lines, SGR deposits and shipping, with VAT, less vouchers. Two decimals.

    None where it cannot be told: no lines, or a line without price, quantity or VAT rate (a fraction, 0 … below 1).
    Discounts are the order's vouchers; where it names none, their splits, which distribute the same money. Removed
    lines (status 0) do not count, except in a cancelled order, whose total is what it would have cost.
    """
    sums = order_sums(order)
    return None if sums is None else sums.total


def order_sums(order: Order, *, as_ordered: bool = False) -> OrderSums | None:
    """What an order costs, by kind; None where `order_total` is. `as_ordered`: before anything was reversed or removed
    (by `initial_qty`), which does not bring back the deposits and vouchers of reversed lines."""
    try:
        return _sums(order, as_ordered)
    except _UnknownValueError:
        return None


def unit_gross(net: Decimal, vat: Decimal) -> Decimal:
    """The price of one unit with VAT (a fraction), rounded half up to the hundredth."""
    return net.fma(vat, net, _EXACT).quantize(_HUNDREDTH, None, _EXACT)


def in_hundredths(amount: Decimal) -> Decimal:
    """Rounded half up to two decimals."""
    return amount.quantize(_HUNDREDTH, None, _EXACT)


def _sums(order: Order, as_ordered: bool) -> OrderSums:
    lines = order.products
    if lines is None:
        raise _UnknownValueError
    shipping = order.shipping_tax
    if shipping is None:
        if "shipping_tax" in order.model_fields_set:
            raise _UnknownValueError  # there was something that could not be read
        shipping = _ZERO
    all_count = as_ordered or order.status == OrderStatus.CANCELLED
    goods = deposits = discounts = _ZERO
    splits = [*(order.shipping_tax_voucher_split or ())]
    for line in lines:
        if line.status == _REMOVED and not all_count:
            continue
        quantity = line.quantity if not as_ordered or line.initial_qty is None else line.initial_qty
        goods += _gross(line.sale_price, line.vat, quantity)
        if line.product_voucher_split:
            splits += line.product_voucher_split
        if line.recycle_warranties:
            for deposit in line.recycle_warranties:
                deposits += _gross(deposit.sale_price, deposit.vat_rate, deposit.quantity)
                splits += deposit.recycle_warranty_voucher_split or ()
    for discount in order.vouchers or splits:
        discounts += _voucher_gross(discount)
    total = goods + deposits + shipping + discounts
    return OrderSums(goods, deposits, shipping, discounts, total.quantize(_HUNDREDTH, None, _EXACT))


def _gross(net: Decimal | None, vat: Decimal | None, quantity: int | None) -> Decimal:
    if net is None or vat is None or quantity is None or not (vat in _USUAL_RATES or _ZERO <= vat < _ONE):
        raise _UnknownValueError
    gross = net.fma(vat, net, _EXACT).quantize(_HUNDREDTH, None, _EXACT)
    return gross if quantity == 1 else gross * quantity


def _voucher_gross(voucher: Voucher | VoucherSplit) -> Decimal:
    net, tax = (
        (voucher.sale_price, voucher.sale_price_vat)
        if isinstance(voucher, Voucher)
        else (voucher.value, voucher.vat_value)
    )
    if net is None or tax is None:
        raise _UnknownValueError
    return net + tax
