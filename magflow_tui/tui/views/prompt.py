"""The prompt row while a line is being written: its label, the text around the cursor, and a remark at the right."""

from __future__ import annotations

from magflow_tui.tui.views.spans import Line, Span, cells, clip, cut

#: Cells of text that stay in sight beside a remark.
LEAST_TEXT = 16


def first_shown(text: str, cursor: int, room: int, first: int) -> int:
    """Index of the first character shown so that the cursor is among `room` cells.

    The text stands still until the cursor leaves them, and is then moved by half of them: a text that moved with every
    key would be sent again with every key.
    """
    first = min(first, cursor)
    while first and cells(text[first : cursor + 1]) < room // 4:
        first = max(0, first - max(1, room // 2))
    if cells(text[first:cursor]) >= room:
        first = cursor
        while first and cells(text[first - 1 : cursor]) <= room // 2:
            first -= 1
    return first


def shown_label(label: str, width: int) -> str:
    """The label, its beginning left out where the text would have no room: what is asked stands at its end."""
    room = max(2, width - LEAST_TEXT - 4)
    if cells(label) <= room:
        return label
    start = len(label)
    while cells(label[start - 1 :]) < room:
        start -= 1
    return "…" + label[start:]


def text_room(label: str, remark: str, width: int) -> int:
    """Cells for the text beside label and remark."""
    room = width - cells(label) - 4
    return room - cells(remark) - 2 if remark and room - cells(remark) - 2 >= LEAST_TEXT else max(1, room)


def editor_line(
    label: str, text: str, cursor: int, first: int, remark: str, width: int, *, wrong: bool = False
) -> Line:
    """`label`, the text from character `first` on with the cell under the cursor turned, and the remark.

    All of it is safe text (`spans.clean`). The remark gives way where there is no room; `wrong` marks it as a mistake.
    """
    room = text_room(label, remark, width)
    head = text[first:cursor]
    under = text[cursor : cursor + 1] or " "
    tail = cut(text[cursor + 1 :], max(0, room - cells(head) - cells(under)))
    written: list[Span] = [(head, "strong"), (under, "caret"), (tail, "strong")]
    line: list[Span] = [(f" {label} ", "prompt"), (" ", "text"), *written]
    used = cells(label) + 3 + cells(head) + cells(under) + cells(tail)
    if remark and width - used - 1 > 2:
        said = cut(remark, min(cells(remark), width - used - 2))
        line.append((" " * (width - used - 1 - cells(said)), "text"))
        line.append((said, "warn" if wrong else "muted"))
    return clip(tuple(line), width)
