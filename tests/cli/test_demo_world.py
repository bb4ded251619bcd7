"""The rehearsal's world touches nothing of the operator's."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from magflow_tui.cli.demo_world import (
    ACCOUNTS,
    MARKER,
    SCENARIOS,
    DemoPlan,
    engine_environ,
    engine_settings,
    new_passwords,
    refuse_real_store,
    sandbox_config,
)
from magflow_tui.cli.failures import CommandError
from magflow_tui.config import load_settings
from magflow_tui.sandbox.config import ScenarioName

BASE_URLS = {account.name: f"http://127.0.0.1:9/{account.name}" for account in ACCOUNTS}


def test_the_engine_sees_the_invented_accounts_and_none_of_the_operators() -> None:
    passwords = new_passwords()
    environ = engine_environ(
        {
            "PATH": "/bin",
            "MAGFLOW_ACCOUNTS__REAL__USERNAME": "real@example.com",
            "magflow_data_dir": "/real/store",
            "MAGFLOW_CONFIG": "/real/config.toml",
            "MAGFLOW_SYNC__ORDERS_EVERY": "off",
            "MAGFLOW_LANGUAGE": "ro",
        },
        passwords,
        BASE_URLS,
    )
    assert environ["PATH"] == "/bin"
    assert not any("real" in f"{name}={value}".lower() for name, value in environ.items())
    settings = load_settings(environ=environ)
    assert settings.language == "ro"
    assert set(settings.accounts) == {account.name for account in ACCOUNTS}
    for account in ACCOUNTS:
        known = settings.accounts[account.name]
        assert (known.platform, known.kind) == (account.platform, account.kind)
        assert known.base_url == BASE_URLS[account.name]
        assert known.resolve_password() == passwords[account.name]


def test_its_settings_are_valid_and_sync_often(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(engine_settings(), encoding="utf-8")
    settings = load_settings(config_file=path, environ={})
    assert settings.sync.orders_every.total_seconds() <= 30


def test_every_account_has_a_password_of_its_own_each_time() -> None:
    first, second = new_passwords(), new_passwords()
    assert len({*first.values(), *second.values()}) == 2 * len(ACCOUNTS)


def test_rows_are_shared_out_among_the_accounts() -> None:
    config = sandbox_config(DemoPlan(orders=1000, offers=400, seed=9), new_passwords())
    assert config.seed == 9
    assert sum(account.orders for account in config.accounts) == 1000
    assert sum(account.offers for account in config.accounts) == 400


def test_the_scenarios_are_those_of_the_sandbox() -> None:
    assert set(SCENARIOS) == set(get_args(ScenarioName))


def test_a_store_that_no_rehearsal_made_is_refused() -> None:
    refuse_real_store(frozenset(), "/d")
    refuse_real_store(frozenset({"magflow.db", MARKER}), "/d")
    with pytest.raises(CommandError) as refused:
        refuse_real_store(frozenset({"magflow.db"}), "/d")
    assert refused.value.exit_code == 2
