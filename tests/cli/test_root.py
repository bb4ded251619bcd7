"""The command as a whole: its help, its examples, and how it ends when something is wrong."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result

from magflow_tui import __version__
from magflow_tui.cli.grammar import Command, Group
from magflow_tui.cli.root import SUBCOMMANDS, magflow


def call(*arguments: str) -> Result:
    return CliRunner().invoke(magflow, list(arguments), prog_name="magflow")


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from walk(below, (*path, name))


EVERY = dict(walk(magflow))


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_has_a_help_with_an_example(path: tuple[str, ...]) -> None:
    result = call(*path, "--help")
    assert result.exit_code == 0
    assert "Example:\n" in result.output
    assert result.output.rstrip().rpartition("\n")[2].strip()
    assert EVERY[path].help


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_example_can_be_typed_as_it_stands(path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    command = EVERY[path]
    assert isinstance(command, Command | Group)
    words = shlex.split(command.example.removeprefix('eval "$(').removesuffix(')"'))
    assert tuple(words[: len(path) + 1]) == ("magflow", *path)
    parsed: list[str | None] = []
    # Parsed to the end, not run.
    monkeypatch.setattr(click.Command, "invoke", lambda self, _: parsed.append(self.name))
    result = call(*words[1:])
    assert result.exit_code == 0, result.output
    assert parsed


def test_the_version_is_the_packages() -> None:
    assert call("--version").output == f"magflow {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "nonsense"),
        (["sync", "invoices"], "invoices"),
        (["orders", "show"], "ID"),
        (["orders", "show", "abc"], "abc"),
        (["orders", "list", "--status", "lost"], "1 new"),
        (["orders", "list", "--limit", "-3"], "-3"),
        (["engine", "restart"], "restart"),
        (["health", "--yaml"], "--yaml"),
        (["completion", "tcsh"], "bash"),
    ],
)
def test_a_usage_error_is_one_sentence_the_way_out_and_exit_2(arguments: list[str], said: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    first, *rest = result.stderr.splitlines()
    assert first.startswith("magflow: ")
    assert said in first
    assert len(rest) == 1
    assert "--help" in rest[0]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell: str) -> None:
    result = call("completion", shell)
    assert result.exit_code == 0
    assert "_MAGFLOW_COMPLETE" in result.output


def test_completion_asks_which_shell_when_it_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    result = call("completion")
    assert result.exit_code == 2
    assert "bash, zsh, fish" in result.stderr


def test_what_nobody_foresaw_is_a_sentence_without_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command("boom", cls=Command, example="magflow boom")
    def boom() -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.delenv("MAGFLOW_DEBUG", raising=False)
    monkeypatch.setattr(type(magflow), "get_command", lambda *_: boom)
    result = call("boom")
    assert result.exit_code == 2
    assert "RuntimeError" in result.stderr
    assert "hunter2" not in result.output
    assert "Traceback" not in result.output
    monkeypatch.setenv("MAGFLOW_DEBUG", "1")
    assert "Traceback" in call("boom").stderr


def test_the_table_of_subcommands_names_what_exists() -> None:
    assert {path[0] for path in EVERY if path} == set(SUBCOMMANDS)
