"""Bad days rehearsed on the sandbox: what the score loses, why, and at which second alerts open and close.

The client, its limiter and the sandbox are the real ones and speak HTTP over a socket. Only time is not: the event
loop's stands while there is anything to do and jumps to the next timer when there is not, and every clock follows it.
What is in a socket of this machine counts as something to do, so nothing is ever late.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from magflow_tui.contract.runs import Run, RunState
from magflow_tui.contract.snapshot import AccountHealth, Health, HealthMetric, PoolGauge
from magflow_tui.marketplace import client as client_module
from magflow_tui.marketplace import exchange as exchange_module
from magflow_tui.marketplace.client import CallContext, MarketplaceClient
from magflow_tui.marketplace.errors import EmagApiError
from magflow_tui.marketplace.filters import OfferFilter, OrderFilter, RmaFilter
from magflow_tui.marketplace.limiter import AccountLimiter
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.marketplace.paging import FailedPage
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.retry import RetryPolicy
from magflow_tui.monitor.alerts import AlertEvent
from magflow_tui.monitor.monitor import Monitor
from magflow_tui.monitor.syncs import SyncReadings
from magflow_tui.sandbox import Burst, Faults, PageFault, SandboxAccount, SandboxConfig
from magflow_tui.sandbox.app import Sandbox
from magflow_tui.sandbox.connection import ConnectionProtocol

BEGAN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
#: The monitor ticks in the middle of each second, so that what happens at a whole one is seen in that second.
TICK_PHASE = 0.5
SYNCING = CallContext(job="sync orders")


class JumpingSelector(selectors.DefaultSelector):
    """Never waits: where nothing is ready, the time that the loop would have waited for has passed."""

    seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "nothing will ever happen again"
            self.seconds += max(0.0, timeout)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in which a quarter of an hour is over in a second. Its time begins at 0."""

    def __init__(self) -> None:
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.seconds


@dataclass(frozen=True)
class Reading:
    """What the monitor said at a tick; of accounts every tenth second."""

    second: int
    health: Health
    accounts: tuple[AccountHealth, ...]
    pools: tuple[PoolGauge, ...]

    def value(self, metric: HealthMetric) -> float | None:
        return next(line.value for line in self.health.lines if line.metric == metric)


