"""Fixtures of the dashboard's tests: the engine's stand-in on a real unix socket, and views of a recorded snapshot."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

# Textual reads these when it is imported, as the dashboard's entry sees to in life.
os.environ.update(TEXTUAL_FPS="15", TEXTUAL_ANIMATIONS="none", TEXTUAL_SMOOTH_SCROLL="0")

import pytest
import uvicorn

from magflow_tui.contract.events import EventPage
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.records import OrderPage, RequestPage
from magflow_tui.contract.runs import RunPage, RunPages, Throughput
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.context import Link, RequestsShown, RowsShown, RunShown, View
from magflow_tui.tui.views.request_rows import tries_of

HERE = Path(__file__).parent
#: The recorded moment, as a wall clock shows it two hours east of Greenwich.
NOW = datetime(2026, 3, 14, 10, 4, 20, tzinfo=UTC)
ZONE = timezone(timedelta(hours=2))


def load(name: str) -> ModuleType:
    """A module beside this file, by name; one object however often it is asked for."""
    known = sys.modules.get(f"tui_tests_{name}")
    if known is not None:
        return known
    spec = importlib.util.spec_from_file_location(f"tui_tests_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The recorded snapshot."""
    return Snapshot.model_validate_json((HERE / "recorded/snapshot.json").read_text())


@pytest.fixture(scope="session")
def full_view(snapshot: Snapshot) -> View:
    """A view of the recorded snapshot with its lists read, at the recorded moment."""
    orders = OrderPage.model_validate_json((HERE / "recorded/orders.json").read_text())
    requests = RequestPage.model_validate_json((HERE / "recorded/requests.json").read_text())
    events = EventPage.model_validate_json((HERE / "recorded/events.json").read_text())
    rows = tuple(reversed(requests.requests))
    pages = RunPages.model_validate_json((HERE / "recorded/run_pages.json").read_text())
    throughput = Throughput.model_validate_json((HERE / "recorded/run_throughput.json").read_text())
    return View(
        now=NOW,
        say=speak(),
        snapshot=snapshot,
        link=Link("live", 0.2),
        zone=ZONE,
        orders=RowsShown(orders.orders[:200], position=0, total=450, more_behind=True),
        requests=RequestsShown(rows, known=rows, tries=tries_of(rows)),
        older_runs=RunPage.model_validate_json((HERE / "recorded/runs.json").read_text()).runs,
        run_details={5108: RunShown(5108, pages.missed, throughput)},
        events=tuple(reversed(events.events)),
        minutes=Minutes.model_validate_json((HERE / "recorded/minutes.json").read_text()),
    )


class _QuietServer(uvicorn.Server):
    """Uvicorn inside a test: the test's own signal handlers stay, and `ready` tells when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@pytest.fixture
def socket_path() -> Iterator[str]:
    """A path short enough for a unix socket."""
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:
        yield f"{folder}/engine.sock"


Serve = Callable[[Any], contextlib.AbstractAsyncContextManager[None]]


@pytest.fixture
def serve(socket_path: str) -> Serve:
    """Serves an ASGI application on the test's socket while the context lasts."""

    @contextlib.asynccontextmanager
    async def serving(app: Any) -> AsyncIterator[None]:
        config = uvicorn.Config(app, uds=socket_path, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = _QuietServer(config)
        task = asyncio.create_task(server.serve())
        await server.ready.wait()
        try:
            yield
        finally:
            app.closing.set()
            server.should_exit = True
            await task

    return serving


@pytest.fixture
async def standin(serve: Serve) -> AsyncIterator[Any]:
    """The engine's stand-in, serving; it sends snapshots only when told (`publish`)."""
    app = load("standin").Standin(period=3600)
    async with serve(app):
        yield app


@pytest.fixture
async def session(socket_path: str) -> AsyncIterator[Any]:
    """A session over the test's socket. A dashboard gives it half a second to close; here it has all it takes."""
    session = load("dashboard").SocketSession(socket_path)
    yield session
    await session.close(stop_engine=False)


@pytest.fixture(scope="session")
def watch() -> Any:
    """Opens the dashboard over a session: `async with watch(session, size) as operator`."""
    return load("operating").watching


@pytest.fixture
async def operator(standin: Any, session: Any, watch: Any) -> AsyncIterator[Any]:
    """An operator before the dashboard, which shows the stand-in's first snapshot."""
    async with watch(session) as operator:
        await operator.until("WARNING 60")
        yield operator


@pytest.fixture(scope="session")
def terminals() -> ModuleType:
    """The pseudo-terminal harness."""
    return load("terminal")


@pytest.fixture(scope="session")
def dashboards() -> ModuleType:
    """What runs a dashboard over a socket."""
    return load("dashboard")


@pytest.fixture(scope="session")
def operating() -> ModuleType:
    """The operator at a dashboard, and the clock they share."""
    return load("operating")


@pytest.fixture(scope="session")
def hostile() -> ModuleType:
    """The maker of models filled with anything at all."""
    return load("hostile")


@pytest.fixture(scope="session")
def standin_class() -> Any:
    """The engine's stand-in, to be made and served by the test."""
    return load("standin").Standin


@pytest.fixture(scope="session")
def engines() -> Iterator[Callable[[str], str]]:
    """Starts the stand-in in a process of its own, one for each mode asked for; gives its socket."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:

        def start(mode: str) -> str:
            path = f"{folder}/{mode.replace(' ', '-')}.sock"
            if mode not in running:
                running[mode] = subprocess.Popen([sys.executable, str(HERE / "standin.py"), path, *mode.split()])
            return path

        yield start
        for process in running.values():
            process.terminate()
            process.wait(10)


@pytest.fixture
def open_dashboard(engines: Callable[[str], str], terminals: ModuleType) -> Iterator[Callable[..., Any]]:
    """Opens the dashboard over a stand-in; at 140x40 unless told."""
    opened: list[Any] = []

    def open_one(mode: str = "still", columns: int = 140, rows: int = 40, **environ: str) -> Any:
        terminal = terminals.Terminal([str(HERE / "dashboard.py"), engines(mode)], columns, rows, environ)
        opened.append(terminal)
        terminal.read_until("WARNING 60", 20)
        return terminal

    yield open_one
    for terminal in opened:
        terminal.close()
