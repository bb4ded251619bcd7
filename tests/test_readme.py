"""What the README claims: its two commands, its commands, keys and settings are the real ones."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from magflow_tui.cli.commands.rules import markdown_lines
from magflow_tui.cli.root import SUBCOMMANDS, magflow
from magflow_tui.config import AccountSettings, Settings
from magflow_tui.tui.keyboard.actions import ACTIONS, shown_keys
from magflow_tui.tui.keyboard.command_line import VERBS, usage
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.context import SCREENS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def command_lines(name: str, command: click.Command) -> Iterator[str]:
    """The rows of the table of commands: a row per command that does something."""
    context = click.Context(command, info_name=name)
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            yield from command_lines(f"{name} {sub}", found)
        if not command.invoke_without_command:
            return
    arguments = " ".join(
        parameter.make_metavar(context) for parameter in command.params if isinstance(parameter, click.Argument)
    )
    spelled = f"magflow {name} {arguments}".strip().replace("|", "\\|")
    yield f"| `{spelled}` | {command.get_short_help_str(200)} |"


def all_commands() -> list[str]:
    context = click.Context(magflow)
    lines = []
    for name in SUBCOMMANDS:
        command = magflow.get_command(context, name)
        assert command is not None
        lines += command_lines(name, command)
    return lines


def key_lines() -> list[str]:
    say = speak("en")
    lines = []
    for action in ACTIONS:
        screens = [say(f"screen.{name}") for name in SCREENS if name in action.scope]
        scope = ", ".join(screens) or "everywhere"
        lines.append(f"| `{shown_keys(action)}` | {say(f'action.{action.id}.help')} | {scope} |")
    return lines


def settings_lines() -> list[str]:
    def rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
        for name, field in model.model_fields.items():
            section = field.annotation
            if isinstance(section, type) and issubclass(section, BaseModel):
                yield from rows(section, f"{prefix}{name}.")
            elif name == "accounts":
                yield from rows(AccountSettings, "accounts.NAME.")
            else:
                yield f"| `{prefix}{name}` | {field.description} |"

    return list(rows(Settings, ""))


def verb_lines() -> list[str]:
    say = speak("en")
    return [f"| `{usage(verb, say)}` | {say(f'verb.{verb.name}')} |" for verb in VERBS if verb.takes]


@pytest.mark.parametrize("line", [*all_commands(), *key_lines(), *settings_lines(), *verb_lines()])
def test_the_readme_has_the_real_line(line: str) -> None:
    assert line in README.splitlines()


def test_the_readme_has_no_command_that_is_not_there() -> None:
    told = [line for line in README.splitlines() if line.startswith("| `magflow ")]
    assert sorted(told) == sorted(all_commands())


def test_the_table_of_rules_is_what_the_command_prints() -> None:
    between = README.partition("<!-- rules -->\n")[2].partition("\n<!-- /rules -->")[0]
    assert between.strip().splitlines() == markdown_lines()  # `magflow rules --markdown` prints it anew


def test_its_two_commands_are_one_line_each() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert [command.rsplit("/", 1)[1] for command in commands] == ["magflow demo", "pytest"]
    assert all("-c constraints.txt" in command for command in commands)


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    assert "README.md" in script.read_text(encoding="utf-8")


def test_every_dependency_is_pinned_without_naming_where_it_comes_from() -> None:
    pins = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert pins
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin) for pin in pins)


def test_only_what_belongs_there_is_at_the_top() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout: what is not tracked cannot be told from what is")
    tracked = {
        "magflow_tui", "tests", "data", "screenshots", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE",
        "constraints.txt", ".ci", ".gitignore", ".git",
    }  # fmt: skip
    ignored = {".venv", ".hypothesis", "build", "dist"}
    found = {path.name for path in ROOT.iterdir() if not path.name.endswith(("_cache", ".egg-info", ".html"))}
    assert found - ignored <= tracked
