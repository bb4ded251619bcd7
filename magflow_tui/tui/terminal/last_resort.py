"""A dashboard that does not end ends here: whatever hangs or raises, nothing is left running behind a lost terminal."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from typing import Self

#: Seconds that a dashboard may take to end once its terminal is gone, or it has begun to end.
GRACE_SECONDS = 4.0


class LastResort:
    """While its context lasts: ends the process when it should have ended long since. Nothing is unwound then.

    That is so `grace` seconds after `terminal`, a file descriptor, was hung up, or after `begin`: a thread may hang on
    a disk that does not answer, and the interpreter would wait for it.
    """

    def __init__(self, terminal: int, grace: float) -> None:
        self._terminal = terminal
        self._grace = grace
        self._done = threading.Event()
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._watch, name="magflow-last-resort", daemon=True)

    def begin(self) -> None:
        """The end has begun."""
        os.write(self._wake_write, b".")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.begin()
        self._thread.join()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _watch(self) -> None:
        poll = select.poll()
        with contextlib.suppress(OSError):
            if os.isatty(self._terminal):
                poll.register(self._terminal, 0)  # hang-up and errors are reported unasked
        poll.register(self._wake_read, select.POLLIN)
        poll.poll()
        if not self._done.wait(self._grace):
            os._exit(128 + signal.SIGHUP)
