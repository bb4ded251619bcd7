"""Triage on the orders' screen: what is said of findings, orders and rules, taken back, and kept for later."""

from __future__ import annotations

import csv
import getpass
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest


def seed(standin: Any) -> None:
    """Findings in the first orders: three in the first, one in each of the next four."""
    rows = standin.orders["orders"]
    standin.triage.found.clear()
    for row in rows:
        row.update(findings=0, worst_rule=None, worst_severity=None)
    find = standin.triage.find
    find(rows[0], "totals.cashed", "$.cashed_cod", '"312.40"', message="the order says 312.40")
    for row in rows[:3]:
        find(row, "customer.phone", "$.customer.phone_1", '"07xx xxx"', message='"07xx xxx" has 9 digits')
    find(rows[0], "delivery.locker", "$.details.locker_id", '"PTM-12"')
    find(rows[3], "line.vat", "$.products[0].vat_rate", "9")
    find(rows[4], "line.vat", "$.products[0].vat_rate", "9")


@pytest.fixture
async def orders(standin: Any, session: Any, watch: Any) -> AsyncIterator[Any]:
    """An operator at the orders with findings, which have been read."""
    seed(standin)
    async with watch(session) as operator:
        await operator.until("WARNING 60")
        await operator.press("4")
        await operator.until("5 invalid  1 of 450")
        await operator.until("[findings 3]")
        yield operator


def states(standin: Any, rule: str) -> list[str]:
    return [finding.state for finding in standin.triage.found if finding.rule == rule]


def last_triage(standin: Any) -> dict[str, Any]:
    command: dict[str, Any] = json.loads([body for method, path, body in standin.asked if path == "/triage"][-1])
    return command


async def said(operator: Any, text: str) -> None:
    await operator.until(lambda: text in operator.line(-2))


async def test_the_list_names_the_gravest_finding_of_an_order_with_a_sign(orders: Any) -> None:
    assert "✗ totals.cashed (+2)" in orders.line(4)
    assert "▲ customer.phone" in orders.line(5)
    assert "5 invalid  1 of 450" in orders.line(2)


async def test_the_order_under_the_cursor_tells_its_findings_without_being_opened(orders: Any) -> None:
    await orders.until("the order says 312.40")
    await orders.press("j")
    await orders.until("W1 customer.phone")
    assert "07xx" not in orders.screen()


async def test_an_order_is_seen_at_a_key_and_that_is_undone_and_done_again(orders: Any, standin: Any) -> None:
    await orders.press("a")
    await said(orders, "seen 448120331 · findings: 3 · u undo")
    assert states(standin, "totals.cashed") == ["seen"]
    await orders.press("u")
    await said(orders, "undo: seen 448120331 · nothing more to undo")
    assert states(standin, "totals.cashed") == ["open"]
    await orders.press("U")
    await said(orders, "redo: seen 448120331 · 1 more to undo")
    assert states(standin, "totals.cashed") == ["seen"]
    await orders.press("u", "ctrl+r")
    await said(orders, "redo: seen")


async def test_marked_orders_are_ignored_together_and_leave_the_count(orders: Any, standin: Any) -> None:
    await orders.press("v", "j", "j", "i")
    await said(orders, "ignore 3 orders (5)")
    await orders.press("f")
    await said(orders, "ignored 3 orders · findings: 5")
    orders.clock.time += 3
    standin.publish()
    await orders.until("2 invalid")
    assert states(standin, "customer.phone") == ["ignored"] * 3
    assert last_triage(standin)["until"] is None
    assert not orders.app.place.list_state.marks


async def test_one_finding_is_ignored_in_its_order_alone_and_for_what_comes_there(orders: Any, standin: Any) -> None:
    await orders.press("enter")
    await orders.until("W2 ")
    await orders.press("j", "i")
    await said(orders, "ignore customer.phone")
    await orders.press("h", "7")
    await said(orders, "ignored customer.phone on 448120331 · findings: 1 · until 03-21")
    command = last_triage(standin)
    assert (command["standing"], command["choice"]["rules"]) == (True, ["customer.phone"])
    assert command["choice"]["orders"] == [{"account": "fbe", "id": 448120331}]
    await orders.until("ignored until 03-21")
    assert f"· {getpass.getuser()}" in orders.screen()


