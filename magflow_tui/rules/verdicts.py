"""One JSON value judged for one purpose: good or not, what it is, and all that was found in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from magflow_tui.marketplace.localtime import local_day
from magflow_tui.marketplace.platforms import PLATFORMS, Platform
from magflow_tui.marketplace.schema import Item, Order, read_item
from magflow_tui.marketplace.schema.reading import json_tree
from magflow_tui.rules.bulk import check_bulk
from magflow_tui.rules.cancellation import check_cancellation
from magflow_tui.rules.findings import Finding
from magflow_tui.rules.orders import check_order
from magflow_tui.rules.orders.findings import findings_of
from magflow_tui.rules.totals import order_total
from magflow_tui.rules.updates import check_update

#: What an order is checked for: as it was read, or as it is to be sent. `bulk` is one request with many updates.
Purpose = Literal["order", "update", "cancellation", "bulk"]
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)

#: Keys of a cancellation, the usual one first.
_ORDER_KEYS: Final = ("id", "order_id")
_REASON_KEYS: Final = ("reason_cancellation", "cancellation_reason", "reason")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one order. `total` is what the customer pays; what is not known is None."""

    id: int | None
    total: Decimal | None
    currency: str | None
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing that was found is an error."""
        return all(finding.severity != "error" for finding in self.findings)


def verdicts(parts: Iterable[bytes], purpose: Purpose = "order", platform: str | None = None) -> Iterator[Verdict]:
    """A verdict for each JSON value, in their order and as they come; `bulk` needs all of them first.

    `platform` is the name of the marketplace the orders are of (`emag-ro`, …). Nothing is compared with the present:
    the same file gets the same verdict tomorrow. Raises KeyError for another platform, and nothing for any value.
    """
    market = None if platform is None else PLATFORMS[platform]
    items = (read_item(Order, part) for part in parts)
    if purpose == "bulk":
        whole = list(items)
        for item, findings in zip(whole, check_bulk(whole), strict=True):
            yield _verdict(item, findings, market)
        return
    for item in items:
        yield _verdict(item, _findings(item, purpose, market), market)


def _findings(item: Item[Order], purpose: Purpose, platform: Platform | None) -> tuple[Finding, ...]:
    if purpose == "order":
        return check_order(item, platform=platform)
    return check_update(item) if purpose == "update" else _cancellation(item)


def _cancellation(item: Item[Order]) -> tuple[Finding, ...]:
    """An object with an order's id and a reason, or a whole order with one."""
    members = _members(item.raw)
    if members is None:
        return findings_of(item.raw, item.issues, ())
    order_key, reason_key = _first(members, _ORDER_KEYS), _first(members, _REASON_KEYS)
    return check_cancellation(
        members.get(order_key), members.get(reason_key), order_key=order_key, reason_key=reason_key
    )


def _first(members: Mapping[str, object], keys: tuple[str, ...]) -> str:
    """The key that says something, else the one that is there, else the usual one."""
    there = [key for key in keys if key in members]
    return next((key for key in there if members[key] is not None), there[0] if there else keys[0])


def _members(raw: bytes) -> dict[str, object] | None:
    try:
        tree = json_tree(raw)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


def _verdict(item: Item[Order], findings: tuple[Finding, ...], platform: Platform | None) -> Verdict:
    order = item.value if item.value is not None else item.nameless
    if order is None:
        return Verdict(None, None, None, findings)
    identity = order.id if item.value is not None else _other_id(item.raw)
    return Verdict(identity, order_total(order), _currency(order, platform), findings)


def _other_id(raw: bytes) -> int | None:
    """The order that a cancellation is about, under another key than orders have."""
    identity = (_members(raw) or {}).get("order_id")
    if isinstance(identity, str) and identity.isascii() and identity.isdigit() and len(identity) < 20:
        return int(identity)
    return identity if type(identity) is int else None


def _currency(order: Order, platform: Platform | None) -> str | None:
    """What the order names, else its first line that does, else what its platform traded in that day."""
    named = order.currency or next((line.currency for line in order.products or () if line.currency), None)
    if named is not None or platform is None:
        return named
    day = local_day(order.date) or local_day(order.created)
    return platform.currency if day is None else platform.currency_on(day)


def json_value(shown: str | None) -> str | int | float | bool | None:
    """A finding's value for programs: the JSON scalar itself, else the short text that stands for it."""
    if shown is None:
        return None
    try:
        value: object = json.loads(shown)
    except (ValueError, RecursionError):
        return shown
    if value is None or isinstance(value, (str, int)):
        return value
    # What a float cannot hold (`NaN`, `1e400`, more digits) stays the text it was.
    return value if isinstance(value, float) and json.dumps(value) == shown and shown.strip("-")[0].isdigit() else shown
