"""The settings that hold, checked as a whole, every problem told at once.

`pydantic-settings` reads the same sources; it is not used because it stops at the first source it cannot decode, cannot
tell which variable or file a wrong value came from, and costs 150 ms of every command's start.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from magflow_tui.config.folder import default_data_dir
from magflow_tui.config.model import AccountSettings, AlertSettings, Settings
from magflow_tui.config.passwords import PasswordError
from magflow_tui.config.problems import SettingsError, SettingsProblem
from magflow_tui.config.sources import PASSWORD_KEYS, PREFIX, WEBHOOK_SECRET_KEYS, Key, Sources, at

_ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SECRETS = frozenset({"password", "api_token", "webhook_secret"})


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
    return _settings(_read(config_file, data_dir, environ))


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
    sources = _read(config_file, data_dir, environ)
    return tuple(_describe(_settings(sources), (), sources.origins))


def _read(config_file: Path | None, data_dir: Path | None, environ: Mapping[str, str] | None) -> Sources:
    variables = os.environ if environ is None else environ
    sources = Sources()

    def is_ours(key: str, name: str) -> bool:
        if key in Settings.model_fields:
            return True
        # One that nearly is ours is a typing mistake.
        close = difflib.get_close_matches(key, Settings.model_fields, n=1, cutoff=0.8)
        if close:
            sources.refuse(key, None, f"unknown; did you mean {PREFIX}{close[0].upper()}?", name)
        return False

    sources.read_files(config_file, variables)
    sources.read_environment(variables, is_ours)
    if data_dir is not None:
        sources.put(("data_dir",), str(data_dir), "--data-dir")
    return sources


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


def resolve_webhook_secret(settings: Settings) -> str | None:
    """What messages to the webhook are signed with, None when no webhook is set. Blocks on a file or command.

    Raises `SettingsError`.
    """
    if settings.alerts.webhook is None:
        return None
    try:
        return settings.alerts.resolve_webhook_secret()
    except (PasswordError, ValueError) as error:
        raise SettingsError([SettingsProblem("alerts.webhook_secret", None, str(error), "settings")]) from None


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
                if isinstance(below, BaseModel):
                    yield from _describe(below, (*key, entry), sources)
                else:
                    yield SettingLine(".".join((*key, entry)), _shown(below), sources.get((*key, entry), "default"))
        elif value is not None:
            yield SettingLine(".".join(key), _shown(value), sources.get(key, "default"))


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "hidden"
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f}s" if value else "off"
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _settings(sources: Sources) -> Settings:
    """The checked settings. Raises `SettingsError` with every problem."""
    problems = list(sources.problems)
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(sources.tree)
    except ValidationError as error:
        problems += [_explain(details, sources) for details in error.errors(include_url=False)]
    for name in sources.section(("accounts",)):
        problems += _check_account(name, sources)
    problems += _check_alerts(sources)
    if problems or settings is None:
        raise SettingsError(problems)
    expanded = settings.data_dir.expanduser().absolute()
    return settings.model_copy(update={"data_dir": expanded})


def _check_account(name: str, sources: Sources) -> Iterable[SettingsProblem]:
    key = ("accounts", name)
    source = next((where for known, where in sources.origins.items() if known[:2] == key), "settings")
    if not _ACCOUNT_NAME.fullmatch(name):
        allowed = "an account's name is letters, digits, - and _, 40 at most"
        yield SettingsProblem(f"accounts.{name}", None, allowed, source)
    given = [password for password in PASSWORD_KEYS if password in sources.section(key)]
    if len(given) > 1:
        yield SettingsProblem(f"accounts.{name}.password", None, f"only one of {', '.join(given)} can be given", source)


def _check_alerts(sources: Sources) -> Iterable[SettingsProblem]:
    given = [name for name in WEBHOOK_SECRET_KEYS if name in sources.section(("alerts",))]
    source = sources.origin(("alerts", *given[-1:]) if given else ("alerts", "webhook"))
    if len(given) > 1:
        yield SettingsProblem("alerts.webhook_secret", None, f"only one of {', '.join(given)} can be given", source)
    if not given and at(sources.tree, ("alerts", "webhook")):
        allowed = "must be given with alerts.webhook, or webhook_secret_file, or webhook_secret_command: "
        description = AlertSettings.model_fields["webhook_secret"].description
        yield SettingsProblem("alerts.webhook_secret", None, f"{allowed}{description}", source)


def _explain(details: ErrorDetails, sources: Sources) -> SettingsProblem:
    key = tuple(str(part) for part in details["loc"])
    missing = details["type"] == "missing"
    hidden = missing or details["type"] == "extra_forbidden" or key[-1] in _SECRETS
    value = None if hidden else _without_login(str(at(sources.tree, key)))
    return SettingsProblem(".".join(key), value, _allowed(details, key), sources.origin(key))


def _without_login(value: str) -> str:
    """An address that was given with a login in it, without."""
    return re.sub(r"//[^/]*@", "//hidden@", value)


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
