"""Signals that ask the process to end unwind it instead: what it started is stopped, what it made is removed."""

from __future__ import annotations

import signal
from typing import NoReturn

from magflow_tui.cli.failures import SignalledError

#: Signals whose default action would end the process on the spot.
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def end_by_unwinding() -> None:
    """From now on SIGTERM and SIGHUP raise `SignalledError` in the main thread; one that is ignored stays so."""
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _unwind)


def _unwind(signal_number: int, _: object) -> NoReturn:
    raise SignalledError(signal_number)
