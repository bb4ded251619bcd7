"""Serves a sandbox over real HTTP on loopback, inside the running event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import cast

import uvicorn
from uvicorn.server import ServerState

from magflow_tui.sandbox.app import Sandbox
from magflow_tui.sandbox.config import SandboxConfig
from magflow_tui.sandbox.connection import ConnectionProtocol
from magflow_tui.sandbox.control import Control
from magflow_tui.sandbox.stats import Stats


class SandboxServer:
    """A sandbox that serves while its `async with` block runs.

    The port is chosen by the system unless given. `control` and `stats` work on the world directly, without HTTP.
    Clocks return seconds; injected ones make limits and the living world exact in tests.
    """

    def __init__(
        self,
        config: SandboxConfig,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        wall_clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = Sandbox(config, wall_clock=wall_clock, monotonic=monotonic)
        self._config = config
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._state = ServerState()

    @property
    def control(self) -> Control:
        """The controls, as Python methods."""
        return self.app.control

    @property
    def stats(self) -> Stats:
        """The counts."""
        return self.app.world.stats

    @property
    def url(self) -> str:
        """The root of the server; `/control/…` lies below it."""
        return f"http://{self._host}:{self._port}"

    def base_url(self, account: str) -> str:
        """The API base of an account's platform, as a client wants it; KeyError when there is no such account."""
        return f"{self.url}/{self.app.world.sellers[account].account.platform}/api-3"

    async def __aenter__(self) -> SandboxServer:
        """Bind the port and serve."""
        config = uvicorn.Config(
            self.app,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=120,
        )
        config.load()
        # not on a socket of our own: asyncio sets TCP_NODELAY on its own alone, and without it each answer waits 40 ms
        self._server = await asyncio.get_running_loop().create_server(
            lambda: ConnectionProtocol(config, self._state, {}), self._host, self._port, backlog=512
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Break off all connections and stop."""
        if self._server is None:
            return
        self._server.close()
        tasks = list(self._state.tasks)
        for connection in list(self._state.connections):
            cast("ConnectionProtocol", connection).transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None
