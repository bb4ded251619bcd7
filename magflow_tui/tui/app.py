"""The dashboard: one screen of five panels, painted from one snapshot by the pure views.

Everything live comes in through `Feed`; every key goes through the action registry; nothing but changed cells goes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Region
from textual.worker import Worker, WorkerState

from magflow_tui import __version__
from magflow_tui.config.look import Look
from magflow_tui.tui.commands import Commands
from magflow_tui.tui.data.alert_desk import AlertDesk
from magflow_tui.tui.data.desk import Desk
from magflow_tui.tui.data.feed import Feed
from magflow_tui.tui.data.hour import Hour
from magflow_tui.tui.data.lists import Lists
from magflow_tui.tui.data.past import Past
from magflow_tui.tui.data.run_history import RunHistory
from magflow_tui.tui.keyboard.actions import Action, Situation, action_for, help_groups, hints, why_not
from magflow_tui.tui.keyboard.keymap import shown_key
from magflow_tui.tui.keyboard.keys import Keys
from magflow_tui.tui.keyboard.palette import Palette
from magflow_tui.tui.keyboard.presets import keymap_of, problem_sentence
from magflow_tui.tui.look.appearance import Appearance
from magflow_tui.tui.look.theme import textual_name, themes
from magflow_tui.tui.output.despatch import Despatch
from magflow_tui.tui.output.notices import Wanted
from magflow_tui.tui.place import Place
from magflow_tui.tui.privacy import Privacy
from magflow_tui.tui.session import Session
from magflow_tui.tui.terminal.app import TerminalApp
from magflow_tui.tui.views import about, keyhelp
from magflow_tui.tui.views.bodies import body_of
from magflow_tui.tui.views.context import SCREENS, Body, ListState, View
from magflow_tui.tui.views.frame import event_line, hints_line, is_reduced, status_line, tabs_line
from magflow_tui.tui.views.spans import Role, clean
from magflow_tui.tui.widgets.panel import Panel
from magflow_tui.tui.widgets.prompt import PromptBar

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.events import Severity
    from magflow_tui.contract.snapshot import Snapshot

#: Seconds between two looks at the clock, the age of the data and the lists beside the snapshot.
TICK_SECONDS = 1.0
#: Seconds between two readings of a list that grows by itself.
LIST_SECONDS = 2.0
#: The same while nobody looks: a list that has changed whole costs what 100 B/s allow in this time.
UNSEEN_LIST_SECONDS = 45.0
#: Seconds for which something said stays in the last-event line.
SAID_SECONDS = 6.0


class MagFlowApp(TerminalApp, inherit_bindings=False):
    """The dashboard over one session. Returns its exit code (`run_dashboard`)."""

    TITLE = "MagFlow"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    CSS = """
    Screen { layout: vertical; background: $background; color: $foreground; overflow: hidden; }
    Panel, PromptBar { height: 1; background: $background; color: $foreground; }
    #body { height: 1fr; }
    """

    def __init__(
        self,
        session: Session,
        *,
        look: Look | None = None,
        reveal: bool = False,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        zone: tzinfo | None = None,
    ) -> None:
        look = look or Look()
        super().__init__(clock, spared=None if look.slow == "auto" else look.slow == "on")
        self.look = look
        self.session = session
        self._reveal = reveal
        self._now, self._zone = now, zone
        self.keymap = keymap_of(look)
        self.appearance = Appearance(look, self.keymap, environ, sys.stdout.encoding)
        self.say = self.appearance.say
        for theme in themes():
            self.register_theme(theme)
        self.theme = textual_name(self.appearance.theme)
        self.feed = Feed(session, self._fresh, clock)
        self.commands = Commands(self, session, self.say)
        self.lists = Lists()
        self.desk = Desk()
        self.alert_desk = AlertDesk()
        self.hour = Hour()
        self.past = Past()
        self.runs = RunHistory(clock)

        self.place = Place()
        self.keys = Keys(self)
        self.palette = Palette()
        self.body = Body([])
        self._tabs: list[tuple[int, int, str]] = []
        self._said: tuple[str, Role, float] | None = None
        self._listed_at = float("-inf")
        self._reading = False
        self._panels: dict[str, Panel] = {}
        self.prompt: PromptBar
        self.despatch = Despatch(self, environ, now, Wanted(look.bell, look.notify, look.title))
        self._privacy = Privacy(reveal=reveal)
        #: Called when the end begins.
        self.ending: Callable[[], None] = lambda: None

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
    def shown(self) -> Snapshot | None:
        """The snapshot that is shown: of a past minute (None in a gap), frozen, or the latest."""
        if self.place.past is not None:
            return self.past.snapshot
        return self.place.frozen or self.snapshot

    @property
    def account(self) -> str | None:
        """The chosen account, None for all."""
        return self.place.account

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed from here."""
        return self.look.read_only

    @property
    def acting(self) -> int:
        """How many requests for actions on orders, made from here, have not finished."""
        return len(self.lists.acting)

    async def ask(self, question: str, choices: Sequence[tuple[str, str]]) -> str | None:
        """Ask in the prompt bar."""
        return await self.prompt.ask(question, choices)

    def tell(self, text: str, role: Role = "info") -> None:
        """Say something in the last-event line for a few seconds."""
        self._said = (text, role, self.clock() + SAID_SECONDS)
        self.paint()

    @property
    def reveal(self) -> bool:
        """Whether personal data are shown in clear."""
        return self._reveal

    def copy(self, text: str, name: str) -> None:
        """Put a text on the operator's clipboard, and say so by its name."""
        self.despatch.copy(text, name)

    def announce(self, severity: Severity, text: str) -> None:
        """Let an operator who looks elsewhere know."""
        self.despatch.announce(severity, text)

    # life

    def compose(self) -> ComposeResult:
        styles, fold = self.appearance.styles, self.appearance.glyphs.fold
        self._panels = {name: Panel(styles, fold, id=name) for name in ("status", "tabs", "body", "hints")}
        self.prompt = PromptBar(styles, fold, id="event")
        self.paint()  # so that the first frame shows the shell
        for name in ("status", "tabs", "body"):
            yield self._panels[name]
        yield self.prompt
        yield self._panels["hints"]

    def on_mount(self) -> None:
        """Begin. What can end the dashboard is seen to at once; the engine only when the shell has been painted."""
        self.set_interval(TICK_SECONDS, self._tick)
        self.call_after_refresh(self._begin)

    async def on_unmount(self) -> None:
        """End: close the session if that has not been done; the engine is left alone."""
        self.ending()
        if self._driver is not None and not self.is_headless:
            self._driver.write(self.despatch.farewell())
        await self.keys.watching.part()
        with contextlib.suppress(Exception):
            # The terminal has to be given back within a second, whatever the connection does.
            await asyncio.wait_for(self.session.close(stop_engine=False), 0.5)

    def _fatal_error(self) -> None:
        """Instead of Textual's trace, which shows every local variable to whoever looks over a shoulder."""
        from rich.text import Text

        from magflow_tui.tui import crash

        folder = self.session.data_dir
        error = self._exception or RuntimeError()
        kept = crash.record(error, folder / "logs" if folder is not None else None)
        kind = type(error).__name__
        said = self.say("crash.kept", kind=kind, path=kept) if kept else self.say("crash.lost", kind=kind)
        self._exit_renderables.append(Text(said))
        self._close_messages_no_wait()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.tell(self.say("said.failed", reason=clean(event.worker.error)), "crit")

    # what comes in

    def _fresh(self) -> None:
        """A new snapshot, or news of the link."""
        self.despatch.heed(self.snapshot)
        self._follow(fresh=True)

    def on_app_focus(self) -> None:
        """Somebody looks again: what they see is to be fresh, the lists too."""
        self.keys.watching.look_back()
        self.read_lists_now()
        self.paint()
        self.follow_lists()

    def on_app_blur(self) -> None:
        """They look elsewhere."""
        self.keys.watching.look_away()

    def _tick(self) -> None:
        """Once a second: what depends on time alone, and what could not be painted while the terminal was behind."""
        self._follow(fresh=False)

    def _follow(self, *, fresh: bool) -> None:
        if self.paint_when_due(fresh=fresh):
            self.follow_lists()

    def news(self) -> Hashable:
        """What is painted at once when it changes: how the engine is doing, its alerts, what was said of them."""
        alerts = self.snapshot.alerts if self.snapshot is not None else None
        return self.feed.link().phase, alerts and frozenset((alert.alert_id, alert.state) for alert in alerts)

    def read_lists_now(self) -> None:
        """The next look at the lists need not wait for its turn."""
        self._listed_at = float("-inf")

    def follow_lists(self) -> None:
        """Read what the shown screen needs beside the snapshot, one reading at a time."""
        snapshot, client = self.snapshot, self.client
        self.keys.reading.follow()
        if client is None or snapshot is None or self._reading or self.feed.link().phase == "gone":
            return
        self.keys.timeline.follow()
        self.keys.inspecting.read_beside()
        self.keys.desk.follow()
        self.keys.limiting.follow()
        self.keys.watching.follow()
        self.keys.requesting.follow()
        wanted = {
            "requests": self.place.screen == "api"
            or (self.place.screen == "limits" and "limits" in self.place.opened)
            or (self.size.width >= 180 and not self.place.zoomed),
        }
        pause = LIST_SECONDS * 0.9 if self.app_focus else UNSEEN_LIST_SECONDS
        due = self.clock() - self._listed_at >= pause
        if due and self.lists.lacks(snapshot, **wanted):
            asked = self._listed_at == float("-inf")
            self._reading, self._listed_at = True, self.clock()
            self.run_worker(self._catch_up(client, snapshot, wanted, asked=asked), group="lists", exit_on_error=False)

    async def _catch_up(
        self, client: EngineClient, snapshot: Snapshot, wanted: Mapping[str, bool], *, asked: bool
    ) -> None:
        from magflow_tui.client import EngineError

        # What goes wrong with the engine, the link's own state says.
        with contextlib.suppress(EngineError):
            try:
                await self.lists.catch_up(client, snapshot, **wanted)
            finally:
                self._reading = False
        self.paint(live=not asked)
        if self._listed_at == float("-inf"):
            self.follow_lists()  # asked for while this was under way

    # what goes out

    def view(self) -> View:
        """What is drawn from, as it may be seen."""
        return self._privacy.kept(self._view())

    def _view(self) -> View:
        place = self.place
        hour = self.hour if place.past is None else self.past.hour
        return View(
            now=self._now(),
            say=self.say,
            snapshot=self.shown,
            link=self.feed.link(),
            screen=self.place.screen,
            account=self.place.account,
            frozen_at=place.until or (place.frozen.at if place.frozen else None),
            past=place.past,
            going_to=place.going_to,
            missed=place.missed(self.snapshot),
            zone=self._zone,
            glyphs=self.appearance.glyphs,
            reveal=self._reveal,
            zoomed=self.place.zoomed,
            cursor=place.cursor,
            list_state=place.list_state,
            orders=replace(self.lists.orders.shown, detail=self.lists.order.detail),
            offers=self.lists.offers.shown,
            offers_open=place.offers_open,
            offer=self.lists.offer_desk.detail,
            offer_stats=self.lists.offer_desk.stats,
            pane=place.pane,
            docked=place.docked if place.list_name == "orders" else None,
            desk_list=place.desk_list,
            desk=self.keys.desk.shown(),
            requests=self.lists.requests.shown(place.account, place.lists.get("api", ListState()), place.until),
            older_runs=self.runs.older,
            runs_complete=self.runs.complete,
            run_details=self.runs.details,
            events=self.keys.timeline.events,
            watched=self.keys.watching.shown(),
            minutes=hour.minutes if place.until in (None, hour.until) else None,
            minutes_of=hour.account,
            range=hour.range,
            losses=self.keys.limiting.losses if place.screen == "limits" else None,
            opened=place.list_name in place.opened,
            scenario=self.session.scenario,
            read_only=self.read_only,
            link_cost=self.terminal_link.cost(),
        )

    def paint(self, *, live: bool = False, moved: bool = False) -> None:
        """Draw everything from the present state; only what changed is sent.

        `live`: nobody asked for it, and it gives way to what somebody does. `moved`: the cursor of the list has moved,
        and what stands beside the list may follow when it rests.
        """
        if not self._panels or not self.may_paint(live=live):
            return
        view, size = self.view(), self.size
        panels = self._panels
        with self.frame(live=live):
            status, tabs, body, hints_panel = panels["status"], panels["tabs"], panels["body"], panels["hints"]
            reduced = is_reduced(size.width, size.height)
            tabs.display = not reduced
            hints_panel.display = size.height >= 6
            width, height = size.width, max(1, size.height - 2 - tabs.display - hints_panel.display)
            status.paint([status_line(view, width)], width)
            line, self._tabs = tabs_line(view, width)
            tabs.paint([line], width)
            if self.place.help_open:
                groups = help_groups(self.situation(help_open=False), self.say, self.keymap)
                foot = about.lines_of(view, self._facts(), width)
                self.body = keyhelp.body(view, groups, width, height, problems=self._key_problems(), foot=foot)
            elif self.place.about_open:
                self.body = about.body(view, self._facts(), width, height)
            else:
                self.body = body_of(view, width, height)
                if self.body.keys:
                    self.place.cursor = self.body.cursor
            body.paint(self.palette.over(view, self.body.lines, width), width, height)
            if moved:
                rows = self.body.list_lines
                self.hold_back(body, Region(0, rows.start, self.body.list_width, len(rows)))
            self.prompt.show_event(event_line(view, width, self._note()), width)
            hints_panel.paint([hints_line(hints(self.situation(), self.say, self.keymap), width)], width)

    def wear(self, theme: str) -> None:
        """Show everything in another theme."""
        self.appearance.wear(theme)
        with self.batch_update():
            self.theme = textual_name(self.appearance.theme)
            for panel in (*self._panels.values(), self.prompt):
                panel.dress(self.appearance.styles)
        self.redraw()
        self.paint()

    def _facts(self) -> about.Facts:
        folder = self.session.data_dir
        return about.Facts(
            version=__version__,
            folder=None if folder is None else str(folder),
            theme=self.appearance.theme,
            language=self.appearance.language,
            preset=self.look.preset,
            read_only=self.look.read_only,
        )

    def _note(self) -> tuple[str, Role] | None:
        if self._said is not None and self.clock() >= self._said[2]:
            self._said = None
        return None if self._said is None else self._said[:2]

    def _begin(self) -> None:
        """The shell is on the screen: from here on the engine is sought, which takes imports and time."""
        self.run_worker(self.feed.run(), name="feed", group="feed", exit_on_error=False)
        problems = self._key_problems()
        if problems:
            others = len(problems) - 1
            self.tell(self.say("keys.more", first=problems[0], count=others) if others else problems[0], "warn")

    def _key_problems(self) -> list[str]:
        """What is wrong with the operator's own keys, a sentence each."""
        return [problem_sentence(problem, self.say) for problem in self.keymap.problems]

    # keys and mouse

    def situation(self, *, help_open: bool | None = None) -> Situation:
        """What decides whether an action is possible now."""
        return Situation(
            screen=self.place.screen,
            phase=self.feed.link().phase,
            snapshot=self.shown,
            selected_run=self.keys.selected_run(),
            rows=len(self.body.keys),
            frozen=self.place.frozen is not None,
            past=self.place.minute is not None,
            help_open=self.place.help_open if help_open is None else help_open,
            demo=self.session.is_demo,
            previous=self.place.previous is not None,
            read_only=self.look.read_only,
            offers_open=self.place.offers_open,
            listed=self.place.list_name,
            stops=bool(self.body.pane_stops) and self.place.pane.focused,
            undoable=len(self.keys.undoing.done),
            redoable=len(self.keys.undoing.undone),
            filtered=bool(self.place.list_state.filter.strip() or self.place.list_state.faults),
        )

    async def on_key(self, event: events.Key) -> None:
        """An open question takes every key before any action does."""
        event.stop()
        event.prevent_default()
        if self.prompt.asking:
            self.prompt.press(event)
            self.send_now(live=False)
        else:
            self.press(event.key)
        # What waited for the key goes on in its worker now, and may ask something: the next key is meant for that.
        await asyncio.sleep(0)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text belongs into a line being written and nowhere else."""
        event.stop()
        self.prompt.put_in(event.text)
        self.send_now(live=False)

    def press(self, key: str) -> None:
        """Do what a key means here, or say why it cannot be done."""
        action = action_for(key, self.place.screen, self.keymap)
        if action is None:
            self.tell(self.say("why.unbound", pressed=clean(shown_key(key))), "muted")
        elif action.id == "screen":
            self.attempt(action, self.keymap.of("screen").index(key), key=key)
        else:
            self.attempt(action, key=key)

    def attempt(self, action: Action, *arguments: object, key: str = "") -> bool:
        """Do an action, or say why it cannot be done; whether it could be. `key` is the one that asked for it."""
        reason = why_not(action, self.situation())
        if reason is not None:
            title = self.say(f"action.{action.id}")
            self.tell(f"{shown_key(key)} {title}: {self.say(reason)}".strip(), "warn")
            return False
        self._said = None
        self.keys.perform(action.id, *arguments)
        return True

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
            row = body.row_at(event.y)
            if row is not None and event.x < body.list_width:
                self.keys.move(row - body.cursor.index)
