"""Pages that shift while they are read: the world changes behind every answer."""

from __future__ import annotations

import random

import pytest

from magflow_tui.sandbox import SandboxAccount

BUSY = SandboxAccount(name="main", username="u", password="p", orders=700, days=30, fbe=0.1)


class Mischief:
    """Changes and adds orders right after answers, a given number of times."""

    def __init__(self, seed: int, times: int) -> None:
        self.rng = random.Random(seed)
        self.left = times
        self.rig = None

    def __call__(self, record: object) -> None:
        if self.rig is not None and self.left > 0 and self.rng.random() < 0.7:
            self.left -= 1
            self.rig.clock.seconds += self.rng.choice([0, 0, 1, 2, 30])
            self.rig.sandbox.control.change_orders(self.rng.randrange(1, 12))
            self.rig.sandbox.control.add_orders(self.rng.randrange(0, 4))


@pytest.mark.parametrize("seed", range(3))
async def test_a_full_sync_of_a_world_that_never_stands_still_misses_nothing(rigs, seed):
    mischief = Mischief(seed, times=60)
    rig = mischief.rig = await rigs(BUSY, on_request=mischief)
    there = set(rig.truth())
    run = await rig.sync(full=True)
    assert (run.result, run.reason) == ("completed", None)
    assert there <= set(rig.stored())
    mischief.left = 0
    assert (await rig.sync()).result == "completed"
    assert rig.stored() == rig.truth()


@pytest.mark.parametrize("seed", range(4))
async def test_incremental_syncs_of_a_world_that_never_stands_still_miss_nothing(rigs, seed):
    mischief = Mischief(seed, times=0)
    rig = mischief.rig = await rigs(BUSY, on_request=mischief)
    await rig.sync(full=True)
    for _ in range(3):
        rig.clock.seconds += 300
        rig.sandbox.control.change_orders(250)
        mischief.left = 25
        run = await rig.sync()
        assert (run.result, run.reason) == ("completed", None)
    mischief.left = 0
    assert (await rig.sync()).result == "completed"
    assert rig.stored() == rig.truth()


async def test_offers_that_change_while_they_are_read_are_all_there(rigs):
    rig = await rigs(SandboxAccount(name="main", username="u", password="p", orders=1, offers=450))
    run = await rig.sync("offers")
    assert (run.kind, run.result, run.created) == ("full", "completed", 450)
    rig.sandbox.app.world.sellers["main"].offers.set_stock(3, 0)
    again = await rig.sync("offers")
    assert (again.updated, again.unchanged) == (1, 449)
    assert rig.stored("offers") == rig.truth("offers")


async def test_what_leaves_a_window_behind_our_back_takes_nothing_with_it(rigs):
    """An order that changes again leaves its window of changes; the others move up, and one slips past a page's end."""
    left = 0

    def change_one_of_the_first_page_again(record) -> None:
        nonlocal left
        if left == 0 and rig.clock.seconds > later and record.route == "order/read" and record.page == 1:
            left += 1
            rig.clock.seconds += 1
            book = rig.sandbox.app.world.sellers["main"].orders
            window = [one for one in range(len(book)) if (order := book.truth(one)).type == 3 and order.id in changed]
            newest = window[-1]
            book.change(newest, int(rig.clock.seconds), lambda body: body.update(observation="again"))

    later = rigs.clock.seconds + 39 * 86_400
    rig = await rigs(BUSY, policy=rigs.quick(ahead=1), on_request=change_one_of_the_first_page_again)
    await rig.sync(full=True)
    rig.clock.seconds += 10 * 86_400
    changed = set(rig.sandbox.control.change_orders(450)["main"])
    rig.clock.seconds += 30 * 86_400
    run = await rig.sync()
    assert (run.kind, run.result, left) == ("incremental", "completed", 1)
    assert rig.stored() == rig.truth()
