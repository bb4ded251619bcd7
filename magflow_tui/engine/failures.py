"""Why an engine cannot start, in one plain sentence with the way out."""

from __future__ import annotations

from magflow_tui.config import SettingsError
from magflow_tui.contract.errors import ErrorBody

#: Exit code of everything an operator can mend: settings, data folder, another engine, a newer database.
EXIT_REFUSED = 2


class EngineFailure(Exception):  # noqa: N818 - it is why a start failed, not an error of the program
    """The engine refuses to start."""

    def __init__(self, code: str, message: str, *, hint: str | None = None, detail: str | None = None) -> None:
        super().__init__(message)
        self.body = ErrorBody(code=code, message=message, detail=detail, hint=hint)

    @property
    def sentence(self) -> str:
        """Message and way out in one line."""
        return f"{self.body.message} {self.body.hint}" if self.body.hint else self.body.message


def settings_failure(error: SettingsError) -> EngineFailure:
    """All wrong settings in one message."""
    lines = error.lines
    count = "A setting is" if len(lines) == 1 else f"{len(lines)} settings are"
    return EngineFailure("settings", f"{count} wrong: {'; '.join(lines)}.", hint="`magflow config check` shows them.")


def as_sentence(text: str) -> str:
    """With a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
