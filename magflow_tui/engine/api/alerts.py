"""Alerts: what is open, what was, what operators say of them, and what the webhook was told."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from magflow_tui.contract.alerts import (
    AckAlerts,
    AlertDetail,
    AlertList,
    AlertPage,
    Deliveries,
    Delivery,
    Look,
    Looked,
    Mute,
    MuteAlerts,
    MuteList,
    RunbookList,
    Unmute,
)
from magflow_tui.engine.alerts import AlertOverError, NoWebhookError, UnknownAlertError
from magflow_tui.engine.api.asking import Account, Limit
from magflow_tui.engine.api.errors import ApiError, not_found
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine
from magflow_tui.monitor.runbooks import RUNBOOKS
from magflow_tui.store.alert_history import AlertsAsked

router = APIRouter(tags=["alerts"])

_CODES = tuple(sorted({runbook.code for runbook in RUNBOOKS}))


@router.get("/alerts")
async def open_alerts(engine: AnyEngine) -> AlertList:
    """Alerts that are open, newest first, muted ones included."""
    return AlertList(alerts=engine.alerts.open)


@router.get("/alerts/history")
async def history(
    engine: AnyEngine,
    account: Account = None,
    code: str | None = None,
    since: Annotated[AwareDatetime | None, Query(description="those that were open then or later")] = None,
    before: Annotated[int | None, Query(description="numbers below this one")] = None,
    limit: Limit = 50,
) -> AlertPage:
    """Alerts, open and closed, newest first."""
    return await engine.alerts.history(AlertsAsked(account, code, since, before, limit))


@router.get("/alerts/runbooks")
async def runbooks() -> RunbookList:
    """What to do about every alert there can be."""
    return RunbookList(runbooks=RUNBOOKS)


@router.get("/alerts/mutes")
async def mutes(engine: AnyEngine) -> MuteList:
    """Mutes that hold now, newest first."""
    return MuteList(mutes=engine.alerts.mutes)


@router.get("/alerts/looked")
async def last_look(engine: AnyEngine, by: str) -> Looked:
    """When an operator last looked."""
    return await engine.alerts.last_look(by)


@router.get("/alerts/deliveries")
async def deliveries(engine: AnyEngine, limit: Limit = 50) -> Deliveries:
    """The last messages to the webhook, newest first."""
    return await engine.alerts.deliveries(limit)


@router.get("/alerts/{alert_id}")
async def show(engine: AnyEngine, alert_id: int) -> AlertDetail:
    """One alert with its runbook and what happened to it."""
    try:
        return await engine.alerts.show(alert_id)
    except UnknownAlertError:
        raise not_found(f"alert {alert_id}") from None


@router.post("/alerts/ack")
async def acknowledge(engine: WorkingEngine, command: AckAlerts) -> AlertList:
    """Take note of open alerts, of all of them or none, or take that back."""
    try:
        return AlertList(alerts=await engine.alerts.acknowledge(command))
    except UnknownAlertError as error:
        raise not_found(f"alert {error.alert_id}") from None
    except AlertOverError as error:
        raise ApiError(409, "conflict", f"Alert {error.alert_id} is over.", detail=str(error.alert_id)) from None


@router.post("/alerts/mute")
async def mute(engine: WorkingEngine, command: MuteAlerts) -> Mute:
    """Silence a code for an account, or for all, in place of a mute of the same."""
    if command.code not in _CODES:
        near = get_close_matches(command.code, _CODES, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(_CODES)}."
        raise ApiError(400, "bad_request", f"There is no alert {command.code!r}.", hint=hint, detail=command.code)
    account = command.account and command.account.lower()
    if account is not None and account not in engine.settings.accounts:
        known = ", ".join(engine.settings.accounts) or "none"
        message = f"There is no account {account!r}; there are: {known}."
        raise ApiError(404, "account_unknown", message, detail=account)
    return await engine.alerts.mute(command.model_copy(update={"account": account}))


@router.post("/alerts/unmute")
async def unmute(engine: WorkingEngine, command: Unmute) -> Mute:
    """End a mute now."""
    ended = await engine.alerts.unmute(command.mute_id, command.by)
    if ended is None:
        raise not_found(f"mute {command.mute_id} that holds")
    return ended


@router.post("/alerts/looked")
async def look(engine: AnyEngine, command: Look) -> Looked:
    """Note that an operator looks now; when they last did before."""
    return await engine.alerts.look(command.by)


@router.post("/alerts/deliveries/test")
async def test_webhook(engine: WorkingEngine) -> Delivery:
    """Send a test to the webhook now, once, and tell how it went."""
    try:
        return await engine.alerts.test_webhook()
    except NoWebhookError:
        hint = "Set alerts.webhook and alerts.webhook_secret, then start the engine again."
        raise ApiError(409, "conflict", "No webhook is set.", hint=hint) from None
