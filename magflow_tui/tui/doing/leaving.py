"""Quitting: in order, with a question where the engine has work, or at once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from magflow_tui.tui.doing.base import Doing

if TYPE_CHECKING:
    from magflow_tui.tui.app import MagFlowApp

#: Seconds in which a second ctrl+c means it.
TWICE_SECONDS = 2.0


class Leaving(Doing):
    """The ways out."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        self._interrupted_at = float("-inf")

    def do_quit(self) -> None:
        app = self._app
        if app.keys.navigation.close() or app.keys.desk.close():
            return
        nobody = app.client is None or app.feed.link().phase == "gone"
        if nobody and not app.session.is_demo:
            app.leave(0)
        elif not app.prompt.asking:
            app.run_worker(self._quit_asking(), group="command", exit_on_error=False)

    async def _quit_asking(self) -> None:
        app = self._app
        stop_engine = await app.commands.confirm_quit()
        if stop_engine is None:
            return
        app.tell(app.say("said.quitting"))
        await app.keys.watching.part()
        with contextlib.suppress(Exception):
            await app.session.close(stop_engine=stop_engine)
        app.leave(0)

    def do_interrupt(self) -> None:
        now = self._app.clock()
        if now - self._interrupted_at <= TWICE_SECONDS:
            self._app.leave(0)
            return
        self._interrupted_at = now
        self._app.tell(self._app.say("said.quit_again"), "warn")
