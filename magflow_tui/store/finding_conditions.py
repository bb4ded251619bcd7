"""What the list of orders can be asked about findings and notes, each from an index of theirs, order by order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, select

from magflow_tui.contract.listing import ConditionOperator
from magflow_tui.rules.findings import SEVERITIES
from magflow_tui.store.conditions import Clause, Moment
from magflow_tui.store.findings import COUNTED
from magflow_tui.store.searching import contains, plain
from magflow_tui.store.tables import ORDERS
from magflow_tui.store.triage_tables import FINDINGS, NOTES

#: Others than these tables themselves, which a statement around may read too.
_FINDING: Final = FINDINGS.alias("finding_of_order")
_NOTE: Final = NOTES.alias("note_of_order")

#: By the words people use, in both languages.
_STATES: Final[Mapping[str, Sequence[str]]] = {
    "open": ("open", "deschis"),
    "seen": ("seen", "vazut"),
    "ignored": ("ignored", "ignorat"),
    "snoozed": ("snoozed", "amanat"),
    "resolved": ("resolved", "rezolvat"),
}
_SEVERITIES: Final[Mapping[str, Sequence[str]]] = {
    "error": ("error", "eroare"),
    "warning": ("warning", "avertisment"),
    "info": ("info",),
}


class RuleField:
    """The rule of an open or seen finding: a part of its code."""

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return ORDERS.c.findings > 0
        return _counted(contains(_FINDING.c.rule, value)) if operator == "has" else None


class SeverityField:
    """How severe an open or seen finding is, by how the word for it begins."""

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return ORDERS.c.findings > 0
        wanted = [SEVERITIES.index(name) for name in SEVERITIES if _begins(_SEVERITIES[name], value)]
        return _counted(_FINDING.c.severity.in_(wanted)) if operator == "has" and wanted else None


class StateField:
    """The state of a finding, by how the word for it begins."""

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        if operator == "any":
            return _finding()
        wanted = [state for state, words in _STATES.items() if _begins(words, value)]
        if operator != "has" or not wanted:
            return None
        # An order without any that count has none that are open or seen.
        return _counted(_FINDING.c.state.in_(wanted)) if {*wanted} <= {*COUNTED} else _finding(_in(wanted))


class NoteField:
    """The text of a note about an order."""

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        of_order = _NOTE.c.order_id == ORDERS.c.id, _NOTE.c.account == ORDERS.c.account
        if operator not in ("any", "has"):
            return None
        said = [contains(_NOTE.c.text, value)] if operator == "has" else []
        return select(1).where(*of_order, *said).correlate(ORDERS).exists()


def _in(states: Sequence[str]) -> ColumnElement[bool]:
    return _FINDING.c.state.in_(states)


def _counted(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an order has an open or seen finding like that. Most orders have none, and are done with by that."""
    return and_(ORDERS.c.findings > 0, _finding(_in(COUNTED), *conditions))


def _finding(*conditions: ColumnElement[Any]) -> ColumnElement[bool]:
    of_order = _FINDING.c.order_id == ORDERS.c.id, _FINDING.c.account == ORDERS.c.account
    return select(1).where(*of_order, *conditions).correlate(ORDERS).exists()


def _begins(words: Sequence[str], text: str) -> bool:
    wanted = plain(text)
    return bool(wanted) and any(word.startswith(wanted) for word in words)
