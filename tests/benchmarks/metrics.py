"""What metrics cost and how far off they are: recording, quantiles, memory, a scrape.

    python tests/benchmarks/metrics.py                      # all four, a minute or two
    python tests/benchmarks/metrics.py --only recording     # or quantiles, memory, scrape
    python tests/benchmarks/metrics.py --requests 2000000   # memory after two fifths of them, and after all

Recording is one finished request through the monitor's intake, with everything that is counted of it: windows, minute,
totals. It is compared with two ways to update a dict, in the same run: setting a value, and adding one to a counter.
`path` is what the request itself waits for. `burst` counts everything else too, as fast as requests can come; `pace` is
at the most that the limits of six accounts allow, 90 a second, with a tick every second: a second's work is shared by
few requests then, and half a millisecond in all. `collector` is `MetricsCollector.record_request`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from prometheus_client.exposition import generate_latest

from magflow_tui.config import load_settings
from magflow_tui.engine.api import prometheus
from magflow_tui.engine.engine import Engine
from magflow_tui.marketplace.client import pool_of
from magflow_tui.marketplace.limiter import Lane
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor import MetricsCollector
from magflow_tui.monitor.minutes import MinuteBook
from magflow_tui.monitor.sketch import Bins, keys_of, quantiles_ms
from magflow_tui.monitor.tally import Intake, add_counts
from magflow_tui.monitor.totals import KNOWN_ROUTES, Totals
from magflow_tui.monitor.traffic import Traffic

BEGAN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ACCOUNTS = tuple(f"account {number}" for number in range(6))
ROUTES = tuple(sorted(KNOWN_ROUTES))
QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


class Clock:
    """Monotonic seconds that move when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Counting:
    """Everything that counts requests, as the monitor puts it together, and its work of every second."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.intake = Intake(self.clock)
        self.traffic = Traffic(self.intake)
        self.book = MinuteBook(self.intake)
        self.totals = Totals(self.intake, ACCOUNTS)
        self._ticked = 0

    def tick_if_due(self) -> None:
        second = int(self.clock.seconds)
        if second > self._ticked:
            self._ticked = second
            self.traffic.expire()
            self.traffic.error_rate()
            self.traffic.mean_ms()
            self.book.tick((), BEGAN + timedelta(seconds=second))


def requests(count: int, routes: int = 4, seed: int = 1) -> list[RequestRecord]:
    """Invented requests of six accounts: most to one route, few fail."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        route = ROUTES[0] if rng.random() < 0.5 else rng.choice(ROUTES[:routes])
        made.append(
            RequestRecord(
                account=rng.choice(ACCOUNTS), method="POST", route=route, pool=pool_of(route), lane=Lane.BACKGROUND,
                job="sync orders", attempt=1, started_at=BEGAN, waited_ms=rng.random() * 50,
                elapsed_ms=rng.lognormvariate(5.0, 0.6), first_byte_ms=None, status=200,
                outcome="ok" if rng.random() < 0.99 else "server_error", note=None, bytes_received=1000, page=1,
                run_id=1,
            )
        )  # fmt: skip
    return made


def nanoseconds(work: Callable[[], int], rounds: int) -> float:
    """The quickest of some rounds, in nanoseconds for each of what `work` says it did."""
    quickest = float("inf")
    for _ in range(rounds):
        began = time.thread_time_ns()
        done = work()
        quickest = min(quickest, (time.thread_time_ns() - began) / done)
    return quickest


def recording(rounds: int) -> None:
    made = requests(20_000)
    keys = [(record.account, record.route) for record in made]

    def setting() -> int:
        values: dict[str, RequestRecord] = {}
        for record in made:
            values["x"] = record
        return len(made)

    def adding() -> int:
        counts: dict[tuple[str, str], int] = {}
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
        return len(keys)

    def path() -> int:
        add = Intake(time.monotonic).add
        done = 4000  # fewer than are counted at once
        for record in made[:done]:
            add(record)
        return done

    def burst() -> int:
        counting = Counting()
        add = counting.intake.add
        for record in made:
            add(record)
        counting.tick_if_due()
        counting.intake.settle()
        return len(made)

    def pace() -> int:
        counting = Counting()
        add, clock, step = counting.intake.add, counting.clock, 1 / 90
        for record in made:
            clock.seconds += step
            counting.tick_if_due()
            add(record)
        return len(made)

    def collector() -> int:
        record_request = MetricsCollector(5000).record_request
        for record in made:
            record_request(record.elapsed_ms, True)
        return len(made)

    bare, counter = nanoseconds(setting, rounds), nanoseconds(adding, rounds)
    print(f"recording  a value set {bare:.0f} ns, a counter raised {counter:.0f} ns (limit: 20 times)")
    for work in (path, collector, burst, pace):
        took = nanoseconds(work, rounds)
        print(f"  {work.__name__:10s} {took:6.0f} ns   {took / bare:6.1f} x set   {took / counter:6.1f} x raised")


