"""A full sync: everything there is, once, exactly."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from magflow_tui.marketplace.localtime import parse_local
from magflow_tui.sandbox import SandboxAccount
from magflow_tui.store.list_query import ListQuery


async def test_a_full_sync_of_two_accounts_stores_exactly_what_the_marketplace_has(rigs):
    rig = await rigs(
        SandboxAccount(name="main", username="u", password="p", orders=430, offers=230, rmas=120, days=70, fbe=0.3),
        SandboxAccount(
            name="bg", platform="emag-bg", username="v", password="q", orders=150, offers=20, rmas=3, days=50
        ),
    )
    for account in ("main", "bg"):
        for resource in ("orders", "offers", "rma"):
            run = await rig.sync(resource, account, full=True)
            assert (run.result, run.reason) == ("completed", None)
            assert run.created == len(rig.truth(resource, account))
            assert run.created + run.updated + run.unchanged + run.failed == run.items
            assert rig.stored(resource, account) == rig.truth(resource, account)
    counts = await rig.store.counts()
    assert (counts["main"].orders, counts["main"].offers, counts["main"].rma) == (430, 230, 120)
    assert counts["main"].orders_new == sum(order.status == 1 for order in rig.sandbox.control.orders("main"))


async def test_a_second_full_sync_reads_everything_again_and_writes_nothing(rigs):
    rig = await rigs()
    first = await rig.sync(full=True)
    second = await rig.sync(full=True)
    assert second.kind == "full"
    assert (second.created, second.updated) == (0, 0)
    assert second.unchanged >= first.created


async def test_a_full_sync_stops_behind_the_first_order_instead_of_walking_to_2012(rigs):
    rig = await rigs(SandboxAccount(name="main", username="u", password="p", orders=40, fbe=0.5, days=300))
    run = await rig.sync(full=True)
    assert run.result == "completed"
    assert rig.stored() == rig.truth()
    # 12 windows hold the orders of each type, 3 empty ones end its walk; 2 counts each tell that nothing is older.
    assert len(rig.routes()) < 2 * (12 + 3 + 2) + 10


@pytest.mark.parametrize("exclusive", [True, False])
async def test_no_order_is_lost_between_windows_whether_bounds_belong_to_them_or_not(rigs, exclusive):
    rig = await rigs(
        SandboxAccount(name="main", username="u", password="p", orders=1200, days=1, fbe=0.0),
        exclusive_bounds=exclusive,
    )
    # A day with an order every 72 s, and both ends of every window among them.
    rig.clock.seconds += 14 * 86_400 - 43_200
    run = await rig.sync(full=True)
    assert run.result == "completed"
    assert rig.stored() == rig.truth()


async def test_history_before_the_start_that_settings_name_is_left_alone(rigs):
    start = datetime.now(UTC) - timedelta(days=30)
    rig = await rigs(history_start=start.date())
    run = await rig.sync(full=True)
    assert run.result == "completed"
    stored = rig.stored()
    orders = rig.sandbox.control.orders("main")
    since = {order.id for order in orders if parse_local(order.created, "Europe/Bucharest") >= start}
    assert since <= set(stored)
    assert len(stored) < len(list(rig.truth()))


async def test_an_account_without_orders_is_completed_by_a_few_requests(rigs):
    rig = await rigs(SandboxAccount(name="main", username="u", password="p", orders=0, offers=0, rmas=0))
    for resource in ("orders", "offers", "rma"):
        run = await rig.sync(resource, full=True)
        assert (run.result, run.items) == ("completed", 0)
    assert len(rig.requests) < 20


async def test_orders_too_broken_to_read_are_kept_raw_and_make_the_run_partial(rigs):
    rig = await rigs(SandboxAccount(name="main", username="u", password="p", orders=300, days=40, broken=0.3))
    run = await rig.sync(full=True)
    unreadable = [order for order in rig.sandbox.control.orders("main") if not order.readable]
    assert unreadable
    assert run.result == "partial"
    assert "kept raw" in run.reason
    assert run.failed >= len(unreadable)
    assert run.created + run.updated + run.unchanged + run.failed == run.items
    # 200 levels deep is more than any reader of ours goes: such an order is kept raw although it has an id.
    too_deep = {order.id for order in rig.sandbox.control.orders("main") if order.damage == "nested"}
    assert rig.stored() == {id_: digest for id_, digest in rig.truth().items() if id_ not in too_deep}
    assert len(rig.requests) < 60  # what cannot be read does not send the walk back to 2012
    kept = await rig.store.list_broken(limit=1000)
    assert {hashlib.sha256(item.raw).hexdigest() for item in kept} >= {order.sha256 for order in unreadable}
    assert all(item.issues for item in kept)
    assert (await rig.store.list_orders(ListQuery(limit=5), has_findings=True)).orders
