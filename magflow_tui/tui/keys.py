"""What the keys do: the action of each id in the registry, on the dashboard around it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from magflow_tui.tui.views import sync
from magflow_tui.tui.views.context import SCREENS, ScreenName
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.contract.runs import Run
    from magflow_tui.tui.app import MagFlowApp

#: Seconds in which a second ctrl+c means it.
TWICE_SECONDS = 2.0


class Keys:
    """The doing of actions: `do_<action id>` for each. Whether one is possible has been asked before."""

    def __init__(self, app: MagFlowApp) -> None:
        self._app = app
        self._interrupted_at = float("-inf")

    def press(self, action: str, key: str) -> None:
        """Do an action, by its id; `key` is the one that was pressed."""
        if action == "screen":
            self.go(SCREENS[int(key) - 1])
        else:
            getattr(self, f"do_{action}")()

    def selected_run(self) -> Run | None:
        if self._app.place.screen != "sync" or self._app.place.help_open:
            return None
        key = self._app.place.cursor.key
        runs = sync.runs_shown(self._app.view())
        running = self._app.snapshot is not None and bool(self._app.snapshot.running)
        if key is None and runs and not running:
            return runs[0]
        return next((run for run in runs if run.run_id == key), None)

    def _command(self, work: Callable[[], Awaitable[None]]) -> None:
        """Carry out a command of the engine, its questions included, beside everything else."""
        if not self._app.prompt.asking:
            self._app.run_worker(self._app.commands.attempt(work), group="command", exit_on_error=False)

    def go(self, screen: ScreenName) -> None:
        self._app.place.go(screen)
        self._arrive()

    def _arrive(self) -> None:
        """Draw the screen that is shown now, and read what it needs at once."""
        self._app.read_lists_now()
        self._app.paint()
        self._app.follow_lists()

    def do_screen_next(self) -> None:
        self._app.place.step(1)
        self._arrive()

    def do_screen_previous(self) -> None:
        self._app.place.step(-1)
        self._arrive()

    def do_screen_last(self) -> None:
        self.go(self._app.place.previous or self._app.place.screen)

    def move(self, delta: int) -> None:
        place, body = self._app.place, self._app.body
        cursor = place.move(delta, body)
        if place.screen == "api" and not place.help_open:
            # Away from the newest row the list stands still; back at it, it goes on.
            if cursor.index == 0 and delta < 0:
                self._app.lists.requests.follow()
                place.to_top("api")
            elif cursor.index > 0:
                self._app.lists.requests.hold()
        self._app.paint()
        if cursor.index >= len(body.keys) - 2 * body.list_height:
            self._read_further()

    def _read_further(self) -> None:
        """Fetch the next part of a list whose end has come near."""
        client = self._app.client
        if client is None or self._app.place.help_open:
            return
        orders = self._app.lists.orders.shown
        if self._app.place.screen == "orders" and not orders.complete and not orders.loading:
            self._command_quietly(lambda: self._app.lists.orders.read_more(client))
        elif self._app.place.screen == "sync" and not self._app.lists.runs_complete:
            runs = sync.runs_shown(self._app.view())
            oldest = runs[-1].run_id if runs else None
            self._command_quietly(lambda: self._app.lists.read_older_runs(client, oldest))

    def _command_quietly(self, work: Callable[[], Awaitable[None]]) -> None:
        async def attempt() -> None:
            await self._app.commands.attempt(work)
            self._app.paint()

        self._app.run_worker(attempt(), group="paging", exclusive=True, exit_on_error=False)

    def do_down(self) -> None:
        self.move(1)

    def do_up(self) -> None:
        self.move(-1)

    def do_page_down(self) -> None:
        self.move(max(1, self._app.body.list_height - 1))

    def do_page_up(self) -> None:
        self.move(-max(1, self._app.body.list_height - 1))

    def do_top(self) -> None:
        self.move(-len(self._app.body.keys))

    def do_bottom(self) -> None:
        self.move(len(self._app.body.keys))

    def do_open(self) -> None:
        client, body = self._app.client, self._app.body
        if client is None or not body.keys:
            return
        row = self._app.lists.orders.shown.rows[body.cursor.index]
        self._command_quietly(lambda: self._app.lists.orders.open(client, row.id, row.account))

    def do_back(self) -> None:
        if self._app.place.help_open:
            self._app.place.help_open = False
        elif self._app.place.screen == "orders" and self._app.lists.orders.close():
            pass
        elif self._app.place.zoomed:
            self._app.place.zoomed = False
        elif self._app.place.screen == "api" and self._app.place.faults_only:
            self.do_faults()
            return
        self._app.paint()

    def do_freeze(self) -> None:
        self._app.place.frozen = self._app.snapshot
        self._app.lists.requests.hold()
        self._app.tell(self._app.say("said.frozen"))

    def do_live(self) -> None:
        self._app.place.frozen = None
        self._app.lists.requests.follow()
        self._app.place.to_top("api")
        self._app.tell(self._app.say("said.live"))

    def do_account(self) -> None:
        async def choose() -> None:
            name = await self._app.commands.choose_account()
            if name is not None:
                self._app.place.show_account(name or None)
                self._app.lists.orders.begin(self._app.place.account)
                shown = clean(name).upper() if name else self._app.say("ask.account_all")
                self._app.tell(self._app.say("said.account", account=shown))
                if self._app.client is not None and self._app.place.screen == "orders":
                    await self._app.lists.orders.read_more(self._app.client)
                    self._app.paint()

        self._command(choose)

    def do_sync_new(self) -> None:
        self._command(self._app.commands.start_sync)

    def do_sync_stop(self) -> None:
        keys = self._app.body.keys
        selected = keys[self._app.body.cursor.index] if keys else None
        self._command(lambda: self._app.commands.stop_sync(selected if isinstance(selected, int) else None))

    def do_resume(self) -> None:
        if self._app.feed.link().phase == "gone":
            self._app.feed.retry()
        elif (run := self.selected_run()) is not None:
            self._command(lambda: self._app.commands.resume(run))

    def do_refresh(self) -> None:
        self._app.feed.retry()
        self._app.read_lists_now()
        client = self._app.client
        if self._app.place.screen == "orders" and client is not None:
            self._app.lists.orders.begin(self._app.place.account)
            self._command_quietly(lambda: self._app.lists.orders.read_more(client))
        else:
            self._app.follow_lists()
        self._app.paint()

    def do_faults(self) -> None:
        self._app.place.faults_only = not self._app.place.faults_only
        self._app.place.to_top("api")
        if self._app.place.frozen is None:
            self._app.lists.requests.follow()
        self._app.paint()

    def do_reset_stats(self) -> None:
        self._command(self._app.commands.reset_limiter)

    def do_scenario(self) -> None:
        self._command(self._app.commands.choose_scenario)

    def do_zoom(self) -> None:
        self._app.place.zoomed = True
        self._app.paint()

    def do_unzoom(self) -> None:
        self._app.place.zoomed = False
        self._app.paint()

    def do_redraw(self) -> None:
        self._app.mirror.forget()
        self._app.screen.refresh()

    def do_help(self) -> None:
        self._app.place.toggle_help()
        self._app.paint()

    def do_quit(self) -> None:
        if self._app.place.help_open:
            self.do_back()
            return

        async def quit_asking() -> None:
            stop_engine = await self._app.commands.confirm_quit()
            if stop_engine is None:
                return
            self._app.tell(self._app.say("said.quitting"))
            with contextlib.suppress(Exception):
                await self._app.session.close(stop_engine=stop_engine)
            self._app.leave(0)

        nobody = self._app.client is None or self._app.feed.link().phase == "gone"
        if nobody and not self._app.session.is_demo:
            self._app.leave(0)
        elif not self._app.prompt.asking:
            self._app.run_worker(quit_asking(), group="command", exit_on_error=False)

    def do_interrupt(self) -> None:
        now = self._app.clock()
        if now - self._interrupted_at <= TWICE_SECONDS:
            self._app.leave(0)
            return
        self._interrupted_at = now
        self._app.tell(self._app.say("said.quit_again"), "warn")
