"""Streams of the engine over connections that break at the worst moments."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import httpx
import pytest

from magflow_tui.client import EngineClient, EngineError, EngineNotRunningError, Link
from magflow_tui.client import streams as streams_module
from magflow_tui.contract.events import Event

Script = Callable[[httpx.Request, int], httpx.Response]


def line(seq: int) -> bytes:
    event = Event(seq=seq, at=datetime(2026, 3, 2, tzinfo=UTC), kind="notice", message=f"event {seq}")
    return event.model_dump_json().encode() + b"\n"


class Body(httpx.AsyncByteStream):
    """Chunks as they arrive, then the end or a broken connection."""

    def __init__(self, *chunks: bytes, broken: bool = False) -> None:
        self._chunks = chunks
        self._broken = broken

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        if self._broken:
            raise httpx.ReadError("gone")


class Connections:
    """What each connection in turn gives, and what was asked for on each."""

    def __init__(self, *answers: Body | Exception | httpx.Response) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.query.decode())
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, stream=answer)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams_module, "RECONNECT_SECONDS", (0.0,))


def client_of(connections: Connections) -> EngineClient:
    return EngineClient.over(httpx.MockTransport(connections))


async def take(client: EngineClient, count: int, *, after: int | None, links: list[Link] | None = None) -> list[int]:
    seen = []
    stream = client.event_stream(after=after, on_link=None if links is None else links.append)
    async with aclosing(stream) as events:
        async for event in events:
            seen.append(event.seq)
            if len(seen) == count:
                break
    return seen


async def test_events_resume_behind_the_last_one_that_was_whole() -> None:
    connections = Connections(
        Body(b'{"from":0}\n' + line(1), line(2) + line(3)[:20], broken=True),
        httpx.ConnectError("refused"),
        Body(b'{"from":2}\n', line(3), b"\n", line(4)[:5], line(4)[5:]),
        Body(b'{"from":4}\n', line(5)),
    )
    links: list[Link] = []
    async with client_of(connections) as client:
        assert await take(client, 5, after=0, links=links) == [1, 2, 3, 4, 5]
    assert connections.asked == ["after=0", "after=2", "after=2", "after=4"]
    assert [link.up for link in links] == [True, False, True, False, True]


async def test_a_stream_from_now_on_resumes_from_where_it_began() -> None:
    connections = Connections(
        Body(b'{"from":41}\n', broken=True), Body(b'{"from":41}\n', line(42)), Body(b'{"from":42}\n', line(43))
    )
    async with client_of(connections) as client:
        assert await take(client, 2, after=None) == [42, 43]
    assert connections.asked == ["", "after=41", "after=42"]


async def test_what_was_seen_is_not_given_twice() -> None:
    connections = Connections(Body(b'{"from":0}\n', line(1), line(2), broken=True), Body(line(1), line(2), line(3)))
    async with client_of(connections) as client:
        assert await take(client, 3, after=0) == [1, 2, 3]


async def test_without_reconnecting_a_lost_engine_is_an_error() -> None:
    for answer in (httpx.ConnectError("refused"), Body(b'{"from":0}\n')):
        async with client_of(Connections(answer)) as client:
            with pytest.raises(EngineNotRunningError):
                async for _ in client.event_stream(after=0, reconnect=False):
                    pass


async def test_a_refusal_is_not_tried_again() -> None:
    refusal = httpx.Response(401, json={"code": "unauthorised", "message": "A bearer token is needed."})
    connections = Connections(refusal)
    async with client_of(connections) as client:
        with pytest.raises(EngineError, match="token"):
            await take(client, 1, after=0)
    assert len(connections.asked) == 1


async def test_an_answer_that_no_engine_gives_is_told() -> None:
    async with client_of(Connections(httpx.Response(502, text="<html>"))) as client:
        with pytest.raises(EngineError, match="not as an engine does") as caught:
            await client.engine()
    assert caught.value.body.code == "unexpected_answer"
    async with client_of(Connections(httpx.Response(200, json={"pid": "x"}))) as client:
        with pytest.raises(EngineError, match="another version"):
            await client.engine()


async def test_a_reader_that_was_busy_gets_only_the_latest_snapshot(live_lines: Callable[[int], bytes]) -> None:
    busy, sent = asyncio.Event(), asyncio.Event()

    class Live(Body):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield live_lines(1)
            await busy.wait()
            for seq in range(2, 9):
                yield live_lines(seq)
            sent.set()
            await asyncio.Event().wait()

    async with client_of(Connections(Live())) as client, aclosing(client.snapshots()) as snapshots:
        assert (await anext(snapshots)).seq == 1
        busy.set()
        await sent.wait()
        assert (await anext(snapshots)).seq == 8
