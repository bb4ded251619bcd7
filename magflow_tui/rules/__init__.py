"""What a correct order or offer is: pure functions over the marketplace's schema.

* `findings`      what a rule is, and what it finds
* `orders`        orders as they are read: `check_order`
* `updates`       what is sent to change an order: `check_update`
* `cancellation`  a cancellation before it is asked for: `check_cancellation`
* `bulk`          the body of one `order/save`: `check_bulk`
* `transitions`   which status an order can go to, by whom, and until when
* `totals`        what a customer pays for an order
* `sellability`   whether an offer can be bought, and which conditions fail
* `catalogue`     every rule, and the version of them all
* `documents`     the orders in a file: a list, one, an answer, or JSON lines
* `verdicts`      each of them judged: good or not, its total, its findings
* `python_values` objects of Python as the JSON that the checks read
* `callers`       the checks under the names below

The names below are those that existing callers import from here; they are loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from magflow_tui.rules.callers import (
        validate_bulk_order_update,
        validate_order_cancellation,
        validate_order_data,
        validate_order_for_update,
    )

__all__ = [
    "validate_bulk_order_update",
    "validate_order_cancellation",
    "validate_order_data",
    "validate_order_for_update",
]

_CALLERS: Final = frozenset(__all__)


def __getattr__(name: str) -> object:
    if name not in _CALLERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.callers"), name)
    globals()[name] = value
    return value
