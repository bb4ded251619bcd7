"""`magflow config`: writing, checking and showing the settings."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from magflow_tui.cli.root import magflow

SECRET = "geheim-4711"
GOOD = f"""
[accounts.shop]
platform = "emag-ro"
username = "shop@example.com"
password = "{SECRET}"
"""


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.upper().startswith("MAGFLOW_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(magflow, [str(argument) for argument in arguments], prog_name="magflow")


def test_init_writes_a_private_file_once(tmp_path: Path) -> None:
    path = tmp_path / "below" / "config.toml"
    assert call("config", "init", "--config", path).exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine", encoding="utf-8")
    refused = call("config", "init", "--config", path)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert path.read_text(encoding="utf-8") == "mine"
    path.chmod(0o644)
    assert call("config", "init", "--force", "--config", path).exit_code == 0
    assert "[sync]" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_init_writes_passes_check(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    call("config", "init", "--config", path)
    checked = call("config", "check", "--config", path)
    assert (checked.exit_code, checked.stdout) == (0, "ok\n")


def test_path_follows_flag_then_environment_then_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("config", "path").stdout.strip() == str(tmp_path / "xdg" / "magflow" / "config.toml")
    monkeypatch.setenv("MAGFLOW_CONFIG", str(tmp_path / "env.toml"))
    assert call("config", "path").stdout.strip() == str(tmp_path / "env.toml")
    assert call("config", "path", "--config", tmp_path / "flag.toml").stdout.strip() == str(tmp_path / "flag.toml")


def test_show_tells_each_value_with_its_origin_and_hides_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("MAGFLOW_SYNC__ORDERS_EVERY", "90s")
    shown = call("config", "show", "--json", "--config", path, "--data-dir", tmp_path / "data")
    settings = json.loads(shown.stdout)
    assert settings["data_dir"]["value"] == str(tmp_path / "data")
    assert "MAGFLOW_SYNC__ORDERS_EVERY" in settings["sync.orders_every"]["origin"]
    assert str(path) in settings["accounts.shop.platform"]["origin"]
    assert "accounts.shop.password" in settings
    assert SECRET not in shown.stdout
    assert SECRET not in call("config", "--config", path).stdout


def test_check_tells_every_problem_and_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GOOD.replace("emag-ro", "emag-fr") + 'language = "de"\n', encoding="utf-8")
    checked = call("config", "check", "--json", "--config", path)
    assert checked.exit_code == 2
    answer = json.loads(checked.stdout)
    assert answer["ok"] is False
    assert len(answer["problems"]) == 2
    assert len(checked.stderr.splitlines()) == 2
    assert SECRET not in checked.output


def test_a_missing_password_is_a_problem_of_the_check(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GOOD.replace(f'password = "{SECRET}"', ""), encoding="utf-8")
    checked = call("config", "check", "--config", path)
    assert checked.exit_code == 2
    assert "accounts.shop.password" in checked.stderr


def test_a_secret_of_the_webhook_that_is_not_there_is_a_problem_of_the_check_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    hook = '[alerts]\nwebhook = "https://alerts.example.com/hook"\nwebhook_secret_file = "/nowhere/secret"\n'
    path.write_text(hook + GOOD.replace(f'password = "{SECRET}"', ""), encoding="utf-8")
    checked = call("config", "check", "--config", path)
    assert checked.exit_code == 2
    assert "accounts.shop.password" in checked.stderr
    assert "alerts.webhook_secret (settings): webhook_secret_file /nowhere/secret cannot be read" in checked.stderr


def test_a_named_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    shown = call("config", "show", "--config", tmp_path / "none.toml")
    assert shown.exit_code == 2
    assert "magflow config init" in shown.stderr
