"""The engine as a process: command line, signals, lifeline, its word to whoever started it, exit code.

The engine itself is imported when settings, folder and lock are found good: a refusal comes at once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from magflow_tui import __version__
from magflow_tui.config import (
    DataFolder,
    Settings,
    SettingsError,
    load_settings,
    locate_data_dir,
    resolve_passwords,
    resolve_webhook_secret,
)
from magflow_tui.engine.failures import EXIT_REFUSED, EngineFailure, settings_failure
from magflow_tui.engine.folder import HeldFolder
from magflow_tui.engine.listening import listen_on
from magflow_tui.engine.logs import EngineLog, forms_of

log = logging.getLogger(__name__)

#: An engine that was asked to stop is gone after so many seconds, whatever hangs: every page is stored in one
#: transaction with its checkpoint, so ending it hard costs no more than a crash, which is nothing.
STOP_SECONDS = 4.7


@dataclass(frozen=True)
class Secrets:
    """What only the owner knows: the accounts' passwords by name, and what messages to the webhook are signed with."""

    passwords: dict[str, str]
    webhook: str | None

    def forms(self, settings: Settings) -> list[str]:
        """All that must not be seen in the log, in every form in which it could be there."""
        token = settings.api_token.get_secret_value() if settings.api_token else None
        named = ((settings.accounts[name].username, word) for name, word in self.passwords.items())
        # What an address has behind its `?` is often a key.
        query = urlsplit(settings.alerts.webhook or "").query
        given = (token, self.webhook, self.webhook and self.webhook.removeprefix("whsec_"), query)
        return [*(form for pair in named for form in forms_of(*pair)), *filter(None, given)]


@dataclass(frozen=True)
class Arguments:
    """The command line of `python -m magflow_tui.engine`."""

    data_dir: Path | None
    config: Path | None
    listen: str | None
    schedules: bool
    lifeline: int | None
    ready: int | None


def parse(arguments: Sequence[str]) -> Arguments:
    parser = argparse.ArgumentParser(prog="python -m magflow_tui.engine", description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="the data folder to serve")
    parser.add_argument("--config", type=Path, help="the settings file")
    parser.add_argument("--listen", metavar="HOST:PORT", help="serve on TCP too, with the token of MAGFLOW_API_TOKEN")
    parser.add_argument("--no-schedule", action="store_true", help="start no sync by itself")
    parser.add_argument("--lifeline", type=int, metavar="FD", help="end when the other end of this pipe closes")
    parser.add_argument("--ready-fd", type=int, metavar="FD", help="tell here, in a line of JSON, how the start went")
    found = parser.parse_args(arguments)
    return Arguments(
        data_dir=found.data_dir,
        config=found.config,
        listen=found.listen,
        schedules=not found.no_schedule,
        lifeline=found.lifeline,
        ready=found.ready_fd,
    )


def run(arguments: Arguments) -> int:
    """Serve until asked to stop. The exit code: 0, or 2 when it refuses to start."""
    os.umask(0o077)
    folder = DataFolder(locate_data_dir(config_file=arguments.config, data_dir=arguments.data_dir))
    try:
        with ExitStack() as stack:
            settings = _settings(arguments)
            held = HeldFolder.take(settings.folder, version=__version__)
            stack.callback(held.release)
            tcp = _tcp_socket(arguments, settings, stack)
            engine_log = _log(settings, stack)
            secrets = _find_secrets(settings)
            engine_log.hide(secrets.forms(settings))
            held.folder.last_failure.unlink(missing_ok=True)
            asyncio.run(_live(arguments, settings, secrets, held, tcp))
    except EngineFailure as failure:
        _report(failure, folder, arguments.ready)
        return EXIT_REFUSED
    return 0


def settle_garbage_collector() -> None:
    """Let the collector look seldom, and never again at what is loaded.

    A page of orders is ten thousand objects that all go by themselves; at the default thresholds the collector walks
    them dozens of times, which takes a quarter of the time of reading them in.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


async def _live(
    arguments: Arguments, settings: Settings, secrets: Secrets, held: HeldFolder, tcp: socket.socket | None
) -> None:
    from magflow_tui.engine.engine import Engine
    from magflow_tui.engine.serving import serve

    engine = Engine(
        settings,
        schedules=arguments.schedules,
        passwords=secrets.passwords,
        webhook_secret=secrets.webhook,
        held=held,
    )
    settle_garbage_collector()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, engine.stop_requested.set)
    watchdog = asyncio.create_task(_end_in_time(engine.stop_requested), name="watchdog")
    try:
        async with engine.running():
            if arguments.lifeline is not None:
                engine.spawn(engine.end_with(_end_of(arguments.lifeline)), name="lifeline")
            await serve(
                engine, held, tcp=tcp, on_ready=lambda: _tell(arguments.ready, json.dumps({"pid": os.getpid()}))
            )
    finally:
        watchdog.cancel()
        await asyncio.gather(watchdog, return_exceptions=True)
        log.info("engine ended")


async def _end_in_time(stop_requested: asyncio.Event) -> None:
    """Once a stop is asked for, see to it that the process ends: by a thread, since the loop itself may hang."""
    await stop_requested.wait()
    timer = threading.Timer(STOP_SECONDS, os._exit, args=(1,))
    timer.daemon = True
    timer.start()


def _settings(arguments: Arguments) -> Settings:
    try:
        return load_settings(config_file=arguments.config, data_dir=arguments.data_dir)
    except SettingsError as error:
        raise settings_failure(error) from None


def _log(settings: Settings, stack: ExitStack) -> EngineLog:
    path = settings.folder.log
    try:
        engine_log = EngineLog(path, settings.log_level)
    except OSError as error:
        raise EngineFailure("data_dir", f"The log {path} cannot be written: {error.strerror or error}.") from None
    engine_log.start()
    stack.callback(engine_log.stop)
    return engine_log


def _find_secrets(settings: Settings) -> Secrets:
    try:
        return Secrets(resolve_passwords(settings), resolve_webhook_secret(settings))
    except SettingsError as error:
        raise settings_failure(error) from None


def _tcp_socket(arguments: Arguments, settings: Settings, stack: ExitStack) -> socket.socket | None:
    if arguments.listen is None:
        return None
    if settings.api_token is None or not settings.api_token.get_secret_value():
        raise EngineFailure(
            "listen",
            "--listen needs a token that clients must send.",
            hint="Set MAGFLOW_API_TOKEN to a long random text.",
        )
    return stack.enter_context(listen_on(arguments.listen))


async def _end_of(descriptor: int) -> None:
    """Wait until every other end of a pipe is closed, which the kernel sees to when the holder dies."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def look() -> None:
        if not os.read(descriptor, 512):
            ended.set()
            loop.remove_reader(descriptor)

    loop.add_reader(descriptor, look)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _report(failure: EngineFailure, folder: DataFolder, ready: int | None) -> None:
    """One plain sentence on stderr; the `ErrorBody` in a file and to whoever started us."""
    print(failure.sentence, file=sys.stderr)
    body = failure.body.model_dump_json()
    # The folder of an engine that runs well is not ours to write to.
    with contextlib.suppress(OSError):
        if failure.body.code != "engine_running":
            folder.last_failure.write_text(body + "\n", encoding="utf-8")
    _tell(ready, body)


def _tell(descriptor: int | None, line: str) -> None:
    if descriptor is None:
        return
    with contextlib.suppress(OSError):  # whoever started us is gone
        os.write(descriptor, line.encode() + b"\n")
        os.close(descriptor)
