"""What failed among the requests kept: like failures of one endpoint together, the most frequent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_cells, account_name
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import clock, grouped
from magflow_tui.tui.views.request_rows import is_error, request_role
from magflow_tui.tui.views.spans import Line, clean, cut, fit, rule

if TYPE_CHECKING:
    from magflow_tui.contract.records import RequestRow


@dataclass(slots=True)
class _Group:
    """Failures of one kind; `last` is the newest of them."""

    last: RequestRow
    count: int = 0


def failures_section(view: View, width: int, height: int) -> list[Line]:
    """The groups in at most `height` lines, each with how many and when the last was."""
    say = view.say
    title: Line = ((say("api.failures_of", count=grouped(len(view.requests.known))), "title"),)
    lines: list[Line] = [rule(title, (), width, stroke=view.glyphs.line)]
    groups = _groups(view.requests.known)
    if not groups:
        lines.append(((f"  {say('api.failures_none')}", "ok"),))
    room = account_cells(view)
    for group in groups[: height - 1]:
        row = group.last
        at = clock(row.at, view.zone)
        head = f"{grouped(group.count):>5}x {at}  {fit(account_name(row.account), room)} "
        words = f"{clean(row.route)}: {say(f'outcome.{row.outcome}')}"
        lines.append(((head, "text"), (cut(words, width - len(head)), request_role(row))))
    return lines[: max(0, height)]


def _groups(rows: Sequence[RequestRow]) -> list[_Group]:
    """Failures by account, route and outcome. `rows` are newest first."""
    groups: dict[tuple[str, str, str], _Group] = {}
    for row in rows:
        if is_error(row):
            groups.setdefault((row.account, row.route, row.outcome), _Group(row)).count += 1
    return sorted(groups.values(), key=lambda group: -group.count)
