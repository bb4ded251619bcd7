"""What happened to an order, and what people have written about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.figures import day
from magflow_tui.tui.views.findings import hiding
from magflow_tui.tui.views.spans import Line, clean, wrapped

if TYPE_CHECKING:
    from magflow_tui.contract.records import OrderDetail
    from magflow_tui.tui.views.context import View

#: Lines that one thing takes at most.
MOST_OF_ENTRY, MOST_OF_NOTE = 3, 12
#: Cells before the words.
INDENT = 4


def history_lines(view: View, detail: OrderDetail, width: int) -> list[Line]:
    """What happened, newest first; who did it where people did."""
    say, history = view.say, view.desk.history
    if history is None:
        return [((f"  {say('list.reading')}", "muted"),)]
    if not history.entries:
        return [((f"  {say('history.none')}", "muted"),)]
    hidden = hiding(view, detail)
    lines: list[Line] = []
    for entry in history.entries:
        by = f" · {clean(entry.by)}" if entry.by else ""
        lines.append(
            (
                (f"  {day(entry.at, view.shown_at, view.zone)}  ", "muted"),
                (f"{say(f'history.{entry.kind}')}{by}", "title" if entry.by else "muted"),
            )
        )
        text = hidden(of_two(say, entry.text, entry.text_ro))
        lines += [((" " * INDENT + part, "text"),) for part in wrapped(text, width - INDENT, most=MOST_OF_ENTRY)]
    return lines


def note_lines(view: View, detail: OrderDetail, width: int) -> list[Line]:
    """The notes on an order, newest first, and how to write one."""
    say = view.say
    hidden = hiding(view, detail)
    lines: list[Line] = [((f"  {say('notes.add' if detail.notes else 'notes.none')}", "muted"),)]
    for note in reversed(detail.notes):
        at = day(note.at, view.shown_at, view.zone)
        lines.append(((f"  {at}  ", "muted"), (clean(note.by), "title")))
        text = hidden(clean(note.text))
        lines += [((" " * INDENT + part, "text"),) for part in wrapped(text, width - INDENT, most=MOST_OF_NOTE)]
    return lines
