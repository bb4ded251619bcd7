"""The dashboard over a unix socket that somebody serves, run by path in a terminal: `python dashboard.py SOCKET`."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from magflow_tui.config.look import Look, read_switch
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

        if self.client is not None:
            await self.client.aclose()
        self.client = EngineClient(httpx.AsyncHTTPTransport(uds=self.socket), self.socket)
        return self.client

    async def close(self, *, stop_engine: bool) -> None:
        self.closed = bool(self.closed) or stop_engine
        if self.client is not None:
            await self.client.aclose()
            self.client = None

    async def set_scenario(self, name: str) -> None:
        self.scenario = name


def prepare_textual() -> None:
    """What the dashboard's entry sees to before Textual is imported."""
    os.environ.update(TEXTUAL_FPS="15", TEXTUAL_ANIMATIONS="none", TEXTUAL_SMOOTH_SCROLL="0")


def rest_longer(seconds: float) -> None:
    """Have a cursor rest for so long until what stands beside its list follows: so the two can be told apart."""
    prepare_textual()
    from magflow_tui.tui.terminal import app

    app.REST_SECONDS = seconds


def run_in_haste(session: SocketSession, times: float) -> int:
    """Run with a clock that goes faster by so many times: what takes minutes is seen in seconds."""
    prepare_textual()
    from magflow_tui.tui.app import MagFlowApp

    app = MagFlowApp(session, look=look(), clock=lambda: time.monotonic() * times)
    return app.run() or app.return_code or 0


def look() -> Look:
    """How it looks: with the terminal's link spared or not, where the environment says so."""
    return Look(slow=read_switch(os.environ.get("DASHBOARD_SLOW", "auto")))


def main() -> int:
    """The exit code."""
    session, began = SocketSession(sys.argv[1], is_demo="demo" in sys.argv[2:]), datetime.now(UTC)
    if "DASHBOARD_REST" in os.environ:
        rest_longer(float(os.environ["DASHBOARD_REST"]))
    if "DASHBOARD_HASTE" in os.environ:
        return run_in_haste(session, float(os.environ["DASHBOARD_HASTE"]))
    stands = "DASHBOARD_CLOCK_STANDS" in os.environ
    return run_dashboard(None, None, session=session, look=look(), now=lambda: began if stands else datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main())
