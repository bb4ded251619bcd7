"""The settings as frozen models: what each key means, its unit, its default and what it may be."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from magflow_tui.config.folder import DataFolder, default_data_dir
from magflow_tui.config.look import Language, PresetName, Switch, ThemeName, read_flag, read_keys, read_switch
from magflow_tui.config.passwords import PasswordSource, find_password
from magflow_tui.config.webhook import check_webhook_url, signing_key

PlatformName = Literal["emag-ro", "emag-bg", "emag-hu", "fd-ro", "fd-bg"]
AccountKind = Literal["main", "fbe"]
ResourceName = Literal["orders", "offers", "rma"]

_DURATION = re.compile(r"(?P<count>\d+)\s*(?P<unit>s|sec|m|min|h|d)?")
_UNIT_SECONDS = {None: 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_NEVER = {"off", "never", "0"}
_SHORTEST_INTERVAL = timedelta(seconds=10)


def _read_interval(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    text = str(value).strip().lower()
    if text in _NEVER:
        return timedelta(0)
    match = _DURATION.fullmatch(text)
    if isinstance(value, bool) or match is None:
        raise ValueError("a time such as `90s`, `5m`, `6h`, `1d`, or `off`")
    interval = timedelta(seconds=int(match["count"]) * _UNIT_SECONDS[match["unit"]])
    if interval < _SHORTEST_INTERVAL:
        raise ValueError("at least 10s, or `off`")
    return interval


def _check_base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address such as `https://marketplace-api.emag.ro/api-3`")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address without a user name or password in it")
    return value.rstrip("/")


def _check_secret(value: SecretStr) -> SecretStr:
    signing_key(value.get_secret_value())
    return value


#: A time between two scheduled runs; zero means never.
Interval = Annotated[timedelta, BeforeValidator(_read_interval)]
BaseUrl = Annotated[str, AfterValidator(_check_base_url)]
WebhookUrl = Annotated[str, AfterValidator(check_webhook_url)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_check_secret)]
FlagSetting = Annotated[bool, BeforeValidator(read_flag)]
SwitchSetting = Annotated[Switch, BeforeValidator(read_switch)]
KeysSetting = Annotated[tuple[str, ...], BeforeValidator(read_keys)]


class SettingsModel(BaseModel):
    """Frozen; a key nobody reads is a mistake and is told."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True, defer_build=True
    )


class SyncSettings(SettingsModel):
    """How and how often the store follows the marketplace."""

    orders_every: Interval = Field(timedelta(minutes=5), description="time between two syncs of orders; `off`: never")
    offers_every: Interval = Field(timedelta(hours=6), description="time between two syncs of offers; `off`: never")
    rma_every: Interval = Field(timedelta(hours=1), description="time between two syncs of returns; `off`: never")
    overlap_seconds: int = Field(120, ge=0, le=86400, description="how far an incremental sync reads behind its mark")
    page_size: int = Field(100, ge=1, le=100, description="rows per request")
    prefetch_pages: int = Field(12, ge=1, le=64, description="pages fetched ahead of the one being stored")

    def interval(self, resource: ResourceName) -> timedelta:
        """Time between two scheduled runs of `resource`; zero when it is off."""
        return {"orders": self.orders_every, "offers": self.offers_every, "rma": self.rma_every}[resource]


class LimitSettings(SettingsModel):
    """What is held back of the marketplace's limits for operators, in requests a minute."""

    orders_reserve: int = Field(0, ge=0, le=700, description="of 720 order requests a minute, kept for operators")
    other_reserve: int = Field(0, ge=0, le=170, description="of 180 other requests a minute, kept for operators")


class HttpSettings(SettingsModel):
    """Patience with the marketplace, in seconds."""

    connect_timeout: float = Field(10.0, gt=0, le=120, description="seconds to wait for a connection")
    read_timeout: float = Field(30.0, gt=0, le=600, description="seconds to wait for an answer")


class AlertSettings(SettingsModel):
    """Where alerts are sent beside the screen: a webhook, signed as Standard Webhooks has it."""

    webhook: WebhookUrl | None = Field(None, description="address that alerts are sent to, as Standard Webhooks has it")
    webhook_secret: WebhookSecret | None = Field(
        None, description="signs messages: `whsec_` and base64, or 24 characters or more"
    )
    webhook_secret_file: Path | None = Field(None, description="file whose first line is the secret")
    webhook_secret_command: str | None = Field(None, description="command that prints the secret, run without a shell")
    min_severity: Literal["warning", "critical"] = Field(
        "warning", description="least severity that is sent: warning or critical"
    )

    def resolve_webhook_secret(self) -> str:
        """The secret. Reads a file or runs a command, so call it off the event loop.

        Raises `PasswordError` when there is none, ValueError with what is allowed when it is none that signs.
        """
        source = PasswordSource(
            inline=self.webhook_secret,
            file=self.webhook_secret_file,
            command=self.webhook_secret_command,
            keyring_user=None,
            name="webhook_secret",
        )
        found = find_password(source)
        signing_key(found)
        return found


