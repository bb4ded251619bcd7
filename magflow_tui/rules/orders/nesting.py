"""Unknown keys are welcome, but not nested without end: nothing that the marketplace sends goes that deep.

What the schema knows cannot be deep, and what nests deeper than the parser goes (`schema.depth`) is no order at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck, Path

NESTED: Final = Rule(
    "schema.nesting",
    "error",
    "measured live",
    Words("Unknown values are not nested deeply", "Valorile necunoscute nu sunt imbricate adânc"),
    Words("at most {most} levels", "cel mult {most} de niveluri"),
    Words(
        "Objects and lists are nested more than {most} levels deep here: nothing that was ever sent is.",
        "Obiectele și listele sunt imbricate aici pe mai mult de {most} de niveluri: nimic nu a fost trimis așa.",
    ),
)

RULES: Final = (NESTED,)

#: Levels. Live payloads have up to eight, the order itself included.
DEEPEST: Final = 30


def check_nesting(check: OrderCheck) -> None:
    """Nothing under unknown keys, nor in flags, which hold anything, is nested deeply."""
    order = check.order
    if order.__pydantic_extra__:
        _check_values(check, order.__pydantic_extra__, ())
    customer, details = order.customer, order.details
    if customer is not None and customer.__pydantic_extra__:
        _check_values(check, customer.__pydantic_extra__, ("customer",))
    if details is not None and details.__pydantic_extra__:
        _check_values(check, details.__pydantic_extra__, ("details",))
    if order.flags:
        for place, flag in enumerate(order.flags):
            _check_values(check, {"value": flag.value}, ("flags", place))
    for place, line in enumerate(order.products or ()):
        if line.__pydantic_extra__:
            _check_values(check, line.__pydantic_extra__, ("products", place))


def _check_values(check: OrderCheck, values: Mapping[str, object], path: Path) -> None:
    for key, value in values.items():
        if value and isinstance(value, (dict, list)) and _is_deep(value):
            check.report(NESTED, *path, key, most=DEEPEST)


def _is_deep(value: object) -> bool:
    """Whether a value has more than `DEEPEST` levels; level by level, as it may have any number."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for container in level
            for inner in (container.values() if isinstance(container, dict) else container)  # type: ignore[attr-defined]
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_nesting,)
