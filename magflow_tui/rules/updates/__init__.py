"""Checks what is sent to `order/save`: the order as it was read, with the change in it (API 4.4.7 §5.3–5.6).

Judged alone, without the order it changes: what changed can be seen only where an order tells it of itself, as a
line's `quantity` does that is less than its `initial_qty` and `storno_qty` say. Sums are not checked: the marketplace
makes them anew. Whether the status can be reached from the one before is for `transitions` to say.

* `heading`  who ships the order, its status, why it is cancelled
* `lines`    lines that stay, come and go; storno
"""

from __future__ import annotations

from typing import Final

from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.marketplace.schema.reading import json_tree
from magflow_tui.rules.findings import Finding, Rule, Words
from magflow_tui.rules.orders.check import OrderCheck, is_short_form
from magflow_tui.rules.orders.findings import findings_of
from magflow_tui.rules.updates import heading, lines

#: Values that one request may hold, as PHP counts them; beyond, nothing of it is saved (API 4.4.7 §1.4).
MOST_VARIABLES: Final = 4000

VARIABLES: Final = Rule(
    "update.variables",
    "error",
    "API 4.4.7 §1.4",
    Words("A request holds at most 4000 values", "O cerere are cel mult 4000 de valori"),
    Words("at most 4000 values", "cel mult 4000 de valori"),
    Words(
        "The update holds {count} values, and a request at most 4000: nothing of it would be saved.",
        "Actualizarea are {count} valori, iar o cerere cel mult 4000: nimic nu ar fi salvat.",
    ),
)

RULES: Final = (*heading.RULES, *lines.RULES, VARIABLES)


def check_update(item: Item[Order]) -> tuple[Finding, ...]:
    """Everything that is wrong with an entity of `order/save`, read as an order: gravest first. Never raises."""
    order = item.value if item.value is not None else item.nameless
    if order is None:
        return findings_of(item.raw, item.issues, ())
    check = OrderCheck(order, None, None, is_short_form(order))
    for apply in (*heading.CHECKS, *lines.CHECKS):
        apply(check)
    variables = input_variables(item.raw)
    if variables > MOST_VARIABLES:
        check.report(VARIABLES, count=variables)
    return findings_of(item.raw, item.issues, check.found)


def input_variables(raw: bytes) -> int:
    """The values that a JSON value sends, the way PHP counts a form's fields; empty containers count as one each."""
    try:
        tree = json_tree(raw)
    except (ValueError, RecursionError):
        return 0
    count, nodes = 0, [tree]
    while nodes:
        node = nodes.pop()
        inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else None
        if inner:
            nodes += inner
        else:
            count += 1
    return count
