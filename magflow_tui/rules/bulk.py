"""Checks the body of one `order/save`: many updates at once, with a result per order (API 4.4.7 §1.4).

The marketplace takes up to 50 entities and 4000 values in one request. What goes beyond is a fault of the orders that
stand beyond it: those before would fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.rules.findings import SEVERITIES, Finding, Rule, Words
from magflow_tui.rules.updates import MOST_VARIABLES, check_update, input_variables

#: Orders that one request may save.
MOST_ENTITIES: Final = 50

ENTITIES: Final = Rule(
    "bulk.entities",
    "error",
    "API 4.4.7 §1.4",
    Words("A request saves at most 50 orders", "O cerere salvează cel mult 50 de comenzi"),
    Words("at most 50 orders", "cel mult 50 de comenzi"),
    Words(
        "This is order {place} of the request, and at most 50 are saved at once: send it with the next.",
        "Aceasta este comanda {place} din cerere, iar cel mult 50 se salvează odată: trimiteți-o cu următoarea.",
    ),
)
VARIABLES: Final = Rule(
    "bulk.variables",
    "error",
    "API 4.4.7 §1.4",
    Words("A request holds at most 4000 values in all", "O cerere are în total cel mult 4000 de valori"),
    Words("at most 4000 values in all", "în total cel mult 4000 de valori"),
    Words(
        "With this order the request holds {count} values, and at most 4000 are taken: send it with the next.",
        "Cu această comandă cererea are {count} valori, iar cel mult 4000 sunt acceptate: trimiteți-o cu următoarea.",
    ),
)
DUPLICATE: Final = Rule(
    "bulk.duplicate",
    "error",
    "API 4.4.7 §5.5",
    Words("A request saves an order once", "O cerere salvează o comandă o singură dată"),
    Words("an order that is not in it yet", "o comandă care nu apare deja"),
    Words(
        "Order {value} is in the request already, as number {place}: which of the two holds cannot be told.",
        "Comanda {value} este deja în cerere, cu numărul {place}: nu se poate spune care dintre ele este valabilă.",
    ),
)

RULES: Final = (ENTITIES, VARIABLES, DUPLICATE)


@dataclass
class _Request:
    """What one request holds so far: the places of its orders by id, and its values."""

    places: dict[int, int]
    variables: int = 0


def check_bulk(items: Sequence[Item[Order]]) -> list[tuple[Finding, ...]]:
    """For each entity of one `order/save`, in their order, everything that is wrong with it. Never raises."""
    request = _Request({})
    return [
        tuple(sorted((*_of_the_request(request, place, item), *check_update(item)), key=_gravity))
        for place, item in enumerate(items, start=1)
    ]


def _of_the_request(request: _Request, place: int, item: Item[Order]) -> list[Finding]:
    found = []
    if place > MOST_ENTITIES:
        found.append(Finding(ENTITIES, "$", "{…}", {"place": str(place)}))
    own = input_variables(item.raw)
    request.variables += own
    if request.variables > MOST_VARIABLES >= own:  # what is too large by itself is told so by its update
        found.append(Finding(VARIABLES, "$", "{…}", {"count": str(request.variables)}))
    if item.value is not None:
        first = request.places.setdefault(item.value.id, place)
        if first != place:
            found.append(Finding(DUPLICATE, "$.id", str(item.value.id), {"place": str(first)}))
    return found


def _gravity(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)
