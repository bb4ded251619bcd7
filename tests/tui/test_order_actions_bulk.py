"""Acting on many orders at once: which they are, what a preview says, what has to be typed, how far it is."""

from __future__ import annotations

import asyncio
from typing import Any

from magflow_tui.client.operator import operator_name
from magflow_tui.contract.actions import ActionRequest
from magflow_tui.contract.listing import Condition
from magflow_tui.contract.records import OrderRow
from magflow_tui.tui.data.order_targets import alike
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.context import ListState

FBE, FIRST, SECOND, THIRD = 448120331, 448120293, 448120269, 448120223


def sent(standin: Any) -> list[ActionRequest]:
    """The requests that were not to check alone."""
    bodies = [body for verb, path, body in standin.asked if (verb, path) == ("POST", "/actions")]
    return [each for each in map(ActionRequest.model_validate_json, bodies) if not each.dry_run]


async def mark(operator: Any, *numbers: int) -> None:
    """Mark these of the list's first rows."""
    await operator.press("4")
    await operator.until(lambda: operator.app.body.keys)
    for number in numbers:
        keys = [key[1] for key in operator.app.body.keys]
        operator.app.keys.move(keys.index(number) - operator.app.body.cursor.index)
        await operator.press("space")


async def test_marked_orders_are_counted_for_every_action_before_one_is_chosen(operator: Any, standin: Any) -> None:
    await mark(operator, FBE, FIRST, SECOND)
    await operator.press("X")
    await operator.until("Batch preview (3 marked)")
    await operator.until(lambda: "counting" not in operator.screen())
    screen = operator.screen()
    assert "2 of 3 possible" in screen
    assert "0 of 3 possible" in screen
    assert "3 of 3 possible" in screen
    await operator.press("c")
    await operator.until("possible for none of them: nothing is sent")
    await operator.press("escape")
    await operator.until(lambda: not operator.app.prompt.asking)
    assert sent(standin) == []


async def test_the_number_of_orders_has_to_be_typed_before_they_are_sent(operator: Any, standin: Any) -> None:
    standin.actions.pace = 1
    await mark(operator, FBE, FIRST, SECOND)
    await operator.press("X")
    await operator.until("do what to all of them?")
    await operator.press("a")
    await operator.until("acknowledge: 2 orders - type")
    assert "1x fulfilled by eMAG (FBE)" in operator.screen()
    assert "requests to the marketplace: 2" in operator.screen()
    await operator.press("enter", "3", "enter")
    assert sent(standin) == []
    await operator.press("backspace", "2", "enter")
    await operator.until("acknowledge (3 marked): 2 of 3 done · 1 refused")
    [command] = sent(standin)
    assert sorted(key.id for key in command.orders) == sorted([FBE, FIRST, SECOND])
    assert "3 of 3" in operator.screen()
    assert operator.screen().index("refused  ") < operator.screen().index("new → in progress")
    # What is done is no longer marked; what was refused still is.
    assert {key[1] for key in operator.app.place.list_state.marks} == {FBE}
    await operator.press("escape")
    await operator.until(lambda: "3 of 3" not in operator.screen())


async def test_how_far_a_batch_is_stands_in_its_pane_while_the_list_goes_on(operator: Any, standin: Any) -> None:
    standin.actions.pace = 1
    standin.gates["/actions/1"] = asyncio.Event()
    await mark(operator, FIRST, SECOND, THIRD)
    await operator.press("X")
    await operator.until("do what to all of them?")
    await operator.press("a")
    await operator.until("acknowledge: 3 orders - type")
    await operator.press("3", "enter")
    await operator.until("0 of 3  0 done")
    here = operator.app.body.cursor.index
    await operator.press("j")
    await operator.until(lambda: operator.app.body.cursor.index == here + 1)
    assert "0 of 3  0 done" in operator.screen()
    standin.gates["/actions/1"].set()
    await operator.until("3 of 3  3 done")


async def test_one_order_that_is_left_is_asked_about_with_yes_or_no(operator: Any, standin: Any) -> None:
    await mark(operator, FBE, FIRST)
    await operator.press("X")
    await operator.until("do what to all of them?")
    await operator.press("enter")
    await operator.until("acknowledge: 1 order?")
    await operator.press("y")
    await operator.until(lambda: sent(standin))


async def test_without_marks_all_alike_are_meant_and_sent_by_name(operator: Any, standin: Any) -> None:
    for order in standin.orders["orders"][:12]:
        order["worst_rule"] = "customer.phone" if order["id"] in (FIRST, THIRD) else "line.vat"
    await operator.press("4")
    await operator.until(lambda: operator.app.body.keys)
    await operator.press("j")
    await operator.press("X")
    await operator.until("Batch preview (alike: new · customer.phone)")
    await operator.press("a")
    await operator.until("acknowledge: 2 orders - type")
    await operator.press("2", "enter")
    await operator.until(lambda: sent(standin))
    [command] = sent(standin)
    assert (command.where, sorted(key.id for key in command.orders)) == (None, [THIRD, FIRST])


def row(**facts: Any) -> OrderRow:
    """An order of the list."""
    known = {"id": 1, "account": "main", "status": 1, "status_text": "new", "type": 3, "payment_mode_id": 1}
    unknown = dict.fromkeys(("total", "currency", "customer", "date", "modified"))
    return OrderRow.model_validate(known | unknown | facts)


def test_alike_are_those_of_the_filter_with_the_same_status_and_gravest_rule() -> None:
    state = ListState(filter="total:>100 or customer:rusu", faults=True)
    target = alike(speak(), row(worst_rule="line.vat"), state, "main")
    assert not isinstance(target, str)
    assert target.account == "main"
    same = (
        Condition(field="status", value="1"),
        Condition(field="rule", value="line.vat"),
        Condition(field="findings", operator="any"),
    )
    assert target.where is not None
    first, second = target.where.alternatives
    assert first == (Condition(field="total", operator=">", value="100"), *same)
    assert second == (Condition(field="customer", value="rusu"), *same)
    assert target.title == "alike: new · line.vat · / total:>100 or customer:rusu"


def test_like_an_order_without_findings_are_those_without_any() -> None:
    target = alike(speak(), row(), ListState(), None)
    assert not isinstance(target, str)
    assert target.where is not None
    assert target.where.alternatives == (
        (Condition(field="status", value="1"), Condition(field="findings", operator="any", negated=True)),
    )


def test_alike_needs_a_filter_that_the_store_understands_and_a_status() -> None:
    """Else more orders would be meant than are seen."""
    say = speak()
    assert "~ab+" in str(alike(say, row(), ListState(filter="customer:~ab+"), None))
    assert "nonsense" in str(alike(say, row(), ListState(filter="nonsense:1"), None))
    assert alike(say, row(status=None), ListState(), None) == say("act.no_status")


async def test_a_pane_of_results_scrolls_with_the_keys_and_gives_way_to_an_order(operator: Any, standin: Any) -> None:
    standin.actions.batches.clear()
    await mark(operator, FIRST, SECOND, THIRD)
    await operator.press("X")
    await operator.until("do what to all of them?")
    await operator.press("a")
    await operator.until("acknowledge: 3 orders - type")
    await operator.press("3", "enter")
    await operator.until("3 of 3  3 done")
    await operator.press("tab")
    assert operator.app.place.pane.focused
    assert "3 of 3  3 done" in operator.screen()
    await operator.press("h", "enter")
    await operator.until("[findings")
    assert "3 of 3  3 done" not in operator.screen()
    assert {command.by for command in sent(standin)} == {operator_name()}
