"""The live view as plain lines: a screen's words, then what changes in them. For logs, pipes and screen readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from magflow_tui.cli.wording import clock_time
from magflow_tui.config.look import Language

if TYPE_CHECKING:
    from magflow_tui.cli.printing import Printer
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import OrderRow
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.views.context import Say, ScreenName, View

#: Seconds between two looks at what has changed on a screen. Events are told at once.
PACE_SECONDS = 5.0
#: Rows of orders and requests that are told of.
ROWS = 30
#: Events that are told at most when several have happened at once.
EVENTS = 20


@dataclass(frozen=True)
class Watched:
    """What is told, and how: the screen, its language, personal data in clear or not, once or until the end."""

    screen: ScreenName = "health"
    language: Language = "en"
    reveal: bool = False
    once: bool = False


async def watch_plain(client: EngineClient, printer: Printer, *, seconds: float | None, watched: Watched) -> None:
    """Print what is happening, for `seconds` (None: until interrupted). Under `--json` the snapshots whole."""
    lines = _Lines(client, printer, watched)
    try:
        async with asyncio.timeout(seconds), aclosing(client.snapshots()) as snapshots:
            await _print_each(snapshots, printer, lines)
    except TimeoutError:
        return


async def _print_each(snapshots: AsyncGenerator[Snapshot, None], printer: Printer, lines: _Lines) -> None:
    async for snapshot in snapshots:
        if printer.json:
            printer.document(snapshot)
        else:
            await lines.tell(snapshot)
        if lines.watched.once:
            return


@dataclass
class _Lines:
    """Prints snapshots for people. `clock` counts seconds."""

    client: EngineClient
    printer: Printer
    watched: Watched
    clock: Callable[[], float] = field(default_factory=lambda: asyncio.get_running_loop().time)

    def __post_init__(self) -> None:
        from magflow_tui.tui.output.plain import Changes
        from magflow_tui.tui.privacy import Privacy
        from magflow_tui.tui.text import speak

        self._say: Say = speak(self.watched.language)
        self._privacy = Privacy(reveal=self.watched.reveal)
        self._changes = Changes()
        self._told_event: int | None = None
        self._status = ""
        self._due = float("-inf")

    async def tell(self, snapshot: Snapshot) -> None:
        """Print what happened, and every few seconds what has changed. Raises `EngineError`."""
        from magflow_tui.tui.output.plain import sections, status

        await self._tell_events(snapshot)
        if self.clock() < self._due:
            return
        self._due = self.clock() + PACE_SECONDS
        view = await self._view(snapshot)
        now = clock_time(snapshot.at)
        if (line := status(view)) != self._status:
            self._status = line
            self.printer.sentence(f"{now}  {line}")
        fresh = self._changes.fresh(sections(view))
        if fresh:
            self.printer.sentence("\n".join(fresh))

    async def _tell_events(self, snapshot: Snapshot) -> None:
        """The events since the last look; at the first look none, they are history."""
        from magflow_tui.tui.views.frame import event_text

        last, before = snapshot.last_event, self._told_event
        self._told_event = last.seq if last is not None else 0
        if last is None or before is None or last.seq <= before:
            return
        from magflow_tui.tui.views.masking import scrubbed_models

        events = (await self.client.events(after=before, limit=1000)).events[-EVENTS:]
        if not self.watched.reveal:
            events = scrubbed_models(events, "message")
        for event in events:
            word = self._say(f"severity.{event.severity}")
            self.printer.sentence(f"{clock_time(event.at)}  {word}: {event_text(event)}")

    async def _view(self, snapshot: Snapshot) -> View:
        """What the screen is drawn from."""
        from magflow_tui.tui.views.context import Link, RequestsShown, RowsShown, View

        screen, reveal = self.watched.screen, self.watched.reveal
        orders: RowsShown[OrderRow] = RowsShown()
        requests = RequestsShown()
        if screen == "orders":
            page = await self.client.orders(limit=ROWS, count=True)
            orders = RowsShown(page.orders, position=0, total=page.total, more_behind=page.next_after is not None)
        elif screen == "api":
            rows = (await self.client.requests(limit=ROWS, newest=True)).requests
            requests = RequestsShown(tuple(reversed(rows)))
        return self._privacy.kept(
            View(
                now=datetime.now(UTC),
                say=self._say,
                snapshot=snapshot,
                link=Link("live", 0.0),
                screen=screen,
                reveal=reveal,
                orders=orders,
                requests=requests,
            )
        )
