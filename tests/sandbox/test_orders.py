"""A million orders are as quick to ask as a thousand."""

from __future__ import annotations

import time

from magflow_tui.sandbox.config import Limits, SandboxAccount
from magflow_tui.sandbox.orders import OrderQuery, Walls
from magflow_tui.sandbox.seller import Seller

BEGAN = 1_790_000_000
DAY = 86_400


def test_a_world_of_a_million_orders_opens_and_answers_at_once():
    started = time.process_time()
    seller = Seller(SandboxAccount(name="main", orders=1_000_000), seed=1, began=BEGAN, limits=Limits())
    book, wall = seller.orders, seller.time.wall(BEGAN)
    recent = book.select(OrderQuery(modified=Walls(wall - 600, wall)))
    month = book.select(OrderQuery(created=Walls(wall - 100 * DAY, wall - 72 * DAY)))
    open_orders = book.select(OrderQuery(statuses=frozenset({1})))
    assert all(wall - 600 <= seller.time.wall(book.modified(index)) <= wall for index in recent)
    assert 50_000 < len(month) < 62_000
    assert 0 < len(recent) < 500
    assert all(book.status(index) == 1 for index in open_orders)
    pages = [book.payload(index) for index in month[40_000:40_100]]
    assert len(pages) == 100
    assert time.process_time() - started < 3


def test_a_page_of_orders_costs_little():
    seller = Seller(SandboxAccount(name="main", orders=100_000), seed=1, began=BEGAN, limits=Limits())
    chosen = seller.orders.select(OrderQuery())
    seller.orders.payload(chosen[0])
    costs = []
    for page in range(5):
        started = time.process_time()
        b"".join(seller.orders.payload(index) for index in chosen[1_000 * page : 1_000 * page + 100])
        costs.append(time.process_time() - started)
    assert min(costs) < 0.05


def test_changed_orders_leave_the_windows_they_were_in_and_enter_new_ones():
    seller = Seller(SandboxAccount(name="main", orders=2_000, days=30), seed=1, began=BEGAN, limits=Limits())
    wall = seller.time.wall(BEGAN)
    old, new = OrderQuery(modified=Walls(wall - 25 * DAY, wall)), OrderQuery(modified=Walls(wall + 1, None))
    before = list(seller.orders.select(old))
    assert list(seller.orders.select(new)) == []
    index = before[3]
    seller.orders.change(index, BEGAN + 50, lambda order: None)
    assert list(seller.orders.select(old)) == [each for each in before if each != index]
    assert list(seller.orders.select(new)) == [index]


def test_warming_writes_the_same_orders():
    cold, warm = (
        Seller(SandboxAccount(name="main", orders=300), seed=2, began=BEGAN, limits=Limits()) for _ in range(2)
    )
    warm.orders.warm()
    assert [cold.orders.payload(i) for i in range(300)] == [warm.orders.payload(i) for i in range(300)]
