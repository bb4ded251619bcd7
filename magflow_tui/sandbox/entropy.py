"""Repeatable randomness by position: 64 bits for any index of a world, without drawing those before it."""

from __future__ import annotations

import random
import sys
from array import array

BLOCK = 4096
"""Indices that share one draw; also the size in which facts about orders are worked out and kept."""


class Entropy:
    """64 bits for each index, the same for the same name whatever is asked first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._blocks: dict[int, array[int]] = {}

    def block(self, number: int) -> array[int]:
        """The bits of indices `number * BLOCK` up to the next block."""
        bits = self._blocks.get(number)
        if bits is None:
            bits = array("Q", random.Random(f"{self._name}/{number}").randbytes(8 * BLOCK))
            if sys.byteorder == "big":
                bits.byteswap()
            self._blocks[number] = bits
        return bits

    def at(self, index: int) -> int:
        """The bits of one index."""
        return self.block(index // BLOCK)[index % BLOCK]
