"""The settings file that `magflow config init` writes: every key of the settings model, commented out, explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from magflow_tui.config import AccountSettings, Settings

_HEAD = """\
# MagFlow's settings. Every key is also an environment variable: MAGFLOW_LANGUAGE, MAGFLOW_SYNC__ORDERS_EVERY,
# MAGFLOW_ACCOUNTS__SHOP__PASSWORD. The environment wins over this file, flags win over both.
# Lines that begin with # show the defaults. `magflow config check` tells what is wrong, all at once.
"""

_ACCOUNT = """\
# A seller account, as many as there are; the name is yours. The password comes from one of `password_file`,
# `password_command`, the environment, the system keyring or, least of all, `password` here.
"""

#: What an account's keys look like where the model has no default to show.
_EXAMPLES = {
    "platform": '"emag-ro"',
    "username": '"you@example.com"',
    "password": '"…"',
    "password_file": '"~/.config/magflow/shop.password"',
    "password_command": '"pass show emag/shop"',
    "base_url": '"http://127.0.0.1:8900"',
    "history_start": "2024-01-01",
    "orders_every": '"5m"',
    "offers_every": '"6h"',
    "rma_every": '"1h"',
    "api_token": '"…"',
    "webhook": '"https://alerts.example.com/hooks/magflow"',
    "webhook_secret": '"replace me: a long random text"',
    "webhook_secret_file": '"~/.config/magflow/webhook.secret"',
    "webhook_secret_command": '"pass show magflow/webhook"',
}


def commented_settings() -> str:
    """The file's text. Without its comment marks it holds every key there is, with its default or an example."""
    parts = [_HEAD, "".join(_lines(Settings))]
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            parts.append(f"# {section.__doc__}\n[{name}]\n" + "".join(_lines(section)))
    parts.append(_ACCOUNT + "# [accounts.shop]\n" + "".join(_lines(AccountSettings)))
    return "\n".join(parts)


def _lines(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if field.annotation is dict or isinstance(field.default, BaseModel) or name == "accounts":
            continue
        yield f"# {name} = {_value(name, field)}{f'  # {field.description}' if field.description else ''}\n"


def _value(name: str, field: FieldInfo) -> str:
    default: object = None
    if not field.is_required():
        default = field.get_default(call_default_factory=True, validated_data={})
    match default:
        case bool():
            return str(default).lower()
        case timedelta():
            return f'"{_interval(default)}"'
        case dict():
            return "{}"
        case int() | float():
            return str(default)
        case str() | Path():
            return f'"{default}"'
        case _:
            return _EXAMPLES[name]


def _interval(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
