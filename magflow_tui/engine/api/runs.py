"""Sync runs: start, list, follow, cancel, resume."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from magflow_tui.contract.base import Resource
from magflow_tui.contract.runs import CancelRun, MissedPage, Run, RunPage, RunPages, Started, StartSync, Throughput
from magflow_tui.engine.api.errors import ApiError, not_found
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine
from magflow_tui.engine.engine import Engine
from magflow_tui.store.pages import MissedPage as StoredPage
from magflow_tui.sync import NotResumableError
from magflow_tui.sync.checkpoint import decode_window
from magflow_tui.sync.windows import describe

router = APIRouter(prefix="/runs", tags=["runs"])


@router.get("")
async def list_runs(
    engine: AnyEngine,
    account: str | None = None,
    resource: Resource | None = None,
    before: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RunPage:
    """Runs, newest first; `before` is the `next_before` of the page before."""
    name = None if account is None else account.lower()
    return await engine.store.list_runs(account=name, resource=resource, limit=limit, before=before)


@router.post("")
async def start(engine: WorkingEngine, command: StartSync) -> Started:
    """Start syncs. A resource of an account that is being synced already is joined, not started twice."""
    runs: list[Run] = []
    joined: list[int] = []
    for account in _accounts(engine, command.accounts):
        for resource in command.resources:
            begun = await engine.runner.start(account, resource, full=command.full, requested_by=command.requested_by)
            runs.append(begun.run)
            if begun.joined:
                joined.append(begun.run.run_id)
    return Started(runs=tuple(runs), joined=tuple(joined))


@router.get("/{run_id}")
async def show(engine: AnyEngine, run_id: int) -> Run:
    """One run."""
    run = await engine.store.get_run(run_id)
    if run is None:
        raise not_found(f"run {run_id}")
    return run


@router.get("/{run_id}/pages")
async def pages(engine: AnyEngine, run_id: int) -> RunPages:
    """The pages of a run that could not be read when it was their turn: those still missing first."""
    run = await show(engine, run_id)
    return RunPages(
        run_id=run_id, missed=tuple(_missed(page, run.resource) for page in await engine.store.missed_pages(run_id))
    )


@router.get("/{run_id}/throughput")
async def throughput(engine: AnyEngine, run_id: int) -> Throughput:
    """How fast a run stored items. The engine remembers that of running runs and of the last that ended."""
    found = engine.runner.throughput(run_id)
    if found is None:
        raise not_found(f"throughput of run {run_id}")
    return found


@router.post("/{run_id}/cancel")
async def cancel(engine: AnyEngine, run_id: int, command: CancelRun) -> Run:
    """Stop a run when its page is stored, or at once. It can be resumed."""
    if not await engine.runner.cancel(run_id, command.mode):
        run = await show(engine, run_id)
        raise ApiError(409, "conflict", f"Run {run_id} is over: {run.result}.", detail=run.result)
    return await show(engine, run_id)


@router.post("/{run_id}/resume")
async def resume(engine: WorkingEngine, run_id: int) -> Started:
    """Go on with a run that was cancelled, failed or is partial, where it stopped."""
    run = await show(engine, run_id)
    _accounts(engine, (run.account,))
    try:
        return Started(runs=(await engine.runner.resume(run_id),))
    except NotResumableError as error:
        raise ApiError(409, "conflict", str(error), hint="Start a new sync instead.") from None


def _missed(page: StoredPage, resource: Resource) -> MissedPage:
    """A page as the store has it, with its window in words."""
    try:
        window = decode_window(page.place)
    except ValueError:  # recorded by another version of MagFlow
        window = None
    return MissedPage(
        window=page.place if window is None else describe(window, resource),
        type=None if window is None else window.type,
        page=page.page,
        error=page.error,
        attempts=page.attempts,
        first_failed=page.first_failed,
        last_failed=page.last_failed,
        recovered=page.recovered,
    )


def _accounts(engine: Engine, named: tuple[str, ...]) -> tuple[str, ...]:
    """The accounts a command means: all that are enabled, or those it names. Raises `ApiError`."""
    if not engine.settings.accounts:
        raise ApiError(
            409, "no_accounts", "No account is set up.", hint="`magflow config init` writes a settings file to fill in."
        )
    names = tuple(name.lower() for name in named) or tuple(engine.accounts)
    for name in names:
        if name not in engine.settings.accounts:
            known = ", ".join(engine.settings.accounts)
            raise ApiError(404, "account_unknown", f"There is no account {name!r}; there are: {known}.", detail=name)
        if name not in engine.accounts:
            raise ApiError(409, "account_disabled", f"The account {name} is switched off in the settings.", detail=name)
    return names
