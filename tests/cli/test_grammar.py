"""Where options may stand, and which subcommand is meant when none is named."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation


@click.group(cls=Group, default="list")
def noun() -> None:
    """A noun."""


@noun.command("list", example="noun list")
@click.option("--account")
@json_option
@pass_invocation
def list_nouns(invocation: Invocation, account: str | None) -> None:
    click.echo(f"list {account} {_told(invocation)}")


@noun.command("reset", example="noun reset")
@json_option
@pass_invocation
def reset_nouns(invocation: Invocation) -> None:
    click.echo(f"reset {_told(invocation)}")


@click.group(cls=Group)
def root() -> None:
    """The root."""


root.add_command(noun)


def _told(invocation: Invocation) -> str:
    folder = invocation.data_dir.name if invocation.data_dir else None
    config = invocation.config.name if invocation.config else None
    return f"{folder} {config} {'json' if invocation.json else 'people'}"


def said(line: str) -> str:
    result = CliRunner().invoke(root, line.split())
    assert result.exit_code == 0, result.output
    return result.output.strip()


@pytest.mark.parametrize(
    "line",
    [
        "--data-dir /x noun reset --json",
        "noun --data-dir /x reset --json",
        "noun reset --json --data-dir /x",
        "noun --json reset --data-dir /x",
        "noun --json --data-dir /x reset",
    ],
)
def test_shared_options_hold_wherever_they_stand(line: str) -> None:
    assert said(line) == "reset x None json"


def test_the_innermost_option_wins() -> None:
    assert said("--data-dir /x --config /c noun reset --data-dir /y") == "reset y c people"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("noun", "list None None None people"),
        ("noun --json", "list None None None json"),
        ("noun --account main", "list main None None people"),
        ("noun --account reset", "list reset None None people"),
        ("noun --data-dir /reset --account main", "list main reset None people"),
    ],
)
def test_the_default_subcommand_is_meant_when_none_is_named(line: str, told: str) -> None:
    assert said(line) == told


def test_help_of_a_group_is_the_groups_own_and_names_its_default() -> None:
    told = said("noun --help")
    assert "A noun." in told
    assert "Without a command: list." in told


def test_a_relative_folder_is_made_absolute_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found: list[Invocation] = []

    @click.command(cls=noun.command_class, example="look")
    @pass_invocation
    def look(invocation: Invocation) -> None:
        found.append(invocation)

    CliRunner().invoke(look, ["--data-dir", "here"])
    assert found[0].data_dir == tmp_path / "here"
