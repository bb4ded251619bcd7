"""`python -m magflow_tui.sandbox`: serve a sandbox until SIGTERM or SIGINT.

Prints one JSON line when ready: `{"url": …, "pid": …, "accounts": {NAME: {"base_url", "platform", "username"}}}`.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from magflow_tui.sandbox.config import Limits, SandboxAccount, SandboxConfig, read_config
from magflow_tui.sandbox.server import SandboxServer

_PARENT_WATCH = 0.5
_ACCOUNT_FORM = "NAME:PLATFORM:USER:PASS[:orders=N][:offers=N][:rmas=N][:fbe=0.2][:broken=0.01][:days=400]"


def parse_account(text: str) -> SandboxAccount:
    """An account from its command-line form; raises `argparse.ArgumentTypeError` saying what is wrong."""
    parts = text.split(":")
    if len(parts) < 4:
        raise argparse.ArgumentTypeError(f"{text!r} is not {_ACCOUNT_FORM}")
    fields = dict(zip(("name", "platform", "username", "password"), parts, strict=False))
    for part in parts[4:]:
        key, equals, value = part.partition("=")
        if not equals:
            raise argparse.ArgumentTypeError(f"{part!r} is not KEY=VALUE")
        fields[key] = value
    try:
        return TypeAdapter(SandboxAccount).validate_python(fields)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise argparse.ArgumentTypeError(problems) from None


def parse_arguments(arguments: Sequence[str]) -> tuple[SandboxConfig, argparse.Namespace]:
    """The configuration and the plain options of a command line; exits with 2 when it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m magflow_tui.sandbox", description="A marketplace on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose (default)")
    parser.add_argument("--config", help="a SandboxConfig as a JSON file, - for standard input")
    parser.add_argument("--account", type=parse_account, action="append", default=[], metavar=_ACCOUNT_FORM)
    parser.add_argument("--seed", type=int, help="the world's seed (default 1)")
    parser.add_argument("--unlimited", action="store_true", help="no rate limits")
    parser.add_argument("--warm", action="store_true", help="write every order before serving")
    parser.add_argument(
        "--die-with-parent",
        type=int,
        nargs="?",
        const=os.getppid(),
        metavar="PID",
        help="end when the process that started this one ends; with PID, also when that was another one already",
    )
    options = parser.parse_args(arguments)
    try:
        config = SandboxConfig()
        if options.config == "-":
            config = TypeAdapter(SandboxConfig).validate_json(sys.stdin.buffer.read())
        elif options.config:
            config = read_config(Path(options.config))
    except (OSError, ValidationError) as error:
        parser.error(f"--config: {error}")
    config = dataclasses.replace(
        config,
        accounts=(*config.accounts, *options.account),
        seed=config.seed if options.seed is None else options.seed,
        limits=Limits(enabled=False) if options.unlimited else config.limits,
        warm=config.warm or options.warm,
    )
    if not config.accounts:
        parser.error("at least one --account, or a --config with accounts, is needed")
    return config, options


async def serve(config: SandboxConfig, options: argparse.Namespace) -> None:
    """Serve until a signal, or until the parent is gone when asked to follow it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with SandboxServer(config, host=options.host, port=options.port) as server:
        gc.collect()
        gc.freeze()  # the world stays: later collections need not walk it, which keeps arrival stamps prompt
        accounts = {
            account.name: {
                "base_url": server.base_url(account.name),
                "platform": account.platform,
                "username": account.username,
            }
            for account in config.accounts
        }
        print(orjson.dumps({"url": server.url, "pid": os.getpid(), "accounts": accounts}).decode(), flush=True)
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), None if options.die_with_parent is None else _PARENT_WATCH)
            except TimeoutError:
                if os.getppid() != options.die_with_parent:
                    stop.set()


def main() -> None:
    """Entry point."""
    config, options = parse_arguments(sys.argv[1:])
    asyncio.run(serve(config, options))


if __name__ == "__main__":
    main()
