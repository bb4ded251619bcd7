"""The TCP socket that `--listen` asks for."""

from __future__ import annotations

import socket

from magflow_tui.engine.failures import EngineFailure


def listen_on(address: str) -> socket.socket:
    """A listening TCP socket for `HOST:PORT` (`[::1]:8100` too). Raises `EngineFailure`."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise EngineFailure("listen", f"--listen {address} is not HOST:PORT.", hint="For example 127.0.0.1:8100.")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, where = found[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            listener.listen(128)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise EngineFailure("listen", f"--listen {address} cannot be used: {error.strerror or error}.") from None
    return listener
