"""Alerts, mutes, looks and the outbox of the webhook as rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from magflow_tui.contract.alerts import Alert, AlertChange, Cause, MuteAlerts
from magflow_tui.store import alerts, deliveries, looks, mutes
from magflow_tui.store.alert_history import AlertsAsked, alert_story, list_alerts
from magflow_tui.store.deliveries import Attempt, Outgoing
from tests.store.conftest import NOON

CAUSE = Cause(kind="server_error", text="the marketplace fails", text_ro="piața are erori", account="main", share=0.5)


def alert(number: int, *, minute: float = 0, code: str = "health.error_rate", account: str | None = "main") -> Alert:
    return Alert(
        alert_id=number,
        severity="critical",
        code=code,
        account=account,
        message="Error rate 12 %",
        message_ro="Rata erorilor 12 %",
        advice="wait",
        advice_ro="așteptați",
        opened_at=NOON + timedelta(minutes=minute),
        value=12.0,
        peak=12.0,
        threshold=5.0,
        unit="%",
        cause=CAUSE,
    )


def closed(opened: Alert, *, after: float, **changes: object) -> Alert:
    """An alert, over so many minutes after it opened."""
    at = opened.opened_at + timedelta(minutes=after)
    return opened.model_copy(update={"closed_at": at, "state": "resolved", **changes})


@pytest.fixture
def write(shelf):
    """Write a function's work with the rest of its arguments."""

    async def write(work, *arguments, **more):
        return await shelf.store.write(lambda connection: work(connection, *arguments, **more))

    return write


@pytest.fixture
def read(shelf):
    async def read(work, *arguments, **more):
        return await shelf.store.read(lambda connection: work(connection, *arguments, **more))

    return read


async def test_an_alert_comes_back_as_it_was_put_in(write, read):
    assert await read(alerts.last_alert_id) == 0
    await write(alerts.add_alert, alert(7))
    assert await read(alerts.open_alerts) == (alert(7),)
    assert await read(alerts.last_alert_id) == 7


async def test_a_closed_alert_keeps_how_it_stood_last_and_is_not_closed_again(write, read):
    await write(alerts.add_alert, alert(1))
    over = closed(alert(1), after=5, value=7.5, peak=40.0, cause=None)
    await write(alerts.close_alert, over)
    await write(alerts.close_alert, closed(alert(1), after=9))
    await write(alerts.keep_standing, alert(1))
    assert await read(alerts.open_alerts) == ()
    story = await read(alert_story, 1, NOON)
    assert story.alert == over
    assert story.changes == (
        AlertChange(at=NOON, kind="opened"),
        AlertChange(at=NOON + timedelta(minutes=5), kind="closed"),
    )


async def test_an_acknowledgement_is_of_who_came_first_and_every_change_is_kept(write, read):
    for number in (1, 2):
        await write(alerts.add_alert, alert(number, account=str(number)))
    await write(alerts.acknowledge, {1}, by="ana", at=NOON, undo=False)
    later = NOON + timedelta(minutes=1)
    await write(alerts.acknowledge, {1, 2}, by="ion", at=later, undo=False)
    second, first = await read(alerts.open_alerts)
    assert (first.state, first.acked_by, first.acked_at) == ("acked", "ana", NOON)
    assert (second.acked_by, second.acked_at) == ("ion", later)
    await write(alerts.acknowledge, {1}, by="ion", at=later, undo=True)
    await write(alerts.acknowledge, {1}, by="ion", at=later, undo=True)
    story = await read(alert_story, 1, NOON)
    assert story.alert.acked_by is None
    assert [(change.kind, change.by) for change in story.changes] == [
        ("opened", None),
        ("acked", "ana"),
        ("unacked", "ion"),
    ]


async def test_history_has_pages_and_tells_what_was_open_since_a_moment(write, read):
    for number in range(1, 8):
        opened = alert(number, minute=10 * number, account="bg" if number % 2 else "main")
        await write(alerts.add_alert, opened)
        if number != 3:
            await write(alerts.close_alert, closed(opened, after=2))
    first = await read(list_alerts, AlertsAsked(limit=4))
    assert [each.alert_id for each in first.alerts] == [7, 6, 5, 4]
    assert first.next_before == 4
    rest = await read(list_alerts, AlertsAsked(before=4, limit=4))
    assert ([each.alert_id for each in rest.alerts], rest.next_before) == ([3, 2, 1], None)
    of_one = await read(list_alerts, AlertsAsked(account="bg", limit=4))
    assert ([each.alert_id for each in of_one.alerts], of_one.next_before) == ([7, 5, 3, 1], None)
    since = await read(list_alerts, AlertsAsked(since=NOON + timedelta(minutes=62)))
    assert [each.alert_id for each in since.alerts] == [7, 6, 3]
    assert (await read(list_alerts, AlertsAsked(code="store.disk"))).alerts == ()


async def test_alerts_like_one_are_counted_and_the_median_is_of_those_that_are_over(write, read):
    month = 30 * 24 * 60
    for number, minute, length in ((1, -month - 60, 1), (2, -100, 2), (3, -90, 4), (4, -80, 30)):
        opened = alert(number, minute=minute)
        await write(alerts.add_alert, opened)
        await write(alerts.close_alert, closed(opened, after=length))
    await write(alerts.add_alert, alert(5))
    await write(alerts.add_alert, alert(6, account=None))
    since = NOON - timedelta(days=30)
    story = await read(alert_story, 5, since)
    assert (story.times, story.median_seconds) == (4, 240.0)
    oldest = await read(alert_story, 1, since)
    assert (oldest.times, oldest.median_seconds) == (5, 180.0)
    alone = await read(alert_story, 6, since)
    assert (alone.times, alone.median_seconds) == (1, None)
    assert await read(alert_story, 9, since) is None


