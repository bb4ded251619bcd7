"""Marks, sorting, and which columns are shown: how the list of the screen is looked at."""

from __future__ import annotations

from dataclasses import replace

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.sorting import next_sort, reversed_sort, sorted_by


class Marking(Doing):
    """What is done to rows without doing anything to what they stand for."""

    def do_mark(self) -> None:
        """Mark the row under the cursor or take its mark away, and go on to the next; or end a range mark."""
        place, body = self._app.place, self._app.body
        if place.list_state.range_from is not None:
            self.do_mark_range()
            return
        key = body.keys[body.cursor.index]
        place.list_state = replace(place.list_state, marks=place.list_state.marks ^ {key})
        self._app.keys.move(1)

    def do_mark_range(self) -> None:
        """Begin a range at the row under the cursor, or mark all rows from where it was begun up to here."""
        app = self._app
        place, body = app.place, app.body
        state, here = place.list_state, body.cursor.index
        if state.range_from is None:
            place.list_state = replace(state, range_from=body.keys[here])
            app.tell(app.say("said.range_begun"))
            return
        begun = next((index for index, key in enumerate(body.keys) if key == state.range_from), None)
        if begun is None:
            place.list_state = replace(state, range_from=None)
            app.tell(app.say("said.range_lost"), "warn")
            return
        covered = frozenset(body.keys[min(begun, here) : max(begun, here) + 1])
        place.list_state = replace(state, marks=state.marks | covered, range_from=None)
        app.tell(app.say("said.range_marked", count=len(covered)))

    def clear(self) -> bool:
        """Put a range mark away, or else every mark; tells whether there was one."""
        place = self._app.place
        state = place.list_state
        if state.range_from is not None:
            place.list_state = replace(state, range_from=None)
        elif state.marks:
            place.list_state = replace(state, marks=frozenset())
        else:
            return False
        return True

    def do_sort(self) -> None:
        place = self._app.place
        place.list_state = next_sort(place.list_name, place.list_state)
        self._resorted()

    def do_sort_reverse(self) -> None:
        place = self._app.place
        place.list_state = reversed_sort(place.list_name, place.list_state)
        self._resorted()

    def _resorted(self) -> None:
        app = self._app
        column, descending = sorted_by(app.place.list_name, app.place.list_state)
        app.place.to_top(app.place.list_name)
        app.keys.reading.follow()
        direction = app.say("sort.down" if descending else "sort.up")
        app.tell(app.say("said.sorted", column=app.say(f"sort.{column}"), direction=direction))

    def do_wide(self) -> None:
        place = self._app.place
        place.list_state = replace(place.list_state, wide=not place.list_state.wide)
        self._app.paint()

    def do_offers(self) -> None:
        """From the orders to the offers, and back; from any other screen to the offers."""
        app = self._app
        app.place.offers_open = app.place.screen != "orders" or not app.place.offers_open
        app.keys.go("orders")

    def do_pane_next(self) -> None:
        """The next tab of the detail pane; a closed pane opens."""
        app = self._app
        place = app.place
        if place.screen == "api":
            app.keys.requesting.next_tab()
            return
        if place.list_name not in place.opened or app.view().docked is not None:
            app.keys.listing.into_pane()
            return
        place.pane = replace(place.pane, tab=(place.pane.tab + 1) % max(1, app.body.pane_tabs), top=0, item=0)
        app.paint()
        app.keys.reading.read_opened()

    def do_pane_left(self) -> None:
        """Keys go to the list."""
        self._app.place.pane = replace(self._app.place.pane, focused=False)
        self._app.paint()

    def do_pane_right(self) -> None:
        """Keys go to the detail pane, which opens."""
        self._app.keys.listing.into_pane()
