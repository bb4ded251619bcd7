"""Serves an engine on its sockets until it is asked to stop, and ends within seconds whatever clients do."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from magflow_tui.engine.access import BearerGuard
from magflow_tui.engine.engine import Engine
from magflow_tui.engine.folder import HeldFolder

log = logging.getLogger(__name__)

#: How long connections may take to end once streams are closed, in seconds. A stopped terminal never reads its own.
GRACE_SECONDS = 1
#: Longer than clients keep idle connections, so that a connection is never closed under a request just sent.
KEEP_ALIVE_SECONDS = 75


class _Server(uvicorn.Server):
    """Leaves signals to the process: it drains the engine first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    engine: Engine, held: HeldFolder, *, tcp: socket.socket | None = None, on_ready: Callable[[], None] = lambda: None
) -> None:
    """Serve a running engine on its unix socket, and on `tcp` behind the token, until `engine.stop_requested`.

    `on_ready` is called when calls are answered. Raises `EngineFailure` when the socket cannot be made.
    """
    app = engine.asgi_app
    doors: list[tuple[ASGIApp, socket.socket]] = [(app, held.bind())]
    token = engine.settings.api_token
    if tcp is not None and token is not None:
        doors.append((BearerGuard(app, token), tcp))
    servers = [
        (
            _Server(
                uvicorn.Config(
                    door,
                    log_config=None,
                    access_log=False,
                    lifespan="off",
                    ws="none",
                    loop="asyncio",
                    http="h11",
                    timeout_keep_alive=KEEP_ALIVE_SECONDS,
                    timeout_graceful_shutdown=GRACE_SECONDS,
                )
            ),
            listener,
        )
        for door, listener in doors
    ]
    serving = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in servers]
    try:
        # The sockets listen already: who connects now is answered as soon as the servers run.
        on_ready()
        await engine.stop_requested.wait()
        held.close_door()
        await engine.drain()
    finally:
        for server, _ in servers:
            server.should_exit = True
        await asyncio.gather(*serving)
