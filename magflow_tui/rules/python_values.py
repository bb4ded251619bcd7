"""Objects of Python as the JSON that the checks read, whatever they are.

Callers hand over what they have: prices as `Decimal` or float, times as `datetime`, now and then something that has no
business in an order. What JSON has a spelling for gets it; anything else becomes an object that names its type, which
no field of an order takes, so that the checks report it at its place.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final

#: Nested deeper, or with more values, nothing is an order; a whole request has 4000 at most.
_DEPTH: Final = 100
_VALUES: Final = 10_000

#: Decimals with more places than the schema takes come of floats: `Decimal(0.1)` has 55.
_PLACES: Final = 12

#: Longer numbers Python itself refuses to write out; the schema's largest have 19 digits.
_DIGITS: Final = 1000
_BITS: Final = 3300


class _Budget:
    """How many values may still be written: an object that holds itself ten times over would never end."""

    def __init__(self) -> None:
        self.left = _VALUES


def as_json(value: object) -> bytes:
    """The JSON of a Python object. Never raises; `NaN` and infinities are written as such, for the checks to find."""
    return json.dumps(_plain(value, 0, _Budget())).encode()


def _plain(value: object, depth: int, budget: _Budget) -> object:
    budget.left -= 1
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _plain(value.value, depth + 1, budget) if depth < _DEPTH else _strange(value)
    if isinstance(value, int):
        return int(value) if value.bit_length() < _BITS else _strange(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):
        return _moment(value)
    if depth >= _DEPTH or budget.left < 0:
        return _strange(value)
    if isinstance(value, dict):
        return {_key(key): _plain(inner, depth + 1, budget) for key, inner in dict.items(value)}
    if isinstance(value, list):
        return [_plain(inner, depth + 1, budget) for inner in list.__iter__(value)]
    if isinstance(value, tuple):
        return [_plain(inner, depth + 1, budget) for inner in tuple.__iter__(value)]
    return _strange(value)


def _number(value: Decimal) -> object:
    """A decimal as digits in text, as the marketplace writes prices; one made of a float as that float."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        return float("nan") if value.is_nan() else float(value)
    if exponent < -_PLACES:
        return float(value)
    return f"{value:f}" if len(value.as_tuple().digits) + exponent < _DIGITS else _strange(value)


def _moment(value: date) -> str:
    """A time as the marketplace writes it; one with a zone by the clock of that zone."""
    if not isinstance(value, datetime):
        return f"{value.isoformat()} 00:00:00"
    return value.replace(tzinfo=None).isoformat(" ")


def _key(key: object) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    return json.dumps(key) if key is None or isinstance(key, (bool, float)) else _strange_key(key)


def _strange_key(key: object) -> str:
    return str(int(key)) if isinstance(key, int) and key.bit_length() < _BITS else f"<{type(key).__name__}>"


def _strange(value: object) -> dict[str, str]:
    return {"python": type(value).__name__}
