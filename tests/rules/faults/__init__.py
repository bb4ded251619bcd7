"""Faults of orders by subject; `FAULTS` are all of them."""

from __future__ import annotations

from .broken import broken
from .dates import dates
from .fault import Fault, platform_of
from .keys import required
from .money import money
from .numbers import numbers, types
from .places import places_and_codes
from .ranges import enums_and_ranges
from .texts import texts

__all__ = ["FAULTS", "Fault", "platform_of"]

FAULTS: tuple[Fault, ...] = (
    *numbers(),
    *types(),
    *required(),
    *enums_and_ranges(),
    *dates(),
    *money(),
    *places_and_codes(),
    *texts(),
    *broken(),
)
