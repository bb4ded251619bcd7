"""What is typed, as a stream of bytes that may hold anything: a paste in another encoding, a report cut in the middle.

Textual's own reader takes the first byte that is no UTF-8 for the end of the program, spins at the end of input, and
takes what follows an escape character inside a paste for keys that were pressed.
"""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterator

from textual import events
from textual._xterm_parser import XTermParser

from magflow_tui.tui.terminal.driver import DashboardDriver

#: Bytes read at once, and seconds between two looks at whether to go on.
PIECE, LOOK_SECONDS = 4096, 0.1
#: Between these a terminal puts what is pasted.
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
#: Characters kept of a paste. Nothing that can be written here is as long.
LONGEST_PASTE = 1 << 20
#: What a hand types to get out of a paste that has no end, when it comes alone.
_WAYS_OUT = ("\x1b", "\x03")


class Pastes:
    """Tells what is pasted from what is typed, wherever a stream of text is cut."""

    def __init__(self) -> None:
        self._open = False
        self._pasted: list[str] = []
        self._held = ""

    def split(self, text: str) -> Iterator[tuple[bool, str]]:
        """Parts of the next piece of text in order: whether it is a paste, which is then whole, and its text."""
        if self._open and text in _WAYS_OUT:
            self._open, self._held = False, ""
            self._pasted.clear()
            return
        text, self._held = self._held + text, ""
        while text:
            before, mark, behind = text.partition(PASTE_END if self._open else PASTE_START)
            if not mark:
                before = self._hold(before)
            if self._open:
                self._pasted.append(before)
                if mark:
                    yield True, "".join(self._pasted)[:LONGEST_PASTE]
                    self._pasted.clear()
            elif before:
                yield False, before
            if mark:
                self._open = not self._open
            text = behind

    def released(self) -> str:
        """What was held back as the start of a mark, which has not come: it was typed."""
        if self._open:
            return ""
        held, self._held = self._held, ""
        return held

    def _hold(self, text: str) -> str:
        """Keep the end of a text back if it may be the start of a mark; the text without it."""
        mark = PASTE_END if self._open else PASTE_START
        # An escape character alone is a key, and waits for nothing here: the parser sees to it.
        least = 1 if self._open or len(text) >= PIECE // 4 else 3
        for size in range(len(mark) - 1, least - 1, -1):
            if text.endswith(mark[:size]):
                self._held = text[-size:]
                return text[:-size]
        return text


class ReadingDriver(DashboardDriver):
    """The dashboard's driver, which reads on whatever comes."""

    #: A paste may go on when the terminal has been given away and taken back.
    _pastes: Pastes | None = None

    def run_input_thread(self) -> None:
        """Read until told to stop, or until there is no terminal any more. Bytes that are no text are no keys."""
        decode = getincrementaldecoder("utf-8")("ignore").decode
        parser = XTermParser(self._debug)
        self._pastes = pastes = self._pastes or Pastes()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                parts = [(False, pastes.released())]
                if selector.select(LOOK_SECONDS):
                    try:
                        data = os.read(self.fileno, PIECE)
                    except OSError:
                        return
                    if not data:
                        return
                    parts = list(pastes.split(decode(data)))
                try:
                    self._heed(parser, parts)
                except Exception:  # whatever the parser stumbles over was no key
                    parser = XTermParser(self._debug)

    def _heed(self, parser: XTermParser, parts: list[tuple[bool, str]]) -> None:
        """Pass on what was pasted, what was typed, and what has waited too long for its end."""
        for pasted, text in parts:
            if pasted:
                self.process_message(events.Paste(text))
            elif text:  # an empty one would be the end
                for message in parser.feed(text):
                    self.process_message(message)
        for message in parser.tick():
            self.process_message(message)
