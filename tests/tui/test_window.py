"""The window on a list: whatever is read, refreshed, put in and let go, it is one true piece of the list."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.listing import RowCount
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.data.paging import AHEAD, KEPT, PAGE, PagedList, Step, key_of
from magflow_tui.tui.data.store_lists import Wish
from magflow_tui.tui.data.window import Page, Window, window_of
from magflow_tui.tui.views.context import Cursor


@dataclass(frozen=True)
class Thing:
    """A row; `worth` is what can change of it."""

    id: int
    worth: int = 0
    account: str = "main"


@dataclass
class Shelf:
    """A list of things, highest number first, served in pages as the engine serves them. It is a `Source`."""

    rows: list[Thing]
    slice: int | None = None
    reads: int = 0
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def read(self, client: Any, part: Any, *, faults: bool) -> tuple[Page[Thing], int | None]:
        self.reads += 1
        wanted = [thing for thing in self.rows if not faults or thing.id % 7 == 0]
        if part.start_at is not None:
            found = [thing for thing in wanted if thing.id <= int(part.start_at)]
        elif part.before is not None or part.from_end:
            ahead = [thing for thing in wanted if part.from_end or thing.id > int(part.before)]
            page = ahead[-part.limit :]
            return self._page(page, bool(len(ahead) > len(page)), not part.from_end), None
        else:
            found = [thing for thing in wanted if part.after is None or thing.id < int(part.after)]
        page = found[: part.limit]
        return self._page(page, part.after is not None, len(found) > len(page)), None

    def _page(self, rows: list[Thing], ahead: bool, behind: bool) -> Page[Thing]:
        ends = (str(rows[0].id), str(rows[-1].id)) if rows else (None, None)
        return Page(
            tuple(rows),
            *ends,
            before=ends[0] if ahead else None,
            after=ends[1] if behind else None,
            total=len(self.rows),
        )

    async def count(self, client: Any, part: Any, most: int, *, faults: bool) -> RowCount:
        above = [thing for thing in self.rows if part.before is None or thing.id > int(part.before)]
        return RowCount(rows=len([thing for thing in above if not faults or thing.id % 7 == 0]))

    def stored(self, snapshot: Any, account: str | None) -> int:
        return len(self.rows)

    def signature(self, snapshot: Any, account: str | None) -> object:
        return tuple(self.rows)


@dataclass
class Operator:
    """A cursor in a paged list, moved as the dashboard moves it."""

    paged: PagedList[Thing]
    height: int
    cursor: Cursor = field(default_factory=Cursor)

    def __post_init__(self) -> None:
        self.look()

    def look(self) -> None:
        """A snapshot comes."""
        self.paged.heed(None)  # type: ignore[arg-type] # the shelf tells without one

    def settle(self, *, live: bool = False) -> None:
        """Read until nothing is lacking."""
        for _ in range(10_000):
            purpose = self.paged.purpose(self.cursor, self.height, live=live)
            if purpose is None:
                return
            self.take(_now(self.paged.read(None, purpose, self.cursor, self.height)))  # type: ignore[arg-type]
        raise AssertionError("there is always something more to read")

    def take(self, step: Step) -> None:
        keys = self.paged.keys()
        if step.to == "top" or not keys:
            self.cursor = Cursor()
        elif step.to == "bottom":
            self.cursor = Cursor(keys[-1], len(keys) - 1, max(0, len(keys) - self.height))
        else:
            self.cursor = self.cursor.shifted(step.shift)
        self.cursor = self.cursor.settled(keys, self.height)

    def move(self, by: int) -> None:
        self.cursor = self.cursor.moved(by, self.paged.keys(), self.height)
        self.settle()


def _now(work: Coroutine[Any, Any, Step]) -> Step:
    """What a coroutine gives that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as ended:
        step: Step = ended.value
        return step
    raise AssertionError("it waits for something")


def shelf_of(count: int) -> Shelf:
    return Shelf([Thing(10 * number) for number in range(count, 0, -1)])


