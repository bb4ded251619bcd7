"""A program on a pseudo-terminal: what it writes is counted and drawn on a screen emulator."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence

import pyte

_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """Runs a Python program as the leader of a new session on a terminal of `columns` by `rows`."""

    def __init__(
        self, arguments: Sequence[str], columns: int, rows: int, environ: dict[str, str] | None = None
    ) -> None:
        self.master, slave = pty.openpty()
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.resize(columns, rows)
        self.before = termios.tcgetattr(slave)
        keep = {
            key: value
            for key, value in os.environ.items()
            if key not in ("NO_COLOR", "SSH_CONNECTION", "COLUMNS", "LINES")
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=keep | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"} | (environ or {}),
        )
        self._slave = slave
        self.bytes = 0
        self.raw = b""

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the program is told."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def read_for(self, seconds: float) -> int:
        """Read what comes for so long; how many bytes came."""
        return self._read(time.monotonic() + seconds, None)

    def read_until(self, text: str, seconds: float = 10.0) -> int:
        """Read until a text is on the screen; how many bytes came. Raises `AssertionError` when it does not appear."""
        count = self._read(time.monotonic() + seconds, text)
        assert text in self.text(), f"{text!r} is not on the screen:\n{self.text()}"
        return count

    def read_until_quiet(self, quiet: float = 0.35, seconds: float = 10.0) -> int:
        """Read until nothing has come for `quiet` seconds; how many bytes came."""
        total, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            got = self.read_for(quiet)
            total += got
            if not got:
                break
        return total

    def _read(self, end: float, text: str | None) -> int:
        count = 0
        while (left := end - time.monotonic()) > 0 and (text is None or text not in self.text()):
            if not select.select([self.master], [], [], left)[0]:
                break
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            count += len(data)
            self.bytes += len(data)
            self.raw += data
            if b"\x1b[?2026$p" in data:
                os.write(self.master, b"\x1b[?2026;2$y")
            self._stream.feed(data.replace(b"\x1b[>25u", b"").replace(b"\x1b[<u", b""))
        return count

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def hang_up(self) -> None:
        """Close the terminal, as a broken connection does."""
        os.close(self._slave)
        os.close(self.master)
        self.master = self._slave = -1

    def ends_within(self, seconds: float) -> int | None:
        """The exit code, or None when the program still runs after so long. Its output is read meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self.master >= 0:
                self._read(min(end, time.monotonic() + 0.02), None)
            else:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.02)
        return self.process.poll()

    def modes_restored(self) -> bool:
        """Whether the terminal's settings are those from before the program ran."""
        return termios.tcgetattr(self._slave) == self.before

    def close(self) -> None:
        """End the program, whatever it does, and the terminal."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for descriptor in (self._slave, self.master):
            if descriptor >= 0:
                os.close(descriptor)
