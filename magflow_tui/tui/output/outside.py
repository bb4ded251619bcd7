"""A text in the operator's own pager or editor, while the dashboard waits."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

#: What is tried, in this order, where neither `PAGER` nor `EDITOR` says anything.
_KNOWN = ("less", "more", "vi")


def program(environ: Mapping[str, str]) -> list[str] | None:
    """The command that shows a file: `PAGER`, `VISUAL`, `EDITOR`, or what there is; None when there is nothing."""
    for variable in ("PAGER", "VISUAL", "EDITOR"):
        try:
            words = shlex.split(environ.get(variable, ""))
        except ValueError:  # an open quote
            continue
        if words and shutil.which(words[0]):
            return words
    return next(([name] for name in _KNOWN if shutil.which(name)), None)


def look(app: App[int], text: str, command: list[str]) -> None:
    """Give the terminal to a program that shows `text`, until it ends. Raises `OSError` when it cannot be run.

    The text is in a file of mode 0600 that is gone afterwards. The loop stands still meanwhile: nothing may paint.
    """
    descriptor, name = tempfile.mkstemp(prefix="magflow-", suffix=".json")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        with app.suspend(), subprocess.Popen([*command, name]) as shown, _signals_to(shown):  # noqa: S603 - their choice
            shown.wait()
    finally:
        Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def _signals_to(shown: subprocess.Popen[bytes]) -> Iterator[None]:
    """What the terminal's keys send is the program's own affair; what is to end the dashboard ends the program first.

    The event loop hears of the latter when it goes on. Handlers, unlike ignored signals, are not inherited.
    """

    def leave_alone(number: int, frame: object) -> None:
        """The program got it too."""

    def end(number: int, frame: object) -> None:
        shown.terminate()

    meanwhile = {signal.SIGINT: leave_alone, signal.SIGQUIT: leave_alone, signal.SIGTERM: end, signal.SIGHUP: end}
    before = {number: signal.signal(number, handler) for number, handler in meanwhile.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
