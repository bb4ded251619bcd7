"""The link to the terminal: what goes over it, how fast it drains, and whether it has to be spared.

Nothing tells a program how much of what it wrote still waits in a network's buffers. Two questions to the terminal do:
the time to an answer is the round trip, and the time to an answer behind a large frame is what that frame took. Every
terminal answers; one that does not is taken for a thin link, which costs a few hundredths of a second and no more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from magflow_tui.tui.views.context import LinkCost

#: Where the cursor is: the one question whose answer no program takes for a key.
QUESTION = "\x1b[6n"
#: Seconds between two questions, and after which no answer is expected any more.
QUESTION_SECONDS = 30.0
#: Seconds without an answer after which a terminal is taken to be out of reach for the time being.
SILENT_SECONDS = 5.0
#: Bytes of a frame from which on the time to the answer behind it tells the rate of the link.
LARGE_FRAME = 4096
#: Bytes a second taken for granted while nothing is known, and at most.
UNKNOWN_RATE, HIGHEST_RATE = 16_000.0, 2_000_000.0
#: Bytes a second below which a rate is doubted, and seconds after which what is doubted is asked for again.
DOUBTED_RATE, DOUBT_SECONDS = 8_000.0, 1.0
#: Round trips in ms: above the first the link is slow, below the second it is not.
SLOW_MS, QUICK_MS = 250.0, 150.0
#: Seconds without backlog after which a link that had one is trusted again.
CALM_SECONDS = 60.0
#: Seconds over which the bytes are averaged, and for which a figure on the screen stands at least.
MEAN_SECONDS, STANDING_SECONDS = 10.0, 5.0
#: What is worth showing: a change by so many KB/s or ms, and by this share of what is shown.
WORTH_KB, WORTH_MS, WORTH_SHARE = 0.2, 10.0, 0.3


@dataclass(frozen=True, slots=True)
class _Question:
    asked_at: float
    #: Bytes of the frame in front of it; 0 for a question about the round trip.
    behind: int
    #: Bytes sent altogether before it.
    position: int


class TerminalLink:
    """What is known of the link. `clock` counts seconds; `spared` is the operator's word, None finds out."""

    def __init__(self, clock: Callable[[], float], *, spared: bool | None = None) -> None:
        self._clock = clock
        self._chosen = spared
        self._found_slow = False
        self._questions: deque[_Question] = deque()
        self._asked_at = self._rated_at = float("-inf")
        self._trips: deque[float] = deque(maxlen=2)
        self._stuck_at: deque[float] = deque(maxlen=2)
        self._rate: float | None = None
        self._ahead, self._ahead_at = 0.0, clock()
        self._written = self._arrived = 0
        self._sent: deque[tuple[float, int]] = deque()
        self._cost = LinkCost(0.0)
        self._cost_since = float("-inf")

    # what is known

    @property
    def rate(self) -> float:
        """Bytes a second that the link drains, as far as is known."""
        return self._rate if self._rate is not None else UNKNOWN_RATE

    @property
    def slow(self) -> bool:
        """Whether the link is to be spared."""
        return self._found_slow if self._chosen is None else self._chosen

    def choose(self, spared: bool | None) -> None:
        """The operator's word; None to find out again."""
        self._chosen = spared
        self._cost_since = float("-inf")

    def toggle(self) -> None:
        """Spare the link, or do so no longer: against what was found out, until asked for again."""
        wanted = not self.slow
        self.choose(None if wanted == self._found_slow else wanted)

    def presume(self, rate: float) -> None:
        """Take a rate for granted: of a terminal that is not asked."""
        self._rate = rate

    def ahead(self) -> float:
        """Bytes that are probably still on their way; none of those in front of a question that was answered."""
        now = self._clock()
        drained = max(0.0, self._ahead - (now - self._ahead_at) * self.rate)
        self._ahead = min(drained, self._written - self._arrived)
        self._ahead_at = now
        return self._ahead

    @property
    def awaiting(self) -> bool:
        """Whether an answer of the terminal may still come."""
        self._give_up()
        return bool(self._questions)

    @property
    def silent(self) -> bool:
        """Whether a terminal that used to answer does not: what is written now waits somewhere on the way."""
        return self.awaiting and bool(self._trips) and self._clock() - self._questions[0].asked_at > SILENT_SECONDS

    def cost(self) -> LinkCost:
        """What to show of it. It stands for some seconds, and changes only by what is worth a change."""
        now = self._clock()
        shown, slow = self._cost, self.slow
        if now - self._cost_since >= STANDING_SECONDS:
            while self._sent and self._sent[0][0] < now - MEAN_SECONDS:
                self._sent.popleft()
            kb = round(sum(count for _, count in self._sent) / MEAN_SECONDS / 1000, 1)
            trip = self._trips[-1] if self._trips else None
            if _differs(kb, shown.kb_per_second, WORTH_KB):
                shown = replace(shown, kb_per_second=kb)
            if trip is not None and (shown.round_trip_ms is None or _differs(trip, shown.round_trip_ms, WORTH_MS)):
                shown = replace(shown, round_trip_ms=float(round(trip)))
        if slow != shown.slow:
            shown = replace(shown, slow=slow)
        if shown != self._cost:
            self._cost, self._cost_since = shown, now
        return shown

    # what happens

    def sent(self, count: int, *, live: bool) -> None:
        """So many bytes were written; `live` when the dashboard did so by itself and no key asked for them."""
        self._ahead = self.ahead() + count
        self._written += count
        if live:
            self._sent.append((self._clock(), count))

    def may_ask(self) -> bool:
        """Whether the round trip may be asked for now: seldom, one question at a time, and with nothing ahead of it."""
        return self._clock() - self._asked_at >= QUESTION_SECONDS and not self.awaiting and self.ahead() < 1

    def may_ask_behind(self, count: int) -> bool:
        """Whether the rate may be asked for behind a frame of so many bytes: once the round trip has been.

        A very low rate is doubted: it may have been a moment in which nobody read, and all that follows would crawl.
        It is asked for again behind whatever is sent, until something else is found or it stands.
        """
        if count < 1 or len(self._questions) >= 2:
            return False
        doubted = self._rate is not None and self._rate < DOUBTED_RATE
        since = self._clock() - self._rated_at
        return since >= DOUBT_SECONDS if doubted else count >= LARGE_FRAME and since >= QUESTION_SECONDS

    def asked(self, behind: int = 0) -> None:
        """A question was written, behind a frame of so many bytes or alone."""
        now = self._clock()
        self._questions.append(_Question(now, behind, self._written))
        if behind:
            self._rated_at = now
        else:
            self._asked_at = now

    def answered(self, at: float) -> bool:
        """The terminal answered at an instant of the clock; False when it had not been asked."""
        self._give_up()
        if not self._questions:
            return False
        question = self._questions.popleft()
        seconds = max(0.0, at - question.asked_at)
        self._arrived = question.position
        if question.behind:
            trip = min(self._trips, default=0.0) / 1000
            rate = min(HIGHEST_RATE, question.behind / max(0.001, seconds - 0.8 * trip))
            # A small frame takes hardly longer than an answer alone: it tells how fast the link is at least.
            self._rate = rate if question.behind >= LARGE_FRAME else max(self.rate, rate)
        else:
            self._trips.append(seconds * 1000)
            self.judge()
        return True

    def stuck(self) -> None:
        """The terminal had not taken everything when something new was to be painted."""
        now = self._clock()
        if not self._stuck_at or now - self._stuck_at[-1] >= 1.0:
            self._stuck_at.append(now)
        self.judge()

    def judge(self) -> None:
        """Decide whether the link is slow, by its last two round trips and by the backlog of the last minute."""
        now = self._clock()
        stuck = [at for at in self._stuck_at if now - at <= CALM_SECONDS]
        if len(stuck) == 2 or (self._trips and min(self._trips) > SLOW_MS):
            self._found_slow = True
        elif not stuck and max(self._trips, default=0.0) < QUICK_MS:
            self._found_slow = False

    def _give_up(self) -> None:
        while self._questions and self._clock() - self._questions[0].asked_at > QUESTION_SECONDS:
            self._questions.popleft()


def _differs(value: float, shown: float, least: float) -> bool:
    return abs(value - shown) >= max(least, WORTH_SHARE * shown)
