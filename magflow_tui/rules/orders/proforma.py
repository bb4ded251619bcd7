"""Proforma invoices add up, and are of this order and its lines (measured live, one account in 2026).

Like an order's total they round each unit, the net one too. Whether shipping and deposits stand in them was not seen,
so sums with and without are good. Lines that were removed since are still in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from magflow_tui.marketplace.schema import Order, OrderLine, Proforma
from magflow_tui.marketplace.schema.orders import ProformaLine
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.amounts import money
from magflow_tui.rules.orders.check import OrderCheck
from magflow_tui.rules.totals import in_hundredths, order_sums, unit_gross

_SOURCE: Final = "measured live"

ORDER: Final = Rule(
    "proforma.order",
    "error",
    _SOURCE,
    Words("A proforma is of its order", "O proformă este a comenzii ei"),
    Words("{order}", "{order}"),
    Words(
        "The proforma is of order {value}, but stands in order {order}.",
        "Proforma este a comenzii {value}, dar se află în comanda {order}.",
    ),
)
GROSS: Final = Rule(
    "proforma.gross",
    "error",
    _SOURCE,
    Words("A proforma's lines add up to it", "Liniile unei proforme însumate dau proforma"),
    Words("{sum}", "{sum}"),
    Words(
        "The lines of the proforma make {sum} with VAT, but it says {said}.",
        "Liniile proformei fac {sum} cu TVA, dar ea spune {said}.",
    ),
)
NET: Final = Rule(
    "proforma.net",
    "error",
    _SOURCE,
    Words("A proforma's net lines add up to it", "Liniile fără TVA însumate dau proforma"),
    Words("{sum}", "{sum}"),
    Words(
        "The lines of the proforma make {sum} without VAT, but it says {said}.",
        "Liniile proformei fac {sum} fără TVA, dar ea spune {said}.",
    ),
)
LINE: Final = Rule(
    "proforma.line",
    "info",
    _SOURCE,
    Words("A proforma's lines are the order's", "Liniile proformei sunt ale comenzii"),
    Words("the id of a line", "id-ul unei linii"),
    Words(
        "The proforma has line {value}, which the order does not have (any more).",
        "Proforma are linia {value}, pe care comanda nu o (mai) are.",
    ),
)
LINE_PRICE: Final = Rule(
    "proforma.price",
    "warning",
    _SOURCE,
    Words("A proforma has the prices of the order", "Proforma are prețurile comenzii"),
    Words("{price}", "{price}"),
    Words(
        "The proforma's price is {said}, the order's {price}.", "Prețul din proformă este {said}, din comandă {price}."
    ),
)
LINE_QUANTITY: Final = Rule(
    "proforma.quantity",
    "warning",
    _SOURCE,
    Words("A proforma has the quantities that were ordered", "Proforma are cantitățile comandate"),
    Words("{ordered}", "{ordered}"),
    Words(
        "The proforma has {value} pieces, ordered were {ordered}.",
        "Proforma are {value} bucăți, comandate au fost {ordered}.",
    ),
)

RULES: Final = (ORDER, GROSS, NET, LINE, LINE_PRICE, LINE_QUANTITY)

_REMOVED: Final = 0
_HUNDREDTH: Final = Decimal("0.01")


def check_proformas(check: OrderCheck) -> None:
    """Each proforma names this order, adds up, and has its lines."""
    order = check.order
    if not order.proforms:
        return
    extras = _extras(order)
    ordered = {line.id: line for line in order.products or ()}
    for place, proforma in enumerate(order.proforms):
        if proforma.mkt_order_id is not None and proforma.mkt_order_id != order.id:
            check.report(ORDER, "proforms", place, "mkt_order_id", order=order.id)
        if proforma.products:
            _check_sums(check, proforma, proforma.products, extras, place)
            if not check.unsettled and None not in ordered:
                _check_lines(check, proforma.products, ordered, place)


def _extras(order: Order) -> set[Decimal]:
    """What may stand in a proforma besides its lines: shipping, deposits and vouchers, or some of them, or nothing."""
    sums = order_sums(order)
    parts: tuple[Decimal, ...] = (order.shipping_tax or Decimal(0),)
    if sums is not None:
        parts = (sums.shipping, sums.deposits, in_hundredths(sums.discounts))
    extras = {Decimal(0)}
    for part in parts:
        extras |= {extra + part for extra in extras}
    return extras


def _check_sums(
    check: OrderCheck, proforma: Proforma, lines: tuple[ProformaLine, ...], extras: set[Decimal], place: int
) -> None:
    """The lines add up to the proforma, with VAT and without."""
    gross = rounded = exact = Decimal(0)
    for line in lines:
        price, rate = line.vendor_order_product_sale_price, line.vendor_order_product_vat_rate
        quantity = line.vendor_order_product_quantity
        if price is None or rate is None or quantity is None or not 0 <= rate < 1:
            return
        gross += unit_gross(price, rate) * quantity
        rounded += in_hundredths(price) * quantity
        exact += price * quantity
    said, net = proforma.gross_value, proforma.net_value
    if said is not None and said - gross not in extras:
        check.report(GROSS, "proforms", place, "gross_value", sum=money(gross), said=money(said))
    elif said == gross and net is not None and min(abs(net - rounded), abs(net - exact)) >= _HUNDREDTH:
        check.report(NET, "proforms", place, "net_value", sum=money(rounded), said=money(net))


def _check_lines(
    check: OrderCheck, lines: tuple[ProformaLine, ...], ordered: Mapping[int | None, OrderLine], place: int
) -> None:
    """The proforma's lines are the order's, at their prices and in the quantity that was ordered."""
    for number, line in enumerate(lines):
        path = ("proforms", place, "products", number)
        if line.vendor_order_product_id is None:
            continue
        original = ordered.get(line.vendor_order_product_id)
        if original is None:
            check.report(LINE, *path, "vendor_order_product_id")
            continue
        if original.status == _REMOVED:
            continue
        price, quantity = line.vendor_order_product_sale_price, line.vendor_order_product_quantity
        if price is not None and original.sale_price is not None and price != original.sale_price:
            facts = {"said": money(price), "price": money(original.sale_price)}
            check.report(LINE_PRICE, *path, "vendor_order_product_sale_price", **facts)
        elif quantity is not None and original.initial_qty is not None and quantity != original.initial_qty:
            check.report(LINE_QUANTITY, *path, "vendor_order_product_quantity", ordered=original.initial_qty)


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_proformas,)
