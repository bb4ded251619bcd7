"""Why an order is cancelled: the marketplace's reasons, found by typing a part of either language, or the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.context import Say, View
from magflow_tui.tui.views.filter import plain
from magflow_tui.tui.views.list_frame import Pane
from magflow_tui.tui.views.spans import Line, cells, clean, cut, fit

if TYPE_CHECKING:
    from magflow_tui.contract.actions import Reason

#: Cells that the other language needs beside the operator's to be shown at all.
_LEAST_OTHER = 12


def reason_text(say: Say, reason: Reason) -> str:
    """What a reason says in the operator's language."""
    return of_two(say, reason.text, reason.text_ro)


def found_reasons(reasons: Sequence[Reason], text: str) -> tuple[Reason, ...]:
    """The reasons that a text finds: by the beginning of their number, or by words of either language.

    Case and diacritics do not matter. The number itself comes first, then those that begin with the text.
    """
    wanted = plain(text).split()
    if not wanted:
        return tuple(reasons)
    number = wanted[0] if len(wanted) == 1 and wanted[0].isdecimal() else None
    scored = []
    for place, reason in enumerate(reasons):
        code, english, romanian = str(reason.code), plain(reason.text), plain(reason.text_ro)
        if number is not None:
            if code.startswith(number):
                scored.append((code != number, place, reason))
        elif all(word in english or word in romanian for word in wanted):
            begins = english.startswith(wanted[0]) or romanian.startswith(wanted[0])
            scored.append((not begins, place, reason))
    return tuple(reason for *_, reason in sorted(scored, key=lambda each: each[:2]))


@dataclass(frozen=True, slots=True)
class ReasonPicker:
    """The reasons in the order in which they are offered, what has been typed, and the cursor among those found.

    `title` is safe text; the first `used` of the reasons have been given before.
    """

    title: str
    reasons: tuple[Reason, ...]
    used: int = 0
    text: str = ""
    cursor: int = 0

    @property
    def found(self) -> tuple[Reason, ...]:
        """What the typed text finds."""
        return found_reasons(self.reasons, self.text)

    @property
    def chosen(self) -> Reason | None:
        """The reason under the cursor."""
        found = self.found
        return found[min(self.cursor, len(found) - 1)] if found else None

    def narrowed(self, text: str) -> ReasonPicker:
        """With another text typed; the cursor stands on the best that it finds."""
        return self if text == self.text else replace(self, text=text, cursor=0)

    def moved(self, by: int) -> ReasonPicker:
        """The cursor so many reasons further down."""
        return replace(self, cursor=max(0, min(len(self.found) - 1, self.cursor + by)))

    def pane(self, view: View, width: int, room: int) -> Pane:
        """The reasons as a pane, the one under the cursor in view."""
        say, found = view.say, self.found
        count = f"{min(self.cursor, len(found) - 1) + 1}/{len(found)}" if found else "0"
        right: Line = ((count if len(found) == len(self.reasons) else f"{count} · {len(self.reasons)}", "muted"),)
        if not found:
            return Pane(self.title, right, (), [((f"  {cut(say('reason.none'), width - 2)}", "warn"),)])
        first = max(0, min(self.cursor - room // 2, len(found) - room))
        lines = [
            self._line(view, reason, width, here=index == self.cursor)
            for index, reason in enumerate(found[first : first + room], first)
        ]
        return Pane(self.title, right, (), lines)

    def _line(self, view: View, reason: Reason, width: int, *, here: bool) -> Line:
        own = reason_text(view.say, reason)
        other = clean(reason.text if own == clean(reason.text_ro) else reason.text_ro)
        used = view.say("reason.used") if reason in self.reasons[: self.used] and not self.text.strip() else ""
        head = f"{reason.code:>2}  "
        left = width - 2 - cells(head) - cells(own) - 3
        beside = used or (cut(other, left) if left >= _LEAST_OTHER else "")
        if here:
            return ((fit(f"{view.glyphs.cursor} {head}{cut(own, width - 6)}  {beside}", width), "selected"),)
        return (("  ", "text"), (head, "key"), (cut(own, width - 6), "text"), (f"  {beside}", "muted"))
