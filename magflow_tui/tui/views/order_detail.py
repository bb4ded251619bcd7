"""The order under the cursor: what was ordered, and by whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import day, money
from magflow_tui.tui.views.masking import masked, masked_document
from magflow_tui.tui.views.remembered import Remembered
from magflow_tui.tui.views.spans import Line, Role, cells, clean, cut, fit

if TYPE_CHECKING:
    from magflow_tui.contract.records import OrderDetail, OrderRow

#: An order is masked once, however often it is drawn.
_MASKED: Remembered[Mapping[str, object], Mapping[str, object]] = Remembered(masked_document)
#: Cells of the names in front of facts.
_NAME_CELLS = 12


def order_lines(view: View, row: OrderRow, detail: OrderDetail | None, width: int) -> list[Line]:
    """When, how much, how paid; and the products, once the order has been read whole."""
    say = view.say
    kind = say(f"order_type.{row.type}") if row.type in (2, 3) else say("order_type.unknown", number=row.type)
    paid = say(f"payment.{row.payment_mode_id}") if row.payment_mode_id in (1, 2, 3) else "-"
    whose = "-" if not row.customer else clean(row.customer) if view.reveal else masked(row.customer)
    placed, modified = (day(at, view.shown_at, view.zone) for at in (row.date, row.modified))
    lines = [
        _text(say("orders.placed", at=placed, modified=modified), width),
        _text(say("orders.total", total=money(row.total), currency=clean(row.currency or ""), paid=paid), width),
        _text(say("orders.whose", account=account_name(row.account), kind=kind, customer=whose), width),
    ]
    if detail is None:
        return [*lines, _text(say("orders.open"), width, "muted")]
    order = visible_order(view, detail)
    lines += [_text(text, width) for text in _products(order, width - 2)]
    lines += [_text(text, width, "muted") for text in _extras(view, order)]
    fetched = say("orders.fetched", at=day(detail.fetched_at, view.shown_at, view.zone))
    return [*lines, _text(fetched, width, "muted")]


def customer_lines(view: View, row: OrderRow, detail: OrderDetail | None, width: int) -> list[Line]:
    """What is known of the customer; personal data stay hidden unless they are to be seen."""
    if detail is None:
        return [_text(view.say("orders.open"), width, "muted")]
    order = visible_order(view, detail)
    found = order.get("customer")
    if not isinstance(found, Mapping):
        return [_text(view.say("orders.no_customer"), width, "muted")]
    return [_fact(str(name), value, width) for name, value in found.items() if value not in (None, "", [], {})]


def visible_order(view: View, detail: OrderDetail) -> Mapping[str, object]:
    """The payload as it may be seen."""
    return detail.order if view.reveal else _MASKED(detail.order)


def _products(order: Mapping[str, object], width: int) -> list[str]:
    """`2 x 99120  Cablu HDMI  19.99` for each product of a payload, whatever shape it came in.

    Where it does not fit, the name is cut and not the price.
    """
    products = order.get("products")
    if not isinstance(products, list):
        return []
    texts = []
    for product in products:
        if isinstance(product, Mapping):
            quantity, number = product.get("quantity"), product.get("part_number") or product.get("product_id")
            name, price = product.get("name") or "", clean(product.get("sale_price") or "")
            what = clean(f"{quantity} x {number}  {name}")
            texts.append(f"{cut(what, max(0, width - cells(price) - 2))}  {price}")
    return texts


def _extras(view: View, order: Mapping[str, object]) -> list[str]:
    """Shipping, vouchers and delivery, as far as they are there."""
    say = view.say
    texts = []
    shipping = order.get("shipping_tax")
    # What is no amount is told as a finding, and seen among the raw values.
    if isinstance(shipping, str | int | float) and shipping not in ("", 0, "0"):
        texts.append(say("orders.shipping", amount=clean(shipping)))
    vouchers = order.get("vouchers")
    if isinstance(vouchers, list) and vouchers:
        texts.append(say("orders.vouchers", count=len(vouchers)))
    if order.get("delivery_mode"):
        texts.append(say("orders.delivery", mode=clean(order["delivery_mode"])))
    return texts


def _text(text: str, width: int, role: Role = "text") -> Line:
    return ((f"  {cut(clean(text), width - 2)}", role),)


def _fact(name: str, value: object, width: int) -> Line:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
    label = fit(clean(name), max(_NAME_CELLS, min(24, width // 2 - 2)))
    return ((f"  {label} ", "muted"), (cut(clean(text), max(0, width - 3 - len(label))), "text"))
