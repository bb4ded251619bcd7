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
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyte

# Interrupts are heeded as in any terminal, even where whoever runs the tests ignores them.
_TAKE_TERMINAL = (
    "import fcntl, os, signal, sys, termios; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
#: Seconds between two looks at whether the program is at work.
LOOK_SECONDS = 0.02
#: What a terminal is asked, and what it says: that it can show a frame at once, and where its cursor is.
WHERE = b"\x1b[6n"
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", WHERE: b"\x1b[1;1R"}


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
            if key not in ("NO_COLOR", "SSH_CONNECTION", "COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")
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
        self._rate: float | None = None
        self._budget, self._budget_at = 0.0, time.monotonic()
        self._gone = self._open_frame = False
        self.answers = True
        self.questions: Counter[bytes] = Counter()
        self._unread = b""

    @property
    def rate(self) -> float | None:
        """Bytes a second that the link lets through; None: all."""
        return self._rate

    @rate.setter
    def rate(self, rate: float | None) -> None:
        self._rate = rate
        self._budget, self._budget_at = 0.0, time.monotonic()  # what came before was let through

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

    def read_until_true(self, holds: Callable[[], bool], seconds: float = 10.0) -> int:
        """Read until something holds, or for so long; how many bytes came. What holds then is for the caller to say."""
        before, end = self.bytes, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._gone and not holds():
            self._take(left)
        return self.bytes - before

    def read_until_quiet(self, quiet: float = 0.35, seconds: float = 10.0) -> int:
        """Read until nothing has come for `quiet` seconds and the program had nothing to do; how many bytes came.

        A program that waits for its turn on a busy machine is silent, too: that is no quiet.
        """
        before, last = self.bytes, time.monotonic()
        end = last + seconds
        while (now := time.monotonic()) < min(end, last + quiet) and not self._gone:
            if self._take(min(end - now, last + quiet - now, LOOK_SECONDS)) or self._at_work():
                last = time.monotonic()
        return self.bytes - before

    def _at_work(self) -> bool:
        """Whether a thread of the program runs, or would if it were its turn."""
        for stat in Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):  # a thread that has ended since
                if stat.read_text().rpartition(")")[2].split()[0] == "R":
                    return True
        return False

    def seconds_to_move(self, keys: str, seconds: float = 5.0) -> float:
        """Type, and read until another row is marked as the one under the cursor; how long that took."""
        before, began = self._marked(), time.monotonic()
        self.send(keys)
        while (now := time.monotonic()) < began + seconds:
            # What is between two marks is shown when the second has come.
            if self._take(began + seconds - now) and not self._open_frame and self._marked() != before:
                return time.monotonic() - began
        return seconds

    def _marked(self) -> list[tuple[str, bool]]:
        """The ground of each row, near its start: it tells the row under the cursor, whatever else changes."""
        cells = [self.screen.buffer[row][4] for row in range(self.screen.lines)]
        return [(cell.bg, cell.reverse) for cell in cells]

    def _read(self, end: float, text: str | None) -> int:
        before = self.bytes
        while (left := end - time.monotonic()) > 0 and not self._gone and (text is None or text not in self.text()):
            self._take(left)
        return self.bytes - before

    def _take(self, seconds: float) -> bool:
        """Read once, within so long, as much as the link lets through; whether something came."""
        allowed = 65536
        if self.rate is not None:
            now = time.monotonic()
            self._budget = min(self._budget + (now - self._budget_at) * self.rate, max(256.0, self.rate * 0.02))
            self._budget_at = now
            allowed = int(self._budget)
            if allowed < 1:
                time.sleep(min(seconds, 0.002))
                return False
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, allowed)
        except OSError:
            self._gone = True
            return False
        if self.rate is not None:
            self._budget -= len(data)
        self.bytes += len(data)
        self.raw += data
        if b"\x1b[?2026h" in data or b"\x1b[?2026l" in data:
            self._open_frame = data.rfind(b"\x1b[?2026h") > data.rfind(b"\x1b[?2026l")
        self._answer(data)
        self._stream.feed(data.replace(b"\x1b[>25u", b"").replace(b"\x1b[<u", b""))
        return True

    def _answer(self, data: bytes) -> None:
        """Answer what the program asks of its terminal."""
        asked = self._unread + data
        for question, answer in ANSWERS.items():
            count = asked.count(question)
            self.questions[question] += count
            for _ in range(count if self.answers else 0):
                os.write(self.master, answer)
        tail = asked[asked.rfind(b"\x1b") :] if b"\x1b" in asked else b""
        self._unread = tail if any(question != tail and question.startswith(tail) for question in ANSWERS) else b""

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
