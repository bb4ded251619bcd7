"""The orders of one account: what they are now, which of them a filter selects, and their JSON.

Orders nobody has touched are written on demand from the timeline; `OrderBook` remembers only those that were added or
changed since the world began.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

import orjson

from magflow_tui.sandbox.damage import KINDS, UNREADABLE, damaged
from magflow_tui.sandbox.entropy import BLOCK
from magflow_tui.sandbox.jsontypes import JsonObject, as_object
from magflow_tui.sandbox.localtime import LocalTime
from magflow_tui.sandbox.order_body import OrderWriter
from magflow_tui.sandbox.timeline import BANK, IN_PROGRESS, LONGEST_LIFE, NEW, PREPARED, Timeline

_OPEN = frozenset({NEW, IN_PROGRESS, PREPARED})
_REMEMBERED_SELECTIONS = 8
_REMEMBERED_BODIES = 4_096


Edit = Callable[[JsonObject], None]
"""Changes the sound body of an order in place; its `modified` is already the moment of the change."""


@dataclass(frozen=True)
class Walls:
    """A span of local time, both ends included; None leaves an end open."""

    first: int | None = None
    last: int | None = None

    def holds(self, wall: int) -> bool:
        """Whether a wall lies in the span."""
        return (self.first is None or wall >= self.first) and (self.last is None or wall <= self.last)


@dataclass(frozen=True)
class OrderQuery:
    """What `order/read` and `order/count` filter by. None means any."""

    order_type: int = 3
    order_id: int | None = None
    statuses: frozenset[int] | None = None
    payments: frozenset[int] | None = None
    complete: bool | None = None
    created: Walls = Walls()
    modified: Walls = Walls()

    @property
    def by_index_alone(self) -> bool:
        """Whether type and creation decide, so that the answer is arithmetic."""
        return self.statuses is None and self.payments is None and self.complete is None and self.modified == Walls()


@dataclass(frozen=True)
class OrderTruth:
    """What an order is, exactly, to compare a copy with.

    `sha256` is of the order's JSON bytes as `order/read` serves them. `readable` is false for orders without a usable
    id.
    """

    id: int
    type: int
    status: int
    created: str
    modified: str
    sha256: str
    readable: bool
    damage: str | None


@dataclass(frozen=True)
class ChangedOrder:
    """An order as it is after it was added or changed: `sound` is its JSON before any damage."""

    status: int
    status_since: int
    modified: int
    sound: bytes
    damage: str | None


class _OfType(Sequence[int]):
    """The indices of one type in an index range, newest first, found by arithmetic."""

    def __init__(self, timeline: Timeline, order_type: int, first: int, end: int) -> None:
        self._timeline = timeline
        self._type = order_type
        self._below = timeline.count_before(first, order_type)
        self._count = timeline.count_before(end, order_type) - self._below

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int | slice) -> int | Sequence[int]:  # type: ignore[override]
        if isinstance(place, slice):
            return [self._at(each) for each in range(*place.indices(self._count))]
        return self._at(place)

    def _at(self, place: int) -> int:
        return self._timeline.nth_of_type(self._below + self._count - 1 - place, self._type)


class OrderBook:
    """The orders of one account."""

    def __init__(self, *, timeline: Timeline, writer: OrderWriter, time: LocalTime, broken: float) -> None:
        self.timeline = timeline
        self._writer = writer
        self._time = time
        self._broken = round(broken * 65_536)
        self._changed: dict[int, ChangedOrder] = {}  # in order of `modified`: every change moves its order to the end
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        self._keep = _REMEMBERED_BODIES
        self._selections: OrderedDict[OrderQuery, list[int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self.timeline)

    def status(self, index: int) -> int:
        """The status of an order."""
        changed = self._changed.get(index)
        return changed.status if changed else self.timeline.facts(index // BLOCK).status[index % BLOCK]

    def status_since(self, index: int) -> int:
        """The moment an order reached its status."""
        changed = self._changed.get(index)
        return changed.status_since if changed else self.modified(index)

    def modified(self, index: int) -> int:
        """The moment of an order's last change."""
        changed = self._changed.get(index)
        return changed.modified if changed else self.timeline.facts(index // BLOCK).modified[index % BLOCK]

    def damage(self, index: int) -> str | None:
        """The kind of damage an order arrives with, or None when it is sound."""
        changed = self._changed.get(index)
        if changed:
            return changed.damage
        bits = self.timeline.entropy.at(index)
        return KINDS[(bits >> 16) % len(KINDS)] if (bits >> 32 & 65_535) < self._broken else None

    def as_began(self, index: int) -> JsonObject:
        """An order of the base world as it was when the world began, whatever has become of it."""
        facts, place = self.timeline.facts(index // BLOCK), index % BLOCK
        return self._writer.body(index, facts.status[place], facts.modified[place])

    def sound(self, index: int) -> bytes:
        """The JSON of an order before any damage."""
        changed = self._changed.get(index)
        return changed.sound if changed else orjson.dumps(self.as_began(index))

    def payload(self, index: int) -> bytes:
        """The JSON of an order as it is served."""
        body = self._bodies.get(index)
        if body is None:
            kind = self.damage(index)
            body = damaged(kind, self.sound(index)) if kind else self.sound(index)
            self._bodies[index] = body
            if len(self._bodies) > self._keep:
                self._bodies.popitem(last=False)
        return body

    def warm(self) -> None:
        """Write every order now, and remember all of them."""
        self._keep = max(self._keep, len(self) * 2)
        for index in range(len(self)):
            self.payload(index)

    def truth(self, index: int) -> OrderTruth:
        """What the order at `index` is."""
        kind = self.damage(index)
        return OrderTruth(
            id=self.timeline.order_id(index),
            type=self.timeline.order_type(index),
            status=self.status(index),
            created=self._time.text(self.timeline.created(index)),
            modified=self._time.text(self.modified(index)),
            sha256=sha256(self.payload(index)).hexdigest(),
            readable=kind not in UNREADABLE,
            damage=kind,
        )

    def add(self, moment: int, damage: str | None = None) -> int:
        """A new order arrives at `moment`; returns its index."""
        index = self.timeline.arrive(moment - 1)
        body = self._writer.body(index, NEW, moment)
        self._remember(index, ChangedOrder(NEW, moment, moment, orjson.dumps(body), damage))
        return index

    def change(self, index: int, moment: int, edit: Edit, *, damage: str | None = None) -> None:
        """Change an order at `moment`; status and `modified` are kept in step."""
        body = as_object(orjson.loads(self.sound(index)))
        before, since = self.status(index), self.status_since(index)
        moment = max(moment, self.modified(index))
        body["modified"] = self._time.text(moment)
        edit(body)
        status = cast("int", body["status"])
        since = since if status == before else moment
        self._remember(index, ChangedOrder(status, since, moment, orjson.dumps(body), damage))

    def select(self, query: OrderQuery) -> Sequence[int]:
        """The indices of the orders a query selects, newest first."""
        if query.order_id is not None:
            index = self.timeline.find(query.order_id)
            return [index] if index is not None and self._matches(index, query) else []
        first, end = self._index_range(query)
        if query.by_index_alone and not self._in_fold(query.created):
            return _OfType(self.timeline, query.order_type, first, max(first, end))
        untouched = [index for index in self._base_selection(query) if index not in self._changed]
        return sorted([*untouched, *self._scan_changed(query, first, end)], reverse=True)

    def _base_selection(self, query: OrderQuery) -> list[int]:
        """What a query selected when the world began; that never changes, so it is remembered."""
        found = self._selections.get(query)
        if found is None:
            found = self._selections[query] = list(self._scan_base(query))
            if len(self._selections) > _REMEMBERED_SELECTIONS:
                self._selections.popitem(last=False)
        return found

    def _remember(self, index: int, changed: ChangedOrder) -> None:
        self._changed.pop(index, None)
        self._changed[index] = changed
        self._bodies.pop(index, None)

    def _matches(self, index: int, query: OrderQuery) -> bool:
        return self.timeline.order_type(index) == query.order_type and self._passes(
            index, self.status(index), self.modified(index), query
        )

    def _passes(self, index: int, status: int, modified: int, query: OrderQuery) -> bool:
        """Whether an order with that status and last change passes everything but the type."""
        payment = self.timeline.payment(index)
        if query.statuses is not None and status not in query.statuses:
            return False
        if query.payments is not None and payment not in query.payments:
            return False
        if query.complete is not None and query.complete == (payment == BANK and status == NEW):
            return False
        wall = self._time.wall
        return (query.created == Walls() or query.created.holds(wall(self.timeline.created(index)))) and (
            query.modified == Walls() or query.modified.holds(wall(modified))
        )

    def _in_fold(self, walls: Walls) -> bool:
        return any(len(set(self._time.moments(wall))) > 1 for wall in (walls.first, walls.last) if wall is not None)

    def _index_range(self, query: OrderQuery) -> tuple[int, int]:
        """The indices that creation (and for untouched orders the last change) lets through, as first and end."""
        first, end = 0, len(self)
        if query.created.first is not None:
            first = self.timeline.first_since(self._time.moments(query.created.first)[0])
        if query.created.last is not None:
            end = self.timeline.first_since(self._time.moments(query.created.last)[1] + 1)
        return first, end

    def _scan_base(self, query: OrderQuery) -> Iterator[int]:
        """The indices that matched when the world began, block by block."""
        timeline = self.timeline
        first, end = self._index_range(query)
        low, high = first, min(end, timeline.base_count)
        earliest = latest = None
        if query.modified.first is not None:
            earliest = self._time.moments(query.modified.first)[0]
            low = max(low, timeline.first_since(earliest - LONGEST_LIFE))
        if query.modified.last is not None:
            latest = self._time.moments(query.modified.last)[1]
            high = min(high, timeline.first_since(latest + 1))
        if query.statuses is not None and query.statuses <= _OPEN:
            low = max(low, timeline.first_since(timeline.began - LONGEST_LIFE))
        exact = not (query.payments is None and query.complete is None) or any(
            self._in_fold(walls) for walls in (query.created, query.modified)
        )
        for block in range(low // BLOCK, -(-high // BLOCK)):
            facts, start = timeline.facts(block), block * BLOCK
            for index in range(max(low, start), min(high, start + BLOCK)):
                modified = facts.modified[index - start]
                if (
                    (earliest is None or modified >= earliest)
                    and (latest is None or modified <= latest)
                    and (query.statuses is None or facts.status[index - start] in query.statuses)
                    and timeline.order_type(index) == query.order_type
                    and (not exact or self._passes(index, facts.status[index - start], modified, query))
                ):
                    yield index

    def _scan_changed(self, query: OrderQuery, first: int, end: int) -> Iterator[int]:
        earliest = None
        if query.modified.first is not None:
            earliest = self._time.moments(query.modified.first)[0]
        for index in reversed(self._changed):
            if earliest is not None and self._changed[index].modified < earliest:
                return
            if first <= index < end and self._matches(index, query):
                yield index
