"""Theme, character set and language of the dashboard, chosen at the start and changed while it runs."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

from magflow_tui.config.look import Language, Look
from magflow_tui.tui.keyboard.keymap import Keymap
from magflow_tui.tui.look.theme import choose_theme, styles
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.glyphs import ASCII, UNICODE, Glyphs, wants_ascii
from magflow_tui.tui.views.spans import Role


class Appearance:
    """How things look and are called; keys by their names in `keymap`. `encoding` is the terminal's, or None."""

    def __init__(self, look: Look, keymap: Keymap, environ: Mapping[str, str], encoding: str | None) -> None:
        self._environ = environ
        self._keymap = keymap
        ascii_only = look.ascii == "on" or (look.ascii == "auto" and wants_ascii(environ, encoding))
        self.glyphs: Glyphs = ASCII if ascii_only else UNICODE
        self.language: Language = look.language
        self.theme = choose_theme(look.theme, environ)
        self._words = speak(look.language, keymap)

    @property
    def styles(self) -> Mapping[Role, Style]:
        """The style of every role in the theme of the moment."""
        return styles(self.theme)

    def say(self, key: str, **values: object) -> str:
        """The text of a key in the language of the moment."""
        return self._words(key, **values)

    def speak(self, language: Language) -> None:
        """Speak another language from now on."""
        self.language, self._words = language, speak(language, self._keymap)

    def wear(self, theme: str) -> None:
        """Use another theme from now on; `auto` goes by the terminal."""
        self.theme = choose_theme(theme, self._environ)
