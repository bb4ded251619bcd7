"""What concerns the terminal itself: to leave it to the shell for a while, to spare the link to it."""

from __future__ import annotations

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.terminal.app import has_shell_behind


class Terminal(Doing):
    """The terminal and the link to it."""

    def do_suspend(self) -> None:
        app = self._app
        if app.is_web or not has_shell_behind():
            app.tell(app.say("said.no_shell"), "warn")
        else:
            app.action_suspend_process()

    def do_mouse(self) -> None:
        app, driver = self._app, self._app.terminal
        if driver is None:
            app.tell(app.say("said.no_mouse"), "warn")
        else:
            driver.use_mouse(not driver.uses_mouse)
            app.tell(app.say("said.mouse_on" if driver.uses_mouse else "said.mouse_off"))

    def do_spare(self) -> None:
        app = self._app
        app.terminal_link.toggle()
        app.tell(app.say("said.spared" if app.slow else "said.not_spared"))
