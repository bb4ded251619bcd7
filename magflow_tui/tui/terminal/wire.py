"""What goes to the terminal for a change: only the changed cells, and only the attributes that differ.

Textual sends everything from a widget's left edge up to the changed cell, every segment with all of its colours and a
reset behind it, and at start the same frame several times. For a dashboard that is several times the change itself.
This module stands between its compositor and its driver (`App._display`), on the types of `textual._compositor`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from magflow_tui.tui.terminal.outlet import Slice
from magflow_tui.tui.views.spans import Cells, cells_of, changed_ranges

_NO_STYLE = Style.null()


class Pen:
    """Writes text in styles with as few escape sequences as the terminal's state allows."""

    def __init__(self, system: ColorSystem) -> None:
        self._system = system
        self._style: Style = _NO_STYLE
        self._parts: list[str] = []
        self.size = 0

    def move(self, x: int, y: int) -> None:
        """Put the cursor on a cell, both counted from 0."""
        self._put(f"\x1b[{y + 1};{x + 1}H")

    def write(self, segments: Iterable[Segment]) -> None:
        """Write segments behind the cursor."""
        for text, style, control in segments:
            if control or not text:
                continue
            self._change(style or _NO_STYLE)
            self._put(text)

    def finish(self) -> str:
        """All of it, ending with attributes off; the next is written from there."""
        self._change(_NO_STYLE, end=True)
        text = "".join(self._parts)
        self._parts.clear()
        self.size = 0
        return text

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.size += len(text)

    def _change(self, style: Style, *, end: bool = False) -> None:
        before, self._style = self._style, style
        if style is before:
            return
        codes = self._codes(before, style)
        if codes:
            self._put("\x1b[0m" if end else f"\x1b[{';'.join(codes)}m")

    def _codes(self, before: Style, after: Style) -> list[str]:
        """SGR parameters that turn one style into the other."""
        had, has = _attributes(before), _attributes(after)
        codes: list[str] = []
        for bits, off in _SGR_OFF:
            if had & bits & ~has:
                codes.append(off)
                had &= ~bits  # bold and dim go off together
        codes += [code for bit, code in _SGR_ON if has & ~had & bit]
        if after.color != before.color:
            codes += after.color.downgrade(self._system).get_ansi_codes() if after.color else ["39"]
        if after.bgcolor != before.bgcolor:
            ground = after.bgcolor
            codes += ground.downgrade(self._system).get_ansi_codes(foreground=False) if ground else ["49"]
        return codes


_BOLD, _DIM, _ITALIC, _UNDERLINE, _REVERSE = 1, 2, 4, 8, 16
_SGR_ON = ((_BOLD, "1"), (_DIM, "2"), (_ITALIC, "3"), (_UNDERLINE, "4"), (_REVERSE, "7"))
_SGR_OFF = ((_BOLD | _DIM, "22"), (_ITALIC, "23"), (_UNDERLINE, "24"), (_REVERSE, "27"))


def _attributes(style: Style) -> int:
    return (
        (_BOLD if style.bold else 0)
        | (_DIM if style.dim else 0)
        | (_ITALIC if style.italic else 0)
        | (_UNDERLINE if style.underline else 0)
        | (_REVERSE if style.reverse else 0)
    )


def _system_of(console: Console) -> ColorSystem:
    name = console.color_system
    return {
        "standard": ColorSystem.STANDARD,
        "256": ColorSystem.EIGHT_BIT,
        "truecolor": ColorSystem.TRUECOLOR,
        "windows": ColorSystem.WINDOWS,
    }.get(name or "", ColorSystem.TRUECOLOR)


def without_rest(update: CompositorUpdate, panel: Region, part: Region) -> CompositorUpdate:
    """Of an update, what is to be drawn outside of a panel and in this part of it; both are regions of the screen."""
    if not isinstance(update, ChopsUpdate):
        return update
    spans: list[tuple[int, int, int]] = []
    for y, x1, x2 in update.spans:
        if not panel.y <= y < panel.bottom:
            spans.append((y, x1, x2))
        elif part.y <= y < part.bottom and x1 < part.right:
            spans.append((y, x1, min(x2, part.right)))
    return ChopsUpdate(update.chops, spans, update.chop_ends)


def _cells(strip: Strip) -> Cells:
    return cells_of((segment.text, segment.style or _NO_STYLE) for segment in strip if not segment.control)


class Mirror:
    """What each row of the terminal shows, as far as it is known, so that a row is not sent twice."""

    def __init__(self) -> None:
        self._rows: dict[int, Strip] = {}
        self._size = (0, 0)
        #: Whether 256 colours are to do where the terminal has more: they are written in half the bytes.
        self.few_colours = False

    def forget(self) -> None:
        """Nothing is known any more: the terminal was resized, or someone else drew on it."""
        self._rows.clear()

    def render(
        self, update: CompositorUpdate, size: tuple[int, int], console: Console, slice_size: int
    ) -> list[Slice] | None:
        """What to send for an update of a screen of `size` (columns, rows); None for an update of an unknown kind.

        A slice ends with the first row that makes it `slice_size` characters or more; a row is in one slice alone.
        """
        if size != self._size:
            self._size = size
            self.forget()
        system = _system_of(console)
        pen = Pen(ColorSystem.EIGHT_BIT if self.few_colours and system is ColorSystem.TRUECOLOR else system)
        slices: list[Slice] = []
        rows: set[int] = set()
        for y, x, strip in self._pieces(update):
            if rows and y not in rows and pen.size >= slice_size:
                slices.append(Slice(frozenset(rows), pen.finish()))
                rows.clear()
            if self._write(y, x, strip, pen):
                rows.add(y)
        if rows:
            slices.append(Slice(frozenset(rows), pen.finish()))
        if not isinstance(update, (ChopsUpdate, LayoutUpdate)):
            self.forget()
            return None
        return slices

    @staticmethod
    def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
        """Row, column and content of what an update draws, row by row."""
        if isinstance(update, ChopsUpdate):
            for y, x1, x2 in update.spans:
                for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                    if strip is not None and x < x2 and end > x1:
                        start, stop = max(x, x1), min(end, x2)
                        yield y, start, strip.crop(start - x, stop - x)
        elif isinstance(update, LayoutUpdate):
            for y, line in enumerate(update.strips, update.region.y):
                yield y, update.region.x, Strip.join(line)

    def _write(self, y: int, x: int, strip: Strip, pen: Pen) -> bool:
        """Put a strip on a row, where it is not there already."""
        row, stop = self._rows.get(y), x + strip.cell_length
        if row is not None:
            ranges = changed_ranges(_cells(row.crop(x, stop)), _cells(strip))
            if ranges:
                self._rows[y] = Strip.join([row.crop(0, x), strip, row.crop(stop)]).simplify()
        else:
            ranges = [(0, strip.cell_length)]
            if x == 0 and stop >= self._size[0]:
                self._rows[y] = strip.simplify()
        for first, end in ranges:
            pen.move(x + first, y)
            pen.write(strip.crop(first, end))
        return bool(ranges)
