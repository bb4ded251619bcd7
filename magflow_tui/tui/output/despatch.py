"""What leaves the dashboard, on the dashboard itself: sent to the terminal or written to a file, and said.

Files are written in threads. Nothing here raises: what fails is said in one sentence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from magflow_tui.tui.output.clipboard import to_clipboard
from magflow_tui.tui.output.notices import (
    POP_TITLE,
    PUSH_TITLE,
    Rationing,
    Wanted,
    dialect_of,
    notification,
    title_of,
    window_title,
)
from magflow_tui.tui.output.passthrough import BEL, multiplexer_of
from magflow_tui.tui.output.private_file import failure_of, shown_path, unused, write_private
from magflow_tui.tui.views.alert_detail import alert_text
from magflow_tui.tui.views.figures import size
from magflow_tui.tui.views.masking import scrubbed
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from textual.worker import Worker

    from magflow_tui.contract.events import Severity
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.app import MagFlowApp

#: Severities of alerts that an operator is told of wherever they look, worst first.
_LOUD: tuple[Severity, ...] = ("critical", "warning")
LAST_COPY = "last-copy.txt"


class Despatch:
    """Copies, files and notices of one dashboard. `environ` tells what terminal it runs in, `now` is the wall clock."""

    def __init__(
        self, app: MagFlowApp, environ: Mapping[str, str], now: Callable[[], datetime], wanted: Wanted
    ) -> None:
        self._app, self._now, self._wanted = app, now, wanted
        self._multiplexer, self._dialect = multiplexer_of(environ), dialect_of(environ)
        self._rationing = Rationing()
        #: Open alerts that were announced, or need not be.
        self._heard: frozenset[int] | None = None
        self._title: str | None = None
        self.exporting: Worker[None] | None = None

    # files

    def folder(self) -> Path:
        """The engine's data folder. Blocks: where it is not known yet, settings are read."""
        known = self._app.session.data_dir
        if known is not None:
            return known
        from magflow_tui.config import locate_data_dir

        return locate_data_dir()

    def shown(self, path: Path) -> str:
        """A path, short and safe to show; in a demo with a word on how long it lasts."""
        text = clean(shown_path(path, Path.home()))
        return f"{text} {self._app.say('out.of_demo')}" if self._app.session.is_demo else text

    def tell_failure(self, error: OSError) -> None:
        """Say in a sentence what went wrong with a file."""
        where = self.shown(Path(error.filename).parent) if isinstance(error.filename, str) else "?"
        reason = clean(error.strerror or type(error).__name__)
        self._app.tell(self._app.say(f"out.{failure_of(error)}", folder=where, reason=reason), "crit")

    def unused(self, folder: str, stem: str, suffix: str) -> Path:
        """A new path in a folder of the data folder, named by what it holds and the time of day. Blocks."""
        return unused(self.folder() / folder, f"{stem}-{self._now().astimezone():%Y%m%d-%H%M%S}", suffix)

    async def saved(self, work: Callable[[], Path]) -> Path | None:
        """Write a file in a thread; its path, or None when that failed, which has been said then."""
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            self.tell_failure(error)
            return None

    def stop_export(self) -> bool:
        """Give up the export that is under way; tells whether there was one."""
        if self.exporting is None:
            return False
        self.exporting.cancel()
        return True

    # notices

    def heed(self, snapshot: Snapshot | None) -> None:
        """Look at a new snapshot: alerts that wait for somebody and did not before are announced, the title follows.

        One that opens muted is announced when the mute ends before it does.
        """
        app = self._app
        if snapshot is None or app.is_web:
            return
        opened = frozenset(alert.alert_id for alert in snapshot.alerts)
        waiting = [alert for alert in snapshot.alerts if alert.state == "new"]
        # What was open when the dashboard began is on the screen that the operator has just opened.
        heard = opened if self._heard is None else self._heard
        fresh = [alert for alert in waiting if alert.alert_id not in heard]
        self._heard = (heard & opened) | {alert.alert_id for alert in fresh}
        for severity in _LOUD:
            alike = [alert for alert in fresh if alert.severity == severity]
            if alike:
                text = alert_text(app.say, alike[0])
                more = f" {app.say('more', count=len(alike) - 1)}" if len(alike) > 1 else ""
                self.announce(severity, (text if app.reveal else scrubbed(text)) + more)
        if self._wanted.title:
            self._entitle(title_of(snapshot, app.say, app.appearance.glyphs))

    def announce(self, severity: Severity, text: str) -> None:
        """Ring and notify: the first time for a severity, then at most once in ten minutes."""
        app = self._app
        if app.is_web or not self._rationing.permits(severity, app.clock()):
            return
        if self._wanted.notify:
            title = f"MagFlow: {app.say(f'severity.{severity}')}"
            app.send(notification(title, text, self._dialect, self._multiplexer))
        if self._wanted.bell:
            app.send(BEL)

    def _entitle(self, title: str) -> None:
        """Name the window, when its name has changed; what it was called before waits on the terminal's stack."""
        if title == self._title:
            return
        first, self._title = self._title is None, title
        self._app.send((PUSH_TITLE if first else "") + window_title(title))

    def farewell(self) -> str:
        """What is to be sent at the very end: the window is called again what it was called before."""
        return "" if self._title is None else POP_TITLE

    # copies

    def copy(self, text: str, name: str) -> None:
        """Put a text on the operator's clipboard and in the file of the last copy; say what it was, by `name`."""
        self._app.run_worker(self._copy(text, name), group="copy", exit_on_error=False)

    async def _copy(self, text: str, name: str) -> None:
        app, say = self._app, self._app.say
        sequence = to_clipboard(text, None if app.is_web else self._multiplexer)
        if sequence is not None:
            app.send(sequence)
        kept = await asyncio.to_thread(self._keep, text)
        said = {"name": name, "size": size(len(text.encode("utf-8", errors="replace")))}
        if isinstance(kept, Path):
            key = "out.copied" if sequence is not None else "out.copied_file"
            app.tell(say(key, path=self.shown(kept), **said), "ok" if sequence is not None else "warn")
        else:
            app.tell(say("out.copied_clip" if sequence is not None else "out.copy_lost", **said), "warn")

    def _keep(self, text: str) -> Path | OSError:
        try:
            return write_private(self.folder() / LAST_COPY, text)
        except OSError as error:
            return error
