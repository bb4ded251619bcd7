"""Lines of spans, measured in terminal cells: made safe, cut, padded, joined and compared.

Everything a screen shows passes through here. Text that comes from data is made safe once, by `clean`: afterwards it
holds only characters of one or two cells that every terminal measures alike, and nothing that a terminal obeys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal
from unicodedata import category, normalize

from rich.cells import get_character_cell_size

#: What a piece of text means. Colours are the theme's business.
Role = Literal[
    "text",
    "muted",
    "title",
    "rule",
    "ok",
    "warn",
    "crit",
    "info",
    "key",
    "strong",
    "bar",
    "bar_warn",
    "bar_crit",
    "bar_rest",
    "spark",
    "stale",
    "selected",
    "tab",
    "tab_active",
    "brand",
    "alarm",
    "prompt",
    "caret",
]
Span = tuple[str, Role]
Line = tuple[Span, ...]

EMPTY: Line = ()
#: Stands for a character that cannot be shown safely.
UNPRINTABLE = "·"


@lru_cache(maxsize=4096)
def _safe(character: str) -> str:
    kind = category(character)
    if kind in ("Zs", "Zl", "Zp") or character in "\t\n\r":
        return " "
    if kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Mc"):
        # Controls and escapes; bidirectional and joining marks; what combines or has no agreed width.
        return UNPRINTABLE if kind == "Cc" else ""
    cells = get_character_cell_size(character)
    if cells == 1:
        return character
    # Wide letters are agreed upon by terminals; emoji and flags are not.
    return character if cells == 2 and kind[0] in "LNP" else UNPRINTABLE


def clean(text: object) -> str:
    """Text from data as one safe line: no control, escape, bidirectional, combining or zero-width character is left."""
    value = str(text)
    if value.isascii() and value.isprintable():
        return value
    return "".join([_safe(character) for character in normalize("NFC", value)])


def cells(text: str) -> int:
    """Width of safe text in terminal cells."""
    return len(text) if text.isascii() else _wide_cells(text)


@lru_cache(maxsize=2048)
def _wide_cells(text: str) -> int:
    # A screen says nearly the same every second.
    return sum([get_character_cell_size(character) for character in text])


def line_cells(line: Line) -> int:
    """Width of a line in cells."""
    return sum([cells(text) for text, _ in line])


def _head(text: str, width: int) -> str:
    """The longest start of `text` that fits `width` cells."""
    if text.isascii():
        return text[:width]
    used = 0
    for index, character in enumerate(text):
        used += get_character_cell_size(character)
        if used > width:
            return text[:index]
    return text


def cut(text: str, width: int, *, mark: str = "…") -> str:
    """`text` in at most `width` cells, its last cell a mark where something was left out."""
    if width <= 0:
        return ""
    if cells(text) <= width:
        return text
    return _head(text, width - cells(mark)) + mark if width > cells(mark) else _head(text, width)


def joined(parts: Sequence[str], between: str, width: int) -> str:
    """As many of the parts as fit `width` cells whole, in order, `between` them; empty ones are left out."""
    text = ""
    for part in parts:
        longer = f"{text}{between}{part}" if text and part else text or part
        if cells(longer) > width:
            return text or cut(longer, width)
        text = longer
    return text


def wrapped(text: str, width: int, *, most: int = 3) -> list[str]:
    """Text over at most `most` lines of `width` cells, broken between words."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        if current and cells(current) + 1 + cells(word) > width:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    if current:
        lines.append(current)
    if len(lines) > most:
        lines[most - 1] = " ".join(lines[most - 1 :])
    return [cut(line, width) for line in lines[:most]]


def fit(text: str, width: int, *, mark: str = "…") -> str:
    """`text` in exactly `width` cells, on the left."""
    kept = cut(text, width, mark=mark)
    return kept + " " * (width - cells(kept))


def fit_right(text: str, width: int, *, mark: str = "…") -> str:
    """`text` in exactly `width` cells, on the right: for numbers."""
    kept = cut(text, width, mark=mark)
    return " " * (width - cells(kept)) + kept


