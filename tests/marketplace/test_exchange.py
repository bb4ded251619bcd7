"""The client on real sockets: broken connections, truncated and late answers, to the byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from magflow_tui.marketplace import errors
from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.filters import OrderFilter
from magflow_tui.marketplace.limiter import AccountLimiter, Pool
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.retry import RetryPolicy

RESET = b"\0reset"
HANG = b"\0hang"
CLOSE_AFTER = b"\0close-after:"
PAGE = b'{"isError":false,"messages":[],"errors":[],"results":[{"id":7}]}'


@dataclass
class WireServer:
    """A TCP server that answers each request with prepared bytes, to the letter.

    `script` holds an answer a request, the last one is repeated: bytes to send; bytes behind `CLOSE_AFTER` to send
    and hang up; `RESET` to break the connection; `HANG` to say nothing. `requests` are the heads and bodies received.
    """

    url: str
    script: list[bytes]
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)


OpenWire = Callable[..., Awaitable[WireServer]]


@pytest.fixture
async def open_wire() -> AsyncIterator[OpenWire]:
    servers: list[asyncio.Server] = []
    tasks: set[asyncio.Task[None]] = set()

    async def open_one(*script: bytes) -> WireServer:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            wire.connections += 1
            try:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    length = next(
                        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")),
                        0,
                    )
                    wire.requests.append(head + await reader.readexactly(length))
                    wire.reached.set()
                    answer = wire.script.pop(0) if len(wire.script) > 1 else wire.script[0]
                    if answer == HANG:
                        await reader.read()
                        return
                    if answer == RESET:
                        writer.transport.abort()
                        return
                    closing = answer.startswith(CLOSE_AFTER)
                    writer.write(answer.removeprefix(CLOSE_AFTER))
                    await writer.drain()
                    if closing:
                        return
            except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                pass
            finally:
                writer.close()
                tasks.discard(task)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        servers.append(server)
        wire = WireServer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api-3/", list(script))
        return wire

    yield open_one
    for server in servers:
        server.close()
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def http_answer(body: bytes, status: str = "200 OK", *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode() + body


async def test_requests_share_one_connection(open_client: Callable[..., Any], open_wire: OpenWire) -> None:
    wire = await open_wire(http_answer(PAGE))
    rig = await open_client(base_url=wire.url)
    for _ in range(5):
        assert len((await rig.client.read_orders(OrderFilter())).items) == 1
    assert (wire.connections, len(wire.requests)) == (1, 5)
    assert wire.requests[0].startswith(b"POST /api-3/order/read HTTP/1.1\r\n")
    assert all(record.bytes_received == len(PAGE) for record in rig.records)
    assert all(0 < record.first_byte_ms <= record.elapsed_ms for record in rig.records)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (RESET, "network"),
        (CLOSE_AFTER, "network"),
        (CLOSE_AFTER + http_answer(PAGE[:20], length=len(PAGE)), "malformed"),
        (http_answer(PAGE[:20]), "malformed"),
        (http_answer(b"<html>", "502 Bad Gateway"), "server_error"),
        (http_answer(b'{"message":"API rate limit exceeded"}', "429 Too Many Requests"), "rate_limited"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\ngarbage", "malformed"),
        (CLOSE_AFTER + b"SSH-2.0-OpenSSH\r\n\r\n", "network"),
        (CLOSE_AFTER + b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed"),
    ],
)
async def test_a_read_comes_through_a_fault_on_the_wire(
    open_client: Callable[..., Any], open_wire: OpenWire, fault: bytes, outcome: str
) -> None:
    wire = await open_wire(fault, http_answer(PAGE))
    rig = await open_client(base_url=wire.url)
    page = await rig.client.read_orders(OrderFilter())
    assert page.items[0].raw == b'{"id":7}'
    assert [record.outcome for record in rig.records] == [outcome, "ok"]


async def test_an_answer_that_never_comes_times_out(open_client: Callable[..., Any], open_wire: OpenWire) -> None:
    wire = await open_wire(HANG, http_answer(PAGE))
    rig = await open_client(base_url=wire.url, read_timeout=0.2)
    await rig.client.read_orders(OrderFilter())
    assert [(record.outcome, record.status) for record in rig.records] == [("timeout", None), ("ok", 200)]
    assert rig.records[0].first_byte_ms is None


async def test_a_write_whose_answer_is_lost_is_not_sent_twice(
    open_client: Callable[..., Any], open_wire: OpenWire
) -> None:
    wire = await open_wire(RESET, http_answer(PAGE))
    rig = await open_client(base_url=wire.url)
    with pytest.raises(errors.NetworkError) as raised:
        await rig.client.acknowledge_order(7)
    assert raised.value.maybe_applied is True
    assert len(wire.requests) == 1


async def test_a_write_that_finds_nobody_listening_is_tried_again(
    open_client: Callable[..., Any], unused_tcp_port: int
) -> None:
    rig = await open_client(base_url=f"http://127.0.0.1:{unused_tcp_port}", retry=RetryPolicy(max_retries=2))
    with pytest.raises(errors.NetworkError) as raised:
        await rig.client.acknowledge_order(7)
    assert raised.value.maybe_applied is False
    assert len(rig.records) == 3


async def test_a_cancelled_call_frees_its_slot_and_is_on_record(
    open_client: Callable[..., Any], open_wire: OpenWire
) -> None:
    wire = await open_wire(HANG, http_answer(PAGE))
    rig = await open_client(base_url=wire.url)
    call = asyncio.create_task(rig.client.read_orders(OrderFilter()))
    await wire.reached.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert [record.outcome for record in rig.records] == ["cancelled"]
    assert len((await rig.client.read_orders(OrderFilter())).items) == 1


async def test_many_calls_at_once_all_come_back(open_client: Callable[..., Any], open_wire: OpenWire) -> None:
    wire = await open_wire(http_answer(PAGE))
    rig = await open_client(base_url=wire.url)
    pages = await asyncio.gather(*(rig.client.read_orders(OrderFilter(), n) for n in range(1, 21)))
    assert [page.number for page in pages] == list(range(1, 21))


async def test_a_server_that_does_not_speak_tls_is_a_network_error(open_client: Callable[..., Any]) -> None:
    async def speak_otherwise(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        writer.close()

    async with await asyncio.start_server(speak_otherwise, "127.0.0.1", 0) as server:
        address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        rig = await open_client(base_url=address, retry=RetryPolicy(max_retries=0))
        with pytest.raises(errors.NetworkError, match="cannot connect") as raised:
            await rig.client.acknowledge_order(7)
    assert raised.value.maybe_applied is False


class BreaksOff(httpx.AsyncBaseTransport):
    """The connection breaks while the request is being written: the server has seen its head."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.extensions["trace"]("http11.send_request_headers.started", {})
        raise httpx.WriteError("the connection broke")


async def test_a_request_that_breaks_off_while_it_is_written_has_spent_its_slot() -> None:
    limiter = AccountLimiter()
    client = MarketplaceClient(
        account="main", platform=PLATFORMS["emag-ro"], username="u", password="p", limiter=limiter,
        transport=BreaksOff(), retry=RetryPolicy(max_retries=0),
    )  # fmt: skip
    async with client:
        with pytest.raises(errors.NetworkError):
            await client.read_orders(OrderFilter())
    orders = next(pool for pool in limiter.snapshot() if pool.pool is Pool.ORDERS)
    limiter.close()
    assert orders.minute_used == 1
