"""What the engine tells of itself: version, store, accounts, health, and whether alerts reach their receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from magflow_tui import __version__
from magflow_tui.cli.doctor.check import Check, Result
from magflow_tui.cli.wording import count, duration, milliseconds

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.snapshot import HealthLevel

_OF_LEVEL: dict[HealthLevel, Result] = {
    "healthy": "ok",
    "degraded": "warning",
    "warning": "warning",
    "critical": "failed",
    "unknown": "ok",
}


async def check_engine(client: EngineClient, *, found_running: bool) -> Check:
    """Which engine serves the folder, and whether it is of this version and keeps the store in sync."""
    info = await client.engine()
    if not found_running:
        advice = "`magflow engine start` keeps the store in sync; the dashboard starts one too."
        return Check("engine", "warning", "none was running; one starts and serves", advice)
    since = f"pid {info.pid}, up {duration(info.uptime_seconds)}"
    if info.version != __version__:
        advice = "Restart it: `magflow engine stop`, then `magflow engine start`."
        return Check("engine", "warning", f"{since}: version {info.version}, this is {__version__}", advice)
    if not info.schedules_on:
        advice = "`magflow engine start` turns them on."
        return Check("engine", "warning", f"{since}: schedules are off, nothing is synced by itself", advice)
    return Check("engine", "ok", f"{since}, version {info.version}")


async def check_store(client: EngineClient, *, deep: bool) -> Check:
    """Whether the store can be read, or with `deep` whether every page of its file is sound."""
    if not deep:
        info = await client.engine()
        found = f"version {info.schema_version}, {count(info.db_bytes // 1_000_000)} MB"
        return Check("store", "ok", f"{found}; `magflow doctor --deep` reads all of it")
    answer = await client.check_store()
    if answer.problems:
        advice = "Stop the engine and keep a copy of the data folder; a full sync into a new one fetches orders again."
        return Check("store", "failed", "; ".join(answer.problems[:3]), advice)
    return Check("store", "ok", f"every page is sound ({duration(answer.seconds)})")


async def check_accounts(client: EngineClient, *, offline: bool) -> AsyncIterator[Check]:
    """Whether each account is let in, by one real call with its credentials."""
    accounts = (await client.accounts()).accounts
    if not accounts:
        advice = "`magflow config init` writes a settings file to fill in; `magflow demo` needs none."
        yield Check("accounts", "warning", "none is set up", advice)
    for account in accounts:
        name = f"account {account.name}"
        if offline:
            yield Check(name, "skipped", "not asked: --offline")
            continue
        if not account.enabled:
            yield Check(name, "skipped", "switched off in the settings")
            continue
        test = await client.test_account(account.name)
        if test.ok:
            yield Check(name, "ok", f"{account.platform} lets it in ({milliseconds(test.elapsed_ms)})")
        else:
            yield Check(name, "failed", test.status.replace("_", " "), test.message)


async def check_health(client: EngineClient) -> Check:
    """The score, and what is open."""
    answer = await client.health()
    alerts = len(answer.alerts)
    score = "no data yet" if answer.health_score is None else f"{answer.status}, {answer.health_score} of 100"
    advice = "`magflow alerts` tells what is wrong and what to do." if alerts else None
    found = f"{score}; {alerts} {'alert is' if alerts == 1 else 'alerts are'} open" if alerts else score
    return Check(
        "health", "warning" if alerts and answer.status == "healthy" else _OF_LEVEL[answer.status], found, advice
    )


async def check_webhook(client: EngineClient) -> Check:
    """Whether alerts reach the webhook, where there is one."""
    found = await client.alerts.deliveries(limit=20)
    if found.url is None:
        return Check("webhook", "skipped", "none is set: alerts are on screen and by `magflow alerts` alone")
    given_up = sum(delivery.state == "given_up" for delivery in found.deliveries)
    waiting = [delivery for delivery in found.deliveries if delivery.state == "waiting" and delivery.attempts]
    if given_up or waiting:
        said = next((delivery.error for delivery in found.deliveries if delivery.error), None) or "no answer"
        told = f"{given_up} given up, {len(waiting)} waiting: {said}"
        return Check("webhook", "warning", told, "`magflow alerts test-webhook` tries it now.")
    return Check("webhook", "ok", found.url)