def holds(paged: PagedList[Thing], rows: list[Thing]) -> None:
    """The window is a run of the list without holes, and knows where it stands."""
    shown = paged.shown
    found = [thing.id for thing in shown.rows]
    numbers = [thing.id for thing in rows]
    if found:
        start = numbers.index(found[0])
        assert numbers[start : start + len(found)] == found
        assert shown.position in (None, start)
        assert shown.more_before or start == 0
        assert shown.more_behind or start + len(found) == len(numbers)
    assert len(shown.rows) <= KEPT + PAGE


@given(st.integers(0, 2500), st.integers(1, 40), st.lists(st.integers(-400, 400), max_size=25), st.booleans())
def test_wherever_the_cursor_goes_it_stands_on_a_true_piece_of_the_list(
    count: int, height: int, moves: list[int], from_end: bool
) -> None:
    shelf = shelf_of(count)
    operator = Operator(PagedList(shelf), height)
    operator.paged.begin(Wish(), to="end" if from_end else "head")
    operator.settle()
    for by in moves:
        before = operator.cursor
        reached = len(operator.paged.keys())
        operator.move(by)
        holds(operator.paged, shelf.rows)
        if count:
            assert operator.cursor.top <= operator.cursor.index < operator.cursor.top + height
        if 0 <= before.index + by < reached and count:
            shown = operator.paged.shown
            assert shown.rows[operator.cursor.index].id == 10 * (count - (shown.position or 0) - operator.cursor.index)


@given(st.integers(1, 1500), st.integers(1, 30))
def test_every_row_is_reached_from_either_end(count: int, height: int) -> None:
    shelf = shelf_of(count)
    for to, by, expected in (("head", 1, shelf.rows), ("end", -1, shelf.rows[::-1])):
        operator = Operator(PagedList(shelf), height)
        operator.paged.begin(Wish(), to=to)  # type: ignore[arg-type]
        operator.settle()
        step = by * max(1, height - 1)
        seen: dict[int, None] = {}
        while True:
            shown = operator.paged.shown
            top = operator.cursor.top
            visible = shown.rows[top : top + height]
            seen |= dict.fromkeys([thing.id for thing in (visible if by > 0 else visible[::-1])])
            here = operator.cursor.key, operator.cursor.index
            operator.move(step)
            if (operator.cursor.key, operator.cursor.index) == here:
                break
        assert list(seen) == [thing.id for thing in expected]


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(1, 30)),
        st.tuples(st.just("between"), st.integers(0, 2000)),
        st.tuples(st.just("change"), st.integers(0, 2000)),
        st.tuples(st.just("vanish"), st.integers(0, 2000)),
        st.tuples(st.just("move"), st.integers(-300, 300)),
        st.tuples(st.just("again"), st.just(0)),
    ),
    max_size=20,
)


@given(st.integers(1, 900), st.integers(1, 30), CHANGES)
def test_a_list_that_changes_keeps_the_row_under_the_cursor_and_shows_none_twice(
    count: int, height: int, changes: list[tuple[str, int]]
) -> None:
    shelf = shelf_of(count)
    operator = Operator(PagedList(shelf), height)
    operator.settle()
    operator.move(1)
    operator.move(-1)  # inside the list, not following its head
    for kind, number in changes:
        key = operator.cursor.key
        if kind == "arrive":
            newest = shelf.rows[0].id if shelf.rows else 0
            shelf.rows[:0] = [Thing(newest + 10 * each) for each in range(number, 0, -1)]
        elif kind == "between":
            where = number % len(shelf.rows)
            fresh = Thing(shelf.rows[where].id - 1)
            if fresh.id not in {thing.id for thing in shelf.rows}:
                shelf.rows.insert(where + 1, fresh)
        elif kind == "change" and shelf.rows:
            where = number % len(shelf.rows)
            shelf.rows[where] = replace(shelf.rows[where], worth=shelf.rows[where].worth + 1)
        elif kind == "vanish" and len(shelf.rows) > 1:
            del shelf.rows[number % len(shelf.rows)]
        elif kind == "again":
            operator.paged.begin(Wish(), stay=True)
        elif kind == "move":
            operator.move(number)
            key = operator.cursor.key
        operator.look()
        operator.settle(live=True)
        shown = operator.paged.shown
        keys = operator.paged.keys()
        assert len(set(keys)) == len(keys)
        assert [thing.id for thing in shown.rows] == sorted((thing.id for thing in shown.rows), reverse=True)
        assert keys[operator.cursor.index] == operator.cursor.key
        if key in keys:
            assert operator.cursor.key == key
        present = {thing.id: thing for thing in shelf.rows}
        for thing in shown.rows[operator.cursor.top : operator.cursor.top + height]:
            assert thing == present.get(thing.id) or key_of(thing) in shown.stale


