"""One line of text being written: what each editing key makes of it. Nothing of the terminal in here.

Whatever is typed or pasted, the text holds only characters that `views.spans.clean` lets through: one or two cells
each, nothing that a terminal obeys.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from unicodedata import normalize

from magflow_tui.tui.views.spans import UNPRINTABLE, clean

#: Characters a line may have. A longer paste is cut.
LONGEST = 500
#: Lines kept of each history.
REMEMBERED = 50


def typed(text: str) -> str:
    """Text from a keyboard or a clipboard as part of one safe line; what cannot be shown is left out."""
    shown = [
        " " if character.isspace() else clean(character)
        for character in normalize("NFC", text[: 4 * LONGEST])
        if character not in ("\x1c", "\x1d", "\x1e", "\x1f", "\x85")  # controls that count as white space
    ]
    return "".join([safe for safe in shown if safe != UNPRINTABLE])


@dataclass(frozen=True, slots=True)
class Edit:
    """A line and the place of its cursor, in characters from its start."""

    text: str = ""
    cursor: int = 0

    @classmethod
    def at_end(cls, text: str) -> Edit:
        """A text made safe, the cursor behind it."""
        safe = typed(text)[:LONGEST]
        return cls(safe, len(safe))

    def insert(self, text: str) -> Edit:
        """Put typed or pasted text before the cursor; a combining mark joins the letter that it follows."""
        head, tail = self.text[: self.cursor], self.text[self.cursor :]
        grown = typed(head + text)[: max(len(head), LONGEST - len(tail))]
        return Edit(grown + tail, len(grown))

    def move(self, to: int) -> Edit:
        """The cursor before the character of that index."""
        return replace(self, cursor=max(0, min(len(self.text), to)))

    def cut(self, start: int, stop: int) -> Edit:
        """Without the characters from `start` to `stop`; the cursor stands where they were."""
        start, stop = max(0, start), min(len(self.text), stop)
        return Edit(self.text[:start] + self.text[stop:], start)

    def word_start(self) -> int:
        """Where the word before the cursor begins."""
        kept = self.text[: self.cursor].rstrip()
        return len(kept.rpartition(" ")[0]) + 1 if " " in kept else 0

    def pressed(self, key: str, character: str | None) -> Edit:
        """What a key makes of the line. `key` is Textual's name for it, `character` what it types, if anything."""
        match key:
            case "backspace" | "ctrl+h":
                return self.cut(self.cursor - 1, self.cursor) if self.cursor else self
            case "delete" | "ctrl+d":
                return self.cut(self.cursor, self.cursor + 1)
            case "left" | "ctrl+b":
                return self.move(self.cursor - 1)
            case "right" | "ctrl+f":
                return self.move(self.cursor + 1)
            case "home" | "ctrl+a":
                return self.move(0)
            case "end" | "ctrl+e":
                return self.move(len(self.text))
            case "ctrl+w" | "ctrl+backspace" | "alt+backspace":
                return self.cut(self.word_start(), self.cursor)
            case "ctrl+u":
                return self.cut(0, self.cursor)
            case "ctrl+k":
                return self.cut(self.cursor, len(self.text))
            case _:
                return self.insert(character) if character is not None else self


@dataclass(slots=True)
class History:
    """The lines entered before, oldest first, and the way through them. One for each kind of question."""

    lines: list[str] = field(default_factory=list)
    _back: int = 0
    _draft: str = ""

    def begin(self) -> None:
        """A new line is about to be written."""
        self._back, self._draft = 0, ""

    def step(self, by: int, shown: str) -> str | None:
        """The line so many further back (or forward, down to the draft); None where there is none."""
        wanted = self._back + by
        if not 0 <= wanted <= len(self.lines):
            return None
        if self._back == 0:
            self._draft = shown
        self._back = wanted
        return self._draft if wanted == 0 else self.lines[-wanted]

    def keep(self, line: str) -> None:
        """Remember what was entered; twice the same is once, and the last one is nearest."""
        if line.strip():
            if line in self.lines:
                self.lines.remove(line)
            self.lines.append(line)
            del self.lines[:-REMEMBERED]


@dataclass(slots=True)
class Completion:
    """Going through the ways to go on from what was typed."""

    offered: tuple[str, ...] = ()
    _at: int = -1

    def forget(self) -> None:
        """The text has changed otherwise."""
        self.offered, self._at = (), -1

    def begin(self, typed_so_far: str, offered: tuple[str, ...]) -> str:
        """Take what is offered; the text to show now: the only one, or as much as they all share."""
        self.offered, self._at = offered, -1
        if not offered:
            return typed_so_far
        if len(offered) == 1:
            self.forget()
            return offered[0]
        shared = offered[0]
        for each in offered[1:]:
            while not each.startswith(shared):
                shared = shared[:-1]
        return shared if len(shared) > len(typed_so_far) else self.step(1)

    def step(self, by: int) -> str:
        """The next (or previous) of what is offered, round the end."""
        self._at = (self._at + by) % len(self.offered) if self._at >= 0 or by > 0 else len(self.offered) - 1
        return self.offered[self._at]
