"""The TCP connection behind a request, for faults that no HTTP answer can play."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from magflow_tui.sandbox.wire import Answer, Application, Receive, Scope, Send

_KEY = "magflow.transport"
_DROP_UNSENT = struct.pack("ii", 1, 0)  # SO_LINGER of zero seconds: closing sends RST


class ConnectionProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with the connection's transport put into the scope of each of its requests."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A caller connected."""
        super().connection_made(transport)
        app = cast("Application", self.app)

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope[_KEY] = transport
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                if not transport.is_closing():  # else the server is ending: nobody is left to tell
                    raise

        self.app = with_transport


def reset(scope: Scope) -> None:
    """Break the connection off with TCP RST, unsent data and all."""
    transport = _transport(scope)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_UNSENT)
    transport.abort()


def cut_headers(scope: Scope) -> None:
    """Send half of the headers, then close."""
    transport = _transport(scope)
    transport.write(b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Ty")
    transport.close()


def truncate(scope: Scope, answer: Answer) -> None:
    """Promise the whole body, send two thirds of it, then close."""
    transport = _transport(scope)
    head = f"HTTP/1.1 {answer.status} OK\r\nServer: nginx\r\nContent-Type: {answer.content_type}\r\n"
    transport.write(
        f"{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body[: len(answer.body) * 2 // 3]
    )
    transport.close()


async def gone(receive: Receive) -> None:
    """Wait until the caller's connection is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get(_KEY)
    if transport is None:
        raise ConnectionResetError("the sandbox broke the connection off")
    return cast("asyncio.Transport", transport)
