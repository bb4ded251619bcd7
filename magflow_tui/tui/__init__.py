"""The dashboard: view models, widgets and screens over the engine's client.

* `app`       the dashboard itself; `place` where the operator is in it, `session` how its engine is come by
* `views/`    pure: what is known → lines of `(text, role)` spans
* `widgets/`  the panel that paints lines and repaints only changed cells; the prompt bar
* `data/`     what is read from the engine: snapshots, lists of any length page by page, requests, runs
* `keyboard/` what can be done, by which keys and words: hints, help, palette and command line come from here
* `doing/`    what each action does; `commands`: those that ask the engine for something
* `terminal/` frames that go out at once or as the link bears it, as few bytes; a terminal that stalls or goes away
* `output/`   what leaves: copies, exports, pictures, notices, plain lines; `privacy`: without personal data
* `look/`, `text/`  colours, signs and words, and their change while it runs
* `crash`     what is kept and said when the dashboard itself fails

Nothing here knows the engine but through `magflow_tui.client`, which is imported after the first paint.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magflow_tui.config.look import Look
    from magflow_tui.tui.session import LocalSession, Session

__all__ = ["LocalSession", "Session", "run_dashboard"]


def run_dashboard(
    data_dir: Path | None,
    config: Path | None,
    *,
    session: Session | None = None,
    look: Look | None = None,
    reveal: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Show the dashboard until the operator quits; blocks.

    `session` None joins or starts the engine of `data_dir`. `look` is how it looks and is driven, None by the defaults.
    `reveal` shows personal data in clear. `now` is the clock that the screen shows, aware. Returns 0, or 128 + signal
    when SIGHUP or SIGTERM ended it (129 when the terminal went away without a signal).
    """
    # Textual reads these when it is imported.
    os.environ.setdefault("TEXTUAL_FPS", "15")
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    os.environ["TEXTUAL_SMOOTH_SCROLL"] = "0"

    from magflow_tui.config.look import Look
    from magflow_tui.tui.app import MagFlowApp
    from magflow_tui.tui.session import LocalSession
    from magflow_tui.tui.terminal import last_resort

    look = look or Look()
    app = MagFlowApp(session or LocalSession(data_dir, config), look=look, reveal=reveal, now=now)
    mouse = look.mouse == "on" or (look.mouse == "auto" and "SSH_CONNECTION" not in os.environ)
    # A rehearsal has more to end, and a folder to remove behind it.
    grace = last_resort.GRACE_SECONDS * (3 if app.session.is_demo else 1)
    with last_resort.LastResort(sys.__stdin__.fileno() if sys.__stdin__ else 0, grace) as resort:
        app.ending = resort.begin
        try:
            code = app.run(mouse=mouse)
        finally:
            app.read_no_more()
    return code if code is not None else app.return_code or 0


def __getattr__(name: str) -> object:
    if name in ("LocalSession", "Session"):
        from magflow_tui.tui import session

        return getattr(session, name)
    raise AttributeError(name)
