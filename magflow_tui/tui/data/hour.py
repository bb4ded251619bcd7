"""The last hour, a value a minute, as the engine last told it: read when a minute is over and somebody looks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.minutes import Minutes
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.views.context import ScreenName

#: Screens that draw it.
SHOWN_ON: frozenset[ScreenName] = frozenset({"health", "limits", "api"})


class Hour:
    """What was read, and for which minute."""

    def __init__(self) -> None:
        self.minutes: Minutes | None = None
        self._read_for: datetime | None = None

    def is_due(self, snapshot: Snapshot, screen: ScreenName) -> bool:
        """Whether a minute has ended that was not read."""
        return screen in SHOWN_ON and self._read_for != _minute(snapshot)

    async def read(self, client: EngineClient, snapshot: Snapshot, then: Callable[[], None]) -> None:
        """Read it and call `then`. What goes wrong with the engine, the link's own state says."""
        from magflow_tui.client import EngineError

        self._read_for = minute = _minute(snapshot)
        with contextlib.suppress(EngineError):
            self.minutes = await client.minutes()
            if self.minutes.until is not None and self.minutes.until < minute:
                self._read_for = None  # the engine had not closed that minute yet
            then()


def _minute(snapshot: Snapshot) -> datetime:
    return snapshot.at.replace(second=0, microsecond=0)
