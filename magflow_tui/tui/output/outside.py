"""A text in the operator's own pager or editor, while the dashboard waits."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
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
        with app.suspend():
            subprocess.run([*command, name], check=False)  # noqa: S603 - the operator's own choice
    finally:
        Path(name).unlink(missing_ok=True)
