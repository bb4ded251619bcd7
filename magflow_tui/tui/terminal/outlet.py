"""What is drawn leaves the program here: at once what a key asked for, bit by bit what comes by itself.

A frame nobody asked for is sent in slices, each when the one before has probably drained. So a key never finds more
than one slice ahead of its own frame, on a thin link either, and on a wide one a frame is one slice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from magflow_tui.tui.terminal.cadence import Cadence
from magflow_tui.tui.terminal.link import QUESTION, TerminalLink

#: A slice is what the link drains in this many seconds, and never smaller than this many characters.
SLICE_SECONDS, LEAST_SLICE = 0.016, 256
#: The share of the link's rate that slices take.
SHARE = 0.8
#: Seconds that what is on its way may take before anything new waits until it has drained.
QUEUE_SECONDS = 0.12
#: Seconds between two looks at a terminal that does not take what it gets.
LOOK_SECONDS = 0.03
#: Seconds between two slices at least, and at most until what is known of the link is looked at again.
LEAST_SECONDS, MOST_SECONDS = 0.005, 0.25
#: Bytes that the writing thread may have in hand without the terminal being behind, and for how many seconds.
UNSENT, STUCK_SECONDS = 1024, 0.25
#: Characters from which on a terminal is asked to show them all at once.
LARGE = 512
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


@dataclass(frozen=True, slots=True)
class Slice:
    """Some changed cells: the rows they are in, and the text that puts them there. It stands for itself."""

    rows: frozenset[int]
    text: str


class Outlet:
    """Sends slices and control sequences with `write`, none of them out of turn.

    `unsent` tells the characters that the terminal has not taken yet, `later` calls back after so many seconds.
    `drained` is called when something new may be painted that could not be before (`full`).
    """

    def __init__(
        self,
        link: TerminalLink,
        cadence: Cadence,
        clock: Callable[[], float],
        *,
        write: Callable[[str], None],
        unsent: Callable[[], int],
        later: Callable[[float, Callable[[], None]], object],
        drained: Callable[[], None],
    ) -> None:
        self._link = link
        self._clock = clock
        self._cadence = cadence
        self._write = write
        self._unsent = unsent
        self._later = later
        self._drained = drained
        self._waiting: deque[Slice] = deque()
        self._looking = False
        self._owing = False
        self._put_at = float("-inf")
        #: Whether the terminal shows what stands between two marks at once, and whether it may be asked anything.
        self.synchronized = self.asking = False

    @property
    def slice_size(self) -> int:
        """Characters of a slice on this link."""
        return max(LEAST_SLICE, int(self._link.rate * SLICE_SECONDS))

    @property
    def busy(self) -> bool:
        """Whether a frame that nobody asked for has to wait: the last one has not left, or has not arrived."""
        stalled = self._stalled()
        if stalled and self._clock() - self._put_at >= STUCK_SECONDS:
            self._link.stuck()
        return stalled or bool(self._waiting) or self._link.silent or self._behind()

    def full(self) -> bool:
        """Whether even a frame that a key asked for has to wait. If so, `drained` is called when it may be painted."""
        if self._stalled() or self._behind():
            self._owing = True
            self._look_later(LOOK_SECONDS)
            return True
        return False

    def send(self, sequence: str) -> None:
        """Send a control sequence behind what has been painted."""
        self._put(sequence, live=False)

    def show(self, slices: Sequence[Slice], *, live: bool) -> None:
        """Send the slices of a frame: `live` ones each in its turn, others now."""
        if live:
            self._waiting.extend(slices)
            self._go_on()
            return
        rows = frozenset[int]().union(*[piece.rows for piece in slices])
        # What waits for the same rows goes first: a slice is what differs from the one before.
        text = "".join([piece.text for piece in self._waiting if piece.rows & rows])
        self._waiting = deque(piece for piece in self._waiting if not piece.rows & rows)
        text += "".join([piece.text for piece in slices])
        if text:
            self._put(text, live=False)

    def forget(self) -> None:
        """Nothing that waits is to be sent: the terminal shows something else."""
        self._waiting.clear()

    def _stalled(self) -> bool:
        return self._unsent() > UNSENT

    def _behind(self) -> bool:
        return self._link.ahead() > max(LEAST_SLICE, self._link.rate * QUEUE_SECONDS)

    def _go_on(self) -> None:
        self._looking = False
        if self._owing and not self._stalled() and not self._behind():
            self._owing = False
            self._drained()
        while self._waiting and not self._stalled() and self._link.ahead() < 1:
            self._put(self._waiting.popleft().text, live=True)
        if self._waiting and not self._stalled():
            seconds = self._link.ahead() / (SHARE * self._link.rate)
            self._look_later(min(max(LEAST_SECONDS, seconds), MOST_SECONDS))
        elif self._waiting or self._owing:
            self._look_later(LOOK_SECONDS)

    def _look_later(self, seconds: float) -> None:
        if not self._looking:
            self._looking = True
            self._later(seconds, self._go_on)

    def _put(self, text: str, *, live: bool) -> None:
        """Write a text; with it goes a question to the terminal when it is time for one."""
        if self.asking and self._link.may_ask():
            self._link.asked()
            text = QUESTION + text
        if self.synchronized and len(text) >= LARGE:
            text = SYNC_START + text + SYNC_END
        count = len(text.encode())
        behind = self.asking and self._link.may_ask_behind(count)
        if behind:
            text += QUESTION
        self._put_at = self._clock()
        self._write(text)
        self._link.sent(count, live=live)
        if live:
            self._cadence.spent(count)
        if behind:
            self._link.asked(behind=count)
