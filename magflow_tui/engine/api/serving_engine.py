"""The engine a request is served by."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from magflow_tui.engine.api.errors import ApiError
from magflow_tui.engine.engine import Engine


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def _working_engine(request: Request) -> Engine:
    engine = _engine(request)
    if engine.draining:
        raise ApiError(503, "draining", "The engine is stopping and takes no new work.", hint="Start it again.")
    return engine


#: The engine, whatever it is doing.
AnyEngine = Annotated[Engine, Depends(_engine)]
#: The engine, when it takes work.
WorkingEngine = Annotated[Engine, Depends(_working_engine)]
