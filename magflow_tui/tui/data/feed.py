"""The stream of snapshots as the dashboard knows it: the latest one, how old it is, and how the engine is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from magflow_tui.tui.session import Session
from magflow_tui.tui.views.context import Link

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.client import Link as StreamLink
    from magflow_tui.contract.snapshot import Snapshot

#: A snapshot older than this many seconds is no longer live: two ticks and a little.
STALE_SECONDS = 2.6


class Feed:
    """Connects a session's engine, reads its snapshots, and reports each change to `on_change`.

    `clock` counts seconds and never goes back. The stream reconnects by itself; an engine that could not be started is
    tried again when `retry` is called.
    """

    def __init__(self, session: Session, on_change: Callable[[], None], clock: Callable[[], float]) -> None:
        self._session = session
        self._on_change = on_change
        self._clock = clock
        self._received = 0.0
        self._failure: str | None = None
        self._retry = asyncio.Event()
        self.client: EngineClient | None = None
        self.snapshot: Snapshot | None = None

    def link(self) -> Link:
        """How things stand now."""
        age = None if self.snapshot is None else self._clock() - self._received
        if self._failure is not None:
            return Link("gone", age, self._failure)
        if age is None:
            return Link("starting")
        return Link("live", age) if age <= STALE_SECONDS else Link("stale", age)

    def retry(self) -> None:
        """Have the session start or find its engine again; without effect while the stream is up."""
        if self._failure is not None:
            self._retry.set()

    async def run(self) -> None:
        """Connect and read until cancelled."""
        while True:
            try:
                self.client = await self._session.connect()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # whatever it was, the screen says so and stays
                self._fail(str(error) or type(error).__name__)
                await self._retry.wait()
                self._again()
                continue
            reading = asyncio.create_task(self._read(self.client))
            wanted = asyncio.create_task(self._retry.wait())
            try:
                await asyncio.wait((reading, wanted), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (reading, wanted):
                    task.cancel()
                outcome, _ = await asyncio.gather(reading, wanted, return_exceptions=True)
            if isinstance(outcome, Exception):
                self._fail(str(outcome) or type(outcome).__name__)
                await self._retry.wait()
            self._again()

    async def _read(self, client: EngineClient) -> None:
        async with aclosing(client.snapshots(on_link=self._on_link)) as snapshots:
            async for snapshot in snapshots:
                self.snapshot = snapshot
                self._received = self._clock()
                self._failure = None
                self._on_change()

    def _on_link(self, link: StreamLink) -> None:
        if link.up:
            self._failure = None
            self._on_change()
        else:
            self._fail(link.reason or "")

    def _fail(self, reason: str) -> None:
        self._failure = reason
        self._on_change()

    def _again(self) -> None:
        self._retry.clear()
        self._failure = None
        self._on_change()
