"""Which window comes next: back through history, on along the changes, what earlier runs owe, what was set aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final, Generic, TypeVar

from magflow_tui.contract.base import Resource
from magflow_tui.marketplace.codes import OrderType
from magflow_tui.marketplace.schema import Payload
from magflow_tui.store import Store, runs
from magflow_tui.store.orders import stored_orders
from magflow_tui.sync.checkpoint import Checkpoint, Reading, WalkBack, decode_window
from magflow_tui.sync.outage import Patience
from magflow_tui.sync.policy import SyncPolicy
from magflow_tui.sync.windows import (
    BEGINNING,
    LONGEST,
    Window,
    changed_since,
    created_before,
    newest_created,
    start_after,
)

T = TypeVar("T", bound=Payload)

#: Both fulfilment types, each asked for by name: the marketplace hides FBE orders when none is named.
ORDER_TYPES: Final = (OrderType.SELLER, OrderType.FBE)
#: After so many empty windows in a row it is worth asking whether there is anything older.
_EMPTY_WINDOWS: Final = 3
#: Seconds that a type may lag behind the marketplace's clock before it is read once more.
_QUIET: Final = 120


def first_checkpoint(
    resource: Resource, *, full: bool, watermark: int | None, now: int, overlap: int, timezone: str
) -> Checkpoint:
    """Where a new run begins. Without a watermark orders are read in full; offers and returns always are."""
    if resource != "orders":
        return Checkpoint(now, todo=[Window("all")], changes_planned=True, owed_planned=True)
    if full or watermark is None:
        return Checkpoint(now, walks=[WalkBack(type_) for type_ in ORDER_TYPES], owed_planned=True)
    first = start_after(watermark, overlap, timezone)
    todo = [window for type_ in ORDER_TYPES for window in changed_since(first, type_, now)]
    return Checkpoint(now, todo=todo, server_mark=watermark, changes_planned=True)


class Plan(Generic[T]):
    """Puts one window after the other on the checkpoint's desk."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        store: Store,
        account: str,
        resource: Resource,
        timezone: str,
        history_start: date | None,
        patience: Patience[T],
        policy: SyncPolicy,
        now: Callable[[], int],
    ) -> None:
        self._checkpoint = checkpoint
        self._store = store
        self._account = account
        self._resource = resource
        self._timezone = timezone
        self._floor = BEGINNING if history_start is None else _day_before(history_start)
        self._patience = patience
        self._policy = policy
        self._now = now

    async def next(self) -> bool:
        """Choose the window to read; False when there is nothing left to do. Raises what `Patience` raises."""
        checkpoint = self._checkpoint
        if checkpoint.reading is not None:
            return True
        window = await self._next_window()
        if window is not None:
            checkpoint.windows += 1
            checkpoint.reading = Reading(checkpoint.windows, window)
            return True
        return await self._next_parked()

    def upcoming(self) -> list[Window]:
        """The window on the desk and those that will be read behind it, as far as that is certain and they hold still.

        None before the run's first page: what is read ahead must not be older than where changes are read from.
        """
        checkpoint, reading = self._checkpoint, self._checkpoint.reading
        if reading is None or checkpoint.baseline is None or checkpoint.todo or not checkpoint.walks:
            return []
        walk = checkpoint.walks[0]
        windows = [reading.window] if reading.window.still and reading.next_page == 1 else []
        behind = walk.last
        reach = self._policy.windows_ahead if not walk.empty else _EMPTY_WINDOWS - 1 - walk.empty % _EMPTY_WINDOWS
        for _ in range(reach):
            behind = created_before(behind, self._floor) if behind is not None else None
            if behind is None:
                break
            windows.append(behind)
        return windows

    async def expect(self) -> int | None:
        """How many orders a full run will find, to tell the time it takes; None for other runs."""
        if not self._checkpoint.walks:
            return None
        return sum([await self._patience.count(Window("all", walk.type)) for walk in self._checkpoint.walks])

    async def _next_window(self) -> Window | None:
        checkpoint = self._checkpoint
        while not checkpoint.todo:
            if checkpoint.walks:
                window = await self._walk_back(checkpoint.walks[0])
                if window is not None:
                    return window
                del checkpoint.walks[0]
            elif not checkpoint.changes_planned:
                checkpoint.changes_planned = True
                checkpoint.todo = self._changes_meanwhile()
            elif not checkpoint.caught_up:
                checkpoint.caught_up = True
                checkpoint.todo = self._quiet_types()
            else:
                return None
        return checkpoint.todo.pop(0)

    async def _walk_back(self, walk: WalkBack) -> Window | None:
        if walk.last is None:
            walk.last = newest_created(walk.type, self._now())
            return walk.last
        if walk.empty and walk.empty % _EMPTY_WINDOWS == 0 and await self._has_all(walk, walk.last):
            return None
        behind = created_before(walk.last, self._floor)
        walk.last = behind or walk.last
        return behind

    async def _has_all(self, walk: WalkBack, last: Window) -> bool:
        """Whether the store has all orders of a type, new ones aside, and none that is older than `last`."""
        there = await self._patience.count(Window("all", walk.type))
        until = self._checkpoint.baseline
        if until is not None:
            arrived = Window("created", walk.type, until + 2, until + LONGEST, open=True)
            there -= await self._patience.count(arrived)
        up_to = datetime.fromtimestamp(self._now() if until is None else until, UTC)
        stored = await self._store.read(lambda connection: stored_orders(connection, self._account, walk.type, up_to))
        return stored.rows + walk.strays >= there and (stored.oldest is None or last.first <= stored.oldest.timestamp())

    def _changes_meanwhile(self) -> list[Window]:
        """A full run ends by reading what changed since its first page."""
        baseline = self._checkpoint.baseline
        if baseline is None:
            return []
        first = start_after(baseline, self._policy.overlap, self._timezone)
        return [window for type_ in ORDER_TYPES for window in changed_since(first, type_, self._now())]

    def _quiet_types(self) -> list[Window]:
        """The open windows of types in which nothing changed for long, to be read once more.

        Only changes tell the marketplace's time: a type without any, read before the others told it, is known to be
        whole up to the time of the last run alone. Read now, it is whole up to the time that the others told. Without
        that the watermark of an account that sells through one type would stay where it is, and every run read more.
        """
        checkpoint, clock = self._checkpoint, self._checkpoint.server_mark
        if clock is None:
            return []
        return [
            changed_since(start_after(mark, self._policy.overlap, self._timezone), type_, self._now())[-1]
            for type_, mark in checkpoint.marks.items()
            if clock - mark > _QUIET
        ]

    async def _next_parked(self) -> bool:
        checkpoint = self._checkpoint
        if not checkpoint.owed_planned:
            checkpoint.owed_planned = True
            await self._take_owed()
        waiting = [reading for reading in checkpoint.parked if reading.rounds < self._policy.rounds]
        if not waiting:
            return False
        reading = min(waiting, key=lambda one: one.rounds)
        if reading.rounds > checkpoint.round:
            checkpoint.round = reading.rounds
            await self._patience.pause(self._policy.round_pause)
        checkpoint.parked = [one for one in checkpoint.parked if one is not reading]
        reading.rounds += 1
        reading.retrying = bool(reading.set_aside)
        checkpoint.reading = reading
        return True

    async def _take_owed(self) -> None:
        """What earlier runs could not read whole is read behind the rest of this one."""
        owed = await self._store.read(lambda connection: runs.read_owed(connection, self._account, self._resource))
        for one in owed:
            self._checkpoint.windows += 1
            reading = Reading(self._checkpoint.windows, decode_window(one.window), owed=True)
            self._checkpoint.parked.append(reading)


def _day_before(day: date) -> int:
    """The start of history in seconds, a day early: the platform's day begins before ours."""
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)).timestamp())
