"""`magflow config`: the settings file, and what holds in the end."""

from __future__ import annotations

import os

import click

from magflow_tui.cli.borrowing import settings_path, settings_problems
from magflow_tui.cli.failures import FAILED, OK, CommandError
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Column, Printer

_COLUMNS = (Column("KEY"), Column("VALUE", flexible=True), Column("FROM"))


@click.group(cls=Group, default="show", example="magflow config check")
def config() -> None:
    """Settings: flags over environment over file over defaults."""


@config.command("init", example="magflow config init")
@click.option("--force", is_flag=True, help="Overwrite the file that is there.")
@pass_invocation
def init_config(invocation: Invocation, force: bool) -> None:
    """Write a settings file with every key, commented, to fill in."""
    from magflow_tui.cli.settings_file import commented_settings

    path = settings_path(invocation)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        # It will hold credentials: private from its first byte on.
        with os.fdopen(os.open(path, how, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(commented_settings())
    except FileExistsError:
        raise CommandError(f"{path} is there already", hint="--force overwrites it") from None
    Printer(json=False).sentence(f"{path} written; fill in an account, then try `magflow accounts test`")


@config.command("check", example="magflow config check --config ./config.toml")
@json_option
@pass_invocation
def check_config(invocation: Invocation) -> int:
    """Check the settings and find every account's password. Exit code 2 with all problems, a line each."""
    printer = Printer(json=invocation.json)
    problems = settings_problems(invocation)
    if printer.json:
        printer.document({"ok": not problems, "problems": list(problems)})
    for problem in problems:
        printer.remark(f"magflow: {problem}")
    if not problems:
        printer.sentence("ok")
    return FAILED if problems else OK


@config.command("show", example="magflow config show")
@json_option
@pass_invocation
def show_config(invocation: Invocation) -> None:
    """Show the settings that hold and where each comes from; passwords stay hidden."""
    from magflow_tui.config import SettingsError, describe_settings

    printer = Printer(json=invocation.json)
    try:
        lines = describe_settings(config_file=invocation.config, data_dir=invocation.data_dir)
    except SettingsError as error:
        raise CommandError("\n".join(error.lines)) from error
    if printer.json:
        printer.document({line.key: {"value": line.value, "origin": line.origin} for line in lines})
    else:
        printer.table(_COLUMNS, ((line.key, line.value, line.origin) for line in lines))


@config.command("path", example="magflow config path")
@pass_invocation
def show_path(invocation: Invocation) -> None:
    """Print where the settings file is, or would be."""
    Printer(json=False).sentence(str(settings_path(invocation)))
