"""The colours of every theme, one palette each. Contrast of each role on its ground is checked by a test.

Text has at least 4.5 to 1 on its ground (7 in high contrast), bars and sparklines 3; rules are ornament. In the palette
for the colour-blind what is well is blue and what is not is yellow and orange: apart for every kind of eye.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme, as Rich reads them: `#rrggbb`, or with `ansi` names of the terminal's own sixteen."""

    dark: bool
    ansi: bool
    background: str
    text: str
    muted: str
    faint: str
    title: str
    ok: str
    warn: str
    crit: str
    info: str
    key: str
    bar: str
    spark: str
    on_accent: str
    accent: str
    selected: str


DARK = Palette(
    dark=True,
    ansi=False,
    background="#14171c",
    text="#c5cad3",
    muted="#8a93a2",
    faint="#363c47",
    title="#9db8d9",
    ok="#7fae7a",
    warn="#e0b15e",
    crit="#f0716f",
    info="#6fa8dc",
    key="#d7dce4",
    bar="#5b8cbf",
    spark="#6586a8",
    on_accent="#14171c",
    accent="#8fb3de",
    selected="#2b3648",
)
LIGHT = Palette(
    dark=False,
    ansi=False,
    background="#fbfaf7",
    text="#2d3138",
    muted="#666c76",
    faint="#d5d3cc",
    title="#28578c",
    ok="#38752f",
    warn="#8a5700",
    crit="#b3261e",
    info="#1f62ad",
    key="#16191d",
    bar="#5a86b5",
    spark="#6a8bb0",
    on_accent="#ffffff",
    accent="#2f6099",
    selected="#d9e5f3",
)
HIGH_CONTRAST = Palette(
    dark=True,
    ansi=False,
    background="#000000",
    text="#ffffff",
    muted="#d0d0d0",
    faint="#8a8a8a",
    title="#9fd4ff",
    ok="#6dff6d",
    warn="#ffd83d",
    crit="#ff9a94",
    info="#7fd0ff",
    key="#ffffff",
    bar="#7fd0ff",
    spark="#9fd4ff",
    on_accent="#000000",
    accent="#9fd4ff",
    selected="#003a75",
)
COLOUR_BLIND = Palette(
    dark=True,
    ansi=False,
    background="#101418",
    text="#d0d4da",
    muted="#929aa5",
    faint="#363c47",
    title="#a9c7e8",
    ok="#4fa8e8",
    warn="#f2e26a",
    crit="#f07a1a",
    info="#a9c7e8",
    key="#e4e8ee",
    bar="#4a86c5",
    spark="#5f8cba",
    on_accent="#101418",
    accent="#8fc1f0",
    selected="#26374d",
)
ANSI_DARK = Palette(
    dark=True,
    ansi=True,
    background="ansi_default",
    text="default",
    muted="bright_black",
    faint="bright_black",
    title="default",
    ok="green",
    warn="yellow",
    crit="red",
    info="cyan",
    key="default",
    bar="blue",
    spark="blue",
    on_accent="default",
    accent="default",
    selected="default",
)
#: Yellow cannot be read on white, and cyan hardly.
ANSI_LIGHT = Palette(
    dark=False,
    ansi=True,
    background="ansi_default",
    text="default",
    muted="bright_black",
    faint="bright_black",
    title="default",
    ok="green",
    warn="magenta",
    crit="red",
    info="blue",
    key="default",
    bar="blue",
    spark="blue",
    on_accent="default",
    accent="default",
    selected="default",
)

#: By the theme's name in the settings. `mono` has no colours and is none of them.
PALETTES: Mapping[str, Palette] = MappingProxyType(
    {
        "dark": DARK,
        "light": LIGHT,
        "high-contrast": HIGH_CONTRAST,
        "colour-blind": COLOUR_BLIND,
        "ansi-dark": ANSI_DARK,
        "ansi-light": ANSI_LIGHT,
    }
)
