"""Walking pages: in order, ahead, to the end, and nothing left behind."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from magflow_tui.marketplace.errors import AuthenticationError, IpRefusedError, ServerError
from magflow_tui.marketplace.paging import FailedPage, Page, walk
from magflow_tui.marketplace.schema import Item, Order

SIZE = 2


class Book:
    """Pages of `total` items. `asked` are the page numbers requested, `most` how many were under way at once."""

    def __init__(self, total: int, *, failing: dict[int, Exception] | None = None) -> None:
        self.total = total
        self.failing = failing or {}
        self.asked: list[int] = []
        self.under_way = 0
        self.most = 0
        self.cancelled = 0
        self.opened = asyncio.Event()

    async def read(self, number: int) -> Page[Order]:
        self.asked.append(number)
        self.opened.set()
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(3 + (7 * number) % 5):  # pages come back out of order
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1
        if number in self.failing:
            raise self.failing[number]
        ids = range((number - 1) * SIZE, min(number * SIZE, self.total))
        return Page(number, SIZE, [str(i).encode() for i in ids], lambda raw: Item(raw, None))


async def numbers(book: Book, **options: int) -> list[int]:
    return [page.number async for page in walk(book.read, **options)]


async def test_pages_come_in_order_and_every_item_once() -> None:
    book = Book(41)
    seen = [item.raw async for page in walk(book.read) if isinstance(page, Page) for item in page.items]
    assert seen == [str(i).encode() for i in range(41)]


async def test_a_walk_of_one_short_page_costs_one_request() -> None:
    book = Book(1)
    assert await numbers(book) == [1]
    assert book.asked == [1]


async def test_a_full_last_page_is_followed_by_an_empty_one() -> None:
    book = Book(2 * SIZE)
    pages = [page async for page in walk(book.read)]
    assert [len(page.items) for page in pages if isinstance(page, Page)] == [SIZE, SIZE, 0]


async def test_running_ahead_begins_small_and_stays_within_bounds() -> None:
    book = Book(200)
    await numbers(book, ahead=8)
    assert book.most == 8
    short = Book(3)
    await numbers(short, ahead=8)
    assert len(short.asked) <= 3


async def test_a_known_last_page_is_not_passed_and_short_pages_before_it_do_not_end_the_walk() -> None:
    book = Book(3)
    assert await numbers(book, first=2, last=5, ahead=3) == [2, 3, 4, 5]
    assert sorted(book.asked) == [2, 3, 4, 5]
    assert book.most == 3


async def test_a_page_that_fails_is_handed_over_in_its_place_and_the_walk_goes_on() -> None:
    error = ServerError("502")
    pages = [page async for page in walk(Book(9, failing={2: error}).read)]
    assert pages[1] == FailedPage(2, error)
    assert [page.number for page in pages] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("error", [AuthenticationError("x"), IpRefusedError("x"), ValueError("a bug")])
async def test_refused_credentials_and_bugs_are_raised_and_leave_no_task(error: Exception) -> None:
    book = Book(100, failing={4: error})
    with pytest.raises(type(error)):
        await numbers(book, last=50, ahead=8)
    assert book.under_way == 0
    assert len(asyncio.all_tasks()) == 1


async def test_leaving_early_cancels_what_is_under_way_and_waits_for_it() -> None:
    book = Book(100)
    async with aclosing(walk(book.read, last=50, ahead=8)) as pages:
        async for page in pages:
            if page.number == 2:
                break
    assert book.under_way == 0
    assert book.cancelled > 0
    assert len(asyncio.all_tasks()) == 1


async def test_a_cancelled_walker_leaves_no_task() -> None:
    book = Book(100)
    walking = asyncio.create_task(numbers(book, last=50))
    await book.opened.wait()
    walking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walking
    assert len(asyncio.all_tasks()) == 1


async def test_nonsense_is_refused() -> None:
    for options in ({"first": 0}, {"ahead": 0}):
        with pytest.raises(ValueError, match="from 1"):
            await numbers(Book(1), **options)
