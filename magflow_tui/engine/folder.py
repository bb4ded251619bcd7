"""The data folder made ready: private, writable, and held by one engine."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import stat
import time
from pathlib import Path
from typing import Self

from magflow_tui.config import DataFolder
from magflow_tui.engine.failures import EngineFailure

#: How long a held lock is tried again, in seconds: a client that looks whether it is held takes it for an instant.
LOCK_PATIENCE = 0.3
_LOCK_PAUSE = 0.02


class HeldFolder:
    """A data folder that this process alone serves. Blocking calls; take it before the loop starts, or in a thread."""

    def __init__(self, folder: DataFolder, lock: int) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def take(cls, folder: DataFolder, *, version: str, patience: float = LOCK_PATIENCE) -> Self:
        """Make the folder, check it, and take its lock. Raises `EngineFailure`.

        What a killed engine left behind (lock file, socket) is no hindrance: the kernel has freed the lock.
        """
        try:
            _make_private(folder.root)
            for below in (folder.logs, folder.limits):
                below.mkdir(mode=0o700, exist_ok=True)
            lock = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EngineFailure(
                "data_dir",
                f"The data folder {folder.root} cannot be used: {error.strerror or error}.",
                hint="Give another one with --data-dir, or mend its permissions.",
            ) from None
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(lock)
                    raise _another_engine(folder) from None
                time.sleep(_LOCK_PAUSE)
        try:
            os.ftruncate(lock, 0)
            mark = {"pid": os.getpid(), "socket": str(folder.socket), "version": version}
            os.pwrite(lock, json.dumps(mark).encode() + b"\n", 0)
        except OSError as error:
            os.close(lock)
            raise EngineFailure(
                "data_dir", f"The data folder {folder.root} cannot be written: {error.strerror or error}."
            ) from None
        return cls(folder, lock)

    def bind(self) -> socket.socket:
        """The engine's listening unix socket, mode 0600 in a folder of mode 0700. Raises `EngineFailure`."""
        path = self.folder.socket
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _make_private(path.parent)
            path.unlink(missing_ok=True)
            listener.bind(str(path))
            path.chmod(0o600)
            listener.listen(128)
            listener.setblocking(False)
        except OSError as error:
            listener.close()
            raise EngineFailure("socket", f"The socket {path} cannot be made: {error.strerror or error}.") from None
        return listener

    def close_door(self) -> None:
        """Remove the socket: who comes now waits for the lock and starts an engine that is not about to end."""
        path = self.folder.socket
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            if path.parent != self.folder.root:
                path.parent.rmdir()

    def release(self) -> None:
        """Remove the socket and free the lock. The lock file stays: removing it would let two engines hold it."""
        self.close_door()
        with contextlib.suppress(OSError):
            os.ftruncate(self._lock, 0)
        os.close(self._lock)


def _another_engine(folder: DataFolder) -> EngineFailure:
    try:
        pid = int(json.loads(folder.lock.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        who = "Another engine"
    else:
        who = f"Another engine (pid {pid})"
    return EngineFailure(
        "engine_running",
        f"{who} serves the data folder {folder.root}.",
        hint="Use that one, or end it with `magflow engine stop`.",
    )


def _make_private(path: Path) -> None:
    """Make a folder that only we can enter, or make ours so. Raises `OSError` or `EngineFailure`."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise EngineFailure(
            "data_dir", f"The folder {path} belongs to another user.", hint="Give another one with --data-dir."
        )
    if stat.S_IMODE(found.st_mode) & 0o077 == 0:
        return
    # Closing a folder that holds other things (a home, /tmp) to everybody else would break those.
    if any(path.iterdir()) and not (path / "engine.lock").exists():
        raise EngineFailure(
            "data_dir",
            f"The folder {path} is open to other users and holds other things.",
            hint=f"Give another one with --data-dir, or close it with `chmod 700 {path}`.",
        )
    path.chmod(0o700)
