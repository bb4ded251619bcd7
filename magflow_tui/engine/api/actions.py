"""Actions on orders: what is possible, asking for it, what became of it; the reasons of a cancellation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from magflow_tui.contract.actions import (
    ActionBatch,
    ActionRequest,
    ActionRows,
    ActionState,
    Choices,
    Reason,
    ReasonList,
)
from magflow_tui.engine.actions import NotPossibleError
from magflow_tui.engine.api.asking import Account, owner_of
from magflow_tui.engine.api.errors import ApiError, not_found
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine
from magflow_tui.marketplace.codes import CANCELLATION_REASONS, CANCELLATION_REASONS_EN

router = APIRouter(tags=["actions"])

#: How long an answer may be kept back until a request is finished, in seconds.
LONGEST_WAIT = 60.0
_STATUS_CODES = {"account_unknown": 404, "ambiguous": 409}


@router.get("/reasons")
async def list_reasons() -> ReasonList:
    """The reasons that a cancellation can give, by code."""
    return ReasonList(
        reasons=tuple(
            Reason(code=code, text=CANCELLATION_REASONS_EN[code], text_ro=text)
            for code, text in sorted(CANCELLATION_REASONS.items())
        )
    )


@router.get("/orders/{order_id}/choices")
async def show_choices(engine: AnyEngine, order_id: int, account: Account = None) -> Choices:
    """What the marketplace allows for an order now, and why not the rest."""
    owner = await owner_of(engine, order_id, account)
    found = None if owner is None else await engine.actions.choices(owner, order_id)
    if found is None:
        raise not_found(f"order {order_id}")
    return found


@router.post("/actions")
async def request(engine: WorkingEngine, command: ActionRequest) -> ActionBatch:
    """Check and record an action on orders, and begin to carry it out; under `dry_run` check alone. Answers at once."""
    try:
        return await engine.actions.request(command)
    except NotPossibleError as error:
        raise ApiError(_STATUS_CODES.get(error.code, 400), error.code, error.message, hint=error.hint) from None


@router.get("/actions")
async def list_actions(
    engine: AnyEngine,
    account: Account = None,
    order_id: int | None = None,
    batch_id: int | None = None,
    state: ActionState | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ActionRows:
    """Single actions, newest first."""
    rows = await engine.actions.actions(account=account, order_id=order_id, batch_id=batch_id, state=state, limit=limit)
    return ActionRows(rows=rows)


@router.get("/actions/{batch_id}")
async def show_batch(
    engine: AnyEngine,
    batch_id: int,
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT, description="answer when it is finished, at most so many seconds later")
    ] = 0.0,
) -> ActionBatch:
    """What became of a request so far. Its rows are at most 500, those that are not done first."""
    batch = await engine.actions.batch(batch_id, wait=wait)
    if batch is None:
        raise not_found(f"request {batch_id}")
    return batch
