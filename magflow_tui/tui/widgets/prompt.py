"""The row above the hints: the last event, or a question and the keys that answer it; there are no modal windows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from rich.style import Style
from textual import events

from magflow_tui.tui.views.frame import prompt_line
from magflow_tui.tui.views.spans import Line, Role
from magflow_tui.tui.widgets.panel import Panel


class PromptBar(Panel):
    """Shows the event line, or the open question.

    It never has Textual's focus: that would restyle, and send, the whole screen. The dashboard gives it its keys.
    """

    def __init__(self, styles: Mapping[Role, Style], fold: Callable[[str], str], *, id: str) -> None:  # noqa: A002
        super().__init__(styles, fold, id=id)
        self._question = ""
        self._choices: Sequence[tuple[str, str]] = ()
        self._answer: asyncio.Future[str | None] | None = None
        self._event: Line = ()
        self._width = 0

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._answer is not None

    def show_event(self, line: Line, width: int) -> None:
        """Show the event line on `width` cells, now or when the question has been answered."""
        self._event, self._width = line, width
        if self.asking:
            self.paint([prompt_line(self._question, self._choices, width)], width)
        else:
            self.paint([line], width)

    async def ask(self, question: str, choices: Sequence[tuple[str, str]]) -> str | None:
        """Ask for one of `(key, title)`; gives the key, or None when it was put away. One question at a time."""
        if self._answer is not None:
            return None
        self._question, self._choices = question, choices
        self._answer = asyncio.get_running_loop().create_future()
        self.show_event(self._event, self._width)
        try:
            return await self._answer
        finally:
            self._answer = None
            self.show_event(self._event, self._width)

    def press(self, event: events.Key) -> None:
        """Take a key while a question is open, as an answer or for nothing."""
        answer = self._answer
        if answer is None or answer.done():
            return
        pressed = event.character or event.key
        if pressed in [key for key, _ in self._choices]:
            answer.set_result(pressed)
        elif event.key in ("escape", "ctrl+c", "q"):
            answer.set_result(None)
