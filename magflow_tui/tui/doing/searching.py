"""Finding rows: the filter that is typed behind `/`, and the next and previous request that failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views import request_rows, run_rows
from magflow_tui.tui.views.filter import completions


class Searching(Doing):
    """What brings rows into view, or leaves others out."""

    def do_filter(self, text: str | None = None) -> None:
        """Filter the list of the screen; unless a text is given it is typed, and takes effect meanwhile."""
        if text is None:
            self.command(self._ask_filter)
        else:
            self._show_filtered(self._app.place.list_name, text)

    async def _ask_filter(self) -> None:
        app = self._app
        name, before = app.place.list_name, app.place.list_state.filter
        known = self._known(name)
        entered = await app.prompt.enter(
            "/",
            before,
            complete=lambda text: completions(text, known),
            on_change=lambda text: self._show_filtered(name, text),
        )
        self._show_filtered(name, before if entered is None else entered)

    def clear_filter(self) -> bool:
        """Take the filter of the list away; tells whether there was one."""
        if not self._app.place.list_state.filter:
            return False
        self._show_filtered(self._app.place.list_name, "")
        return True

    def _show_filtered(self, name: str, text: str) -> None:
        """Filter a list by what has been typed, unless another one is shown by now."""
        place = self._app.place
        if place.list_name == name and text != place.list_state.filter:
            place.list_state = replace(place.list_state, filter=text)
            place.to_top(name)
            if name == "api" and place.frozen is None:
                self._app.lists.requests.follow()
            self._app.keys.reading.follow()
        self._app.paint()
        self._app.keys.requesting.follow()

    def _known(self, name: str) -> Mapping[str, Collection[str]]:
        """The fields that a list can be filtered by, with the values that are known of them."""
        view = self._app.view()
        if name == "api":
            return request_rows.known_values(view.requests.known)
        if name == "sync":
            return run_rows.known_values(run_rows.known_runs(view))
        if name in ("orders", "rules", "ignores"):
            return self._app.keys.desk.known_values(name)
        paged = self._app.lists.paged(name)
        return {} if paged is None else paged.source.fields

    def do_match_next(self) -> None:
        self._to_match(1)

    def do_match_previous(self) -> None:
        self._to_match(-1)

    def _to_match(self, step: int) -> None:
        """The next row of the filtered list; in the detail pane the next finding, or the next faulty place."""
        if self._app.place.pane.focused and self._app.body.pane_stops:
            self._app.keys.listing.to_stop(step)
        else:
            self._app.keys.move(step)

    def do_error_next(self) -> None:
        self._to_error(1)

    def do_error_previous(self) -> None:
        self._to_error(-1)

    def _to_error(self, step: int) -> None:
        """To the nearest failed request in a direction of the list; in the store where none of them is here."""
        app = self._app
        rows = app.view().requests.rows
        here = app.body.cursor.index
        found = range(here + 1, len(rows)) if step > 0 else range(min(here, len(rows)) - 1, -1, -1)
        index = next((index for index in found if request_rows.is_error(rows[index])), None)
        if index is None:
            app.keys.requesting.to_error_beyond(step)
        else:
            app.keys.move(index - here)
