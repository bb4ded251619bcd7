"""Roles to styles, at one place, and the themes as Textual knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from magflow_tui.tui.look.palettes import PALETTES, Palette
from magflow_tui.tui.views.spans import Role

#: No colour at all: sign and word carry everything, reverse and bold the rest.
MONO = "mono"


def theme_names() -> tuple[str, ...]:
    """What the settings and `:theme` may name, beside `auto`."""
    return (*PALETTES, MONO)


def textual_name(name: str) -> str:
    """A theme's name among Textual's own."""
    return f"magflow-{name}"


def styles(name: str) -> dict[Role, Style]:
    """The style of every role in a theme."""
    return _mono() if name == MONO else _coloured(PALETTES[name])


def _coloured(palette: Palette) -> dict[Role, Style]:
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
        turned: tuple[Role, ...] = ("selected", "alarm", "prompt", "caret")
        return by_role | {"brand": Style(bold=True)} | dict.fromkeys(turned, Style(reverse=True))
    return by_role | {
        "selected": Style(color=palette.key, bgcolor=palette.selected),
        "brand": Style(color=palette.on_accent, bgcolor=palette.accent, bold=True),
        "alarm": Style(color=palette.on_accent, bgcolor=palette.crit, bold=True),
        "prompt": Style(color=palette.on_accent, bgcolor=palette.warn, bold=True),
        "caret": Style(color=palette.background, bgcolor=palette.text),
    }


def _mono() -> dict[Role, Style]:
    plain, bold, reverse = Style(), Style(bold=True), Style(reverse=True)
    by_role: dict[Role, Style] = dict.fromkeys(get_args(Role), plain)
    heavy: tuple[Role, ...] = ("title", "crit", "key", "strong", "tab_active", "brand")
    turned: tuple[Role, ...] = ("selected", "alarm", "prompt", "caret")
    return by_role | dict.fromkeys(heavy, bold) | dict.fromkeys(turned, reverse)


def themes() -> list[Theme]:
    """The themes as Textual knows them: it needs the background; our lines bring their own colours."""
    own = [
        Theme(
            name=textual_name(name),
            primary=palette.info,
            background=palette.background,
            surface=palette.background,
            panel=palette.background,
            foreground=palette.text,
            dark=palette.dark,
        )
        for name, palette in PALETTES.items()
        if not palette.ansi
    ]
    # Textual's own sheet wants all the variables that its ANSI themes have.
    ansi = {name: "ansi-dark" if palette.dark else "ansi-light" for name, palette in PALETTES.items() if palette.ansi}
    ansi[MONO] = "ansi-dark"
    return own + [replace(BUILTIN_THEMES[base], name=textual_name(name)) for name, base in ansi.items()]


def choose_theme(wanted: str, environ: Mapping[str, str]) -> str:
    """The name of the theme to use. Under `auto` the terminal decides.

    None of the colours under NO_COLOR, the terminal's own sixteen where it has no more. `COLORFGBG`, where a terminal
    sets it, ends with the number of its background: 7 and 15 are light.
    """
    if wanted != "auto":
        return wanted
    if environ.get("NO_COLOR"):
        return MONO
    light = environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    if environ.get("TERM") in ("linux", "vt100", "vt220", "ansi"):
        return "ansi-light" if light else "ansi-dark"
    return "light" if light else "dark"
