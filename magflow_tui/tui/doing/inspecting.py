"""Looking into what is under the cursor: the run of a request, and what a run has to tell beside its record."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.context import Cursor

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.runs import Run, RunProgress


class Inspecting(Doing):
    """From one thing to what is behind it."""

    def run_number(self) -> int | None:
        """The number of the run that the sync screen's cursor is on."""
        app, body = self._app, self._app.body
        if app.place.screen != "sync" or app.place.help_open or body.cursor.index >= len(body.keys):
            return None
        key = body.keys[body.cursor.index]
        return key if isinstance(key, int) else None

    def finished_run(self, number: int) -> Run | None:
        """A run that is over, as far as it has been read."""
        snapshot = self._app.shown
        if snapshot is None or any(run.run_id == number for run in snapshot.running):
            return None
        known = (*snapshot.recent_runs, *self._app.runs.older)
        return next((run for run in known if run.run_id == number), None)

    def run_under_cursor(self) -> Run | RunProgress | None:
        """The run that the sync screen's cursor is on."""
        number = self.run_number()
        return None if number is None else self._run(number)

    def _run(self, number: int) -> Run | RunProgress | None:
        """A run, at work or over, as far as it has been read."""
        snapshot = self._app.shown
        for run in snapshot.running if snapshot is not None else ():
            if run.run_id == number:
                return run
        return self.finished_run(number)

    def show_run_of_request(self) -> None:
        """To the run that made the request under the cursor, on the sync screen."""
        app = self._app
        view = app.view()
        index = app.body.cursor.index
        number = view.requests.rows[index].run_id if index < len(view.requests.rows) else None
        if number is None:
            app.tell(app.say("said.no_run"))
        else:
            self.show_run(number)

    def show_run(self, number: int) -> None:
        """To a run by its number, on the sync screen."""
        app = self._app
        if self._run(number) is None:
            app.tell(app.say("said.run_unknown", run=number), "warn")
            return
        app.place.go("sync")
        state = app.place.list_state
        app.place.list_state = replace(state, filter="", faults=False)
        app.place.cursor = Cursor(key=number)
        app.keys.go("sync")

    def read_beside(self) -> None:
        """On the sync screen: read older runs once, and the details of the run under the cursor."""
        app, client = self._app, self._app.client
        if client is None or app.shown is None:
            return
        app.runs.remember(app.shown.recent_runs)
        run = self.run_under_cursor()
        if app.place.screen == "sync" and (
            app.runs.is_due(run, live=app.place.frozen is None) if run is not None else app.runs.lacks_older
        ):
            app.run_worker(self._read(client, run), group="runs", exit_on_error=False)

    async def _read(self, client: EngineClient, run: Run | RunProgress | None) -> None:
        from magflow_tui.client import EngineError

        # What goes wrong with the engine, the link's own state says.
        with contextlib.suppress(EngineError):
            await self._app.runs.begin(client)
            if run is not None:
                await self._app.runs.read(client, run)
        self._app.paint(live=True)
