"""The dashboard over a unix socket that somebody serves, run by path in a terminal: `python dashboard.py SOCKET`."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from magflow_tui.tui import run_dashboard

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient


class SocketSession:
    """A session over an engine that runs already."""

    is_demo = False
    scenarios: tuple[str, ...] = ()
    scenario: str | None = None
    data_dir: Path | None = None

    def __init__(self, socket: str, *, is_demo: bool = False) -> None:
        self.socket = socket
        self.is_demo = is_demo
        self.client: EngineClient | None = None
        self.closed: bool | None = None

    async def connect(self) -> EngineClient:
        await asyncio.to_thread(import_module, "magflow_tui.client")
        import httpx

        from magflow_tui.client import EngineClient

        self.client = EngineClient(httpx.AsyncHTTPTransport(uds=self.socket), self.socket)
        return self.client

    async def close(self, *, stop_engine: bool) -> None:
        self.closed = bool(self.closed) or stop_engine
        if self.client is not None:
            await self.client.aclose()
            self.client = None

    async def set_scenario(self, name: str) -> None:
        self.scenario = name


if __name__ == "__main__":
    began = datetime.now(UTC)
    sys.exit(
        run_dashboard(
            None,
            None,
            session=SocketSession(sys.argv[1], is_demo="demo" in sys.argv[2:]),
            now=lambda: began if "DASHBOARD_CLOCK_STANDS" in os.environ else datetime.now(UTC),
        )
    )
