"""The rehearsal: a marketplace and an engine of its own, in a throwaway folder, gone without a trace at the end."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from magflow_tui.cli import demo_world
from magflow_tui.cli.borrowing import give_back
from magflow_tui.cli.demo_world import SCENARIOS, DemoPlan

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient, EngineError
    from magflow_tui.client.launch import Launched
    from magflow_tui.sandbox.process import SandboxProcess


class Demo:
    """A session of the dashboard (`magflow_tui.tui.session.Session`) that brings everything it needs with it.

    `connect` starts what is missing: folder, sandbox, engine, the first full sync. `clean_up` ends and removes all of
    it; call it whatever happened, from outside of any event loop.

    `folder` is a folder to use and leave behind; without one a temporary folder is made, and removed unless `keep`.
    `environ` is the process environment.
    """

    def __init__(self, plan: DemoPlan, *, folder: Path | None, keep: bool, environ: Mapping[str, str]) -> None:
        self._plan = plan
        self._named_folder = folder
        self._keep = keep or folder is not None
        self._environ = environ
        self._passwords = demo_world.new_passwords()
        self._folder: Path | None = None
        self._sandbox: SandboxProcess | None = None
        self._launched: Launched | None = None
        self._client: EngineClient | None = None
        self._scenario = plan.scenario
        self._first_sync_asked = False
        self._ended = self._leaving = False
        #: The start of the engine while it goes on, in a loop of its own.
        self._starting: tuple[asyncio.AbstractEventLoop, asyncio.Task[Launched]] | None = None
        self._connecting = asyncio.Lock()
        self._making = threading.Lock()

    @property
    def is_demo(self) -> bool:
        """Quitting takes everything with it and asks nothing."""
        return True

    @property
    def data_dir(self) -> Path | None:
        """The folder, None until it is made."""
        return self._folder

    @property
    def scenarios(self) -> tuple[str, ...]:
        """What can be rehearsed."""
        return SCENARIOS

    @property
    def scenario(self) -> str | None:
        """What is rehearsed now."""
        return self._scenario

    @property
    def kept(self) -> Path | None:
        """The folder that stays behind after `clean_up`, None when nothing does."""
        return self._folder if self._keep else None

    async def connect(self) -> EngineClient:
        """Start what does not run and give a client of the engine. May be called again when the engine has died.

        Raises `EngineError` with a sentence for people.
        """
        async with self._connecting:
            folder = await asyncio.to_thread(self._start_what_is_missing)

            # Loaded by now, off the loop: the dashboard paints meanwhile.
            from magflow_tui.client import EngineClient
            from magflow_tui.contract.runs import StartSync

            await self._close_client()
            self._client = EngineClient.connect(folder)
            if not self._first_sync_asked:
                await self._client.start_sync(StartSync(full=True, requested_by="demo"))
                self._first_sync_asked = True
            return self._client

    async def close(self, *, stop_engine: bool) -> None:
        """Close the client: this is the end. Engine and sandbox end in `clean_up`, whatever `stop_engine` says.

        An engine that is just starting is not waited for.
        """
        self._leaving = True
        if (starting := self._starting) is not None:
            with contextlib.suppress(RuntimeError):  # it has started this very moment
                starting[0].call_soon_threadsafe(starting[1].cancel)
        await self._close_client()

    async def set_scenario(self, name: str) -> None:
        """Rehearse something else from now on. Raises `EngineError` when the marketplace does not take it."""
        self._scenario = name
        if self._sandbox is not None:
            await asyncio.to_thread(_play, self._sandbox, name)

    def clean_up(self) -> None:
        """End engine and sandbox and remove the folder. Blocks for a moment; signals wait. May be called twice."""
        with self._making:
            if self._ended:
                return
            self._ended = True
        with _signals_ignored():
            if self._folder is not None:
                asyncio.run(self._end_engine(self._folder))
            if self._sandbox is not None:
                self._sandbox.stop()
            if self._folder is not None and not self._keep:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _start_what_is_missing(self) -> Path:
        """Make the folder, start sandbox and engine; the folder. Blocks.

        In a thread from start to end: a dashboard that is quit meanwhile cannot cut it in two, and `clean_up` comes
        after it and knows everything that was started.
        """
        with self._making:
            if self._ended or self._leaving:
                raise _rehearsal_error("The rehearsal has ended.")
            if self._folder is None:
                self._folder = self._make_folder()
            if self._sandbox is None:
                self._sandbox = self._start_sandbox()
                _play(self._sandbox, self._scenario)
            base_urls = {account.name: self._sandbox.base_url(account.name) for account in demo_world.ACCOUNTS}
            environ = demo_world.engine_environ(self._environ, self._passwords, base_urls)
            try:
                launched = asyncio.run(self._start_engine(self._folder, environ))
            except asyncio.CancelledError:
                raise _rehearsal_error("The rehearsal has ended.") from None
            if launched.started:
                self._launched = launched
            return self._folder

    async def _start_engine(self, folder: Path, environ: Mapping[str, str]) -> Launched:
        """Start the engine, or find it running; `close` cuts it short."""
        from magflow_tui.client.launch import ensure_engine

        task = asyncio.ensure_future(
            ensure_engine(folder, folder / "config.toml", schedules=True, lifeline=True, environ=environ)
        )
        self._starting = asyncio.get_running_loop(), task
        if self._leaving:
            task.cancel()
        try:
            return await task
        finally:
            self._starting = None

    def _start_sandbox(self) -> SandboxProcess:
        from magflow_tui.sandbox.process import SandboxProcess, SandboxStartError

        sandbox = SandboxProcess(demo_world.sandbox_config(self._plan, self._passwords))
        try:
            sandbox.start()
        except SandboxStartError as error:
            raise _rehearsal_error(f"The rehearsal's marketplace did not start: {error}") from error
        return sandbox

    def _make_folder(self) -> Path:
        if self._named_folder is None:
            folder = Path(tempfile.mkdtemp(prefix="magflow-demo-"))
        else:
            folder = self._named_folder
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / demo_world.MARKER).write_text("{}\n", encoding="utf-8")
        (folder / "config.toml").write_text(demo_world.engine_settings(), encoding="utf-8")
        return folder

    async def _end_engine(self, folder: Path) -> None:
        from magflow_tui.client import EngineError
        from magflow_tui.client.launch import stop_engine

        with contextlib.suppress(EngineError):
            await stop_engine(folder)
        if self._launched is not None:
            await give_back(self._launched)

    async def _close_client(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _play(sandbox: SandboxProcess, scenario: str) -> None:
    """Tell the sandbox its scenario. Blocks."""
    import httpx

    try:
        answer = httpx.post(f"{sandbox.url}/control/scenario", json={"name": scenario}, trust_env=False)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise _rehearsal_error("The rehearsal's marketplace does not answer.") from error


def _rehearsal_error(message: str) -> EngineError:
    from magflow_tui.client import EngineError
    from magflow_tui.contract.errors import ErrorBody

    return EngineError(ErrorBody(code="rehearsal", message=message, hint="Start `magflow demo` again."))


@contextlib.contextmanager
def _signals_ignored() -> Iterator[None]:
    """Nothing cuts the cleaning up short; it is bounded by itself."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
