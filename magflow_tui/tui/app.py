"""The dashboard: one screen of five panels, painted from one snapshot by the pure views.

Everything live comes in through `Feed`; every key goes through the action registry; nothing but changed cells goes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual import events, on
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from magflow_tui.tui.actions import Situation, action_for, bound_keys, help_groups, hints, shown_key, why_not
from magflow_tui.tui.commands import Commands
from magflow_tui.tui.driver import DashboardDriver, HangUpWatch
from magflow_tui.tui.feed import Feed
from magflow_tui.tui.keys import Keys
from magflow_tui.tui.lists import Lists
from magflow_tui.tui.place import Place
from magflow_tui.tui.session import Session
from magflow_tui.tui.text import speak
from magflow_tui.tui.theme import choose_theme, styles, themes
from magflow_tui.tui.views import backups, health, keyhelp, limits, orders, requests, sync
from magflow_tui.tui.views.context import SCREENS, Body, Link, ScreenName, View
from magflow_tui.tui.views.frame import event_line, hints_line, is_reduced, status_line, tabs_line
from magflow_tui.tui.views.glyphs import ASCII, UNICODE, wants_ascii
from magflow_tui.tui.views.spans import Role, clean
from magflow_tui.tui.widgets.panel import Panel
from magflow_tui.tui.widgets.prompt import PromptBar
from magflow_tui.tui.wire import Mirror, Rendered

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.snapshot import Snapshot

#: Seconds between two looks at the clock, the age of the data and the lists beside the snapshot.
TICK_SECONDS = 1.0
#: Seconds between two readings of a list that grows by itself.
LIST_SECONDS = 2.0
#: Seconds for which something said stays in the last-event line.
SAID_SECONDS = 6.0
#: Characters the terminal may be behind before painting waits for it.
BACKLOG = 8192

BODIES: Mapping[ScreenName, Callable[[View, int, int], Body]] = {
    "health": health.body,
    "limits": limits.body,
    "sync": sync.body,
    "orders": orders.body,
    "backups": backups.body,
    "api": requests.body,
}


class MagFlowApp(App[int], inherit_bindings=False):
    """The dashboard over one session. Returns its exit code (`run_dashboard`)."""

    TITLE = "MagFlow"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    CSS = """
    Screen { layout: vertical; background: $background; color: $foreground; overflow: hidden; }
    Panel, PromptBar { height: 1; background: $background; color: $foreground; }
    #body { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"press({key!r})", show=False, id=f"key.{key}") for key in bound_keys()
    ]

    def __init__(
        self,
        session: Session,
        *,
        reveal: bool = False,
        ascii_only: bool | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(driver_class=DashboardDriver)
        if ascii_only is None:
            ascii_only = wants_ascii(environ, sys.stdout.encoding)
        self.session = session
        self._reveal = reveal
        self._glyphs = ASCII if ascii_only else UNICODE
        self.clock, self._now, self._zone = clock, now, zone
        self.say = speak()
        for theme in themes():
            self.register_theme(theme)
        self.theme = choose_theme(environ)
        self._styles = styles(self.theme)
        self.feed = Feed(session, self._fresh, clock)
        self.commands = Commands(self, session, self.say)
        self.lists = Lists()

        self.place = Place()
        self.keys = Keys(self)
        self.body = Body([])
        self._tabs: list[tuple[int, int, str]] = []
        self._said: tuple[str, Role, float] | None = None
        self._painted_at = self._listed_at = float("-inf")
        self._reading = False
        self._watch: HangUpWatch | None = None
        self._panels: dict[str, Panel] = {}
        self.prompt: PromptBar
        self.mirror = Mirror()

    # what commands need of the desk

    @property
    def client(self) -> EngineClient | None:
        """The engine's client, once there is one."""
        return self.feed.client

    @property
    def snapshot(self) -> Snapshot | None:
        """The latest snapshot, whatever is shown."""
        return self.feed.snapshot

    @property
    def account(self) -> str | None:
        """The chosen account, None for all."""
        return self.place.account

    async def ask(self, question: str, choices: Sequence[tuple[str, str]]) -> str | None:
        """Ask in the prompt bar."""
        return await self.prompt.ask(question, choices)

    def tell(self, text: str, role: Role = "info") -> None:
        """Say something in the last-event line for a few seconds."""
        self._said = (text, role, self.clock() + SAID_SECONDS)
        self.paint()

    # life

    def compose(self) -> ComposeResult:
        fold = self._glyphs.fold
        self._panels = {name: Panel(self._styles, fold, id=name) for name in ("status", "tabs", "body", "hints")}
        self.prompt = PromptBar(self._styles, fold, id="event")
        self.paint()  # so that the first frame shows the shell
        for name in ("status", "tabs", "body"):
            yield self._panels[name]
        yield self.prompt
        yield self._panels["hints"]

    def on_mount(self) -> None:
        """Begin. What can end the dashboard is seen to at once; the engine only when the shell has been painted."""
        self.set_interval(TICK_SECONDS, self._tick)
        self.call_after_refresh(self._begin)
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGHUP, signal.SIGTERM):
                loop.add_signal_handler(number, self.leave, 128 + number)

            def hung_up() -> None:
                loop.call_soon_threadsafe(self.leave, 128 + signal.SIGHUP)

            self._watch = HangUpWatch(sys.__stdin__.fileno() if sys.__stdin__ else 0, hung_up)
            self._watch.start()

    async def on_unmount(self) -> None:
        """End: close the session if that has not been done; the engine is left alone."""
        if self._watch is not None:
            self._watch.stop()
        with contextlib.suppress(Exception):
            # The terminal has to be given back within a second, whatever the connection does.
            await asyncio.wait_for(self.session.close(stop_engine=False), 0.5)

    def leave(self, code: int) -> None:
        """End the dashboard now. The engine does not notice."""
        if not self._exit:
            self.exit(code)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.tell(self.say("said.failed", reason=clean(event.worker.error)), "crit")

    # what comes in

    def _fresh(self) -> None:
        """A new snapshot, or news of the link."""
        if self._behind():
            return
        self.paint()
        self.follow_lists()

    def _tick(self) -> None:
        """Once a second: what depends on time alone, and what could not be painted while the terminal was behind."""
        if self._behind():
            return
        if self.clock() - self._painted_at > TICK_SECONDS * 0.9:
            self.paint()
            self.follow_lists()

    def _behind(self) -> bool:
        return isinstance(self._driver, DashboardDriver) and self._driver.backlog > BACKLOG

    def read_lists_now(self) -> None:
        """The next look at the lists need not wait for its turn."""
        self._listed_at = float("-inf")

    def follow_lists(self) -> None:
        """Read what the shown screen needs beside the snapshot, one reading at a time."""
        snapshot, client = self.snapshot, self.client
        if client is None or snapshot is None or self._reading or self.feed.link().phase == "gone":
            return
        wanted = {
            "requests": self.place.screen == "api" or (self.size.width >= 180 and not self.place.zoomed),
            "orders": self.place.screen == "orders",
        }
        due = self.clock() - self._listed_at >= LIST_SECONDS * 0.9
        if due and self.lists.lacks(snapshot, **wanted):
            self._reading, self._listed_at = True, self.clock()
            self.run_worker(self._catch_up(client, snapshot, wanted), group="lists", exit_on_error=False)

    async def _catch_up(self, client: EngineClient, snapshot: Snapshot, wanted: Mapping[str, bool]) -> None:
        from magflow_tui.client import EngineError

        # What goes wrong with the engine, the link's own state says.
        with contextlib.suppress(EngineError):
            try:
                await self.lists.catch_up(client, snapshot, account=self.place.account, **wanted)
            finally:
                self._reading = False
        self.paint()

    # what goes out

    def view(self) -> View:
        place = self.place
        shown = place.frozen or self.snapshot
        link = self.feed.link()
        return View(
            now=self._now(),
            say=self.say,
            snapshot=shown,
            link=link if self.place.frozen is None else Link("live", 0.0),
            screen=self.place.screen,
            account=self.place.account,
            frozen_at=self.place.frozen.at if self.place.frozen else None,
            missed=place.missed(self.snapshot),
            zone=self._zone,
            glyphs=self._glyphs,
            reveal=self._reveal,
            zoomed=self.place.zoomed,
            cursor=place.cursor,
            orders=self.lists.orders.shown,
            requests=self.lists.requests.shown(self.place.account, faults_only=self.place.faults_only),
            older_runs=self.lists.older_runs,
            events=self.lists.events,
            scenario=self.session.scenario,
        )

    def paint(self) -> None:
        """Draw everything from the present state; only what changed is sent."""
        if self._exit or not self._panels:
            return
        self._painted_at = self.clock()
        view, size = self.view(), self.size
        panels = self._panels
        with self.batch_update():
            status, tabs, body, hints_panel = panels["status"], panels["tabs"], panels["body"], panels["hints"]
            reduced = is_reduced(size.width, size.height)
            tabs.display = not reduced
            hints_panel.display = size.height >= 6
            width, height = size.width, max(1, size.height - 2 - tabs.display - hints_panel.display)
            status.paint([status_line(view, width)], width)
            line, self._tabs = tabs_line(view, width)
            tabs.paint([line], width)
            if self.place.help_open:
                groups = help_groups(self._situation(help_open=False), self.say)
                self.body = keyhelp.body(view, groups, width, height)
            else:
                self.body = BODIES[self.place.screen](view, width, height)
                if self.body.keys:
                    self.place.cursor = self.body.cursor
            body.paint(self.body.lines, width, height)
            self.prompt.show_event(event_line(view, width, self._note()), width)
            hints_panel.paint([hints_line(hints(self._situation(), self.say), width)], width)

    def _note(self) -> tuple[str, Role] | None:
        if self._said is not None and self.clock() >= self._said[2]:
            self._said = None
        return None if self._said is None else self._said[:2]

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate) and not self._batch_count:
            if not self._panels:
                return  # a blank screen
            text = self.mirror.render(renderable, (self.size.width, self.size.height), self.console)
            if text == "":
                return
            if text is not None:
                renderable = Rendered(text)
        super()._display(screen, renderable)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size."""
        self.paint()

    def _begin(self) -> None:
        """The shell is on the screen: from here on the engine is sought, which takes imports and time."""
        self.run_worker(self.feed.run(), name="feed", group="feed", exit_on_error=False)

    # keys and mouse

    def _situation(self, *, help_open: bool | None = None) -> Situation:
        return Situation(
            screen=self.place.screen,
            phase=self.feed.link().phase,
            snapshot=self.place.frozen or self.snapshot,
            selected_run=self.keys.selected_run(),
            rows=len(self.body.keys),
            frozen=self.place.frozen is not None,
            help_open=self.place.help_open if help_open is None else help_open,
            demo=self.session.is_demo,
            previous=self.place.previous is not None,
        )

    def on_key(self, event: events.Key) -> None:
        """An open question takes every key before any action does."""
        if self.prompt.asking:
            event.stop()
            event.prevent_default()
            self.prompt.press(event)

    async def action_press(self, key: str) -> None:
        """Do what a key means here, or say why it cannot be done."""
        action = action_for(key, self.place.screen)
        if action is None:
            return
        reason = why_not(action, self._situation())
        if reason is not None:
            title = self.say(f"action.{action.id}")
            self.tell(f"{shown_key(key)} {title}: {self.say(reason)}", "warn")
            return
        self._said = None
        self.keys.press(action.id, key)

    @on(Panel.Pointed)
    def _pointed(self, event: Panel.Pointed) -> None:
        """The mouse: tabs, rows of the list, and the wheel."""
        if event.turn:
            if self.body.keys:
                self.keys.move(event.turn)
        elif event.panel.id == "tabs":
            for first, end, name in self._tabs:
                if first <= event.x < end:
                    self.keys.go(next(screen for screen in SCREENS if screen == name))
        elif event.panel.id == "body" and self.body.keys and not self.place.help_open:
            body = self.body
            row = event.y - body.list_top
            if 0 <= row < body.list_height and event.x < body.list_width:
                self.keys.move(body.first + row - body.cursor.index)
