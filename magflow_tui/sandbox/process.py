"""Runs a sandbox in a process of its own, so that neither judges the other's event loop."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import IO, cast

import orjson

from magflow_tui.sandbox.config import SandboxConfig, config_json
from magflow_tui.sandbox.jsontypes import JsonObject, as_object

_STOP_SECONDS = 5.0


class SandboxStartError(RuntimeError):
    """The process ended before it served; the text is what it wrote to standard error."""


class SandboxProcess:
    """A sandbox process that serves while its `with` block runs, and never outlives the process that started it.

    Blocking; call `start` and `stop` through `asyncio.to_thread` from async code. Steer it over HTTP at `url` +
    `/control/…`.
    """

    def __init__(self, config: SandboxConfig, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._config = config
        self._address = host, port
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._ready: JsonObject = {}

    @property
    def url(self) -> str:
        """The root of the server."""
        return cast("str", self._ready["url"])

    @property
    def pid(self) -> int:
        """The process id."""
        return cast("int", self._ready["pid"])

    def base_url(self, account: str) -> str:
        """The API base of an account's platform; KeyError when there is no such account."""
        return cast("str", as_object(as_object(self._ready["accounts"])[account])["base_url"])

    def start(self) -> None:
        """Start the process and wait until it serves; raises `SandboxStartError`."""
        host, port = self._address
        command = [sys.executable, "-m", "magflow_tui.sandbox", "--config", "-", "--die-with-parent", str(os.getpid())]
        # a file, since a pipe that nobody reads would fill up and stop the process; closed by `stop`
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, "--host", host, "--port", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        stdin, stdout = (cast("IO[bytes]", pipe) for pipe in (self._process.stdin, self._process.stdout))
        with contextlib.suppress(BrokenPipeError):  # it ended already: standard error says why
            stdin.write(config_json(self._config))
            stdin.close()
        line = stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            reason = self._errors.read().decode("utf-8", "replace").strip()
            self.stop()
            raise SandboxStartError(reason or "the sandbox ended without a word")
        self._ready = as_object(orjson.loads(line))

    def stop(self) -> None:
        """End the process: SIGTERM, and SIGKILL when that is not heeded."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for file in (self._process.stdin, self._process.stdout, self._errors):
            if file:
                file.close()
        self._process = None

    def __enter__(self) -> SandboxProcess:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()
