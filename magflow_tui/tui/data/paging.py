"""A list of the store as an operator moves in it: which of its pages are here, and which has to be read next.

One reading at a time, the most wanted first: a list begun anew, its end, the rows that the cursor comes near to, those
in view when they have changed, and how many rows there are. The order of the rows stands still while the cursor is
inside; at the top the list follows what comes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from magflow_tui.tui.data.store_lists import Source, Wish, as_row_filter, list_filter
from magflow_tui.tui.data.window import Page, Window, window_of
from magflow_tui.tui.views.context import Cursor, RowsShown

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.client.list_part import ListPart
    from magflow_tui.contract.snapshot import Snapshot

#: Rows of a page; rows that are kept here; rows that are read ahead of the cursor at the least.
PAGE = 100
KEPT = 600
AHEAD = 60
#: Pages in which the rows of one are looked for again, when others have come in between.
AGAIN = 4
#: Matching rows are counted up to here.
COUNTED = 10_000

#: What a reading is for. `head` and `end` begin anew there; `again` is what is in view.
Purpose = Literal["head", "end", "behind", "ahead", "again", "count", "fresh"]


class Keyed(Protocol):
    """A row that is told apart by its account and its number."""

    @property
    def account(self) -> str: ...

    @property
    def id(self) -> int: ...


RowT = TypeVar("RowT", bound=Keyed)


def key_of(row: Keyed) -> tuple[str, int]:
    """The key of a row of any list of the store."""
    return row.account, row.id


@dataclass(frozen=True, slots=True)
class Step:
    """What a reading did to the cursor: so many rows are there more (or fewer) before it, or it belongs at an end."""

    shift: int = 0
    to: Literal["top", "bottom"] | None = None


@dataclass(frozen=True, slots=True)
class _Count:
    """Matching rows as far as they have been counted; `after` is where to go on, None when that is done."""

    rows: int = 0
    capped: bool = False
    after: str | None = None
    begun: bool = False


class PagedList(Generic[RowT]):
    """A list of `source` as far as it is read. `begin` says what is wanted, `purpose` what to read next for it, and
    `read` reads that.
    """

    def __init__(self, source: Source[RowT]) -> None:
        self.source = source
        self.wish = Wish()
        self._window: Window[RowT] = Window()
        self._asked: Purpose | None = "head"
        self._stays = False
        self._loading: Purpose | None = None
        self._error: str | None = None
        self._unanswered = False
        self._looked_at = 0
        self._searching = False
        self._count = _Count()
        self._head: str | None = None
        self._total_read: int | None = None
        self._fresh = 0
        self._stale: frozenset[object] = frozenset()
        self._seen: Hashable = None
        self._now: Hashable = None
        self._current: set[str | None] = set()
        self._outdated = 0
        self._fresh_at: Hashable = None
        self._cache: RowsShown[RowT] | None = None

    # what is wanted

    def begin(self, wish: Wish, *, to: Literal["head", "end"] = "head", stay: bool = False) -> None:
        """Have other rows, or the same anew. What was read stays until the first of them have come.

        With `stay` the cursor keeps its row, wherever that is by then.
        """
        if wish != self.wish or stay:
            self._count = _Count()
        self._stays = stay and wish == self.wish
        self.wish, self._asked, self._error, self._cache = wish, to, None, None
        self._looked_at, self._searching = 0, False

    def heed(self, snapshot: Snapshot) -> None:
        """Learn from a snapshot whether rows have come or changed."""
        now = self.source.signature(snapshot, self.wish.account)
        if self._now is not None and now != self._now:
            self._current.clear()
        self._now = now
        if self._asked is None and self.wish.whole and self._total_read is not None:
            fresh = max(0, self.source.stored(snapshot, self.wish.account) - self._total_read)
            if fresh != self._fresh:
                self._fresh, self._cache = fresh, None

    def outdate(self, newer: Sequence[RowT] = ()) -> None:
        """The rows that are here may have changed: those in view are read again, in place.

        `newer` are some of them as they are known to be by now: what is done to a row may take it out of the filter.
        """
        self._window = self._window.refreshed({key_of(row): row for row in newer}, key_of)
        self._current.clear()
        self._outdated += 1
        self._cache = None

    def forgive(self) -> None:
        """Try again what went wrong because there was no engine to ask."""
        if self._error is not None and self._unanswered:
            self._error, self._cache = None, None

    @property
    def loading(self) -> Purpose | None:
        """What is being read, None while nothing is."""
        return self._loading

    @property
    def more(self) -> tuple[bool, bool]:
        """Whether the list has rows before the first one that is here, and behind the last one."""
        return self._window.before is not None, self._window.after is not None

    def purpose(self, cursor: Cursor, height: int, *, live: bool) -> Purpose | None:
        """What is to be read next for a cursor in a view of so many rows, None when nothing is.

        Unless `live`, what has changed in the store meanwhile is left alone.
        """
        if self._error is not None:
            return None
        if self._asked is not None:
            return self._asked
        window, room = self._window, max(AHEAD, 2 * height)
        if window.after is not None and len(window.rows) - cursor.index <= room:
            return "behind"
        if window.before is not None and cursor.index < room:
            return "ahead"
        whole = self.wish.whole
        follows = live and cursor.key is None and window.before is None and not self.wish.sort
        if live and follows and whole and self._now != self._seen:
            return "head"
        if live and any(
            page.first not in self._current for page in window.pages_within(cursor.top, cursor.top + height)
        ):
            return "again"
        if not whole and window.total is None and (not self._count.begun or self._count.after is not None):
            return "count"
        if live and not whole and not self.wish.sort and (self._head is None or self._fresh_at != self._now):
            return "fresh"
        return "head" if follows and self._fresh else None

    # reading

    async def read(self, client: EngineClient, purpose: Purpose, cursor: Cursor, height: int) -> Step:
        """Read what is wanted. What goes wrong with the engine is kept, to be shown in place."""
        from magflow_tui.client import EngineError, EngineNotRunningError, EngineUnreachableError

        wish = self.wish
        self._loading, self._cache = purpose, None
        try:
            return await self._read(client, purpose, cursor, height)
        except EngineError as error:
            if wish == self.wish:
                self._error = str(error)
                self._unanswered = isinstance(error, (EngineNotRunningError, EngineUnreachableError))
            return Step()
        finally:
            self._loading, self._cache = None, None

    async def _read(self, client: EngineClient, purpose: Purpose, cursor: Cursor, height: int) -> Step:
        match purpose:
            case "head" | "end":
                return await self._begin(client, cursor, from_end=purpose == "end")
            case "behind":
                return await self._read_behind(client, cursor)
            case "ahead":
                return await self._read_ahead(client, cursor)
            case "again":
                await self._read_again(client, cursor, height)
            case "count":
                await self._count_on(client)
            case "fresh":
                await self._count_fresh(client)
        return Step()

    async def _begin(self, client: EngineClient, cursor: Cursor, *, from_end: bool) -> Step:
        follows, seen, stays = self._asked is None, self._now, self._stays and cursor.key is not None
        self._looked_at = 0
        page = await self._page(client, replace(self.part(), from_end=from_end))
        if page is None:
            return Step()
        if not from_end:
            if follows:
                self._count = replace(self._count, rows=self._count.rows + self._fresh)
            came, self._fresh = self._fresh, 0
            self._head = page.first if self.wish.whole else None
            self._total_read, self._fresh_at = page.total, seen
            if stays and self._window.rows and cursor.key not in {key_of(row) for row in page.rows}:
                # Deep inside nothing moves: what came stands before all that is here. Its state is read anew.
                self._window = self._window.pushed_down(came, page.total)
                self._asked = None
                self._current.clear()
                return Step()
        self._current = {page.first}
        self._window = window_of(page, from_end=from_end)
        self._asked, self._seen, self._stale = None, seen, frozenset()
        return Step() if follows or stays else Step(to="bottom" if from_end else "top")

    async def _first_of_all(self, client: EngineClient) -> str | None:
        """The mark of the list's first row, whether it matches or not: what comes before it is new."""
        from magflow_tui.client.list_part import ListPart

        page, _ = await self.source.read(client, ListPart(account=self.wish.account, limit=1), faults=False)
        return page.first

    async def _read_behind(self, client: EngineClient, cursor: Cursor) -> Step:
        after = self._window.after
        page = await self._page(client, replace(self.part(), after=after))
        if page is None or self._window.after != after:
            return Step()
        self._current.add(page.first)
        self._window, gone = self._window.with_behind(page).trimmed(cursor.index, KEPT)
        return Step(shift=-gone)

    async def _read_ahead(self, client: EngineClient, cursor: Cursor) -> Step:
        before = self._window.before
        page = await self._page(client, replace(self.part(), before=before))
        if page is None or self._window.before != before:
            return Step()
        self._current.add(page.first)
        came = len(page.rows)
        self._window, gone = self._window.with_ahead(page).trimmed(cursor.index + came, KEPT)
        return Step(shift=came - gone)

    async def _read_again(self, client: EngineClient, cursor: Cursor, height: int) -> None:
        """The rows in view, in their present state. None changes its place; those that have gone are marked."""
        for known in self._window.pages_within(cursor.top, cursor.top + height):
            now = self._now
            if known.first in self._current:
                continue
            if not await self._read_page_again(client, known):
                return
            if now == self._now:
                self._current.add(known.first)

    async def _read_page_again(self, client: EngineClient, known: Page[RowT]) -> bool:
        """The rows of a page, among which others may have come; False when something else is wanted by now, or these
        are known to be older than what is here.
        """
        keys: list[object] = [key_of(row) for row in known.rows]
        found: dict[object, RowT] = {}
        part, outdated = replace(self.part(), start_at=known.first), self._outdated
        for _ in range(AGAIN):
            page, _ = await self.source.read(client, part, faults=self.wish.faults)
            if self._asked is not None or self._outdated != outdated:
                return False
            found |= {key_of(row): row for row in page.rows}
            if keys[-1] in found or page.after is None:
                break
            part = replace(part, start_at=None, after=page.after)
        # Where so many have come in between that the page's end was not reached, what lies behind is not known.
        seen = max((index for index, key in enumerate(keys, 1) if key in found), default=0)
        reached = len(keys) if page.after is None else seen
        gone = {key for key in keys[:reached] if key not in found}
        self._stale = (self._stale - set(keys)) | gone
        self._window = self._window.refreshed(found, key_of)
        is_last = bool(self._window.pages) and self._window.pages[-1].last == known.last
        ends_there = page.after is None and (not page.rows or key_of(page.rows[-1]) == keys[-1])
        if is_last and self._window.after is None and not ends_there:
            self._window = self._window.going_on()
        return True

    async def _count_on(self, client: EngineClient) -> None:
        """Count some more of the matching rows."""
        wish, count = self.wish, self._count
        part = replace(self._plain_part(), after=count.after)
        found = await self.source.count(client, part, COUNTED, faults=wish.faults)
        if wish == self.wish:
            rows = count.rows + found.rows
            capped = found.capped or rows > COUNTED
            self._count = _Count(min(rows, COUNTED), capped, None if capped else found.next_after, begun=True)

    async def _count_fresh(self, client: EngineClient) -> None:
        """Count what has come before the row that was first when the list was read."""
        wish, now = self.wish, self._now
        if self._head is None:
            self._head = await self._first_of_all(client) or ""
        if not self._head:
            self._fresh_at = now  # there is nothing at all, and nothing before that
            return
        part = replace(self._plain_part(), before=self._head)
        found = await self.source.count(client, part, 1000, faults=wish.faults)
        if wish == self.wish:
            self._fresh, self._fresh_at = found.rows, now

    async def _page(self, client: EngineClient, part: ListPart) -> Page[RowT] | None:
        """A page; None when something else is wanted by the time it comes."""
        wish, asked = self.wish, self._asked
        page, looked_at = await self.source.read(client, part, faults=wish.faults)
        if (wish, asked) != (self.wish, self._asked):
            return None
        self._searching = looked_at is not None
        self._looked_at += looked_at or 0
        return page

    def part(self) -> ListPart:
        """The wish as the engine takes it."""
        part, wish = self._plain_part(), self.wish
        if not wish.sort:
            return part
        return replace(part, sort=wish.sort, descending=wish.descending)  # type: ignore[arg-type] # the view's columns

    def _plain_part(self) -> ListPart:
        """The wish in the list's own order, which is what is counted in."""
        from magflow_tui.client.list_part import ListPart

        where = as_row_filter(list_filter(self.wish.filter, frozenset(self.source.fields)))
        return ListPart(account=self.wish.account, where=where, limit=PAGE)

    # what is shown

    @property
    def shown(self) -> RowsShown[RowT]:
        """The list as it is to be drawn; the same object as long as nothing about it has changed."""
        if self._cache is None:
            window, count = self._window, self._count
            total, more_than = window.total, False
            if total is None and count.begun:
                total, more_than = count.rows, count.capped or count.after is not None
            self._cache = RowsShown(
                rows=window.rows,
                position=window.position,
                more_before=window.before is not None,
                more_behind=window.after is not None,
                total=total,
                more_than=more_than,
                loading=self._asked or (self._loading if self._loading in ("behind", "ahead") else None),
                looked_at=self._looked_at if self._searching and self._asked is None else None,
                error=self._error,
                fresh=self._fresh,
                stale=self._stale,
            )
        return self._cache

    def keys(self) -> list[object]:
        """Keys of the rows that are here, in their order."""
        return [key_of(row) for row in self._window.rows]
