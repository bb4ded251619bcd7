"""Findings as they are listed: pages of all, those of an order, and how many each rule has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, case, cast, func, select, type_coerce

from magflow_tui.contract.findings import Finding, FindingPage, FindingSeverity, FindingState, RuleCount, RuleCounts
from magflow_tui.rules.catalogue import RULES
from magflow_tui.rules.findings import SEVERITIES
from magflow_tui.rules.findings import Finding as Found
from magflow_tui.store import order_list
from magflow_tui.store.findings import COUNTED
from magflow_tui.store.list_query import ListQuery
from magflow_tui.store.listing import PageAsk, Sort, read_page
from magflow_tui.store.tables import BROKEN_ITEMS, ORDERS
from magflow_tui.store.triage_tables import FINDINGS

_SHOWN: Final = [
    FINDINGS.c[name]
    for name in (
        *("finding_id", "account", "order_id", "rule", "severity", "path", "value", "facts", "state", "until"),
        *("opened_at", "changed_at", "changed_by", "resolved_at"),
    )
]
#: What the index has, so that a search reads the rows themselves of what it has found alone.
_PLACE: Final = type_coerce(FINDINGS.c.opened_at, BigInteger), FINDINGS.c.finding_id
_NEWEST: Final = Sort("opened", _PLACE, (int, int), indexed=True)
#: The same order where few rows are meant, which an index of theirs gives.
_NEWEST_OF_FEW: Final = Sort("opened", _PLACE, (int, int))
UNRESOLVED: Final = FINDINGS.c.state != "resolved"


@dataclass(frozen=True, slots=True)
class FindingsAsked:
    """Which findings of a list: unresolved ones unless a state is named; None does not restrict."""

    state: FindingState | None = None
    rule: str | None = None
    severity: FindingSeverity | None = None
    order_id: int | None = None


#: All that are not resolved.
UNRESOLVED_ONES: Final = FindingsAsked()


def list_findings(connection: Connection, query: ListQuery, asked: FindingsAsked) -> FindingPage:
    """A page of findings, newest first unless told otherwise; `query.where` is a filter of the orders they are of.

    Raises ValueError for a mark that is none, and for a field that orders do not have.
    """
    conditions: list[ColumnElement[bool]] = [
        UNRESOLVED if asked.state is None else _unsorted(FINDINGS.c.state) == asked.state
    ]
    if asked.rule is not None:
        conditions.append(_unsorted(FINDINGS.c.rule) == asked.rule)
    if asked.severity is not None:
        conditions.append(FINDINGS.c.severity == SEVERITIES.index(asked.severity))
    if query.account is not None:
        conditions.append(_unsorted(FINDINGS.c.account) == query.account)
    if asked.order_id is not None:
        conditions.append(FINDINGS.c.order_id == asked.order_id)
    if query.where.alternatives:
        conditions.append(of_matching_orders(query))
    ask = PageAsk(
        sort=_NEWEST if asked.order_id is None else _NEWEST_OF_FEW,
        descending=True if query.descending is None else query.descending,
        limit=query.limit,
        after=query.after,
        before=query.before,
        start_at=query.start_at,
        from_end=query.from_end,
        conditions=conditions,
        patience=query.patience,
    )
    page = read_page(connection, _SHOWN, ask)
    total: int | None = None
    if query.with_total:
        total = connection.execute(select(func.count()).select_from(FINDINGS).where(*conditions)).scalar_one()
    return FindingPage(findings=tuple(map(_shown, page.rows)), total=total, **page.marks.model_dump())


def findings_of(connection: Connection, account: str, order_id: int) -> tuple[Finding, ...]:
    """The unresolved findings of an order, gravest first, then by path."""
    of_order = FINDINGS.c.order_id == order_id, FINDINGS.c.account == account, UNRESOLVED
    order = FINDINGS.c.severity, FINDINGS.c.path, FINDINGS.c.rule
    return tuple(map(_shown, connection.execute(select(*_SHOWN).where(*of_order).order_by(*order)).mappings()))


def count_by_rule(connection: Connection, account: str | None = None) -> RuleCounts:
    """Unresolved findings by rule and state, the rule with most open ones first; from an index alone."""
    counted = FINDINGS.c.state.in_(COUNTED)
    states = [
        func.sum(case((FINDINGS.c.state == state, 1), else_=0)).label(state)
        for state in ("open", "seen", "ignored", "snoozed")
    ]
    order = FINDINGS.c.account + "/" + cast(FINDINGS.c.order_id, FINDINGS.c.account.type)
    statement = (
        select(
            FINDINGS.c.rule,
            func.min(FINDINGS.c.severity).label("severity"),
            *states,
            func.count(case((counted, order)).distinct()).label("orders"),
        )
        .where(UNRESOLVED)
        .group_by(FINDINGS.c.rule)
    )
    broken = select(func.count()).select_from(BROKEN_ITEMS)
    if account is not None:
        statement = statement.where(FINDINGS.c.account == account)
        broken = broken.where(BROKEN_ITEMS.c.account == account)
    counts = [
        RuleCount(**{**row, "severity": SEVERITIES[row["severity"]]})
        for row in connection.execute(statement).mappings()
    ]
    counts.sort(key=lambda count: (-count.open, -count.seen, -count.snoozed - count.ignored, count.rule))
    return RuleCounts(rules=tuple(counts), broken=connection.execute(broken).scalar_one())


def of_matching_orders(query: ListQuery) -> ColumnElement[bool]:
    """Whether a finding's order meets the query's filter of the orders' list."""
    conditions = order_list.FIELDS.clauses(query.where, query.moment)
    of_finding = ORDERS.c.account == FINDINGS.c.account, ORDERS.c.id == FINDINGS.c.order_id
    return select(1).where(*of_finding, *conditions).correlate(FINDINGS).exists()


def _unsorted(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that no index is to be chosen for: the list is read in its own order."""
    return func.coalesce(column, "")


def _shown(row: RowMapping) -> Finding:
    """A row with its sentences."""
    shown = {
        name: row[name]
        for name in (
            *("finding_id", "account", "order_id", "rule", "path", "value", "state", "until"),
            *("opened_at", "changed_at", "changed_by", "resolved_at"),
        )
    }
    return Finding(severity=SEVERITIES[row["severity"]], **shown, **_words(row))


def _words(row: RowMapping) -> dict[str, str]:
    """What a finding says in both languages. Until it is checked again it may be of a rule that is no more, which says
    its code, or of one that needs other facts by now, which says its title.
    """
    rule = RULES.get(row["rule"])
    if rule is None:
        return {"message": row["rule"], "message_ro": row["rule"], "expected": "", "expected_ro": ""}
    facts = msgspec.json.decode(row["facts"], type=dict[str, str]) if row["facts"] else {}
    found = Found(rule, row["path"], row["value"], facts)
    try:
        return {
            "message": found.message("en"),
            "message_ro": found.message("ro"),
            "expected": found.expected("en"),
            "expected_ro": found.expected("ro"),
        }
    except KeyError:
        return {"message": rule.title.en, "message_ro": rule.title.ro, "expected": "", "expected_ro": ""}
