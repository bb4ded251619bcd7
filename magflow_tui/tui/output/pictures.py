"""The screen as a picture: an SVG of text that fetches nothing, is the same for the same screen, and can be diffed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    from rich.color import Color
    from textual.app import App

#: Fonts that a reader's machine may have, all with the glyphs of the screens. None is fetched.
_FONTS = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
#: A cell, and what stands around all of them, in the picture's units.
_CELL, _ROW, _SIZE, _BASE, _MARGIN = 12.0, 23.0, 20, 18.0, 12.0

_Run = tuple[float, str, Style]


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands where a style names no colour, as `#rrggbb`."""

    ink: str
    paper: str


def picture(app: App[int]) -> str:
    """The screen of a running app as it is now."""
    colours = app.theme_variables
    ground = Ground(_hex(colours["foreground"], "#d0d0d0"), _hex(colours["background"], "#101010"))
    # What the compositor holds is what the terminal was sent.
    strips = app.screen._compositor.render_strips()
    return svg([list(strip) for strip in strips], app.size.width, ground, app.title)


def svg(rows: Sequence[Sequence[Segment]], width: int, ground: Ground, title: str) -> str:
    """Rows of segments, `width` cells wide, as an SVG: a line for each piece of text of one style."""
    classes: dict[str, str] = {}
    body: list[str] = []
    for number, row in enumerate(rows):
        top = _MARGIN + number * _ROW
        runs = list(_runs(row))
        body += _papers(runs, top, ground)
        for x, text, style in runs:
            words = text.strip(" ")
            if not words:
                continue
            x += (len(text) - len(text.lstrip(" "))) * _CELL
            name = classes.setdefault(_look(style, ground), f"s{len(classes)}")
            long = cell_len(words) * _CELL
            place = f'x="{x:g}" y="{top + _BASE:g}" textLength="{long:g}"'
            body.append(f'<text class="{name}" {place}>{escape(words, quote=False)}</text>')
    full = (width * _CELL + 2 * _MARGIN, len(rows) * _ROW + 2 * _MARGIN)
    looks = [f".{name}{{{look}}}" for look, name in classes.items()]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full[0]:g} {full[1]:g}" xml:space="preserve">',
            f"<title>{escape(title, quote=False)}</title>",
            f"<style>text{{font:{_SIZE}px {_FONTS};white-space:pre}}",
            *looks,
            "</style>",
            f'<rect width="{full[0]:g}" height="{full[1]:g}" rx="8" fill="{ground.paper}"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def _runs(row: Sequence[Segment]) -> Iterable[_Run]:
    """A row's pieces with their places, neighbours of one style as one."""
    x, start, text, style = _MARGIN, _MARGIN, "", Style.null()
    for segment in row:
        if segment.control or not segment.text:
            continue
        own = segment.style or Style.null()
        if text and own != style:
            yield start, text, style
            start, text = x, ""
        text, style = text + segment.text, own
        x += cell_len(segment.text) * _CELL
    if text:
        yield start, text, style


def _papers(runs: Iterable[_Run], top: float, ground: Ground) -> list[str]:
    """The places of a row that have another ground than the picture."""
    return [
        f'<rect x="{x:g}" y="{top:g}" width="{cell_len(text) * _CELL:g}" height="{_ROW:g}" fill="{paper}"/>'
        for x, text, style in runs
        for paper in (_colours(style, ground)[1],)
        if paper != ground.paper
    ]


def _look(style: Style, ground: Ground) -> str:
    ink, _ = _colours(style, ground)
    look = f"fill:{ink}"
    if style.bold:
        look += ";font-weight:bold"
    if style.dim:
        look += ";opacity:.6"
    if style.underline:
        look += ";text-decoration:underline"
    return look


def _colours(style: Style, ground: Ground) -> tuple[str, str]:
    """Ink and paper of a style."""
    ink = _name(style.color, ground.ink, foreground=True)
    paper = _name(style.bgcolor, ground.paper, foreground=False)
    return (paper, ink) if style.reverse else (ink, paper)


def _name(color: Color | None, default: str, *, foreground: bool) -> str:
    return default if color is None or color.is_default else color.get_truecolor(foreground=foreground).hex


def _hex(value: str, default: str) -> str:
    return value[:7].lower() if value.startswith("#") else default
