"""The engine itself: what it is, its schedules, its end."""

from __future__ import annotations

import time

from fastapi import APIRouter

from magflow_tui.contract.management import ScheduleSwitch, StopEngine, Stopping, StoreCheck
from magflow_tui.contract.snapshot import EngineInfo
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine

router = APIRouter(tags=["engine"])

#: How long a caller's own stream may take to be seen as closed, in seconds.
DETACH_SECONDS = 0.5


@router.get("/engine")
async def show(engine: AnyEngine) -> EngineInfo:
    """Process, version, folder, schedules, who is attached."""
    return engine.info()


@router.post("/engine/store-check")
async def check_store(engine: AnyEngine) -> StoreCheck:
    """Read every page of the store's file and tell what is damaged; beside everything else, for as long as it takes."""
    began = time.perf_counter()
    problems = await engine.store.check()
    return StoreCheck(problems=problems, seconds=round(time.perf_counter() - began, 3))


@router.post("/engine/stop")
async def stop(engine: AnyEngine, command: StopEngine) -> Stopping:
    """End the engine: runs store their page and their checkpoint, then it exits within 5 s."""
    if command.unless_attached and not engine.tied:
        return Stopping(stopping=False, message="The engine was asked to stay.")
    if command.unless_attached and not await engine.watchers.none_left(DETACH_SECONDS):
        return Stopping(stopping=False, message=f"{engine.watchers.count} others are attached; the engine stays.")
    engine.stop_requested.set()
    return Stopping(stopping=True, message="The engine stops.")


@router.post("/engine/keep")
async def keep(engine: WorkingEngine) -> EngineInfo:
    """Stay when the command that started this engine ends."""
    engine.tied = False
    return engine.info()


@router.post("/schedule")
async def schedule(engine: WorkingEngine, command: ScheduleSwitch) -> EngineInfo:
    """Turn scheduled syncs on or off, until the engine ends."""
    await engine.switch_schedules(command.on)
    return engine.info()
