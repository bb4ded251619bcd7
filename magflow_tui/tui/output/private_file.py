"""Files for the operator alone: mode 0600, written beside their place, there whole or not at all. All of it blocks."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Literal

Failure = Literal["full", "denied", "failed"]


def failure_of(error: OSError) -> Failure:
    """What went wrong with a file, as operators know it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "full"
    return "denied" if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else "failed"


class PrivateFile:
    """A file in the making: `write`, then `finish` or `abandon`. Every method raises `OSError`, and is to be abandoned.

    The folder is made (mode 0700) when there is none. Line feeds are written as they are.
    """

    def __init__(self, path: Path, *, encoding: str = "utf-8") -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        descriptor = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        self._file = TextIOWrapper(os.fdopen(descriptor, "wb"), encoding=encoding, errors="replace", newline="")

    def write(self, text: str) -> None:
        """Add text."""
        with self._named():
            self._file.write(text)

    def finish(self) -> Path:
        """Put the file in its place, over an older one of that name; its path."""
        with self._named():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._beside.replace(self.path)
        return self.path

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """A file that is open does not tell its name when it cannot be written."""
        try:
            yield
        except OSError as error:
            error.filename = str(self.path)
            raise

    def abandon(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):  # closing writes what is left, for which there may be no room
            self._file.close()
        self._beside.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> Path:
    """A file with that text, in one go. Raises `OSError` and leaves nothing behind."""
    file = PrivateFile(path)
    try:
        file.write(text)
        return file.finish()
    except BaseException:
        file.abandon()
        raise


def unused(folder: Path, stem: str, suffix: str) -> Path:
    """A path of that name in the folder that nothing has yet: `stem.suffix`, `stem-2.suffix`, …"""
    path, number = folder / f"{stem}.{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.{suffix}"
    return path


def shown_path(path: Path, home: Path) -> str:
    """A path as people write it: `~/…` inside the home folder."""
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
