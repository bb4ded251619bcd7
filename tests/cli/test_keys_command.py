"""`magflow keys` prints the registry of actions; the dashboard's options reach the dashboard, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from magflow_tui.cli.invocation import Invocation, invocation_of
from magflow_tui.cli.looking import look_of, look_options
from magflow_tui.cli.root import magflow
from magflow_tui.config import Look
from magflow_tui.config.look import PRESETS
from magflow_tui.tui.keyboard.actions import ACTIONS


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(magflow, arguments)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_action_is_listed_with_its_keys_under_every_preset(preset: str) -> None:
    done = call("keys", "--preset", preset, "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["preset"] == preset
    assert document["problems"] == []
    assert list(document["actions"]) == [action.id for action in ACTIONS]
    assert document["actions"]["help"]["keys"]


def test_people_get_a_table_in_their_language() -> None:
    assert "keep what is shown" in call("keys").stdout
    assert "ține ce se vede" in call("keys", "--lang", "ro").stdout


def test_own_keys_are_listed_and_what_is_wrong_with_them_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGFLOW_UI__KEYS__FREEZE", "f9")
    monkeypatch.setenv("MAGFLOW_UI__KEYS__FREEZ", "f8")
    monkeypatch.setenv("MAGFLOW_UI__KEYS__LIVE", "hyper+x")
    done = call("keys", "--json")
    assert done.exit_code == 2
    document = json.loads(done.stdout)
    assert document["actions"]["freeze"]["keys"] == ["f9"]
    assert len(document["problems"]) == 2
    told = call("keys").stderr
    assert "ui.keys.freez: there is no such action; did you mean freeze?" in told
    assert "hyper+x is no key" in told


def test_it_loads_no_terminal_library() -> None:
    program = "import sys; sys.argv = ['magflow', 'keys', '--json']; from magflow_tui.cli import main\n"
    program += "try: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"textual", "pydantic", "httpx"} & set(done.stderr.split())


@click.command()
@look_options
@click.pass_context
def opened(context: click.Context) -> None:
    """Stands for a command that opens the dashboard: prints how it is to look."""
    invocation = invocation_of(context)
    click.echo(repr((look_of(invocation), invocation.reveal)))


def test_flags_win_over_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGFLOW_UI__THEME", "light")
    monkeypatch.setenv("MAGFLOW_UI__PRESET", "k9s")
    done = CliRunner().invoke(
        opened, ["--theme", "mono", "--lang", "ro", "--ascii", "--slow", "--read-only", "--reveal"]
    )
    expected = Look(language="ro", theme="mono", preset="k9s", ascii="on", slow="on", read_only=True)
    assert done.stdout.strip() == repr((expected, True))
    plain = CliRunner().invoke(opened, [])
    assert plain.stdout.strip() == repr((Look(theme="light", preset="k9s"), False))


@pytest.mark.parametrize(("flag", "name"), [("--ascii", "--ascii"), ("--read-only", "--read-only")])
def test_an_option_of_the_dashboard_before_another_command_is_refused(flag: str, name: str) -> None:
    done = call(flag, "config", "path")
    assert done.exit_code == 2
    assert f"{name} is for the dashboard: `magflow config` opens none" in done.stderr


def test_a_theme_that_does_not_exist_is_told_with_those_that_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGFLOW_UI__THEME", "pink")
    done = call("keys")
    assert done.exit_code == 2
    assert "ui.theme is 'pink' (MAGFLOW_UI__THEME): must be 'auto', 'dark'" in done.stderr


def test_the_look_of_a_call_is_empty_unless_flags_say_something() -> None:
    assert Invocation().look == {}
