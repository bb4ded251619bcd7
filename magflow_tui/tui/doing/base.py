"""What every group of actions stands on: the dashboard around it, and work that is done beside the painting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.worker import Worker

    from magflow_tui.tui.app import MagFlowApp


class Doing:
    """A group of actions on the dashboard `app`: `do_<action id>` for each, called when it has proved possible."""

    def __init__(self, app: MagFlowApp) -> None:
        self._app = app

    @property
    def who(self) -> str:
        """Who asks for what is done here, for the engine's records."""
        # The client is not read before the first frame is painted.
        from magflow_tui.client.operator import operator_name

        return operator_name()

    def command(self, work: Callable[[], Awaitable[None]]) -> None:
        """Carry out a command, its questions included, beside everything else; not while another one asks."""
        if not self._app.prompt.asking:
            self._app.run_worker(self._app.commands.attempt(work), group="command", exit_on_error=False)

    def beside(self, group: str, work: Callable[[], Coroutine[None, None, None]], *, exclusive: bool = False) -> None:
        """Do something beside everything else; with `exclusive` in the place of what its group was doing."""
        # A coroutine that is replaced before it has begun would never be awaited: the worker makes it when it begins.
        _: Worker[None] = self._app.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    def quietly(self, work: Callable[[], Awaitable[None]]) -> None:
        """Fetch something for what is shown, and draw it; a newer wish takes the place of an older one."""

        async def attempt() -> None:
            await self._app.commands.attempt(work)
            self._app.paint()

        self._app.run_worker(attempt(), group="paging", exclusive=True, exit_on_error=False)
