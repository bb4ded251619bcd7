"""Reading what the health screen tells of alerts beside the snapshot, and noting that the operator has looked."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.doing.reading import REST_SECONDS

if TYPE_CHECKING:
    from datetime import datetime

    from magflow_tui.client import EngineClient
    from magflow_tui.contract.alerts import Alert
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.app import MagFlowApp
    from magflow_tui.tui.views.context import Watched

#: Seconds until a reading that failed is tried again.
RETRY_SECONDS = 30.0
#: Seconds for which a dashboard must have been open to have been looked at, and between two notes of that.
GLANCE_SECONDS, LOOK_SECONDS = 10.0, 300.0
#: Seconds that a goodbye may take.
PARTING_SECONDS = 0.3


class Watching(Doing):
    """What is read of alerts: on the health screen alone, and when one has opened or closed."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        self._tried_at = float("-inf")
        self._reading = False
        #: The alert that is being read whole, and whether somebody waits for it; one that could not be read, and when.
        self._under_way: tuple[int, bool] | None = None
        self._refused = (0, float("-inf"))
        self._opened_at: float | None = None
        self._noted_at = float("-inf")
        self._left: tuple[float, datetime] | None = None

    # what is read

    def shown(self) -> Watched:
        """What is known, with the alert under the cursor whole where it has been read."""
        return self._app.alert_desk.shown(self._key())

    def alert(self) -> Alert | None:
        """The alert under the cursor of the health screen."""
        app = self._app
        return None if self._key() is None else app.alert_desk.alert(self._key(), app.shown)

    def _key(self) -> object:
        """The key under the cursor of the health screen, where it is an alert's number."""
        app = self._app
        if app.place.screen != "health" or app.place.help_open or app.place.about_open:
            return None
        key = app.place.cursor.key
        return key if isinstance(key, int) else None

    def follow(self) -> None:
        """Have read what the health screen lacks; note now and then that somebody looks."""
        app, client, snapshot = self._app, self._app.client, self._app.snapshot
        if client is None or snapshot is None or app.feed.link().phase != "live":
            return
        self._note_look(client)
        if app.place.screen != "health" or app.place.past is not None:
            return
        due = not self._reading and app.clock() - self._tried_at >= RETRY_SECONDS
        if due and app.alert_desk.lacks(snapshot):
            self._reading = True
            self.beside("alerts", partial(self._read, client, snapshot))
        self.read_detail()

    async def _read(self, client: EngineClient, snapshot: Snapshot) -> None:
        from magflow_tui.client import EngineError

        try:
            await self._app.alert_desk.read(client, snapshot, self.who)
        except EngineError:  # what goes wrong with the engine, the link's own state says
            self._tried_at = self._app.clock()
        finally:
            self._reading = False
        self._app.paint(live=True)

    def read_detail(self) -> None:
        """Fetch the alert under the cursor whole: at once when it is open, else when the cursor has rested."""
        app, client, alert = self._app, self._app.client, self.alert()
        asked = "health" in app.place.opened
        if client is None or alert is None or app.place.past is not None or (app.slow and not asked):
            return
        if app.alert_desk.has_detail(alert) or (alert.alert_id, asked) == self._under_way:
            return
        if alert.alert_id != self._refused[0] or app.clock() - self._refused[1] >= RETRY_SECONDS:
            self.beside("alert", partial(self._read_whole, client, alert, asked=asked), exclusive=True)

    async def _read_whole(self, client: EngineClient, alert: Alert, *, asked: bool) -> None:
        from magflow_tui.client import EngineError

        app = self._app
        self._under_way = mine = (alert.alert_id, asked)
        try:
            if not asked:
                await asyncio.sleep(REST_SECONDS)
            await app.alert_desk.read_detail(client, alert)
            app.paint(live=not asked)
        except EngineError:
            self._refused = (alert.alert_id, app.clock())
        finally:
            if self._under_way is mine:  # and not that of a reading in the place of this one
                self._under_way = None

    # who looks

    def _note_look(self, client: EngineClient) -> None:
        """Note that somebody looks: once the dashboard has been open for a moment, then every few minutes."""
        app, now = self._app, self._app.clock()
        if self._opened_at is None:
            self._opened_at = now
        # Not before it has been read when they last did.
        due = app.alert_desk.ready and self._has_looked() and now - self._noted_at >= LOOK_SECONDS
        if due and app.app_focus:
            self._noted_at = now
            self.beside("look", partial(self._look, client))

    async def _look(self, client: EngineClient) -> None:
        from magflow_tui.client import EngineError

        with contextlib.suppress(EngineError):
            await client.alerts.look(self.who)

    def look_away(self) -> None:
        """The terminal is not in front any more."""
        app, client = self._app, self._app.client
        if app.snapshot is None:
            return
        self._left = app.clock(), app.snapshot.at
        if client is not None and self._has_looked():
            self._noted_at = app.clock()
            self.beside("look", partial(self._look, client))

    def look_back(self) -> None:
        """Somebody looks again: after a while away, what has closed meanwhile is told."""
        app, left = self._app, self._left
        self._left = None
        if left is not None and app.clock() - left[0] >= LOOK_SECONDS:
            app.alert_desk.look_from(left[1])

    async def part(self) -> None:
        """The dashboard closes: note the look, if that takes no time."""
        client = self._app.client
        if client is not None and self._has_looked():
            self._opened_at = None
            with contextlib.suppress(Exception):  # whatever it is, the terminal has to be given back
                await asyncio.wait_for(client.alerts.look(self.who), PARTING_SECONDS)

    def _has_looked(self) -> bool:
        """Whether the dashboard has been open for a moment, and may leave a note of that."""
        if self._app.read_only:
            return False
        return self._opened_at is not None and self._app.clock() - self._opened_at >= GLANCE_SECONDS
