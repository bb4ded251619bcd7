"""Whether the engine of a data folder runs, told without starting it."""

from __future__ import annotations

from pathlib import Path

from magflow_tui.client.api import EngineClient
from magflow_tui.client.errors import EngineError, EngineNotRunningError
from magflow_tui.client.launch import engine_mark
from magflow_tui.config.folder import DataFolder
from magflow_tui.contract.management import EngineStatus


async def engine_status(data_dir: Path) -> EngineStatus:
    """What runs on `data_dir`. An engine that holds the folder but gives no answer is running, without details."""
    socket = str(DataFolder(data_dir).socket)
    try:
        async with EngineClient.connect(data_dir) as client:
            info = await client.engine()
    except EngineNotRunningError:
        return EngineStatus(pid=None, version=None, uptime=None, socket=socket, clients=0, running=False)
    except EngineError:
        mark = engine_mark(data_dir)
        if mark is None:
            return EngineStatus(pid=None, version=None, uptime=None, socket=socket, clients=0, running=False)
        return EngineStatus(pid=mark.pid, version=mark.version, uptime=None, socket=socket, clients=0, running=True)
    return EngineStatus(
        pid=info.pid,
        version=info.version,
        uptime=info.uptime_seconds,
        socket=socket,
        clients=info.clients,
        running=True,
    )