def clip(line: Line, width: int) -> Line:
    """The first `width` cells of a line, padded to exactly that width."""
    kept: list[Span] = []
    room = width
    for text, role in line:
        if room <= 0:
            break
        size = cells(text)
        if size > room:
            text = _head(text, room)
            size = cells(text)
            kept.append((text, role))
            room -= size
            break  # a wide character that straddles the edge leaves one cell, which is padded
        kept.append((text, role))
        room -= size
    if room > 0:
        kept.append((" " * room, "text"))
    return tuple(kept)


def join(line: Line) -> str:
    """A line's text alone."""
    return "".join([text for text, _ in line])


def spread(left: Line, right: Line, width: int, *, gap: int = 2) -> Line:
    """`left` and `right` at the two ends of `width` cells; the left one gives way."""
    right_cells = line_cells(right)
    if not right_cells or right_cells > width:
        return clip(left, width)
    room = width - right_cells
    if line_cells(left) > room - gap:
        left = clip(left, max(0, room - gap))
    return (*left, (" " * (room - line_cells(left)), "text"), *right)


def rule(title: Line, right: Line, width: int, *, stroke: str = "─") -> Line:
    """A titled rule: `─ title ────── right ─`."""
    if width < 4:
        return ((stroke * width, "rule"),)
    right_cells = line_cells(right)
    if right_cells and right_cells + line_cells(title) + 8 > width:
        right, right_cells = EMPTY, 0
    tail = right_cells + 3 if right_cells else 0
    room = width - tail - 3
    if line_cells(title) > room:
        title = tuple((text, role) for text, role in clip(title, room) if text)
    dashes = width - tail - 3 - line_cells(title)
    line: list[Span] = [(stroke + " ", "rule"), *title, (" " + stroke * dashes, "rule")]
    if right_cells:
        line += [(" ", "rule"), *right, (" " + stroke, "rule")]
    return tuple(line)


def beside(columns: Sequence[tuple[Sequence[Line], int]], height: int, *, divider: str = " │ ") -> list[Line]:
    """Columns of `(lines, width)` side by side, each cut or padded to `height` lines, a divider between them."""
    rows: list[Line] = []
    for index in range(height):
        row: list[Span] = []
        for place, (lines, width) in enumerate(columns):
            if place:
                row.append((divider, "rule"))
            row.extend(clip(lines[index] if index < len(lines) else EMPTY, width))
        rows.append(tuple(row))
    return rows


def stack(lines: Iterable[Line], height: int) -> list[Line]:
    """Exactly `height` lines."""
    kept = list(lines)[:height]
    return kept + [EMPTY] * (height - len(kept))


Cells = list[tuple[str, object]]


def changed_cells(old: Line, new: Line, *, worth: int = 24) -> list[tuple[int, int]]:
    """Where two lines differ, as ranges of cells `(start, stop)`, in order."""
    return [] if old == new else changed_ranges(cells_of(old), cells_of(new), worth=worth)


def changed_ranges(before: Cells, after: Cells, *, worth: int = 24) -> list[tuple[int, int]]:
    """Where the cells of two lines differ, as ranges `(start, stop)`, in order.

    Ranges with less than `worth` unchanged cells between them are one: moving the cursor and setting the colour
    again would cost more than writing the cells in between.
    """
    longest = max(len(before), len(after))
    blank: tuple[str, object] = (" ", "text")
    before += [blank] * (longest - len(before))
    after += [blank] * (longest - len(after))
    ranges: list[tuple[int, int]] = []
    for index in range(longest):
        if before[index] == after[index]:
            continue
        start, stop = index, index + 1
        # A range never begins or ends inside a two-cell character of either line.
        while start and (before[start][0] == "" or after[start][0] == ""):
            start -= 1
        while stop < longest and (before[stop][0] == "" or after[stop][0] == ""):
            stop += 1
        if ranges and start - ranges[-1][1] < worth:
            ranges[-1] = (ranges[-1][0], max(stop, ranges[-1][1]))
        else:
            ranges.append((start, stop))
    return ranges


def cells_of(line: Iterable[tuple[str, object]]) -> Cells:
    """Texts and what marks them, cell by cell; the second cell of a wide character is an empty string."""
    result: Cells = []
    for text, role in line:
        if text.isascii():
            result.extend([(character, role) for character in text])
            continue
        for character in text:
            result.append((character, role))
            if get_character_cell_size(character) == 2:
                result.append(("", role))
    return result