async def test_a_newer_mute_takes_the_place_of_one_of_the_same_and_all_stay_on_record(write, read, shelf):
    hour = NOON + timedelta(hours=1)
    for_one = MuteAlerts(code="sync.stale", account="main", minutes=60, by="ana")
    first = await write(mutes.add_mute, for_one, at=NOON, until=hour)
    for_all = await write(mutes.add_mute, for_one.model_copy(update={"account": None}), at=NOON, until=hour)
    again = await write(mutes.add_mute, for_one.model_copy(update={"by": "ion"}), at=NOON, until=hour)
    assert await read(mutes.holding_mutes, NOON) == (again, for_all)
    assert await read(mutes.holding_mutes, hour) == ()
    early = NOON + timedelta(minutes=5)
    lifted = await write(mutes.lift_mute, for_all.mute_id, by="ion", at=early)
    assert (lifted.mute_id, lifted.until) == (for_all.mute_id, early)
    assert await write(mutes.lift_mute, for_all.mute_id, by="ion", at=early) is None
    assert await write(mutes.lift_mute, again.mute_id, by="ion", at=hour) is None
    rows = await shelf.rows("SELECT mute_id, until, lifted_by FROM alert_mutes ORDER BY mute_id")
    assert [row["lifted_by"] for row in rows] == ["ion", "ion", None]
    assert {row["until"] for row in rows} == {int(first.until.timestamp() * 1000)}


async def test_each_operator_has_looked_at_another_time(write, read):
    assert (await write(looks.look, "ana", NOON)).at is None
    later = NOON + timedelta(hours=9)
    assert (await write(looks.look, "ana", later)).at == NOON
    assert (await read(looks.last_look, "ana")).at == later
    assert (await read(looks.last_look, "ion")).at is None


def message(alert_id: int | None, kind: str, *, second: float = 0) -> Outgoing:
    return Outgoing(f"msg_{alert_id}_{kind}", alert_id, kind, "{}", NOON + timedelta(seconds=second))


def attempt(number: int, *, next_in: float | None, delivered: bool = False) -> Attempt:
    next_at = None if next_in is None else NOON + timedelta(seconds=next_in)
    status, error = (204, None) if delivered else (500, "the answer is 500")
    return Attempt(number, NOON, delivered, status, error, next_at)


async def test_a_message_waits_behind_those_of_the_same_alert_and_behind_no_other(write, read):
    opened = await write(deliveries.add_delivery, message(1, "alert.opened"))
    closing = await write(deliveries.add_delivery, message(1, "alert.closed", second=1))
    other = await write(deliveries.add_delivery, message(2, "alert.opened", second=2))
    soon = NOON + timedelta(seconds=10)
    assert (await read(deliveries.first_due, NOON - timedelta(seconds=1))) is None
    assert (await read(deliveries.first_due, soon)).delivery_id == opened.delivery_id
    assert (await write(deliveries.settle, attempt(opened.delivery_id, next_in=60))).state == "waiting"
    due = await read(deliveries.first_due, soon)
    assert (due.delivery_id, due.message, due.attempts) == (other.delivery_id, message(2, "alert.opened", second=2), 0)
    await write(deliveries.settle, attempt(other.delivery_id, next_in=None, delivered=True))
    assert await read(deliveries.first_due, soon) is None
    assert await read(deliveries.next_due) == NOON + timedelta(seconds=60)
    settled = await write(deliveries.settle, attempt(opened.delivery_id, next_in=None))
    assert (settled.state, settled.attempts, settled.status, settled.error) == ("given_up", 2, 500, "the answer is 500")
    assert (await read(deliveries.first_due, soon)).delivery_id == closing.delivery_id
    listed = await read(deliveries.list_deliveries, 2)
    assert [(each.kind, each.state) for each in listed] == [
        ("alert.opened", "delivered"),
        ("alert.closed", "waiting"),
    ]


async def test_pruning_leaves_what_waits_and_what_is_open(write, read):
    for number in (1, 2, 3):
        await write(alerts.add_alert, alert(number, account=str(number)))
    await write(alerts.close_alert, closed(alert(1, account="1"), after=1))
    await write(alerts.close_alert, closed(alert(2, account="2"), after=1))
    for number in (1, 2, 3):
        added = await write(deliveries.add_delivery, message(number, "alert.opened"))
        if number != 2:
            await write(deliveries.settle, attempt(added.delivery_id, next_in=None, delivered=True))
    later = NOON + timedelta(days=1)
    assert await write(deliveries.prune_deliveries, NOON, 10) == 0
    assert await write(deliveries.prune_deliveries, later, 10) == 1
    assert await read(deliveries.told_alerts, [1, 2, 3]) == {2, 3}
    assert await write(alerts.prune_alerts, later, 1) == 1
    assert await write(alerts.prune_alerts, later, 9) == 1
    assert [each.alert_id for each in await read(alerts.open_alerts)] == [3]
    assert await read(alert_story, 1, NOON) is None
