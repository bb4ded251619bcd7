"""Which findings a command means, and which of those it changes."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, or_, tuple_

from magflow_tui.contract.findings import FindingChoice, FindingState, Triage, TriageAction
from magflow_tui.rules.catalogue import RULES
from magflow_tui.store.bound_lists import json_of, json_of_orders, listed, listed_orders
from magflow_tui.store.findings_list import UNRESOLVED, of_matching_orders
from magflow_tui.store.list_query import ListQuery
from magflow_tui.store.triage_tables import FINDINGS

#: The state that each action leads to.
STATES: Final[dict[TriageAction, FindingState]] = {
    "see": "seen",
    "open": "open",
    "ignore": "ignored",
    "snooze": "snoozed",
}


def changes_counts(action: TriageAction | Literal["lift"]) -> bool:
    """Whether an action changes what orders say of their findings: seen ones count as much as open ones."""
    return action != "see"


def check_command(command: Triage, at: datetime) -> None:
    """Raises ValueError with a sentence for a command that lacks what its action needs."""
    action, choice, until = command.action, command.choice, command.until
    unknown = [rule for rule in choice.rules if rule not in RULES]
    named = bool(choice.finding_ids or choice.orders)
    if unknown:
        raise ValueError(f"there is no rule {unknown[0][:60]!r}; `GET /rules` lists them")
    if until is not None and action not in ("ignore", "snooze"):
        raise ValueError("only what is ignored or snoozed opens again by itself; leave out until")
    if until is not None and until <= at:
        raise ValueError("until is in the past")
    if action == "snooze" and until is None:
        raise ValueError("snoozing needs until, the time at which findings open again")
    if command.standing and (action != "ignore" or not choice.rules):
        raise ValueError("only ignoring by rule can be standing: name the rules")
    if command.standing and (choice.finding_ids or choice.where is not None):
        raise ValueError("a standing ignore is for orders, for an account or for all: leave out finding_ids and where")
    if action == "ignore" and until is None and not named:
        raise ValueError("ignoring without naming findings or orders needs until")


def chosen(choice: FindingChoice, at: datetime) -> list[ColumnElement[bool]]:
    """The findings that a choice means: those that meet everything in it, resolved ones never.

    Raises ValueError for a filter with a field that orders do not have.
    """
    conditions: list[ColumnElement[bool]] = [UNRESOLVED]
    if choice.finding_ids:
        conditions.append(FINDINGS.c.finding_id.in_(listed("of_findings", json_of(choice.finding_ids))))
    if choice.orders:
        place = tuple_(FINDINGS.c.account, FINDINGS.c.order_id)
        conditions.append(place.in_(listed_orders("of_orders", json_of_orders(choice.orders))))
    if choice.rules:
        conditions.append(FINDINGS.c.rule.in_(listed("of_rules", json_of(choice.rules))))
    if choice.account is not None:
        conditions.append(FINDINGS.c.account == choice.account.lower())
    if choice.where is not None and choice.where.alternatives:
        conditions.append(of_matching_orders(ListQuery(where=choice.where, now=at)))
    return conditions


def changed_by(command: Triage) -> ColumnElement[bool]:
    """Which of the findings meant an action changes.

    Those that are as it would leave them stay alone; seeing takes open ones only, snoozing none that are ignored.
    """
    state, other_time = FINDINGS.c.state, FINDINGS.c.until.is_distinct_from(command.until)
    match command.action:
        case "see":
            return state == "open"
        case "open":
            return state != "open"
        case "snooze":
            return or_(state.in_(("open", "seen")), (state == "snoozed") & other_time)
        case "ignore":
            changed = or_(state != "ignored", other_time)
            return or_(changed, FINDINGS.c.ignore_id.is_(None)) if command.standing else changed
