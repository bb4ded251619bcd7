"""Alerts on the health screen: listed, explained, taken note of, muted, taken back, and told when one was away."""

from __future__ import annotations

import csv
import getpass
import json
import os
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events

from magflow_tui.config.look import Language
from magflow_tui.contract.alerts import AckAlerts, Alert, AlertDetail, RunbookList
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import health
from magflow_tui.tui.views.concerns import concerns
from magflow_tui.tui.views.context import Body, Cursor, ListState, PastShown, View, Watched
from magflow_tui.tui.views.frame import status_line, tabs_line
from magflow_tui.tui.views.spans import clip, join

GOLDENS = Path(__file__).parent / "goldens"
WHO = getpass.getuser()
#: Keys that go from the first metric to the first alert.
TO_ALERTS = ("j", "j", "j", "j")


@pytest.fixture
async def watcher(standin: Any, session: Any, watch: Any) -> AsyncIterator[Any]:
    """An operator at the health screen, the cursor on its first alert: 429 answers of fbe, nobody has seen it."""
    standin.alerts.ended(27, "sync.stale", "offers sync of fbe is late", minutes_ago=23, lasted=35, account="fbe")
    standin.alerts.ended(22, "health.error_rate", "Error rate 8.2 %", minutes_ago=400, lasted=12, peak=9.1, unit="%")
    async with watch(session) as operator:
        await operator.until("since you last looked")
        await operator.press(*TO_ALERTS)
        yield operator


async def said(operator: Any, text: str) -> None:
    await operator.until(lambda: text in operator.line(-2))


def row(operator: Any, text: str) -> str:
    """The line of the list that has a text, without what stands beside it."""
    lines = [line.partition(" │ ")[0].rstrip() for line in operator.screen().splitlines()]
    return str(next((line for line in lines if text in line), ""))


def commands(standin: Any, path: str) -> list[dict[str, Any]]:
    return [json.loads(body) for method, asked, body in standin.asked if asked == path and method == "POST"]


def text_of(body: Body) -> str:
    return "\n".join(join(line).rstrip() for line in body.lines)


# the list


def test_what_waits_for_somebody_comes_first_and_the_rest_is_quieter(full_view: View) -> None:
    body = health.body(full_view, 80, 20)
    lines = [line for line in body.lines if " 12:04 " in join(line) or " 11:5" in join(line)][2:]
    assert [join(line)[-14:].split() for line in lines] == [["new", "<1m"], ["new", "6m"], ["acked", "7m"]]
    assert ["warn" in {role for _, role in line} for line in lines] == [True, True, False]
    assert {role for _, role in lines[2]} == {"text", "muted"}
    assert "text" not in {role for text, role in lines[2] if text.strip()}
    assert "3 open · 1 acked · 0 muted" in text_of(body)


def test_a_row_has_the_value_as_it_is_now(full_view: View, snapshot: Snapshot) -> None:
    worse = snapshot.alerts[0].model_copy(update={"value": 97.0})
    view = replace(full_view, snapshot=snapshot.model_copy(update={"alerts": (worse,)}))
    text = text_of(health.body(view, 80, 20))
    assert "MAIN: rate-limit use 97 % · sync offers" in text
    assert "82.2" not in text


def test_what_grows_is_told_beside_what_was_found(full_view: View, snapshot: Snapshot) -> None:
    late = {"code": "sync.stale", "message": "orders sync of main is late", "message_ro": "", "unit": "min"}
    alert = snapshot.alerts[0].model_copy(update=late | {"value": 172.4, "threshold": 15.0, "cause": None})
    view = replace(full_view, snapshot=snapshot.model_copy(update={"alerts": (alert,)}))
    assert "orders sync of main is late · now 2h52m" in text_of(health.body(view, 80, 20))


