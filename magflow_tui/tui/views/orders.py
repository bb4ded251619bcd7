"""Orders: the list as the store has it, newest first, and the order under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import LIST_CELLS, Body, View, columns_of
from magflow_tui.tui.views.figures import age, day, grouped, money
from magflow_tui.tui.views.frame import account_title
from magflow_tui.tui.views.health import waiting
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import Line, Role, beside, clean, cut, rule, spread, stack
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.records import OrderRow

#: Statuses as the marketplace numbers them: cancelled, new, in progress, prepared, finalised, returned.
_STATUS: dict[int, Role] = {0: "muted", 1: "info", 2: "text", 3: "text", 4: "ok", 5: "warn"}


def masked(name: str) -> str:
    """A person's name with all but its initials hidden: `P. I*****`. Its length is not told either."""
    words = clean(name).split()
    if not words:
        return ""
    if len(words) == 1:
        return f"{words[0][0]}*****"
    return f"{words[0][0]}. {words[-1][0]}*****"


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""
    shown = view.orders
    if view.snapshot is None and not shown.rows:
        return Body(stack(waiting(view, width), height))
    main, side, tail = columns_of(width, zoomed=view.zoomed, least=LIST_CELLS)
    detail_height = 0 if side else min(9, max(0, height - 9))
    rows = max(1, height - 2 - detail_height)
    keys = [(row.account, row.id) for row in shown.rows]
    cursor = view.cursor.settled(keys, rows)
    lines = [_heading(view, main)]
    if shown.rows:
        lines += table(shown.rows, _columns(view), cursor, main, rows, view.glyphs)
    elif shown.error:
        lines.append(((f"  {cut(clean(shown.error), main - 2)}", "crit"),))
    else:
        lines.append(((f"  {view.say('orders.loading' if shown.loading else 'orders.none')}", "muted"),))
    selected = shown.rows[cursor.index] if shown.rows else None
    if side:
        right = _detail_section(view, selected, side) if selected else []
        columns = [(lines, main), (right, side)]
        if tail:
            columns.append((tail_section(view, tail, height), tail))
        lines = beside(columns, height, divider=f" {view.glyphs.divider} ")
    elif detail_height and selected:
        lines = stack(lines, height - detail_height) + _detail_section(view, selected, main)
    return Body(stack(lines, height), 2, rows, keys, cursor, first=cursor.top, list_width=main)


def _heading(view: View, width: int) -> Line:
    say, shown = view.say, view.orders
    left: Line = ((f"/ {say('orders.filter', account=account_title(view))}", "title"),)
    if shown.error and shown.rows:
        return spread(left, ((cut(clean(shown.error), width // 2), "crit"),), width)
    loaded = grouped(len(shown.rows))
    if shown.total is not None:
        text = say("orders.loaded", loaded=loaded, total=grouped(max(shown.total, len(shown.rows))))
    else:
        text = say("orders.loaded_all" if shown.complete else "orders.loaded_more", loaded=loaded)
    if shown.loading:
        text = f"{say('orders.loading')}  {text}"
    return spread(left, ((text + " ", "muted"),), width)


def _customer(view: View, row: OrderRow) -> str:
    if not row.customer:
        return "-"
    return clean(row.customer) if view.reveal else masked(row.customer)


def _columns(view: View) -> list[Column[OrderRow]]:
    say = view.say

    def status(row: OrderRow) -> tuple[str, Role]:
        return (clean(row.status_text), "muted" if row.status is None else _STATUS.get(row.status, "warn"))

    def findings(row: OrderRow) -> tuple[str, Role]:
        return (str(row.findings) if row.findings else "", "warn")

    return [
        Column(say("col.order"), 11, lambda row: (str(row.id), "text"), "right"),
        Column(say("col.age"), 6, lambda row: (age(view.seconds_since(row.date)), "muted"), "right"),
        Column(say("col.order_status"), 11, status),
        Column(say("col.total"), 10, lambda row: (money(row.total), "text"), "right"),
        Column("", 3, lambda row: (clean(row.currency or ""), "muted")),
        Column(say("col.account"), 8, lambda row: (clean(row.account).upper(), "muted"), need=72),
        Column(say("col.customer"), 0, lambda row: (_customer(view, row), "text")),
        Column(say("col.findings"), 8, findings, "right", need=84),
    ]


def _detail_section(view: View, row: OrderRow, width: int) -> list[Line]:
    """The order under the cursor; with its lines once it has been opened."""
    say = view.say
    title: Line = ((str(row.id), "title"),)
    lines = [rule(title, ((clean(row.status_text), "muted"),), width, stroke=view.glyphs.line)]
    kind = say(f"order_type.{row.type}") if row.type in (2, 3) else say("order_type.unknown", number=row.type)
    paid = say(f"payment.{row.payment_mode_id}") if row.payment_mode_id in (1, 2, 3) else "-"
    facts = [
        say(
            "orders.placed",
            at=day(row.date, view.shown_at, view.zone),
            modified=day(row.modified, view.shown_at, view.zone),
        ),
        say("orders.total", total=money(row.total), currency=clean(row.currency or ""), paid=paid),
        say("orders.whose", account=clean(row.account).upper(), kind=kind, customer=_customer(view, row)),
    ]
    lines += [((f"  {cut(fact, width - 2)}", "text"),) for fact in facts]
    detail = view.orders.detail
    if detail is None or (detail.row.account, detail.row.id) != (row.account, row.id):
        return [*lines, ((f"  {say('orders.open')}", "muted"),)]
    return lines + [((f"  {cut(text, width - 2)}", "text"),) for text in _order_lines(detail.order)]


def _order_lines(order: dict[str, object]) -> list[str]:
    """`2 x 99120  Cablu HDMI` for each product of an order's payload, whatever shape it came in."""
    products = order.get("products")
    if not isinstance(products, list):
        return []
    texts = []
    for product in products:
        if isinstance(product, dict):
            quantity, number = product.get("quantity"), product.get("part_number") or product.get("product_id")
            name, price = product.get("name") or "", product.get("sale_price") or ""
            texts.append(clean(f"{quantity} x {number}  {name}  {price}"))
    return texts
