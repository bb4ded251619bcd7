"""Orders are found by arithmetic: by time, id, type."""

from __future__ import annotations

import time
from itertools import pairwise

from magflow_tui.sandbox.timeline import LONGEST_LIFE, Timeline

BEGAN = 1_790_000_000


def timeline(count: int = 5_000, **changes: object) -> Timeline:
    settings = {"name": "1/main", "days": 400.0, "fbe": 0.3, "began": BEGAN, "first_id": 448_120_331, **changes}
    return Timeline(base_count=count, **settings)


def test_ids_and_creation_times_rise_with_the_index():
    orders = timeline()
    assert all(a < b for a, b in pairwise(orders.order_id(index) for index in range(5_000)))
    assert all(a <= b for a, b in pairwise(orders.created(index) for index in range(5_000)))


def test_created_is_before_modified_and_modified_not_after_the_beginning():
    orders = timeline()
    for index in range(5_000):
        modified = orders.facts(index // 4096).modified[index % 4096]
        assert orders.created(index) < modified <= BEGAN
        assert modified - orders.created(index) <= LONGEST_LIFE


def test_bisection_finds_the_first_order_since_any_moment():
    orders = timeline(500)
    orders.arrive(BEGAN + 5)
    orders.arrive(BEGAN + 5)
    orders.arrive(BEGAN + 9)
    created = [orders.created(index) for index in range(len(orders))]
    for moment in [*range(BEGAN - 400 * 86_400 - 5_000, BEGAN + 20, 9_973), *created, *(each + 1 for each in created)]:
        assert orders.first_since(moment) == sum(1 for each in created if each < moment)


def test_every_id_leads_back_to_its_order_and_no_other_number_does():
    orders = timeline(300)
    ids = {orders.order_id(index): index for index in range(300)}
    assert {number: orders.find(number) for number in ids} == ids
    span = range(min(ids) - 20, max(ids) + 20)
    assert {number for number in span if orders.find(number) is not None} == set(ids)


def test_the_share_of_fbe_is_exact_and_the_nth_of_a_type_is_found():
    orders = timeline(1_000)
    fbe = [index for index in range(1_000) if orders.order_type(index) == 2]
    seller = [index for index in range(1_000) if orders.order_type(index) == 3]
    assert len(fbe) == 300
    assert [orders.nth_of_type(place, 2) for place in range(300)] == fbe
    assert [orders.nth_of_type(place, 3) for place in range(700)] == seller


def test_all_statuses_and_payment_modes_occur():
    orders = timeline(20_000)
    facts = [orders.facts(block) for block in range(5)]
    assert {status for each in facts for status in each.status} == {0, 1, 2, 3, 4, 5}
    assert {payment for each in facts for payment in each.payment} == {1, 2, 3}


def test_a_million_orders_open_and_are_searched_at_once():
    started = time.process_time()
    orders = timeline(1_000_000)
    for day in range(1, 400):
        index = orders.first_since(BEGAN - day * 86_400)
        assert orders.created(index) >= BEGAN - day * 86_400 > orders.created(index - 1)
    assert time.process_time() - started < 2
    assert len(orders) == 1_000_000
