"""Every word the dashboard says, by key: one module per language.

A key that a table lacks is an error, not an empty place on a screen. Values are put in with `str.format`; they must be
safe text already (`views.spans.clean`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from magflow_tui.tui.text.english import ENGLISH
from magflow_tui.tui.text.romanian import ROMANIAN
from magflow_tui.tui.views.context import Say

LANGUAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "ro": ROMANIAN})


def speak(language: str = "en") -> Say:
    """The words of a language; English where there is no such table."""
    table = LANGUAGES.get(language, ENGLISH)

    def say(key: str, **values: object) -> str:
        return table[key].format(**values) if values else table[key]

    return say
