"""The dashboard in a browser: textual-serve, kept to this machine and to whoever has the key.

textual-serve has no login, and any page in a browser may try to reach a port of this machine. So every request must
come to the address that was printed, from a page of that address, with the key that was printed with it. Nothing is
fetched from anywhere else.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp import web
from textual_serve.server import Server

#: What tells of the terminal that the command runs in, and of nothing that a page is.
_OF_A_TERMINAL = ("TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "TERM_PROGRAM", "COLORFGBG")
#: Seconds that pages may take to notice that the server ends.
SHUTDOWN_SECONDS = 0.5

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: textual-serve's page asks Google for a font.
_REMOTE_FONT = re.compile(r"<link[^>]*fonts\.googleapis\.com[^>]*/?>", re.DOTALL)
#: In its place: a title, and keys that go to the dashboard before anybody has clicked on it.
_HEAD = """<title>MagFlow</title>
<script>
  const looking = setInterval(() => {
    const keys = document.querySelector(".xterm-helper-textarea");
    if (keys) { keys.focus(); clearInterval(looking); }
  }, 100);
</script>"""


class DashboardServer(Server):
    """Serves one dashboard process to each page. `command` is run by a shell for each of them."""

    def __init__(self, command: str, host: str, port: int, key: str) -> None:
        self._key = key
        self._cookie = f"magflow-{port}"
        self._place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__(command, host=host, port=port, title="MagFlow", public_url=f"http://{self._place}")

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.public_url}/?key={self._key}"

    def serve_on(self, listening: socket.socket) -> None:
        """Serve on a socket until SIGINT or SIGTERM. Blocks.

        The dashboards inherit the environment, which from here on is that of a browser's terminal.
        """
        for name in _OF_A_TERMINAL:
            os.environ.pop(name, None)
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        web.run_app(self._make_app(), sock=listening, print=None, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command does."""

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let through what has the key and comes from our own page; send the key's bearer to the page."""
        if request.headers.get("Host") != self._place:
            raise web.HTTPForbidden(text=f"This dashboard is at {self.public_url} alone.\n")
        if request.headers.get("Origin", self.public_url) != self.public_url:
            raise web.HTTPForbidden(text="Another page may not use this dashboard.\n")
        if request.path == "/" and self._is_key(request.query.get("key")):
            # The key does not stay in the address, where it would be seen and kept.
            answer = web.HTTPFound("/")
            answer.set_cookie(self._cookie, self._key, httponly=True, samesite="Strict")
            raise answer
        if not self._is_key(request.cookies.get(self._cookie)):
            raise web.HTTPForbidden(text="Open the address that `magflow web` printed, with its key.\n")
        response = await handler(request)
        if isinstance(response, web.Response) and request.path == "/":
            response.text = _REMOTE_FONT.sub(_HEAD, response.text or "")
            response.headers["Content-Security-Policy"] = (
                "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'; "
                f"connect-src 'self' ws://{self._place}"
            )
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _is_key(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(given.encode(), self._key.encode())


def new_key() -> str:
    """A key for one run of the server."""
    return secrets.token_urlsafe(24)


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine alone. Raises `ValueError` for what is no IP address."""
    return ip_address(host).is_loopback


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises `OSError`."""
    family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    return socket.create_server((host, port), family=family)


def dashboard_command(arguments: list[str]) -> list[str]:
    """The command that is the dashboard."""
    return [sys.executable, "-m", "magflow_tui", *arguments]