def test_an_account_whose_trouble_is_an_alert_stands_there_once(full_view: View, snapshot: Snapshot) -> None:
    refused = {"status": "unauthorised", "message": "You are not allowed.", "since": snapshot.at}
    accounts = (snapshot.accounts[0], snapshot.accounts[1].model_copy(update=refused))
    troubled = snapshot.model_copy(update={"accounts": accounts, "alerts": ()})
    assert [each.key for each in concerns(replace(full_view, snapshot=troubled), troubled)][4:] == ["account.fbe"]
    told = {"code": "account.unauthorised", "account": "fbe", "message": "refused", "cause": None, "alert_id": 40}
    told |= {"advice": "Set them right: `magflow accounts test fbe` tries them."}
    alerted = troubled.model_copy(update={"alerts": (snapshot.alerts[0].model_copy(update=told),)})
    view = replace(full_view, snapshot=alerted, cursor=Cursor(40, 4), opened=True)
    assert [each.key for each in concerns(view, alerted)][4:] == [40]
    text = text_of(health.body(view, 80, 20))
    assert "You are not allowed." in text
    assert "magflow accounts test fbe" in text
    assert "alerts 1 open · 1 new" in join(tabs_line(view, 140)[0])


def test_the_tabs_tell_how_many_are_new(full_view: View, snapshot: Snapshot) -> None:
    assert "alerts 3 open · 2 new" in join(tabs_line(full_view, 140)[0])
    assert join(tabs_line(full_view, 80)[0]).rstrip().endswith("alerts 3")
    calm = tuple(alert.model_copy(update={"state": "muted"}) for alert in snapshot.alerts)
    quiet = replace(full_view, snapshot=snapshot.model_copy(update={"alerts": calm}))
    assert [role for text, role in tabs_line(quiet, 140)[0] if "alerts" in text] == ["muted"]


def test_a_past_minute_tells_nothing_of_what_has_closed_since(full_view: View, snapshot: Snapshot) -> None:
    over = snapshot.alerts[0].model_copy(update={"alert_id": 9, "state": "resolved", "closed_at": snapshot.at})
    view = replace(full_view, watched=Watched(looked_at=snapshot.alerts[1].opened_at, over=(over,)))
    assert "since you last looked (11:57)" in text_of(health.body(view, 80, 26))
    past = replace(view, past=PastShown(snapshot.at))
    text = text_of(health.body(past, 80, 26))
    assert "since you last looked" not in text
    assert "engine pid" not in text


# the accounts


def test_one_glance_tells_which_account_is_in_trouble(full_view: View, snapshot: Snapshot) -> None:
    text = text_of(health.body(full_view, 80, 20))
    assert "accounts   ▲ MAIN 60   ok FBE 100" in text
    refused = snapshot.accounts[1].model_copy(update={"status": "refused_ip"})
    changed = snapshot.model_copy(update={"accounts": (snapshot.accounts[0], refused)})
    assert "accounts   ✗ FBE 100  ▲ MAIN 60" in text_of(health.body(replace(full_view, snapshot=changed), 80, 20))


def test_of_many_accounts_the_worst_are_named(full_view: View, snapshot: Snapshot) -> None:
    own = snapshot.account_health[0]
    many = tuple(own.model_copy(update={"account": f"shop{at}", "score": 100 - at}) for at in range(12))
    changed = snapshot.model_copy(update={"account_health": many})
    line = next(
        line
        for line in text_of(health.body(replace(full_view, snapshot=changed), 80, 20)).splitlines()
        if "SHOP" in line
    )
    assert "SHOP11 89" in line
    assert "SHOP10 90" in line
    assert line.endswith("… 8 more")


def test_a_chosen_account_has_its_own_score_lines_and_alerts(full_view: View) -> None:
    view = replace(full_view, account="fbe")
    text = text_of(health.body(view, 80, 20))
    assert "Health FBE 100/100 healthy" in text
    assert "412 ms" in text
    assert "1 open" in text
    assert "MAIN" not in text
    assert "HEALTHY 100" in join(status_line(view, 80))
    assert "Health MAIN 60/100 warning" in text_of(health.body(replace(full_view, account="main"), 80, 20))


def test_an_account_is_plotted_by_its_own_minutes(full_view: View) -> None:
    assert full_view.minutes is not None
    count = len(full_view.minutes.mean_ms)
    minutes = full_view.minutes.model_copy(update={"score": (40,) * count, "limit_use": (50.0,) * count})
    view = replace(full_view, account="fbe", minutes=minutes, minutes_of="fbe")
    text = text_of(health.body(view, 140, 36))
    assert "low          40" in text
    other = replace(view, minutes_of=None)
    assert "low          40" not in text_of(health.body(other, 140, 36))


