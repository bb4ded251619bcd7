"""What the limits have cost up to the shown minute, as the engine tells it: read when another minute is looked at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.management import LimitLosses


class Losses:
    """What was read, and for which minute."""

    def __init__(self) -> None:
        self._known: LimitLosses | None = None
        self._asked: datetime | None = None

    def of(self, shown_at: datetime | None) -> LimitLosses | None:
        """What is known as of a moment: nothing of a later one than is shown."""
        known = self._known
        return None if known is None or shown_at is None or known.until > shown_at else known

    def is_due(self, shown_at: datetime) -> bool:
        """Whether the minute that is shown was not asked for."""
        return self._asked != _minute(shown_at)

    async def read(self, client: EngineClient, shown_at: datetime) -> None:
        """Read them. Of several, the ones asked for last are kept. Raises `EngineError`."""
        self._asked = minute = _minute(shown_at)
        found = await client.limit_losses(until=minute)
        if self._asked == minute:
            self._known = found


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
