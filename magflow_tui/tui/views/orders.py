"""Orders and offers: the list as the store has it, and what is under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.data.store_lists import OrderSource
from magflow_tui.tui.views import ignores, offers, rules
from magflow_tui.tui.views.accounts import account_cells, account_name
from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.figures import age, day, money
from magflow_tui.tui.views.finding_signs import severity_sign
from magflow_tui.tui.views.list_frame import list_body
from magflow_tui.tui.views.masking import masked
from magflow_tui.tui.views.order_pane import more, order_pane
from magflow_tui.tui.views.spans import Role, clean
from magflow_tui.tui.views.table import Column

if TYPE_CHECKING:
    from magflow_tui.contract.records import OrderRow

#: Statuses as the marketplace numbers them: cancelled, new, in progress, prepared, finalised, returned.
_STATUS: dict[int, Role] = {0: "muted", 1: "info", 2: "text", 3: "text", 4: "ok", 5: "warn"}
_FIELDS = frozenset(OrderSource.fields)
AGE_CELLS = 6
#: Cells of a customer's name, whole and masked (`P. I*****`).
NAME_CELLS, MASKED_CELLS = 20, 10
#: Cells from which on the list tells the currency, whose account it is, how it is paid, and the worst rule's title.
NEED_CURRENCY, NEED_ACCOUNT, NEED_PAYMENT, NEED_TITLE = 72, 84, 100, 124


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen: the orders, the offers, or what was found in the orders by rule."""
    if view.offers_open:
        return offers.body(view, width, height)
    if view.desk_list == "rules":
        return rules.body(view, width, height)
    if view.desk_list == "ignores":
        return ignores.body(view, width, height)
    return list_body(
        view,
        "orders",
        view.orders,
        _columns(view),
        order_key,
        _FIELDS,
        lambda row, cells: order_pane(view, row, status_word(view, row), cells),
        width,
        height,
        foot=lambda cells: rules.section(view, cells),
    )


def order_key(row: OrderRow) -> tuple[str, int]:
    """What an order is told apart by."""
    return row.account, row.id


def customer(view: View, row: OrderRow) -> str:
    """Whose order it is, as far as that may be seen."""
    if not row.customer:
        return "-"
    return clean(row.customer) if view.reveal else masked(row.customer)


def status_word(view: View, row: OrderRow) -> str:
    """What the order's status is called; one that is not known by its number, `-` where it cannot be read."""
    if row.status is None:
        return "-"
    return view.say(f"order_status.{row.status if row.status in _STATUS else 'unknown'}", number=row.status)


def _age(view: View, row: OrderRow) -> str:
    """`18m`, `3d04h`; months later the hours do not count any more."""
    text = age(view.seconds_since(row.date))
    return text if len(text) <= AGE_CELLS else f"{text.partition('d')[0]}d"


def _columns(view: View) -> list[Column[OrderRow]]:
    say = view.say

    def status(row: OrderRow) -> tuple[str, Role]:
        return (status_word(view, row), "muted" if row.status is None else _STATUS.get(row.status, "warn"))

    def problem(row: OrderRow) -> tuple[str, Role]:
        if not row.findings:
            return ("", "text")
        sign, role = severity_sign(row.worst_severity, view.glyphs)
        return (f"{sign} {clean(row.worst_rule or row.findings)} {more(row.findings)}".rstrip(), role)

    def title(row: OrderRow) -> tuple[str, Role]:
        return (rules.title_of(view, row.worst_rule or ""), "muted")

    def paid(row: OrderRow) -> tuple[str, Role]:
        known = row.payment_mode_id in (1, 2, 3)
        return (say(f"payment_short.{row.payment_mode_id}") if known else "-", "text" if known else "muted")

    def kind(row: OrderRow) -> tuple[str, Role]:
        return (say(f"order_type_short.{row.type}") if row.type in (2, 3) else "-", "muted")

    def placed(row: OrderRow) -> tuple[str, Role]:
        return (day(row.date, view.shown_at, view.zone), "muted")

    def modified(row: OrderRow) -> tuple[str, Role]:
        return (day(row.modified, view.shown_at, view.zone), "muted")

    return [
        Column(say("col.order"), 10, lambda row: (str(row.id), "text"), "right"),
        Column(say("col.age"), AGE_CELLS, lambda row: (_age(view, row), "muted"), "right", sort="date"),
        Column(say("col.placed"), 11, placed, wide=True, sort="date"),
        Column(say("col.modified"), 11, modified, wide=True, sort="modified"),
        Column(say("col.order_status"), 11, status, sort="status"),
        Column(say("col.total"), 10, lambda row: (money(row.total), "text"), "right", sort="total"),
        Column("", 3, lambda row: (clean(row.currency or ""), "muted"), need=NEED_CURRENCY),
        Column(
            say("col.acct"), account_cells(view), lambda row: (account_name(row.account), "muted"), need=NEED_ACCOUNT
        ),
        Column(say("col.order_type"), 6, kind, wide=True),
        Column(say("col.payment"), 8, paid, need=NEED_PAYMENT),
        Column(
            say("col.customer"),
            NAME_CELLS if view.reveal else MASKED_CELLS,
            lambda row: (customer(view, row), "text"),
            sort="customer",
        ),
        Column(say("col.problem"), 0, problem),
        Column("", 0, title, need=NEED_TITLE),
    ]
