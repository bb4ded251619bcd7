"""How the dashboard looks and is driven: the settings that its first paint needs, read without loading the models.

The models cost a tenth of a second before anything is on the screen. `model.UiSettings` has the same keys, reads their
values with the same functions, and tells what is wrong when something is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar, cast, get_args

if TYPE_CHECKING:
    from magflow_tui.config.sources import Sources

Language = Literal["en", "ro"]
ThemeName = Literal["auto", "dark", "light", "high-contrast", "colour-blind", "ansi-dark", "ansi-light", "mono"]
PresetName = Literal["default", "k9s", "lazygit", "arrows-only"]
#: `auto` goes by the terminal.
Switch = Literal["auto", "on", "off"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
THEMES: tuple[ThemeName, ...] = get_args(ThemeName)
PRESETS: tuple[PresetName, ...] = get_args(PresetName)

_WORDS: Mapping[str, bool] = MappingProxyType(
    dict.fromkeys(("true", "yes", "on", "y", "t", "1"), True)
    | dict.fromkeys(("false", "no", "off", "n", "f", "0"), False)
)


def read_switch(value: object) -> Switch:
    """`auto`, `on` or `off`, however it is written. Raises `ValueError` that says so."""
    text = str(value).strip().lower()
    if text == "auto":
        return "auto"
    if text not in _WORDS:
        raise ValueError("must be `auto`, `on` or `off`")
    return "on" if _WORDS[text] else "off"


def read_flag(value: object) -> bool:
    """`true` or `false`, however it is written. Raises `ValueError` that says so."""
    text = str(value).strip().lower()
    if text not in _WORDS:
        raise ValueError("must be `true` or `false`")
    return _WORDS[text]


def read_keys(value: object) -> tuple[str, ...]:
    """Keys as a list, or as words of a text. Raises `ValueError` that says so."""
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) and word for word in words):
        raise ValueError('a key such as "x" or "ctrl+e", or a list of keys')
    return tuple(words)


@dataclass(frozen=True, slots=True)
class Look:
    """Settings of the dashboard, as `model.UiSettings` explains them. `keys` are the operator's own, by action id."""

    language: Language = "en"
    theme: ThemeName = "auto"
    preset: PresetName = "default"
    ascii: Switch = "auto"
    mouse: Switch = "auto"
    slow: Switch = "auto"
    read_only: bool = False
    bell: bool = True
    notify: bool = True
    title: bool = True
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_look(*, config_file: Path | None = None, environ: Mapping[str, str] | None = None) -> Look:
    """What file and environment say of the dashboard.

    Other settings are not looked at, unless these are wrong: then `SettingsError` tells everything that is.
    """
    # Here, so that a command line can name themes and languages without what reading them takes.
    from magflow_tui.config.sources import Sources

    variables = os.environ if environ is None else environ
    sources = Sources()
    sources.read_files(config_file, variables)
    sources.read_environment(variables, lambda key, _: key in ("language", "ui"))
    if not sources.problems:
        try:
            return _look(sources)
        except (ValueError, TypeError, AttributeError):
            sources.refuse("ui", None, "cannot be read", "settings")
    from magflow_tui.config.loading import load_settings
    from magflow_tui.config.problems import SettingsError

    load_settings(config_file=config_file, environ=environ)
    raise SettingsError(sources.problems)


def _look(sources: Sources) -> Look:
    """Raises `ValueError`, `TypeError` or `AttributeError` where something is not as it must be."""
    section = dict(cast("dict[str, object]", sources.tree.get("ui", {})))
    own = cast("dict[str, object]", section.pop("keys", {}))
    look = Look(
        language=_one_of(LANGUAGES, sources.tree.get("language", "en")),
        theme=_one_of(THEMES, section.pop("theme", "auto")),
        preset=_one_of(PRESETS, section.pop("preset", "default")),
        ascii=read_switch(section.pop("ascii", "auto")),
        mouse=read_switch(section.pop("mouse", "auto")),
        slow=read_switch(section.pop("slow", "auto")),
        read_only=read_flag(section.pop("read_only", False)),
        bell=read_flag(section.pop("bell", True)),
        notify=read_flag(section.pop("notify", True)),
        title=read_flag(section.pop("title", True)),
        keys={action: read_keys(keys) for action, keys in own.items()},
    )
    if section:
        raise ValueError(section)
    return look


Name = TypeVar("Name", bound=str)


def _one_of(names: tuple[Name, ...], value: object) -> Name:
    return names[names.index(cast("Name", str(value).strip()))]
