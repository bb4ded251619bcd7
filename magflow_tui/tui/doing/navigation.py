"""Where to look: screens, accounts, zoom, help, and the way back."""

from __future__ import annotations

from dataclasses import replace

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.context import SCREENS, ScreenName
from magflow_tui.tui.views.spans import clean


class Navigation(Doing):
    """Going about; nothing here changes anything beyond this screen."""

    def go(self, screen: ScreenName) -> None:
        """To a screen."""
        self._app.place.go(screen)
        self._arrive()

    def _arrive(self) -> None:
        """Draw the screen that is shown now, and read what it needs at once."""
        self._app.read_lists_now()
        self._app.paint()
        self._app.follow_lists()

    def do_screen(self, number: int) -> None:
        self.go(SCREENS[number])

    def do_screen_next(self) -> None:
        self._app.place.step(1)
        self._arrive()

    def do_screen_previous(self) -> None:
        self._app.place.step(-1)
        self._arrive()

    def do_screen_last(self) -> None:
        self.go(self._app.place.previous or self._app.place.screen)

    def do_account(self) -> None:
        async def choose() -> None:
            name = await self._app.commands.choose_account()
            if name is not None:
                await self.show_account(name or None)

        self.command(choose)

    async def show_account(self, name: str | None) -> None:
        """One account from now on, or all of them."""
        app = self._app
        app.place.show_account(name)
        app.tell(app.say("said.account", account=clean(name).upper() if name else app.say("ask.account_all")))
        app.follow_lists()

    def close(self) -> bool:
        """Close what was opened last above or beside a list; tells whether there was anything."""
        app = self._app
        if app.place.about_open:
            app.place.about_open = False
        elif app.place.help_open:
            app.place.help_open = False
        elif app.place.docked is not None and app.place.list_name == "orders":
            app.place.docked, app.place.pane = None, replace(app.place.pane, focused=False, top=0)
        elif app.place.pane.focused and app.place.zoomed:
            app.place.zoomed = False
        elif app.place.pane.focused:
            app.place.pane = replace(app.place.pane, focused=False)
        elif app.place.list_name in app.place.opened:
            app.place.opened.discard(app.place.list_name)
        elif app.place.zoomed:
            app.place.zoomed = False
        else:
            return False
        app.paint()
        return True

    def do_back(self) -> None:
        app = self._app
        if app.despatch.stop_export() or self.close():
            return
        if app.keys.marking.clear():
            app.paint()
        elif app.keys.searching.clear_filter():
            return
        elif app.place.list_state.faults:
            app.keys.perform("faults")
        elif app.keys.desk.close():
            return
        elif app.place.frozen is not None:
            app.keys.perform("live")
        else:
            app.tell(app.say("said.nothing_open"))

    def do_zoom(self) -> None:
        self._app.place.zoomed = True
        self._app.paint()

    def do_unzoom(self) -> None:
        self._app.place.zoomed = False
        self._app.paint()

    def do_redraw(self) -> None:
        self._app.redraw()

    def do_help(self) -> None:
        self._app.place.toggle_help()
        self._app.paint()
