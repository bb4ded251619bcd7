"""How a command ends other than well: one sentence on stderr, the way out, an exit code, never a traceback."""

from __future__ import annotations

from typing import Final

#: Exit codes that mean the same for every command.
OK: Final = 0
INCOMPLETE: Final = 1
FAILED: Final = 2
NOT_RUNNING: Final = 3
INTERRUPTED: Final = 130
READER_GONE: Final = 141


class CommandError(Exception):
    """The command cannot do what was asked.

    `message` is one sentence (or a line per problem), `hint` the way out, `exit_code` what the process ends with.
    """

    def __init__(self, message: str, *, hint: str | None = None, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code


class ReaderGoneError(Exception):
    """Whoever read our output has closed it (`| head`): end quietly."""


class SignalledError(Exception):
    """A signal asked the process to end; it has cleaned up and ends with `exit_code`, 128 and the signal's number."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.exit_code = 128 + signal_number
