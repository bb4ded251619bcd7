"""Having the marketplace do something to orders: what may be chosen, what is asked, what is sent, what is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from magflow_tui.contract.actions import ActionRequest
from magflow_tui.tui.keyboard.actions import Situation, action_named, reason_against

NEW, IN_PROGRESS, FINALISED, FBE = 448120293, 448119503, 448119928, 448120331


def sent(standin: Any, *, dry: bool = False) -> list[ActionRequest]:
    """The requests for actions, those that only check among them when `dry`."""
    bodies = [body for verb, path, body in standin.asked if (verb, path) == ("POST", "/actions")]
    found = [ActionRequest.model_validate_json(body) for body in bodies]
    return [each for each in found if each.dry_run == dry]


async def to_order(operator: Any, number: int) -> None:
    """To an order in the list."""
    if operator.app.place.screen != "orders":
        await operator.press("4")
    await operator.until(lambda: number in [key[1] for key in operator.app.body.keys])
    keys = [key[1] for key in operator.app.body.keys]
    operator.app.keys.move(keys.index(number) - operator.app.body.cursor.index)
    await operator.pilot.pause()


async def to_menu(operator: Any, number: int) -> None:
    """To the menu of an order."""
    await to_order(operator, number)
    await operator.press("x")
    await operator.until(f"order {number}: do what?")


async def say(operator: Any, text: str) -> None:
    """Write a command behind the colon, and enter it."""
    await operator.press("colon")
    await operator.until(lambda: operator.app.prompt.text is not None)
    await operator.paste(text)
    await operator.press("enter")


async def test_the_menu_says_what_is_possible_now_and_why_the_rest_is_not(operator: Any, standin: Any) -> None:
    await to_menu(operator, NEW)
    screen = operator.screen()
    assert "> a acknowledge" in screen
    assert "3 set to prepared" in screen
    assert f"order {NEW} is new" in screen
    await operator.press("3")
    await operator.until(lambda: f"order {NEW} is new: acknowledge it first" in operator.line(-2))
    assert "do what?" not in operator.line(-2)
    await operator.press("up", "escape")
    await operator.until(lambda: not operator.app.prompt.asking)
    assert "possible now" not in operator.screen()
    assert sent(standin) == sent(standin, dry=True) == []


async def test_an_acknowledgement_is_asked_once_sent_once_and_seen_at_once(operator: Any, standin: Any) -> None:
    await to_menu(operator, NEW)
    await operator.press("a")
    await operator.until(f"acknowledge: order {NEW} (1 964.77 RON)?")
    assert "new → in progress" in operator.screen()
    assert sent(standin) == []
    await operator.press("y")
    await operator.until(lambda: "done" in operator.line(-2))
    [command] = sent(standin)
    assert (command.kind, [(key.account, key.id) for key in command.orders]) == ("acknowledge", [("main", NEW)])
    await operator.until(lambda: "in progress" in operator.line(5))


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_nothing_is_sent_unless_the_question_is_answered_with_yes(operator: Any, standin: Any, key: str) -> None:
    await to_menu(operator, NEW)
    await operator.press("enter")
    await operator.until("About to be sent")
    await operator.press(key)
    await operator.until(lambda: not operator.app.prompt.asking)
    assert sent(standin) == []
    assert "About to be sent" not in operator.screen()


async def test_a_text_that_no_reason_has_says_so_and_the_last_reason_comes_first(operator: Any, standin: Any) -> None:
    await to_menu(operator, IN_PROGRESS)
    await operator.press("c")
    await operator.until("Reason to cancel")
    await operator.type("zzz")
    await operator.press("enter")
    await operator.until("no reason of that number or text")
    await operator.press("ctrl+u")
    await operator.until("1/32")
    await operator.press("pagedown", "down", "enter")
    await operator.until("reason       21 Others")
    await operator.press("y")
    await operator.until(lambda: "can take it back" in operator.line(-2))
    await to_menu(operator, 448119506)
    await operator.press("c")
    await operator.until("> 21  Others  (used last)")
    await operator.press("escape")


async def test_what_was_cancelled_can_be_taken_back_while_its_48_hours_run(operator: Any, standin: Any) -> None:
    await to_menu(operator, IN_PROGRESS)
    await operator.press("c")
    await operator.until("Reason to cancel")
    await operator.press("1", "enter")
    await operator.until(f"cancel order {IN_PROGRESS} (1 472.94 RON) - reason 1 Out of stock?")
    await operator.press("y")
    await operator.until(f"order {IN_PROGRESS}: cancelled - x can take it back for 31h12m")
    await operator.press("x")
    await operator.until("2 set to in progress")
    assert operator.screen().count("possible for 31h12m") == 3
    await operator.press("2")
    await operator.until("cancelled → in progress")
    await operator.press("y")
    await operator.until(lambda: len(sent(standin)) == 2)
    assert (sent(standin)[1].kind, sent(standin)[1].to) == ("status", 2)


async def test_the_time_left_of_48_hours_stands_beside_the_status(operator: Any) -> None:
    await to_order(operator, FINALISED)
    await operator.press("enter")
    await operator.until("finalised · 31h12m left")


async def test_an_invoice_is_attached_with_address_and_name(operator: Any, standin: Any) -> None:
    await to_menu(operator, FBE)
    await operator.press("i")
    await operator.until("address of the PDF")
    await operator.type("example.com/1.pdf")
    await operator.press("enter")
    await operator.until("its name:")
    assert operator.app.prompt.text == f"Invoice {FBE}"
    await operator.press("enter")
    await operator.until("https://example.com/1.pdf")
    await operator.press("y")
    await operator.until(lambda: sent(standin))
    [command] = sent(standin)
    assert (command.kind, command.url, command.name) == ("attach", "https://example.com/1.pdf", f"Invoice {FBE}")


async def test_what_the_marketplace_refuses_is_told_in_its_words(operator: Any, standin: Any) -> None:
    standin.actions.failing = {NEW}
    await to_menu(operator, NEW)
    await operator.press("a")
    await operator.until("About to be sent")
    await operator.press("y")
    await operator.until(f"order {NEW}: acknowledge - failed: The marketplace answered: try later.")


async def test_a_command_does_the_same_with_the_same_question(operator: Any, standin: Any) -> None:
    await say(operator, f"ack {NEW}")
    await operator.until(f"acknowledge: order {NEW} (1 964.77 RON)?")
    assert "[4 Orders" in operator.line(1)
    await operator.press("y")
    await operator.until(lambda: "done" in operator.line(-2))
    await say(operator, f"status {NEW} prepared main")
    await operator.until("in progress → prepared")
    await operator.press("y")
    await operator.until(lambda: len(sent(standin)) == 2)
    await say(operator, f"cancel {NEW} 33")
    await operator.until("reason 33 Product no longer in partner's stock")
    await operator.press("n")
    await operator.until(lambda: not operator.app.prompt.asking)
    await say(operator, f"reread {FBE}")  # nothing is changed by it, and nothing asked
    await operator.until(lambda: len(sent(standin)) == 3)
    assert [(each.kind, each.to) for each in sent(standin)] == [("acknowledge", None), ("status", 3), ("reread", None)]


async def test_a_command_that_the_rules_refuse_says_why_and_sends_nothing(operator: Any, standin: Any) -> None:
    await say(operator, f"cancel {NEW} 1")
    await operator.until(f"order {NEW} is new: acknowledge it first")
    await say(operator, f"status {NEW} later")
    await operator.until("later is none of in_progress, prepared")
    assert sent(standin) == []


async def test_tab_finds_the_number_of_a_reason_by_its_text(operator: Any) -> None:
    await operator.press("4", "colon")
    await operator.until(lambda: operator.app.prompt.text is not None)
    await operator.paste(f"cancel {IN_PROGRESS} ")
    await operator.until(lambda: operator.app.lists.reasons.known)
    await operator.paste("stocul")
    await operator.press("tab")
    await operator.until(lambda: operator.app.prompt.text == f"cancel {IN_PROGRESS} 33")
    await operator.press("escape")
    await operator.press("colon")
    await operator.until(lambda: operator.app.prompt.text is not None)
    await operator.paste(f"cancel {IN_PROGRESS} 24")
    await operator.until("By customer request")
    await operator.press("escape")


async def test_the_order_under_the_cursor_is_meant_where_no_number_is_given(operator: Any, standin: Any) -> None:
    await to_order(operator, NEW)
    await say(operator, "ack")
    await operator.until(f"acknowledge: order {NEW}")
    await operator.press("n")
    await operator.until(lambda: not operator.app.prompt.asking)
    await say(operator, "status")
    await operator.until(f"order {NEW}: do what?")
    await operator.press("escape")


async def test_read_only_frozen_and_offers_say_why_nothing_is_done(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, read_only=True) as operator:
        await operator.until("WARNING 60")
        await to_order(operator, NEW)
        for key in ("x", "X"):
            await operator.press(key)
            await operator.until("read-only: nothing is changed from here")
        await say(operator, f"cancel {NEW} 1")
        await operator.until(lambda: "read-only" in operator.line(-2))
        await operator.press("O")
        await operator.until(lambda: operator.app.place.list_name == "offers")
    assert sent(standin) == sent(standin, dry=True) == []


@pytest.mark.parametrize(
    ("situation", "reason"),
    [
        ({"phase": "gone"}, "why.no_engine"),
        ({"phase": "live", "frozen": True}, "why.frozen"),
        ({"phase": "live", "offers_open": True}, "why.orders_only"),
        ({"phase": "live", "rows": 0}, "why.empty"),
        ({"phase": "live"}, None),
    ],
)
def test_acting_needs_an_engine_that_answers_a_live_screen_and_an_order(
    situation: dict[str, Any], reason: str | None
) -> None:
    now = Situation(**({"screen": "orders", "rows": 5} | situation))
    assert reason_against(action_named("act"), now) == reason
    assert reason_against(action_named("act_on_all"), now) == reason


async def test_what_was_asked_for_is_listed_with_what_became_of_it(operator: Any, standin: Any) -> None:
    await say(operator, "actions")
    await operator.until("nothing has been asked of the marketplace yet")
    await to_menu(operator, NEW)
    await operator.press("a")
    await operator.until("About to be sent")
    await operator.press("y")
    await operator.until(lambda: "done" in operator.line(-2))
    [batch] = standin.actions.batches
    rows = tuple(row.model_copy(update={"state": "sending"}) for row in batch.rows)
    standin.actions.batches.append(batch.model_copy(update={"rows": rows}))
    await say(operator, "actions")
    await operator.until("1 sent, answer not known yet")
    assert "new → in progress" in operator.screen()
    await operator.press("escape")
    await operator.until(lambda: "answer not known" not in operator.screen())


async def test_a_request_is_followed_through_a_new_start_of_the_engine(
    serve: Any, session: Any, watch: Any, standin_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("magflow_tui.tui.doing.deciding.PATIENCE", 0.05)
    standin = standin_class(period=3600)
    standin.actions.pace = 0
    first = serve(standin)
    await first.__aenter__()
    async with watch(session) as operator:
        await operator.until("WARNING 60")
        await to_menu(operator, NEW)
        await operator.press("a")
        await operator.until("About to be sent")
        await operator.press("y")
        await operator.until(lambda: any(path == "/actions/1" for _, path, _ in standin.asked))
        await first.__aexit__(None, None, None)
        await operator.until(lambda: operator.app.feed.link().phase == "gone")
        standin.closing = asyncio.Event()
        standin.actions.pace = 10
        async with serve(standin):
            await operator.until(f"order {NEW}: acknowledge - done")


async def test_the_request_goes_on_while_the_operator_does_something_else(operator: Any, standin: Any) -> None:
    standin.gates["/actions/1"] = asyncio.Event()
    await to_menu(operator, NEW)
    await operator.press("a")
    await operator.until("About to be sent")
    await operator.press("y")
    await operator.until("on its way")
    await operator.press("1")
    await operator.until("[1 Health]")
    standin.publish(running=[])
    await operator.until(lambda: not operator.app.snapshot.running)
    await operator.press("q")
    await operator.until("actions on orders at work: 1 - quit, and the engine?")
    await operator.press("escape")
    standin.gates["/actions/1"].set()
    await operator.until(f"order {NEW}: acknowledge - done")
    assert "[1 Health]" in operator.line(1)