@dataclass
class Rehearsal:
    """A sandbox, its accounts' clients, and a monitor. Seconds are counted from the beginning."""

    sandbox: Sandbox
    clock: Callable[[], float]
    clients: dict[str, MarketplaceClient] = field(default_factory=dict)
    requests: list[tuple[float, RequestRecord]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    alerts: list[AlertEvent] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        accounts = tuple(self.sandbox.world.sellers)
        self.monitor = Monitor(accounts, lambda *_: None, self.alerts.append, clock=self.clock, now=self.now)

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.clock())

    def observe(self, record: RequestRecord) -> None:
        self.requests.append((self.clock(), record))
        self.monitor.observe(record)

    # What is done.

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            self.tasks.discard(task)

    def ask_every(
        self, seconds: float, ask: Callable[[], Awaitable[object]], *, until: float, since: float = 0.0
    ) -> None:
        """Ask the marketplace something at fixed times, whatever becomes of it."""

        async def one() -> None:
            with suppress(EmagApiError):
                await ask()

        async def work() -> None:
            number = 0
            while (due := since + number * seconds) < until:
                await asyncio.sleep(due - self.clock())
                self.spawn(one())
                number += 1

        self.spawn(work())

    def at(self, second: float, do: Callable[[], object]) -> None:
        """Do something a hair before a second begins."""

        async def work() -> None:
            await asyncio.sleep(second - 0.05 - self.clock())
            do()

        self.spawn(work())

    def sync_every(self, seconds: float, *, until: float, account: str = "main") -> None:
        """Read all offers again and again, one run after the other."""
        client = self.clients[account]

        async def work() -> None:
            for number in range(1, int(until / seconds) + 1):
                await asyncio.sleep(number * seconds - self.clock())
                began = self.now()
                pages = client.pages(client.read_offers, OfferFilter(), page_size=10, last=3, context=SYNCING)
                failed = [page.number async for page in pages if isinstance(page, FailedPage)]
                result: RunState = "failed" if failed else "completed"
                reason = f"page {failed[0]} could not be read" if failed else None
                self.runs.append(
                    Run(
                        run_id=number, account=account, resource="offers", kind="full", result=result, reason=reason,
                        requested_by="schedule", started_at=began, finished_at=self.now(),
                    )
                )  # fmt: skip

        self.spawn(work())

    async def watch(self, until: int) -> None:
        """Tick once a second."""
        for second in range(until):
            await asyncio.sleep(second + TICK_PHASE - self.clock())
            pools = tuple(gauge for name, client in self.clients.items() for gauge in gauges(name, client.limiter))
            self.monitor.tick(pools, SyncReadings(tuple(self.runs)))
            accounts = self.monitor.account_health() if second % 10 == 0 else ()
            self.readings.append(Reading(second, self.monitor.health(), accounts, pools))

    async def end(self) -> None:
        """End what is still done. Raises what went wrong in the rehearsal itself."""
        for task in self.tasks:
            task.cancel()
        for ended in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    # What came of it.

    def spells(self, code: str, account: str | None = "main") -> list[tuple[int, int | None]]:
        """When the alerts of a code were open: first second, and the second in which it closed."""
        found: list[tuple[int, int | None]] = []
        for event in self.alerts:
            if event.key == (code, account):
                second = floor((event.at - BEGAN).total_seconds())
                found = [*found, (second, None)] if event.kind == "opened" else [*found[:-1], (found[-1][0], second)]
        return found

    def codes(self) -> set[tuple[str, str | None]]:
        return {event.key for event in self.alerts}

    def broken(self, metric: HealthMetric) -> list[int]:
        """The seconds in which the score lost points for a metric."""
        return [
            reading.second
            for reading in self.readings
            if any(line.metric == metric and line.penalty for line in reading.health.lines)
        ]

    def in_window(self, second: int) -> list[RequestRecord]:
        """The requests of the last 300 s at the tick of a second, counted one by one."""
        return [record for at, record in self.requests if second - 300 < floor(at) <= second and at < second + 0.5]


def gauges(account: str, limiter: AccountLimiter) -> Iterator[PoolGauge]:
    for pool in limiter.snapshot():
        yield PoolGauge(
            account=account, pool=pool.pool.value, second_limit=pool.second_limit, second_used=pool.second_used,
            minute_limit=pool.minute_limit, minute_used=pool.minute_used, tokens=pool.tokens,
            token_capacity=pool.token_capacity, waiting=pool.waiting, hits=pool.hits,
        )  # fmt: skip


@pytest.fixture
def rehearse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Rehearsal]:
    """Call it with what to prepare and for how many seconds; it is over in moments."""

    def run(prepare: Callable[[Rehearsal], None], seconds: int, accounts: tuple[str, ...] = ("main",)) -> Rehearsal:
        async def work() -> Rehearsal:
            loop = asyncio.get_running_loop()
            monkeypatch.setattr(client_module, "time", SimpleNamespace(monotonic=loop.time))
            monkeypatch.setitem(exchange_module.exchange.__kwdefaults__, "clock", loop.time)
            async with stage(tmp_path / "s", loop.time, accounts) as rehearsal:
                prepare(rehearsal)
                await rehearsal.watch(seconds)
                return rehearsal

        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(work())

    return run


