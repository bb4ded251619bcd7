"""Decides which request meets which fault."""

from __future__ import annotations

import random
from collections import Counter

from magflow_tui.sandbox.config import FAULT_KINDS, Burst, FaultKind, Faults, PageFault


class FaultDice:
    """Draws a fault, or none, for each request: pages that fail first, then bursts, then chance."""

    def __init__(self, faults: Faults, rng: random.Random) -> None:
        self.faults = faults
        self._rng = rng
        self._given: Counter[PageFault] = Counter()
        self._bursts: list[tuple[Burst, int]] = [(burst, burst.times) for burst in faults.bursts]

    def set(self, faults: Faults) -> None:
        """Start over with other faults."""
        self.faults = faults
        self._given.clear()
        self._bursts = [(burst, burst.times) for burst in faults.bursts]

    def add_burst(self, burst: Burst) -> None:
        """Queue one more burst behind those that are not used up."""
        self._bursts.append((burst, burst.times))

    def draw(self, account: str, route: str, page: int) -> FaultKind | None:
        """The fault of one request of an account, if any."""
        for fault in self.faults.pages:
            if (fault.route, fault.page) == (route, page) and fault.account in (None, account):
                self._given[fault] += 1
                if fault.times is None or self._given[fault] <= fault.times:
                    return fault.kind
        for place, (burst, left) in enumerate(self._bursts):
            if burst.route in (None, route) and burst.account in (None, account):
                self._bursts[place] = burst, left - 1
                if left == 1:
                    del self._bursts[place]
                return burst.kind
        draw = self._rng.random()
        for kind in FAULT_KINDS:
            draw -= float(getattr(self.faults, kind))
            if draw < 0:
                return kind
        return None

    def server_error(self) -> int:
        """Which 5xx comes now."""
        return self._rng.choice((500, 502, 504))
