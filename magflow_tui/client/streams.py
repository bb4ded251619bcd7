"""Live streams of the engine as async iterators that survive a lost connection.

A stream is lines of JSON; an empty line says that the engine is still there. Nothing for `SILENCE_SECONDS` counts as
lost, so a hung engine shows as a lost link and not as a quiet one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magflow_tui.client.errors import EngineError, EngineNotRunningError, EngineUnreachableError
from magflow_tui.contract.events import Event
from magflow_tui.contract.snapshot import Snapshot

if TYPE_CHECKING:
    import httpx

SILENCE_SECONDS = 15.0
RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Link:
    """State of a stream's connection: `reason` says why it is down."""

    up: bool
    reason: str | None = None


OnLink = Callable[[Link], None]
Params = Mapping[str, str | int]


class Streams:
    """Opens streams over one HTTP client. `sleep` waits between attempts to reconnect."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        where: str,
        check: Callable[[httpx.Response], Awaitable[None]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._where = where
        self._check = check
        self._sleep = sleep

    async def snapshots(self, *, reconnect: bool, on_link: OnLink | None) -> AsyncGenerator[Snapshot, None]:
        """Snapshots as they come, always the latest: a slow reader, or one that was stopped, misses the old ones."""
        lines = self._keep_reading("/snapshot/stream", dict, reconnect=reconnect, on_link=on_link)
        latest: list[bytes] = []
        fresh = asyncio.Event()

        async def pump() -> None:
            # Reads on while the consumer is busy, so that stale snapshots do not pile up in the socket.
            try:
                async with aclosing(lines):
                    async for line in lines:
                        latest[:] = [line]
                        fresh.set()
            finally:
                fresh.set()

        pumping = asyncio.create_task(pump())
        try:
            while True:
                await fresh.wait()
                fresh.clear()
                if latest:
                    yield Snapshot.model_validate_json(latest.pop())
                elif pumping.done():
                    pumping.result()
                    return
                if pumping.done():
                    fresh.set()
        finally:
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)

    async def events(
        self, *, after: int | None, reconnect: bool, on_link: OnLink | None
    ) -> AsyncGenerator[Event, None]:
        """Events behind `after`, each exactly once and in order, over any number of connections."""
        seen = after

        def params() -> Params:
            return {} if seen is None else {"after": seen}

        lines = self._keep_reading("/events/stream", params, reconnect=reconnect, on_link=on_link)
        async with aclosing(lines):
            async for line in lines:
                if line.startswith(b'{"from":'):
                    # The stream begins by saying behind which event: what a reconnect has to ask for
                    # when the connection breaks before the first event.
                    seen = int(line.removeprefix(b'{"from":').rstrip(b"}"))
                    continue
                event = Event.model_validate_json(line)
                if seen is None or event.seq > seen:
                    seen = event.seq
                    yield event

    async def _keep_reading(
        self, path: str, params: Callable[[], Params], *, reconnect: bool, on_link: OnLink | None
    ) -> AsyncGenerator[bytes, None]:
        up: bool | None = None
        delays = _delays()
        while True:
            try:
                lines = self._read(path, params())
                async with aclosing(lines):
                    async for line in lines:
                        if up is not True:
                            up, delays = True, _delays()
                            _tell(on_link, Link(up=True))
                        if line:
                            yield line
                ended: EngineError = EngineNotRunningError(self._where)
            except EngineError as error:
                if error.status is not None:
                    raise
                ended = error
            if not reconnect:
                raise ended
            if up is not False:
                up = False
                _tell(on_link, Link(up=False, reason=ended.body.message))
            await self._sleep(next(delays))

    async def _read(self, path: str, params: Params) -> AsyncGenerator[bytes, None]:
        """Lines of one connection, without their end; raises `EngineError` when it breaks."""
        import httpx

        timeout = httpx.Timeout(5.0, read=SILENCE_SECONDS)
        try:
            async with self._http.stream("GET", path, params=dict(params), timeout=timeout) as response:
                await self._check(response)
                rest = b""
                async for chunk in response.aiter_raw():
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        yield line
        except httpx.ConnectError:
            raise EngineNotRunningError(self._where) from None
        except httpx.TransportError as error:
            raise EngineUnreachableError(self._where, type(error).__name__) from None


def _delays() -> Iterator[float]:
    yield from RECONNECT_SECONDS
    while True:
        yield RECONNECT_SECONDS[-1]


def _tell(on_link: OnLink | None, link: Link) -> None:
    if on_link is not None:
        on_link(link)
