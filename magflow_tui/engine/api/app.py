"""The application: the rooms of the API under one path, the probe at the root, the documentation at `/docs`."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel

from magflow_tui import __version__
from magflow_tui.contract.base import BASE_PATH
from magflow_tui.contract.errors import ErrorBody
from magflow_tui.engine.api import (
    actions,
    alerts,
    control,
    errors,
    health,
    limits,
    live,
    past,
    prometheus,
    records,
    requests,
    runs,
    triage,
)
from magflow_tui.engine.engine import Engine


class Probe(BaseModel):
    """Answer of the root's `/health`, for load balancers and service managers."""

    status: str
    version: str = __version__


def create_app(engine: Engine) -> FastAPI:
    """The management API of one engine."""
    app = FastAPI(
        title="MagFlow management API",
        version=__version__,
        responses={status: {"model": ErrorBody} for status in (404, 409, 422, 503)},
    )
    app.state.engine = engine
    errors.install(app)

    @app.get("/health", tags=["health"])
    async def probe(response: Response) -> Probe:
        """200 while the engine takes work, 503 while it stops."""
        if engine.draining:
            response.status_code = 503
        return Probe(status="draining" if engine.draining else "ok")

    app.include_router(prometheus.router)
    api = APIRouter(prefix=BASE_PATH)
    for room in (live, runs, triage, records, requests, past, actions, alerts, health, limits, control):
        api.include_router(room.router)
    app.include_router(api)
    return app
