"""How much room is left where the store is."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from magflow_tui.monitor.conditions import DiskSpace

#: A disk does not fill within seconds, and asking a network's disk may take some.
ASK_EVERY = timedelta(seconds=10)


class DiskGauge:
    """The disk of a folder, asked in a thread now and then. `now` gives aware time."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._asked_at: datetime | None = None
        self._space: DiskSpace | None = None

    async def read(self) -> DiskSpace | None:
        """What was found last; None when the disk cannot be asked."""
        now = self._now()
        if self._asked_at is None or now - self._asked_at >= ASK_EVERY:
            self._asked_at = now
            self._space = await asyncio.to_thread(self._ask)
        return self._space

    def _ask(self) -> DiskSpace | None:
        try:
            usage = shutil.disk_usage(self._folder)
        except OSError:
            return None
        return DiskSpace(usage.free, usage.total)
