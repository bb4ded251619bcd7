"""One order under examination: what rules look at, and where they note what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from magflow_tui.marketplace.codes import OrderStatus, OrderType
from magflow_tui.marketplace.platforms import Platform
from magflow_tui.marketplace.schema import Order
from magflow_tui.rules.findings import Rule

#: The keys and places that lead to a value: `("products", 0, "sale_price")`.
Path: TypeAlias = tuple[str | int, ...]

#: An order without any of these is in the short form of callers who write orders themselves.
_MARKS_OF_A_READ: Final = ("date", "created", "modified", "vendor_name")


class Noted(NamedTuple):
    """A finding before its value has been looked up and its path written out."""

    rule: Rule
    path: Path
    facts: Mapping[str, str]


@dataclass(slots=True)
class OrderCheck:
    """An order, what is known about where and when it was read, and what was found so far.

    `now` is aware, None to compare nothing with the present. `raw` is the payload the order was read from. `unsettled`
    is set once an amount or a quantity is at fault: sums that use it would only say so again. `day` and `changed` are
    when the order was placed and last changed, as far as that could be read. `has_discount_line` is whether a line has
    a negative price, `has_splits` whether a line or a deposit has splits of vouchers.
    """

    order: Order
    platform: Platform | None
    now: datetime | None
    short_form: bool = False
    raw: bytes = b""
    unsettled: bool = False
    day: str | None = None
    changed: str | None = None
    has_discount_line: bool = False
    has_splits: bool = False
    found: list[Noted] = field(default_factory=list)

    def report(self, rule: Rule, *path: str | int, **facts: object) -> None:
        """Note what is wrong at a path. Facts fill the rule's sentences."""
        self.found.append(Noted(rule, path, {name: str(fact) for name, fact in facts.items()}))

    def report_amount(self, rule: Rule, *path: str | int, **facts: object) -> None:
        """Note that an amount, a rate or a quantity is at fault."""
        self.unsettled = True
        self.report(rule, *path, **facts)

    @property
    def fulfilled_by_emag(self) -> bool:
        return self.order.type == OrderType.FBE

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be delivered any more: cancelled or returned."""
        return self.order.status in (OrderStatus.CANCELLED, OrderStatus.RETURNED)


def is_short_form(order: Order) -> bool:
    """Whether an order was written by a caller and not read: then VAT, dates, type and the like may be missing."""
    return order.date is None and order.__pydantic_fields_set__.isdisjoint(_MARKS_OF_A_READ)
