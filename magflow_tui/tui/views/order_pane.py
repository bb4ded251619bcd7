"""The detail pane of an order: its tabs, and what each of them shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.finding_signs import severity_sign
from magflow_tui.tui.views.findings import finding_lines
from magflow_tui.tui.views.list_frame import Pane
from magflow_tui.tui.views.order_detail import customer_lines, order_lines, visible_order
from magflow_tui.tui.views.order_record import history_lines, note_lines
from magflow_tui.tui.views.order_tabs import TABS, Tab, shown_tab
from magflow_tui.tui.views.raw_order import raw_lines
from magflow_tui.tui.views.spans import Line, clean, cut, rule
from magflow_tui.tui.views.time_left import window_left

if TYPE_CHECKING:
    from magflow_tui.contract.records import OrderDetail, OrderRow
    from magflow_tui.tui.views.context import View


def order_pane(view: View, row: OrderRow, status: str, width: int) -> Pane:
    """The pane of the order under the cursor; what has not been read of it yet is told."""
    detail = view.orders.detail
    if detail is not None and (detail.row.account, detail.row.id) != (row.account, row.id):
        detail = None
    left = window_left(view, detail.choices) if detail is not None else ""
    right: Line = ((status, "muted"), (f" {view.say('act.window', left=left)}" if left else "", "info"))
    lines, stops, steps = _drawn(view, row, detail, width)
    return Pane(str(row.id), right, _titles(view, row, detail), lines, stops, steps)


def _titles(view: View, row: OrderRow, detail: OrderDetail | None) -> Sequence[str]:
    """Names of the tabs; findings and notes with how many there are."""
    counts = {"findings": row.findings if detail is None else len(detail.findings)}
    if detail is not None:
        counts["notes"] = len(detail.notes)
    return [f"{view.say(f'pane.{tab}')}{f' {grouped(counts[tab])}' if counts.get(tab) else ''}" for tab in TABS]


def _drawn(
    view: View, row: OrderRow, detail: OrderDetail | None, width: int
) -> tuple[Sequence[Line], Sequence[int], bool]:
    """The lines of the shown tab, those that can be gone to, and whether the cursor goes from one to the next."""
    tab = shown_tab(view.pane)
    if tab == "findings":
        return _findings(view, row, detail, width)
    if tab == "lines":
        return order_lines(view, row, detail, width), (), False
    if detail is None:
        return [((f"  {cut(view.say('orders.open'), width - 2)}", "muted"),)], (), False
    if tab == "raw":
        lines, stops = raw_lines(view, detail, visible_order(view, detail), width)
        return lines, stops, False
    if tab == "customer":
        return customer_lines(view, row, detail, width), (), False
    makers: dict[Tab, Callable[[View, OrderDetail, int], list[Line]]] = {"history": history_lines, "notes": note_lines}
    return makers[tab](view, detail, width), (), False


def _findings(
    view: View, row: OrderRow, detail: OrderDetail | None, width: int
) -> tuple[Sequence[Line], Sequence[int], bool]:
    """What is wrong with the order, and below it what was ordered."""
    stops: list[int] = []
    if detail is not None:
        lines, stops = finding_lines(view, detail, width)
    elif row.findings:
        sign, role = severity_sign(row.worst_severity, view.glyphs)
        lines = [((f"  {sign} {clean(row.worst_rule or '')} {more(row.findings)}".rstrip(), role),)]
    else:
        lines = [((f"  {view.say('findings.none')}", "muted"),)]
    title = rule(((view.say("pane.lines"), "muted"),), (), width, stroke=view.glyphs.line)
    return [*lines, title, *order_lines(view, row, detail, width)], stops, bool(stops)


def more(findings: int) -> str:
    """`(+2)` behind the gravest of three findings; empty when it is the only one."""
    return f"(+{findings - 1})" if findings > 1 else ""