def distributions(count: int, seed: int = 3) -> Iterator[tuple[str, list[float]]]:
    rng = random.Random(seed)
    yield "lognormal", [rng.lognormvariate(5.0, 0.5) for _ in range(count)]
    yield "bimodal", [rng.gauss(80.0, 8.0) if rng.random() < 0.7 else rng.gauss(2400.0, 300.0) for _ in range(count)]
    yield "heavy tail", [20.0 * rng.paretovariate(0.9) for _ in range(count)]
    yield "constant", [137.0] * count


def worst_error(times: list[float]) -> float:
    """The largest relative error of the quantiles, merged from histograms of a thousand times each."""
    bins: Bins = {}
    for begin in range(0, len(times), 1000):
        add_counts(bins, Counter(keys_of(times[begin : begin + 1000])))
    ranked = sorted(times)
    exact = [ranked[max(0, ceil(q * len(ranked)) - 1)] for q in QUANTILES]
    found = quantiles_ms(bins, QUANTILES)
    return max(abs((about or 0.0) - true) / true for about, true in zip(found, exact, strict=True))


def quantiles(count: int) -> None:
    print(f"quantiles  worst of p50, p90, p95, p99, p99.9 of {count:,} times (limit: 1 %)")
    for name, times in distributions(count):
        print(f"  {name:10s} {100 * worst_error(times):6.3f} %")


def memory(count: int) -> None:
    """Bytes taken by everything that counts requests, a clock moving 1 ms a request, after two fifths and after all."""
    made = requests(2000)
    counting = Counting()
    taken = []
    with traced():
        for number in range(count):
            counting.clock.seconds += 0.001
            if not number % 100:
                counting.tick_if_due()
            counting.intake.add(made[number % len(made)])
            if number + 1 in (2 * count // 5, count):
                taken.append(tracemalloc.get_traced_memory()[0])
    print(
        f"memory     after {2 * count // 5:,} requests {taken[0] / 1e6:.2f} MB, after {count:,} {taken[1] / 1e6:.2f} MB"
    )


@contextmanager
def traced() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


async def scrape(rounds: int) -> None:
    """What `/metrics` costs with six accounts and every known route called: on the event loop, and in its thread."""
    environ = {}
    for number in range(len(ACCOUNTS)):
        prefix = f"MAGFLOW_ACCOUNTS__A{number}__"
        environ |= {f"{prefix}PLATFORM": "emag-ro", f"{prefix}USERNAME": "u", f"{prefix}PASSWORD": "Zebra-Quartz"}
    with TemporaryDirectory() as folder:
        settings = load_settings(config_file=Path("/dev/null"), data_dir=Path(folder), environ=environ)
        engine = Engine(settings, schedules=False)
        async with engine.running():
            names = {account: f"a{number}" for number, account in enumerate(ACCOUNTS)}
            for record in requests(4500, routes=len(ROUTES)):
                fields = {name: getattr(record, name) for name in RequestRecord.__slots__}
                engine.monitor.observe(RequestRecord(**{**fields, "account": names[record.account]}))
            on_loop, in_thread, size = [], [], 0
            for _ in range(rounds):
                loop_began = time.thread_time_ns()
                state = await prometheus._scrape(engine)
                on_loop.append(time.thread_time_ns() - loop_began)
                began = time.perf_counter_ns()
                size = len(generate_latest(state))
                in_thread.append(time.perf_counter_ns() - began)
    print(
        f"scrape     {min(on_loop) / 1e6:.1f} ms on the loop (limit: 10), {min(in_thread) / 1e6:.1f} ms in a thread, "
        f"{size / 1e3:.0f} kB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=("recording", "quantiles", "memory", "scrape"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--times", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=10_000_000)
    options = parser.parse_args()
    for name, work in {
        "recording": lambda: recording(options.rounds),
        "quantiles": lambda: quantiles(options.times),
        "memory": lambda: memory(options.requests),
        "scrape": lambda: asyncio.run(scrape(options.rounds)),
    }.items():
        if options.only in (None, name):
            work()


if __name__ == "__main__":
    main()