def test_without_accounts_of_their_own_score_that_of_all_is_shown(full_view: View, snapshot: Snapshot) -> None:
    older = snapshot.model_copy(update={"account_health": ()})
    text = text_of(health.body(replace(full_view, snapshot=older, account="fbe"), 80, 20))
    assert "Health 60/100 warning" in text


# what to do


async def test_the_alert_under_the_cursor_tells_what_to_do_and_how_often_there_was_one(
    watcher: Any, standin: Any
) -> None:
    await watcher.until("14x in 30 d, median 9m")
    assert "Find the other program." in watcher.screen()
    assert "Another program uses the limit of fbe" in watcher.screen()
    await watcher.press("j")
    await watcher.until("Cap the job on 2 Limits with c.")  # the runbook of this cause, not of any

    def asked() -> list[str]:
        return [path for _, path, _ in standin.asked if path.startswith("/alerts/3")]

    await watcher.until(lambda: asked() == ["/alerts/32", "/alerts/31"])
    await watcher.press("k")
    await watcher.until("Find the other program.")
    assert asked() == ["/alerts/32", "/alerts/31"]


async def test_an_opened_alert_tells_who_did_what(watcher: Any) -> None:
    await watcher.press("a")
    await said(watcher, "acked")
    await watcher.press("enter")
    await watcher.until(f"acked ({WHO})")
    assert "at worst 2" in watcher.screen()
    assert "means" in watcher.screen()
    await watcher.press("escape")
    await watcher.until("Event log")


async def test_what_does_not_fit_is_turned_to_and_behind_it_the_alert_closes(
    standin: Any, session: Any, watch: Any
) -> None:
    async with watch(session, (80, 18)) as operator:
        await operator.until("3 open")
        await operator.press(*TO_ALERTS, "enter")
        await operator.until(lambda: " more ─" in operator.line(6))
        assert "opened" not in operator.screen()
        await operator.press("enter")
        await operator.until("opened")
        assert "Another program" not in operator.screen()
        await operator.press("enter")
        await operator.until("response time")
        await operator.press("enter")
        await operator.until("Another program")
        await operator.press("enter", "j")
        await operator.until("82.2 %")  # another alert begins at its beginning


@pytest.fixture
def told(full_view: View, standin: Any) -> View:
    """A view with everything known: runbooks, an alert whole, what is over and when the operator last looked."""
    standin.alerts.ended(27, "sync.stale", "offers sync of fbe is late", minutes_ago=23, lasted=35, account="fbe")
    standin.alerts.ended(
        22, "health.error_rate", "Error rate 8.2 %", minutes_ago=400, lasted=12, peak=9.1, unit="%", threshold=5.0
    )
    ask = standin.alerts.answer
    books = RunbookList.model_validate(ask("GET", "/alerts/runbooks", {}, b"")[1]).runbooks
    ack = AckAlerts(alert_ids=(31,), by="ana").model_dump_json().encode()
    ask("POST", "/alerts/ack", {}, ack)
    watched = Watched(
        looked_at=standin.alerts.looked_at,
        over=tuple(standin.alerts.over),
        runbooks={(book.code, book.cause): book for book in books},
        detail=AlertDetail.model_validate(ask("GET", "/alerts/31", {}, b"")[1]),
    )
    return replace(full_view, watched=watched)


