"""`magflow sync` when things are not as they should be: accounts, credentials, settings, ctrl+c."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Shell

pytestmark = pytest.mark.slow


def test_wrong_credentials_and_a_refused_address_are_a_sentence_each_and_exit_2(shell: Shell) -> None:
    shell.accounts = ("main", "shut")
    shell.passwords = {"main": "wrong-0815"}
    done = shell.run("sync", "--json")
    assert done.code == 2
    runs = done.lines[-1]["runs"]
    assert isinstance(runs, list)
    assert {run["result"] for run in runs} == {"failed"}
    assert all(run["requests"] <= 1 for run in runs)
    sentences = sorted(done.err.splitlines())
    assert len(sentences) == 2, done.err
    assert "main" in sentences[0]
    assert "password" in sentences[0]
    assert "shut" in sentences[1]
    assert "seller panel" in sentences[1]
    assert "wrong-0815" not in done.err + done.out
    assert shell.engines() == []


def test_without_accounts_the_way_out_is_told(shell: Shell) -> None:
    shell.accounts = ()
    done = shell.run("sync")
    assert done.code == 2
    assert "magflow config init" in done.err


def test_all_problems_of_the_settings_are_told_a_line_each(shell: Shell) -> None:
    wrong = {
        "MAGFLOW_ACCOUNTS__MAIN__PLATFORM": "emag-xx",
        "MAGFLOW_LANGUAGE": "de",
        "MAGFLOW_SYNC__PAGE_SIZE": "5000",
    }
    for command in (["sync", "--json"], ["config", "check"]):
        done = shell.run(*command, environ=wrong)
        assert done.code == 2
        problems = [line for line in done.err.splitlines() if line.startswith("magflow: ")]
        assert len(problems) == 3, done.err
        for key in ("accounts.main.platform", "language", "sync.page_size"):
            assert any(key in problem for problem in problems)
        assert "emag-ro" in done.err
        assert "Traceback" not in done.err
    assert shell.engines() == []


def test_a_folder_that_cannot_be_written_is_said_plainly(shell: Shell) -> None:
    if os.geteuid() == 0:
        shell.folder.parent.joinpath("file").write_text("")
        shell.folder = shell.folder.parent / "file"
    else:
        shell.folder.mkdir(mode=0o500)
    done = shell.run("orders", "list")
    assert done.code == 2
    assert str(shell.folder) in done.err
    assert "Traceback" not in done.err


def test_ctrl_c_stops_after_the_page_and_the_run_can_go_on(shell: Shell, slow_marketplace: dict[str, str]) -> None:
    shell.base_urls = slow_marketplace
    shell.accounts = ("main",)
    with shell.start("sync", "orders", "--full", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "progress"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    (run,) = json.loads(out.splitlines()[-1])["runs"]
    assert run["result"] == "cancelled"
    assert f"magflow runs resume {run['run_id']}" in err
    assert shell.engines() == []
    resumed = shell.run("runs", "resume", str(run["run_id"]), "--json")
    assert resumed.code == 0, resumed.err
    (end,) = resumed.lines[-1]["runs"]  # type: ignore[misc]
    assert end["result"] == "completed"
    assert end["run_id"] == run["run_id"]


def test_an_engine_that_dies_in_the_middle_is_said_and_loses_nothing(
    shell: Shell, slow_marketplace: dict[str, str]
) -> None:
    shell.base_urls = slow_marketplace
    shell.accounts = ("main",)
    with shell.start("sync", "orders", "--full", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "progress"
        (engine,) = shell.engines()
        engine.kill()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert err.startswith("magflow: ")
    assert "Traceback" not in err
    assert len(err.splitlines()) == 2
