"""TCP is for those who hold the token."""

from __future__ import annotations

import socket

import httpx
import pytest
from pydantic import SecretStr
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from magflow_tui.engine.access import BearerGuard
from magflow_tui.engine.failures import EngineFailure
from magflow_tui.engine.listening import listen_on


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("inside")(scope, receive, send)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 401),
        ([("Authorization", "Bearer right")], 200),
        ([("Authorization", "Bearer wrong")], 401),
        ([("Authorization", "Bearer right ")], 401),
        ([("Authorization", "Basic right")], 401),
        ([("Authorization", "right")], 401),
        ([("Authorization", "Bearer right"), ("Authorization", "Bearer right")], 401),
        ([("Authorization", b"Bearer \xff\xfe")], 401),
    ],
)
async def test_only_the_right_token_opens(headers: list[tuple[str, str]], status: int) -> None:
    guarded = BearerGuard(inside, SecretStr("right"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://e") as http:
        assert (await http.get("/orders", headers=headers)).status_code == status


async def test_the_probe_needs_no_token_and_nothing_else_goes_without() -> None:
    guarded = BearerGuard(inside, SecretStr("right"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://e") as http:
        assert (await http.get("/health")).status_code == 200
        for path in ("/health/", "/docs", "/openapi.json", "/health/../orders", "//health"):
            assert (await http.get(path)).status_code == 401
        refused = await http.get("/orders")
    assert refused.json()["code"] == "unauthorised"
    assert refused.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("address", ["8100", "localhost", ":8100", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000"])
def test_an_address_to_listen_on_that_is_none_is_told(address: str) -> None:
    with pytest.raises(EngineFailure, match="HOST:PORT"):
        listen_on(address)


def test_an_address_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EngineFailure, match="already in use"):
            listen_on(f"127.0.0.1:{taken.getsockname()[1]}")
