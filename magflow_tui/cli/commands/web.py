"""`magflow web`: the dashboard in a browser on this machine."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.failures import OK, CommandError
from magflow_tui.cli.grammar import Command
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.looking import look_of, look_options
from magflow_tui.cli.printing import Printer

if TYPE_CHECKING:
    from magflow_tui.cli.web import DashboardServer

PORT = 8765


@click.command(cls=Command, example="magflow web --port 8765")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="IP address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Port; 0 takes a free one."
)
@click.option(
    "--beyond-this-machine",
    is_flag=True,
    help="Listen on an address that others can reach. There is no login and no encryption.",
)
@look_options
@pass_invocation
def web(invocation: Invocation, host: str, port: int, beyond_this_machine: bool) -> int:
    """Serve the dashboard to a browser on this machine, until ctrl+c.

    Every page is a dashboard of its own over the same engine. There is no login: whoever has the printed address with
    its key can do all that the dashboard can. From elsewhere, forward the port through ssh.
    """
    from magflow_tui.cli.web import is_loopback, listen, new_key

    host = "127.0.0.1" if host == "localhost" else host
    try:
        near = is_loopback(host)
    except ValueError:
        raise click.UsageError(f"--host {host}: an IP address such as 127.0.0.1") from None
    if not near and not beyond_this_machine:
        raise CommandError(
            f"{host} can be reached from other machines, and the dashboard in a browser has no login and no encryption",
            hint=f"ssh -L {port or PORT}:127.0.0.1:{port or PORT} brings it to yours; or say --beyond-this-machine",
        )
    look_of(invocation)  # what is wrong with the settings is told here, not in the browser
    try:
        listening = listen(host, port)
    except OSError as error:
        raise CommandError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}", hint="--port 0 takes a free one"
        ) from None
    with listening:
        server = _server(invocation, host, listening.getsockname()[1], new_key())
        printer = Printer(json=False)
        printer.sentence(f"the dashboard is at {server.address}")
        printer.remark("whoever has this address can do all that the dashboard can; ctrl+c ends it, the engine stays")
        if not near:
            printer.remark("others can reach it, and nothing on the way is encrypted")
        server.serve_on(listening)
    return OK


def _server(invocation: Invocation, host: str, port: int, key: str) -> DashboardServer:
    from magflow_tui.cli.web import DashboardServer, dashboard_command

    return DashboardServer(shlex.join(dashboard_command(_arguments(invocation))), host, port, key)


def _arguments(invocation: Invocation) -> list[str]:
    """The options of this call that are the dashboard's too."""
    arguments: list[str] = []
    if invocation.data_dir is not None:
        arguments += ["--data-dir", str(invocation.data_dir)]
    if invocation.config is not None:
        arguments += ["--config", str(invocation.config)]
    if invocation.reveal:
        arguments.append("--reveal")
    for name, value in invocation.look.items():
        flag = f"--{'lang' if name == 'language' else name.replace('_', '-')}"
        arguments += [flag] if value in ("on", True) else [flag, str(value)]
    return arguments
