"""`check_order`: every rule of an order, one after the other.

Each check is a function that looks at one thing and notes what is wrong with it. They run for every order as it
comes in, so they look at the parsed order alone, and only a fault costs more: then paths are written out, and the
values are looked up in the payload.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from magflow_tui.marketplace.platforms import Platform
from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.rules.findings import Finding
from magflow_tui.rules.orders import (
    attachments,
    currency,
    customer,
    dates,
    delivery,
    heading,
    lines,
    nesting,
    payment,
    proforma,
    reasons,
    texts,
    vouchers,
)
from magflow_tui.rules.orders.check import OrderCheck, is_short_form
from magflow_tui.rules.orders.findings import findings_of

#: What is at fault with lines and amounts comes before the sums that are made of them.
CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (
    *heading.CHECKS,
    *dates.CHECKS,
    *customer.CHECKS,
    *delivery.CHECKS,
    *lines.CHECKS,
    *currency.CHECKS,
    *vouchers.CHECKS,
    *payment.CHECKS,
    *proforma.CHECKS,
    *reasons.CHECKS,
    *attachments.CHECKS,
    *texts.CHECKS,
    *nesting.CHECKS,
)


def check_order(
    item: Item[Order], *, platform: Platform | None = None, now: datetime | None = None
) -> tuple[Finding, ...]:
    """Everything that is wrong with an order as `read_item` gave it: gravest first, then by path. Never raises.

    `platform` is where it was read; None checks only what is true of all. `now` is aware; None compares nothing with
    the present. When the id alone is unusable, the rest is checked all the same.
    """
    order = item.value if item.value is not None else item.nameless
    if order is None:
        return findings_of(item.raw, item.issues, ())
    check = OrderCheck(order, platform, now, is_short_form(order), item.raw)
    for apply in CHECKS:
        apply(check)
    if not check.found and not item.issues:
        return ()
    return findings_of(item.raw, item.issues, check.found)