def test_at_the_head_the_list_follows_and_inside_it_counts_what_comes() -> None:
    shelf = shelf_of(300)
    operator = Operator(PagedList(shelf), 20)
    operator.settle()
    shelf.rows.insert(0, Thing(99_990))
    operator.look()
    operator.settle(live=True)
    assert operator.paged.shown.rows[0].id == 99_990
    operator.move(5)
    first = operator.paged.shown.rows[0]
    shelf.rows[:0] = [Thing(99_992), Thing(99_991)]
    operator.look()
    operator.settle(live=True)
    assert operator.paged.shown.rows[0] == first
    assert operator.paged.shown.fresh == 2
    key = operator.cursor.key
    operator.paged.begin(Wish(), stay=True)
    operator.settle(live=True)
    assert operator.paged.shown.rows[0].id == 99_992
    assert operator.cursor.key == key
    assert operator.paged.shown.fresh == 0


def test_rows_that_come_in_between_are_not_taken_for_lost_ones() -> None:
    shelf = shelf_of(100)
    operator = Operator(PagedList(shelf), 20)
    operator.settle()
    operator.move(3)
    assert not operator.paged.shown.more_behind
    shelf.rows[:] = sorted(
        [*shelf.rows, *(Thing(number) for number in range(5, 1005, 10))], key=lambda thing: -thing.id
    )
    operator.look()
    operator.settle(live=True)
    assert not operator.paged.shown.stale
    assert operator.paged.shown.more_behind
    shelf.rows += [Thing(number) for number in range(4, 0, -1)]
    operator.move(1000)
    assert [thing.id for thing in operator.paged.shown.rows[-4:]] == [4, 3, 2, 1]


def test_deep_inside_new_rows_are_let_in_without_moving_anything() -> None:
    shelf = shelf_of(5000)
    operator = Operator(PagedList(shelf), 20)
    operator.settle()
    for _ in range(30):
        operator.move(50)
    before = operator.paged.shown
    assert before.position is not None
    shelf.rows.insert(0, Thing(99_990))
    operator.look()
    operator.settle(live=True)
    assert operator.paged.shown.fresh == 1
    key = operator.cursor.key
    operator.paged.begin(Wish(), stay=True)
    operator.settle(live=True)
    assert operator.paged.shown.rows == before.rows
    assert operator.cursor.key == key
    assert (operator.paged.shown.position, operator.paged.shown.fresh) == (before.position + 1, 0)


def test_the_end_of_a_long_list_is_one_reading_away() -> None:
    shelf = shelf_of(100_000)
    operator = Operator(PagedList(shelf), 20)
    operator.settle()
    shelf.reads = 0
    operator.paged.begin(Wish(), to="end")
    operator.settle()
    assert shelf.reads == 1
    assert operator.cursor.key == ("main", 10)
    assert operator.paged.shown.position == 100_000 - PAGE


def test_what_is_read_ahead_does_not_grow_with_the_list() -> None:
    reads = []
    for count in (1_000, 100_000):
        shelf = shelf_of(count)
        operator = Operator(PagedList(shelf), 20)
        operator.settle()
        for _ in range(40):
            operator.move(20)
        reads.append(shelf.reads)
        assert len(operator.paged.shown.rows) <= KEPT + PAGE
    assert reads[1] <= reads[0] + 2