@asynccontextmanager
async def stage(path: Path, clock: Callable[[], float], names: tuple[str, ...]) -> AsyncIterator[Rehearsal]:
    """A sandbox that listens on a socket at `path`, and a client for each of its accounts."""
    accounts = tuple(
        SandboxAccount(name=name, username=f"{name}@example.com", orders=30, offers=30, rmas=10) for name in names
    )
    sandbox = Sandbox(SandboxConfig(accounts=accounts), wall_clock=lambda: BEGAN.timestamp() + clock(), monotonic=clock)
    served = uvicorn.Config(sandbox, ws="none", lifespan="off", log_config=None, access_log=False)
    served.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(lambda: ConnectionProtocol(served, state, {}), str(path))
    rehearsal = Rehearsal(sandbox, clock)
    limits = httpx.Limits(max_connections=None)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(close, server, state)
        for account in accounts:
            limiter = AccountLimiter(account.name, clock=clock, rng=random.Random(1))
            stack.callback(limiter.close)
            rehearsal.clients[account.name] = await stack.enter_async_context(
                MarketplaceClient(
                    account=account.name,
                    platform=PLATFORMS["emag-ro"],
                    username=account.username,
                    password=account.password,
                    limiter=limiter,
                    base_url="http://sandbox.invalid/emag-ro/api-3",
                    observer=rehearsal.observe,
                    transport=httpx.AsyncHTTPTransport(uds=str(path), verify=False, limits=limits),
                    retry=RetryPolicy(max_retries=0, rate_limit_retries=0),
                    rng=random.Random(1),
                )
            )
        try:
            yield rehearsal
        finally:
            await rehearsal.end()


async def close(server: asyncio.Server, state: ServerState) -> None:
    server.close()
    for connection in list(state.connections):
        connection.transport.abort()  # type: ignore[union-attr]
    await asyncio.gather(*state.tasks, return_exceptions=True)
    await server.wait_closed()


def reading_orders(rehearsal: Rehearsal, account: str = "main") -> Callable[[], Awaitable[object]]:
    return lambda: rehearsal.clients[account].read_orders(OrderFilter(), 1, 5, context=SYNCING)


def counting_orders(rehearsal: Rehearsal, account: str = "main") -> Callable[[], Awaitable[object]]:
    return lambda: rehearsal.clients[account].count_orders(OrderFilter())


def reading_returns(rehearsal: Rehearsal, account: str = "main") -> Callable[[], Awaitable[object]]:
    return lambda: rehearsal.clients[account].read_rma(RmaFilter(), 1, 5, context=CallContext(job="sync rma"))


def fail(rehearsal: Rehearsal, times: int, route: str = "order/read") -> Callable[[], None]:
    return lambda: rehearsal.sandbox.control.burst(Burst(kind="server_error", times=times, route=route, account="main"))


