"""Starts the engine of a data folder when none runs, and ends it: processes, locks and signals, no HTTP of its own.

The engine is a process of its own session, so that ctrl+c and a closed terminal do not reach it. It reports over a pipe
(`--ready-fd`): one JSON line when it serves, or the `ErrorBody` of why it does not; the pipe's end without a line is a
crash. With a lifeline (`--lifeline`, the read end of a pipe whose write end this process holds) it ends when this
process ends in whatever way.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from magflow_tui.client.errors import EngineError, EngineNotRunningError, EngineStartError
from magflow_tui.config.folder import DataFolder
from magflow_tui.contract.errors import ErrorBody

START_SECONDS = 30.0
STOP_SECONDS = 8.0
#: How long an engine may take to answer the probe, in seconds.
_ANSWER_SECONDS = 2.0
_POLL_SECONDS = 0.02
_OUTPUT_TAIL = 2000


@dataclass(frozen=True)
class EngineMark:
    """What the running engine wrote into its lock file."""

    pid: int
    socket: Path
    version: str


class _Child:
    """A process of ours that may outlive us. A thread collects its exit, so that it never stays as a zombie."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._collector = threading.Thread(target=process.wait, name="engine-exit", daemon=True)
        self._collector.start()

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        self._collector.join()
        return self._process.returncode


@dataclass
class Launched:
    """An engine that answers. `started` tells whether this call started it, or found it running."""

    data_dir: Path
    pid: int
    started: bool
    _child: _Child | None = field(default=None, repr=False)
    _lifeline: int | None = field(default=None, repr=False)

    async def release(self, *, timeout: float = STOP_SECONDS) -> bool:
        """Say goodbye to an engine that was started for this process alone: it ends unless others are attached.

        Returns whether the engine is gone. Nothing happens to an engine that was found running.
        """
        if not self.started or self._lifeline is None:
            return False
        from magflow_tui.client.api import EngineClient

        try:
            async with EngineClient.connect(self.data_dir) as client:
                stopping = (await client.stop_engine(unless_attached=True)).stopping
        except EngineNotRunningError:
            stopping = True
        except EngineError:
            stopping = False
        self.let_go()
        return stopping and await _gone(DataFolder(self.data_dir), timeout)

    def let_go(self) -> None:
        """Close the lifeline: from now on the engine ends as soon as nobody is attached, unless asked to stay."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def wait(self) -> int | None:
        """Block until an engine that this process started has ended; its exit code, None when it is not our child."""
        return self._child.wait() if self._child is not None else None


def engine_mark(data_dir: Path) -> EngineMark | None:
    """The engine that holds the lock of `data_dir`, None when none does (a lock file left behind does not count)."""
    folder = DataFolder(data_dir)
    if not _locked(folder):
        return None
    try:
        mark = json.loads(folder.lock.read_text(encoding="utf-8"))
        return EngineMark(pid=int(mark["pid"]), socket=Path(mark["socket"]), version=str(mark["version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it holds the lock and has not written its mark yet


async def ensure_engine(
    data_dir: Path,
    config: Path | None = None,
    *,
    schedules: bool,
    lifeline: bool = False,
    listen: str | None = None,
    environ: Mapping[str, str] | None = None,
    timeout: float = START_SECONDS,
) -> Launched:
    """The engine of `data_dir`, started when none answers. Two that call at once get the same one.

    `environ` is the whole environment of a new engine (passwords travel there, never in arguments). Raises
    `EngineStartError` with the engine's own sentence when it does not start within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        pid = await _answering(data_dir)
        if pid is not None:
            return Launched(data_dir, pid, started=False)
        if not _locked(DataFolder(data_dir)):
            launched = await _start(data_dir, config, schedules, lifeline, listen, environ, deadline)
            if launched is not None:
                return launched
        # Another process' engine holds the lock and is starting, or is about to end.
        if time.monotonic() > deadline:
            raise _start_error("engine_starting", "Another engine holds the data folder and does not answer.", data_dir)
        await asyncio.sleep(_POLL_SECONDS)


async def stop_engine(data_dir: Path, *, timeout: float = STOP_SECONDS) -> bool:
    """End the engine of `data_dir`: asks, waits up to `timeout` seconds, then signals TERM, then KILL.

    Returns whether one ran. When it returns, the process is gone and its lock is free.
    """
    from magflow_tui.client.api import EngineClient

    folder = DataFolder(data_dir)
    if not _locked(folder):
        return False
    asked = True
    try:
        async with EngineClient.connect(data_dir) as client:
            await asyncio.wait_for(client.stop_engine(), timeout)
    except (EngineError, TimeoutError):
        asked = False
    if asked and await _gone(folder, timeout):
        return True
    for number in (signal.SIGTERM, signal.SIGKILL):
        mark = engine_mark(data_dir)
        if mark is None:
            if await _gone(folder, timeout):
                return True
            continue
        with contextlib.suppress(ProcessLookupError):
            os.kill(mark.pid, number)
        if await _gone(folder, timeout):
            return True
    body = ErrorBody(code="engine_stuck", message=f"The engine does not end: {folder.lock}", hint="See its log.")
    raise EngineError(body)


async def _answering(data_dir: Path) -> int | None:
    """Pid of the engine that answers on the socket, None when none does."""
    folder = DataFolder(data_dir)
    if not folder.socket.exists():
        return None
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(str(folder.socket))
            try:
                # A connection alone says little: the kernel accepts it for a process that is just being killed.
                writer.write(b"GET /health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n")
                answered = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    if not answered.startswith(b"HTTP/"):
        return None
    mark = engine_mark(data_dir)
    return mark.pid if mark is not None else None


