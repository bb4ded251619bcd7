"""The dashboard on the real engine: started, watched, asked to stop."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from magflow_tui.client import engine_mark, ensure_engine, stop_engine
from magflow_tui.config.look import Look
from magflow_tui.tui.app import MagFlowApp
from magflow_tui.tui.session import LocalSession

pytestmark = pytest.mark.slow

SETTINGS = """
[accounts.shop]
platform = "emag-ro"
username = "shop@example.invalid"
password = "invented"
base_url = "http://127.0.0.1:{port}"
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder whose socket's path is short enough."""
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port that is taken and where nobody answers a connection."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def shown(app: MagFlowApp) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[int], app: MagFlowApp, what: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + 20
    while not what():
        assert loop.time() < end, shown(app)
        await pilot.pause(0.02)


async def test_the_dashboard_starts_an_engine_says_the_marketplace_is_down_and_stops_it_when_asked(
    data_dir: Path, nobody: int
) -> None:
    config = data_dir.parent / "config.toml"
    config.write_text(SETTINGS.format(port=nobody))
    app = MagFlowApp(LocalSession(data_dir, config), look=Look(ascii="off"), environ={"TERM": "xterm"})
    try:
        async with app.run_test(size=(140, 40)) as pilot:
            await until(pilot, app, lambda: "marketplace unreachable" in shown(app))
            assert engine_mark(data_dir) is not None
            await pilot.press("6")
            await until(pilot, app, lambda: "network" in shown(app))
            await pilot.press("enter")
            await until(pilot, app, lambda: "> {" in shown(app) and "< nothing" in shown(app))
            await pilot.press("escape", "q")
            await until(pilot, app, lambda: "and the engine?" in shown(app))
            await pilot.press("s")
            await until(pilot, app, lambda: app.return_code == 0)
    finally:
        await stop_engine(data_dir)
    assert engine_mark(data_dir) is None


async def test_an_engine_that_a_command_started_for_itself_is_kept_and_its_schedules_are_turned_on(
    data_dir: Path, nobody: int
) -> None:
    config = data_dir.parent / "config.toml"
    config.write_text(SETTINGS.format(port=nobody))
    launched = await ensure_engine(data_dir, config, schedules=False, lifeline=True)
    session = LocalSession(data_dir, config)
    try:
        client = await session.connect()
        before = await client.engine()
        assert (before.pid, before.tied, before.schedules_on) == (launched.pid, False, True)
        await session.close(stop_engine=False)
        assert not await launched.release(), "it is not the command's any more"
        assert engine_mark(data_dir) is not None
    finally:
        await session.close(stop_engine=False)
        await stop_engine(data_dir)
        await asyncio.to_thread(launched.wait)


async def test_settings_that_are_wrong_are_named_on_the_screen_which_can_still_be_quit(data_dir: Path) -> None:
    config = data_dir.parent / "config.toml"
    config.write_text(SETTINGS.format(port=1).replace("emag-ro", "emag-xx"))
    app = MagFlowApp(LocalSession(data_dir, config), look=Look(ascii="off"), environ={"TERM": "xterm"})
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, app, lambda: "platform" in shown(app))
        assert "no engine" in shown(app)
        await pilot.press("q")
        await until(pilot, app, lambda: app.return_code == 0)
