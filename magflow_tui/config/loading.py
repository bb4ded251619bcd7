"""Reads the settings: environment over file over defaults, checked as a whole, every problem told at once.

`pydantic-settings` reads the same sources; it is not used because it stops at the first source it cannot decode, cannot
tell which variable or file a wrong value came from, and costs 150 ms of every command's start.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from magflow_tui.config.folder import default_config_path, default_data_dir
from magflow_tui.config.model import AccountSettings, Settings
from magflow_tui.config.passwords import PasswordError
from magflow_tui.config.problems import SettingsError, SettingsProblem

PREFIX = "MAGFLOW_"
SEPARATOR = "__"
#: Variables that choose where settings are read from and are no settings themselves.
CONFIG_VARIABLE = "MAGFLOW_CONFIG"

_ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SECRETS = frozenset({"password", "api_token"})
_PASSWORD_KEYS = ("password", "password_file", "password_command")

Key: TypeAlias = tuple[str, ...]
Tree: TypeAlias = dict[str, object]


def load_settings(
    *,
    config_file: Path | None = None,
    data_dir: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings that hold. `config_file` and `data_dir` are flags and win over everything.

    Without `config_file` (or `MAGFLOW_CONFIG`) the default file is read when it exists. `environ` is the process
    environment unless given. Raises `SettingsError` with all problems. Passwords are not looked up here.
    """
    return _read(config_file, data_dir, environ).settings()


