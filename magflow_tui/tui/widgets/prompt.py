"""The row above the hints: the last event, a question and the keys that answer it, or a line being written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from rich.style import Style
from textual import events
from textual.timer import Timer

from magflow_tui.tui.keyboard.editing import Completion, Edit, History
from magflow_tui.tui.views.frame import prompt_line
from magflow_tui.tui.views.prompt import editor_line, first_shown, shown_label, text_room
from magflow_tui.tui.views.spans import Line, Role, clean
from magflow_tui.tui.widgets.panel import Panel

#: Seconds without a key before `on_change` is told what has been typed.
DEBOUNCE_SECONDS = 0.08

Complete = Callable[[str], Sequence[str]]


class Writing:
    """A line being written: the text, what helps with it, and what may end it."""

    def __init__(self, label: str, text: str, history: History) -> None:
        self.label = label
        self.edit = Edit.at_end(text)
        self.history = history
        self.completion = Completion()
        self.complete: Complete | None = None
        self.on_change: Callable[[str], None] | None = None
        self.on_key: Callable[[str], bool] | None = None
        self.expected: str | None = None
        self.remark = ""
        self.wrong = False
        self.first = 0


class PromptBar(Panel):
    """Shows the event line, the open question, or the line being written. There are no modal windows.

    It never has Textual's focus: that would restyle, and send, the whole screen. The dashboard gives it its keys. One
    question is open at a time; a second one asked meanwhile is answered with None at once.
    """

    def __init__(self, styles: Mapping[Role, Style], fold: Callable[[str], str], *, id: str) -> None:  # noqa: A002
        super().__init__(styles, fold, id=id)
        self._question = ""
        self._choices: Sequence[tuple[str, str]] = ()
        self._taking: Callable[[str], bool] | None = None
        self._writing: Writing | None = None
        self._histories: dict[str, History] = {}
        self._answer: asyncio.Future[str | None] | None = None
        self._settling: Timer | None = None
        self._event: Line = ()
        self._width = 0

    @property
    def asking(self) -> bool:
        """Whether a question is open or a line being written."""
        return self._answer is not None

    @property
    def text(self) -> str | None:
        """The line being written as it stands; None when none is."""
        return self._writing.edit.text if self._writing is not None else None

    def show_event(self, line: Line, width: int) -> None:
        """Show the event line on `width` cells, now or when the question has been answered."""
        self._event, self._width = line, width
        writing = self._writing
        if writing is not None:
            # What tab offers stands in front of what the asker remarked.
            offered = "  ".join(_endings(writing.completion.offered))
            edit, remark = writing.edit, offered or writing.remark
            label = shown_label(writing.label, width)
            writing.first = first_shown(edit.text, edit.cursor, text_room(label, remark, width), writing.first)
            wrong = writing.wrong and not offered
            line = editor_line(label, edit.text, edit.cursor, writing.first, remark, width, wrong=wrong)
        elif self.asking:
            line = prompt_line(self._question, self._choices, width)
        self.paint([line], width)

    async def ask(
        self, question: str, choices: Sequence[tuple[str, str]], *, on_key: Callable[[str], bool] | None = None
    ) -> str | None:
        """Ask for one of `(key, title)`; gives the key, or None when it was put away.

        `on_key` is given every other key first and takes it by returning True; it may answer for the operator
        (`answer`).
        """
        if self.asking:
            return None
        self._question, self._choices, self._taking = question, choices, on_key
        return await self._answered()

    async def enter(
        self,
        label: str,
        text: str = "",
        *,
        complete: Complete | None = None,
        on_change: Callable[[str], None] | None = None,
        on_key: Callable[[str], bool] | None = None,
    ) -> str | None:
        """Have one line written, from `text` on; gives it, or None when it was put away.

        `complete` gives whole lines to go on with (tab); `on_change` is told the text once the keys have rested;
        `on_key` is given every key first and takes it by returning True. Lines entered under one label are its history.
        """
        if self.asking:
            return None
        self._writing = Writing(label, text, self._histories.setdefault(label, History()))
        self._writing.complete, self._writing.on_change, self._writing.on_key = complete, on_change, on_key
        self._writing.history.begin()
        entered = await self._answered()
        if entered is not None:
            self._histories[label].keep(entered)
        return entered

    async def confirm_typed(self, question: str, word: str) -> bool:
        """Have `word` typed out before something that cannot be undone; enter does nothing until it matches."""
        if self.asking:
            return False
        safe = clean(word)
        self._writing = Writing(f"{question}  {safe}  >", "", History())
        self._writing.expected = safe
        return await self._answered() is not None

    def remark(self, text: str, *, wrong: bool = False) -> None:
        """Say something at the right of the line being written: what is wrong with it, or how it can go on."""
        if self._writing is not None and (text, wrong) != (self._writing.remark, self._writing.wrong):
            self._writing.remark, self._writing.wrong = text, wrong
            self._show()

    def rephrase(self, question: str) -> None:
        """Say something else in front of the keys that answer the open question."""
        if self.asking and question != self._question:
            self._question = question
            self._show()

    def answer(self, text: str) -> None:
        """Answer the open question, as if a key or enter had."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(text)

    def press(self, event: events.Key) -> None:
        """Take a key while a question is open, as an answer, as part of a line, or for nothing."""
        answer = self._answer
        if answer is None or answer.done():
            return
        if self._writing is not None:
            if event.key in ("escape", "ctrl+c"):
                answer.set_result(None)
            elif self._writing.on_key is None or not self._writing.on_key(event.key):
                self._write(self._writing, event.key, event.character, answer)
            return
        pressed = event.character or event.key
        if pressed in [key for key, _ in self._choices]:
            answer.set_result(pressed)
        elif self._taking is not None and self._taking(event.key):
            pass
        elif event.key in ("escape", "ctrl+c", "q"):
            answer.set_result(None)

    def put_in(self, text: str) -> None:
        """Take pasted text; outside of a line it means nothing, whatever keys its letters are."""
        if self._writing is not None and text:
            self._writing.completion.forget()
            self._change(self._writing, self._writing.edit.insert(text))

    async def _answered(self) -> str | None:
        self._answer = asyncio.get_running_loop().create_future()
        self._show()
        try:
            return await self._answer
        finally:
            self._answer = self._writing = self._taking = None
            self._rest()
            self._show()

    def _show(self) -> None:
        self.show_event(self._event, self._width)

    def _write(self, writing: Writing, key: str, character: str | None, answer: asyncio.Future[str | None]) -> None:
        """A key of the editor."""
        text = writing.edit.text
        if key == "enter":
            if writing.expected is None or text == writing.expected:
                answer.set_result(text)
        elif key in ("up", "down"):
            line = writing.history.step(1 if key == "up" else -1, text)
            if line is not None:
                self._change(writing, Edit.at_end(line))
        elif key in ("tab", "shift+tab"):
            self._complete(writing, 1 if key == "tab" else -1)
        else:
            writing.completion.forget()
            self._change(writing, writing.edit.pressed(key, character if character != "\t" else None))

    def _complete(self, writing: Writing, by: int) -> None:
        completion = writing.completion
        if completion.offered:
            text = completion.step(by)
        elif writing.complete is not None:
            text = completion.begin(writing.edit.text, tuple(writing.complete(writing.edit.text)))
        else:
            return
        self._change(writing, Edit.at_end(text))

    def _change(self, writing: Writing, edit: Edit) -> None:
        changed = edit.text != writing.edit.text
        writing.edit = edit
        self._show()
        if changed and writing.on_change is not None:
            self._rest()
            self._settling = self.set_timer(DEBOUNCE_SECONDS, self._tell_change)

    def _rest(self) -> None:
        if self._settling is not None:
            self._settling.stop()
            self._settling = None

    def _tell_change(self) -> None:
        self._settling = None
        if self._writing is not None and self._writing.on_change is not None:
            self._writing.on_change(self._writing.edit.text)


def _endings(offered: Sequence[str]) -> list[str]:
    """Of each line that is offered, the last word: the others stand in the line already."""
    return [clean(line.rstrip().rpartition(" ")[2]) for line in offered]