async def test_one_finding_is_ignored_everywhere_only_for_a_time(orders: Any, standin: Any) -> None:
    await orders.press("enter")
    await orders.until("W2 ")
    await orders.press("j", "i", "e")
    await said(orders, "30 d")
    assert "ever" not in orders.line(-2)
    await orders.press("1")
    await said(orders, "findings: 3")
    assert last_triage(standin)["choice"] == {
        "finding_ids": [],
        "orders": [],
        "rules": ["customer.phone"],
        "account": None,
        "where": None,
    }


async def test_a_finding_is_snoozed_until_a_moment_that_is_typed(orders: Any, standin: Any) -> None:
    await orders.press("enter")
    await orders.until("E1 totals.cashed")
    await orders.press("z", "d")
    await orders.paste("2020-01-01")
    await orders.press("enter")
    await said(orders, "until (")
    await orders.press("ctrl+u")
    await orders.type("36h")
    await orders.press("enter")
    await said(orders, "snoozed totals.cashed on 448120331")
    assert last_triage(standin)["until"].startswith("2026-03-15T22:04")
    assert states(standin, "totals.cashed") == ["snoozed"]


async def test_esc_says_nothing_of_a_finding(orders: Any, standin: Any) -> None:
    for key in ("i", "z"):
        await orders.press(key)
        await orders.until(lambda: orders.app.prompt.asking)
        await orders.press("escape")
    assert not [path for method, path, _ in standin.asked if method == "POST" and path == "/triage"]


async def test_what_was_seen_is_opened_again_by_name(orders: Any, standin: Any) -> None:
    await orders.press("a")
    await said(orders, "seen")
    orders.app.keys.perform("reopen")
    await said(orders, "opened again 448120331")
    assert states(standin, "totals.cashed") == ["open"]


async def test_a_batch_that_cannot_be_taken_back_is_told_and_left(orders: Any, standin: Any) -> None:
    await orders.press("a")
    await said(orders, "seen")
    standin.triage.batches[0] = standin.triage.batches[0].model_copy(update={"undone_at": standin.triage.now})
    await orders.press("u")
    await said(orders, "cannot be undone: seen 448120331 - Batch 1 is undone.")
    await orders.press("u")
    await said(orders, "nothing that can be taken back")


async def test_what_was_changed_since_is_told_and_stays(orders: Any, standin: Any) -> None:
    await orders.press("a")
    await said(orders, "seen")
    (number, finding), *_ = standin.triage.after[1].items()
    standin.triage.found[number - 1] = finding.model_copy(update={"state": "snoozed"})
    await orders.press("u")
    await said(orders, "undo: seen 448120331 · changed since, left as they are: 1")
    assert [each.state for each in standin.triage.found if each.order_id == 448120331] == ["snoozed", "open", "open"]


async def test_rules_are_listed_with_their_counts_and_enter_shows_their_orders(orders: Any) -> None:
    await orders.press("b")
    await orders.until("by rule, the most frequent first")
    assert orders.line(4).split()[:5] == [">", "▲", "warning", "customer.phone", "3"]
    await orders.press("j", "enter")
    await orders.until(lambda: orders.app.lists.orders.wish.filter == "rule:line.vat")
    await orders.until("of 2")
    assert "/ rule:line.vat" in orders.line(2)


async def test_rules_that_could_not_be_read_are_read_a_little_later(standin: Any, session: Any, watch: Any) -> None:
    seed(standin)
    standin.failing = "/findings/counts"
    async with watch(session) as operator:
        await operator.until("WARNING 60")
        await operator.press("4", "b")
        await operator.until("The store is busy.")
        standin.failing = None
        operator.clock.time += 3
        operator.app.keys.desk.follow()
        await operator.until("customer.phone")
        assert "busy" not in operator.screen()


async def test_a_rule_is_copied_by_its_code_and_whole(orders: Any) -> None:
    await orders.press("b", "y")
    await said(orders, "copied rule customer.phone")
    await orders.press("Y")
    await said(orders, "copied rule customer.phone as JSON")
    (copy,) = orders.app.despatch.folder().rglob("last-copy.txt")
    assert json.loads(copy.read_text())["open"] == 3