@pytest.mark.parametrize(("width", "height"), [(80, 20), (140, 36)])
@pytest.mark.parametrize("language", ["en", "ro"])
def test_an_opened_alert_is_told_whole_as_recorded(told: View, width: int, height: int, language: Language) -> None:
    view = replace(told, say=speak(language), cursor=Cursor(31, 5), opened=True)
    body = health.body(view, width, height)
    text = "\n".join(join(clip(line, width)).rstrip() for line in body.lines) + "\n"
    path = GOLDENS / f"body-alert-{language}-{width}x{height}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_everything_that_is_over_is_drawn_as_recorded(told: View) -> None:
    view = replace(told, list_state=ListState(faults=True), cursor=Cursor(22, 8))
    text = text_of(health.body(view, 100, 26)) + "\n"
    path = GOLDENS / "body-alerts-all-100x26.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_an_alert_is_told_in_romanian(full_view: View) -> None:
    view = replace(full_view, say=speak("ro"), cursor=Cursor(32, 4))
    text = text_of(health.body(view, 80, 20))
    assert "celelalte cereri ale contului" in text
    assert "Alt program folosește limita contului fbe" in text
    assert "deschise 3 · văzute 1 · tăcute 0" in text


async def test_the_history_is_read_when_an_alert_opens_or_closes_and_not_each_second(
    watcher: Any, standin: Any
) -> None:
    def readings() -> int:
        return sum(1 for _, path, _ in standin.asked if path == "/alerts/history")

    assert readings() == 1
    for _ in range(3):
        watcher.clock.time += 60
        standin.publish()
        await watcher.until(lambda: watcher.app.snapshot.seq == standin.snapshot["seq"])
        watcher.app.follow_lists()
    assert readings() == 1
    standin.publish(alerts=standin.snapshot["alerts"][:2])
    await watcher.until(lambda: readings() == 2)
    once = [path for _, path, _ in standin.asked if path in ("/alerts/runbooks", "/alerts/looked")]
    assert once.count("/alerts/runbooks") == 1


# taken note of


async def test_an_alert_is_acked_at_a_key_and_that_is_undone_and_done_again(watcher: Any, standin: Any) -> None:
    await watcher.press("a")
    await said(watcher, "acked FBE: refused by the rate limit · u undo")
    await watcher.until(lambda: "acked" in row(watcher, "requests of fbe"))
    assert commands(standin, "/alerts/ack") == [{"alert_ids": [32], "by": WHO, "undo": False}]
    await watcher.press("u")
    await said(watcher, "undo: acked FBE: refused by the rate limit")
    await watcher.until(lambda: "new" in row(watcher, "requests of fbe"))
    await watcher.press("U")
    await said(watcher, "redo: acked FBE")
    await watcher.until("2 acked")


async def test_the_cursor_stays_on_an_alert_that_is_acked(watcher: Any) -> None:
    await watcher.press("a")
    await watcher.until("2 acked")
    assert row(watcher, "requests of fbe").startswith(">")
    await watcher.press("a")
    await said(watcher, f" by {WHO}")
    assert "acked already" in watcher.line(-2)


@pytest.mark.parametrize("key", ["a", "m"])
async def test_only_an_open_alert_is_dealt_with_and_only_now(watcher: Any, standin: Any, key: str) -> None:
    await watcher.press("g", key)
    await said(watcher, "only on an alert")
    await watcher.press("G", key)
    await said(watcher, "this alert is over")
    await watcher.press("k", "p", key)
    await said(watcher, "frozen")
    assert commands(standin, "/alerts/ack") == commands(standin, "/alerts/mute") == []


async def test_nothing_is_said_of_alerts_where_nothing_may_be_changed(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, read_only=True) as operator:
        await operator.until("3 open")
        await operator.press(*TO_ALERTS, "a")
        await said(operator, "read-only")
        await operator.press("m")
        await said(operator, "read-only")


# muted


async def test_an_alert_is_muted_for_its_account_by_two_keys(watcher: Any, standin: Any) -> None:
    await watcher.press("m")
    await said(watcher, "mute FBE: refused by the rate limit for")
    await watcher.press("4")
    await said(watcher, "muted FBE: refused by the rate limit · until")
    assert commands(standin, "/alerts/mute") == [{"code": "limit.refused", "account": "fbe", "minutes": 240, "by": WHO}]
    await watcher.until("1 muted")
    assert "muted" in row(watcher, "requests of fbe")
    await watcher.press("u")
    await said(watcher, "undo: muted FBE")
    await watcher.until("0 muted")
    await watcher.press("U")
    await said(watcher, "redo: muted FBE")
    await watcher.until("1 muted")


