"""Snapshots and events: as of now, and as streams of JSON lines that never queue for a slow reader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from magflow_tui.contract.events import EventPage
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.engine.api.serving_engine import AnyEngine
from magflow_tui.engine.engine import Engine

router = APIRouter(tags=["live"])

MEDIA_TYPE = "application/x-ndjson"
#: An empty line after so many quiet seconds tells the reader that the engine is there.
KEEP_ALIVE_SECONDS = 10.0
_PAGE = 200


@router.get("/snapshot")
async def snapshot(engine: AnyEngine) -> Snapshot:
    """The whole live view as of now."""
    return await engine.live.now()


@router.get("/snapshot/stream", response_class=StreamingResponse)
async def snapshot_stream(engine: AnyEngine) -> StreamingResponse:
    """A snapshot a second, as JSON lines, beginning at once. A slow reader skips what it missed."""
    return StreamingResponse(_snapshots(engine), media_type=MEDIA_TYPE)


@router.get("/events")
async def events(
    engine: AnyEngine,
    after: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> EventPage:
    """Events behind `after`; without it the last `limit` ones."""
    return await engine.events.page(max(0, engine.events.last_seq - limit) if after is None else after, limit)


@router.get("/events/stream", response_class=StreamingResponse)
async def event_stream(engine: AnyEngine, after: Annotated[int | None, Query(ge=0)] = None) -> StreamingResponse:
    """Events behind `after` (from now on without it), as JSON lines.

    The first line is `{"from":N}`: the events that follow are those behind N, without gaps. Empty lines keep alive.
    """
    # A number that was not given yet is of another store: such a reader begins anew.
    last = engine.events.last_seq
    start = last if after is None else min(after, last)
    return StreamingResponse(_events(engine, start), media_type=MEDIA_TYPE)


async def _snapshots(engine: Engine) -> AsyncIterator[bytes]:
    with engine.watchers.attached(), engine.live.watching():
        seen = engine.live.seq
        await engine.live.now()
        while (latest := await engine.live.next(seen)) is not None:
            seen = engine.live.seq
            yield latest + b"\n"


async def _events(engine: Engine, seen: int) -> AsyncIterator[bytes]:
    hub = engine.events
    with engine.watchers.attached():
        # Who is told a beginning may rely on the engine: once it is to stop, nobody is.
        if engine.stop_requested.is_set():
            return
        yield b'{"from":%d}\n' % seen
        while True:
            page = await hub.page(seen, _PAGE)
            if page.events:
                seen = page.events[-1].seq
                yield b"".join(event.model_dump_json().encode() + b"\n" for event in page.events)
            elif hub.closed:
                return
            elif not await hub.wait(seen, KEEP_ALIVE_SECONDS):
                yield b"\n"
