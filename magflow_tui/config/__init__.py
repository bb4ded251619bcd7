"""Settings: flags over environment (`MAGFLOW_…`) over `config.toml` over defaults. Imports nothing of ours.

* `model`     the settings as frozen pydantic models; what each key means and may be
* `loading`   reads and checks them; every problem found is told at once
* `passwords` finds an account's password, or another secret: inline, file, command, system keyring
* `webhook`   what the address of a webhook and its secret may be
* `look`      what the dashboard needs of them before its first paint, without the models
* `sources`   file and environment merged into one tree, each value with its origin
* `folder`    the layout of a data folder, and the platform's default places
* `problems`  the error that names key, value, what is allowed and where it came from

The names below are loaded when they are first asked for: a command that only needs the folder's layout does not pay for
the models.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magflow_tui.config.folder import DataFolder, default_config_path, default_data_dir
    from magflow_tui.config.loading import (
        SettingLine,
        describe_settings,
        load_settings,
        locate_data_dir,
        resolve_passwords,
        resolve_webhook_secret,
    )
    from magflow_tui.config.look import Look, read_look
    from magflow_tui.config.model import (
        AccountKind,
        AccountSettings,
        AlertSettings,
        HttpSettings,
        LimitSettings,
        PlatformName,
        Settings,
        SyncSettings,
        UiSettings,
    )
    from magflow_tui.config.passwords import PasswordError
    from magflow_tui.config.problems import SettingsError, SettingsProblem

__all__ = [
    "AccountKind",
    "AccountSettings",
    "AlertSettings",
    "DataFolder",
    "HttpSettings",
    "LimitSettings",
    "Look",
    "PasswordError",
    "PlatformName",
    "SettingLine",
    "Settings",
    "SettingsError",
    "SettingsProblem",
    "SyncSettings",
    "UiSettings",
    "default_config_path",
    "default_data_dir",
    "describe_settings",
    "load_settings",
    "locate_data_dir",
    "read_look",
    "resolve_passwords",
    "resolve_webhook_secret",
]

_HOMES = {
    "folder": ("DataFolder", "default_config_path", "default_data_dir"),
    "loading": (
        *("SettingLine", "describe_settings", "load_settings", "locate_data_dir", "resolve_passwords"),
        "resolve_webhook_secret",
    ),
    "look": ("Look", "read_look"),
    "passwords": ("PasswordError",),
    "problems": ("SettingsError", "SettingsProblem"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF.get(name, 'model')}"), name)
