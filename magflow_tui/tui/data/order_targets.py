"""Which orders an action over many is about: those that are marked, or all that are like one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from magflow_tui.tui.data.store_lists import OrderSource, as_row_filter, list_filter
from magflow_tui.tui.views.action_menu import status_name
from magflow_tui.tui.views.context import ListState, Say
from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.contract.actions import ActionBatch, ActionKind, ActionRequest
    from magflow_tui.contract.findings import OrderKey
    from magflow_tui.contract.listing import RowFilter
    from magflow_tui.contract.records import OrderRow

_FIELDS = frozenset(OrderSource.fields)


@dataclass(frozen=True, slots=True)
class Target:
    """Orders by name, or all of an account that meet a filter (None: of all accounts). `title` is safe text."""

    title: str
    orders: tuple[OrderKey, ...] = ()
    where: RowFilter | None = None
    account: str | None = None

    def request(
        self, kind: ActionKind, *, to: int | None = None, reason: int | None = None, dry_run: bool = False
    ) -> ActionRequest:
        """An action on them, as the engine is asked for it."""
        from magflow_tui.client.operator import operator_name
        from magflow_tui.contract.actions import ActionRequest

        return ActionRequest(
            kind=kind,
            orders=self.orders,
            where=self.where,
            account=self.account,
            to=to,
            reason=reason,
            by=operator_name(),
            dry_run=dry_run,
        )

    def exactly(self, dry: ActionBatch) -> Target:
        """The orders of a dry run by name, so that none joins them between question and answer.

        As far as the engine has named them all; there may be too many.
        """
        from magflow_tui.contract.findings import OrderKey

        if self.orders or len(dry.rows) != dry.orders:
            return self
        orders = tuple(OrderKey(account=row.account, id=row.order_id) for row in dry.rows)
        return replace(self, orders=orders, where=None)


def marked(say: Say, marks: Collection[object]) -> Target:
    """The orders of these keys of the list."""
    from magflow_tui.contract.findings import OrderKey

    keys = sorted(key for key in marks if isinstance(key, tuple))
    orders = tuple(OrderKey(account=account, id=number) for account, number in keys)
    return Target(say("act.marked", count=grouped(len(orders))), orders)


def alike(say: Say, row: OrderRow, state: ListState, account: str | None) -> Target | str:
    """All orders that the list shows with the status and the gravest rule of `row`; or a sentence why there are none.

    Like an order without findings are those without any. A filter that the store does not understand in full would
    choose more than the operator sees.
    """
    from magflow_tui.contract.listing import Condition, RowFilter

    wanted = list_filter(state.filter, _FIELDS)
    pattern = next((term.value for group in wanted.alternatives for term in group if term.operator == "~"), None)
    if wanted.problem:
        return say(wanted.problem, part=clean(wanted.problem_part))
    if pattern is not None:
        return say("list.no_pattern", part=clean(pattern))
    if row.status is None:
        return say("act.no_status")
    conditions = [Condition(field="status", value=str(row.status))]
    parts = [status_name(say, row.status)]
    if row.worst_rule is not None:
        conditions.append(Condition(field="rule", value=row.worst_rule))
        parts.append(clean(row.worst_rule))
    elif not row.findings:
        conditions.append(Condition(field="findings", operator="any", negated=True))
        parts.append(say("act.clean"))
    if state.faults:
        conditions.append(Condition(field="findings", operator="any"))
    if state.filter.strip():
        parts.append(f"/ {clean(state.filter.strip())}")
    groups = as_row_filter(wanted).alternatives or ((),)
    where = RowFilter(alternatives=tuple((*group, *conditions) for group in groups))
    return Target(say("act.alike", what=" · ".join(parts)), where=where, account=account)
