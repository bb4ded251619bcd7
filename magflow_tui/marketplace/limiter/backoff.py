"""What a 429 does to its pool: a pause, and a slower pace until it has been quiet."""

from __future__ import annotations

#: Pause after a 429 without `Retry-After`, in seconds: by then the per-second window is empty. Doubles when 429s come
#: in a row.
FIRST_PAUSE = 1.0
#: Longest pause without, and with, a `Retry-After`.
LONGEST_PAUSE = 64.0
LONGEST_RETRY_AFTER = 300.0
#: A 429 this many seconds after the last pause still belongs to the same row.
ROW_SECONDS = 5.0
#: Part of the pace kept at each row of 429s, and the least ever kept.
SLOWER = 0.95
LEAST_PACE = 0.25
#: Seconds of quiet before the pace grows again, and how much it then grows a second.
QUIET_SECONDS = 2.0
GROWTH = 0.05


class Backoff:
    """Pause and pace of one pool; all instants are seconds of one clock."""

    __slots__ = ("_grown_to", "_next_pause", "_pace", "hits", "paused_until")

    def __init__(self) -> None:
        self.hits = 0
        self.paused_until = float("-inf")
        self._pace = 1.0
        self._grown_to = 0.0
        self._next_pause = FIRST_PAUSE

    def refuse(self, now: float, granted: float, retry_after: float | None) -> None:
        """A request granted at `granted` was answered 429 at `now`, with `retry_after` seconds when the server named
        them."""
        self.hits += 1
        started_pause = granted >= self.paused_until  # else it was under way when an earlier one was refused
        if retry_after is not None:
            pause = min(max(retry_after, 0.0), LONGEST_RETRY_AFTER)
        elif started_pause:
            if now - self.paused_until > ROW_SECONDS:
                self._next_pause = FIRST_PAUSE
            pause = self._next_pause
            self._next_pause = min(self._next_pause * 2, LONGEST_PAUSE)
        else:
            pause = 0.0
        if started_pause:
            self._pace = max(LEAST_PACE, self.pace(now) * SLOWER)
        self.paused_until = max(self.paused_until, now + pause)
        self._grown_to = self.paused_until + QUIET_SECONDS

    def pace(self, now: float) -> float:
        """Part of the full pace that is allowed at `now`, `LEAST_PACE`..1."""
        if self._pace < 1.0 and now > self._grown_to:
            self._pace = min(1.0, self._pace + (now - self._grown_to) * GROWTH)
            self._grown_to = now
        return self._pace
