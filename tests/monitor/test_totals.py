"""What was counted since the engine started: it only grows, and its keys are bounded."""

from __future__ import annotations

import ast
from datetime import timedelta
from inspect import getsource

import pytest

from magflow_tui.contract.runs import Run, RunState
from magflow_tui.marketplace import client
from magflow_tui.marketplace.limiter import Pool
from magflow_tui.monitor.tally import Intake
from magflow_tui.monitor.totals import BUCKETS, KNOWN_ROUTES, Totals


@pytest.fixture
def intake(clock) -> Intake:  # type: ignore[no-untyped-def]
    return Intake(clock)


@pytest.fixture
def totals(intake: Intake) -> Totals:
    return Totals(intake, ("shop", "fbe"))


def test_requests_are_counted_by_how_they_ended_and_how_long_they_took(totals, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    for elapsed_ms in (40.0, 90.0, 120.0, 1900.0, 2100.0, 45_000.0):
        intake.add(request_of(elapsed_ms=elapsed_ms))
    intake.add(request_of("rate_limited", elapsed_ms=10.0, attempt=2))
    intake.add(request_of("cancelled"))
    total = totals.routes()["shop", "order/read"]
    assert total.outcomes == {"ok": 6, "rate_limited": 1}
    upper = dict(zip((*BUCKETS, None), total.buckets, strict=True))
    assert {bound: count for bound, count in upper.items() if count} == {
        0.05: 2, 0.1: 1, 0.15: 1, 2.0: 1, 3.0: 1, None: 1,
    }  # fmt: skip
    assert (total.retries, total.total_us) == (1, 49_260_000)
    pool = totals.pools()["shop", "orders"]
    assert (pool.rate_limited, pool.waited_us) == (1, 7000)


def test_what_was_read_stays_as_it_was(totals, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    intake.add(request_of())
    first = totals.routes()["shop", "order/read"]
    intake.add(request_of())
    assert totals.routes()["shop", "order/read"].outcomes["ok"] == 2
    assert (first.outcomes["ok"], sum(first.buckets)) == (1, 1)


def test_whatever_comes_in_the_keys_are_known_ones(totals, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    for number in range(3000):
        intake.add(request_of(route=f"order/read/{number}", job=f"job {number}", note=f"note {number}"))
        intake.add(request_of(account=f"account {number}"))
    intake.add(request_of(route="rma/read", pool=Pool.OTHER))
    routes = totals.routes()
    assert set(routes) == {("shop", "other"), ("shop", "rma/read")}
    assert routes["shop", "other"].outcomes == {"ok": 3000}
    assert set(totals.pools()) == {("shop", "orders"), ("shop", "other")}


def test_every_route_that_the_client_calls_is_known() -> None:
    """Routes are the literal first or second arguments of the client's private calls."""
    calls = {"_read_page": 1, "_count": 0, "_write": 1, "_save": 0}
    found = {
        str(node.args[calls[node.func.attr]].value)  # type: ignore[attr-defined]
        for node in ast.walk(ast.parse(getsource(client)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in calls
        if isinstance(node.args[calls[node.func.attr]], ast.Constant)
    }
    assert found == KNOWN_ROUTES


def run(clock, result: RunState, *, run_id: int = 1, items: int = 0, account: str = "shop") -> Run:  # type: ignore[no-untyped-def]
    return Run(
        run_id=run_id, account=account, resource="orders", kind="full", result=result, requested_by="schedule",
        started_at=clock.now() - timedelta(seconds=5), finished_at=clock.now(), items=items,
    )  # fmt: skip


def test_runs_are_counted_as_they_end(totals: Totals, clock) -> None:  # type: ignore[no-untyped-def]
    totals.add_run(run(clock, "completed", run_id=1, items=100))
    completed_at = clock.now()
    clock.seconds += 60
    totals.add_run(run(clock, "failed", run_id=2, items=10))
    totals.add_run(run(clock, "completed", run_id=3, account="nobody"))
    (job,) = totals.syncs()
    total = totals.syncs()[job]
    assert job == ("shop", "orders")
    assert total.results == {"completed": 1, "failed": 1}
    assert (total.items, total.completed_at) == (110, completed_at)


def test_items_of_a_run_that_goes_on_count_once(totals: Totals, clock) -> None:  # type: ignore[no-untyped-def]
    totals.add_run(run(clock, "partial", items=40))
    totals.add_run(run(clock, "cancelled", items=60))
    totals.add_run(run(clock, "completed", items=75))
    total = totals.syncs()["shop", "orders"]
    assert (total.items, total.results.total()) == (75, 3)


def test_runs_that_may_go_on_are_not_remembered_without_bound(totals: Totals, clock) -> None:  # type: ignore[no-untyped-def]
    for run_id in range(1000):
        totals.add_run(run(clock, "failed", run_id=run_id, items=1))
    assert totals.syncs()["shop", "orders"].items == 1000
    assert len(totals._items_counted) <= 100
