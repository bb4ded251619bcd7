"""Every pair of statuses, just inside and outside of 48 h, for both kinds of order: what we say and what is so."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Bench

STATUSES = (0, 1, 2, 3, 4, 5)
PAIRS = tuple(product(STATUSES, repeat=2))
ALWAYS = {(2, 2), (2, 3), (2, 4), (2, 0), (3, 3), (3, 4), (3, 0), (4, 4), (4, 5), (0, 0)}
WITHIN_48_H = {(4, 3), (4, 0), (0, 2), (0, 3), (0, 4)}
INSIDE = timedelta(hours=48) - timedelta(seconds=1)
AT_THE_END = timedelta(hours=48)
OUTSIDE = timedelta(hours=48, seconds=1)


@pytest.mark.parametrize("age", [INSIDE, AT_THE_END, OUTSIDE], ids=["inside", "at the end", "outside"])
async def test_the_36_pairs_for_orders_of_the_seller(bench: Bench, age: timedelta) -> None:
    wanted = {pair: bench.bring(pair[0], age=age) for pair in PAIRS}
    await bench.put(*wanted.values())
    allowed = ALWAYS | (WITHIN_48_H if age < AT_THE_END else set())
    for target in STATUSES:
        pairs = {pair: order_id for pair, order_id in wanted.items() if pair[1] == target}
        refused = {order_id for pair, order_id in pairs.items() if pair not in allowed}
        preview = await bench.request("status", *pairs.values(), to=target, reason=24, dry_run=True)
        assert {row.order_id for row in preview.rows if row.state == "refused"} == refused
        before = bench.served()
        alone = await bench.act("status", *refused, to=target, reason=24)
        assert bench.served() == before, "a request went out for a refused order"
        assert {row.state for row in alone.rows} <= {"refused"}
        batch = await bench.act("status", *pairs.values(), to=target, reason=24)
        for row in batch.rows:
            pair = next(pair for pair, order_id in pairs.items() if order_id == row.order_id)
            assert row.state == ("refused" if row.order_id in refused else "done"), (pair, row.message)
            assert bench.status(row.order_id) == (pair[0] if row.order_id in refused else target)
            assert bool(row.message)
            assert bool(row.message_ro)
    assert bench.applied("incomplete") == {}


@pytest.mark.parametrize("age", [INSIDE, OUTSIDE], ids=["inside", "outside"])
async def test_the_36_pairs_for_orders_fulfilled_by_emag(bench: Bench, age: timedelta) -> None:
    wanted = {pair: bench.bring(pair[0], order_type=2, age=age) for pair in PAIRS}
    await bench.put(*wanted.values())
    for target in STATUSES:
        pairs = {pair: order_id for pair, order_id in wanted.items() if pair[1] == target}
        batch = await bench.act("status", *pairs.values(), to=target, reason=24)
        assert (batch.refused, batch.orders) == (6, 6)
        assert batch.refusals[0][2] == 6
        assert "FBE" in batch.refusals[0][0]
    for kind, more in (("acknowledge", {}), ("cancel", {"reason": 24})):
        batch = await bench.act(kind, *wanted.values(), **more)
        assert batch.refused == batch.orders == 36
    assert bench.served() == 0
    assert {pair: bench.status(order_id) for pair, order_id in wanted.items()} == {pair: pair[0] for pair in PAIRS}


@pytest.mark.parametrize("status", STATUSES)
async def test_only_new_orders_are_acknowledged(bench: Bench, status: int) -> None:
    order_id = bench.bring(status)
    await bench.put(order_id)
    row = await bench.row("acknowledge", order_id)
    assert row.state == ("done" if status == 1 else "refused")
    assert bench.served() == (1 if status == 1 else 0)
    assert bench.status(order_id) == (2 if status == 1 else status)
