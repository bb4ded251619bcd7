"""Walking a paged read: pages in order, the next ones fetched while this one is worked on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from magflow_tui.marketplace.errors import AuthenticationError, EmagApiError
from magflow_tui.marketplace.schema import Item, Payload

T = TypeVar("T", bound=Payload)
T_co = TypeVar("T_co", bound=Payload, covariant=True)

#: Items read between two turns of the event loop.
_ITEMS_AT_ONCE: Final = 20
#: The largest `currentPage` the marketplace takes.
LAST_PAGE: Final = 65535


class Page(Generic[T_co]):
    """One page of a read. `number` counts from 1; `slices` are its items' bytes, in the marketplace's order.

    Items are read into the schema when they are first asked for, not when the page arrives: a page that waits for its
    turn is small, and one that is read is still in the processor's cache when it is worked on.
    """

    def __init__(
        self, number: int, page_size: int, slices: Sequence[bytes], read: Callable[[bytes], Item[T_co]]
    ) -> None:
        self.number = number
        self.page_size = page_size
        self.slices = slices
        self._read = read
        self._items: list[Item[T_co]] = []

    @property
    def items(self) -> Sequence[Item[T_co]]:
        """The page's items; reading a hundred orders takes some milliseconds, once."""
        self._items += map(self._read, self.slices[len(self._items) :])
        return self._items

    async def load(self) -> None:
        """Read the items a few at a time, so that the event loop is never held for more than a millisecond or two."""
        while len(self._items) < len(self.slices):
            begin = len(self._items)
            self._items += map(self._read, self.slices[begin : begin + _ITEMS_AT_ONCE])
            await asyncio.sleep(0)

    @property
    def is_last(self) -> bool:
        """Shorter than it could be: nothing comes behind it."""
        return len(self.slices) < self.page_size


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be read, retries included, and why. `earlier` are requests of tries before that one."""

    number: int
    error: EmagApiError
    earlier: int = 0

    @property
    def attempts(self) -> int:
        """The requests that were made for the page, all in vain."""
        return self.earlier + self.error.attempts


ReadPage: TypeAlias = Callable[[int], Awaitable[Page[T]]]


async def walk(
    read: ReadPage[T], *, first: int = 1, last: int | None = None, ahead: int = 8
) -> AsyncGenerator[Page[T] | FailedPage, None]:
    """Read pages `first` … `last` and yield them in order, at most `ahead` of them under way at once.

    Without `last` it ends with a page that is short or empty. How far it runs ahead then doubles with every full
    page, beginning with one, so a walk of one page costs one request. A page that fails is yielded as FailedPage and
    the walk goes on; whoever walks without `last` decides when failures are too many. AuthenticationError (wrong
    credentials, refused address) is raised, and so is anything that is not an EmagApiError.

    Close it (`contextlib.aclosing`) when leaving early: fetches under way are cancelled and awaited.
    """
    if first < 1 or ahead < 1:
        raise ValueError("pages count from 1, and at least one is read at a time")
    end = LAST_PAGE if last is None else min(last, LAST_PAGE)
    reach = 1 if last is None else ahead
    next_number = first
    under_way: deque[tuple[int, asyncio.Task[Page[T]]]] = deque()
    loading: asyncio.Task[Page[T]] | None = None
    try:
        while True:
            while next_number <= end and len(under_way) < reach:
                under_way.append((next_number, asyncio.ensure_future(_as_coroutine(read, next_number))))
                next_number += 1
            if not under_way:
                return
            number, task = under_way[0]
            try:
                page = await (loading or _loaded(task))
            except AuthenticationError:
                raise
            except EmagApiError as error:
                under_way.popleft()
                loading = None
                yield FailedPage(number, error)
                continue
            under_way.popleft()
            # The next page is read while whoever walks works on this one, of which much is waiting for the disk.
            loading = asyncio.ensure_future(_loaded(under_way[0][1])) if under_way else None
            yield page
            if last is None and page.is_last:
                return
            reach = min(reach * 2, ahead)
    finally:
        await _cancel([task for _, task in under_way] + ([] if loading is None else [loading]))


async def _loaded(task: asyncio.Task[Page[T]]) -> Page[T]:
    page = await task
    await page.load()
    return page


async def _as_coroutine(read: ReadPage[T], number: int) -> Page[T]:
    return await read(number)


async def _cancel(tasks: list[asyncio.Task[Page[T]]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
