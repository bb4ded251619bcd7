"""Minutes up to the shown instant, as the engine tells them: an hour of them, or as many as were chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from magflow_tui.tui.views.time_range import HOUR, TimeRange

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.minutes import Minutes
    from magflow_tui.tui.views.context import ScreenName

#: Screens that draw them.
SHOWN_ON: frozenset[ScreenName] = frozenset({"health", "limits", "api"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which minutes: those before `until`, at which one ends; the score among them of an account, or of all.

    `range` None is an hour, as long as none has been chosen.
    """

    until: datetime
    range: TimeRange | None = None
    account: str | None = None


class Hour:
    """What was read, and what it is: read when another minute, range or account is looked at."""

    def __init__(self) -> None:
        self.minutes: Minutes | None = None
        self.range: TimeRange | None = None
        self.account: str | None = None
        #: Up to when they were asked for.
        self.until: datetime | None = None
        self._asked: Wanted | None = None

    def is_due(self, wanted: Wanted) -> bool:
        """Whether this has not been asked for."""
        return self._asked != wanted

    async def read(self, client: EngineClient, wanted: Wanted, *, live: bool = False) -> None:
        """Read it; with `live` the latest there are, whatever `until`. Of several, the one asked last is kept.

        Raises `EngineError`.
        """
        self._asked = wanted
        span = wanted.range or HOUR
        minutes = await client.past.minutes(
            until=None if live else wanted.until, minutes=span.minutes, step=span.step, account=wanted.account
        )
        if self._asked != wanted:
            return
        self.minutes, self.range, self.account, self.until = minutes, wanted.range, wanted.account, wanted.until
        if live and minutes.until is not None and minutes.until < wanted.until:
            self._asked = None  # the engine had not closed that minute yet
