"""The settings file that `config init` writes is true to the settings model."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from magflow_tui.cli.settings_file import commented_settings
from magflow_tui.config import AccountSettings, Settings, load_settings

ONE_PASSWORD = re.compile(r"^(password|webhook_secret)_(file|command) = .*\n", re.MULTILINE)


def without_comment_marks() -> str:
    lines = commented_settings().splitlines()
    keys = re.compile(r"# (\w+ = |\[accounts)")
    return "".join((line.removeprefix("# ") if keys.match(line) else line) + "\n" for line in lines)


def keys_of(model: type[BaseModel]) -> set[str]:
    return {
        name
        for name, field in model.model_fields.items()
        if name != "accounts" and not isinstance(field.default, BaseModel)
    }


def test_as_written_it_sets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(commented_settings(), encoding="utf-8")
    settings = load_settings(config_file=path, environ={})
    assert settings == Settings()


def test_it_names_every_key_there_is() -> None:
    content = tomllib.loads(without_comment_marks())
    sections = {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }
    assert set(content) - {"accounts"} - set(sections) == keys_of(Settings)
    for name, model in sections.items():
        assert set(content[name]) == keys_of(model)
    assert set(content["accounts"]["shop"]) == keys_of(AccountSettings)


def test_without_its_comment_marks_every_value_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(ONE_PASSWORD.sub("", without_comment_marks()), encoding="utf-8")
    settings = load_settings(config_file=path, environ={})
    assert settings.accounts["shop"].platform == "emag-ro"
    assert settings.alerts.webhook is not None
    assert settings.alerts.webhook_secret is not None
    defaults = settings.model_copy(update={"accounts": {}, "api_token": None, "alerts": Settings().alerts})
    assert defaults == Settings()


@pytest.mark.parametrize("line", commented_settings().splitlines())
def test_no_line_is_longer_than_an_editor_is_wide(line: str) -> None:
    assert len(line) <= 120
