"""Windows that come next are begun while one is being read, so that slow answers do not leave the rate unused.

Only windows that hold still are read ahead. It does not matter when they are read; and what changes in an order after
that is found by reading changes from the run's first page on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from magflow_tui.marketplace.errors import EmagApiError
from magflow_tui.marketplace.paging import Page
from magflow_tui.marketplace.schema import Payload
from magflow_tui.sync.sources import ResourceSource
from magflow_tui.sync.windows import Window

R = TypeVar("R")
T = TypeVar("T", bound=Payload)


@dataclass(slots=True)
class _Begun(Generic[T]):
    """What is under way of a window. `next_page` is the first page that is not."""

    pages: dict[int, asyncio.Task[Page[T]]] = field(default_factory=dict)
    count: asyncio.Task[int] | None = None
    next_page: int = 1


class Lookahead(Generic[T]):
    """Reads and counts as its source does, and hands out what it has begun already.

    Each answer is handed out once: whoever asks again asks the marketplace. So does whoever asks for one that failed,
    since what made it fail may be over. End with `close`.
    """

    def __init__(self, source: ResourceSource[T]) -> None:
        self._source = source
        self._begun: dict[Window, _Begun[T]] = {}
        self._room = 0
        self._closed = False

    def begin(self, windows: Iterable[Window]) -> None:
        """Read the first page of each of these windows, and count those that have more; forget all other windows."""
        wanted = dict.fromkeys(windows)
        for window in self._begun.keys() - wanted.keys():
            _cancel(self._begun.pop(window))
        self._begun = {window: self._begun.get(window) or _Begun() for window in wanted}
        self._fill()

    def make_room(self, pages: int) -> None:
        """Let so many pages, besides the first of each window, be under way or waiting to be asked for."""
        self._room = pages
        self._fill()

    async def read(self, window: Window, page: int) -> Page[T]:
        """One page of a window. Raises EmagApiError as the source does."""
        begun = self._begun.get(window)
        task = None if begun is None else begun.pages.pop(page, None)
        earlier = 0
        if task is not None:
            try:
                return await task
            except EmagApiError as error:
                earlier = error.attempts
        try:
            return await self._source.read(window, page)
        except EmagApiError as error:
            error.attempts += earlier
            raise

    async def count(self, window: Window) -> int:
        """How many items a window has. Raises EmagApiError as the source does."""
        begun = self._begun.get(window)
        if begun is not None and begun.count is not None:
            task, begun.count = begun.count, None
            with contextlib.suppress(EmagApiError):
                return await task
        return await self._source.count(window)

    async def close(self) -> None:
        """Cancel what is under way."""
        self._closed = True
        tasks = [task for begun in self._begun.values() for task in _cancel(begun)]
        self._begun.clear()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _fill(self) -> None:
        if self._closed:
            return
        waiting = sum(number > 1 for begun in self._begun.values() for number in begun.pages)
        for window, begun in self._begun.items():
            if begun.next_page == 1:
                begun.pages[1] = first = self._task(self._source.read(window, 1))
                begun.count = self._task(self._count_behind(window, first))
                begun.next_page = 2
            elif begun.count is not None and _succeeded(begun.count):
                last = -(-begun.count.result() // self._source.page_size)
                while waiting < self._room and begun.next_page <= last:
                    begun.pages[begun.next_page] = self._task(self._source.read(window, begun.next_page))
                    begun.next_page += 1
                    waiting += 1

    async def _count_behind(self, window: Window, first: asyncio.Task[Page[T]]) -> int:
        page = await asyncio.shield(first)
        return len(page.slices) if page.is_last else await self._source.count(window)

    def _task(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._note_end)
        return task

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and task.exception() is None:  # a failure that nobody asks for is no news
            self._fill()


def _succeeded(task: asyncio.Task[int]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _cancel(begun: _Begun[T]) -> list[asyncio.Task[Any]]:
    tasks: list[asyncio.Task[Any]] = [*begun.pages.values(), *([begun.count] if begun.count is not None else [])]
    for task in tasks:
        task.cancel()
    return tasks
