"""Windows begun ahead: what is handed out, what is asked for again, how much is under way."""

from __future__ import annotations

import asyncio

import pytest

from magflow_tui.marketplace.client import CallContext
from magflow_tui.marketplace.errors import NetworkError
from magflow_tui.marketplace.paging import Page
from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.sandbox import Latency, SandboxAccount
from magflow_tui.sync.lookahead import Lookahead
from magflow_tui.sync.sources import OrderSource
from magflow_tui.sync.windows import Window

SIZE = 10
WINDOWS = [Window("created", 3, first, first + 99) for first in (300, 200, 100)]


class Shelf(OrderSource):
    """Windows of a given number of items; notes what it is asked for, and fails when told to."""

    def __init__(self, sizes: dict[Window, int]) -> None:
        super().__init__(None, "Europe/Bucharest", CallContext(), SIZE)  # type: ignore[arg-type]
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "asked", [])
        object.__setattr__(self, "failing", set())

    async def read(self, window: Window, page: int) -> Page[Order]:
        self.asked.append((window.first, page))
        await asyncio.sleep(0)
        if (window, page) in self.failing:
            raise NetworkError("reset")
        left = min(SIZE, self.sizes[window] - SIZE * (page - 1))
        return Page(page, SIZE, [b"{}"] * left, lambda raw: Item(raw, None))

    async def count(self, window: Window) -> int:
        self.asked.append((window.first, "count"))
        return self.sizes[window]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_each_answer_is_handed_out_once() -> None:
    shelf = Shelf(dict(zip(WINDOWS, (15, 3, 0), strict=True)))
    ahead = Lookahead(shelf)
    ahead.begin(WINDOWS)
    await settle()
    assert sorted(shelf.asked, key=str) == [(100, 1), (200, 1), (300, "count"), (300, 1)]
    assert len((await ahead.read(WINDOWS[0], 1)).slices) == 10
    assert await ahead.count(WINDOWS[0]) == 15
    assert len(shelf.asked) == 4
    await ahead.read(WINDOWS[0], 1)
    assert await ahead.count(WINDOWS[0]) == 15
    assert len(shelf.asked) == 6
    await ahead.close()


async def test_further_pages_are_begun_as_far_as_there_is_room() -> None:
    shelf = Shelf({WINDOWS[0]: 45, WINDOWS[1]: 25})
    ahead = Lookahead(shelf)
    ahead.begin(WINDOWS[:2])
    ahead.make_room(5)
    await settle()
    further = [(first, page) for first, page in shelf.asked if page not in (1, "count")]
    assert further == [(300, 2), (300, 3), (300, 4), (300, 5), (200, 2)]
    await ahead.read(WINDOWS[0], 2)
    ahead.make_room(5)
    await settle()
    assert shelf.asked[-1] == (200, 3)
    await ahead.close()


async def test_what_failed_is_asked_for_again() -> None:
    shelf = Shelf({WINDOWS[0]: 5})
    shelf.failing.add((WINDOWS[0], 1))
    ahead = Lookahead(shelf)
    ahead.begin(WINDOWS[:1])
    await settle()
    shelf.failing.clear()
    assert len((await ahead.read(WINDOWS[0], 1)).slices) == 5
    assert await ahead.count(WINDOWS[0]) == 5
    await ahead.close()


async def test_windows_that_are_wanted_no_more_are_given_up() -> None:
    shelf = Shelf(dict(zip(WINDOWS, (15, 3, 0), strict=True)))
    ahead = Lookahead(shelf)
    ahead.begin(WINDOWS)
    ahead.begin(WINDOWS[2:])
    await settle()
    assert [first for first, _ in shelf.asked] == [100]
    await ahead.close()


@pytest.mark.slow
async def test_slow_answers_do_not_leave_the_rate_unused(rigs) -> None:
    """Requests are under way side by side all the time; one after the other there would be one at most."""
    account = SandboxAccount(name="main", username="u", password="p", orders=4_000, days=500, fbe=0.0)
    rig = await rigs(account, latency=Latency(mean=0.25))
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    run = await rig.runner.wait(started.run.run_id)
    assert run.result == "completed"
    under_way = sum(request.elapsed_ms for request in rig.requests) / 1000 / run.seconds
    assert under_way > 2