async def test_an_alert_is_muted_for_all_accounts(watcher: Any, standin: Any) -> None:
    await watcher.press("m", "e")
    await said(watcher, "mute all accounts: refused by the rate limit for")
    await watcher.press("h")
    await said(watcher, "muted all accounts")
    [command] = commands(standin, "/alerts/mute")
    assert (command["account"], command["minutes"]) == (None, 60)


async def test_an_alert_is_muted_until_a_time_within_a_month(watcher: Any, standin: Any) -> None:
    await watcher.press("m", "d")
    await watcher.type("40d")
    await watcher.press("enter")
    await watcher.press("escape")
    await said(watcher, "30 days at most")
    assert commands(standin, "/alerts/mute") == []
    await watcher.press("m", "d")
    await watcher.type("36h")
    await watcher.press("enter")
    await said(watcher, "muted FBE")
    assert commands(standin, "/alerts/mute")[0]["minutes"] == 36 * 60


async def test_to_undo_a_mute_brings_back_the_one_before(watcher: Any, standin: Any) -> None:
    await watcher.press("m", "1")
    await watcher.until("1 muted")
    await said(watcher, "muted FBE")
    await watcher.press("m", "h")
    await said(watcher, "muted FBE")
    await watcher.until(lambda: len(commands(standin, "/alerts/mute")) == 2)
    await watcher.press("u")
    await said(watcher, "undo: muted FBE")
    assert [command["minutes"] for command in commands(standin, "/alerts/mute")] == [1440, 60, 1440]
    await watcher.press("u")
    await said(watcher, "nothing more to undo")
    assert standin.alerts.mutes == []


async def test_a_muted_alert_is_heard_again_by_the_same_key(watcher: Any, standin: Any) -> None:
    await watcher.press("m", "1")
    await watcher.until("1 muted")
    await watcher.press("m", "l")
    await said(watcher, "lifted the mute of FBE")
    assert standin.alerts.mutes == []
    await watcher.press("u")
    await said(watcher, "undo: lifted")
    assert [mute.account for mute in standin.alerts.mutes] == ["fbe"]


async def test_mutes_are_listed_and_lifted_by_name(watcher: Any, standin: Any) -> None:
    await watcher.type(":mutes")
    await watcher.press("enter")
    await said(watcher, "nothing is muted")
    await watcher.press("m", "1")
    await watcher.until("1 muted")
    await watcher.press("k", "k", "m", "e", "4")
    await watcher.until("2 muted")
    await watcher.type(":mutes")
    await watcher.press("enter")
    await said(watcher, "[2] all accounts: rate-limit use until")
    await watcher.press("2")
    await said(watcher, "lifted the mute of all accounts: rate-limit use")
    assert [mute.code for mute in standin.alerts.mutes] == ["limit.refused"]


# what is over


async def test_all_that_is_over_is_listed_on_demand(watcher: Any) -> None:
    assert "Error rate" not in watcher.screen()
    assert "lasted    35m" in row(watcher, "offers sync of fbe is late")
    assert "f:open" in watcher.screen()
    await watcher.press("f")
    await watcher.until("f:all")
    assert "── earlier ──" in watcher.screen()
    assert "MAIN: error rate 9.1 %" in row(watcher, "MAIN: error rate")
    await watcher.press("G", "enter")
    await watcher.until(lambda: re.search(r"What to do ─+ .*\d\d:\d\d - .*\d\d:\d\d ─", watcher.screen()))
    await watcher.press("escape", "escape")
    await watcher.until("f:open")


async def test_what_is_over_is_exported_where_it_is_shown(
    standin: Any, session: Any, watch: Any, tmp_path: Path
) -> None:
    standin.alerts.ended(27, "sync.stale", "offers sync of fbe is late", minutes_ago=23, lasted=35)
    session.data_dir = tmp_path
    async with watch(session) as operator:
        await operator.until("since you last looked")
        await operator.type(":export alerts csv")
        await operator.press("enter")
        await operator.until(lambda: list((tmp_path / "exports").glob("alerts-*.csv")))
        await said(operator, "3")
        await operator.press("f")
        await operator.type(":export alerts json")
        await operator.press("enter")
        await operator.until(lambda: list((tmp_path / "exports").glob("alerts-*.json")))
        await said(operator, "4")
    [table] = (tmp_path / "exports").glob("alerts-*.csv")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["alert_id"] for row in rows} == {"30", "31", "32"}


