"""The dashboard in a browser: who is let in, and that it paints."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pyte
import pytest

from magflow_tui.cli.web import is_loopback, listen

Serving = tuple[str, str]


@pytest.fixture
def serving(shell: Any, first_line: Callable[[subprocess.Popen[str]], str]) -> Iterator[Serving]:
    """A dashboard that is served: its address and its key."""
    with shell.start("web", "--port", "0") as process:
        try:
            found = re.search(r"(http://\S+)/\?key=(\S+)", first_line(process))
            assert found is not None
            yield found[1], found[2]
        finally:
            process.terminate()
            process.communicate(timeout=20)


@pytest.mark.parametrize(
    ("host", "near"), [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("10.0.0.5", False)]
)
def test_an_address_is_of_this_machine_or_not(host: str, near: bool) -> None:
    assert is_loopback(host) is near


def test_a_free_port_is_found() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert listening.getsockname()[1] > 0


def test_an_address_that_others_reach_is_refused_unless_asked_for(shell: Any) -> None:
    done = shell.call("web", "--host", "10.0.0.5", "--port", "0")
    assert done.code == 2
    assert "no login" in done.err
    assert "--beyond-this-machine" in done.err


def test_a_host_that_is_no_address_is_a_usage_error(shell: Any) -> None:
    done = shell.call("web", "--host", "seller.example", "--port", "0")
    assert done.code == 2
    assert "an IP address" in done.err


async def status(session: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with session.get(url, headers=headers) as answer:
        return answer.status


@pytest.mark.slow
async def test_only_the_page_with_the_key_is_let_in_and_gets_a_first_frame(serving: Serving) -> None:
    address, key = serving
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an IP address
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        assert await status(browser, f"{address}/") == 403
        assert await status(browser, f"{address}/ws") == 403
        assert await status(browser, f"{address}/?key=wrong") == 403
        assert await status(browser, f"{address}/?key={key}", Host="seller.example") == 403
        async with browser.get(f"{address}/?key={key}") as answer:
            page = await answer.text()
            assert answer.status == 200
            assert key not in str(answer.url)
            assert "googleapis" not in page
            assert "<title>MagFlow</title>" in page
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert await status(browser, f"{address}/ws", Origin="http://seller.example") == 403
        async with browser.ws_connect(f"{address}/ws?width=100&height=30", origin=address) as socket:
            screen = pyte.Screen(100, 30)
            terminal = pyte.ByteStream(screen)
            while not (screen.display[1].startswith("[1 Health]") and "? help" in screen.display[-1]):
                terminal.feed(await socket.receive_bytes(timeout=30))
