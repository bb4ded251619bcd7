"""A panel: shows lines of spans, and repaints exactly the cells that changed.

Showing the same lines again refreshes nothing, so nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from magflow_tui.tui.views.spans import EMPTY, Line, Role, changed_cells, clip


class Panel(Widget, can_focus=False):
    """Lines of spans on the Line API. `paint` gives it lines for its size; `fold` maps text to the character set."""

    ALLOW_SELECT = False

    class Pointed(Message):
        """The mouse was clicked on a cell of a panel, or its wheel turned (`turn` rows, 0 for a click)."""

        def __init__(self, panel: Panel, x: int, y: int, turn: int) -> None:
            super().__init__()
            self.panel, self.x, self.y, self.turn = panel, x, y, turn

        @property
        def control(self) -> Panel:
            return self.panel

    def __init__(self, styles: Mapping[Role, Style], fold: Callable[[str], str], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._roles = styles
        self._fold = fold
        self._given: list[Line] = []
        self._shown: list[Line] = []
        self._shown_width = 0

    def dress(self, styles: Mapping[Role, Style]) -> None:
        """Wear the styles of another theme from now on."""
        self._roles = styles
        self.refresh()

    def paint(self, lines: Sequence[Line], width: int, height: int = 1) -> int:
        """Show these lines on `width` by `height` cells; returns how many spans of cells were refreshed.

        The size is the caller's, not the layout's: so the first frame that is sent has its content already.
        """
        given = [*lines[:height], *[EMPTY] * (height - len(lines))]
        if len(given) != len(self._shown) or width != self._shown_width:
            self._given, self._shown, self._shown_width = given, [clip(line, width) for line in given], width
            self.refresh()
            return len(given)
        fresh = [
            shown if line == before else clip(line, width)
            for line, before, shown in zip(given, self._given, self._shown, strict=True)
        ]
        self._given = given
        regions = [
            Region(start, y, stop - start, 1)
            for y, (old, new) in enumerate(zip(self._shown, fresh, strict=True))
            if old != new
            for start, stop in changed_cells(old, new)
        ]
        self._shown = fresh
        if regions:
            self.refresh(*regions)
        return len(regions)

    def render_line(self, y: int) -> Strip:
        """The strip of a line, as the compositor asks for it."""
        width, ground = self.size.width, self._roles["text"]
        if y >= len(self._shown):
            return Strip.blank(width, ground)
        fold, roles = self._fold, self._roles
        strip = Strip([Segment(fold(text), roles[role]) for text, role in self._shown[y]], self._shown_width)
        return strip.adjust_cell_length(width, ground)

    def on_click(self, event: events.Click) -> None:
        """Tell where."""
        self.post_message(self.Pointed(self, event.x, event.y, 0))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Tell where, and that it went down."""
        self.post_message(self.Pointed(self, event.x, event.y, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Tell where, and that it went up."""
        self.post_message(self.Pointed(self, event.x, event.y, -1))
