"""Settings and the data folder, as they are without an engine. Looks, and changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from magflow_tui.cli.doctor.check import Check
from magflow_tui.cli.wording import count
from magflow_tui.config.folder import DataFolder

#: Room for the store below which it is time to make some, in bytes and as a part (0..1) of the disk.
LOW_BYTES = 2_000_000_000
LOW_SHARE = 0.05
#: Room without which the store cannot be written for long.
LEAST_BYTES = 500_000_000

Usage = tuple[int, int]


def check_settings(problems: Sequence[str], path: Path) -> Iterator[Check]:
    """What is wrong with the settings (a sentence each), and whether others can read the file's secrets."""
    where = str(path) if path.exists() else f"{path} is not there: defaults and the environment hold"
    if problems:
        for problem in problems:
            yield Check("settings", "failed", problem, "Mend it, then `magflow config check`.")
    else:
        yield Check("settings", "ok", where)
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if stat.S_IMODE(mode) & 0o077:
        yield Check("settings file", "warning", f"{path} can be read by other users", f"Close it: `chmod 600 {path}`.")


def check_folder(folder: DataFolder) -> Iterator[Check]:
    """Whether the data folder is ours alone and can be written."""
    root = folder.root
    try:
        found = root.stat()
    except FileNotFoundError:
        yield Check("data folder", "ok", f"{root} is not there yet: the first engine makes it")
        return
    except OSError as error:
        yield Check("data folder", "failed", f"{root}: {error.strerror}", "Give another one with --data-dir.")
        return
    if found.st_uid != os.geteuid():
        yield Check("data folder", "failed", f"{root} belongs to another user", "Run as that user, or give --data-dir.")
    elif not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        yield Check("data folder", "failed", f"{root} cannot be written", f"Mend it: `chmod 700 {root}`.")
    elif stat.S_IMODE(found.st_mode) & 0o077:
        yield Check("data folder", "warning", f"{root} is open to other users", f"Close it: `chmod 700 {root}`.")
    else:
        yield Check("data folder", "ok", str(root))


def check_room(folder: DataFolder, usage: Usage | None = None) -> Check:
    """How much room the disk of the store has left. `usage` is bytes of the whole disk and free ones."""
    try:
        total, free = _usage(folder.root) if usage is None else usage
    except OSError as error:
        return Check("disk", "failed", f"{folder.root}: {error.strerror}", "Give another folder with --data-dir.")
    found = f"{count(free // 1_000_000)} MB free of {count(total // 1_000_000)} MB"
    if free < LEAST_BYTES:
        return Check(
            "disk", "failed", found, "Make room now: a full disk stops syncs (nothing that is stored is lost)."
        )
    if free < min(LOW_BYTES, LOW_SHARE * total):
        return Check("disk", "warning", found, "Make room, or move the data folder to a larger disk.")
    return Check("disk", "ok", found)


def _usage(path: Path) -> Usage:
    """Of the disk on which a folder is, or would be made."""
    while not path.exists() and path != path.parent:
        path = path.parent
    usage = shutil.disk_usage(path)
    return usage.total, usage.free
