"""Themes: what can be read in them, by every kind of eye, and how the terminal's one is found."""

from __future__ import annotations

from typing import get_args

import pytest
from rich.color import Color
from rich.style import Style

from magflow_tui.config.look import THEMES
from magflow_tui.tui.look.palettes import PALETTES
from magflow_tui.tui.look.theme import MONO, choose_theme, styles, theme_names, themes
from magflow_tui.tui.views.glyphs import ASCII, UNICODE, Glyphs
from magflow_tui.tui.views.levels import sign
from magflow_tui.tui.views.spans import Role

#: Roles that ornament and say nothing.
ORNAMENT = {"rule", "bar_rest"}
#: Roles of bars and lines: 3 to 1 is enough (WCAG 2.2, 1.4.11).
SHAPES = {"bar", "bar_warn", "bar_crit", "spark"}
COLOURED = [name for name, palette in PALETTES.items() if not palette.ansi]

Rgb = tuple[float, float, float]


def linear(color: Color | None) -> Rgb:
    assert color is not None
    channels = [value / 255 for value in color.get_truecolor()]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def luminance(color: Color | None) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style) -> float:
    """WCAG's ratio of a style's two colours."""
    light, dark = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def without_green(color: Color | None) -> Rgb:
    """A colour as an eye without green cones sees it, in CIELAB (Viénot, Brettel, Mollon 1999)."""
    red, green, blue = linear(color)
    long, middle, short = (
        17.8824 * red + 43.5161 * green + 4.11935 * blue,
        3.45565 * red + 27.1554 * green + 3.86714 * blue,
        0.0299566 * red + 0.184309 * green + 1.46709 * blue,
    )
    middle = 0.494207 * long + 1.24827 * short
    red = 0.0809444479 * long - 0.130504409 * middle + 0.116721066 * short
    green = -0.0102485335 * long + 0.0540193266 * middle - 0.113614708 * short
    blue = -0.000365296938 * long - 0.00412161469 * middle + 0.693511405 * short
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (max(t, 0) ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Style, other: Style) -> float:
    """How far apart two foregrounds are for an eye without green cones (ΔE of 1976; 2.3 can just be told apart)."""
    pairs = zip(without_green(one.color), without_green(other.color), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


@pytest.mark.parametrize("name", theme_names())
def test_a_theme_has_a_style_for_every_role(name: str) -> None:
    assert set(styles(name)) == set(get_args(Role))


def test_the_settings_know_the_themes_there_are() -> None:
    assert {*theme_names(), "auto"} == set(THEMES)
    assert {theme.name for theme in themes()} == {f"magflow-{name}" for name in theme_names()}


@pytest.mark.parametrize("name", COLOURED)
def test_everything_that_says_something_stands_out_from_its_ground(name: str) -> None:
    for role, style in styles(name).items():
        if role in ORNAMENT:
            continue
        least = 3.0 if role in SHAPES else 7.0 if name == "high-contrast" else 4.5
        assert contrast(style) >= least, (role, round(contrast(style), 2))


def test_well_slow_and_broken_are_apart_for_an_eye_without_green_cones() -> None:
    worn = styles("colour-blind")
    for one, other in (("ok", "warn"), ("ok", "crit"), ("warn", "crit"), ("bar", "bar_warn"), ("bar_warn", "bar_crit")):
        assert distance(worn[one], worn[other]) >= 20, (one, other, round(distance(worn[one], worn[other]), 1))


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_the_terminals_own_colours_stay_the_terminals(name: str) -> None:
    for style in styles(name).values():
        assert style.bgcolor is None
        assert style.color is None or style.color.number is None or style.color.number < 16


def test_without_colours_there_are_none() -> None:
    assert {(style.color, style.bgcolor) for style in styles(MONO).values()} == {(None, None)}


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_state_that_has_a_colour_has_a_sign_too(glyphs: Glyphs) -> None:
    roles: tuple[Role, ...] = ("ok", "warn", "crit", "info", "muted")
    assert len({sign(role, glyphs) for role in roles} | {glyphs.stale}) == len(roles) + 1


@pytest.mark.parametrize(
    ("wanted", "environ", "chosen"),
    [
        ("auto", {}, "dark"),
        ("auto", {"COLORFGBG": "0;15"}, "light"),
        ("auto", {"COLORFGBG": "15;0"}, "dark"),
        ("auto", {"NO_COLOR": "1"}, "mono"),
        ("auto", {"NO_COLOR": ""}, "dark"),
        ("auto", {"TERM": "linux"}, "ansi-dark"),
        ("auto", {"TERM": "linux", "NO_COLOR": "1"}, "mono"),
        ("auto", {"TERM": "vt220", "COLORFGBG": "0;7"}, "ansi-light"),
        ("light", {"NO_COLOR": "1", "TERM": "linux"}, "light"),
    ],
)
def test_the_theme_goes_by_the_terminal_unless_it_is_named(wanted: str, environ: dict[str, str], chosen: str) -> None:
    assert choose_theme(wanted, environ) == chosen
