"""The options of commands that open the dashboard: how it looks and is driven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from magflow_tui.cli.invocation import Invocation, invocation_of
from magflow_tui.config.look import LANGUAGES, THEMES

if TYPE_CHECKING:
    from magflow_tui.config import Look

Decorated = TypeVar("Decorated", bound=Callable[..., object])


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Note a field of the look; a flag that was not given says nothing."""
    if value is None or value is False or parameter.name is None:
        return
    invocation = invocation_of(context)
    match parameter.name:
        case "reveal":
            invocation.reveal = True
        case "ascii" | "slow":
            invocation.look[parameter.name] = "on"
        case "lang":
            invocation.look["language"] = value
        case name:
            invocation.look[name] = value


def look_options(command: Decorated) -> Decorated:
    """Add `--theme`, `--lang`, `--ascii`, `--slow`, `--read-only` and `--reveal`; they go into the `Invocation`."""
    shared: dict[str, Any] = {"expose_value": False, "callback": _remember}
    flag: dict[str, Any] = shared | {"is_flag": True}
    for add in (
        click.option("--reveal", **flag, help="Names and addresses of customers in clear."),
        click.option("--read-only", **flag, help="Look, and change nothing."),
        click.option("--slow", **flag, help="Fewer updates, for a slow link."),
        click.option("--ascii", **flag, help="ASCII signs alone."),
        click.option("--lang", type=click.Choice(LANGUAGES), **shared, help="Language of the dashboard."),
        click.option("--theme", type=click.Choice(THEMES), **shared, help="Colours of the dashboard."),
    ):
        command = add(command)
    return command


def look_of(invocation: Invocation) -> Look:
    """How the dashboard is to look: flags over environment over file. Raises `CommandError` with all that is wrong."""
    from magflow_tui.cli.failures import CommandError
    from magflow_tui.config import SettingsError, read_look

    try:
        look = read_look(config_file=invocation.config)
    except SettingsError as error:
        raise CommandError("\n".join(error.lines)) from error
    return replace(look, **invocation.look)  # type: ignore[arg-type] # each flag takes its own words only


def refuse_without_dashboard(invocation: Invocation, command: str) -> None:
    """Raise a usage error when options of the dashboard stand before a command that opens none."""
    given = ["--reveal"] if invocation.reveal else []
    given += [f"--{'lang' if name == 'language' else name.replace('_', '-')}" for name in invocation.look]
    if given:
        raise click.UsageError(f"{given[0]} is for the dashboard: `magflow {command}` opens none")
