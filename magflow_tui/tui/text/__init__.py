"""Every word the dashboard says, by key: one module per language, loaded when it is spoken.

A key that a table lacks is an error, not an empty place on a screen. Values are put in with `str.format`; they must be
safe text already (`views.spans.clean`).
"""

from __future__ import annotations

from collections.abc import Mapping

from magflow_tui.config.look import LANGUAGES, Language
from magflow_tui.tui.text.english import ENGLISH
from magflow_tui.tui.views.context import Say

__all__ = ["ENGLISH", "LANGUAGES", "speak", "words"]


def words(language: Language) -> Mapping[str, str]:
    """The table of a language."""
    if language == "ro":
        from magflow_tui.tui.text.romanian import ROMANIAN

        return ROMANIAN
    return ENGLISH


def speak(language: Language = "en") -> Say:
    """Says things in a language."""
    table = words(language)

    def say(key: str, **values: object) -> str:
        return table[key].format(**values) if values else table[key]

    return say
