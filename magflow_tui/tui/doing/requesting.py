"""The API log beside its list: what is read of the store for it, the request under the cursor, its attempts."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.doing.reading import REST_SECONDS
from magflow_tui.tui.views.context import Cursor
from magflow_tui.tui.views.request_bodies import TABS, detail_of
from magflow_tui.tui.views.request_rows import attempts_of, is_error, passes, request_filter
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.tui.data.request_log import RequestLog

#: Cells from which on the newest requests stand beside every screen.
TAIL_FROM = 180
#: Failed requests beyond the list that are looked at for one that the filter lets through.
MOST_LOOKED_AT = 200


class Requesting(Doing):
    """Requests as far back as the store has them."""

    @property
    def _log(self) -> RequestLog:
        return self._app.lists.requests

    @property
    def _is_shown(self) -> bool:
        place = self._app.place
        return place.screen == "api" and not (place.help_open or place.about_open)

    @property
    def _tail_is_lacking(self) -> bool:
        """Whether the last requests of a past minute are shown beside another screen and have not been read."""
        place = self._app.place
        beside = place.until is not None and self._app.size.width >= TAIL_FROM and not place.zoomed
        return beside and not self._app.view().requests.any_read

    def _selected(self) -> RequestRow | None:
        """The request under the cursor."""
        rows, index = self._app.view().requests.rows, self._app.body.cursor.index
        return rows[index] if self._is_shown and index < len(rows) else None

    # reading

    def follow(self) -> None:
        """See to it that the list has what its cursor needs, and that the row under it is read. Costs nothing else."""
        if self._is_shown:
            self.read_on()
            if self._app.place.cursor.key is not None:
                self.read_opened()
        elif self._tail_is_lacking:
            self.read_on()

    def moved(self) -> None:
        """The cursor of the list has moved."""
        self.read_on()
        self.read_opened()

    def read_on(self) -> None:
        """Read on in the store where the end of the list has come near, one reading at a time."""
        app = self._app
        if app.client is None or app.feed.link().phase == "gone":
            return
        if not self._log.reading and self._purpose() is not None:
            self.beside("requests", partial(self._read, app.client))

    def _purpose(self) -> Literal["older", "newer"] | None:
        app = self._app
        app.view()  # so that the log knows what is wanted of it by now
        return self._log.purpose(app.place.cursors.get("api", Cursor()).index, app.body.list_height)

    async def _read(self, client: EngineClient) -> None:
        log = self._log
        if log.reading:
            return
        log.reading = True
        try:
            while (self._is_shown or self._tail_is_lacking) and (direction := self._purpose()) is not None:
                if self._app.view().requests.searching:
                    self._app.paint(live=True)  # that may take long
                await log.read_store(client, direction)
        finally:
            log.reading = False
        self._app.paint(live=True)

    def read_opened(self) -> None:
        """Read the request under the cursor whole: at once when it is open, else when the cursor has rested on it."""
        app = self._app
        asked = "api" in app.place.opened
        row = self._selected()
        if row is None or app.client is None or not (asked or app.body.pane_height) or (app.slow and not asked):
            return
        if not self._log.has_detail(row.seq):
            self.beside("request", partial(self._read_whole, app.client, row.seq, asked=asked), exclusive=True)

    async def _read_whole(self, client: EngineClient, seq: int, *, asked: bool) -> None:
        from magflow_tui.client import EngineError

        app = self._app
        if not asked:
            await asyncio.sleep(REST_SECONDS)
        try:
            await self._log.read_detail(client, seq)
        except EngineError as error:
            if asked:
                app.tell(app.say("said.refused", message=clean(error)), "crit")
            return
        app.paint(live=not asked)

    async def read(self, seq: object) -> None:
        """Read a request whole if that has not been done; an engine that does not give it leaves it as it is."""
        from magflow_tui.client import EngineError

        client = self._app.client
        if isinstance(seq, int) and client is not None and not self._log.has_detail(seq):
            with contextlib.suppress(EngineError):
                await self._log.read_detail(client, seq)

    # going about

    def next_tab(self) -> None:
        """The next way to look at bodies; where none of them is in sight, the request opens."""
        app = self._app
        place = app.place
        if app.body.pane_tabs:
            place.pane = replace(place.pane, body_tab=(place.pane.body_tab + 1) % len(TABS))
        else:
            place.opened.add("api")
        app.paint()
        self.read_opened()

    def do_attempt_previous(self) -> None:
        self._to_attempt(-1)

    def do_attempt_next(self) -> None:
        self._to_attempt(1)

    def _to_attempt(self, by: int) -> None:
        """To the attempt before or after the one under the cursor, of the same call."""
        app, row = self._app, self._selected()
        if row is None:
            return
        shown = app.view().requests
        chain = attempts_of(row, shown.known, detail_of(app.view(), row))
        place = next(index for index, each in enumerate(chain) if each.seq == row.seq) + by
        if not 0 <= place < len(chain):
            app.tell(app.say("said.only_attempt" if len(chain) == 1 else "said.no_attempt"))
            return
        index = next((index for index, each in enumerate(shown.rows) if each.seq == chain[place].seq), None)
        if index is None:
            app.tell(app.say("said.attempt_not_listed", attempt=chain[place].attempt))
        else:
            app.keys.move(index - app.body.cursor.index)

    def to_newest(self) -> None:
        """Show the newest requests, from the first on."""
        self._log.follow()
        self._app.place.to_top("api")
        self._app.paint(moved=True)
        self.read_opened()

    def to_error_beyond(self, step: int) -> None:
        """To the nearest failed request that is not here: older than all that is for 1, newer for -1."""
        rows, client = self._app.view().requests.rows, self._app.client
        if client is None or not rows:
            self._say_none(step)
            return
        numbers = [row.seq for row in rows]
        start = min(numbers) if step > 0 else max(numbers)
        self.command(partial(self._find_error, client, start, step))

    def _say_none(self, step: int) -> None:
        self._app.tell(self._app.say("said.no_error_below" if step > 0 else "said.no_error_above"))

    async def _find_error(self, client: EngineClient, seq: int, step: int) -> None:
        """Ask the store from fault to fault for one that the filter lets through. Raises `EngineError`."""
        app = self._app
        place = app.place
        wanted = request_filter(place.list_state.filter)
        before = (place.account, place.list_state, place.until)
        for _ in range(MOST_LOOKED_AT):
            direction: Literal["next", "previous"] = "previous" if step > 0 else "next"
            found = await client.past.fault(seq, direction, until=place.until, account=place.account)
            if (place.account, place.list_state, place.until) != before or not self._is_shown:
                return
            row = found.request
            if row is None and found.searched_to is None:
                self._say_none(step)
                return
            if row is not None and passes(row, wanted) and is_error(row):
                await self._show_around(client, row)
                return
            seq = found.searched_to or seq if row is None else row.seq
        app.tell(app.say("said.no_error_near", count=MOST_LOOKED_AT))

    async def _show_around(self, client: EngineClient, row: RequestRow) -> None:
        """List the requests around one, with the cursor on it."""
        app, log = self._app, self._log
        log.hold()
        log.go_around(row)
        await log.read_store(client, "older")
        app.place.cursors["api"] = Cursor(key=row.seq)
        app.paint()
        self.moved()
