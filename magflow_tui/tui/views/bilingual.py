"""Texts that data bring in both languages: which of the two is shown."""

from __future__ import annotations

from magflow_tui.tui.views.context import Say
from magflow_tui.tui.views.spans import clean


def of_two(say: Say, english: str, romanian: str) -> str:
    """The text in the operator's language, as safe text; the other one where it is missing."""
    first, second = (romanian, english) if say("language.code") == "ro" else (english, romanian)
    return clean(first or second)
