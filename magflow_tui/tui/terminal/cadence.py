"""When the dashboard paints by itself, and how many bytes a second that may cost."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

#: Snapshots come on the second, nearly: one that is this much early is painted all the same.
EARLY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two frames that nobody asked for, and bytes a second that they may cost in the mean."""

    seconds: float
    bytes_per_second: float


LIVE = Pace(1.0, 1500)
SLOW = Pace(5.0, 250)
BLURRED = Pace(5.0, 100)


class Cadence:
    """Says when it is time for a frame. `clock` counts seconds; `pace` may change at any time.

    A frame that cost more than its share makes the next one wait, so that the mean is kept whatever a screen shows.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pace = LIVE
        self._painted_at = float("-inf")
        self._left, self._left_at = LIVE.bytes_per_second, clock()
        self._news: Hashable = None

    @property
    def pace(self) -> Pace:
        """The pace that is kept."""
        return self._pace

    @pace.setter
    def pace(self, pace: Pace) -> None:
        if pace != self._pace:
            self._left = min(self._allowance(), 0.0)
            self._pace = pace

    def due(self, news: Hashable, *, fresh: bool) -> bool:
        """Whether to paint now. `news` is what is shown at once when it differs from what was painted last.

        `fresh`: something new has come, for which one waits no longer than for the tick of a clock.
        """
        if self.is_news(news):
            return True
        since = self._clock() - self._painted_at
        wait = self._pace.seconds - EARLY_SECONDS if fresh else self._pace.seconds + EARLY_SECONDS
        return since >= wait and self._allowance() >= 0

    def is_news(self, news: Hashable) -> bool:
        """Whether these news have not been painted yet."""
        return news != self._news

    def painted(self, news: Hashable) -> None:
        """A frame was painted, with these news in it."""
        self._news, self._painted_at = news, self._clock()

    def spent(self, count: int) -> None:
        """So many bytes were sent that nobody asked for."""
        self._left = self._allowance() - count

    def _allowance(self) -> float:
        now = self._clock()
        share = (now - self._left_at) * self._pace.bytes_per_second
        self._left = min(self._left + share, self._pace.bytes_per_second * self._pace.seconds)
        self._left_at = now
        return self._left
