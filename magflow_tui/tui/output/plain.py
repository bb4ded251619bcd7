"""A screen as lines of words, from the same views that draw it: for logs, cron mail, pipes and screen readers.

No colour, no boxes, no bars: sections have names, signs are words, and what was said once is said again only when it
has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from magflow_tui.tui.views.bodies import BODIES
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.frame import status_line
from magflow_tui.tui.views.glyphs import UNICODE
from magflow_tui.tui.views.spans import Line, Role, cells, join

#: Size of the screen that the lines are taken from: one column, wide enough that little is cut, and this many rows.
WIDTH, HEIGHT = 140, 48
#: Roles of what only draws.
_DRAWN: frozenset[Role] = frozenset({"rule", "bar", "bar_warn", "bar_crit", "bar_rest", "spark"})
#: Box drawing, block elements, geometric shapes that are no signs of ours, Braille patterns.
_SHAPES = re.compile("[\u2500-\u257f\u2580-\u259f\u2800-\u28ff]+")
_SIGNS = (
    (UNICODE.warn, "plain.warn"),
    (UNICODE.crit, "plain.crit"),
    (UNICODE.run, "plain.run"),
    ("↑", "plain.up"),
    ("↓", "plain.down"),
)
_GAP = re.compile(" {2,}")
#: A sign's word before the same word.
_TWICE = re.compile(r"\b([^\W\d_]+) +\1\b", re.IGNORECASE)
#: Screens whose list is all there is to say; below it stands what is under the cursor.
_LISTS = frozenset({"orders", "api"})


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of a screen. The first one of a screen may have no name."""

    title: str
    lines: tuple[str, ...]


def plain_view(view: View) -> View:
    """The view without what only makes sense where something is drawn: columns side by side, plots, ASCII signs."""
    return replace(view, zoomed=True, glyphs=UNICODE, in_words=True)


def status(view: View) -> str:
    """The status line in words, without what the time of each printed line says already."""
    kept: list[str] = []
    for text, _ in status_line(plain_view(view), WIDTH * 2):
        if len(text) > 8 and not text.strip():
            break  # behind the gap: how live it is, and the clock
        kept.append(text)
    parts = _SHAPES.split(_TWICE.sub(r"\1", _in_words("".join(kept), view)))
    return ", ".join(_GAP.sub(" ", part).strip() for part in parts)


def sections(view: View) -> list[Section]:
    """The body of the view's screen."""
    view = plain_view(view)
    body = BODIES[view.screen](view, WIDTH, HEIGHT)
    lines = body.lines
    if view.screen in _LISTS and body.keys:
        lines = lines[: body.list_top + min(body.list_height, len(body.keys))]
    return list(_sections(lines, view))


def _sections(lines: Iterable[Line], view: View) -> Iterator[Section]:
    title, said = "", list[str]()
    for line in lines:
        if line and line[0][1] == "rule" and cells(join(line)) > 4:
            if title or said:
                yield Section(title, tuple(said))
            title, said = words_of(line, view), []
        elif (text := words_of(line, view)) and not _is_label(line, text):
            said.append(text)
    if title or said:
        yield Section(title, tuple(said))


def words_of(line: Line, view: View) -> str:
    """A line's words."""
    cursor = view.glyphs.cursor
    whole = "".join("  " if role in _DRAWN else text for text, role in line)
    return _GAP.sub("  ", _in_words(_SHAPES.sub("  ", whole), view)).strip().removeprefix(f"{cursor} ").strip()


def _is_label(line: Line, words: str) -> bool:
    """Whether a line was a plot, and only what stood beside it is left."""
    drawn = sum(cells(text) for text, role in line if role in _DRAWN or _SHAPES.search(text))
    return drawn >= 8 and " " not in words


def _in_words(text: str, view: View) -> str:
    """Signs as words."""
    for sign, key in _SIGNS:
        if sign in text:
            text = text.replace(sign, f" {view.say(key)} ")
    return text.replace(" · ", ", ")


class Changes:
    """What has been said of each section, so that only what is new is said again."""

    def __init__(self) -> None:
        self._said: dict[str, frozenset[str]] = {}

    def fresh(self, shown: Sequence[Section]) -> list[str]:
        """The lines to print: a section's name and those of its lines that were not in it before."""
        lines: list[str] = []
        for place, section in enumerate(shown):
            # Names hold figures that change; the place of a section on its screen does not.
            key = f"{place} {section.title.split(' ')[0]}"
            before = self._said.get(key)
            content = frozenset((section.title, *section.lines))
            self._said[key] = content
            new = [line for line in section.lines if before is None or line not in before]
            if before is None or new or section.title not in before:
                lines += [f"{section.title}:"] if section.title else []
                lines += [f"  {line}" for line in new]
        return lines
