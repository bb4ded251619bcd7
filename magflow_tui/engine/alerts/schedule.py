"""When a message that was not taken is tried again. Pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

#: Seconds to wait behind the first attempt, the second and so on, and behind every later one.
_WAITS: Final = (5.0, 30.0, 120.0, 600.0, 1800.0, 7200.0)
_LATER: Final = 21_600.0
#: How long a message is worth delivering.
PATIENCE: Final = timedelta(days=3)
#: Waits differ by this part of them, so that messages that failed together do not come back together.
JITTER: Final = 0.1


def next_attempt(
    attempts: int, *, written: datetime, now: datetime, jitter: float, retry_after: float | None = None
) -> datetime | None:
    """When to try again behind the attempt number `attempts` (from 1); None when the message is to be given up.

    `jitter` is within ±`JITTER`; `retry_after` the seconds that the receiver asked for, which are never undercut.
    """
    wait = (_WAITS[attempts - 1] if attempts <= len(_WAITS) else _LATER) * (1 + jitter)
    at = now + timedelta(seconds=max(wait, retry_after or 0.0))
    return at if at <= written + PATIENCE else None