def test_matching_rows_are_counted_and_new_ones_too_when_only_some_are_wanted() -> None:
    shelf = shelf_of(700)
    operator = Operator(PagedList(shelf), 10)
    operator.paged.begin(Wish(faults=True))
    operator.settle(live=True)
    assert operator.paged.shown.total == 100
    operator.move(3)
    shelf.rows.insert(0, Thing(7 * 3000))
    operator.look()
    operator.settle(live=True)
    assert operator.paged.shown.fresh == 1


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(0, 60), st.integers(0, 40))
def test_letting_pages_go_leaves_the_row_and_its_neighbours(sizes: list[int], index: int, keep: int) -> None:
    window: Window[int] = window_of(Page())
    start = 0
    for size in sizes:
        rows = tuple(range(start, start + size))
        start += size
        ends = (str(rows[0]), str(rows[-1])) if rows else (None, None)
        window = window.with_behind(Page(rows, *ends, after="more"))
    if not window.rows:
        return
    index %= len(window.rows)
    trimmed, gone = window.trimmed(index, keep)
    assert trimmed.rows == window.rows[gone : gone + len(trimmed.rows)]
    assert trimmed.rows[index - gone] == window.rows[index]
    assert trimmed.rows == tuple(row for page in trimmed.pages for row in page.rows)
    assert trimmed.position == (None if window.position is None else window.position + gone)
    assert (trimmed.before is not None) == (gone > 0)


def test_a_page_without_rows_tells_where_the_search_goes_on() -> None:
    window: Window[int] = window_of(Page(after="a"))
    assert (window.rows, window.after, window.total) == ((), "a", None)
    window = window.with_behind(Page(after="b")).with_behind(Page((1,), "1", "1"))
    assert (window.rows, window.after, window.total) == ((1,), None, 1)


def test_reading_starts_before_the_cursor_reaches_the_end() -> None:
    operator = Operator(PagedList(shelf_of(1000)), 20)
    operator.settle()
    reads = len(operator.paged.keys())
    operator.cursor = operator.cursor.moved(reads - AHEAD, operator.paged.keys(), 20)
    assert operator.paged.purpose(operator.cursor, 20, live=False) == "behind"


def test_a_snapshot_names_what_may_have_changed(snapshot: Snapshot) -> None:
    from magflow_tui.tui.data.store_lists import OfferSource, OrderSource

    accounts = (snapshot.accounts[0].model_copy(update={"orders": 1}), *snapshot.accounts[1:])
    changed = snapshot.model_copy(update={"accounts": accounts})
    assert OrderSource().signature(snapshot, None) != OrderSource().signature(changed, None)
    assert OfferSource().signature(snapshot, None) == OfferSource().signature(changed, None)
    assert OrderSource().stored(changed, snapshot.accounts[0].name) == 1


class Interrupted(Shelf):
    """A shelf on which something happens between the reading of rows and their arrival."""

    def __init__(self, rows: list[Thing]) -> None:
        super().__init__(rows)
        self.meanwhile: list[Callable[[], None]] = []

    async def read(self, client: Any, part: Any, *, faults: bool) -> tuple[Page[Thing], int | None]:
        page = await super().read(client, part, faults=faults)
        if part.start_at is not None and self.meanwhile:
            self.meanwhile.pop()()
        return page


def test_what_is_known_of_a_row_is_not_overwritten_by_a_reading_that_began_before() -> None:
    shelf = Interrupted(shelf_of(30).rows)
    operator = Operator(PagedList(shelf), 20)
    operator.settle()
    done = Thing(300, worth=7)

    def act() -> None:
        shelf.rows.remove(Thing(300))  # it no longer meets the filter
        operator.paged.outdate([done])

    shelf.meanwhile.append(act)
    operator.move(3)
    operator.paged.outdate()
    operator.settle(live=True)
    assert operator.paged.shown.rows[0] == done
    assert ("main", 300) in operator.paged.shown.stale
