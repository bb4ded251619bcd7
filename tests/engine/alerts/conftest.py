"""A desk of alerts over a store on disk, with a clock that tests turn, and a receiver of webhooks on this machine."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from magflow_tui.engine.alerts import AlertDesk, Webhook
from magflow_tui.monitor.alerts import AlertKey, AlertWatch, Condition, Standing
from magflow_tui.rules.findings import Words
from magflow_tui.store import Store

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Clock:
    """Aware time that goes on when it is told to."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


def condition(broken: bool | None = True, **changes: object) -> Condition:
    given: dict[str, object] = {
        "key": ("health.error_rate", "main"),
        "severity": "critical",
        "broken": broken,
        "message": Words("Error rate 12 %", "Rata erorilor 12 %"),
        "advice": Words("Wait.", "Așteptați."),
        "value": 12.0 if broken else 1.0,
        "threshold": 5.0,
        "unit": "%",
        "open_after": 0.0,
    }
    return Condition(**given | changes)  # type: ignore[arg-type]


@dataclass
class Bench:
    """A desk with what it needs, and the events it told."""

    store: Store
    clock: Clock
    webhook: Webhook | None = None
    told: list[tuple[str, str, str]] = field(default_factory=list)
    watch: AlertWatch = field(default_factory=AlertWatch)
    desk: AlertDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = AlertDesk(
            self.store,
            notify=lambda kind, severity, message, _account: self.told.append((kind, severity, message)),
            now=self.clock,
            rng=random.Random(1),
            webhook=self.webhook,
            retry_seconds=0.001,
        )

    def restore(
        self, opened: Iterable[tuple[AlertKey, datetime]], peaks: Mapping[AlertKey, float] | None = None
    ) -> None:
        self.watch.restore(opened, self.clock(), peaks)

    def standing_of(self, key: AlertKey) -> Standing | None:
        return self.watch.standing(key)

    def read(self, *conditions: Condition) -> None:
        """What the monitor does at a tick."""
        for event in self.watch.observe(conditions, self.clock()):
            self.desk.on_alert(event)

    def calm(self, seconds: int = 70) -> None:
        """Nothing is broken for so long."""
        for _ in range(seconds // 5):
            self.read()
            self.clock.forward(seconds=5)
        self.read()


@asynccontextmanager
async def running(store: Store, clock: Clock, webhook: Webhook | None = None) -> AsyncIterator[Bench]:
    """A started desk, which ends orderly."""
    bench = Bench(store, clock, webhook)
    await bench.desk.start(bench)
    try:
        yield bench
    finally:
        await bench.desk.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "magflow.db") as store:
        yield store


@pytest.fixture
async def bench(store: Store, clock: Clock) -> AsyncIterator[Bench]:
    async with running(store, clock) as bench:
        yield bench


@dataclass(frozen=True)
class Received:
    """A request as it came in; names of headers in small letters."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A real HTTP receiver on loopback. `answers` are given in turn: a status, one with headers, None to stay silent;
    then 204 for ever.
    """

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: deque[int | tuple[int, dict[str, str]] | None] = field(default_factory=deque)
    arrivals: asyncio.Queue[Received] = field(default_factory=asyncio.Queue)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/magflow?key=of-the-address"

    async def arrival(self) -> Received:
        """The next request that comes in."""
        return await asyncio.wait_for(self.arrivals.get(), 5)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        request = Received(headers, await reader.readexactly(int(headers["content-length"])))
        self.received.append(request)
        self.arrivals.put_nowait(request)
        answer = self.answers.popleft() if self.answers else 204
        if answer is None:
            await reader.read()  # until the caller hangs up
        else:
            status, more = answer if isinstance(answer, tuple) else (answer, {})
            lines = [f"HTTP/1.1 {status} Answer", "content-length: 0", *(f"{name}: {more[name]}" for name in more)]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
