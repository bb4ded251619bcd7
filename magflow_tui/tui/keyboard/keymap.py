"""Which keys an action has: the registry's own, a preset's, or the operator's; and keys as people write them.

Everything wrong with an operator's keys is known when the map is made, one `KeyProblem` each; the action then keeps the
keys it had. Keys are Textual's names inside and `[`, `esc`, `ctrl+e` outside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

#: Textual's names that do not follow from Unicode's.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "solidus": "slash",
        "reverse_solidus": "backslash",
        "commercial_at": "at",
        "hyphen_minus": "minus",
        "plus_sign": "plus",
        "low_line": "underscore",
    }
)
_SHORT: Mapping[str, str] = MappingProxyType(
    {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "delete": "del", "insert": "ins"}
)
_LONG: Mapping[str, str] = MappingProxyType({short: name for name, short in _SHORT.items()} | {"return": "enter"})
_ARROWS = ("up", "down", "left", "right")
_EDITING = ("backspace", "delete", "insert", "home", "end", "pageup", "pagedown")
_FUNCTION = tuple(f"f{number}" for number in range(1, 25))
_NAMED = frozenset(("escape", "enter", "tab", "space", *_ARROWS, *_EDITING, *_FUNCTION))
_MODIFIED = re.compile(r"(?P<modifiers>(?:ctrl\+|alt\+|shift\+)+)(?P<key>.+)")


def _name_of(character: str) -> str:
    """Textual's name for the key that types a character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _NAMES.get(name, name)


_CHARACTERS: Mapping[str, str] = MappingProxyType(
    {_name_of(chr(code)): chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum()}
)


def key_of(written: str) -> str | None:
    """Textual's name of a key as people write it (`?`, `esc`, `ctrl+e`), None when there is no such key."""
    if len(written) == 1:
        return _name_of(written) if written.isprintable() and written != " " else None
    lower = written.lower()
    name = _LONG.get(lower, lower)
    if name in _NAMED or name in _CHARACTERS:
        return name
    match = _MODIFIED.fullmatch(written)
    if match is None:
        return None
    key = key_of(match["key"])
    if key is None or (len(key) == 1 and "shift" in match["modifiers"]):
        return None  # shift and a letter is the capital
    return match["modifiers"] + (key.lower() if "ctrl" in match["modifiers"] else key)


def shown_key(key: str) -> str:
    """A key as operators know it: `[`, `esc`, `ctrl+l`."""
    modifiers, plus, name = key.rpartition("+")
    return modifiers + plus + _CHARACTERS.get(name, _SHORT.get(name, name))


class Bound(Protocol):
    """What of an action decides about its keys."""

    @property
    def id(self) -> str: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def scope(self) -> frozenset[str]: ...
    @property
    def dangerous(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """What is wrong with an operator's keys for an action.

    `unknown_action` (`other`: the nearest id there is), `no_key`, `chord` (something dangerous on a ctrl chord), or
    `taken` (`other` has that key on the same screen).
    """

    kind: Literal["unknown_action", "no_key", "chord", "taken"]
    action: str
    key: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of every action by its id, and what was wrong with those that an operator chose."""

    keys: Mapping[str, tuple[str, ...]]
    problems: tuple[KeyProblem, ...] = ()

    def of(self, action: str) -> tuple[str, ...]:
        """The keys of an action; the first is the one that hints show."""
        return self.keys[action]

    def one(self, action: str, place: int = 0) -> str:
        """One key of an action as operators know it; the command where it has none."""
        keys = self.of(action)
        return shown_key(keys[place]) if place < len(keys) else _command(action)

    def shown(self, action: str) -> str:
        """All keys of an action: `j down`, `1-6`; the command where it has no key: `:theme`."""
        keys = self.of(action)
        if not keys:
            return _command(action)
        if len(keys) > 2 and "".join(keys) in "123456789":
            return f"{keys[0]}-{keys[-1]}"
        return " ".join(shown_key(key) for key in keys)


def _command(action: str) -> str:
    """What is written for an action that has no key."""
    return f":{action.replace('_', '-')}"


def make_keymap(
    actions: Sequence[Bound], preset: Mapping[str, tuple[str, ...]], own: Mapping[str, Sequence[str]]
) -> Keymap:
    """The keys of `actions` under a preset (keys by action id, where they differ) and an operator's own keys."""
    known = {action.id: action for action in actions}
    keys = {action.id: preset.get(action.id, action.keys) for action in actions}
    wanted: dict[str, tuple[str, ...]] = {}
    problems: list[KeyProblem] = []
    for name, written in own.items():
        if name not in known:
            problems.append(KeyProblem("unknown_action", name, other=_nearest(name, known)))
            continue
        read = [(each, key_of(each)) for each in written]
        bad = [KeyProblem("no_key", name, each) for each, key in read if key is None]
        if known[name].dangerous:
            bad += [KeyProblem("chord", name, each) for each, key in read if key and key.startswith("ctrl+")]
        problems += bad
        if not bad:
            wanted[name] = tuple(dict.fromkeys(key for _, key in read if key is not None))
    # Taking a wish back gives an action its former keys, which another wish may have taken: until all is quiet.
    while taken := next(_clashes(actions, keys | wanted, wanted), None):
        problems.append(taken)
        del wanted[taken.action]
    return Keymap(keys | wanted, tuple(problems))


def _nearest(name: str, known: Iterable[str]) -> str:
    """The known name that a wrong one comes nearest to, empty when none is near."""
    from difflib import get_close_matches  # here, since nearly no start needs it

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.5)), "")


def _clashes(
    actions: Sequence[Bound], keys: Mapping[str, tuple[str, ...]], wanted: Mapping[str, object]
) -> Iterator[KeyProblem]:
    """Wishes for a key that another action has on the same screen."""
    for action in actions:
        if action.id not in wanted:
            continue
        for other in actions:
            if other.id == action.id or (action.scope and other.scope and not action.scope & other.scope):
                continue
            for key in keys[action.id]:
                if key in keys[other.id]:
                    yield KeyProblem("taken", action.id, shown_key(key), other.id)
