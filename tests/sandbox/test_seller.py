"""The world lives by itself and keeps its sums while it does."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from magflow_tui.sandbox import Limits, Living, SandboxAccount
from magflow_tui.sandbox.damage import KINDS, READABLE, UNREADABLE, damaged
from magflow_tui.sandbox.lifecycle import payable
from magflow_tui.sandbox.seller import Seller

BEGAN = 1_790_000_000


@pytest.fixture
def seller() -> Seller:
    return Seller(SandboxAccount(name="main", orders=600, days=60), seed=9, began=BEGAN, limits=Limits())


def bodies(seller: Seller) -> list[dict]:
    return [orjson.loads(seller.orders.payload(index)) for index in range(len(seller.orders))]


def test_as_many_orders_arrive_and_change_as_the_pace_says(seller: Seller):
    for minute in range(1, 31):
        seller.live(BEGAN + 60.0 * minute, Living(new_orders=2.5, changes=10))
    assert len(seller.orders) == 675
    since = seller.time.text(BEGAN)
    assert sum(1 for body in bodies(seller) if body["modified"] > since) > 150


def test_the_pace_does_not_depend_on_how_often_anyone_looks():
    often, seldom = (
        Seller(SandboxAccount(name="main", orders=50), seed=9, began=BEGAN, limits=Limits()) for _ in range(2)
    )
    for second in range(1, 601):
        often.live(BEGAN + second, Living(new_orders=3))
    seldom.live(BEGAN + 600.0, Living(new_orders=3))
    assert len(often.orders) in (79, 80)
    assert len(seldom.orders) == 80


def test_nothing_happens_without_a_pace_or_without_time(seller: Seller):
    before = bodies(seller)
    seller.live(BEGAN + 3_600.0, Living())
    seller.live(BEGAN + 3_600.0, Living(new_orders=1_000, changes=1_000))
    assert bodies(seller) == before


def test_orders_that_lived_long_still_add_up(seller: Seller):
    for hour in range(1, 15):
        seller.live(BEGAN + 3_600.0 * hour, Living(new_orders=1, changes=10))
    stornos = 0
    for body in bodies(seller):
        if body["payment_status"] and body["payment_mode_id"] in (1, 3):
            cashed = body["cashed_co"] if body["payment_mode_id"] == 3 else body["cashed_cod"]
            assert Decimal(str(cashed)) == Decimal(payable(body)) / 100
        for line in body["products"]:
            assert line["quantity"] == line["initial_qty"] - line["storno_qty"] >= 0
        stornos += bool(body.get("is_storno"))
        assert body["created"] < body["modified"] <= seller.time.text(BEGAN + 14 * 3_600)
    assert stornos > 0


def test_changing_touches_exactly_as_many_orders_as_asked(seller: Seller):
    before = [seller.orders.payload(index) for index in range(600)]
    changed = seller.change(150, BEGAN + 10)
    assert len(set(changed)) == 150
    after = [seller.orders.payload(index) for index in range(600)]
    assert sum(1 for a, b in zip(before, after, strict=True) if a != b) == 150


def test_changing_is_the_same_for_the_same_seed(seller: Seller):
    twin = Seller(seller.account, seed=9, began=BEGAN, limits=Limits())
    for each in (seller, twin):
        each.live(BEGAN + 600.0, Living(new_orders=6, changes=60, broken=0.3))
        each.change(20, BEGAN + 700)
    assert [seller.orders.truth(i) for i in range(len(seller.orders))] == [
        twin.orders.truth(i) for i in range(len(twin.orders))
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_damage_changes_the_order_and_is_valid_json(seller: Seller, kind: str):
    sound = seller.orders.sound(5)
    broken = damaged(kind, sound)
    assert broken != sound
    order = orjson.loads(broken)
    if kind in READABLE:
        assert order["id"] == orjson.loads(sound)["id"]
    else:
        assert kind in UNREADABLE
        assert not isinstance(order, dict) or not isinstance(order.get("id"), int) or order["id"] < 0


def test_a_share_of_broken_orders_is_broken_from_the_start():
    account = SandboxAccount(name="main", orders=4_000, broken=0.05)
    seller = Seller(account, seed=9, began=BEGAN, limits=Limits())
    kinds = [seller.orders.damage(index) for index in range(4_000)]
    assert 120 < sum(1 for kind in kinds if kind) < 280
    assert len(set(kinds)) > 30
