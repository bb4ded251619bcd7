"""The terminal's side of the dashboard: a driver that never blocks the loop, counts what is unsent, and sees hang-ups.

Textual's own queues thirty writes and then blocks the event loop for as long as the terminal stalls; at the end of
input it spins. Neither may happen to a dashboard over SSH.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import IO

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver


class Writer(WriterThread):
    """Writes to the terminal from a thread of its own; `backlog` characters are not yet written."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self._file = file
        self._texts: SimpleQueue[str | None] = SimpleQueue()
        self._accepted = 0
        self._written = 0

    @property
    def backlog(self) -> int:
        """Characters accepted and not yet taken by the terminal."""
        return self._accepted - self._written

    def write(self, text: str) -> None:
        """Queue text; never waits."""
        self._accepted += len(text)
        self._texts.put(text)

    def run(self) -> None:
        """Write until told to stop. A terminal that is gone takes everything and keeps nothing."""
        gone = False
        while (text := self._texts.get()) is not None:
            if not gone:
                try:
                    self._file.write(text)
                    if self._texts.empty():
                        self._file.flush()
                except (OSError, ValueError):
                    gone = True
            self._written += len(text)
        if not gone:
            try:
                self._file.flush()
            except (OSError, ValueError):
                return

    def stop(self) -> None:
        """Let the thread end behind what is queued, and wait for it; not for ever when the terminal is stalled."""
        self._texts.put(None)
        self.join(timeout=0.5)


class DashboardDriver(LinuxDriver):
    """Textual's driver for terminals, with our writer in place of its own."""

    def start_application_mode(self) -> None:
        """Set the terminal up; from here on, writes go through `Writer`."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        theirs = self._writer_thread
        if theirs is not None and self._file is not None and not isinstance(theirs, Writer):
            theirs.stop()
            ours = Writer(self._file)
            ours.start()
            self._writer_thread = ours

    @property
    def backlog(self) -> int:
        """Characters that the terminal has not taken yet."""
        writer = self._writer_thread
        return writer.backlog if isinstance(writer, Writer) else 0


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
