"""Settings: where they come from, which wins, and how everything wrong with them is told at once."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from magflow_tui.config import (
    DataFolder,
    SettingsError,
    describe_settings,
    load_settings,
    locate_data_dir,
    resolve_passwords,
)

ONE_ACCOUNT = {
    "MAGFLOW_ACCOUNTS__SHOP__PLATFORM": "emag-ro",
    "MAGFLOW_ACCOUNTS__SHOP__USERNAME": "api@shop.example",
    "MAGFLOW_ACCOUNTS__SHOP__PASSWORD": "from-environment",
}


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def problems(**given: object) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(**given)  # type: ignore[arg-type]
    return {problem.key: str(problem) for problem in caught.value.problems}


def test_without_any_source_the_defaults_hold() -> None:
    settings = load_settings(environ={})
    assert settings.accounts == {}
    assert settings.sync.orders_every == timedelta(minutes=5)
    assert settings.sync.offers_every == timedelta(hours=6)
    assert settings.sync.rma_every == timedelta(hours=1)


def test_an_account_can_come_from_the_environment_alone_in_any_case() -> None:
    settings = load_settings(
        environ={
            "magflow_accounts__Main__platform": "emag-hu",
            "MAGFLOW_ACCOUNTS__MAIN__KIND": "fbe",
            "Magflow_Accounts__main__Username": "u",
            "MAGFLOW_ACCOUNTS__main__PASSWORD": "p",
            "MAGFLOW_ACCOUNTS__MAIN__BASE_URL": "http://127.0.0.1:8099/api-3/",
        }
    )
    account = settings.accounts["main"]
    assert (account.platform, account.kind, account.username) == ("emag-hu", "fbe", "u")
    assert account.base_url == "http://127.0.0.1:8099/api-3"
    assert account.resolve_password() == "p"


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", f'data_dir = "{tmp_path}/file"\nlanguage = "ro"\nlog_level = "debug"\n')
    environ = {"MAGFLOW_DATA_DIR": f"{tmp_path}/environment", "MAGFLOW_LANGUAGE": "en"}
    assert load_settings(config_file=file, environ={}).data_dir == tmp_path / "file"
    assert load_settings(config_file=file, environ=environ).data_dir == tmp_path / "environment"
    settings = load_settings(config_file=file, environ=environ, data_dir=tmp_path / "flag")
    assert settings.data_dir == tmp_path / "flag"
    assert (settings.language, settings.log_level) == ("en", "debug")


def test_magflow_config_names_the_file(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", 'language = "ro"\n')
    assert load_settings(environ={"MAGFLOW_CONFIG": str(file)}).language == "ro"


def test_a_file_that_was_named_must_exist_and_the_default_one_need_not(tmp_path: Path) -> None:
    assert "no such file" in problems(config_file=tmp_path / "gone.toml", environ={})["config"]
    assert load_settings(environ={}).language == "en"


def test_everything_wrong_is_told_at_once_with_key_value_allowed_and_source(tmp_path: Path) -> None:
    file = write(
        tmp_path / "c.toml",
        """
        language = "fr"
        colour = "red"
        [sync]
        orders_every = "soon"
        [accounts.shop]
        platform = "ebay"
        pasword = "x"
        """,
    )
    found = problems(
        config_file=file,
        environ={
            "MAGFLOW_SYNC__PAGE_SIZE": "1000",
            "MAGFLOW_LOG_LEVL": "debug",
            "MAGFLOW_ACCOUNTS__B__PLATFORM": "fd-ro",
        },
    )
    assert set(found) == {
        "language", "colour", "sync.orders_every", "sync.page_size", "log_levl", "accounts.shop.platform",
        "accounts.shop.pasword", "accounts.shop.username", "accounts.b.username",
    }  # fmt: skip
    assert str(file) in found["language"]
    assert "'fr'" in found["language"]
    assert "'en' or 'ro'" in found["language"]
    assert "emag-bg" in found["accounts.shop.platform"]
    assert "did you mean password?" in found["accounts.shop.pasword"]
    assert "MAGFLOW_SYNC__PAGE_SIZE" in found["sync.page_size"]
    assert "less than or equal to 100" in found["sync.page_size"]
    assert "MAGFLOW_LOG_LEVEL" in found["log_levl"]
    assert "90s" in found["sync.orders_every"]


def test_variables_of_others_with_our_prefix_are_left_alone() -> None:
    environ = {"MAGFLOW_DEBUG": "1", "MAGFLOW_CONFIG": "", "MAGFLOW_DATA_DIR": ""}
    assert load_settings(environ=environ).accounts == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("5 min", timedelta(minutes=5)),
        ("6h", timedelta(hours=6)),
        ("1d", timedelta(days=1)),
        ("600", timedelta(minutes=10)),
        ("off", timedelta(0)),
    ],
)
def test_intervals_are_written_as_people_say_them(text: str, expected: timedelta) -> None:
    assert load_settings(environ={"MAGFLOW_SYNC__OFFERS_EVERY": text}).sync.offers_every == expected


@pytest.mark.parametrize("text", ["soon", "-5m", "3s", "5 weeks", "true"])
def test_intervals_that_make_no_sense_are_refused(text: str) -> None:
    assert "sync.rma_every" in problems(environ={"MAGFLOW_SYNC__RMA_EVERY": text})


def test_an_account_may_have_its_own_interval(tmp_path: Path) -> None:
    file = write(
        tmp_path / "c.toml",
        '[accounts.a]\nplatform = "emag-ro"\nusername = "u"\norders_every = "1m"\nhistory_start = 2024-05-01\n'
        '[accounts.b]\nplatform = "emag-bg"\nusername = "u"\n',
    )
    settings = load_settings(config_file=file, environ={})
    assert settings.interval("a", "orders") == timedelta(minutes=1)
    assert settings.interval("b", "orders") == timedelta(minutes=5)
    assert settings.interval("a", "rma") == timedelta(hours=1)
    assert settings.accounts["a"].history_start == date(2024, 5, 1)


def test_a_variable_reaches_an_account_whose_name_has_a_dash(tmp_path: Path) -> None:
    file = write(
        tmp_path / "c.toml", '[accounts.Shop-RO]\nplatform = "emag-ro"\nusername = "u"\npassword_file = "nowhere"\n'
    )
    settings = load_settings(config_file=file, environ={"MAGFLOW_ACCOUNTS__SHOP_RO__PASSWORD": "secret"})
    assert list(settings.accounts) == ["shop-ro"]
    assert settings.accounts["shop-ro"].resolve_password() == "secret"


def test_two_password_sources_in_one_place_are_refused() -> None:
    environ = ONE_ACCOUNT | {"MAGFLOW_ACCOUNTS__SHOP__PASSWORD_FILE": "/x"}
    assert "only one of password, password_file" in problems(environ=environ)["accounts.shop.password"]


@pytest.mark.parametrize("name", ["../up", "sho p", "a" * 41, "-x"])
def test_an_account_name_must_be_fit_for_a_file_name(tmp_path: Path, name: str) -> None:
    file = write(tmp_path / "c.toml", f'[accounts."{name}"]\nplatform = "emag-ro"\nusername = "u"\n')
    assert f"accounts.{name}" in problems(config_file=file, environ={})


def test_a_password_is_read_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = write(tmp_path / "secret", "s3cret with space \r\nsecond line\n")
    settings = load_settings(environ=_without_password() | {"MAGFLOW_ACCOUNTS__SHOP__PASSWORD_FILE": str(file)})
    assert settings.accounts["shop"].resolve_password() == "s3cret with space "


def test_a_password_is_printed_by_a_command_that_runs_without_a_shell() -> None:
    command = f"{sys.executable} -c 'print(\"$HOME;x\")'"
    settings = load_settings(environ=_without_password() | {"MAGFLOW_ACCOUNTS__SHOP__PASSWORD_COMMAND": command})
    assert settings.accounts["shop"].resolve_password() == "$HOME;x"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("PASSWORD_FILE", "/nowhere/at/all", "No such file"),
        ("PASSWORD_COMMAND", "/nowhere/at/all", "No such file"),
        ("PASSWORD_COMMAND", f"{sys.executable} -c 'print(1); raise SystemExit(3)'", "exit code 3"),
        ("PASSWORD_COMMAND", f"{sys.executable} -c pass", "empty"),
        ("PASSWORD_COMMAND", "unbalanced '", "not a command"),
    ],
)
def test_a_password_that_cannot_be_found_is_told_with_its_account(key: str, value: str, told: str) -> None:
    settings = load_settings(environ=_without_password() | {f"MAGFLOW_ACCOUNTS__SHOP__{key}": value})
    with pytest.raises(SettingsError, match=told) as caught:
        resolve_passwords(settings)
    assert caught.value.problems[0].key == "accounts.shop.password"


def test_missing_passwords_of_all_accounts_are_told_at_once() -> None:
    second = {key.replace("SHOP", "OTHER"): value for key, value in _without_password().items()}
    off = {key.replace("SHOP", "OFF"): value for key, value in _without_password().items()}
    settings = load_settings(environ=_without_password() | second | off | {"MAGFLOW_ACCOUNTS__OFF__ENABLED": "false"})
    with pytest.raises(SettingsError) as caught:
        resolve_passwords(settings)
    assert {problem.key for problem in caught.value.problems} == {"accounts.shop.password", "accounts.other.password"}


def test_no_secret_shows_in_a_message_a_description_or_a_repr(tmp_path: Path) -> None:
    environ = ONE_ACCOUNT | {"MAGFLOW_API_TOKEN": "token-value-1"}
    settings = load_settings(environ=environ)
    shown = [repr(settings), str(settings), repr(describe_settings(environ=environ)), settings.model_dump_json()]
    file = write(tmp_path / "c.toml", '[accounts.shop]\npassword = ["from-file"]\nbase_url = "https://u:pw-in-url@x"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(config_file=file, environ={})
    shown.append(str(caught.value))
    for secret in ("from-environment", "token-value-1", "from-file", "pw-in-url"):
        assert not any(secret in text for text in shown)


def test_each_setting_is_described_with_its_origin(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", 'language = "ro"\n[sync]\nrma_every = "off"\n')
    lines = {
        line.key: (line.value, line.origin)
        for line in describe_settings(config_file=file, data_dir=tmp_path, environ=ONE_ACCOUNT)
    }
    assert lines["data_dir"] == (str(tmp_path), "--data-dir")
    assert lines["language"] == ("ro", str(file))
    assert lines["sync.rma_every"] == ("off", str(file))
    assert lines["log_level"] == ("info", "default")
    assert lines["accounts.shop.password"] == ("hidden", "MAGFLOW_ACCOUNTS__SHOP__PASSWORD")


def test_the_data_folder_is_found_even_when_other_settings_are_wrong(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", f'data_dir = "{tmp_path}/d"\nlanguage = "xx"\n')
    broken = write(tmp_path / "broken.toml", "language = \n")
    assert locate_data_dir(config_file=file, environ={}) == tmp_path / "d"
    assert locate_data_dir(config_file=broken, environ={"MAGFLOW_DATA_DIR": "/somewhere"}) == Path("/somewhere")


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in problems(config_file=write(tmp_path / "c.toml", "\nlanguage = \n"), environ={})["config"]


def test_the_socket_moves_to_a_short_private_folder_when_its_path_would_be_too_long(tmp_path: Path) -> None:
    assert DataFolder(Path("/data")).socket == Path("/data/engine.sock")
    long = DataFolder(tmp_path / ("x" * 120))
    assert len(str(long.socket)) < 100
    assert long.socket == DataFolder(tmp_path / ("x" * 120)).socket
    assert long.socket != DataFolder(tmp_path / ("y" * 120)).socket


def test_the_folder_layout_is_known_without_loading_pydantic() -> None:
    code = "import sys, magflow_tui.config.folder; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _without_password() -> dict[str, str]:
    return {key: value for key, value in ONE_ACCOUNT.items() if not key.endswith("PASSWORD")}
