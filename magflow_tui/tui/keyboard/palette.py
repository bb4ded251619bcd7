"""The command palette while it is open: which entries there are, which match, which one is meant."""

from __future__ import annotations

from collections.abc import Sequence

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.palette import Entry, over, rows_of
from magflow_tui.tui.views.spans import Line


class Palette:
    """Closed until `open` gives it entries."""

    def __init__(self) -> None:
        self._entries: Sequence[Entry] | None = None
        self._matching: Sequence[Entry] = ()
        self._cursor = 0
        self._height = 1
        #: What was looked for last.
        self.text = ""

    def open(self, entries: Sequence[Entry]) -> None:
        """Show all of these."""
        self._entries = self._matching = entries
        self._cursor, self.text = 0, ""

    def close(self) -> None:
        """Show nothing any more."""
        self._entries, self._matching = None, ()

    @property
    def chosen(self) -> Entry | None:
        """The entry under the cursor."""
        return self._matching[self._cursor] if self._matching else None

    def narrow(self, text: str) -> None:
        """Show what a text finds in title, command or keys, the best first; all of it for no text."""
        self._cursor, self.text = 0, text
        if self._entries is None or not text.strip():
            self._matching = self._entries or ()
            return
        # Here, since nothing before the first paint needs it.
        from textual.fuzzy import Matcher

        matcher = Matcher(text.strip())
        scored = []
        for place, entry in enumerate(self._entries):
            named = 1.2 * matcher.match(entry.title), matcher.match(entry.command), 0.5 * matcher.match(entry.sentence)
            score = max(named) + (100 if text.strip() in entry.keys.split() else 0)
            if score > 0:
                scored.append((-score, entry.blocked is not None, place, entry))
        self._matching = [entry for *_, entry in sorted(scored, key=lambda found: found[:3])]

    def press(self, key: str) -> bool:
        """Move the cursor; whether the key did."""
        page = rows_of(self._height) - 1
        by = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "tab": 1, "shift+tab": -1}.get(key)
        if by is None:
            return False
        self._cursor = max(0, min(len(self._matching) - 1, self._cursor + by))
        return True

    def over(self, view: View, lines: list[Line], width: int) -> list[Line]:
        """The body's lines with the palette over the last of them; as they are while it is closed."""
        if self._entries is None:
            return lines
        self._height = len(lines)
        return over(view, lines, self._matching, self._cursor, len(self._entries), width)
