"""The terminal's side of the dashboard: a driver that never blocks the loop, counts what is unsent, and sees hang-ups.

Textual's own queues thirty writes and then blocks the event loop for as long as the terminal stalls; at the end of
input it spins. Neither may happen to a dashboard over SSH.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

#: Bytes that are written at once: so that what is unsent is known about as exactly.
PIECE = 1024
#: Seconds that a terminal may take for what is queued when the writing ends, and for an answer that is on its way.
STOP_SECONDS, ANSWER_SECONDS = 0.3, 0.3


class Writer:
    """Writes to a terminal from a thread of its own; `unsent` bytes are not yet written."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._texts: SimpleQueue[bytes | None] = SimpleQueue()
        self._accepted = 0
        self._written = 0
        self._thread = threading.Thread(target=self._run, name="magflow-output", daemon=True)
        self._thread.start()

    @property
    def unsent(self) -> int:
        """Bytes accepted and not yet taken by the terminal."""
        return self._accepted - self._written

    def write(self, text: str) -> None:
        """Queue text; never waits."""
        data = text.encode(errors="replace")
        self._accepted += len(data)
        self._texts.put(data)

    def stop(self) -> None:
        """Let the thread end behind what is queued, and wait for it; not for ever when the terminal is stalled."""
        self._texts.put(None)
        self._thread.join(timeout=STOP_SECONDS)

    def _run(self) -> None:
        """Write until told to stop. A terminal that is gone takes everything and keeps nothing."""
        gone = False
        while (data := self._texts.get()) is not None:
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                gone = gone or not self._take(piece)
                self._written += len(piece)

    def _take(self, piece: bytes) -> bool:
        """Write all of it; False when the terminal is gone."""
        while piece:
            try:
                piece = piece[os.write(self._terminal, piece) :]
            except BlockingIOError:  # whoever shares the terminal may have set it so
                select.select([], [self._terminal], [])
            except OSError:
                return False
        return True


class DashboardDriver(LinuxDriver):
    """Textual's driver for terminals, with our writer in place of its own, and answers of the terminal kept to itself.

    `on_answer` is told when the terminal has said where its cursor is, by the clock of `time.monotonic`, from the
    thread that reads; it returns whether it had asked. `awaiting` tells whether such an answer is still to come.
    """

    _writer: Writer | None = None
    _started = False
    on_answer: Callable[[float], bool] | None = None
    awaiting: Callable[[], bool] | None = None

    @property
    def unsent(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return self._writer.unsent if self._writer is not None else 0

    def write(self, data: str) -> None:
        """Queue for the terminal; never waits."""
        if self._writer is not None:
            self._writer.write(data)

    @property
    def uses_mouse(self) -> bool:
        """Whether the terminal reports the mouse."""
        return self._mouse

    def use_mouse(self, on: bool) -> None:
        """Have the terminal report the mouse, or leave the mouse to the terminal."""
        if not on:
            self._disable_mouse_support()
        self._mouse = on
        if on:
            self._enable_mouse_support()

    def start_application_mode(self) -> None:
        """Set the terminal up; all writing goes through `Writer`."""
        if self._writer is None:
            self._writer = Writer(sys.__stderr__.fileno() if sys.__stderr__ else 2)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        theirs = self._writer_thread
        if theirs is not None:  # else the program is in the background, and stopped again
            theirs.stop()
            self._started = True

    def stop_application_mode(self) -> None:
        """Give the terminal back. An answer still on its way is waited for: it would be typed into the shell."""
        if not self._started:
            return
        self._started = False
        if self.awaiting is not None:
            end = time.monotonic() + ANSWER_SECONDS
            while self.awaiting() and not self.unsent and time.monotonic() < end:
                time.sleep(0.01)
        super().stop_application_mode()

    def close(self) -> None:
        """End the writing."""
        if self._writer is not None:
            self._writer.stop()
            self._writer = None

    def process_message(self, message: Message) -> None:
        """Keep answers to our own questions from the program: they are no input."""
        if isinstance(message, CursorPosition) and self.on_answer is not None and self.on_answer(time.monotonic()):
            return
        super().process_message(message)

    def _sigcont_application(self, *_: object) -> None:
        """Go on after a stop. One that was not announced left the terminal as the shell has it since."""
        if self._auto_restart and self._started:
            self._must_signal_resume = True
            self.suspend_application_mode()
        super()._sigcont_application()


class HangUpWatch:
    """Calls `on_hang_up` from a thread when the terminal behind a file descriptor goes away, by signal or without."""

    def __init__(self, terminal: int, on_hang_up: Callable[[], None]) -> None:
        self._terminal = terminal
        self._on_hang_up = on_hang_up
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._watch, name="magflow-hang-up", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch."""
        os.write(self._wake_write, b".")
        self._thread.join()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self._terminal, 0)  # hang-up and errors are reported unasked
        poll.register(self._wake_read, select.POLLIN)
        for ready, _ in poll.poll():
            if ready == self._terminal:
                self._on_hang_up()
                return
