"""An engine for the length of one command: the one that runs, or one started for it and stopped after it.

Whatever ends the command (its result, an error, ctrl+c, SIGTERM, SIGHUP), the engine it started is told to stop and
waited for. Killed outright it cannot do that; the engine then notices that its starter is gone and stops by itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from magflow_tui.cli.ending import ENDING_SIGNALS
from magflow_tui.cli.failures import FAILED, INCOMPLETE, CommandError, SignalledError
from magflow_tui.cli.invocation import Invocation

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient, EngineError, Link
    from magflow_tui.client.launch import Launched

Result = TypeVar("Result")

#: How often to look for another engine when the one that was found is leaving.
_ATTEMPTS = 5
#: How long one may take to leave, in seconds.
_LEAVING_SECONDS = 6.0
_EXIT_CODES = {"not_found": INCOMPLETE}


def data_folder(invocation: Invocation) -> Path:
    """The data folder the call means: flag, environment, settings file, default. Does not raise for a broken file."""
    from magflow_tui.config import locate_data_dir

    return locate_data_dir(config_file=invocation.config, data_dir=invocation.data_dir)


def settings_path(invocation: Invocation) -> Path:
    """Where the settings file of the call is, or would be."""
    from magflow_tui.config import default_config_path

    if invocation.config is not None:
        return invocation.config
    named = os.environ.get("MAGFLOW_CONFIG")
    return Path(named).expanduser().absolute() if named else default_config_path()


def with_engine(invocation: Invocation, work: Callable[[EngineClient], Awaitable[Result]]) -> Result:
    """Run `work` with a client of the data folder's engine and give its result. Raises `CommandError`."""

    async def borrow_and_work() -> Result:
        async with _borrowed(invocation) as client:
            return await work(client)

    return run_to_end(borrow_and_work())


def run_to_end(work: Coroutine[object, object, Result]) -> Result:
    """Run a coroutine in a loop of its own, so that signals unwind it and what it holds is given back.

    Raises `CommandError` for what the engine refused, `SignalledError` for ctrl+c and other signals.
    """
    from magflow_tui.client import EngineError

    received: list[int] = []

    async def guarded() -> Result:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()

        def unwind(number: int) -> None:
            # Once: a second signal must not cut short the giving back.
            if not received and task is not None:
                task.cancel()
            received.append(number)

        for number in (signal.SIGINT, *ENDING_SIGNALS):
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, unwind, number)
        return await work

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        if not received:
            raise
    except EngineError as error:
        raise as_command_error(error) from error
    raise SignalledError(received[0])


def as_command_error(error: EngineError) -> CommandError:
    """What the engine refused, as the command tells it."""
    return CommandError(error.body.message, hint=error.body.hint, exit_code=_EXIT_CODES.get(error.body.code, FAILED))


async def launch(
    invocation: Invocation, *, schedules: bool, lifeline: bool = False, listen: str | None = None
) -> Launched:
    """The data folder's engine, started when none runs. Raises `CommandError` with every problem of the settings."""
    from magflow_tui.client.errors import EngineStartError
    from magflow_tui.client.launch import ensure_engine

    try:
        return await ensure_engine(
            data_folder(invocation), invocation.config, schedules=schedules, lifeline=lifeline, listen=listen
        )
    except EngineStartError as error:
        problems = await asyncio.to_thread(settings_problems, invocation) if error.body.code == "settings" else ()
        if not problems:
            raise
        raise CommandError("\n".join(problems), hint="`magflow config path` tells where the settings file is") from None


def settings_problems(invocation: Invocation) -> tuple[str, ...]:
    """Everything that is wrong with the settings, a sentence each. Blocks: secrets are looked up as well."""
    from magflow_tui.config import SettingsError, load_settings, resolve_passwords, resolve_webhook_secret

    problems: list[str] = []
    try:
        settings = load_settings(config_file=invocation.config, data_dir=invocation.data_dir)
    except SettingsError as error:
        return error.lines
    for find in (resolve_passwords, resolve_webhook_secret):
        try:
            find(settings)
        except SettingsError as error:
            problems += error.lines
    return tuple(problems)


async def give_back(launched: Launched) -> None:
    """End an engine that was started for this process, unless others are attached; when it ends, wait until it has."""
    if await launched.release():
        await asyncio.to_thread(launched.wait)


@asynccontextmanager
async def _borrowed(invocation: Invocation) -> AsyncIterator[EngineClient]:
    from magflow_tui.client import EngineClient
    from magflow_tui.client.launch import engine_gone

    folder = data_folder(invocation)
    for attempt in range(_ATTEMPTS):
        launched = await launch(invocation, schedules=False, lifeline=True)
        try:
            async with EngineClient.connect(folder) as client, AsyncExitStack() as attached:
                held = launched.started or await attached.enter_async_context(_attached(client))
                # One that somebody else started may be leaving with them just now; then the next one serves.
                if held or attempt == _ATTEMPTS - 1:
                    yield client
                    return
        finally:
            await give_back(launched)
        await engine_gone(folder, launched.pid, _LEAVING_SECONDS)


@asynccontextmanager
async def _attached(client: EngineClient) -> AsyncIterator[bool]:
    """Stay attached to an engine that someone else started, so that it does not end with them while we need it.

    Gives whether that worked: it does not with one that is ending.
    """
    from magflow_tui.client import EngineError

    linked = asyncio.Event()
    up = False

    def note(link: Link) -> None:
        nonlocal up
        up = link.up
        linked.set()

    async def stay() -> None:
        try:
            async with aclosing(client.event_stream(reconnect=False, on_link=note)) as events:
                async for _ in events:
                    pass
        except EngineError:
            pass  # the work itself meets the same error, and tells it
        finally:
            linked.set()

    staying = asyncio.create_task(stay())
    try:
        await linked.wait()
        yield up
    finally:
        staying.cancel()
        await asyncio.wait([staying])