async def test_several_marked_rules_show_the_orders_of_any(orders: Any) -> None:
    await orders.press("b", "space", "space", "enter")
    await orders.until("rule:customer.phone or rule:line.vat")


async def test_esc_leads_from_the_rules_back_to_the_orders(orders: Any) -> None:
    await orders.press("b", "space", "escape")
    assert orders.app.place.list_name == "rules"
    await orders.press("escape")
    assert orders.app.place.list_name == "orders"
    await orders.press("b", "q")
    assert orders.app.place.list_name == "orders"


async def test_rules_keep_their_places_while_they_are_dealt_with(orders: Any) -> None:
    await orders.press("b", "z")
    await said(orders, "snooze customer.phone (3)")
    await orders.press("1")
    await said(orders, "snoozed customer.phone")
    await orders.until(lambda: orders.line(4).split()[3:9] == ["customer.phone", "0", "0", "0", "0", "3"])
    assert "customer.phone" in orders.line(4)
    await orders.press("r")
    await orders.until(lambda: "line.vat" in orders.line(4))


async def test_of_one_account_a_rule_is_ignored_here_or_everywhere(orders: Any, standin: Any) -> None:
    orders.app.place.show_account("main")
    orders.app.keys.reading.follow()
    await orders.press("b")
    await orders.until("customer.phone")
    await orders.press("i")
    await said(orders, "here: MAIN")
    await orders.press("h", "3")
    await said(orders, "ignored customer.phone · findings: 2")
    assert last_triage(standin)["choice"]["account"] == "main"


async def test_ignored_rules_are_listed_with_their_expiry_and_lifted_with_a_question(orders: Any, standin: Any) -> None:
    await orders.press("b", "i", "7")
    await said(orders, "ignored customer.phone")
    await orders.press("colon")
    await orders.type("ignores")
    await orders.press("enter")
    await orders.until("everywhere")
    assert "03-21" in orders.line(4)
    assert "7d00h" in orders.line(4)
    await orders.press("enter")
    await said(orders, "lift customer.phone · everywhere (3)?")
    await orders.press("y")
    await said(orders, "lifted the ignore of customer.phone")
    await orders.until("no rule is ignored for what comes")
    assert states(standin, "customer.phone") == ["open"] * 3


async def test_a_note_is_written_and_read(orders: Any, standin: Any) -> None:
    await orders.press("o")
    await orders.paste("called back")
    await orders.press("enter")
    await said(orders, "note kept on 448120331")
    await orders.press("enter", *["tab"] * 5)
    await orders.until("called back")
    await orders.press("tab", "tab", "tab", "tab")
    await orders.until("first read: new")
    assert f"note · {getpass.getuser()}" in orders.screen()
    assert [note.text for note in standin.triage.notes["fbe", 448120331]] == ["called back"]


async def test_faulty_places_of_the_payload_are_marked_and_gone_to(orders: Any, standin: Any) -> None:
    standin.payloads[448120331] = {"id": 1, "customer": {"phone_1": "07xx xxx"}, "cashed_cod": "312.40"}
    await orders.press("enter", *["tab"] * 4)
    await orders.until('"cashed_cod"')
    faulty = [line for line in orders.screen().splitlines() if "customer.phone" in line or "totals.cashed" in line]
    assert any("✗" in line and "312.40" in line for line in faulty)
    await orders.press("n")
    assert orders.app.place.pane.item == 1
    await orders.press("n", "N", "N")
    assert orders.app.place.pane.item == 0
    assert "07xx" not in orders.screen()


async def test_enter_in_the_pane_gives_it_the_screen_and_esc_takes_it_back(orders: Any) -> None:
    await orders.press("enter", "enter")
    assert "│" not in orders.line(10)
    assert "E1 totals.cashed" in orders.screen()
    await orders.press("escape")
    assert "│" in orders.line(10)
    assert orders.app.place.pane.focused
    await orders.press("escape")
    assert not orders.app.place.pane.focused


