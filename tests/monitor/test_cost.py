"""What counting costs: small forms of `tests/benchmarks/metrics.py`."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest

from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.minutes import MinuteBook
from magflow_tui.monitor.sketch import Bins, keys_of, quantiles_ms
from magflow_tui.monitor.tally import Intake, add_counts
from magflow_tui.monitor.totals import Totals
from magflow_tui.monitor.traffic import Traffic

BEGAN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
RequestOf = Callable[..., RequestRecord]


def invented(request_of: RequestOf, count: int) -> list[RequestRecord]:
    rng = random.Random(1)
    accounts, routes = [f"account {number}" for number in range(6)], ["order/read", "order/count", "rma/read"]
    return [
        request_of(
            account=rng.choice(accounts),
            route=rng.choice(routes),
            job="sync orders",
            elapsed_ms=rng.lognormvariate(5.0, 0.6),
        )
        for _ in range(count)
    ]


def test_recording_a_request_costs_at_most_20_updates_of_a_dict(request_of: RequestOf) -> None:
    """With all that is counted of it, a burst of requests long."""
    records = invented(request_of, 10_000)
    keys = [(record.account, record.route) for record in records]

    def updating() -> float:
        counts: dict[tuple[str, str], int] = {}
        began = time.thread_time()
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
        return time.thread_time() - began

    def recording() -> float:
        intake = Intake(time.monotonic)
        Traffic(intake)
        MinuteBook(intake)
        Totals(intake, [f"account {number}" for number in range(6)])
        began = time.thread_time()
        for record in records:
            intake.add(record)
        intake.settle()
        return time.thread_time() - began

    rounds = [(updating(), recording()) for _ in range(9)]
    assert min(recorded for _, recorded in rounds) < 20 * min(updated for updated, _ in rounds)


@pytest.mark.parametrize("shape", ["lognormal", "bimodal", "heavy tail", "constant"])
def test_quantiles_of_very_many_times_are_within_one_percent(shape: str) -> None:
    rng = random.Random(3)
    draw: Callable[[], float] = {
        "lognormal": lambda: rng.lognormvariate(5.0, 0.5),
        "bimodal": lambda: rng.gauss(80.0, 8.0) if rng.random() < 0.7 else rng.gauss(2400.0, 300.0),
        "heavy tail": lambda: 20.0 * rng.paretovariate(0.9),
        "constant": lambda: 137.0,
    }[shape]
    bins: Bins = {}
    ranked: list[float] = []
    for _ in range(40):
        times = [draw() for _ in range(1000)]
        add_counts(bins, Counter(keys_of(times)))
        ranked += times
    ranked.sort()
    wanted = (0.5, 0.9, 0.95, 0.99, 0.999)
    for q, found in zip(wanted, quantiles_ms(bins, wanted), strict=True):
        assert found == pytest.approx(ranked[ceil(q * len(ranked)) - 1], rel=0.01)


def test_memory_does_not_grow_with_the_number_of_requests(request_of: RequestOf) -> None:
    """Two windows full of requests, then two more with ten times as many of them, of the same few kinds."""
    seconds = 0.0
    records = [request_of(elapsed_ms=float(elapsed)) for elapsed in (40, 80, 120, 160)]
    intake = Intake(lambda: seconds)
    traffic, book, totals = Traffic(intake), MinuteBook(intake), Totals(intake, ("shop",))

    def live(until: int, each_second: int) -> None:
        nonlocal seconds
        while seconds < until:
            for number in range(each_second):
                intake.add(records[number % len(records)])
            seconds += 1.0
            traffic.expire()
            book.tick((), BEGAN + timedelta(seconds=seconds))

    live(3600, 1)  # the hour of the minute book fills
    tracemalloc.start()
    try:
        live(4200, 4)
        few = tracemalloc.get_traced_memory()[0]
        live(4800, 40)
        many = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert sum(totals.routes()["shop", "order/read"].outcomes.values()) == 3600 + 600 * 44
    assert many < 1.1 * few
