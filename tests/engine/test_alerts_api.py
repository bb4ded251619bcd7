"""Alerts over the management API: open ones, history, acknowledgements, mutes, looks, the webhook."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from magflow_tui.client import EngineClient, EngineError
from magflow_tui.config import load_settings
from magflow_tui.engine.engine import Engine
from magflow_tui.monitor.alerts import AlertEvent, Condition
from magflow_tui.rules.findings import Words
from tests.engine.conftest import in_process

ERRORS = "health.error_rate"


def tell(engine: Engine, kind: str, code: str = ERRORS, account: str | None = "shop") -> None:
    """What the monitor says when an alert opens or closes."""
    words = Words(f"{code} is broken", f"{code} nu e bine")
    found = Condition((code, account), "critical", True, words, value=12.0, threshold=5.0, unit="%")
    engine.alerts.on_alert(AlertEvent(kind, found, engine.now()))  # type: ignore[arg-type]


async def refused(call: Awaitable[object]) -> tuple[str, str]:
    with pytest.raises(EngineError) as error:
        await call
    return error.value.body.code, error.value.body.message


async def test_open_alerts_are_the_same_wherever_they_are_asked_for(client: EngineClient, engine: Engine) -> None:
    tell(engine, "opened")
    tell(engine, "opened", "store.disk", None)
    alerts = (await client.alerts.open()).alerts
    assert [(alert.alert_id, alert.code, alert.account) for alert in alerts] == [
        (2, "store.disk", None),
        (1, ERRORS, "shop"),
    ]
    assert (await client.snapshot()).alerts == alerts
    assert (await client.health()).alerts == alerts
    assert (await client.metrics()).alerts == alerts
    assert (await client.alerts.history()).alerts == alerts


async def test_history_is_paged_and_filtered(client: EngineClient, engine: Engine) -> None:
    for code in (ERRORS, "sync.stale", "limit.refused"):
        for account in ("shop", "bg"):
            tell(engine, "opened", code, account)
    before = engine.now() - timedelta(hours=1)
    tell(engine, "closed", "sync.stale", "bg")
    first = await client.alerts.history(limit=4)
    rest = await client.alerts.history(limit=4, before=first.next_before)
    assert [alert.alert_id for alert in (*first.alerts, *rest.alerts)] == [6, 5, 4, 3, 2, 1]
    assert rest.next_before is None
    of_one = await client.alerts.history(account="BG", since=before)
    assert [(alert.alert_id, alert.state) for alert in of_one.alerts] == [(6, "new"), (4, "resolved"), (2, "new")]
    assert [alert.alert_id for alert in (await client.alerts.history(code="sync.stale")).alerts] == [4, 3]
    after = engine.now() + timedelta(hours=1)
    assert 4 not in [alert.alert_id for alert in (await client.alerts.history(since=after)).alerts]


async def test_every_alert_there_can_be_has_its_runbook(client: EngineClient, engine: Engine) -> None:
    runbooks = (await client.alerts.runbooks()).runbooks
    assert ERRORS in {runbook.code for runbook in runbooks}
    tell(engine, "opened")
    detail = await client.alerts.show(1)
    assert detail.runbook is not None
    assert detail.runbook in runbooks
    assert (detail.times, detail.median_seconds) == (1, None)
    assert (await refused(client.alerts.show(99))) == ("not_found", "There is no alert 99.")


async def test_taking_note_has_its_codes_and_is_told(client: EngineClient, engine: Engine) -> None:
    tell(engine, "opened")
    noted = await client.alerts.acknowledge((1,), by="ana")
    assert [(alert.state, alert.acked_by) for alert in noted.alerts] == [("acked", "ana")]
    back = await client.alerts.acknowledge((1,), by="ion", undo=True)
    assert back.alerts[0].state == "new"
    assert await refused(client.alerts.acknowledge((1, 7), by="ana")) == ("not_found", "There is no alert 7.")
    tell(engine, "closed")
    assert await refused(client.alerts.acknowledge((1,), by="ana")) == ("conflict", "Alert 1 is over.")
    changes = (await client.alerts.show(1)).changes
    assert [(change.kind, change.by) for change in changes] == [
        *(("opened", None), ("acked", "ana"), ("unacked", "ion"), ("closed", None)),
    ]
    await engine.events.stop()
    kinds = [event.kind for event in (await client.events(limit=50)).events if event.kind.startswith("alert.")]
    assert kinds == ["alert.opened", "alert.changed", "alert.changed", "alert.closed"]


async def test_a_mute_is_of_known_codes_and_accounts_and_can_be_lifted(client: EngineClient, engine: Engine) -> None:
    tell(engine, "opened")
    mute = await client.alerts.mute(ERRORS, 90, account="SHOP", by="ana")
    assert (mute.account, mute.until - mute.at) == ("shop", timedelta(minutes=90))
    assert (await client.alerts.mutes()).mutes == (mute,)
    [alert] = (await client.alerts.open()).alerts
    assert (alert.state, alert.muted_by, alert.muted_until) == ("muted", "ana", mute.until)
    assert (await client.alerts.unmute(mute.mute_id, by="ion")).mute_id == mute.mute_id
    assert (await client.alerts.mutes()).mutes == ()
    assert (await refused(client.alerts.unmute(mute.mute_id, by="ion")))[0] == "not_found"
    assert (await refused(client.alerts.mute(ERRORS, 5, account="nobody", by="ana")))[0] == "account_unknown"
    with pytest.raises(EngineError) as wrong:
        await client.alerts.mute("health.eror_rate", 5, by="ana")
    assert (wrong.value.body.code, wrong.value.body.hint) == ("bad_request", f"Did you mean {ERRORS}?")


async def test_an_operator_is_told_when_they_last_looked(client: EngineClient) -> None:
    assert (await client.alerts.look("ana")).at is None
    first = (await client.alerts.last_look("ana")).at
    assert first is not None
    assert (await client.alerts.look("ana")).at == first
    assert (await client.alerts.last_look("ion")).at is None


async def test_without_a_webhook_there_is_nothing_to_test(client: EngineClient) -> None:
    assert (await client.alerts.deliveries()).url is None
    assert await refused(client.alerts.test_webhook()) == ("conflict", "No webhook is set.")


async def test_the_settings_say_where_messages_go_and_the_address_is_shown_without_its_query(
    environ: Mapping[str, str], data_dir: Path, unused_tcp_port: int
) -> None:
    variables = {
        "MAGFLOW_ALERTS__WEBHOOK": f"http://127.0.0.1:{unused_tcp_port}/hook?key=sesame",
        "MAGFLOW_ALERTS__WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }
    settings = load_settings(config_file=Path(os.devnull), data_dir=data_dir, environ={**environ, **variables})
    async with in_process(settings) as (engine, client):
        delivery = await client.alerts.test_webhook()
        assert (delivery.state, delivery.kind) == ("given_up", "webhook.test")
        assert (delivery.error or "").startswith("no connection")
        tell(engine, "opened")
        await client.alerts.history()
        found = await client.alerts.deliveries(limit=1)
        assert found.url == f"http://127.0.0.1:{unused_tcp_port}/hook"
        assert [(each.kind, each.alert_id) for each in found.deliveries] == [("alert.opened", 1)]
    async with in_process(settings) as (_, client):
        kept = (await client.alerts.deliveries()).deliveries
        assert [each.kind for each in kept] == ["alert.opened", "webhook.test"]
