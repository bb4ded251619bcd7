"""The desk of alerts: what it shows, keeps, takes note of and tells; over restarts and a store that fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from magflow_tui.contract.alerts import AckAlerts, Cause, MuteAlerts
from magflow_tui.engine.alerts import AlertOverError, NoWebhookError, UnknownAlertError
from magflow_tui.rules.findings import Words
from magflow_tui.store import Store, StoreError
from magflow_tui.store.alert_history import AlertsAsked
from tests.engine.alerts.conftest import Bench, Clock, condition, running

ERRORS = condition()
SLOW = condition(key=("health.response_time", "main"), severity="warning")
DISK = condition(key=("store.disk", None), value=0.4, threshold=0.5, worse="below")


async def stored(bench: Bench) -> list[tuple[int, str]]:
    page = await bench.desk.history(AlertsAsked())
    return [(alert.alert_id, alert.state) for alert in page.alerts]


async def test_an_alert_is_shown_at_once_and_stored_under_the_same_number(bench: Bench) -> None:
    bench.read(ERRORS)
    [shown] = bench.desk.open
    assert (shown.alert_id, shown.code, shown.account, shown.state) == (1, "health.error_rate", "main", "new")
    assert (shown.message, shown.message_ro, shown.advice_ro) == ("Error rate 12 %", "Rata erorilor 12 %", "Așteptați.")
    assert (await bench.desk.show(1)).alert == shown
    assert bench.told == [("alert.opened", "critical", "Error rate 12 %")]


async def test_an_open_alert_goes_on_with_what_is_read_and_keeps_its_worst_value(bench: Bench) -> None:
    cause = Cause(kind="server_error", text="it fails", text_ro="pică", account="main")
    bench.read(ERRORS, DISK)
    bench.clock.forward(seconds=1)
    bench.read(condition(value=40.0, cause=cause), condition(key=DISK.key, value=0.1, threshold=0.5, worse="below"))
    bench.clock.forward(seconds=1)
    bench.read(condition(value=7.0, message=Words("Error rate 7 %", "Rata erorilor 7 %")), DISK)
    disk, errors = bench.desk.open
    assert (errors.value, errors.peak, errors.cause, errors.message) == (7.0, 40.0, cause, "Error rate 12 %")
    assert (errors.advice or "").startswith("The marketplace has trouble of its own")
    assert (errors.advice_ro or "").startswith("Marketplace-ul are probleme proprii")
    assert (disk.value, disk.peak) == (0.4, 0.1)


async def test_an_alert_that_closes_keeps_its_peak_and_the_time_it_closed_at(bench: Bench) -> None:
    bench.read(ERRORS)
    bench.clock.forward(seconds=1)
    bench.read(condition(value=55.0))
    bench.calm()
    assert bench.desk.open == ()
    detail = await bench.desk.show(1)
    assert (detail.alert.state, detail.alert.peak) == ("resolved", 55.0)
    assert [change.kind for change in detail.changes] == ["opened", "closed"]
    assert detail.alert.closed_at == detail.changes[1].at > detail.alert.opened_at
    assert detail.runbook is not None
    assert bench.told[-1] == ("alert.closed", "ok", "Over: Error rate 12 %")


async def test_open_alerts_survive_a_restart_as_the_same_and_close_after_their_calm(store: Store, clock: Clock) -> None:
    async with running(store, clock) as first:
        first.read(ERRORS, SLOW)
        clock.forward(seconds=5)
        first.read(condition(value=30.0), SLOW)
        await first.desk.acknowledge(AckAlerts(alert_ids=(2,), by="ana"))
    clock.forward(minutes=10)
    async with running(store, clock) as second:
        slow, errors = second.desk.open
        assert (errors.alert_id, errors.peak, errors.value) == (1, 30.0, 30.0)
        assert (slow.alert_id, slow.state, slow.acked_by) == (2, "acked", "ana")
        second.read(ERRORS, condition(False, key=SLOW.key))
        for _ in range(14):
            clock.forward(seconds=5)
            second.read(ERRORS, condition(False, key=SLOW.key))
        [errors] = second.desk.open
        assert (errors.alert_id, errors.peak) == (1, 30.0)
        assert [kind for kind, _, _ in second.told] == ["alert.closed"]
        second.read(ERRORS, condition(key=("sync.stale", "main")))
        assert await stored(second) == [(3, "new"), (2, "resolved"), (1, "new")]


async def test_an_alert_of_an_account_that_is_gone_closes_after_the_restart(store: Store, clock: Clock) -> None:
    async with running(store, clock) as first:
        first.read(condition(key=("account.unauthorised", "sold")))
    async with running(store, clock) as second:
        assert [alert.account for alert in second.desk.open] == ["sold"]
        second.calm()
        assert second.desk.open == ()
        assert await stored(second) == [(1, "resolved")]


async def test_what_an_engine_killed_before_it_could_store_is_found_again(store: Store, clock: Clock) -> None:
    killed = Bench(store, clock)  # never started: nothing it is told reaches the store
    killed.read(ERRORS)
    async with running(store, clock) as second:
        assert second.desk.open == ()
        second.read(ERRORS)
        assert await stored(second) == [(1, "new")]


async def broken_store(store: Store) -> None:
    """From now on no alert can be written."""
    for event in ("INSERT", "UPDATE"):
        sql = f"CREATE TRIGGER full_{event} BEFORE {event} ON alerts BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        await store.write(lambda connection, sql=sql: connection.exec_driver_sql(sql))


async def mended_store(store: Store) -> None:
    for event in ("INSERT", "UPDATE"):
        await store.write(lambda connection, event=event: connection.exec_driver_sql(f"DROP TRIGGER full_{event}"))


async def test_while_the_store_cannot_be_written_alerts_show_and_then_are_stored_in_order(
    bench: Bench, store: Store
) -> None:
    bench.read(SLOW)
    assert await stored(bench) == [(1, "new")]
    await broken_store(store)
    bench.read(SLOW, ERRORS)
    assert [alert.alert_id for alert in bench.desk.open] == [2, 1]
    assert (await bench.desk.show(2)).changes[0].kind == "opened"
    with pytest.raises(StoreError):
        await bench.desk.acknowledge(AckAlerts(alert_ids=(2,), by="ana"))
    bench.calm()
    bench.read(ERRORS)
    page = await bench.desk.history(AlertsAsked(account="main"))
    assert [(alert.alert_id, alert.state) for alert in page.alerts] == [(3, "new"), (2, "resolved"), (1, "resolved")]
    assert (await bench.desk.history(AlertsAsked(account="bg"))).alerts == ()
    await mended_store(store)
    assert await stored(bench) == [(3, "new"), (2, "resolved"), (1, "resolved")]
    assert [change.kind for change in (await bench.desk.show(2)).changes] == ["opened", "closed"]
    assert (await bench.desk.acknowledge(AckAlerts(alert_ids=(3,), by="ana")))[0].state == "acked"


async def test_taking_note_is_all_or_none_and_can_be_taken_back(bench: Bench) -> None:
    bench.read(ERRORS, SLOW)
    with pytest.raises(UnknownAlertError):
        await bench.desk.acknowledge(AckAlerts(alert_ids=(1, 9), by="ana"))
    assert {alert.state for alert in bench.desk.open} == {"new"}
    noted = await bench.desk.acknowledge(AckAlerts(alert_ids=(1, 2), by="ana"))
    assert [(alert.alert_id, alert.acked_by) for alert in noted] == [(2, "ana"), (1, "ana")]
    [again] = await bench.desk.acknowledge(AckAlerts(alert_ids=(1,), by="ion"))
    assert again.acked_by == "ana"
    [back] = await bench.desk.acknowledge(AckAlerts(alert_ids=(1,), by="ion", undo=True))
    assert (back.state, back.acked_at) == ("new", None)
    changes = (await bench.desk.show(1)).changes
    assert [(change.kind, change.by) for change in changes] == [("opened", None), ("acked", "ana"), ("unacked", "ion")]
    assert [message for kind, _, message in bench.told if kind == "alert.changed"][-1] == (
        "ion: alert 1 waits for somebody again: Error rate 12 %"
    )
    bench.calm()
    with pytest.raises(AlertOverError):
        await bench.desk.acknowledge(AckAlerts(alert_ids=(1,), by="ana"))


async def test_a_mute_silences_what_is_open_and_what_opens_until_it_ends_by_itself(bench: Bench) -> None:
    bench.read(ERRORS, SLOW)
    until = bench.clock() + timedelta(minutes=10)
    mute = await bench.desk.mute(MuteAlerts(code=ERRORS.key[0], account=None, minutes=10, by="ana"))
    assert mute.until == until
    bench.read(ERRORS, SLOW, condition(key=(ERRORS.key[0], "bg")))
    states = {(alert.code, alert.account): (alert.state, alert.muted_by) for alert in bench.desk.open}
    assert states == {
        ("health.error_rate", "main"): ("muted", "ana"),
        ("health.error_rate", "bg"): ("muted", "ana"),
        ("health.response_time", "main"): ("new", None),
    }
    assert bench.told[-1] == ("alert.opened", "info", "Muted: Error rate 12 %")
    bench.desk.keep()
    assert bench.desk.mutes == (mute,)
    bench.clock.forward(minutes=10)
    assert {alert.state for alert in bench.desk.open} == {"new"}
    assert bench.desk.mutes == ()
    bench.desk.keep()
    changes = (await bench.desk.show(3)).changes
    assert [(change.kind, change.by, change.until) for change in changes] == [
        ("opened", None, None),
        ("muted", "ana", until),
        ("unmuted", None, None),
    ]
    assert bench.told[-1][2] == "The mute of health.error_rate of all accounts is over"


async def test_a_mute_survives_a_restart_and_ends_when_somebody_lifts_it(store: Store, clock: Clock) -> None:
    async with running(store, clock) as first:
        first.read(ERRORS)
        await first.desk.mute(MuteAlerts(code=ERRORS.key[0], account="main", minutes=60, by="ana"))
    async with running(store, clock) as second:
        [mute] = second.desk.mutes
        assert [alert.state for alert in second.desk.open] == ["muted"]
        ended = await second.desk.unmute(mute.mute_id, "ion")
        assert ended is not None
        assert ended.until == clock()
        assert [alert.state for alert in second.desk.open] == ["new"]
        assert await second.desk.unmute(mute.mute_id, "ion") is None
        changes = (await second.desk.show(1)).changes
        assert [(change.kind, change.by) for change in changes[1:]] == [("muted", "ana"), ("unmuted", "ion")]


async def test_of_two_mutes_the_longer_one_holds_and_a_newer_one_of_the_same_replaces(bench: Bench) -> None:
    bench.read(ERRORS)
    short = await bench.desk.mute(MuteAlerts(code=ERRORS.key[0], account="main", minutes=5, by="ana"))
    await bench.desk.mute(MuteAlerts(code=ERRORS.key[0], account=None, minutes=30, by="ion"))
    assert bench.desk.open[0].muted_by == "ion"
    longer = await bench.desk.mute(MuteAlerts(code=ERRORS.key[0], account="main", minutes=90, by="ana"))
    assert [mute.mute_id for mute in bench.desk.mutes] == [longer.mute_id, 2]
    assert await bench.desk.unmute(short.mute_id, "ana") is None
    await bench.desk.unmute(longer.mute_id, "ana")
    assert bench.desk.open[0].state == "muted"
    assert "unmuted" not in {change.kind for change in (await bench.desk.show(1)).changes}


async def test_how_an_open_alert_stands_is_stored_now_and_then(bench: Bench, store: Store) -> None:
    bench.read(ERRORS)
    await stored(bench)
    bench.clock.forward(seconds=1)
    bench.read(condition(value=33.0))
    bench.desk.keep()
    await stored(bench)
    peak = await store.read(lambda connection: connection.exec_driver_sql("SELECT peak FROM alerts").scalar_one())
    assert peak == 33.0


async def test_without_a_webhook_nothing_is_written_for_one(bench: Bench) -> None:
    bench.read(ERRORS)
    found = await bench.desk.deliveries(10)
    assert (found.url, found.deliveries) == (None, ())
    with pytest.raises(NoWebhookError):
        await bench.desk.test_webhook()


async def test_operators_are_told_when_they_last_looked(bench: Bench) -> None:
    first = bench.clock()
    assert (await bench.desk.look("ana")).at is None
    bench.clock.forward(hours=8)
    assert (await bench.desk.last_look("ana")).at == first
    assert (await bench.desk.look("ana")).at == first
