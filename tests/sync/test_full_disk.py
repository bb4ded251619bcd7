"""A store that cannot be written: the run fails and says why, nothing is damaged, and it goes on when there is room."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import text

from magflow_tui.sandbox import SandboxAccount

LONG = SandboxAccount(name="main", username="u", password="p", orders=900, days=12, fbe=0.1)


async def test_a_full_disk_fails_the_run_and_damages_nothing(rigs):
    rig = await rigs(LONG)
    pages = await rig.store.read(lambda connection: connection.execute(text("PRAGMA page_count")).scalar_one())
    limit = pages + 300
    await rig.store.write(lambda connection: connection.execute(text(f"PRAGMA max_page_count = {limit}")).scalar_one())
    run = await rig.sync(full=True)
    assert run.result == "failed"
    assert "disk is full" in run.reason
    assert run.items == len(rig.stored()) > 0
    assert rig.query("PRAGMA integrity_check") == [("ok",)]
    assert (await rig.store.get_run(run.run_id)).result == "failed"
    assert [event.kind for event in rig.events] == ["run.started", "run.finished"]

    await rig.store.write(lambda connection: connection.execute(text("PRAGMA max_page_count = 1000000")).scalar_one())
    await rig.runner.resume(run.run_id)
    resumed = await rig.runner.wait(run.run_id)
    assert resumed.result == "completed"
    assert resumed.created + resumed.updated + resumed.unchanged + resumed.failed == resumed.items
    assert rig.stored() == rig.truth()


async def test_a_store_that_takes_nothing_at_all_leaves_the_runner_at_work(rigs):
    rig = await rigs(LONG)
    await rig.store.write(lambda connection: connection.execute(text("PRAGMA busy_timeout = 10")).close())
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    with closing(sqlite3.connect(rig.store.path, isolation_level=None)) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        run = await rig.runner.wait(started.run.run_id)
        assert run.result == "failed"
        assert "locked by another program" in run.reason
        assert await rig.runner.wait(run.run_id) == run
        assert (await rig.store.get_run(run.run_id)).result == "running"  # nobody could write that it is not
        other_program.execute("ROLLBACK")
    again = await rig.sync(full=True)
    assert again.result == "completed"
    assert rig.stored() == rig.truth()
