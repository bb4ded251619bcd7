"""Moving in a list, opening what is under the cursor, reading on where a list ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.doing.base import Doing

if TYPE_CHECKING:
    from magflow_tui.contract.runs import Run
    from magflow_tui.tui.views.context import ScreenName


#: Screens on which what is under the cursor is opened in the view itself: nothing has to be fetched for it.
DETAILED: frozenset[ScreenName] = frozenset({"health", "limits", "sync", "api"})


#: Lines that a finding takes, about.
LINES_OF_STOP = 4


class Listing(Doing):
    """The list of the shown screen."""

    def selected_run(self) -> Run | None:
        """The finished run under the cursor of the sync screen."""
        number = self._app.keys.inspecting.run_number()
        return None if number is None else self._app.keys.inspecting.finished_run(number)

    def move(self, delta: int) -> None:
        """So many rows on."""
        place, body = self._app.place, self._app.body
        if place.pane.focused and body.pane_lines and not place.help_open:
            if not (body.pane_steps and self.to_stop(delta)):
                last = max(0, body.pane_lines - body.pane_height)
                place.pane = replace(place.pane, top=max(0, min(last, place.pane.top + delta)))
                self._app.paint()
            return
        before = body.cursor.index
        cursor = place.move(delta, body)
        if place.screen == "health":
            place.pane = replace(place.pane, top=0)
        if place.screen == "api" and not place.help_open:
            # Away from the newest row the list stands still; back at it, it goes on.
            if cursor.index == 0 and delta < 0 and not self._app.lists.requests.more_newer:
                self._app.lists.requests.follow()
                place.to_top("api")
            elif cursor.index > 0:
                self._app.lists.requests.hold()
        elif cursor.index == 0 and delta < 0 and (paged := self._app.keys.reading.paged) and not paged.more[0]:
            place.to_top(place.list_name)  # at the top the list follows what comes
        self._app.paint(moved=True)
        if place.screen == "sync":
            self._app.keys.inspecting.read_beside()
        elif place.screen == "health":
            self._app.keys.watching.read_detail()
        if (paged := self._app.keys.reading.paged) is not None:
            more_before, more_behind = paged.more
            left = delta - (cursor.index - before)
            self._app.keys.reading.owe(left if (more_behind if left > 0 else more_before) else 0)
            self._app.keys.reading.read_on()
            self._app.keys.reading.read_opened()
        elif place.screen == "api" and not place.help_open:
            self._app.keys.requesting.moved()
        elif cursor.index >= len(body.keys) - 2 * body.list_height:
            self._read_further()

    def to_stop(self, by: int) -> bool:
        """To the finding, or the faulty place, so many further on in the detail pane; whether there is one."""
        place, body = self._app.place, self._app.body
        here = min(place.pane.item, len(body.pane_stops) - 1)
        item = max(0, min(len(body.pane_stops) - 1, here + by))
        if not body.pane_stops or (item == here and by):
            return False
        line, top, last = body.pane_stops[item], place.pane.top, max(0, body.pane_lines - body.pane_height)
        if not top <= line < top + max(1, body.pane_height - LINES_OF_STOP):
            top = max(0, min(last, line - body.pane_height // 3))
        place.pane = replace(place.pane, item=item, top=top if item else min(top, line))
        self._app.paint()
        return True

    def _read_further(self) -> None:
        """Fetch the next part of a list whose end has come near."""
        client = self._app.client
        if client is None or self._app.place.help_open:
            return
        if self._app.place.screen == "sync" and not self._app.runs.complete:
            oldest = self._app.runs.oldest
            self.quietly(lambda: self._app.runs.read_older(client, oldest))

    def do_down(self) -> None:
        self.move(1)

    def do_up(self) -> None:
        self.move(-1)

    def do_page_down(self) -> None:
        self.move(max(1, self._app.body.list_height - 1))

    def do_page_up(self) -> None:
        self.move(-max(1, self._app.body.list_height - 1))

    def do_top(self) -> None:
        self._to_end(up=True)

    def do_bottom(self) -> None:
        self._to_end(up=False)

    def _to_end(self, *, up: bool) -> None:
        """To the first or the last row; where that is not here, by reading the list's beginning or end."""
        app = self._app
        paged = app.keys.reading.paged
        if up and app.place.screen == "api" and not app.place.help_open:
            app.keys.requesting.to_newest()
        elif paged is not None and paged.more[0 if up else 1] and not app.place.pane.focused:
            app.keys.reading.begin(to_end=not up)
        else:
            reach = max(len(app.body.keys), app.body.pane_lines)
            self.move(-reach if up else reach)

    def do_open(self) -> None:
        place, body = self._app.place, self._app.body
        if place.screen == "api" and place.list_name in place.opened:
            self._app.keys.inspecting.show_run_of_request()
            return
        if place.screen in DETAILED:
            if place.screen == "health":
                # What does not fit is turned to, page by page; behind the last one it closes.
                below = place.pane.top + body.pane_height
                turns = "health" in place.opened and below < body.pane_lines
                place.pane = replace(place.pane, top=below if turns else 0)
                if turns:
                    self._app.paint()
                    return
            place.opened ^= {place.list_name}
            self._app.paint()
            self._app.keys.requesting.read_opened()
            self._app.keys.watching.read_detail()
            return
        if not body.keys:
            return
        if place.list_name in ("rules", "ignores"):
            self._app.keys.desk.open()
        elif place.pane.focused:
            self._app.keys.perform("zoom")
        else:
            place.docked = None  # it is the row that is to be looked at
            self.into_pane()

    def into_pane(self) -> None:
        """Keys go to the detail pane, which opens."""
        place = self._app.place
        place.opened.add(place.list_name)
        place.pane = replace(place.pane, focused=True)
        self._app.paint()
        self._app.keys.reading.read_opened()

    def do_refresh(self) -> None:
        self._app.feed.retry()
        self._app.read_lists_now()
        self._app.lists.requests.forgive()
        if self._app.place.screen == "orders":
            self._app.keys.desk.refresh()
        if self._app.keys.reading.paged is not None:
            self._app.keys.reading.begin(stay=True)
        else:
            self._app.follow_lists()
        self._app.paint()

    def do_faults(self) -> None:
        place = self._app.place
        place.list_state = replace(place.list_state, faults=not place.list_state.faults)
        place.to_top(place.list_name)
        if place.screen == "api" and place.frozen is None:
            self._app.lists.requests.follow()
        self._app.keys.reading.follow()
        self._app.paint()
        self._app.keys.requesting.follow()