async def test_fields_and_their_values_are_completed(orders: Any) -> None:
    await orders.press("slash")
    await orders.type("rule:line.q")
    await orders.press("tab")
    assert orders.app.prompt.text == "rule:line.quantity"
    await orders.press("ctrl+u")
    await orders.type("acct:f")
    await orders.press("tab")
    assert orders.app.prompt.text == "acct:fbe"
    await orders.press("ctrl+u")
    await orders.type("sev")
    await orders.press("tab", "e", "tab")
    assert orders.app.prompt.text == "severity:error"
    await orders.press("escape")


async def test_a_view_is_saved_shown_and_deleted(orders: Any, standin: Any) -> None:
    orders.app.keys.perform("filter", "rule:line.vat")
    await orders.press("s", "colon")
    await orders.paste("view save vat odd")
    await orders.press("enter")
    await said(orders, "view vat odd saved: rule:line.vat")
    assert (standin.triage.views[0].name, standin.triage.views[0].sort) == ("vat odd", "modified")
    orders.app.keys.perform("filter", "")
    await orders.press("V", "1")
    await said(orders, "view vat odd: rule:line.vat")
    assert orders.app.place.list_state.sort == "modified"
    await orders.press("colon")
    await orders.type("view vat")
    await orders.press("tab")
    assert orders.app.prompt.text == "view vat odd"
    await orders.press("enter")
    await said(orders, "view vat odd")
    orders.app.keys.keeping.named("delete vat odd")
    await said(orders, "view vat odd deleted")
    assert not standin.triage.views
    orders.app.keys.keeping.named("vat odd")
    await said(orders, "there is no view vat odd")


async def test_a_name_that_is_none_is_told(orders: Any, standin: Any) -> None:
    orders.app.keys.keeping.named("save <x>")
    await said(orders, "<x> is no name for a view")
    assert not standin.triage.views


async def test_read_only_says_why_nothing_can_be_said_of_findings(standin: Any, session: Any, watch: Any) -> None:
    seed(standin)
    async with watch(session, read_only=True) as operator:
        await operator.until("WARNING 60")
        await operator.press("4")
        await operator.until("5 invalid")
        for key in ("a", "i", "z", "o"):
            await operator.press(key)
            assert "read-only" in operator.line(-2)
        operator.app.keys.keeping.named("save mine")
        assert "read-only" in operator.line(-2)
    assert not [path for method, path, _ in standin.asked if method == "POST"]


async def test_findings_are_told_in_the_language_of_the_screen(standin: Any, session: Any, watch: Any) -> None:
    seed(standin)
    async with watch(session, language="ro") as operator:
        await operator.until("ATENȚIE 60")
        await operator.press("4")
        await operator.until("Lockerul este în funcțiune")
        await operator.press("b")
        await operator.until("Numărul de telefon poate fi apelat")


async def test_rules_and_ignores_and_findings_are_exported_and_marks_are_kept_to(
    standin: Any, session: Any, watch: Any, tmp_path: Path
) -> None:
    seed(standin)
    session.data_dir = tmp_path

    def rows(name: str) -> list[dict[str, str]]:
        (path,) = (tmp_path / "exports").glob(f"{name}-*")
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = list(csv.DictReader(file))
        path.unlink()
        return found

    async with watch(session) as operator:
        await operator.until("WARNING 60")
        await operator.press("4")
        await operator.until("5 invalid")
        await operator.press("space", "j", "space", "ctrl+s", "c")
        await operator.until("exported to")
        assert [row["id"] for row in rows("orders")] == [
            str(row["id"]) for row in (standin.orders["orders"][0], standin.orders["orders"][2])
        ]
        operator.app.keys.perform("export", "findings", "csv")
        await operator.until("findings: 4 exported to")
        found = rows("findings")
        assert {row["order_id"] for row in found} == {"448120331", str(standin.orders["orders"][2]["id"])}
        assert "07xx" not in str(found)
        await operator.press("b", "space", "ctrl+s", "c")
        await operator.until("findings by rule: 1 exported to")
        assert [row["rule"] for row in rows("rules")] == ["customer.phone"]
        operator.app.keys.perform("export", "findings", "csv")
        await operator.until(lambda: "findings: 3 exported to" in operator.line(-2))
