"""What the dashboard is to its terminal: one that may be slow, stall, be looked away from, be borrowed, or go away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Hashable, Iterator

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from magflow_tui.tui.terminal.cadence import BLURRED, LIVE, SLOW, Cadence
from magflow_tui.tui.terminal.driver import DashboardDriver, HangUpWatch
from magflow_tui.tui.terminal.input import ReadingDriver
from magflow_tui.tui.terminal.link import HIGHEST_RATE, TerminalLink
from magflow_tui.tui.terminal.outlet import Outlet
from magflow_tui.tui.terminal.wire import Mirror, without_rest

#: Seconds that a cursor has to rest until what stands beside its list follows it.
REST_SECONDS = 0.15


def has_shell_behind() -> bool:
    """Whether a shell with job control waits for this program: without one nobody would wake it from a stop."""
    parent = os.getppid()
    try:
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except ProcessLookupError:
        return False


class TerminalApp(App[int], inherit_bindings=False):
    """An application that paints frames; what changed is sent as the link to the terminal bears it.

    A subclass draws in `paint`, inside `frame`. `clock` counts seconds; `spared` says whether the link is spared, None
    finds out.
    """

    def __init__(self, clock: Callable[[], float], *, spared: bool | None) -> None:
        # In a browser Textual names the driver; on a terminal it is ours.
        super().__init__(driver_class=None if "TEXTUAL_DRIVER" in os.environ else ReadingDriver)
        self.clock = clock
        self.terminal_link = TerminalLink(clock, spared=spared)
        self._cadence = Cadence(clock)
        self._mirror = Mirror()
        self._mirror.few_colours = self.slow
        self._outlet = Outlet(
            self.terminal_link,
            self._cadence,
            clock,
            write=self._write,
            unsent=self._unsent,
            later=lambda seconds, call: asyncio.get_running_loop().call_later(seconds, call),
            drained=self.paint,
        )
        self._watch: HangUpWatch | None = None
        self._held_back: tuple[Widget, Region] | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._blank = True
        #: Whether the whole screen is to be sent again; whether what has been drawn was not sent, and is drawn again.
        self._whole = self._missed = False
        self._live_frame = False

    # what a subclass says

    def paint(self, *, live: bool = False) -> None:
        """Draw everything from the present state. `live`: nobody asked for it; it gives way to what somebody does."""
        raise NotImplementedError

    def news(self) -> Hashable:
        """What is painted at once when it changes, whatever the pace."""
        return None

    # what a subclass uses

    @property
    def slow(self) -> bool:
        """Whether the link to the terminal is spared."""
        return self.terminal_link.slow

    @property
    def terminal(self) -> DashboardDriver | None:
        """The terminal's side, None where there is none: in a browser, under a test."""
        return self._driver if isinstance(self._driver, DashboardDriver) else None

    def send(self, sequence: str) -> None:
        """Send a control sequence to the terminal, behind what has been painted."""
        self._outlet.send(sequence)

    def redraw(self) -> None:
        """Send the whole screen again, whatever the terminal may show."""
        self._whole = True
        self.paint()

    def read_no_more(self) -> None:
        """Have the thread that reads the terminal end, which does not by itself when the end has failed."""
        if self.terminal is not None:
            self.terminal.exit_event.set()

    def leave(self, code: int) -> None:
        """End now. The engine does not notice."""
        if not self._exit:
            self.exit(code)

    def may_paint(self, *, live: bool) -> bool:
        """Whether a frame may be painted now. One that was asked for and may not be is painted when it may."""
        return not self._exit and (live or not self._outlet.full())

    def paint_when_due(self, *, fresh: bool) -> bool:
        """Paint if it is time to and the terminal has taken the last frame; `fresh` when something new has come."""
        self._cadence.pace = SLOW if self.slow else LIVE if self.app_focus else BLURRED
        news = self.news()
        if not self._cadence.due(news, fresh=fresh) or self._outlet.busy:
            return False
        self.paint(live=not self._cadence.is_news(news))
        return True

    @contextlib.contextmanager
    def frame(self, *, live: bool) -> Iterator[None]:
        """Paint within it; what has changed is sent at its end."""
        self._blank = False
        self._cadence.painted(self.news())
        if self._whole or self._mirror.few_colours != self.slow:
            self._whole, self._missed = False, True
            self._mirror.few_colours = self.slow
            self._forget()
        if self._missed:
            self._missed = False
            self.screen.refresh()
        with self.batch_update():
            yield
        self.send_now(live=live)
        self._held_back = None

    def hold_back(self, panel: Widget, part: Region) -> None:
        """Inside a frame: of the changes in a panel send only those in a part of it now, the rest in a moment.

        A cursor that runs down a list does not draw what stands beside each row: that waits until the cursor rests.
        """
        if self.is_headless:
            return
        self._held_back = panel, part
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(REST_SECONDS, self._send_rest, panel)

    def _send_rest(self, panel: Widget) -> None:
        panel.refresh()
        self.send_now(live=True)

    def send_now(self, *, live: bool) -> None:
        """Send what has been painted at once.

        By itself Textual collects for up to a frame what widgets asked for, which a hand at the keys would feel.
        """
        screen = self.screen
        if not self._running or screen not in screen._compositor:
            return
        for widget in screen.children:
            if widget._repaint_required and not widget._layout_required:
                widget._repaint_required = False
                screen._dirty_widgets.add(widget)
        self._live_frame = live
        screen._on_timer_update()
        self._live_frame = False

    # what Textual calls

    def on_load(self) -> None:
        """Signals end it in order from the first moment on: one that raised in here would be taken for a failure."""
        if not self.is_headless:
            for number in (signal.SIGHUP, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self.leave, 128 + number)

    def on_mount(self) -> None:
        """See to a terminal that goes away, and get to know the link."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()

            def hung_up() -> None:
                loop.call_soon_threadsafe(self.leave, 128 + signal.SIGHUP)

            self._watch = HangUpWatch(sys.__stdin__.fileno() if sys.__stdin__ else 0, hung_up)
            self._watch.start()
        self.app_resume_signal.subscribe(self, self._resumed)
        if isinstance(self._driver, DashboardDriver):
            self._driver.on_answer = lambda at: self.terminal_link.answered(self.clock() - (time.monotonic() - at))
            self._driver.awaiting = lambda: self.terminal_link.awaiting
            self._outlet.asking = True
        else:
            self.terminal_link.presume(HIGHEST_RATE)

    async def on_unmount(self) -> None:
        """The terminal may go away now."""
        if self._watch is not None:
            self._watch.stop()

    def on_resize(self) -> None:
        """Draw for the new size, which Textual's own handler sets after this one."""
        self._forget()
        self.call_next(self._resized)

    def action_suspend_process(self) -> None:
        """Stop this program alone, until the shell wakes it."""
        self._forget()
        super().action_suspend_process()

    def _resized(self) -> None:
        """Draw for the size, before the screen is laid out for it.

        When it is already, the terminal was resized and back again, which moved what it shows all the same.
        """
        if not self._exit:
            self._whole = self._laid_out(self.screen)
            self.paint()

    def _resumed(self, _: App[object]) -> None:
        """The terminal is ours again, and shows something else."""
        self.redraw()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate) and not self._batch_count and not self.is_headless:
            if self._blank or not self._laid_out(screen):
                return
            if not self._live_frame and self._outlet.full():
                self._missed = True  # until the terminal has room again
                return
            if self._held_back is not None:
                panel, part = self._held_back
                renderable = without_rest(renderable, panel.region, part.translate(panel.region.offset))
            size = (self.size.width, self.size.height)
            slices = self._mirror.render(renderable, size, self.console, self._outlet.slice_size)
            if slices is not None:
                self._outlet.synchronized = self._sync_available
                self._outlet.show(slices, live=self._live_frame)
                return
        super()._display(screen, renderable)

    def _laid_out(self, screen: Screen[object]) -> bool:
        """Whether a screen is laid out for the terminal's size.

        Until it is, a moment after a resize, its rows are as long and as many as the terminal had: written, they would
        wrap and scroll what is there, and the mirror would not know. The layout that follows draws all of it.
        """
        return screen._compositor.size == self.size

    def _forget(self) -> None:
        self._mirror.forget()
        self._outlet.forget()

    def _write(self, text: str) -> None:
        if self._driver is not None and self._running and not self._exit:
            self._driver.write(text)

    def _unsent(self) -> int:
        return self._driver.unsent if isinstance(self._driver, DashboardDriver) else 0
