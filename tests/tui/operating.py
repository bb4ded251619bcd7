"""An operator at the dashboard: presses keys, looks at the screen, waits for what is to come about."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from magflow_tui.config.look import Look
from magflow_tui.tui.app import MagFlowApp

SECONDS = 10.0


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class Operator:
    """Presses keys on a running dashboard and looks at it."""

    def __init__(self, app: MagFlowApp, pilot: Pilot[int], clock: Clock) -> None:
        self.app, self.pilot, self.clock = app, pilot, clock

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names, one behind the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Press the key of each character."""
        names = {" ": "space", ":": "colon", "-": "minus", ">": "greater_than_sign", "!": "exclamation_mark"}
        await self.pilot.press(*(names.get(character, character) for character in text))

    async def paste(self, text: str) -> None:
        """Paste, as a terminal with bracketed paste tells it."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    def screen(self) -> str:
        """What the terminal would show."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    def line(self, number: int) -> str:
        """One row of it."""
        return self.screen().splitlines()[number]

    async def until(self, what: Callable[[], object] | str) -> None:
        """Wait until a text is on the screen, or something is true."""
        loop = asyncio.get_running_loop()
        end = loop.time() + SECONDS
        while loop.time() < end:
            if what in self.screen() if isinstance(what, str) else what():
                return
            await self.pilot.pause()
        pytest.fail(f"{what!r} did not come about:\n{self.screen()}")


@contextlib.asynccontextmanager
async def watching(
    session: Any, size: tuple[int, int] = (140, 40), *, environ: dict[str, str] | None = None, **look: Any
) -> AsyncIterator[Operator]:
    """The dashboard over a session, with an operator at it; `look` are fields of the settings."""
    clock = Clock()
    wanted = Look(**{"ascii": "off"} | look)
    app = MagFlowApp(session, look=wanted, environ=environ or {"TERM": "xterm"}, clock=clock)
    async with app.run_test(size=size) as pilot:
        yield Operator(app, pilot, clock)
