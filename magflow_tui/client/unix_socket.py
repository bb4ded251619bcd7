"""HTTP over the engine's unix socket."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


class UnixSocketTransport(httpx.AsyncHTTPTransport):
    """A transport over the socket of a path.

    anyio waits for a unix socket with a bare future (4.16, `UNIXSocketStream`): what arrives as the wait is cancelled
    wakes the future once more, and asyncio reports that, with a traceback, on the terminal. It means nothing.
    """

    def __init__(self, path: str) -> None:
        super().__init__(uds=path)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; from the first one on its loop keeps silent about late wake-ups."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            loop.set_exception_handler(_report_others)
        return await super().handle_async_request(request)


def _report_others(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio does with an error in a callback, but for wake-ups of futures that are over."""
    late = isinstance(context.get("exception"), asyncio.InvalidStateError)
    if not (late and "Future.set_result" in repr(context.get("handle"))):
        loop.default_exception_handler(context)