def test_an_error_burst(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(1, reading_orders(rehearsal), until=600)
        rehearsal.at(100, fail(rehearsal, 40))

    seen = rehearse(prepare, 500)
    # 5 of 105 are 4.8 %, 6 of 106 are 5.7 %; later the last 15 of 300 requests are 5 % and no more.
    assert seen.broken("error_rate") == list(range(105, 424))
    assert seen.spells("health.error_rate") == [(120, 484)]
    assert seen.codes() == {("health.error_rate", "main")} | UNREACHABLE
    assert seen.spells("account.unreachable") == [(118, 200)]
    worst = seen.readings[139]
    assert (worst.health.score, worst.health.level) == (70, "degraded")
    line = worst.health.lines[0]
    assert (line.metric, line.value, line.threshold, line.penalty) == ("error_rate", 28.6, 5.0, 30)
    assert line.since == BEGAN + timedelta(seconds=105.5)
    assert line.because is not None
    assert (line.because.kind, line.because.account, line.because.route, line.because.job) == (
        "server_error", "main", "order/read", "sync orders",
    )  # fmt: skip
    assert line.cause is not None
    assert line.cause.startswith("order/read of main: 40 of 140 requests failed in 5 minutes")
    assert "The marketplace has trouble of its own" in str(line.advice)
    (opened, *_) = [event for event in seen.alerts if event.key == ("health.error_rate", "main")]
    assert opened.condition.message.en.startswith("Error rate 17.4 % (at most 5 %): order/read of main: 21 of 121")
    assert opened.condition.severity == "critical"
    assert seen.readings[423].value("error_rate") == 5.3
    assert (seen.readings[424].value("error_rate"), seen.readings[424].health.score) == (5.0, 100)


UNREACHABLE = {("account.unreachable", "main")}


def test_a_slow_route(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(2, reading_orders(rehearsal), until=600)
        rehearsal.ask_every(2, reading_returns(rehearsal), until=600)
        slow = Burst(kind="slow", times=60, route="rma/read", account="main")
        rehearsal.sandbox.control.set_faults(Faults(slow_seconds=12.0))
        rehearsal.at(100, lambda: rehearsal.sandbox.control.burst(slow))

    seen = rehearse(prepare, 600)
    means = {second: mean_ms(seen.in_window(second)) for second in range(600)}
    slow = [second for second, mean in means.items() if mean > 2000]
    assert seen.broken("response_time") == slow == list(range(slow[0], slow[-1] + 1))
    assert seen.codes() == {("health.response_time", "main")}
    assert seen.spells("health.response_time") == [(slow[0] + 15, slow[-1] + 61)]
    # Answers of 12 s come from 112 on: 26 of 158 requests make a mean of 1975 ms, 27 of 160 one of 2025.
    assert slow[0] == 164
    worst = seen.readings[230]
    assert (worst.health.score, worst.health.level) == (80, "degraded")
    because = worst.health.lines[0].because
    assert because is not None
    assert (because.kind, because.route, because.pool, because.job) == ("slow_route", "rma/read", "other", "sync rma")
    (opened, _) = seen.alerts
    assert opened.condition.severity == "warning"
    assert opened.condition.value == pytest.approx(float(means[slow[0] + 15]), abs=0.06)
    assert "compare the routes" in opened.condition.advice.en


def mean_ms(records: list[RequestRecord]) -> Fraction:
    """The mean response of requests, exactly, each time rounded to a microsecond."""
    return Fraction(sum(round(1000 * record.elapsed_ms) for record in records), 1000 * max(1, len(records)))


def test_a_budget_at_85_percent(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(60 / 153, reading_returns(rehearsal), until=120)
        rehearsal.ask_every(5, counting_orders(rehearsal), until=300)

    seen = rehearse(prepare, 300)
    used = {reading.second: gauge_of(reading, "other").minute_used for reading in seen.readings}
    assert max(used.values()) == 153
    full = [second for second, count in used.items() if count > 144]
    assert seen.broken("limit_use") == full == list(range(full[0], full[-1] + 1))
    assert full[0] == 56
    assert seen.codes() == {("health.limit_use", "main")}
    assert seen.spells("health.limit_use") == [(full[0] + 15, full[-1] + 61)]
    during = seen.readings[90]
    assert (during.health.score, during.health.level) == (80, "degraded")
    line = during.health.lines[0]
    assert (line.metric, line.value, line.penalty) == ("limit_use", 85.0, 20)
    assert line.cause == "other requests of main: 153 of 180 this minute, rma/read 100 % of it, sync rma 100 %"
    assert line.because is not None
    assert (line.because.pool, line.because.route, line.because.job) == ("other", "rma/read", "sync rma")
    # 144 of 180 are 80 % and cost nothing.
    assert {reading.health.score for reading in seen.readings if used[reading.second] == 144} == {100}
    assert seen.readings[-1].health.score == 100


def gauge_of(reading: Reading, pool: str, account: str = "main") -> PoolGauge:
    return next(gauge for gauge in reading.pools if (gauge.account, gauge.pool) == (account, pool))


def test_failing_syncs(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(1, reading_orders(rehearsal), until=500)
        rehearsal.sync_every(100, until=450)
        broken = PageFault(route="product_offer/read", page=2, kind="server_error", account="main")
        rehearsal.at(200, lambda: rehearsal.sandbox.control.set_faults(Faults(pages=(broken,))))
        rehearsal.at(350, lambda: rehearsal.sandbox.control.set_faults(Faults()))

    seen = rehearse(prepare, 500)
    assert [(run.run_id, run.result) for run in seen.runs] == [
        (1, "completed"), (2, "failed"), (3, "failed"), (4, "completed"),
    ]  # fmt: skip
    failed, made_good = [seconds(run.finished_at) for run in seen.runs if run.run_id in (2, 4)]
    assert seen.broken("sync_success") == list(range(failed, made_good))
    assert seen.codes() == {("health.sync_success", "main")}
    assert seen.spells("health.sync_success") == [(failed + 15, made_good + 60)]
    during = seen.readings[250]
    assert (during.health.score, during.health.level, during.value("sync_success")) == (70, "degraded", 50.0)
    line = during.health.lines[0]
    assert line.cause == "offers sync of main (run 2) failed: page 2 could not be read"
    assert line.because is not None
    assert (line.because.kind, line.because.run_id, line.because.job) == ("unfinished_run", 2, "sync offers")
    assert line.advice is not None
    assert ":run 2" in line.advice
    # A later failure of the same job is a failure more, until a complete run makes both good.
    assert seen.readings[320].value("sync_success") == pytest.approx(33.3)
    assert seen.readings[320].health.lines[0].because.run_id == 3  # type: ignore[union-attr]
    assert seen.readings[made_good].health.score == 100


def seconds(moment: datetime | None) -> int:
    """Since the beginning."""
    assert moment is not None
    return floor((moment - BEGAN).total_seconds())


def test_everything_at_once(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(2, reading_orders(rehearsal), until=645)
        rehearsal.ask_every(1, counting_orders(rehearsal), until=270)
        rehearsal.ask_every(60 / 153, reading_returns(rehearsal), since=150, until=250)
        rehearsal.sync_every(130, until=270)
        weather = Faults(
            slow_seconds=25.0,
            pages=(PageFault(route="product_offer/read", page=2, times=1, account="main"),),
            bursts=(
                Burst(kind="server_error", times=60, route="order/read", account="main"),
                Burst(kind="slow", times=150, route="order/count", account="main"),
            ),
        )
        rehearsal.at(120, lambda: rehearsal.sandbox.control.set_faults(weather))

    seen = rehearse(prepare, 645)
    worst = seen.readings[240]
    assert (worst.health.score, worst.health.level) == (0, "critical")
    because = {line.metric: line.because for line in worst.health.lines}
    assert because["error_rate"].route == "order/read"  # type: ignore[union-attr]
    assert because["response_time"].route == "order/count"  # type: ignore[union-attr]
    assert because["limit_use"].job == "sync rma"  # type: ignore[union-attr]
    assert because["sync_success"].run_id == 1  # type: ignore[union-attr]
    for metric in ("error_rate", "response_time", "limit_use", "sync_success"):
        broken = seen.broken(metric)
        # Each by its own clock, as if it were alone: with the reading that fifteen broken seconds went before.
        assert seen.spells(f"health.{metric}") == [(broken[15], broken[-1] + 61)]
    for reading in seen.readings:
        lost = {line.metric: line.penalty for line in reading.health.lines}
        window = seen.in_window(reading.second)
        assert reading.health.score is None or reading.health.score == 100 - sum(lost.values())
        assert lost["error_rate"] == 30 * (error_share(window) > Fraction(5, 100))
        assert lost["response_time"] == 20 * (mean_ms(window) > 2000)
    assert (seen.readings[-1].health.score, seen.readings[-1].health.level) == (100, "healthy")


def error_share(records: list[RequestRecord]) -> Fraction:
    return Fraction(sum(record.outcome != "ok" for record in records), max(1, len(records)))


def test_a_flapping_metric_raises_one_alert(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(5, reading_orders(rehearsal), until=1000)
        for second in range(300, 900, 80):
            rehearsal.at(second, fail(rehearsal, 1))

    seen = rehearse(prepare, 1000)
    broken = seen.broken("error_rate")
    # Of the 60 requests of a window 4 failed, which is 6.7 %, and 3, which is 5 %: for 60 s and for 20 s in turn.
    assert [second for second in broken if second - 1 not in broken] == [540, 620, 700, 780, 860]
    assert broken[-1] == 919
    assert seen.spells("health.error_rate") == [(555, 980)]
    assert [event.kind for event in seen.alerts] == ["opened", "closed"]
    assert seen.alerts[1].standing is not None
    assert (seen.alerts[1].standing.peak, seen.alerts[0].condition.value) == (6.7, 6.7)


def test_each_account_is_scored_and_alerted_by_itself(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(1, reading_orders(rehearsal), until=200)
        for _ in range(3):
            rehearsal.ask_every(1, reading_orders(rehearsal, "fbe"), until=200)
        rehearsal.at(50, fail(rehearsal, 5))

    seen = rehearse(prepare, 100, ("main", "fbe", "idle"))
    main, fbe, idle = seen.readings[60].accounts
    # 5 of 61 requests of the one are too many, 5 of 244 of both together are not.
    assert (main.score, fbe.score, seen.readings[60].health.score) == (70, 100, 100)
    assert (idle.score, idle.level) == (None, "unknown")
    assert main.lines[0].because is not None
    assert seen.spells("health.error_rate", "main") == [(67, None)]
    assert seen.spells("health.error_rate", "fbe") == []
    assert (main.metrics.requests, main.metrics.error_rate, fbe.metrics.error_rate) == (61, 8.2, 0.0)


def test_an_address_that_is_refused_is_told_of_at_once(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(1, reading_orders(rehearsal), until=200)
        rehearsal.at(30, lambda: rehearsal.sandbox.control.refuse_ip(True, account="main"))
        rehearsal.at(60, lambda: rehearsal.sandbox.control.refuse_ip(False, account="main"))

    seen = rehearse(prepare, 200)
    assert seen.spells("account.refused_ip") == [(30, 120)]
    (opened, *_) = seen.alerts
    assert opened.condition.severity == "critical"
    assert "refuses the address of this machine for main: Invalid vendor ip" in opened.condition.message.en
    assert seen.readings[50].health.lines[0].because.kind == "credentials"  # type: ignore[union-attr]


def test_an_outage(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(2, reading_orders(rehearsal), until=200)
        rehearsal.at(50, lambda: rehearsal.sandbox.control.set_faults(Faults(outage="unavailable")))
        rehearsal.at(100, lambda: rehearsal.sandbox.control.set_faults(Faults()))

    seen = rehearse(prepare, 200)
    # The fourth answer that is lost comes at 56.
    assert seen.spells("account.unreachable") == [(71, 160)]
    (alert, *_) = [event for event in seen.alerts if event.key == ("account.unreachable", "main")]
    assert alert.condition.message.en.startswith("The marketplace does not answer main, 11 requests in a row: ")
    assert alert.condition.cause.kind == "server_error"
    assert "Syncs wait and go on by themselves" in alert.condition.advice.en


def test_a_storm_of_refusals(rehearse) -> None:  # type: ignore[no-untyped-def]
    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.ask_every(1, reading_orders(rehearsal), until=300)
        storm = Burst(kind="rate_limited", times=3, route="order/read", account="main")
        rehearsal.sandbox.control.set_faults(Faults(retry_after=2))
        rehearsal.at(100, lambda: rehearsal.sandbox.control.burst(storm))

    seen = rehearse(prepare, 250)
    met = [floor(at) for at, record in seen.requests if record.outcome == "rate_limited"]
    assert len(met) == 3
    # Broken from the third refusal until the first of them is a minute old, then closed after one of calm.
    assert seen.spells("limit.refused") == [(met[2] + 15, met[0] + 60 + 60)]
    assert seen.codes() == {("limit.refused", "main")}
    (opened, _) = seen.alerts
    assert opened.condition.cause.kind == "rate_limited"
    assert "MagFlow pauses and goes slower by itself" in opened.condition.advice.en
