"""A marketplace on this machine, and engines over it: in this process, and as processes of their own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from magflow_tui.client import EngineClient
from magflow_tui.config import Settings, load_settings
from magflow_tui.engine.engine import Engine
from magflow_tui.sandbox import Limits, SandboxAccount, SandboxConfig, SandboxServer

DAYS = 20
ACCOUNTS = (
    SandboxAccount(
        name="shop", platform="emag-ro", username="u", password="Zebra-Quartz", orders=150, offers=40, rmas=5, days=DAYS
    ),
    SandboxAccount(
        name="bg", platform="emag-bg", username="v", password="Yak-Basalt", orders=30, offers=10, rmas=2, days=DAYS
    ),
)


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxServer]:
    """An unlimited marketplace with two small accounts."""
    async with SandboxServer(SandboxConfig(seed=7, accounts=ACCOUNTS, limits=Limits(enabled=False))) as server:
        yield server


@pytest.fixture
def environ(sandbox: SandboxServer) -> dict[str, str]:
    """Settings of both accounts as variables, on top of this process' environment."""
    own = {name: value for name, value in os.environ.items() if not name.upper().startswith("MAGFLOW_")}
    return own | account_variables(sandbox)


def account_variables(sandbox: SandboxServer) -> dict[str, str]:
    variables = {}
    for account in ACCOUNTS:
        prefix = f"MAGFLOW_ACCOUNTS__{account.name.upper()}__"
        variables |= {
            f"{prefix}PLATFORM": account.platform,
            f"{prefix}USERNAME": account.username,
            f"{prefix}PASSWORD": account.password,
            f"{prefix}BASE_URL": sandbox.base_url(account.name),
            # One window is enough: the limiter holds tests to the marketplace's pace too.
            f"{prefix}HISTORY_START": str(datetime.now(UTC).date() - timedelta(days=DAYS + 5)),
        }
    return variables


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def settings(environ: Mapping[str, str], data_dir: Path) -> Settings:
    return load_settings(config_file=Path(os.devnull), data_dir=data_dir, environ=environ)


@asynccontextmanager
async def in_process(settings: Settings, *, schedules: bool = False) -> AsyncIterator[tuple[Engine, EngineClient]]:
    """An engine in this process and a client that calls it without a socket."""
    engine = Engine(settings, schedules=schedules)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(engine.running())
        yield engine, await stack.enter_async_context(EngineClient.over(httpx.ASGITransport(engine.asgi_app)))


@pytest.fixture
async def engine_and_client(settings: Settings) -> AsyncIterator[tuple[Engine, EngineClient]]:
    async with in_process(settings) as both:
        yield both


@pytest.fixture
def engine(engine_and_client: tuple[Engine, EngineClient]) -> Engine:
    return engine_and_client[0]


@pytest.fixture
def client(engine_and_client: tuple[Engine, EngineClient]) -> EngineClient:
    return engine_and_client[1]
