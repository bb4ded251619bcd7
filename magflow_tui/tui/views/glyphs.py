"""The signs screens are drawn with: one table in Unicode, one in ASCII, and the bars and sparklines made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from rich.cells import get_character_cell_size

from magflow_tui.tui.views.spans import Line, Role


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One character set. Every sign is a single cell; `sparks` goes from lowest to highest."""

    ok: str
    warn: str
    crit: str
    run: str
    stale: str
    cursor: str
    bar: str
    rest: str
    line: str
    divider: str
    dot: str
    sparks: str
    ascii_only: bool

    def fold(self, text: str) -> str:
        """`text` in this character set, of the same width: letters lose their marks where only ASCII can be shown."""
        if not self.ascii_only or text.isascii():
            return text
        return "".join([character if character.isascii() else _to_ascii(character) for character in text])


def _to_ascii(character: str) -> str:
    if character in _ASCII_SIGNS:
        return _ASCII_SIGNS[character]
    plain = normalize("NFKD", character)[0]
    width = get_character_cell_size(character)
    return plain if plain.isascii() and plain.isprintable() and width == 1 else "?" * width


#: Signs that views may hold as they are, and what stands for them in ASCII.
_ASCII_SIGNS: Mapping[str, str] = {
    "·": ".",
    "…": "~",
    "→": ">",
    "←": "<",
    "–": "-",
    "—": "-",
    "×": "x",
    "↑": "^",
    "↓": "v",
}

UNICODE = Glyphs(
    ok="ok",
    warn="▲",
    crit="✗",
    run="▶",
    stale="~",
    cursor=">",
    bar="█",
    rest="░",
    line="─",
    divider="│",
    dot="·",
    sparks="▁▂▃▄▅▆▇█",
    ascii_only=False,
)
ASCII = Glyphs(
    ok="ok",
    warn="!",
    crit="X",
    run=">",
    stale="~",
    cursor=">",
    bar="#",
    rest="-",
    line="-",
    divider="|",
    dot=".",
    sparks=" .:-=+*#",
    ascii_only=True,
)


def wants_ascii(environ: Mapping[str, str], encoding: str | None) -> bool:
    """Whether only ASCII can be trusted: the Linux console, or a locale that is not UTF-8."""
    utf8 = (encoding or "").lower().replace("-", "") in ("utf8", "cp65001")
    return environ.get("TERM") == "linux" or not utf8


def bar(share: float, width: int, glyphs: Glyphs, *, warn_at: float = 0.8, crit_at: float = 1.0) -> Line:
    """A bar of `width` cells, `share` (0..1) of them filled; the fill's role tells when a limit is near."""
    share = min(1.0, max(0.0, share))
    filled = min(width, int(share * width + 0.5))
    if share > 0 and not filled and width:
        filled = 1
    role: Role = "bar_crit" if share >= crit_at else "bar_warn" if share > warn_at else "bar"
    return ((glyphs.bar * filled, role), (glyphs.rest * (width - filled), "bar_rest"))


def progress(share: float | None, width: int, glyphs: Glyphs) -> Line:
    """A progress bar: being full is no alarm. None is work whose end is not known, drawn empty."""
    filled = 0 if share is None else min(width, int(min(1.0, max(0.0, share)) * width))
    return ((glyphs.bar * filled, "bar"), (glyphs.rest * (width - filled), "bar_rest"))


def sparkline(
    values: Sequence[float | int | None], width: int, glyphs: Glyphs, *, top: float | None = None, role: Role = "spark"
) -> Line:
    """The last `width` values as signs of rising height, one colour; `top` is the value of a full sign.

    Values keep to the right; a missing value is a blank. Any value above zero is drawn at least one step high.
    """
    shown = list(values)[-width:] if width > 0 else []
    known = [value for value in shown if value is not None]
    ceiling = top if top is not None else max(known, default=0)
    steps = len(glyphs.sparks) - 1
    signs = []
    for value in shown:
        if value is None:
            signs.append(" ")
        elif ceiling <= 0 or value <= 0:
            signs.append(glyphs.sparks[0])
        else:
            signs.append(glyphs.sparks[max(1, min(steps, round(value / ceiling * steps)))])
    return ((" " * (width - len(signs)) + "".join(signs), role),)
