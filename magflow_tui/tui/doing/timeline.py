"""What moment is shown: the present, or one that is held."""

from __future__ import annotations

from magflow_tui.tui.doing.base import Doing


class Timeline(Doing):
    """The engine goes on whatever is shown."""

    def do_freeze(self) -> None:
        self._app.place.frozen = self._app.snapshot
        self._app.lists.requests.hold()
        self._app.tell(self._app.say("said.frozen"))

    def do_live(self) -> None:
        self._app.place.frozen = None
        self._app.lists.requests.follow()
        self._app.place.to_top("api")
        self._app.tell(self._app.say("said.live"))
