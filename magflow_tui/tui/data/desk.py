"""What is known of findings beside the lists of the store: counts by rule, rules, ignores, saved views."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from magflow_tui.tui.data.store_lists import list_filter
from magflow_tui.tui.views.context import DeskShown, ListState, RowsShown

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.findings import Ignore, OrderHistory, RuleCount, RuleInfo, SavedView

Row = TypeVar("Row")
Read = Mapping[str, Callable[[Row], Any]]


def _unresolved(row: RuleCount) -> int:
    return row.open + row.seen + row.ignored + row.snoozed


#: What `/` can ask of the rules, and of the ignores.
_OF_RULE: Read[RuleCount] = {
    "rule": lambda row: row.rule,
    "severity": lambda row: row.severity,
    "open": lambda row: row.open,
    "seen": lambda row: row.seen,
    "ignored": lambda row: row.ignored,
    "snoozed": lambda row: row.snoozed,
    "orders": lambda row: row.orders,
}
_OF_IGNORE: Read[Ignore] = {
    "rule": lambda row: row.rule,
    "acct": lambda row: row.account,
    "order": lambda row: row.order_id,
    "by": lambda row: row.created_by,
}
RULE_FIELDS, IGNORE_FIELDS = frozenset(_OF_RULE), frozenset(_OF_IGNORE)
SEVERITY_NAMES = ("error", "warning", "info")


class Desk:
    """Read anew when the orders have changed, or what people said of their findings (`forget`)."""

    def __init__(self) -> None:
        self.known: Mapping[str, RuleInfo] = {}
        self.views: tuple[SavedView, ...] = ()
        self._counts: tuple[RuleCount, ...] | None = None
        self._ignores: tuple[Ignore, ...] | None = None
        self._history: tuple[object, OrderHistory] | None = None
        self._error: str | None = None
        self._once = False
        self._turn = 0
        self._have: Hashable = None
        self._account: str | None = None
        self._places: dict[str, int] = {}
        self._arranged_by: tuple[str, bool] | None = None

    def stamp(self, account: str | None, signature: Hashable) -> Hashable:
        """Changes when there may be something new to read."""
        return account, signature, self._turn

    def lacks(self, stamp: Hashable) -> bool:
        """Whether what is here is not that of a stamp, or could not be read."""
        return self._have != stamp or self._error is not None

    def forget(self) -> None:
        """What is here may not hold any more; it stays until it has been read anew."""
        self._turn += 1

    def forget_history(self) -> None:
        """Something happened to the order whose history is here."""
        self._history = None

    def urgent(self, account: str | None) -> bool:
        """Whether something was done to findings that has not been read yet, or nothing has been read of an account."""
        return not isinstance(self._have, tuple) or (self._have[0], self._have[-1]) != (account, self._turn)

    async def read(self, client: EngineClient, account: str | None, stamp: Hashable, *, ignores: bool) -> None:
        """Read what is known now, of the `ignores` only where they are looked at.

        Raises `EngineError`; that is kept, too, to be shown in place.
        """
        from magflow_tui.client import EngineError

        if self._account != account:
            self._account = account
            self.arrange()
        self._have = stamp
        try:
            if not self._once:
                rules = await client.triage.rules()
                self.known = {rule.code: rule for rule in rules.rules}
                await self.read_views(client)
                self._once = True
            counts = await client.triage.counts(account=account)
            if ignores:
                self._ignores = (await client.triage.ignores()).ignores
        except EngineError as error:
            self._error = str(error)
            raise
        self._counts, self._error = counts.rules, None

    async def read_views(self, client: EngineClient) -> None:
        """Read the saved views. Raises `EngineError`."""
        self.views = (await client.triage.views()).views

    async def read_history(self, client: EngineClient, key: tuple[str, int]) -> None:
        """Read what happened to an order. Raises `EngineError`."""
        self._history = key, await client.triage.history(key[1], account=key[0])

    def has_history(self, key: object) -> bool:
        """Whether that of an order has been read."""
        return self._history is not None and self._history[0] == key

    def rule(self, code: str) -> RuleCount | None:
        """The counts of a rule."""
        return next((row for row in self._counts or () if row.rule == code), None)

    def arrange(self) -> None:
        """Put the rules in order anew: until the next time none of them changes its place."""
        self._arranged_by = None

    def shown(self, rules: ListState, ignores: ListState, order: object) -> DeskShown:
        """As it is to be drawn: the rules and the ignores filtered and sorted, the history that of an order's key."""
        return DeskShown(
            rules=self._listed(self._counts, self._in_order(rules), rules, _OF_RULE, _on_desk),
            ignores=self._listed(self._ignores, self._by_expiry(ignores), ignores, _OF_IGNORE, lambda row: True),
            known=self.known,
            history=self._history[1] if self._history is not None and self._history[0] == order else None,
        )

    def _listed(
        self,
        read: Sequence[Row] | None,
        rows: Sequence[Row],
        state: ListState,
        fields: Read[Row],
        is_fault: Callable[[Row], bool],
    ) -> RowsShown[Row]:
        if read is None:
            return RowsShown(error=self._error)
        wanted = list_filter(state.filter, frozenset(fields))
        kept = tuple(row for row in rows if wanted.matches(row, fields) and (not state.faults or is_fault(row)))
        return RowsShown(kept, position=0, total=len(kept), error=self._error)

    def _in_order(self, state: ListState) -> list[RuleCount]:
        """The rules where they stood when they were last put in order; those that have come since at the end."""
        rows = list(self._counts or ())
        column, descending = state.sort or "open", state.descending if state.sort else True
        if self._arranged_by != (column, descending) and rows:
            if column == "rule":
                rows.sort(key=lambda row: row.rule, reverse=descending)
            else:
                read = (lambda row: row.orders) if column == "orders" else (lambda row: (row.open, _unresolved(row)))
                rows.sort(key=lambda row: (SEVERITY_NAMES.index(row.severity), row.rule))
                rows.sort(key=read, reverse=descending)
            self._places = {row.rule: place for place, row in enumerate(rows)}
            self._arranged_by = column, descending
        return sorted(rows, key=lambda row: self._places.get(row.rule, len(self._places)))

    def _by_expiry(self, state: ListState) -> list[Ignore]:
        """The ignores, those that end first before the others."""
        rows = sorted(self._ignores or (), key=lambda row: row.ignore_id)
        if state.sort == "rule":
            return sorted(rows, key=lambda row: row.rule, reverse=state.descending)
        rows.sort(key=lambda row: (row.expires_at is None, row.expires_at and row.expires_at.timestamp()))
        return rows[::-1] if state.sort and state.descending else rows


def _on_desk(row: RuleCount) -> bool:
    return bool(row.open + row.seen)
