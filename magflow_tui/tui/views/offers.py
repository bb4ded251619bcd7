"""Offers: the list as the store has it, and why the one under the cursor can be sold or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.data.store_lists import OfferSource
from magflow_tui.tui.views.accounts import account_cells, account_name
from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.figures import grouped, money
from magflow_tui.tui.views.list_frame import Pane, list_body
from magflow_tui.tui.views.spans import Line, Role, clean, cut
from magflow_tui.tui.views.table import Column

if TYPE_CHECKING:
    from magflow_tui.contract.records import OfferRow

#: The engine's phrases for conditions that fail.
_REASONS = {
    "no stock": "offers.reason.no_stock",
    "stock not known": "offers.reason.stock_unknown",
    "price not valid": "offers.reason.price",
    "price validity not known": "offers.reason.price_unknown",
}
_FIELDS = frozenset(OfferSource.fields)


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""

    def pane(row: OfferRow, cells: int) -> Pane:
        standing: Line = ((view.say("offers.sellable" if row.sellable else "offers.unsellable"), _role(row)),)
        return Pane(str(row.id), standing, [view.say("pane.offer")], _detail(view, row, cells))

    return list_body(view, "offers", view.offers, _columns(view), offer_key, _FIELDS, pane, width, height)


def offer_key(row: OfferRow) -> tuple[str, int]:
    """What an offer is told apart by."""
    return row.account, row.id


def _role(row: OfferRow) -> Role:
    return "ok" if row.sellable else "warn"


def _status(view: View, row: OfferRow) -> str:
    return view.say(f"offer_status.{row.status}") if row.status in (0, 1, 2) else "-"


def _reason(view: View, row: OfferRow, reason: str) -> str:
    """Why an offer cannot be sold, in the operator's language as far as the engine's phrase is known."""
    if reason in _REASONS:
        return view.say(_REASONS[reason])
    kind, colon, state = reason.partition(": ")
    if kind == "offer" and colon:
        return view.say("offers.reason.offer", state=_status(view, row))
    return view.say("offers.reason.documentation", state=clean(state)) if kind == "documentation" else clean(reason)


def _columns(view: View) -> list[Column[OfferRow]]:
    say = view.say

    def sellable(row: OfferRow) -> tuple[str, Role]:
        if row.sellable:
            return (view.glyphs.ok, "ok")
        more = f" (+{len(row.reasons) - 1})" if len(row.reasons) > 1 else ""
        return (f"{view.glyphs.warn} {_reason(view, row, row.reasons[0]) if row.reasons else ''}{more}", "warn")

    def stock(row: OfferRow) -> tuple[str, Role]:
        return ("-" if row.stock is None else grouped(row.stock), "text" if row.stock else "warn")

    return [
        Column(say("col.offer"), 11, lambda row: (str(row.id), "text"), "right", sort="id"),
        Column(say("col.name"), 0, lambda row: (clean(row.name or "-"), "text"), sort="name"),
        Column(say("col.part"), 14, lambda row: (clean(row.part_number or "-"), "muted"), need=100),
        Column(say("col.acct"), account_cells(view), lambda row: (account_name(row.account), "muted"), need=72),
        Column(say("col.order_status"), 9, lambda row: (_status(view, row), "text"), sort="status", wide=True),
        Column(say("col.price"), 10, lambda row: (money(row.sale_price), "text"), "right", sort="price"),
        Column("", 3, lambda row: (clean(row.currency or ""), "muted"), need=84),
        Column(say("col.stock"), 7, stock, "right", sort="stock"),
        Column(say("col.sellable"), 18, sellable),
    ]


def _detail(view: View, row: OfferRow, width: int) -> list[Line]:
    say = view.say
    stock = "-" if row.stock is None else grouped(row.stock)
    price = f"{money(row.sale_price)} {clean(row.currency or '')}".strip()
    facts = [
        clean(row.name or "-"),
        say("offers.whose", account=account_name(row.account), part=clean(row.part_number or "-")),
        say("offers.price", price=price, stock=stock, status=_status(view, row)),
    ]
    lines: list[Line] = [((f"  {cut(fact, width - 2)}", "text"),) for fact in facts]
    if row.sellable:
        return [*lines, ((f"  {view.glyphs.ok} {cut(say('offers.why_sellable'), width - 6)}", "ok"),)]
    lines.append(((f"  {cut(say('offers.why_not'), width - 2)}", "muted"),))
    return lines + [
        ((f"  {view.glyphs.warn} {cut(_reason(view, row, each), width - 4)}", "warn"),) for each in row.reasons
    ]
