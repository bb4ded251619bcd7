"""Offers: the list as the store has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.data.store_lists import OfferSource
from magflow_tui.tui.views.accounts import account_cells, account_name
from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.figures import grouped, money
from magflow_tui.tui.views.list_frame import list_body
from magflow_tui.tui.views.offer_pane import offer_pane, reasons_of, status_word
from magflow_tui.tui.views.spans import Role, clean
from magflow_tui.tui.views.table import Column

if TYPE_CHECKING:
    from magflow_tui.contract.records import OfferRow

#: Cells from which on the stock has a column: below, that there is none is told as what keeps an offer from being sold.
NEED_STOCK = 66
_FIELDS = frozenset(OfferSource.fields)


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""
    return list_body(
        view,
        "offers",
        view.offers,
        _columns(view),
        offer_key,
        _FIELDS,
        lambda row, cells: offer_pane(view, row, cells),
        width,
        height,
    )


def offer_key(row: OfferRow) -> tuple[str, int]:
    """What an offer is told apart by."""
    return row.account, row.id


def _columns(view: View) -> list[Column[OfferRow]]:
    say = view.say

    def sellable(row: OfferRow) -> tuple[str, Role]:
        if row.sellable:
            return (view.glyphs.ok, "ok")
        reasons = reasons_of(view, row)
        more = f" (+{len(reasons) - 1})" if len(reasons) > 1 else ""
        return (f"{view.glyphs.warn} {reasons[0] if reasons else ''}{more}", "warn")

    def stock(row: OfferRow) -> tuple[str, Role]:
        return ("-" if row.stock is None else grouped(row.stock), "text" if row.stock else "warn")

    return [
        Column(say("col.offer"), 11, lambda row: (str(row.id), "text"), "right", sort="id"),
        Column(say("col.name"), 0, lambda row: (clean(row.name or "-"), "text"), sort="name"),
        Column(say("col.part"), 14, lambda row: (clean(row.part_number or "-"), "muted"), need=100),
        Column(say("col.acct"), account_cells(view), lambda row: (account_name(row.account), "muted"), need=72),
        Column(say("col.order_status"), 9, lambda row: (status_word(view, row), "text"), sort="status", wide=True),
        Column(say("col.price"), 10, lambda row: (money(row.sale_price), "text"), "right", sort="price"),
        Column("", 3, lambda row: (clean(row.currency or ""), "muted"), need=84),
        Column(say("col.stock"), 7, stock, "right", need=NEED_STOCK, sort="stock"),
        Column(say("col.sellable"), 0, sellable),
    ]
