"""A past minute as it was recorded: the snapshot at its end, the minutes up to it, the events until then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from magflow_tui.tui.data.hour import Hour, Wanted
from magflow_tui.tui.views.context import PastShown

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.past import PastMoment
    from magflow_tui.contract.snapshot import Snapshot

MINUTE: Final = timedelta(minutes=1)
EVENTS_KEPT: Final = 100


def minute_of(at: datetime) -> datetime:
    """The beginning of the minute that an instant is in."""
    return at.replace(second=0, microsecond=0)


class Past:
    """What was read of the minute that is shown."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.hour = Hour()
        #: Events until then, newest first.
        self.events: tuple[Event, ...] = ()
        self._events_of: int | None = None

    async def read(
        self,
        client: EngineClient,
        minute: datetime,
        *,
        wanted: Callable[[datetime], Wanted | None],
        events: bool,
        nearest: bool = False,
    ) -> PastShown:
        """Read a minute, the events until then where they are looked at, and the minutes up to it that are `wanted`.

        With `nearest` the last recorded minute takes the place of one of which there is nothing. Nothing of what was
        read before is given up until all of it is there. Raises `EngineError`.
        """
        moment = await client.past.moment(minute)
        if nearest and moment.snapshot is None and moment.earlier is not None:
            minute = moment.earlier
            moment = await client.past.moment(minute)
        last = _last_event(moment.snapshot)
        if events and last != self._events_of:
            await self._read_events(client, last)
        span = wanted(minute)
        if span is not None and self.hour.is_due(span):
            await self.hour.read(client, span)
        self.snapshot = moment.snapshot
        return _shown(minute, moment)

    @property
    def lacks_events(self) -> bool:
        """Whether events were read of another minute than the one that is shown."""
        return _last_event(self.snapshot) != self._events_of

    async def read_events(self, client: EngineClient) -> None:
        """Read the events until the shown minute. Raises `EngineError`."""
        await self._read_events(client, _last_event(self.snapshot))

    async def _read_events(self, client: EngineClient, last: int | None) -> None:
        self._events_of = last
        if last is None:
            self.events = ()
            return
        page = await client.events(after=max(0, last - EVENTS_KEPT), limit=EVENTS_KEPT)
        self.events = tuple(event for event in reversed(page.events) if event.seq <= last)


def _last_event(snapshot: Snapshot | None) -> int | None:
    """The number of the last event before a snapshot, None where there was none."""
    return None if snapshot is None or snapshot.last_event is None else snapshot.last_event.seq


def _shown(minute: datetime, moment: PastMoment) -> PastShown:
    return PastShown(
        minute, gap=moment.snapshot is None, earlier=moment.earlier, later=moment.later, first=moment.first
    )
