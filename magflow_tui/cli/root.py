"""The `magflow` command: its subcommands, and how any of them ends."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from magflow_tui import __version__
from magflow_tui.cli import failures
from magflow_tui.cli.grammar import Lazy, LazyGroup
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.looking import look_options, refuse_without_dashboard

_COMMANDS = "magflow_tui.cli.commands"

SUBCOMMANDS = {
    "demo": Lazy(f"{_COMMANDS}.demo:demo", "Rehearse on this machine, with a marketplace of its own."),
    "sync": Lazy(f"{_COMMANDS}.sync:sync", "Fetch from the marketplace what changed."),
    "orders": Lazy(f"{_COMMANDS}.orders:orders", "Orders in the store."),
    "findings": Lazy(f"{_COMMANDS}.findings:findings", "What is wrong with orders, and what becomes of it."),
    "offers": Lazy(f"{_COMMANDS}.offers:offers", "Product offers in the store."),
    "rules": Lazy(f"{_COMMANDS}.rules:rules", "What orders are checked for."),
    "runs": Lazy(f"{_COMMANDS}.runs:runs", "Syncs that ran, and those that run."),
    "limits": Lazy(f"{_COMMANDS}.limits:limits", "Use of the marketplace's rate limits."),
    "health": Lazy(f"{_COMMANDS}.health:health", "Tell how well requests and syncs go."),
    "alerts": Lazy(f"{_COMMANDS}.alerts:alerts", "What is wrong, since when, and what to do."),
    "doctor": Lazy(f"{_COMMANDS}.doctor:doctor", "Check machine, settings, store and accounts."),
    "requests": Lazy(f"{_COMMANDS}.requests:requests", "List the last requests to the marketplace."),
    "watch": Lazy(f"{_COMMANDS}.watch:watch", "Show what is happening, as lines if need be."),
    "web": Lazy(f"{_COMMANDS}.web:web", "Serve the dashboard to a browser on this machine."),
    "keys": Lazy(f"{_COMMANDS}.keys:keys", "Keys of the dashboard, and what they do."),
    "accounts": Lazy(f"{_COMMANDS}.accounts:accounts", "Seller accounts, and whether they are let in."),
    "engine": Lazy(f"{_COMMANDS}.engine:engine", "The process that keeps the store in sync."),
    "config": Lazy(f"{_COMMANDS}.config:config", "Settings: flags over environment over file."),
    "completion": Lazy(f"{_COMMANDS}.completion:completion", "Print the completion script of a shell."),
}

#: Subcommands that heed the dashboard's options, wherever on the line they stand.
OPEN_A_DASHBOARD = frozenset({"demo", "watch", "web"})


class Magflow(LazyGroup):
    """The root: whatever a command raises becomes one sentence on stderr and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run the command line and end the process. Commands return their exit code, None for 0."""
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except Exception as error:  # the one place where every failure becomes a sentence
            code = _tell(error)
        except KeyboardInterrupt:
            code = failures.INTERRUPTED
        sys.exit(code if isinstance(code, int) else failures.OK)


def _tell(error: Exception) -> int:
    """Print what went wrong, in a sentence; the exit code it means."""
    if os.environ.get("MAGFLOW_DEBUG"):
        traceback.print_exception(error)
    match error:
        case failures.ReaderGoneError() | BrokenPipeError():
            # Python flushes stdout once more at exit; by then it must lead somewhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return failures.READER_GONE
        case failures.SignalledError():
            if error.exit_code == failures.INTERRUPTED and sys.stderr.isatty():
                click.echo(err=True)  # behind the terminal's ^C
            return error.exit_code
        case failures.CommandError():
            _say(error.message, error.hint)
            return error.exit_code
        case click.UsageError():
            help_hint = f"`{error.ctx.command_path} --help` shows how it is used" if error.ctx else None
            _say(error.format_message(), help_hint)
            return failures.FAILED
        case click.ClickException():
            _say(error.format_message(), None)
            return failures.FAILED
        case click.Abort():
            return failures.INTERRUPTED
        case OSError():
            _say(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", None)
            return failures.FAILED
        case _:
            # Not its text: what nobody foresaw may hold anything, a password too.
            _say(f"something unforeseen went wrong ({type(error).__name__})", "MAGFLOW_DEBUG=1 shows where")
            return failures.FAILED


def _say(message: str, hint: str | None) -> None:
    for line in message.splitlines():
        click.echo(f"magflow: {line}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)


@click.group(
    cls=Magflow,
    lazy=SUBCOMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    example="magflow demo",
)
@look_options
@click.version_option(__version__, prog_name="magflow", message="%(prog)s %(version)s")
@pass_invocation
@click.pass_context
def magflow(context: click.Context, invocation: Invocation) -> int | None:
    """Keeps eMAG Marketplace accounts in sync with a local store and shows what is happening.

    Without a command it opens the dashboard, and starts the engine when none runs. `magflow demo` rehearses all of it
    on this machine, with a marketplace of its own.
    """
    if context.invoked_subcommand is not None:
        if context.invoked_subcommand not in OPEN_A_DASHBOARD:
            refuse_without_dashboard(invocation, context.invoked_subcommand)
        return None
    from magflow_tui.cli.dashboard import open_dashboard

    return open_dashboard(invocation)
