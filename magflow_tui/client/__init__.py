"""The client of the management API: typed calls, live streams that resume, and the engine's start and stop.

* `api`     `EngineClient`: a typed call for every route; `list_part`: which part of a list
* `streams` snapshots and events as async iterators that survive a lost connection
* `launch`  starts and ends the engine's process
* `status`  tells whether one runs
* `curl`    a request to the marketplace as a command for a shell
* `errors`  what can go wrong, with the engine's own sentence
"""

from __future__ import annotations

from magflow_tui.client.api import EngineClient
from magflow_tui.client.errors import EngineError, EngineNotRunningError, EngineStartError, EngineUnreachableError
from magflow_tui.client.launch import EngineMark, Launched, engine_mark, ensure_engine, stop_engine
from magflow_tui.client.status import engine_status
from magflow_tui.client.streams import Link, OnLink

__all__ = [
    "EngineClient",
    "EngineError",
    "EngineMark",
    "EngineNotRunningError",
    "EngineStartError",
    "EngineUnreachableError",
    "Launched",
    "Link",
    "OnLink",
    "engine_mark",
    "engine_status",
    "ensure_engine",
    "stop_engine",
]
