"""The settings of the webhook: what address and secret may be, where the secret comes from, and that it is hidden."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from magflow_tui.config import Settings, SettingsError, describe_settings, load_settings, resolve_webhook_secret
from magflow_tui.config.webhook import signing_key
from magflow_tui.engine.process import Secrets

NOWHERE = Path(os.devnull)
URL = "https://alerts.example.com/hooks/magflow"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ALLOWED = "`whsec_` and 24 bytes or more in base64, or a text of at least 24 characters"


def variables(**given: str) -> dict[str, str]:
    return {f"MAGFLOW_ALERTS__{name.upper()}": value for name, value in given.items()}


def loaded(config_file: Path = NOWHERE, environ: Mapping[str, str] | None = None, **given: str) -> Settings:
    return load_settings(config_file=config_file, environ={**(environ or {}), **variables(**given)})


def problems(**given: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        loaded(**given)
    return {problem.key: str(problem) for problem in caught.value.problems}


def test_without_any_no_webhook_is_called() -> None:
    settings = loaded()
    assert (settings.alerts.webhook, settings.alerts.min_severity) == (None, "warning")
    assert resolve_webhook_secret(settings) is None


def test_a_webhook_can_come_from_the_environment_alone() -> None:
    settings = loaded(webhook=f"{URL}?room=7", webhook_secret=SECRET, min_severity="critical")
    assert (settings.alerts.webhook, settings.alerts.min_severity) == (f"{URL}?room=7", "critical")
    assert resolve_webhook_secret(settings) == SECRET


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("alerts.example.com/hook", "an address such as"),
        ("ftp://alerts.example.com/hook", "an address such as"),
        ("https:///hook", "an address such as"),
        ("https://alerts.example.com/hook#part", "an address such as"),
        ("https://alerts.example.com:99999/hook", "an address such as"),
        ("https://[::1/hook", "an address such as"),
        ("https://alerts.example.com/a hook", "an address such as"),
        ("https://ana:sesame@alerts.example.com/hook", "without a user name or password"),
    ],
)
def test_an_address_that_is_none_is_told_with_what_is_allowed_and_without_its_login(url: str, told: str) -> None:
    found = problems(webhook=url, webhook_secret=SECRET)["alerts.webhook"]
    assert told in found
    assert "sesame" not in found


@pytest.mark.parametrize("secret", ["short", "whsec_", "whsec_c2hvcnQ=", "whsec_not base 64 at all, this one"])
def test_a_secret_that_signs_nothing_is_told_with_what_is_allowed_and_never_shown(secret: str) -> None:
    found = problems(webhook=URL, webhook_secret=secret)["alerts.webhook_secret"]
    assert ALLOWED in found
    assert secret not in found.replace(ALLOWED, "")


def test_a_webhook_without_a_secret_and_a_wrong_severity_are_told_at_once() -> None:
    found = problems(webhook=URL, min_severity="info")
    assert "must be given with alerts.webhook" in found["alerts.webhook_secret"]
    assert "'warning' or 'critical'" in found["alerts.min_severity"]


def test_the_secret_comes_from_a_file_or_a_command_and_is_checked_then_too(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\nsecond line\n")
    assert resolve_webhook_secret(loaded(webhook=URL, webhook_secret_file=str(file))) == SECRET
    command = f"{sys.executable} -c 'print(\"{SECRET}\")'"
    assert resolve_webhook_secret(loaded(webhook=URL, webhook_secret_command=command)) == SECRET
    for wrong, told in (("short", ALLOWED), ("", "the webhook secret is empty")):
        file.write_text(wrong)
        with pytest.raises(SettingsError) as caught:
            resolve_webhook_secret(loaded(webhook=URL, webhook_secret_file=str(file)))
        assert caught.value.lines == (f"alerts.webhook_secret (settings): {told}",)
    with pytest.raises(SettingsError, match="webhook_secret_file /nowhere cannot be read"):
        resolve_webhook_secret(loaded(webhook=URL, webhook_secret_file="/nowhere"))


def test_a_secret_in_the_environment_takes_the_place_of_the_files_own(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[alerts]\nwebhook = "{URL}"\nwebhook_secret_file = "/nowhere"\n')
    assert resolve_webhook_secret(loaded(file, variables(webhook_secret=SECRET))) == SECRET
    assert (
        "only one of" in problems(webhook=URL, webhook_secret=SECRET, webhook_secret_file="/x")["alerts.webhook_secret"]
    )


def test_the_secret_is_hidden_where_settings_are_shown_and_in_the_log() -> None:
    environ = variables(webhook=f"{URL}?key=sesame-open", webhook_secret=SECRET)
    lines = {line.key: line.value for line in describe_settings(config_file=NOWHERE, environ=environ)}
    assert lines["alerts.webhook_secret"] == "hidden"
    settings = loaded(environ=environ)
    assert SECRET not in repr(settings)
    hidden = Secrets({}, resolve_webhook_secret(settings)).forms(settings)
    assert hidden == [SECRET, SECRET.removeprefix("whsec_"), "key=sesame-open"]
    assert Secrets({}, None).forms(loaded()) == []


@given(st.binary(min_size=24, max_size=64))
def test_a_secret_means_the_same_key_to_everybody(key: bytes) -> None:
    secret = f"whsec_{base64.b64encode(key).decode()}"
    assert signing_key(secret) == key == Webhook(secret)._whsecret


@pytest.mark.parametrize("text", ["x" * 24, "correct horse battery staple", "parolă lungă, cu ș și ț, de 24"])
def test_any_other_text_is_its_own_key(text: str) -> None:
    assert signing_key(text) == text.encode()
    assert resolve_webhook_secret(loaded(webhook=URL, webhook_secret=text)) == text
