"""The command palette: what can be done, drawn over the lower part of a screen that goes on above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.spans import Line, Role, clip, cut, fit, rule

#: Rows of a palette, its title among them, and how many of the screen it leaves.
MOST_ROWS = 14
LEAST_LEFT = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be chosen: what is written behind `:` for it, and why it cannot be done now (None: it can)."""

    command: str
    title: str
    keys: str
    sentence: str
    blocked: str | None = None


def rows_of(height: int) -> int:
    """How many entries are in sight on a screen body of `height` lines."""
    return max(1, min(MOST_ROWS, height - LEAST_LEFT) - 1)


def over(
    view: View, lines: Sequence[Line], entries: Sequence[Entry], cursor: int, total: int, width: int
) -> list[Line]:
    """The body's `lines`, the last of them given over to `entries`; `total` is how many there are unfiltered."""
    visible = rows_of(len(lines))
    first = max(0, min(cursor - visible // 2, len(entries) - visible))
    count = f"{cursor + 1 if entries else 0}/{len(entries)}"
    count += f" · {total}" if len(entries) < total else ""
    drawn = [rule(((view.say("palette.title"), "title"),), ((count, "muted"),), width, stroke=view.glyphs.line)]
    for index, entry in enumerate(entries[first : first + visible], first):
        drawn.append(_row(view, entry, index == cursor, width))
    if not entries:
        drawn.append(((f"  {view.say('palette.none')}", "muted"),))
    drawn += [()] * (visible + 1 - len(drawn))
    return [*lines[: len(lines) - len(drawn)], *(clip(line, width) for line in drawn)]


def _row(view: View, entry: Entry, here: bool, width: int) -> Line:
    keys, title = fit(entry.keys, 12), fit(entry.title, 22)
    said = f"({entry.blocked}) {entry.sentence}" if entry.blocked else entry.sentence
    text = cut(said, max(0, width - 39))
    if here:
        return ((fit(f"{view.glyphs.cursor} {keys} {title} {text}", width), "selected"),)
    role: Role = "muted" if entry.blocked else "text"
    return (("  ", "text"), (f"{keys} ", "key"), (f"{title} ", role), (text, "muted"))
