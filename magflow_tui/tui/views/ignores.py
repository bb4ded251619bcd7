"""Rules that are ignored for what comes, too: of which orders, by whom, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.data.desk import IGNORE_FIELDS
from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.figures import day, grouped, span
from magflow_tui.tui.views.list_frame import Pane, list_body
from magflow_tui.tui.views.rules import title_of
from magflow_tui.tui.views.spans import Line, Role, clean, cut, wrapped
from magflow_tui.tui.views.table import Column

if TYPE_CHECKING:
    from magflow_tui.contract.findings import Ignore
    from magflow_tui.tui.views.context import Body, View


def body(view: View, width: int, height: int) -> Body:
    """The list of ignores in the place of the orders."""
    return list_body(
        view,
        "ignores",
        view.desk.ignores,
        _columns(view),
        lambda row: row.ignore_id,
        IGNORE_FIELDS,
        lambda row, room: _pane(view, row, room),
        width,
        height,
    )


def reach(view: View, row: Ignore) -> str:
    """What it covers: `448120331 MAIN`, `MAIN`, or everything."""
    if row.order_id is not None:
        return f"{row.order_id} {account_name(row.account or '')}".rstrip()
    return account_name(row.account) if row.account is not None else view.say("ignores.everywhere")


def _expiry(view: View, row: Ignore) -> str:
    return view.say("ignores.lasting") if row.expires_at is None else day(row.expires_at, view.shown_at, view.zone)


def _columns(view: View) -> list[Column[Ignore]]:
    say = view.say

    def left(row: Ignore) -> tuple[str, Role]:
        age = view.seconds_since(row.expires_at)
        return ("-" if age is None else span(-age), "muted")

    return [
        Column(say("col.rule"), 0, lambda row: (clean(row.rule), "text"), sort="rule"),
        Column(say("col.reach"), 16, lambda row: (reach(view, row), "text")),
        Column(say("col.until"), 11, lambda row: (_expiry(view, row), "text"), "right", sort="until"),
        Column(say("col.left"), 7, left, "right", need=72),
        Column(say("col.findings"), 9, lambda row: (grouped(row.findings), "text"), "right"),
        Column(say("col.by"), 9, lambda row: (clean(row.created_by), "muted"), need=72),
    ]


def _pane(view: View, row: Ignore, width: int) -> Pane:
    say = view.say
    since = day(row.created_at, view.shown_at, view.zone)
    texts = [
        title_of(view, row.rule),
        say("ignores.covers", reach=reach(view, row)),
        say("ignores.since", at=since, by=clean(row.created_by)),
        say("ignores.until", at=_expiry(view, row)),
        say("ignores.keeps", count=grouped(row.findings)),
    ]
    lines: list[Line] = [((f"  {cut(text, width - 2)}", "text"),) for text in texts if text]
    lines += [((f"  {text}", "info"),) for text in wrapped(say("ignores.try"), max(1, width - 3))]
    return Pane(clean(row.rule), (), [say("pane.ignore")], lines)
