"""The sources of the settings merged into one tree, each value with its origin. Nothing is checked here but shape."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from magflow_tui.config.folder import default_config_path
from magflow_tui.config.problems import SettingsProblem

PREFIX = "MAGFLOW_"
SEPARATOR = "__"
#: Variables that choose where settings are read from and are no settings themselves.
CONFIG_VARIABLE = "MAGFLOW_CONFIG"
#: Sources of an account's password, and of the webhook's secret, of which one place gives one.
PASSWORD_KEYS = ("password", "password_file", "password_command")
WEBHOOK_SECRET_KEYS = ("webhook_secret", "webhook_secret_file", "webhook_secret_command")

Key: TypeAlias = tuple[str, ...]
Tree: TypeAlias = dict[str, object]


def at(tree: Tree, key: Key) -> object:
    """The value at a key, None where there is none."""
    value: object = tree
    for part in key:
        value = value.get(part) if isinstance(value, dict) else None
    return value


class Sources:
    """Merges file and environment, the later over the earlier."""

    def __init__(self) -> None:
        self.tree: Tree = {}
        self.origins: dict[Key, str] = {}
        self.problems: list[SettingsProblem] = []

    def read_files(self, config_file: Path | None, variables: Mapping[str, str]) -> None:
        """Read the file that a flag or a variable names, or the one at its default place when there is one."""
        if config_file is not None:
            self.read_file(config_file, named_by="--config")
        elif variables.get(CONFIG_VARIABLE):
            self.read_file(Path(variables[CONFIG_VARIABLE]), named_by=CONFIG_VARIABLE)
        else:
            self.read_file(default_config_path())

    def read_file(self, path: Path, *, named_by: str | None = None) -> None:
        """Read a settings file. One that somebody named (flag or variable) must exist."""
        origin = named_by or "default place"
        try:
            content = tomllib.loads(path.expanduser().read_text(encoding="utf-8"))
        except FileNotFoundError:
            if named_by is not None:
                self.refuse("config", str(path), "no such file; `magflow config init` writes one", origin)
            return
        except OSError as error:
            self.refuse("config", str(path), f"cannot be read: {error.strerror}", origin)
            return
        except (tomllib.TOMLDecodeError, UnicodeError) as error:
            # The parser's message gives line and column and quotes no value.
            self.refuse("config", str(path), f"not a TOML file: {error}", origin)
            return
        self._take(content, (), str(path))

    def read_environment(self, variables: Mapping[str, str], is_ours: Callable[[str, str], bool]) -> None:
        """Read the variables with our prefix.

        `is_ours` tells, of a variable that names no section, whether its key (given with its name) is a setting; other
        programs' variables may share the prefix.
        """
        for name, value in sorted(variables.items()):
            upper = name.upper()
            if not upper.startswith(PREFIX) or upper == CONFIG_VARIABLE or value == "":
                continue
            key = tuple(part.lower() for part in upper.removeprefix(PREFIX).split(SEPARATOR))
            if len(key) == 1 and not is_ours(key[0], name):
                continue
            if len(key) > 1 and key[0] == "accounts":
                key = ("accounts", self._account_named(key[1]), *key[2:])
                if key[-1] in PASSWORD_KEYS:
                    self._forget_of_file(key[:-1], PASSWORD_KEYS)
            if key[0] == "alerts" and key[-1] in WEBHOOK_SECRET_KEYS:
                self._forget_of_file(key[:-1], WEBHOOK_SECRET_KEYS)
            self.put(key, value, name)

    def put(self, key: Key, value: object, source: str) -> None:
        """Set one value, over what an earlier source said."""
        branch: Tree = self.tree
        for depth, part in enumerate(key[:-1], start=1):
            below = branch.setdefault(part, {})
            if not isinstance(below, dict):
                self.refuse(".".join(key[:depth]), None, "a section, not a value", source)
                return
            branch = below
        branch[key[-1]] = value
        self.origins[key] = source

    def section(self, key: Key) -> Tree:
        """The section at a key; empty where there is none."""
        value = at(self.tree, key)
        return value if isinstance(value, dict) else {}

    def origin(self, key: Key) -> str:
        """Where a value came from, or failing that something beside it."""
        return self.origins.get(key) or next(
            (where for known, where in self.origins.items() if known[: len(key) - 1] == key[:-1]), "settings"
        )

    def refuse(self, key: str, value: str | None, allowed: str, source: str) -> None:
        """Note a problem."""
        self.problems.append(SettingsProblem(key, value, allowed, source))

    def _take(self, content: Mapping[str, object], above: Key, source: str) -> None:
        for name, value in content.items():
            key = (*above, name.lower()) if above == ("accounts",) else (*above, name)
            if isinstance(value, dict):
                self.put(key, {}, source)
                self._take(value, key, source)
            else:
                self.put(key, value, source)

    def _account_named(self, name: str) -> str:
        """A shell cannot write `-` in a variable's name: `SHOP_RO` means the file's `shop-ro` when it has one."""
        for known in self.section(("accounts",)):
            if known.replace("-", "_") == name.replace("-", "_"):
                return known
        return name

    def _forget_of_file(self, section: Key, names: tuple[str, ...]) -> None:
        """A source of a secret in the environment takes the place of any in the file."""
        for name in names:
            if self.origins.get((*section, name), PREFIX).upper().startswith(PREFIX):
                continue
            self.section(section).pop(name, None)
            del self.origins[*section, name]
