"""When each order of an account was placed, its id, type, payment mode, and how far it had come when the world began.

Everything is arithmetic on the order's index, so a world of a million orders opens at once: creation times rise with
the index (a moment is found by bisection), FBE orders sit at evenly spread indices (the n-th one is found by bisection
too), and an order's last change lies at most `LONGEST_LIFE` after its creation.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import NamedTuple

from magflow_tui.sandbox.entropy import BLOCK, Entropy

FBE, SELLER = 2, 3
CANCELLED, NEW, IN_PROGRESS, PREPARED, FINALISED, RETURNED = 0, 1, 2, 3, 4, 5
COD, BANK, CARD = 1, 2, 3

LONGEST_LIFE = 6 * 86_400
"""Seconds from an order's creation to its last change, at most, for orders nobody has touched since the world began."""

_ID_STEP = 7
_YOUNGEST = 60


class BaseFacts(NamedTuple):
    """What is true of one block of orders as the world began, by position in the block."""

    modified: array[int]
    status: bytes
    payment: bytes


class Timeline:
    """The orders of one account by index: 0 is the oldest; those from `base_count` on arrived since the world began.

    `began` is the moment the world began, `days` the age of the oldest order, `fbe` the share of type 2.
    """

    def __init__(self, *, name: str, base_count: int, days: float, fbe: float, began: int, first_id: int) -> None:
        self.base_count = base_count
        self.began = began
        self.entropy = Entropy(name)
        self._span = max(int(days * 86_400), 2 * _YOUNGEST)
        self._start = began - self._span
        self._spread = self._span - _YOUNGEST
        self._fbe_permille = round(fbe * 1000)
        self._first_id = first_id
        self._facts: dict[int, BaseFacts] = {}
        self._arrived = array("q")

    def __len__(self) -> int:
        return self.base_count + len(self._arrived)

    def arrive(self, moment: int) -> int:
        """A new order, placed at `moment` (no earlier than the one before); returns its index."""
        if self._arrived:
            moment = max(moment, self._arrived[-1])
        self._arrived.append(moment)
        return len(self) - 1

    def created(self, index: int) -> int:
        """The moment of creation."""
        if index >= self.base_count:
            return self._arrived[index - self.base_count]
        bits = self.entropy.at(index) & 1023
        return self._start + (index * 1024 + bits) * self._spread // (self.base_count * 1024)

    def first_since(self, moment: int) -> int:
        """The first index created at `moment` or later; `len(self)` when there is none."""
        if self._arrived and moment > self.created(self.base_count - 1 if self.base_count else 0):
            return self.base_count + bisect_left(self._arrived, moment)
        if not self.base_count or moment <= self._start:
            return 0
        guess = (moment - self._start) * self.base_count // self._spread
        low = min(max(guess - 2, 0), self.base_count)
        high = min(guess + 3, self.base_count)
        return low + bisect_left(range(low, high), moment, key=self.created) if low < high else self.base_count

    def order_id(self, index: int) -> int:
        """The marketplace's id of an order; ids rise with the index, unevenly."""
        return self._first_id + index * _ID_STEP + (self.entropy.at(index) >> 10 & 7) % (_ID_STEP - 1)

    def find(self, order_id: int) -> int | None:
        """The index of an id, or None when no order has it."""
        index = (order_id - self._first_id) // _ID_STEP
        return index if 0 <= index < len(self) and self.order_id(index) == order_id else None

    def order_type(self, index: int) -> int:
        """2 (FBE) or 3 (seller)."""
        permille = self._fbe_permille
        return FBE if (index + 1) * permille // 1000 > index * permille // 1000 else SELLER

    def count_before(self, index: int, order_type: int) -> int:
        """How many orders of a type have an index below this one."""
        fbe = index * self._fbe_permille // 1000
        return fbe if order_type == FBE else index - fbe if order_type == SELLER else 0

    def nth_of_type(self, ordinal: int, order_type: int) -> int:
        """The index of the order of that type that has `ordinal` others of it below."""
        return bisect_left(range(len(self)), ordinal + 1, key=lambda index: self.count_before(index + 1, order_type))

    def facts(self, block: int) -> BaseFacts:
        """The base facts of a block, worked out once."""
        facts = self._facts.get(block)
        if facts is None:
            facts = self._facts[block] = self._work_out(block)
        return facts

    def payment(self, index: int) -> int:
        """The payment mode: 1 cash on delivery, 2 bank transfer, 3 card."""
        return _payment(self.entropy.at(index))

    def _work_out(self, block: int) -> BaseFacts:
        first = block * BLOCK
        count = min(BLOCK, self.base_count - first)
        statuses, payments, modified = bytearray(count), bytearray(count), array("q", bytes(8 * count))
        bits_of = self.entropy.block(block)
        for offset in range(count):
            bits = bits_of[offset]
            created = self.created(first + offset)
            statuses[offset], life = _life(bits, self.began - created)
            modified[offset] = created + life
            payments[offset] = _payment(bits)
        return BaseFacts(modified, bytes(statuses), bytes(payments))


def _payment(bits: int) -> int:
    draw = bits >> 13 & 127
    return COD if draw < 68 else CARD if draw < 121 else BANK


def _life(bits: int, age: int) -> tuple[int, int]:
    """Status and seconds from creation to last change of an order `age` seconds old (at least `_YOUNGEST`)."""
    acknowledged = 600 + (bits >> 20 & 16_383)  # up to 4.7 hours
    prepared = acknowledged + 1_800 + (bits >> 22 & 32_767)  # 9 hours more
    finalised = prepared + 3_600 + (bits >> 24 & 131_071)  # 36 hours more
    outcome = bits >> 41 & 127
    if age < acknowledged:
        return NEW, 1 + (bits >> 20 & 31)
    if outcome < 8:  # 6 % are cancelled once acknowledged
        cancelled = acknowledged + 900 + (bits >> 26 & 65_535)
        return (CANCELLED, cancelled) if age >= cancelled else (IN_PROGRESS, acknowledged)
    if age < prepared:
        return IN_PROGRESS, acknowledged
    if age < finalised:
        return PREPARED, prepared
    returned = finalised + 43_200 + (bits >> 24 & 131_071)
    if outcome < 13 and age >= returned:  # 4 % come back whole
        return RETURNED, returned
    return FINALISED, finalised
