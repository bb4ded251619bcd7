"""The click classes of the command: options that hold before and after the subcommand, defaults, examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from magflow_tui.cli.invocation import invocation_of

Decorated = TypeVar("Decorated", bound=Callable[..., object])

_JSON_HELP = "JSON for programs on stdout."


def _remember_data_dir(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        invocation_of(context).data_dir = value.expanduser().absolute()


def _remember_config(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        invocation_of(context).config = value.expanduser().absolute()


def _remember_json(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        invocation_of(context).json = True


def _shared_options() -> list[click.Parameter]:
    """Options of every command and group. The innermost one on the line wins; the environment is read by `config`."""
    return [
        click.Option(
            ["--data-dir"],
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            expose_value=False,
            callback=_remember_data_dir,
            help="Data folder: store, socket, logs.  [env: MAGFLOW_DATA_DIR]",
        ),
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            expose_value=False,
            callback=_remember_config,
            help="Settings file.  [env: MAGFLOW_CONFIG]",
        ),
    ]


def json_option(command: Decorated) -> Decorated:
    """Add `--json`: one JSON document or JSON lines on stdout, human text on stderr."""
    add = click.option("--json", is_flag=True, expose_value=False, callback=_remember_json, help=_JSON_HELP)
    return add(command)


def _json_parameter() -> click.Parameter:
    return click.Option(["--json"], is_flag=True, expose_value=False, callback=_remember_json, help=_JSON_HELP)


class Command(click.Command):
    """A command with the shared options and an example under its help."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        *own, help_option = super().get_params(ctx)
        return [*own, *_shared_options(), help_option]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_example(self.example, formatter)


class Group(click.Group):
    """A group with the shared options, an example, and a subcommand that is meant when none is named.

    `magflow runs --json` is `magflow runs list --json`.
    """

    command_class = Command

    def __init__(self, *args: Any, example: str = "", default: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example
        self.default = default

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        *own, help_option = super().get_params(ctx)
        json = [] if self.default is None else [_json_parameter()]
        return [*own, *json, *_shared_options(), help_option]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_commands(ctx, formatter)
        if self.default is not None:
            formatter.write_paragraph()
            formatter.write_text(f"Without a command: {self.default}.")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_example(self.example, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if self.default is not None and not set(args) & set(ctx.help_option_names):
            named = self._first_word(ctx, args)
            if named is None or self.get_command(ctx, named) is None:
                args = [self.default, *args]
        return super().parse_args(ctx, args)

    def _first_word(self, ctx: click.Context, args: Sequence[str]) -> str | None:
        """The first argument that is neither an option nor an option's value."""
        default = self.get_command(ctx, self.default or "")
        takes_value = {
            name
            for parameter in (default.get_params(ctx) if default else ())
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }
        words = iter(args)
        for word in words:
            if not word.startswith("-"):
                return word
            if word in takes_value:
                next(words, None)
        return None


@dataclass(frozen=True)
class Lazy:
    """A subcommand imported when it is asked for: `where` is `module:attribute`, `help` its line in the list."""

    where: str
    help: str


class LazyGroup(Group):
    """A group whose subcommands are imported when they are asked for; its own help imports none."""

    def __init__(self, *args: Any, lazy: dict[str, Lazy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self.lazy.get(cmd_name)
        if found is None:
            return None
        module, _, attribute = found.where.partition(":")
        command: object = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{found.where} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in self.lazy.items()])


def write_example(example: str, formatter: click.HelpFormatter) -> None:
    """One line under the options that can be typed as it stands."""
    if example:
        with formatter.section("Example"):
            formatter.write_text(example)