async def _start(
    data_dir: Path,
    config: Path | None,
    schedules: bool,
    lifeline: bool,
    listen: str | None,
    environ: Mapping[str, str] | None,
    deadline: float,
) -> Launched | None:
    """Start a process and wait for its word. None when another engine was faster."""
    ready_read, ready_write = os.pipe()
    life_read, life_write = os.pipe() if lifeline else (-1, -1)
    arguments = _command_line(data_dir, config, schedules, listen, ready_write, life_read if lifeline else None)
    inherited = tuple(number for number in (ready_write, life_read) if number >= 0)
    started = False
    try:
        child = await asyncio.to_thread(_spawn, arguments, environ, inherited, DataFolder(data_dir))
        for number in inherited:
            os.close(number)
        inherited = ()
        try:
            word = await asyncio.wait_for(_first_line(ready_read), max(0.1, deadline - time.monotonic()))
        except TimeoutError:
            child.kill()
            await asyncio.to_thread(child.wait)
            raise _start_error("engine_slow", "The engine did not start in time.", data_dir) from None
        except asyncio.CancelledError:
            if lifeline:  # it was for us alone, and would find that out when it has started
                child.kill()
            raise
        answer = json.loads(word) if word else None
        if answer is not None and "pid" in answer:
            started = True
            return Launched(data_dir, int(answer["pid"]), True, child, life_write if lifeline else None)
        exit_code = await asyncio.to_thread(child.wait)
        if answer is None:
            raise _start_error("engine_crashed", _last_words(DataFolder(data_dir)), data_dir, exit_code)
        body = ErrorBody.model_validate(answer)
        if body.code == "engine_running":
            return None
        raise EngineStartError(body, exit_code)
    finally:
        for number in inherited:
            os.close(number)
        os.close(ready_read)
        if lifeline and not started:
            os.close(life_write)


def _command_line(
    data_dir: Path, config: Path | None, schedules: bool, listen: str | None, ready: int, lifeline: int | None
) -> list[str]:
    arguments = [sys.executable, "-m", "magflow_tui.engine", "--data-dir", str(data_dir.absolute())]
    arguments += ["--config", str(config.absolute())] if config is not None else []
    arguments += ["--listen", listen] if listen is not None else []
    arguments += [] if schedules else ["--no-schedule"]
    arguments += ["--ready-fd", str(ready)]
    arguments += ["--lifeline", str(lifeline)] if lifeline is not None else []
    return arguments


def _spawn(
    arguments: list[str], environ: Mapping[str, str] | None, inherited: tuple[int, ...], folder: DataFolder
) -> _Child:
    """The engine's process, of its own session; what it prints goes to a file, for crashes that reach no log."""
    output = _output(folder)
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module under the running interpreter
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environ) if environ is not None else None,
            pass_fds=inherited,
            start_new_session=True,
            # Holds no folder busy, and finds no stranger's `magflow_tui` in the folder the command was called from.
            cwd="/",
        )
    finally:
        os.close(output)
    return _Child(process)


def _output(folder: DataFolder) -> int:
    """Where a detached engine prints to. Nothing is put into a folder that the engine may refuse as not its own."""
    try:
        folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.lock.exists() or not stat.S_IMODE(folder.root.stat().st_mode) & 0o077:
            folder.logs.mkdir(mode=0o700, exist_ok=True)
            return os.open(folder.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError:
        pass  # the engine itself says what is wrong with the folder
    return os.open(os.devnull, os.O_WRONLY)


async def _first_line(number: int) -> bytes:
    """The line that comes through a pipe, empty when it closes before."""
    loop = asyncio.get_running_loop()
    os.set_blocking(number, False)
    received = bytearray()
    done: asyncio.Future[None] = loop.create_future()

    def read() -> None:
        try:
            chunk = os.read(number, 65536)
        except BlockingIOError:
            return
        received.extend(chunk)
        if (not chunk or b"\n" in chunk) and not done.done():
            loop.remove_reader(number)
            done.set_result(None)

    loop.add_reader(number, read)
    try:
        await done
    finally:
        loop.remove_reader(number)
    return bytes(received).partition(b"\n")[0]


async def engine_gone(data_dir: Path, pid: int, timeout: float) -> bool:
    """Wait until the engine of a process has left a data folder; False when it is there after `timeout` seconds."""
    folder, deadline = DataFolder(data_dir), time.monotonic() + timeout
    while _locked(folder) and (mark := engine_mark(data_dir)) is not None and mark.pid == pid:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True


async def _gone(folder: DataFolder, timeout: float) -> bool:
    """Wait until the engine's lock is free, which the kernel sees to when the process ends, however it ends."""
    deadline = time.monotonic() + timeout
    while _locked(folder):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True


def _locked(folder: DataFolder) -> bool:
    """Whether a process holds the folder's lock. Looks by a shared lock held for an instant; engines try repeatedly."""
    try:
        with folder.lock.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _last_words(folder: DataFolder) -> str:
    try:
        output = folder.output.read_bytes()[-_OUTPUT_TAIL:].decode(errors="replace").strip()
    except OSError:
        output = ""
    last = output.rpartition("\n")[2]
    return f"The engine crashed while starting{': ' + last if last else '.'}"


def _start_error(code: str, message: str, data_dir: Path, exit_code: int = 2) -> EngineStartError:
    hint = f"See {DataFolder(data_dir).log} and {DataFolder(data_dir).output}."
    return EngineStartError(ErrorBody(code=code, message=message, hint=hint), exit_code)
