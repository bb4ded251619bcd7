"""Findings as rows: what the checking of orders opens, keeps, opens again and resolves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from magflow_tui.rules.findings import SEVERITIES, Finding
from magflow_tui.store.bound_lists import json_of, listed
from magflow_tui.store.ignores import Covering, read_covering
from magflow_tui.store.triage_tables import FINDINGS

#: States of findings that ask for somebody's attention, and count as an order's.
COUNTED: Final = ("open", "seen")
#: The gravest severities, as numbers, that make an order an invalid one: error and warning.
INVALID_UP_TO: Final = SEVERITIES.index("warning")

_RANKS: Final = {severity: rank for rank, severity in enumerate(SEVERITIES)}
_FACTS: Final = ("severity", "value", "facts")

_READ: Final = select(
    *(FINDINGS.c[name] for name in ("finding_id", "order_id", "rule", "path", "severity", "value", "facts", "state"))
).where(FINDINGS.c.account == bindparam("of_account"), FINDINGS.c.order_id.in_(listed("of_orders")))
_OPEN: Final = insert(FINDINGS)
_BY_NUMBER: Final = update(FINDINGS).where(FINDINGS.c.finding_id == bindparam("of_finding"))
_CHANGE: Final = _BY_NUMBER.values({name: bindparam(f"new_{name}") for name in _FACTS})
_REOPEN: Final = _CHANGE.values(
    {
        **{name: bindparam(f"new_{name}") for name in ("state", "until", "ignore_id", "opened_at")},
        "changed_at": bindparam("new_opened_at"),
        "changed_by": None,
        "batch_id": None,
        "resolved_at": None,
    }
)
_RESOLVE: Final = _BY_NUMBER.values(
    state="resolved",
    until=None,
    ignore_id=None,
    batch_id=None,
    changed_at=bindparam("new_at"),
    changed_by=None,
    resolved_at=bindparam("new_at"),
)

Values: TypeAlias = dict[str, Any]


class Standing(NamedTuple):
    """What an order's row says of its findings: how many are open or seen, and which of them is the gravest."""

    findings: int = 0
    worst_rule: str | None = None
    worst_severity: int | None = None

    @property
    def invalid(self) -> bool:
        return is_invalid(self.worst_severity)


CLEAN: Final = Standing()


def is_invalid(worst_severity: int | None) -> bool:
    """Whether an order whose gravest finding is so severe counts as invalid."""
    return worst_severity is not None and worst_severity <= INVALID_UP_TO


@dataclass(slots=True)
class FindingChanges:
    """What checking orders changes: rows to write, and the standing of each order that has findings."""

    standings: dict[int, Standing] = field(default_factory=dict)
    opened: list[Values] = field(default_factory=list)
    reopened: list[Values] = field(default_factory=list)
    changed: list[Values] = field(default_factory=list)
    resolved: list[Values] = field(default_factory=list)
    #: Orders whose rows change.
    touched: set[int] = field(default_factory=set)

    @property
    def opened_count(self) -> int:
        return len(self.opened) + len(self.reopened)

    @property
    def rows(self) -> int:
        """How many rows change."""
        return self.opened_count + len(self.changed) + len(self.resolved)

    def write(self, connection: Connection) -> None:
        """Write the rows. Those of the orders have to be there already."""
        for statement, rows in (
            (_OPEN, self.opened),
            (_REOPEN, self.reopened),
            (_CHANGE, self.changed),
            (_RESOLVE, self.resolved),
        ):
            if rows:
                connection.execute(statement, rows)


def compare_findings(
    connection: Connection,
    account: str,
    checked: Mapping[int, Sequence[Finding]],
    known: Collection[int],
    at: datetime,
) -> FindingChanges:
    """Hold what the rules found in orders against what is stored; `known` are those that may have rows already.

    Nothing is asked of the database when all orders are new and clean. A finding stays the same while its rule and its
    place do; one that was resolved and is found again opens again, unless it is ignored for good.
    """
    stored = _read(connection, account, known)
    found = {
        order_id: {(finding.rule.code, finding.path): finding for finding in reversed(findings)}
        for order_id, findings in checked.items()
        if findings
    }
    fresh = [
        (order_id, key[0])
        for order_id, findings in found.items()
        for key in findings
        if (row := stored.get(order_id, {}).get(key)) is None or row.state == "resolved"
    ]
    covering = read_covering(connection, account, fresh, at)
    changes = FindingChanges()
    for order_id in {**found, **stored}:
        _compare(changes, account, order_id, found.get(order_id, {}), stored.get(order_id, {}), covering, at)
    return changes


def _compare(
    changes: FindingChanges,
    account: str,
    order_id: int,
    found: Mapping[tuple[str, str], Finding],
    stored: Mapping[tuple[str, str], Row[Any]],
    covering: Covering,
    at: datetime,
) -> None:
    counted: list[tuple[int, str, str]] = []
    rows_before = changes.rows
    for (rule, path), finding in found.items():
        row = stored.get((rule, path))
        facts = finding_facts(finding)
        state = None if row is None or row.state == "resolved" else row.state
        if state is None:
            ignore = covering.of(rule, order_id)
            state = "open" if ignore is None else "ignored"
            begun = {
                "state": state,
                "until": None if ignore is None else ignore.expires_at,
                "ignore_id": None if ignore is None else ignore.ignore_id,
                "opened_at": at,
            }
            if row is None:
                place = {"account": account, "order_id": order_id, "rule": rule, "path": path}
                changes.opened.append({**place, **facts, **begun})
            else:
                changes.reopened.append(_update(row.finding_id, {**facts, **begun}))
        elif row is not None and any(getattr(row, name) != facts[name] for name in _FACTS):
            changes.changed.append(_update(row.finding_id, facts))
        if state in COUNTED:
            counted.append((facts["severity"], path, rule))
    for key, row in stored.items():
        if row.state != "resolved" and key not in found:
            changes.resolved.append(_update(row.finding_id, {"at": at}))
    if changes.rows != rows_before:
        changes.touched.add(order_id)
    if counted:
        severity, _, rule = min(counted)
        changes.standings[order_id] = Standing(len(counted), rule, severity)


def finding_facts(finding: Finding) -> Values:
    """What a row keeps of a finding apart from its place."""
    facts = msgspec.json.encode(dict(finding.facts)).decode() if finding.facts else None
    return {"severity": _RANKS[finding.severity], "value": finding.value, "facts": facts}


def _update(finding_id: int, values: Values) -> Values:
    return {"of_finding": finding_id, **{f"new_{name}": value for name, value in values.items()}}


def _read(connection: Connection, account: str, order_ids: Iterable[int]) -> dict[int, dict[tuple[str, str], Row[Any]]]:
    rows: dict[int, dict[tuple[str, str], Row[Any]]] = {}
    wanted = list(order_ids)
    if wanted:
        asked = {"of_account": account, "of_orders": json_of(wanted)}
        for row in connection.execute(_READ, asked):
            rows.setdefault(row.order_id, {})[row.rule, row.path] = row
    return rows
