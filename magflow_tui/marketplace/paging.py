"""Walking a paged read: pages in order, the next ones fetched while this one is worked on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from magflow_tui.marketplace.errors import AuthenticationError, EmagApiError
from magflow_tui.marketplace.schema import Item, Payload

T = TypeVar("T", bound=Payload)
T_co = TypeVar("T_co", bound=Payload, covariant=True)

#: The largest `currentPage` the marketplace takes.
LAST_PAGE: Final = 65535


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """One page of a read. `number` counts from 1; `items` are in the marketplace's order."""

    number: int
    page_size: int
    items: tuple[Item[T_co], ...]

    @property
    def is_last(self) -> bool:
        """Shorter than it could be: nothing comes behind it."""
        return len(self.items) < self.page_size


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be read, retries included, and why."""

    number: int
    error: EmagApiError


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
    try:
        while True:
            while next_number <= end and len(under_way) < reach:
                under_way.append((next_number, asyncio.ensure_future(_as_coroutine(read, next_number))))
                next_number += 1
            if not under_way:
                return
            number, task = under_way[0]
            try:
                page = await task
            except AuthenticationError:
                raise
            except EmagApiError as error:
                under_way.popleft()
                yield FailedPage(number, error)
                continue
            under_way.popleft()
            yield page
            if last is None and page.is_last:
                return
            reach = min(reach * 2, ahead)
    finally:
        await _cancel([task for _, task in under_way])


async def _as_coroutine(read: ReadPage[T], number: int) -> Page[T]:
    return await read(number)


async def _cancel(tasks: list[asyncio.Task[Page[T]]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
