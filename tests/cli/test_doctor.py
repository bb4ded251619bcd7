"""What `magflow doctor` finds, thing by thing and as a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from magflow_tui.cli.doctor.check import Check, worst
from magflow_tui.cli.doctor.machine import check_open_files, check_sqlite, check_terminal
from magflow_tui.cli.doctor.setup import check_folder, check_room, check_settings
from magflow_tui.config.folder import DataFolder

GIGABYTE = 1_000_000_000


def test_the_worst_of_all_checks_counts() -> None:
    fine, look, bad = Check("a", "ok", ""), Check("b", "warning", ""), Check("c", "failed", "")
    assert worst((fine, Check("d", "skipped", ""))) == "ok"
    assert worst((fine, look)) == "warning"
    assert worst((look, bad, fine)) == "failed"


def test_an_old_sqlite_is_refused_by_its_number() -> None:
    assert check_sqlite("3.34.1").result == "failed"
    assert check_sqlite("3.35.0").result == "ok"
    assert check_sqlite().result == "ok"


def test_too_few_open_files_are_told_with_the_way_out() -> None:
    low = check_open_files(64)
    assert (low.result, "ulimit" in (low.advice or "")) == ("warning", True)
    assert check_open_files(1024).result == "ok"


def test_a_terminal_that_cannot_draw_is_told() -> None:
    assert check_terminal({"TERM": "dumb"}, attached=True).result == "warning"
    assert check_terminal({}, attached=True).result == "warning"
    assert check_terminal({"TERM": "xterm"}, attached=False).result == "skipped"


def test_a_settings_file_that_others_can_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(0o644)
    assert [check.result for check in check_settings((), path)] == ["ok", "warning"]
    path.chmod(0o600)
    assert [check.result for check in check_settings((), path)] == ["ok"]


def test_every_problem_of_the_settings_is_a_check_of_its_own(tmp_path: Path) -> None:
    checks = list(check_settings(("one is wrong", "so is another"), tmp_path / "none.toml"))
    assert [(check.result, check.found) for check in checks] == [
        ("failed", "one is wrong"),
        ("failed", "so is another"),
    ]


def test_a_folder_that_others_can_enter_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (open_to_all,) = check_folder(DataFolder(tmp_path))
    assert (open_to_all.result, f"chmod 700 {tmp_path}" in (open_to_all.advice or "")) == ("warning", True)
    tmp_path.chmod(0o700)
    (private,) = check_folder(DataFolder(tmp_path))
    assert private.result == "ok"
    (missing,) = check_folder(DataFolder(tmp_path / "not" / "there"))
    assert missing.result == "ok"


@pytest.mark.parametrize(("free", "result"), [(400_000_000, "failed"), (GIGABYTE, "warning"), (40 * GIGABYTE, "ok")])
def test_a_disk_that_fills_up_is_told_before_it_is_full(tmp_path: Path, free: int, result: str) -> None:
    assert check_room(DataFolder(tmp_path), (100 * GIGABYTE, free)).result == result


def test_a_small_disk_is_judged_by_its_share(tmp_path: Path) -> None:
    assert check_room(DataFolder(tmp_path), (10 * GIGABYTE, 600_000_000)).result == "ok"


def test_the_room_of_a_folder_that_is_not_there_yet_is_that_of_its_disk(tmp_path: Path) -> None:
    assert "MB free of" in check_room(DataFolder(tmp_path / "not" / "there")).found


def test_doctor_looks_at_everything_and_tells_it_in_its_exit_code(synced) -> None:
    shell, _ = synced
    done = shell.call("doctor", "--deep", "--json")
    found = {str(line["name"]): line for line in done.lines}
    assert {"python", "sqlite", "settings", "data folder", "disk", "engine", "store", "health", "webhook"} <= set(found)
    assert (found["account main"]["result"], found["account bg"]["result"]) == ("ok", "ok")
    assert "every page is sound" in str(found["store"]["found"])
    assert found["webhook"]["result"] == "skipped"
    results = {str(line["result"]) for line in done.lines}
    assert done.code == (2 if "failed" in results else 1 if "warning" in results else 0)
    assert done.err.strip()


def test_doctor_names_an_account_that_is_not_let_in(make_shell, marketplace, tmp_path) -> None:
    shell = make_shell(tmp_path / "data", marketplace, accounts=("shut",))
    done = shell.run("doctor")
    assert done.code == 2
    assert "FAIL account shut" in done.out
    assert "look engine" in done.out  # none was running
    assert not shell.engines()


def test_doctor_asks_the_marketplace_nothing_when_offline(make_shell, marketplace, tmp_path) -> None:
    shell = make_shell(tmp_path / "data", marketplace, accounts=("shut",))
    done = shell.run("doctor", "--offline")
    assert done.code == 1
    assert "not asked" in done.out


def test_doctor_says_what_is_wrong_with_settings_and_starts_nothing(shell) -> None:
    done = shell.run("doctor", environ={"MAGFLOW_SYNC__PAGE_SIZE": "1000"})
    assert done.code == 2
    assert "sync.page_size" in done.out
    assert "engine" not in done.out.replace("first engine", "")
    assert not shell.folder.exists()
