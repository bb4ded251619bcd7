"""The link to the terminal as it is found out, and what it lets through: with a clock that the test moves."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.tui.terminal.cadence import BLURRED, LIVE, SLOW, Cadence
from magflow_tui.tui.terminal.link import QUESTION, QUESTION_SECONDS, UNKNOWN_RATE, TerminalLink
from magflow_tui.tui.terminal.outlet import LEAST_SLICE, Outlet, Slice


class Clock:
    """Seconds that pass when told, and what was to be done at an instant."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + seconds, next(self._order), call))

    def pass_(self, seconds: float) -> None:
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now, _, call = heapq.heappop(self._due)
            call()
        self.now = end


class Wire:
    """A terminal at the end of a link that drains so many bytes a second, and what has been written to it, when."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.written: list[tuple[float, str]] = []
        self.unsent = 0
        self.drained = 0
        self.link = TerminalLink(clock)
        self.cadence = Cadence(clock)
        self.outlet = Outlet(
            self.link,
            self.cadence,
            clock,
            write=lambda text: self.written.append((clock.now, text)),
            unsent=lambda: self.unsent,
            later=clock.later,
            drained=self.count,
        )

    def count(self) -> None:
        self.drained += 1

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.written)


@pytest.fixture
def wire() -> Wire:
    return Wire(Clock())


def slices(*rows: int, size: int = LEAST_SLICE, mark: str = "") -> list[Slice]:
    return [Slice(frozenset({row}), f"<{row}{mark}>".ljust(size, ".")) for row in rows]


def answer(wire: Wire, milliseconds: float) -> None:
    """The terminal is asked, and answers after so long."""
    wire.link.asked()
    wire.clock.pass_(milliseconds / 1000)
    assert wire.link.answered(wire.clock.now)


def test_a_frame_nobody_asked_for_leaves_slice_by_slice_as_the_link_drains(wire: Wire) -> None:
    wire.outlet.show(slices(*range(8)), live=True)
    assert len(wire.written) == 1
    wire.clock.pass_(1)
    assert wire.text == "".join(piece.text for piece in slices(*range(8)))
    times = [at for at, _ in wire.written]
    drain = LEAST_SLICE / UNKNOWN_RATE
    assert all(later - earlier >= drain for earlier, later in itertools.pairwise(times))
    assert times[-1] - times[0] <= 8 * drain * 1.4


def test_a_frame_that_a_key_asked_for_goes_ahead_of_what_waits_for_other_rows(wire: Wire) -> None:
    wire.outlet.show(slices(0, 1, 2, 3), live=True)
    wire.outlet.show(slices(2, mark="key"), live=False)
    # Row 0 has left; of what waits, row 2 is what the key's change builds upon.
    assert [text.split(".")[0] for _, text in wire.written] == ["<0>", "<2>"]
    assert wire.text.index("<2>") < wire.text.index("<2key>")
    assert "<1>" not in wire.text
    wire.clock.pass_(1)
    assert wire.text.index("<2key>") < wire.text.index("<1>") < wire.text.index("<3>")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True),
            st.booleans(),
            st.floats(0, 0.2, allow_nan=False),
        ),
        max_size=12,
    )
)
def test_what_is_sent_for_a_row_is_sent_in_the_order_it_was_painted(
    frames: list[tuple[list[int], bool, float]],
) -> None:
    wire = Wire(Clock())
    painted: dict[int, list[str]] = {}
    for number, (rows, live, pause) in enumerate(frames):
        pieces = slices(*rows, size=60, mark=f"/{number}")
        for row, piece in zip(rows, pieces, strict=True):
            painted.setdefault(row, []).append(piece.text)
        wire.outlet.show(pieces, live=live)
        wire.clock.pass_(pause)
    wire.clock.pass_(10)
    for texts in painted.values():
        places = [wire.text.index(text) for text in texts]
        assert places == sorted(places)
    assert len(wire.text) == 60 * sum(map(len, painted.values()))


def test_a_terminal_that_takes_nothing_is_sent_nothing_more_and_one_frame_when_it_does_again(wire: Wire) -> None:
    wire.unsent = 5000
    for _ in range(4):
        assert wire.outlet.full()
        wire.clock.pass_(1)
    assert wire.outlet.busy
    assert (wire.written, wire.drained) == ([], 0)
    wire.unsent = 0
    wire.clock.pass_(0.1)
    assert wire.drained == 1
    assert not wire.outlet.full()
    wire.clock.pass_(60)
    assert wire.drained == 1


def test_keys_held_down_on_a_thin_link_never_have_more_than_an_eighth_of_a_second_ahead(wire: Wire) -> None:
    for _ in range(100):
        if not wire.outlet.full():
            wire.outlet.show(slices(3, size=600), live=False)
        assert wire.link.ahead() <= UNKNOWN_RATE * 0.12 + 600
        wire.clock.pass_(0.01)
    assert 20 < len(wire.written) <= 1 + (1 + 0.12) * UNKNOWN_RATE / 600


def test_the_terminal_is_asked_seldom_and_only_along_with_something(wire: Wire) -> None:
    wire.outlet.asking = True
    wire.clock.pass_(500)
    assert wire.written == []
    for _ in range(100):
        wire.outlet.show(slices(1), live=True)
        wire.clock.pass_(1)
        wire.link.answered(wire.clock.now)
    assert wire.text.count(QUESTION) == pytest.approx(100 / QUESTION_SECONDS, abs=1)


def test_the_rate_is_what_a_large_frame_took(wire: Wire) -> None:
    wire.outlet.asking = True
    wire.outlet.show(slices(1, size=12_000), live=False)
    assert wire.text.startswith(QUESTION)
    assert wire.text.endswith(QUESTION)
    wire.clock.pass_(0.002)
    assert wire.link.answered(wire.clock.now)
    wire.clock.pass_(0.118)
    assert wire.link.answered(wire.clock.now)
    assert wire.link.rate == pytest.approx(12_000 / 0.12, rel=0.05)
    assert wire.outlet.slice_size == pytest.approx(1600, rel=0.05)
    assert not wire.link.answered(wire.clock.now)  # whatever comes now was not asked for


@pytest.mark.parametrize(("hiccup", "trip"), [(3.0, 0.02), (12.0, 0.02), (12.0, 0.15)])
def test_a_moment_in_which_nobody_read_does_not_make_everything_crawl(wire: Wire, hiccup: float, trip: float) -> None:
    wire.outlet.asking = True
    wire.outlet.show(slices(1, size=5600), live=False)
    wire.clock.pass_(trip)
    wire.link.answered(wire.clock.now)
    wire.clock.pass_(hiccup)
    wire.link.answered(wire.clock.now)
    assert wire.link.rate < 2_000
    answers_at_once(wire, trip)
    wire.outlet.show(slices(*range(55)), live=True)  # a screen full
    wire.clock.pass_(2.5)
    assert len(wire.text.replace(QUESTION, "")) == 5600 + 55 * LEAST_SLICE
    assert not wire.outlet.busy


def test_a_key_is_not_kept_waiting_by_a_rate_that_is_wrong(wire: Wire) -> None:
    wire.outlet.asking = True
    wire.outlet.show(slices(1, size=5600), live=False)
    wire.clock.pass_(0.02)
    wire.link.answered(wire.clock.now)
    wire.clock.pass_(10)
    wire.link.answered(wire.clock.now)
    answers_at_once(wire, 0.02)
    wire.outlet.show(slices(1, size=12_000), live=False)
    assert wire.outlet.full()
    wire.clock.pass_(0.2)
    assert not wire.outlet.full()
    assert wire.link.rate > UNKNOWN_RATE


def test_a_rate_that_is_truly_low_is_asked_for_seldom_and_stands(wire: Wire) -> None:
    wire.outlet.asking = True
    wire.outlet.show(slices(1, size=5600), live=False)
    wire.clock.pass_(0.02)
    wire.link.answered(wire.clock.now)
    wire.clock.pass_(2.8)
    wire.link.answered(wire.clock.now)
    asked = wire.text.count(QUESTION)
    for _ in range(10):
        wire.outlet.show(slices(1, size=500), live=False)
        wire.clock.pass_(0.27)  # what it takes at that rate, and the way back
        wire.link.answered(wire.clock.now)
        wire.clock.pass_(0.23)
    assert wire.text.count(QUESTION) - asked <= 6
    assert wire.link.rate == pytest.approx(2000, rel=0.15)


def answers_at_once(wire: Wire, trip: float) -> None:
    """From now on the terminal answers each question a round trip after it was written."""
    write = wire.outlet._write

    def written(text: str) -> None:
        write(text)
        for _ in range(text.count(QUESTION)):
            wire.clock.later(trip, lambda: wire.link.answered(wire.clock.now) and None)

    wire.outlet._write = written


def test_two_slow_answers_make_a_link_slow_and_two_quick_ones_trust_it_again(wire: Wire) -> None:
    link = wire.link
    answer(wire, 20)
    answer(wire, 400)
    assert not link.slow  # one may be chance
    answer(wire, 300)
    assert link.slow
    answer(wire, 200)
    answer(wire, 200)
    assert link.slow  # between the two bounds nothing changes
    answer(wire, 100)
    assert link.slow
    answer(wire, 90)
    assert not link.slow


def test_backlog_seen_twice_makes_a_link_slow_until_it_has_been_calm_for_a_minute(wire: Wire) -> None:
    wire.unsent = 9000
    assert wire.outlet.busy
    assert not wire.link.slow
    wire.clock.pass_(1)
    assert wire.outlet.busy
    assert wire.link.slow
    wire.unsent = 0
    wire.clock.pass_(30)
    answer(wire, 5)
    assert wire.link.slow
    wire.clock.pass_(31)
    answer(wire, 5)
    assert not wire.link.slow


@pytest.mark.parametrize("spared", [True, False])
def test_the_operators_word_stands_above_what_was_found_out(wire: Wire, spared: bool) -> None:
    answer(wire, 20 if spared else 900)
    answer(wire, 20 if spared else 900)
    wire.link.choose(spared)
    assert wire.link.slow is spared
    assert wire.link.cost().slow is spared
    wire.link.choose(None)
    assert wire.link.slow is not spared


def test_the_cost_shown_changes_seldom_and_only_by_what_is_worth_it(wire: Wire) -> None:
    shown = []
    for second in range(120):
        count = 900 if second < 60 else 0
        wire.link.sent(count + second % 7, live=True)
        shown.append(wire.link.cost().kb_per_second)
        wire.clock.pass_(1)
    assert shown[40] == pytest.approx(0.9, abs=0.2)
    assert shown[-1] <= 0.1
    changes = [second for second in range(1, 120) if shown[second] != shown[second - 1]]
    assert len(changes) <= 8
    assert all(later - earlier >= 5 for earlier, later in itertools.pairwise(changes))


def test_what_keys_cost_is_not_the_links_daily_cost(wire: Wire) -> None:
    wire.clock.pass_(20)
    wire.link.sent(16_000, live=False)
    wire.clock.pass_(6)
    assert wire.link.cost().kb_per_second == 0


def test_a_terminal_that_stopped_answering_is_out_of_reach_for_a_while(wire: Wire) -> None:
    wire.link.asked()
    wire.clock.pass_(6)
    assert not wire.link.silent  # it never answered: it may be one that does not
    assert wire.link.answered(wire.clock.now)
    wire.link.asked()
    wire.clock.pass_(6)
    assert wire.outlet.busy
    wire.clock.pass_(QUESTION_SECONDS)
    assert not wire.outlet.busy


def test_answers_that_nobody_waits_for_any_more_are_not_taken(wire: Wire) -> None:
    wire.link.asked()
    assert wire.link.awaiting
    wire.clock.pass_(QUESTION_SECONDS + 1)
    assert not wire.link.awaiting
    assert not wire.link.answered(wire.clock.now)


@pytest.mark.parametrize(("pace", "frame"), [(LIVE, 700), (LIVE, 4000), (SLOW, 900), (SLOW, 6000), (BLURRED, 900)])
def test_frames_nobody_asked_for_keep_to_their_mean_whatever_they_cost(pace: object, frame: int) -> None:
    clock = Clock()
    cadence = Cadence(clock)
    assert isinstance(pace, type(LIVE))
    cadence.pace = pace
    painted = []
    for second in range(300):
        if cadence.due(None, fresh=True):
            cadence.painted(None)
            cadence.spent(frame)
            painted.append(second)
        clock.pass_(1)
    assert frame * len(painted) <= pace.bytes_per_second * 300 + frame + pace.bytes_per_second * pace.seconds
    assert len(painted) >= min(300 / pace.seconds, 300 * pace.bytes_per_second / frame) * 0.9
    assert all(later - earlier >= pace.seconds for earlier, later in itertools.pairwise(painted))


def test_news_are_painted_at_once_at_any_pace() -> None:
    clock = Clock()
    cadence = Cadence(clock)
    cadence.pace = BLURRED
    cadence.painted(("live", frozenset({1})))
    cadence.spent(3000)
    clock.pass_(1)
    assert not cadence.due(("live", frozenset({1})), fresh=True)
    assert cadence.due(("live", frozenset({1, 2})), fresh=True)
    assert cadence.due(("gone", frozenset({1})), fresh=False)


def test_a_clock_tick_paints_only_what_no_snapshot_brought() -> None:
    clock = Clock()
    cadence = Cadence(clock)
    cadence.painted(None)
    clock.pass_(1.0)
    assert cadence.due(None, fresh=True)
    assert not cadence.due(None, fresh=False)
    clock.pass_(0.5)
    assert cadence.due(None, fresh=False)
