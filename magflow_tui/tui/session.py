"""How a dashboard comes by its engine, and what becomes of the engine when the dashboard closes."""

from __future__ import annotations

import asyncio
import contextlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient


class Session(Protocol):
    """An engine to look at, its start and its end."""

    @property
    def is_demo(self) -> bool:
        """True: quitting asks nothing, and everything the session started goes with it."""
        ...

    @property
    def data_dir(self) -> Path | None:
        """The engine's data folder; None until known."""
        ...

    @property
    def scenarios(self) -> tuple[str, ...]:
        """What the demo's marketplace can be made to do; none outside a demo."""
        ...

    @property
    def scenario(self) -> str | None:
        """The scenario that is on."""
        ...

    async def connect(self) -> EngineClient:
        """Start what is needed, which may take seconds, and give a client of it.

        May be called again to retry, or after the engine died. Raises `EngineError` with a sentence for people.
        """
        ...

    async def close(self, *, stop_engine: bool) -> None:
        """Close the client; with `stop_engine` the engine ends behind its current page. Idempotent."""
        ...

    async def set_scenario(self, name: str) -> None:
        """Switch the demo's scenario. Raises `EngineError` with a sentence."""
        ...


class LocalSession:
    """The engine of a data folder on this machine: joined when it runs, started (schedules on) when none does."""

    is_demo = False
    scenarios: tuple[str, ...] = ()
    scenario: str | None = None

    def __init__(self, data_dir: Path | None, config: Path | None) -> None:
        self._wanted_dir = data_dir
        self._config = config
        self._data_dir: Path | None = data_dir
        self._client: EngineClient | None = None

    @property
    def data_dir(self) -> Path | None:
        """The engine's data folder; None until `connect` has found it, unless it was given."""
        return self._data_dir

    async def connect(self) -> EngineClient:
        """Join the folder's engine, or start one."""
        # Importing the client takes longer than painting the screen; the loop stays free meanwhile.
        await asyncio.to_thread(import_module, "magflow_tui.client")
        from magflow_tui.client import EngineClient, ensure_engine
        from magflow_tui.config import locate_data_dir

        await self._close_client()
        self._data_dir = locate_data_dir(config_file=self._config, data_dir=self._wanted_dir)
        launched = await ensure_engine(self._data_dir, self._config, schedules=True)
        self._client = client = EngineClient.connect(self._data_dir)
        if not launched.started and (await client.engine()).tied:
            # A command started it for itself alone; from now on somebody looks after the accounts.
            await client.keep_engine()
            await client.set_schedule(True)
        return client

    async def close(self, *, stop_engine: bool) -> None:
        """Close the client; an engine that is asked to stop does so by itself, after its current page."""
        if stop_engine and self._client is not None:
            from magflow_tui.client import EngineError

            with contextlib.suppress(EngineError):  # it is gone already, which is what was wanted
                await self._client.stop_engine()
        await self._close_client()

    async def set_scenario(self, name: str) -> None:
        """There is no scenario to set on a real engine."""
        raise NotImplementedError(name)

    async def _close_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
