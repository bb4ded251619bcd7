"""What a fault is: a small change to a sound order, and every finding that it must give, no more and no less.

A change is a path and the value that is put there. `RAW` values go into the JSON as they are written; `DROP` takes a
key away. A finding is `severity rule path`.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ORDERS = Path(__file__).parents[3] / "data" / "orders"

# Places in data/orders/sound.json.
CARD, LOCKER, BANK, DEPOSITS, CANCELLED, NEW, FBE, STORNO, OLD_VAT, DISCOUNT, BG_LEVA, BG_EURO, BG_RETURN = range(13)
HU_LOCKER, HU_CANCELLED, HU_OPEN = 13, 14, 15

PLATFORM_OF = {"RON": "emag-ro", "BGN": "emag-bg", "EUR": "emag-bg", "HUF": "emag-hu"}

DROP = object()


@dataclass(frozen=True)
class RAW:
    """JSON as it is to stand in the payload."""

    text: str


@dataclass(frozen=True)
class Fault:
    name: str
    base: int
    changes: Mapping[str, Any]
    findings: tuple[str, ...]

    @property
    def raw(self) -> bytes:
        return payload(self.base, self.changes)


@cache
def sound_orders() -> list[dict[str, Any]]:
    """The orders of data/orders/sound.json. Not to be changed."""
    orders: list[dict[str, Any]] = json.loads((ORDERS / "sound.json").read_bytes())
    return orders


def platform_of(base: int) -> str:
    """The name of the platform that a sound order is of."""
    return PLATFORM_OF[sound_orders()[base]["currency"]]


def payload(base: int, changes: Mapping[str, Any]) -> bytes:
    """A sound order with changes, as JSON."""
    order: Any = copy.deepcopy(sound_orders()[base])
    raws: list[str] = []
    for path, value in changes.items():
        if isinstance(value, RAW):
            raws.append(value.text)
            value = f"raw {len(raws) - 1} raw"
        if path == "$":
            order = value
            continue
        *parents, key = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
        holder = order
        for parent in parents:
            holder = holder[parent]
        value = value() if callable(value) else value
        if value is DROP:
            del holder[key]
        elif isinstance(holder, list) and key == len(holder):
            holder.append(value)
        else:
            holder[key] = value
    text = json.dumps(order, ensure_ascii=False)
    for place, raw in enumerate(raws):
        text = text.replace(f'"raw {place} raw"', raw)
    return text.encode("utf-8", "surrogatepass")


def sound_value(base: int, path: str) -> Any:
    """What a sound order has at a path."""
    value: Any = sound_orders()[base]
    for step in re.findall(r"[^.\[\]]+", path):
        value = value[int(step) if step.isdigit() else step]
    return value


def each(name: str, base: int, path: str, values: Mapping[str, Any], finding: str) -> Iterator[Fault]:
    """One fault for each value at the same path, all found by the same rule there."""
    for what, value in values.items():
        yield Fault(f"{name}: {what}", base, {path: value}, (f"{finding} $.{path}",))


def fault(name: str, base: int, changes: Mapping[str, Any], *findings: str) -> Fault:
    return Fault(name, base, changes, findings)


LINE = "products[0]"
SPLIT = f"{LINE}.product_voucher_split[0]"