def locate_data_dir(
    *,
    config_file: Path | None = None,
    data_dir: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Path:
    """The data folder alone, told even when other settings are wrong: `engine stop` must work then too."""
    value = _read(config_file, data_dir, environ).tree.get("data_dir")
    folder = Path(value) if isinstance(value, str) and value else default_data_dir()
    return folder.expanduser().absolute()


def describe_settings(
    *,
    config_file: Path | None = None,
    data_dir: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[SettingLine, ...]:
    """Every setting that holds, with where it comes from; secrets are hidden. Raises `SettingsError`."""
    reader = _read(config_file, data_dir, environ)
    return tuple(_describe(reader.settings(), (), reader.sources))


def _read(config_file: Path | None, data_dir: Path | None, environ: Mapping[str, str] | None) -> _Reader:
    variables = os.environ if environ is None else environ
    reader = _Reader()
    if config_file is not None:
        reader.read_file(config_file, named_by="--config")
    elif variables.get(CONFIG_VARIABLE):
        reader.read_file(Path(variables[CONFIG_VARIABLE]), named_by=CONFIG_VARIABLE)
    else:
        reader.read_file(default_config_path())
    reader.read_environment(variables)
    if data_dir is not None:
        reader.put(("data_dir",), str(data_dir), "--data-dir")
    return reader


def resolve_passwords(settings: Settings) -> dict[str, str]:
    """The password of every enabled account. Blocks on files and commands. Raises `SettingsError` with all problems."""
    passwords: dict[str, str] = {}
    problems = []
    for name, account in settings.enabled_accounts().items():
        try:
            passwords[name] = account.resolve_password()
        except PasswordError as error:
            problems.append(SettingsProblem(f"accounts.{name}.password", None, str(error), "settings"))
    if problems:
        raise SettingsError(problems)
    return passwords


@dataclass(frozen=True)
class SettingLine:
    """A setting as `config show` prints it: dotted key, value as text, and where it comes from."""

    key: str
    value: str
    origin: str


def _describe(model: BaseModel, above: Key, sources: Mapping[Key, str]) -> Iterator[SettingLine]:
    for name in type(model).model_fields:
        key, value = (*above, name), getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _describe(value, key, sources)
        elif isinstance(value, dict):
            for entry, below in value.items():
                yield from _describe(below, (*key, entry), sources)
        elif value is not None:
            yield SettingLine(".".join(key), _shown(value), sources.get(key, "default"))


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "hidden"
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f}s" if value else "off"
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Reader:
    """Merges the sources into one tree, remembering where each value came from."""

    def __init__(self) -> None:
        self.tree: Tree = {}
        self.sources: dict[Key, str] = {}
        self.problems: list[SettingsProblem] = []

    def read_file(self, path: Path, *, named_by: str | None = None) -> None:
        """Read a settings file. One that somebody named (flag or variable) must exist."""
        origin = named_by or "default place"
        try:
            content = tomllib.loads(path.expanduser().read_text(encoding="utf-8"))
        except FileNotFoundError:
            if named_by is not None:
                self._refuse("config", str(path), "no such file; `magflow config init` writes one", origin)
            return
        except OSError as error:
            self._refuse("config", str(path), f"cannot be read: {error.strerror}", origin)
            return
        except (tomllib.TOMLDecodeError, UnicodeError) as error:
            # The parser's message gives line and column and quotes no value.
            self._refuse("config", str(path), f"not a TOML file: {error}", origin)
            return
        self._take(content, (), str(path))

    def read_environment(self, variables: Mapping[str, str]) -> None:
        for name, value in sorted(variables.items()):
            upper = name.upper()
            if not upper.startswith(PREFIX) or upper == CONFIG_VARIABLE or value == "":
                continue
            key = tuple(part.lower() for part in upper.removeprefix(PREFIX).split(SEPARATOR))
            if len(key) == 1 and key[0] not in Settings.model_fields:
                # Other programs' variables may share the prefix; one that nearly is ours is a typing mistake.
                close = difflib.get_close_matches(key[0], Settings.model_fields, n=1, cutoff=0.8)
                if close:
                    self._refuse(key[0], None, f"unknown; did you mean {PREFIX}{close[0].upper()}?", name)
                continue
            if len(key) > 1 and key[0] == "accounts":
                key = ("accounts", self._account_named(key[1]), *key[2:])
                if key[-1] in _PASSWORD_KEYS:
                    self._forget_file_passwords(key[:-1])
            self.put(key, value, name)

    def put(self, key: Key, value: object, source: str) -> None:
        """Set one value, over what an earlier source said."""
        branch: Tree = self.tree
        for depth, part in enumerate(key[:-1], start=1):
            below = branch.setdefault(part, {})
            if not isinstance(below, dict):
                self._refuse(".".join(key[:depth]), None, "a section, not a value", source)
                return
            branch = below
        branch[key[-1]] = value
        self.sources[key] = source

    def settings(self) -> Settings:
        """The checked settings, or every problem."""
        settings: Settings | None = None
        try:
            settings = Settings.model_validate(self.tree)
        except ValidationError as error:
            self.problems += [self._explain(details) for details in error.errors(include_url=False)]
        for name in self._section(("accounts",)):
            self.problems += self._check_account(name)
        if self.problems or settings is None:
            raise SettingsError(self.problems)
        expanded = settings.data_dir.expanduser().absolute()
        return settings.model_copy(update={"data_dir": expanded})

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
        for known in self._section(("accounts",)):
            if known.replace("-", "_") == name.replace("-", "_"):
                return known
        return name

    def _forget_file_passwords(self, account: Key) -> None:
        """A password source in the environment takes the place of any in the file."""
        for name in _PASSWORD_KEYS:
            if self.sources.get((*account, name), PREFIX).upper().startswith(PREFIX):
                continue
            self._section(account).pop(name, None)
            del self.sources[*account, name]

    def _section(self, key: Key) -> Tree:
        value = _at(self.tree, key)
        return value if isinstance(value, dict) else {}

    def _refuse(self, key: str, value: str | None, allowed: str, source: str) -> None:
        self.problems.append(SettingsProblem(key, value, allowed, source))

    def _check_account(self, name: str) -> Iterable[SettingsProblem]:
        key = ("accounts", name)
        source = next((where for known, where in self.sources.items() if known[:2] == key), "settings")
        if not _ACCOUNT_NAME.fullmatch(name):
            allowed = "an account's name is letters, digits, - and _, 40 at most"
            yield SettingsProblem(f"accounts.{name}", None, allowed, source)
        given = [password for password in _PASSWORD_KEYS if password in self._section(key)]
        if len(given) > 1:
            yield SettingsProblem(
                f"accounts.{name}.password", None, f"only one of {', '.join(given)} can be given", source
            )

    def _explain(self, details: ErrorDetails) -> SettingsProblem:
        key = tuple(str(part) for part in details["loc"])
        source = self.sources.get(key) or next(
            (where for known, where in self.sources.items() if known[: len(key) - 1] == key[:-1]), "settings"
        )
        missing = details["type"] == "missing"
        hidden = missing or details["type"] == "extra_forbidden" or key[-1] in _SECRETS
        value = None if hidden else _without_login(str(_at(self.tree, key)))
        return SettingsProblem(".".join(key), value, _allowed(details, key), source)


def _without_login(value: str) -> str:
    """An address that was given with a login in it, without."""
    return re.sub(r"//[^/]*@", "//hidden@", value)


def _at(tree: Tree, key: Key) -> object:
    value: object = tree
    for part in key:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _allowed(details: ErrorDetails, key: Key) -> str:
    kind = details["type"]
    if kind == "missing":
        return f"must be given: {_description(key)}"
    if kind == "extra_forbidden":
        known = _known_keys(key)
        close = difflib.get_close_matches(key[-1], known, n=1)
        suggestion = f"did you mean {close[0]}? " if close else ""
        return f"unknown; {suggestion}allowed here: {', '.join(known)}"
    if kind == "literal_error":
        return f"must be {details['ctx']['expected']}"
    message = details["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _model_of(key: Key) -> type[BaseModel]:
    """The model that holds the last part of `key`."""
    if key[0] == "accounts" and len(key) > 1:
        return AccountSettings
    if len(key) > 1:
        annotation = Settings.model_fields[key[0]].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return annotation
    return Settings


def _known_keys(key: Key) -> list[str]:
    return list(_model_of(key).model_fields)


def _description(key: Key) -> str:
    field = _model_of(key).model_fields.get(key[-1])
    return (field.description if field else None) or key[-1]
