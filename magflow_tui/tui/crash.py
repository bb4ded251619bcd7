"""When the dashboard itself fails: the trace goes to a file, and the operator gets a sentence.

Textual would print every local variable on the terminal: passwords and customers are among them.
"""

from __future__ import annotations

import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from magflow_tui import __version__
from magflow_tui.tui.output.private_file import unused, write_private


def trace_of(error: BaseException) -> str:
    """Where it happened and of what kind: no values, and no message, which may quote data."""
    lines = [f"MagFlow {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n"]
    cause: BaseException | None = error
    while cause is not None:
        lines += [f"{type(cause).__module__}.{type(cause).__qualname__}\n", *traceback.format_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    return "".join(lines)


def record(error: BaseException, folder: Path | None) -> Path | None:
    """Keep the trace in a file of that folder, or in the system's temporary one; its path, None if neither took it."""
    name = f"dashboard-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    for place in (folder, Path(tempfile.gettempdir())):
        if place is not None:
            try:
                return write_private(unused(place, name, "trace"), trace_of(error))
            except OSError:
                continue
    return None
