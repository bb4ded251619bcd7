"""A window on a list of any length: the run of its rows around the cursor, in pages, of which the far ones are let go.

Pure values. What it costs depends on the rows it holds, never on those the list has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A page as it was read. `first` and `last` are the marks of its ends; `before` and `after` those of the pages
    ahead of it and behind it, None where the list begins and ends. `total` is how many rows the list has, if known.
    """

    rows: tuple[Row, ...] = ()
    first: str | None = None
    last: str | None = None
    before: str | None = None
    after: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Window(Generic[Row]):
    """Pages in a row. `before` and `after` are the marks to read on with, None where the list begins and ends.

    `position` counts the rows of the list before the first one here, None where nobody knows.
    """

    pages: tuple[Page[Row], ...] = ()
    rows: tuple[Row, ...] = ()
    before: str | None = None
    after: str | None = None
    position: int | None = 0
    total: int | None = None

    def with_behind(self, page: Page[Row]) -> Window[Row]:
        """One page further down. A page without rows tells only where to read on."""
        pages = (*self.pages, page) if page.rows else self.pages
        return replace(
            self, pages=pages, rows=(*self.rows, *page.rows), after=page.after, total=_newer(page.total, self.total)
        )._settled()

    def with_ahead(self, page: Page[Row]) -> Window[Row]:
        """One page further up: what was the first row is now `len(page.rows)` rows further down."""
        pages = (page, *self.pages) if page.rows else self.pages
        position = None if self.position is None else self.position - len(page.rows)
        return replace(
            self,
            pages=pages,
            rows=(*page.rows, *self.rows),
            before=page.before,
            # Rows that came in meanwhile would make it less than none.
            position=position if position is None or position > 0 else None,
            total=_newer(page.total, self.total),
        )._settled()

    def trimmed(self, index: int, keep: int) -> tuple[Window[Row], int]:
        """Without the pages that are farthest from a row, so that about `keep` rows stay; and how many went above it.

        The page of that row and its neighbours on either side always stay.
        """
        window, gone = self, 0
        while len(window.pages) > 3 and len(window.rows) > keep:
            head, tail = len(window.pages[0].rows), len(window.pages[-1].rows)
            above, below = index - gone, len(window.rows) - (index - gone)
            if above - head >= below - tail:
                if above < head + len(window.pages[1].rows):
                    break
                window = window._without_first()
                gone += head
            else:
                if below <= tail + len(window.pages[-2].rows):
                    break
                window = window._without_last()
        return window, gone

    def refreshed(self, rows: Mapping[object, Row], key: Callable[[Row], object]) -> Window[Row]:
        """The same rows in the same order, those of `rows` in their newer state."""
        if not any(key(row) in rows and rows[key(row)] != row for row in self.rows):
            return self
        pages = tuple(replace(page, rows=tuple(rows.get(key(row), row) for row in page.rows)) for page in self.pages)
        return replace(self, pages=pages, rows=tuple(row for page in pages for row in page.rows))

    def pushed_down(self, rows: int, total: int | None) -> Window[Row]:
        """The same rows in a list that has got so many more before them."""
        position = None if self.position is None else self.position + rows
        before = self.before if self.before is not None or not rows or not self.pages else self.pages[0].first
        return replace(self, position=position, before=before, total=_newer(total, self.total))

    def going_on(self) -> Window[Row]:
        """The same rows in a list that turned out to have more behind them."""
        return replace(self, after=self.pages[-1].last) if self.pages else self

    def pages_within(self, begin: int, end: int) -> list[Page[Row]]:
        """The pages that have rows from index `begin` up to `end`, without it."""
        found, start = [], 0
        for page in self.pages:
            if start < end and start + len(page.rows) > begin:
                found.append(page)
            start += len(page.rows)
        return found

    def _without_first(self) -> Window[Row]:
        gone, *kept = self.pages
        return replace(
            self,
            pages=tuple(kept),
            rows=self.rows[len(gone.rows) :],
            before=kept[0].first,
            position=None if self.position is None else self.position + len(gone.rows),
        )

    def _without_last(self) -> Window[Row]:
        *kept, gone = self.pages
        return replace(self, pages=tuple(kept), rows=self.rows[: len(self.rows) - len(gone.rows)], after=kept[-1].last)

    def _settled(self) -> Window[Row]:
        """With what the ends of the list tell: nothing stands before its beginning, nothing behind its end."""
        position, total = self.position, self.total
        if self.before is None:
            position = 0
        if self.after is None:
            if position is not None:
                total = position + len(self.rows)
            elif total is not None:
                position = max(1, total - len(self.rows))
        return replace(self, position=position, total=total)


def window_of(page: Page[Row], *, from_end: bool = False) -> Window[Row]:
    """A window on one page, read from the beginning of the list or from its end."""
    empty: Window[Row] = Window(position=None, total=page.total)
    pages = (page,) if page.rows else ()
    window = replace(empty, pages=pages, rows=page.rows, before=page.before, after=page.after)
    if from_end and page.before is not None:
        known = page.total is not None and page.total > len(page.rows)
        position = (page.total or 0) - len(page.rows) if known else None
        return replace(window, position=position)
    return window._settled()


def _newer(fresh: int | None, known: int | None) -> int | None:
    return known if fresh is None else fresh
