"""What the engine and the demo's marketplace are asked to do. The questions themselves are in `tui.commands`."""

from __future__ import annotations

from magflow_tui.tui.commands import RESOURCES
from magflow_tui.tui.doing.base import Doing


class Syncing(Doing):
    """Syncs, the limiter's statistics, the demo's scenario."""

    def do_sync_new(self, what: str | None = None, extent: str | None = None) -> None:
        """Start a sync, asking for what has not been said: a resource or `all`, and `full` or `incremental`."""
        chosen = tuple(resource for _, resource in RESOURCES if what in (resource, "all"))
        self.command(lambda: self._app.commands.start_sync(chosen, None if extent is None else extent == "full"))

    def do_sync_stop(self) -> None:
        keys = self._app.body.keys
        selected = keys[self._app.body.cursor.index] if keys else None
        self.command(lambda: self._app.commands.stop_sync(selected if isinstance(selected, int) else None))

    def do_resume(self) -> None:
        if self._app.feed.link().phase == "gone":
            self._app.feed.retry()
        elif (run := self._app.keys.selected_run()) is not None:
            self.command(lambda: self._app.commands.resume(run))

    def do_reset_stats(self) -> None:
        self.command(self._app.commands.reset_limiter)

    def do_scenario(self) -> None:
        self.command(self._app.commands.choose_scenario)
