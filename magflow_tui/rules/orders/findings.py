"""From what the checks noted to findings: paths as text, values as they arrived, the gravest first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from magflow_tui.marketplace.schema import SchemaIssue
from magflow_tui.marketplace.schema.reading import json_path, json_tree
from magflow_tui.rules.findings import SEVERITIES, Finding
from magflow_tui.rules.orders.check import Noted, Path
from magflow_tui.rules.orders.structure import rule_of

#: Characters of a finding's value, at most.
SHOWN: Final = 60

_NUMBER: Final = re.compile(r"(\d+)")
_NOTHING: Final = object()


def findings_of(raw: bytes, issues: Iterable[SchemaIssue], noted: Iterable[Noted]) -> tuple[Finding, ...]:
    """All findings of an order, gravest first and then by path.

    Where a value could not be read, that is the finding: what rules note at the same place or inside follows from it.
    """
    unreadable = [_of_issue(issue) for issue in issues]
    places = {finding.path for finding in unreadable}
    found = {(finding.rule.code, finding.path): finding for finding in unreadable}
    tree = _tree(raw)
    for rule, noted_path, facts in noted:
        path = _as_sent(tree, noted_path)
        if not places or places.isdisjoint(json_path(path[:length]) for length in range(1, len(path) + 1)):
            place = json_path(path)
            found.setdefault((rule.code, place), Finding(rule, place, shown(_at(tree, path)), facts))
    return tuple(found.values()) if len(found) == 1 else tuple(sorted(found.values(), key=_order))


def shown(value: object) -> str | None:
    """A value as JSON of at most `SHOWN` printable characters; containers without what is in them, which may be
    personal. None for nothing."""
    if value is _NOTHING:
        return None
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    if isinstance(value, str):
        # What is cut off need not be escaped: of a text of megabytes the start is enough.
        return _cut("".join(_escaped(json.dumps(value[:SHOWN], ensure_ascii=False)[:-1])), len(value) > SHOWN, '"')
    return _cut(json.dumps(value), False, "")


def _cut(text: str, longer: bool, end: str) -> str:
    if longer or len(text) + len(end) > SHOWN:
        return text[: SHOWN - 1 - len(end)].rstrip("\\") + "…" + end
    return text + end


def _escaped(text: str) -> Iterator[str]:
    for char in text:
        yield char if char.isprintable() else f"\\u{ord(char):04x}"


def _of_issue(issue: SchemaIssue) -> Finding:
    rule, facts = rule_of(issue)
    return Finding(rule, issue.path, _value_of(issue.value), facts)


def _value_of(text: str) -> str | None:
    """An issue's words about a value, as `shown` would have it."""
    if text == "absent":
        return None
    if text.startswith("object with"):
        return "{}" if text == "object with 0 keys" else "{…}"
    if text.startswith("list of"):
        return "[]" if text == "list of 0" else "[…]"
    escaped = "".join(_escaped(text))
    return escaped if len(escaped) <= SHOWN else _cut(escaped, True, '"' if text.startswith('"') else "")


def _tree(raw: bytes) -> object:
    try:
        return json_tree(raw)
    except (ValueError, RecursionError):
        return _NOTHING


def _at(tree: object, path: Path) -> object:
    for key in path:
        is_there = key in tree if isinstance(tree, dict) else isinstance(tree, list) and key in range(len(tree))
        if not is_there:
            return _NOTHING
        tree = tree[key]  # type: ignore[index]
    return tree


def _as_sent(tree: object, path: Path) -> Path:
    """The path up to the first value that holds no others: a reason may be an object with an id or the bare id."""
    for length in range(1, len(path)):
        if not isinstance(_at(tree, path[:length]), (dict, list)):
            return path[:length]
    return path


def _order(finding: Finding) -> tuple[int, list[str | int], str]:
    # Numbers as numbers: the tenth line comes after the second.
    steps = [int(step) if step.isascii() and step.isdigit() else step for step in _NUMBER.split(finding.path)]
    return SEVERITIES.index(finding.severity), steps, finding.rule.code
