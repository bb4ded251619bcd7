"""Every word the dashboard says, by key: one module per language, loaded when it is spoken.

A key that a table lacks is an error, not an empty place on a screen. Values are put in with `str.format`; they must be
safe text already (`views.spans.clean`). `{key_freeze}` in a text is the key of that action, `{key_screen_6}` the sixth
of its keys: texts name the keys that an operator has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from magflow_tui.config.look import LANGUAGES, Language
from magflow_tui.tui.keyboard.actions import DEFAULT_KEYMAP
from magflow_tui.tui.keyboard.keymap import Keymap
from magflow_tui.tui.text.english import ENGLISH
from magflow_tui.tui.views.context import Say

__all__ = ["ENGLISH", "LANGUAGES", "speak", "words"]

_KEY = re.compile(r"\{key_(?P<action>[a-z_]+?)(?:_(?P<place>[1-9]))?\}")


def words(language: Language) -> Mapping[str, str]:
    """The table of a language."""
    if language == "ro":
        from magflow_tui.tui.text.romanian import ROMANIAN

        return ROMANIAN
    return ENGLISH


def speak(language: Language = "en", keymap: Keymap = DEFAULT_KEYMAP) -> Say:
    """Says things in a language, keys by the names they have in `keymap`."""

    table = {key: _with_keys(text, keymap) if "{key_" in text else text for key, text in words(language).items()}

    def say(key: str, **values: object) -> str:
        return table[key].format(**values) if values else table[key]

    return say


def _with_keys(text: str, keymap: Keymap) -> str:
    """A text with its keys named. A brace may be a key: in a text that takes values it is written twice."""
    takes_values = "{" in _KEY.sub("", text)

    def named(found: re.Match[str]) -> str:
        name = keymap.one(found["action"], int(found["place"] or 1) - 1)
        return name.replace("{", "{{").replace("}", "}}") if takes_values else name

    return _KEY.sub(named, text)
