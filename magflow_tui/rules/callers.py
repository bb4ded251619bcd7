"""The checks under the names that callers of the earlier system use.

They take Python objects, whatever is in them, and never raise. What they return are the findings of severity error,
each readable with `str()` and naming its field; nothing when there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from magflow_tui.marketplace.schema import Item, Order, read_item
from magflow_tui.marketplace.schema.reading import json_tree
from magflow_tui.rules.bulk import check_bulk
from magflow_tui.rules.cancellation import check_cancellation
from magflow_tui.rules.findings import Finding
from magflow_tui.rules.orders import check_order
from magflow_tui.rules.python_values import as_json
from magflow_tui.rules.updates import check_update


def validate_order_data(order: object) -> list[Finding]:
    """What is wrong with an order, as read from the marketplace or in the short form of callers.

    The short form has `phone1`, prices as numbers, `cancellation_reason`, and neither VAT nor dates.
    """
    return _errors(check_order(_read(order)))


def validate_order_for_update(order: object) -> list[Finding]:
    """What is wrong with what is to be sent to `order/save` for one order."""
    return _errors(check_update(_read(order)))


def validate_order_cancellation(order_id: object, cancellation_reason: object) -> list[Finding]:
    """What is wrong with cancelling an order for a reason (1–3, 15–43; as a number, its digits, or an object)."""
    return _errors(check_cancellation(json_tree(as_json(order_id)), json_tree(as_json(cancellation_reason))))


def validate_bulk_order_update(orders: object) -> dict[str, list[Finding]]:
    """What is wrong with the orders of one `order/save`, by `str(order_id)`; orders that are sound are left out.

    Orders without an id are named by their place, `#1` being the first. What is no list counts as one order.
    """
    given = list(orders) if isinstance(orders, Iterable) and not isinstance(orders, (str, bytes, Mapping)) else [orders]
    found: dict[str, list[Finding]] = {}
    for place, (order, findings) in enumerate(zip(given, check_bulk([_read(each) for each in given]), strict=True), 1):
        errors = _errors(findings)
        if errors:
            found.setdefault(_key(order, place), []).extend(errors)
    return found


def _read(order: object) -> Item[Order]:
    return read_item(Order, as_json(order))


def _errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _key(order: object, place: int) -> str:
    identity = order.get("id") if isinstance(order, dict) else None
    if type(identity) is int and identity.bit_length() < 64:
        return str(identity)
    return identity if isinstance(identity, str) and identity else f"#{place}"
