"""Roles to colours, at one place: each theme gives every role a style and Textual the background under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from magflow_tui.tui.views.spans import Role


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme, as Rich reads them (`#rrggbb`, or a name of the terminal's own sixteen)."""

    name: str
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
    name="magflow-dark",
    dark=True,
    ansi=False,
    background="#14171c",
    text="#c5cad3",
    muted="#747d8c",
    faint="#363c47",
    title="#9db8d9",
    ok="#7fae7a",
    warn="#e0b15e",
    crit="#f0716f",
    info="#6fa8dc",
    key="#d7dce4",
    bar="#5b8cbf",
    spark="#5f7f9f",
    on_accent="#14171c",
    accent="#8fb3de",
    selected="#2b3648",
)
LIGHT = Palette(
    name="magflow-light",
    dark=False,
    ansi=False,
    background="#fbfaf7",
    text="#2d3138",
    muted="#7a808a",
    faint="#d5d3cc",
    title="#28578c",
    ok="#3d7a3a",
    warn="#9a6200",
    crit="#b3261e",
    info="#1f62ad",
    key="#16191d",
    bar="#5a86b5",
    spark="#7c9abc",
    on_accent="#ffffff",
    accent="#2f6099",
    selected="#d9e5f3",
)
ANSI = Palette(
    name="magflow-ansi",
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
PALETTES: Mapping[str, Palette] = {palette.name: palette for palette in (DARK, LIGHT, ANSI)}
#: No colour at all: sign and word carry everything, reverse and bold the rest.
MONO = "magflow-mono"


def styles(name: str) -> dict[Role, Style]:
    """The style of every role in a theme."""
    if name == MONO:
        return _mono()
    palette = PALETTES[name]
    # The terminal's own background stays under its own sixteen colours, and ours comes with every style otherwise.
    ground = Style() if palette.ansi else Style(bgcolor=palette.background)
    strong = Style(color=palette.key, bold=True)
    by_role: dict[Role, Style] = {
        "text": Style(color=palette.text),
        "muted": Style(color=palette.muted),
        "title": Style(color=palette.title, bold=palette.ansi or None),
        "rule": Style(color=palette.faint),
        "ok": Style(color=palette.ok),
        "warn": Style(color=palette.warn),
        "crit": Style(color=palette.crit, bold=True),
        "info": Style(color=palette.info),
        "key": Style(color=palette.key, bold=palette.ansi or None),
        "strong": strong,
        "bar": Style(color=palette.bar),
        "bar_warn": Style(color=palette.warn),
        "bar_crit": Style(color=palette.crit),
        "bar_rest": Style(color=palette.faint),
        "spark": Style(color=palette.spark),
        "stale": Style(color=palette.warn),
        "tab": Style(color=palette.muted),
        "tab_active": strong,
    }
    by_role = {role: ground + style for role, style in by_role.items()}
    if palette.ansi:
        reverse = Style(reverse=True)
        return by_role | {"selected": reverse, "brand": Style(bold=True), "alarm": reverse, "prompt": reverse}
    return by_role | {
        "selected": Style(color=palette.key, bgcolor=palette.selected),
        "brand": Style(color=palette.on_accent, bgcolor=palette.accent, bold=True),
        "alarm": Style(color=palette.on_accent, bgcolor=palette.crit, bold=True),
        "prompt": Style(color=palette.on_accent, bgcolor=palette.warn, bold=True),
    }


def _mono() -> dict[Role, Style]:
    plain, bold, reverse = Style(), Style(bold=True), Style(reverse=True)
    by_role: dict[Role, Style] = dict.fromkeys(get_args(Role), plain)
    heavy: tuple[Role, ...] = ("title", "crit", "key", "strong", "tab_active", "brand")
    turned: tuple[Role, ...] = ("selected", "alarm", "prompt")
    return by_role | dict.fromkeys(heavy, bold) | dict.fromkeys(turned, reverse)


def themes() -> list[Theme]:
    """The themes as Textual knows them: it needs the background; our lines bring their own colours."""
    own = [
        Theme(
            name=palette.name,
            primary=palette.info,
            background=palette.background,
            surface=palette.background,
            panel=palette.background,
            foreground=palette.text,
            dark=palette.dark,
        )
        for palette in PALETTES.values()
        if not palette.ansi
    ]
    # Textual's own sheet wants all the variables that its ANSI theme has.
    return own + [replace(BUILTIN_THEMES["ansi-dark"], name=name) for name in (ANSI.name, MONO)]


def choose_theme(environ: Mapping[str, str]) -> str:
    """The theme for a terminal: none of the colours under NO_COLOR, the terminal's own sixteen where it has no more.

    `COLORFGBG`, where a terminal sets it, ends with the number of its background: 7 and 15 are light.
    """
    if environ.get("NO_COLOR"):
        return MONO
    if environ.get("TERM") in ("linux", "vt100", "vt220", "ansi"):
        return ANSI.name
    return LIGHT.name if environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15") else DARK.name