class UiSettings(SettingsModel):
    """How the dashboard looks and is driven. `config.look` reads the same keys before the first paint."""

    theme: ThemeName = Field(
        "auto", description="auto, dark, light, high-contrast, colour-blind, ansi-dark, ansi-light or mono"
    )
    preset: PresetName = Field(
        "default", description="keys as other programs have them: default, k9s, lazygit or arrows-only"
    )
    ascii: SwitchSetting = Field("auto", description="ASCII signs alone: `auto` (by the terminal), `on` or `off`")
    mouse: SwitchSetting = Field("auto", description="`auto`: on, but off over SSH")
    slow: SwitchSetting = Field("auto", description="fewer updates for a slow link; `auto`: when it proves slow")
    read_only: FlagSetting = Field(False, description="look, and change nothing")
    bell: FlagSetting = Field(True, description="ring when an alert opens")
    notify: FlagSetting = Field(True, description="desktop notification by the terminal when an alert opens")
    title: FlagSetting = Field(True, description="score and open alerts in the window's title")
    keys: dict[str, KeysSetting] = Field(
        default_factory=dict, description='own keys by action id (`magflow keys` lists them): `{freeze = "f9"}`'
    )


class AccountSettings(SettingsModel):
    """One seller account on one platform. Its password comes from one of the `password…` keys or the keyring."""

    platform: PlatformName = Field(description="marketplace the account sells on")
    kind: AccountKind = Field("main", description="`fbe` for an account fulfilled by eMAG")
    username: str = Field(min_length=1, description="user of the marketplace API")
    password: SecretStr | None = Field(None, description="better given by environment, file, command or keyring")
    password_file: Path | None = Field(None, description="file whose first line is the password")
    password_command: str | None = Field(None, description="command that prints the password, run without a shell")
    base_url: BaseUrl | None = Field(None, description="instead of the platform's address (sandbox, proxy)")
    enabled: bool = Field(True, description="false: keep what is stored, ask the marketplace nothing")
    history_start: date | None = Field(None, description="oldest day a full sync of orders goes back to")
    orders_every: Interval | None = Field(None, description="instead of `sync.orders_every`")
    offers_every: Interval | None = Field(None, description="instead of `sync.offers_every`")
    rma_every: Interval | None = Field(None, description="instead of `sync.rma_every`")

    def own_interval(self, resource: ResourceName) -> timedelta | None:
        """The account's own time between two runs of `resource`, None when it follows `sync`."""
        return {"orders": self.orders_every, "offers": self.offers_every, "rma": self.rma_every}[resource]

    def password_source(self) -> PasswordSource:
        """Where the password is to be looked for."""
        return PasswordSource(
            inline=self.password,
            file=self.password_file,
            command=self.password_command,
            keyring_user=f"{self.username}@{self.platform}",
        )

    def resolve_password(self) -> str:
        """The password. Reads a file or runs a command, so call it off the event loop.

        Raises `PasswordError` with a sentence that holds no secret when there is none.
        """
        return find_password(self.password_source())


class Settings(SettingsModel):
    """Everything that can be set."""

    data_dir: Path = Field(default_factory=default_data_dir, description="store, backups, socket and logs")
    language: Language = Field("en", description="language of the dashboard: en or ro")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="detail of the log file")
    api_token: SecretStr | None = Field(None, description="bearer token that `--listen` asks of clients on TCP")
    sync: SyncSettings = SyncSettings()
    limits: LimitSettings = LimitSettings()
    http: HttpSettings = HttpSettings()
    alerts: AlertSettings = AlertSettings()
    ui: UiSettings = UiSettings()
    accounts: dict[str, AccountSettings] = Field(default_factory=dict, description="seller accounts by name")

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.data_dir)

    def enabled_accounts(self) -> dict[str, AccountSettings]:
        """The accounts that talk to the marketplace."""
        return {name: account for name, account in self.accounts.items() if account.enabled}

    def interval(self, account: str, resource: ResourceName) -> timedelta:
        """Time between two scheduled runs of a resource of an account; zero when it is off."""
        own = self.accounts[account].own_interval(resource)
        return self.sync.interval(resource) if own is None else own