# who looked when


async def test_a_look_is_noted_once_the_dashboard_was_open_for_a_moment(watcher: Any, standin: Any) -> None:
    async def second(later: float) -> None:
        watcher.clock.time += later
        standin.publish()
        await watcher.until(lambda: watcher.app.snapshot.seq == standin.snapshot["seq"])
        watcher.app.keys.watching.follow()
        await watcher.pilot.pause()

    await second(1)
    assert standin.alerts.looks == []
    await second(10)
    await watcher.until(lambda: standin.alerts.looks == [WHO])
    await second(299)
    assert standin.alerts.looks == [WHO]
    await second(2)
    await watcher.until(lambda: standin.alerts.looks == [WHO, WHO])


async def test_somebody_who_was_away_is_told_what_has_closed_meanwhile(watcher: Any, standin: Any) -> None:
    watcher.clock.time += 20
    watcher.app.post_message(events.AppBlur())
    await watcher.until(lambda: standin.alerts.looks == [WHO])
    watcher.clock.time += 400
    standin.publish(at="2026-03-14T10:11:20.000+00:00")
    standin.alerts.ended(29, "store.disk", "412 MB are free", minutes_ago=2, lasted=3, account=None)
    standin.publish(alerts=standin.snapshot["alerts"][:2])
    watcher.app.post_message(events.AppFocus())
    await watcher.until("412 MB are free")
    assert "offers sync of fbe is late" not in watcher.screen()


async def test_leaving_is_noted_too(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session) as operator:
        await operator.until("3 open")
        operator.clock.time += 11
        assert standin.alerts.looks == []
    assert standin.alerts.looks == [WHO]


async def test_quitting_is_noted_once(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session) as operator:
        await operator.until("3 open")
        operator.clock.time += 11
        await operator.press("q")
        await operator.until("leave it running")
        await operator.press("l")
        await operator.until(lambda: session.closed is not None)
    assert standin.alerts.looks == [WHO]


async def test_a_glance_is_no_look(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session) as operator:
        await operator.until("3 open")
    assert standin.alerts.looks == []


async def test_an_engine_that_knows_nothing_of_it_costs_the_screen_nothing(
    standin: Any, session: Any, watch: Any
) -> None:
    standin.alerts.answer = lambda *_: None
    async with watch(session) as operator:
        await operator.until("3 open")
        await operator.press(*TO_ALERTS)
        for _ in range(3):
            standin.publish()
            await operator.until(lambda: operator.app.snapshot.seq == standin.snapshot["seq"])
            operator.app.keys.watching.follow()
        assert sum(1 for _, path, _ in standin.asked if path == "/alerts/looked") == 1


# personal data


def test_nothing_of_a_person_is_on_the_screen(full_view: View, snapshot: Snapshot) -> None:
    from magflow_tui.tui.privacy import Privacy

    quoted = "said +40722000111 of ana@posta.example"
    cause = snapshot.alerts[0].cause
    assert cause is not None
    told = {"message": quoted, "message_ro": quoted, "advice": quoted, "advice_ro": quoted, "code": "sync.stale"}
    alert: Alert = snapshot.alerts[0].model_copy(
        update=told | {"cause": cause.model_copy(update={"text": quoted, "text_ro": quoted})}
    )
    over = alert.model_copy(update={"alert_id": 5, "state": "resolved", "closed_at": snapshot.at})
    view = replace(
        full_view,
        snapshot=snapshot.model_copy(update={"alerts": (alert,)}),
        watched=Watched(looked_at=alert.opened_at, over=(over,)),
        opened=True,
    )
    for language in ("en", "ro"):
        for key, index in ((31, 4), (5, 5)):
            seen = Privacy(reveal=False).kept(replace(view, say=speak(language), cursor=Cursor(key, index)))
            text = text_of(health.body(seen, 140, 36))
            assert "said *****" in text
            assert "722000111" not in text
            assert "ana@" not in text
