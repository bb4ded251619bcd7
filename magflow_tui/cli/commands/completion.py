"""`magflow completion`: the script that teaches a shell the command's words."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from magflow_tui.cli.failures import CommandError
from magflow_tui.cli.grammar import Command

_SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command, example='eval "$(magflow completion bash)"')
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(context: click.Context, shell: str | None) -> None:
    """Print the completion script of a shell, the one you use unless named."""
    named = shell or Path(os.environ.get("SHELL", "")).name
    complete = get_completion_class(named) if named in _SHELLS else None
    if complete is None:
        raise CommandError("which shell cannot be told", hint=f"name one: {', '.join(_SHELLS)}")
    click.echo(complete(context.find_root().command, {}, "magflow", "_MAGFLOW_COMPLETE").source())
