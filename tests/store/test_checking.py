"""Checking stored orders again: an older store's, in slices, across a crash, with the rules of another version."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.store import Store
from magflow_tui.store.checking import begin_checking, check_slice, is_checked, read_checking
from magflow_tui.store.findings_list import FindingsAsked

NOW = datetime(2026, 6, 2, tzinfo=UTC)
RO = {"main": PLATFORMS["emag-ro"]}


async def check_all(store, size=100, version="v1"):
    await store.write(partial(begin_checking, version=version, at=NOW))
    while not (await store.write(partial(check_slice, platforms=RO, at=NOW, size=size))).finished:
        pass
    return await store.read(read_checking)


def older_store(path: Path, orders: list[dict[str, object]]) -> None:
    """A store as version 0003 left it: orders with a count of values that could not be read, and no findings."""
    path.touch(mode=0o600)
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", "magflow_tui.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for order in orders:
            connection.exec_driver_sql(
                "INSERT INTO orders (account, id, status, placed, findings, fetched_at, payload_hash, raw)"
                " VALUES ('main', ?, 1, 0, 7, 1780000000000, x'00', ?)",
                (order["id"], json.dumps(order).encode()),
            )
        connection.exec_driver_sql("INSERT INTO tallies VALUES ('main', 'orders', ?, ?)", (len(orders), len(orders)))
    engine.dispose()


async def test_an_older_store_gets_its_findings_by_checking_and_keeps_everything_else(path, make):
    orders = [make["order"](number, **({"status": "soon"} if number % 3 == 0 else {})) for number in range(1, 31)]
    older_store(path, orders)
    async with await Store.open(path) as store:
        assert not await store.read(partial(is_checked, version="v1"))
        before = (await store.list_orders()).orders
        assert {row.findings for row in before} == {0}
        assert (await store.counts())["main"].orders == 30
        done = await check_all(store, size=7)
        assert (done.running, done.checked, done.orders, done.opened, done.resolved) == (False, 30, 30, 10, 0)
        assert (done.started_at, done.finished_at) == (NOW, NOW)
        assert {row.id for row in (await store.list_orders()).orders if row.findings} == set(range(3, 31, 3))
        assert (await store.counts())["main"].orders_invalid == 10
        assert (await store.get_order(3)).order == orders[2]
        assert await store.read(partial(is_checked, version="v1"))
        assert not await store.read(partial(is_checked, version="v2"))
        again = await check_all(store, version="v2")
        assert (again.checked, again.opened, again.resolved) == (30, 0, 0)


async def test_what_a_slice_did_is_there_whole_or_not_at_all_and_the_next_goes_on_behind_it(shelf, make):
    await shelf.put(*(make["order"](number, status="soon") for number in range(1, 11)))
    await shelf.store.write(lambda connection: connection.exec_driver_sql("DELETE FROM findings"))
    await shelf.store.write(partial(begin_checking, version="v1", at=NOW))
    await shelf.store.write(partial(check_slice, platforms=RO, at=NOW, size=4))

    def crash(connection):
        check_slice(connection, RO, NOW, size=4)
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        await shelf.store.write(crash)
    half = await shelf.store.read(read_checking)
    assert (half.running, half.checked, half.opened) == (True, 4, 4)
    begun = await shelf.store.write(partial(begin_checking, version="v1", at=NOW + timedelta(hours=1)))
    assert begun == half
    done = await check_all(shelf.store, size=4)
    assert (done.checked, done.opened) == (10, 10)
    page = await shelf.store.list_findings(asked=FindingsAsked(state="open"))
    assert [row.order_id for row in page.findings] == list(range(10, 0, -1))


async def test_rules_of_another_version_begin_at_the_first_order_again(shelf, make):
    await shelf.put(*(make["order"](number) for number in range(1, 11)))
    await shelf.store.write(partial(begin_checking, version="v1", at=NOW))
    await shelf.store.write(partial(check_slice, platforms=RO, at=NOW, size=4))
    begun = await shelf.store.write(partial(begin_checking, version="v2", at=NOW))
    assert (begun.checked, begun.rules_version) == (0, "v2")


async def test_a_finding_that_the_rules_no_longer_make_is_resolved_by_checking(shelf, make):
    await shelf.put(make["order"](1))
    await shelf.store.write(
        lambda connection: connection.exec_driver_sql(
            "INSERT INTO findings (account, order_id, rule, severity, path, state, opened_at)"
            " VALUES ('main', 1, 'gone.rule', 0, '$', 'open', 0)"
        )
    )
    done = await check_all(shelf.store)
    assert (done.opened, done.resolved) == (0, 1)
    [resolved] = (await shelf.store.list_findings(asked=FindingsAsked(state="resolved"))).findings
    assert (resolved.resolved_at, resolved.message) == (NOW, "gone.rule")


async def test_a_store_without_orders_is_checked_at_once(shelf):
    done = await check_all(shelf.store)
    assert (done.running, done.checked) == (False, 0)
