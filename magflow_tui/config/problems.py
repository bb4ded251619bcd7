"""The error that names every problem of the settings at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class SettingsProblem:
    """One wrong setting.

    `key` is dotted (`accounts.shop.platform`); `value` is what was given, None where nothing was or where it is a
    secret; `allowed` says what would be right; `source` is where it came from (`config.toml`, `MAGFLOW_…`, a flag).
    """

    key: str
    value: str | None
    allowed: str
    source: str

    def __str__(self) -> str:
        given = "" if self.value is None else f" is {self.value!r}"
        return f"{self.key}{given} ({self.source}): {self.allowed}"


class SettingsError(Exception):
    """The settings cannot be used. `problems` holds every one that was found; `str()` is one line for each."""

    def __init__(self, problems: Iterable[SettingsProblem]) -> None:
        self.problems: tuple[SettingsProblem, ...] = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @property
    def lines(self) -> tuple[str, ...]:
        """One sentence per problem."""
        return tuple(str(problem) for problem in self.problems)
