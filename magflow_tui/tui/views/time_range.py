"""How far back plots reach, and how many minutes each of their values stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TimeRange:
    """`minutes` up to the shown instant, a value for each `step` of them. `minutes` is a multiple of `step`."""

    minutes: int
    step: int = 1

    @property
    def values(self) -> int:
        """How many values that makes."""
        return self.minutes // self.step

    @property
    def title(self) -> str:
        """`15 min`, `6 h`, `7 d`."""
        if self.minutes < 60:
            return f"{self.minutes} min"
        hours = self.minutes // 60
        return f"{hours} h" if hours <= 24 else f"{hours // 24} d"


#: What plots can show, by what an operator writes. A plot has room for sixty values; steps of a day or more start at
#: whole hours.
RANGES: Final[Mapping[str, TimeRange]] = {
    "15m": TimeRange(15),
    "1h": TimeRange(60),
    "6h": TimeRange(360, 6),
    "24h": TimeRange(1440, 24),
    "7d": TimeRange(10_080, 180),
    "30d": TimeRange(43_200, 720),
}
#: What is read until another one is chosen.
HOUR: Final = RANGES["1h"]
