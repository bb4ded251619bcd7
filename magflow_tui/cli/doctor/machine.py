"""The machine: is it one that MagFlow runs well on?"""

from __future__ import annotations

import locale
import os
import platform
import resource
import sqlite3
import sys
from collections.abc import Mapping

from magflow_tui.cli.doctor.check import Check

#: The oldest SQLite that the store's tables are made for: partial indexes and UPSERT with RETURNING.
OLDEST_SQLITE = (3, 35, 0)
#: Files that an engine with many accounts and clients has open at once, with room to spare.
LEAST_OPEN_FILES = 256


def check_python() -> Check:
    """Which Python it is, and what it runs on."""
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("python", "ok", found)


def check_sqlite(version: str = sqlite3.sqlite_version) -> Check:
    """Whether SQLite is new enough."""
    if tuple(int(part) for part in version.split(".")[:3]) < OLDEST_SQLITE:
        needed = ".".join(str(part) for part in OLDEST_SQLITE)
        return Check("sqlite", "failed", f"SQLite {version}", f"The store needs {needed} or newer: update Python.")
    return Check("sqlite", "ok", f"SQLite {version}")


def check_open_files(limit: int | None = None) -> Check:
    """Whether enough files may be open at once."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if limit is None else limit
    if soft != resource.RLIM_INFINITY and soft < LEAST_OPEN_FILES:
        return Check(
            "open files",
            "warning",
            f"{soft} may be open at once",
            "Raise it: `ulimit -n 1024`, or LimitNOFILE= in systemd.",
        )
    shown = "no limit" if soft == resource.RLIM_INFINITY else f"{soft} may be open at once"
    return Check("open files", "ok", shown)


def check_terminal(environ: Mapping[str, str] = os.environ, *, attached: bool | None = None) -> Check:
    """What the dashboard will find: kind of terminal, and whether it takes more than ASCII."""
    encoding = locale.getpreferredencoding(False)
    utf8 = encoding.lower().replace("-", "") == "utf8"
    if not (sys.stdout.isatty() if attached is None else attached):
        return Check("terminal", "skipped", "the output is not a terminal")
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        advice = "`magflow watch --plain` writes lines instead; or set TERM, for instance to xterm-256color."
        return Check("terminal", "warning", f"TERM is {term or 'not set'}: the dashboard cannot draw", advice)
    if not utf8:
        advice = "Set LANG to a UTF-8 locale, such as C.UTF-8, for plots and frames."
        return Check("terminal", "warning", f"{term}, {encoding}: ASCII signs alone", advice)
    over = ", over SSH" if environ.get("SSH_CONNECTION") else ""
    inside = ", in tmux" if environ.get("TMUX") else ""
    return Check("terminal", "ok", f"{term}, {encoding}{inside}{over}")
