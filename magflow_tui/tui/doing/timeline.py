"""What moment is shown: the present, what is frozen of it, or a past minute as it was recorded."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from magflow_tui.tui.data.hour import SHOWN_ON, Wanted
from magflow_tui.tui.data.past import MINUTE, minute_of
from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.figures import age, day, later
from magflow_tui.tui.views.moments import past_moment
from magflow_tui.tui.views.spans import clean
from magflow_tui.tui.views.time_range import RANGES

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient, EngineError
    from magflow_tui.contract.events import Event
    from magflow_tui.tui.app import MagFlowApp

HOUR = timedelta(hours=1)
#: Seconds between two readings at the least while a key is held: a picture of every minute that flies by would cost
#: the engine and the link more than anybody sees.
READ_SECONDS = 0.15


class Timeline(Doing):
    """The engine goes on whatever is shown.

    The minute that is gone to is told at once; its picture follows when it has been read, one reading at a time, and
    of the minutes asked for meanwhile the last one alone is read.
    """

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        self._reading = self._nearest = self._from_live = False
        self._read_at = float("-inf")
        self._held_events: tuple[Event, ...] = ()

    # freezing, and back to the present

    def do_freeze(self) -> None:
        self._hold()
        self._app.tell(self._app.say("said.frozen"))

    def do_live(self) -> None:
        self._let_go()
        self._app.tell(self._app.say("said.live"))
        self._app.follow_lists()

    def _hold(self) -> None:
        app = self._app
        app.place.frozen = app.snapshot
        self._held_events = app.lists.events
        app.lists.requests.hold()

    def _let_go(self) -> None:
        app = self._app
        app.place.go_live()
        app.lists.requests.follow()
        app.place.to_top("api")

    # going

    def do_step_back(self) -> None:
        self._back(MINUTE)

    def do_step_forward(self) -> None:
        self._forward(MINUTE)

    def do_hour_back(self) -> None:
        self._back(HOUR)

    def do_hour_forward(self) -> None:
        self._forward(HOUR)

    def do_time(self, text: str | None = None) -> None:
        """To a time, asked for unless it has been written."""
        if text:
            self._go_to(text)
        else:
            self.command(self._ask_time)

    async def _ask_time(self) -> None:
        app = self._app

        def explain(text: str) -> None:
            at = self._read_time(text)
            if at is not None:
                then = day(at, app.view().now, app.view().zone)
                ago = age((self._present() - at).total_seconds())
                app.prompt.remark(app.say("ask.time_is", at=then, ago=ago))
            else:
                app.prompt.remark(app.say("ask.time_forms"), wrong=bool(text.strip()))

        text = await app.prompt.enter(app.say("ask.time"), on_change=explain)
        if text is not None and text.strip():
            self._go_to(text)

    def _go_to(self, text: str) -> None:
        app, at = self._app, self._read_time(text)
        if at is None:
            app.tell(app.say("said.no_time", text=clean(text), forms=app.say("ask.time_forms")), "warn")
        else:
            minute, last = minute_of(at), self._last_minute()
            self._go(min(minute, last), nearest=minute > last)

    def _read_time(self, text: str) -> datetime | None:
        return past_moment(text, self._present(), self._app.view().zone)

    def _present(self) -> datetime:
        """Now, by the engine's clock as of its last snapshot."""
        app = self._app
        return app.snapshot.at if app.snapshot is not None else app.view().now

    def _last_minute(self) -> datetime:
        """The last minute that is over."""
        return minute_of(self._present()) - MINUTE

    def _back(self, by: timedelta) -> None:
        place, past = self._app.place, self._app.place.past
        here = place.minute
        if here is None:
            # The minute that ran when the screen was frozen is not among those that were over then.
            held = place.frozen or self._app.snapshot
            target = minute_of(held.at if held is not None else self._present()) - by
            self._go(min(target, self._last_minute()), nearest=by == MINUTE)
            return
        target = later(here, -by.total_seconds())
        if past is not None and past.gap and place.going_to is None:
            target = min(target, past.earlier or here)
        if past is not None and past.first is not None:
            target = max(target, past.first)
        if target < here:
            self._go(target)
        else:
            self._app.tell(self._app.say("past.nothing_earlier"))

    def _forward(self, by: timedelta) -> None:
        place, past = self._app.place, self._app.place.past
        here = place.minute
        if here is None:  # frozen: the minute that ran then is the next one
            here = minute_of(place.frozen.at) - MINUTE if place.frozen is not None else self._last_minute()
        target: datetime | None = later(here, by.total_seconds())
        if past is not None and past.gap and place.going_to is None:
            target = None if past.later is None else max(target or past.later, past.later)
        if target is None or target > self._last_minute():
            self._app.keys.perform("live")
        else:
            self._go(target)

    def _go(self, minute: datetime, *, nearest: bool = False) -> None:
        """To a minute; with `nearest` to the one before it that was recorded."""
        app = self._app
        if app.place.minute is None:
            self._from_live = app.place.frozen is None
            if self._from_live:
                self._hold()
        app.place.going_to, self._nearest = minute, nearest
        app.paint()
        self.follow()

    # how far back plots reach

    def do_range(self, name: str | None = None) -> None:
        """Plots of so much time, asked for unless it has been said."""
        if name is None:
            self.command(self._ask_range)
            return
        app = self._app
        app.place.range = RANGES[name]
        app.tell(app.say("said.range", range=RANGES[name].title))
        app.follow_lists()

    async def _ask_range(self) -> None:
        app = self._app
        names = {str(number): name for number, name in enumerate(RANGES, 1)}
        choices = [(key, RANGES[name].title) for key, name in names.items()]
        picked = await app.ask(app.say("ask.range"), [*choices, ("esc", app.say("ask.cancel"))])
        if picked is not None:
            self.do_range(names[picked])

    # reading

    @property
    def events(self) -> tuple[Event, ...]:
        """Events until the shown instant, newest first."""
        app = self._app
        if app.place.past is not None:
            return () if app.past.lacks_events else app.past.events
        return app.lists.events if app.place.frozen is None else self._held_events

    def follow(self) -> None:
        """Read what the shown instant lacks: the past minute that is gone to, the minutes of the plots."""
        app, client, place = self._app, self._app.client, self._app.place
        if client is None:
            return
        if place.minute is not None:
            if not self._reading and self._lacks():
                self._reading = True
                self.beside("past", partial(self._catch_up, client))
        elif (wanted := self._wanted()) is not None and app.hour.is_due(wanted):
            self.beside("hour", partial(self._read_hour, client, wanted))

    def _wanted(self, minute: datetime | None = None) -> Wanted | None:
        """The minutes that the screen draws, up to the shown instant or to the end of another minute."""
        app, place = self._app, self._app.place
        if place.screen not in SHOWN_ON:
            return None
        if minute is not None:
            return Wanted(later(minute, 60), place.range, place.account)
        snapshot = place.frozen or app.snapshot
        if place.until is None and snapshot is None:
            return None
        until = place.until or minute_of(snapshot.at if snapshot is not None else self._present())
        return Wanted(until, place.range, place.account)

    async def _read_hour(self, client: EngineClient, wanted: Wanted) -> None:
        from magflow_tui.client import EngineError

        hour = self._app.hour
        # Of another range or account, or the first of all, somebody waits for it.
        asked = hour.minutes is None or (hour.range, hour.account) != (wanted.range, wanted.account)
        # What goes wrong with the engine, the link's own state says.
        with contextlib.suppress(EngineError):
            await hour.read(client, wanted, live=self._app.place.frozen is None)
        self._app.paint(live=not asked)

    def _lacks(self) -> bool:
        """Whether something of the shown past has not been read."""
        app, place = self._app, self._app.place
        if place.going_to is not None:
            return True
        wanted = self._wanted()
        lacks_minutes = wanted is not None and app.past.hour.is_due(wanted)
        return place.past is not None and (lacks_minutes or (place.screen == "health" and app.past.lacks_events))

    async def _catch_up(self, client: EngineClient) -> None:
        """Read until nothing is lacking; the minute asked for last is the one that is read next."""
        from magflow_tui.client import EngineError

        try:
            while self._lacks():
                await asyncio.sleep(max(0.0, self._read_at + READ_SECONDS - self._app.clock()))
                self._read_at = self._app.clock()
                await self._read(client)
        except EngineError as error:
            self._give_up(error)
        finally:
            self._reading = False

    async def _read(self, client: EngineClient) -> None:
        app, place = self._app, self._app.place
        minute = place.going_to
        if minute is not None:
            events = place.screen == "health"
            shown = await app.past.read(client, minute, wanted=self._wanted, events=events, nearest=self._nearest)
            if place.going_to is None:
                return  # it is the present again that is looked at
            place.past = shown
            if place.going_to == minute:
                place.going_to = None
        if (wanted := self._wanted()) is not None and app.past.hour.is_due(wanted):
            await app.past.hour.read(client, wanted)
        if place.screen == "health" and app.past.lacks_events:
            await app.past.read_events(client)
        # While a key is held a thin link is not given pictures that go by.
        if place.going_to is None or not app.slow:
            app.paint()
        app.follow_lists()

    def _give_up(self, error: EngineError) -> None:
        """What was shown stays, and it is said why nothing else is."""
        app, place = self._app, self._app.place
        place.going_to = None
        if place.past is None and self._from_live:
            self._let_go()
        app.tell(app.say("past.no_past") if error.status == 404 else clean(error), "warn")
