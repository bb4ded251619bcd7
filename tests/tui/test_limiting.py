"""Caps and reserves set from the limits screen, over a stand-in for the engine: asked for, told, taken back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

#: Bytes: a switch of the screen, a cursor that moves by a row, a prompt or a key in it.
SCREEN, MOVE, PROMPT = 16_000, 600, 300
CAP, RESERVE = "/rate-limiter/cap", "/rate-limiter/reserve"


def asked(standin: Any, path: str) -> list[dict[str, Any]]:
    """The bodies that were posted to a path, without who asked."""
    bodies = [json.loads(body) for verb, at, body in standin.asked if verb == "POST" and at == path]
    return [{name: value for name, value in body.items() if name != "by"} for body in bodies]


def cap(count: int | None, job: str = "sync offers", pool: str = "other", account: str = "main") -> dict[str, Any]:
    return {"account": account, "pool": pool, "job": job, "per_minute": count}


def reserve(count: int | None, pool: str = "other", account: str = "main") -> dict[str, Any]:
    return {"account": account, "pool": pool, "per_minute": count}


async def shown(operator: Any, standin: Any, text: str) -> None:
    """Wait until a text is on the screen with the next snapshot."""
    operator.clock.time += 2
    standin.publish()
    await operator.until(text)


async def test_a_cap_of_two_thirds_is_offered_with_what_it_does_to_the_running_job(operator: Any, standin: Any) -> None:
    await operator.press("2", "c")
    await operator.until("cap sync offers MAIN, req/min:  120")
    await operator.until("60/min for others")
    await operator.press("enter")
    await operator.until("sync offers MAIN capped at 120/min")
    assert asked(standin, CAP) == [cap(120)]
    assert json.loads(standin.asked[-1][2] or "{}").get("by", "someone")
    await shown(operator, standin, "sync offers at most 120/min")


async def test_what_is_typed_is_explained_and_what_is_no_cap_is_not_taken(operator: Any, standin: Any) -> None:
    await operator.press("2", "c", "ctrl+u")
    await operator.type("0")
    await operator.until("1 to 179")
    await operator.press("enter", "ctrl+u")
    await operator.type("72")
    await operator.until(lambda: re.search(r"ends \d\d:\d\d, \+\d+m\d\ds · 108/min for others", operator.line(-2)))
    assert not asked(standin, CAP)
    await operator.press("enter")
    await operator.until("capped at 72/min")
    assert asked(standin, CAP) == [cap(72)]


async def test_a_cap_that_is_put_away_changes_nothing(operator: Any, standin: Any) -> None:
    await operator.press("2", "c")
    await operator.until("cap sync offers MAIN")
    await operator.press("escape")
    await operator.until(lambda: "cap sync offers" not in operator.screen())
    assert not asked(standin, CAP)


async def test_of_several_jobs_of_a_route_one_is_chosen(operator: Any, standin: Any) -> None:
    standin.snapshot["routes"][0]["jobs"] = {"sync offers": 100, "action": 30, "sync rma": 14}
    standin.publish()
    await operator.press("2")
    await operator.until("offers+2")
    await operator.press("c")
    await operator.until("cap which job of product_offer/read?")
    assert "[2] sync rma" in operator.line(-2)
    await operator.press("2")
    await operator.until("cap sync rma MAIN")
    await operator.press("enter")
    await operator.until("sync rma MAIN capped")
    assert asked(standin, CAP) == [cap(120, "sync rma")]


async def test_operators_own_work_is_never_capped(operator: Any, standin: Any) -> None:
    standin.snapshot["routes"][0]["jobs"] = {"action": 30}
    standin.publish()
    await operator.press("2")
    await operator.until(" action ")
    await operator.press("c")
    await operator.until("operators' actions is never capped")
    assert not asked(standin, CAP)


async def test_only_a_cap_that_lowers_the_orders_pool_asks_again(operator: Any, standin: Any) -> None:
    standin.snapshot["routes"][1]["jobs"] = {"sync orders": 152}
    standin.publish()
    await operator.press("2", "j", "c")
    await operator.until("cap sync orders MAIN, req/min:  480")
    await operator.press("enter")
    await operator.until("cap sync orders MAIN at 480 of 720/min?")
    await operator.press("escape")
    await operator.until(lambda: "at 480 of 720" not in operator.screen())
    assert not asked(standin, CAP)
    await operator.press("c", "enter")
    await operator.until("at 480 of 720/min?")
    await operator.press("y")
    await operator.until("capped at 480/min")
    await shown(operator, standin, "sync orders at most 480/min")
    await operator.press("c")
    await operator.until("req/min:  480")
    await operator.press("backspace", "backspace", "backspace")
    await operator.type("500")
    await operator.press("enter")
    await operator.until("capped at 500/min")
    assert asked(standin, CAP) == [cap(480, "sync orders", "orders"), cap(500, "sync orders", "orders")]


async def test_a_cap_is_taken_away_again(operator: Any, standin: Any) -> None:
    await operator.press("2", "x")
    await operator.until("no job is capped")
    await operator.press("c")
    await operator.until("req/min:  120")
    await operator.press("enter")
    await shown(operator, standin, "sync offers at most 120/min")
    await operator.press("x")
    await operator.until("sync offers MAIN not capped any more")
    assert asked(standin, CAP) == [cap(120), cap(None)]
    operator.clock.time += 2
    standin.publish()
    await operator.until(lambda: "at most 120/min" not in operator.screen())


async def test_a_cap_of_another_job_is_taken_away_once_it_is_picked(operator: Any, standin: Any) -> None:
    standin.snapshot["pools"][1]["caps"] = {"sync rma": 40}
    standin.publish()
    await operator.press("2", "j", "x")
    await operator.until("remove which cap?   [1] sync rma MAIN")
    await operator.press("1")
    await operator.until("sync rma MAIN not capped any more")
    assert asked(standin, CAP) == [cap(None, "sync rma")]


async def test_caps_and_reserves_are_undone_and_done_again(operator: Any, standin: Any) -> None:
    await operator.press("2", "c")
    await operator.until("req/min:  120")
    await operator.press("enter")
    await operator.until("capped at 120/min")
    await operator.press("u")
    await operator.until("undo: sync offers MAIN capped at 120/min")
    await operator.press("U")
    await operator.until("redo: sync offers MAIN capped at 120/min")
    assert asked(standin, CAP) == [cap(120), cap(None), cap(120)]
    await operator.press("colon")
    await operator.type("reserve 30")
    await operator.press("enter")
    await operator.until("30/min of 'other' MAIN kept for operators")
    await operator.press("u")
    await operator.until("undo: 30/min of 'other'")
    assert asked(standin, RESERVE) == [reserve(30), reserve(None)]


async def test_a_reserve_is_asked_for_with_the_one_that_holds(operator: Any, standin: Any) -> None:
    await operator.press("2", "C")
    await operator.until("keep of 'other' MAIN for operators, req/min:  20")
    await operator.until("syncs keep 160/min")
    await operator.press("ctrl+u")
    await operator.until("empty: as the settings say")
    await operator.type("180")
    await operator.until("0 to 179")
    await operator.press("backspace", "enter")
    await operator.until("18/min of 'other' MAIN kept for operators")
    await shown(operator, standin, "reserve 18/min")
    await operator.press("C", "ctrl+u", "enter")
    await operator.until("as the settings say")
    await shown(operator, standin, "reserve 20/min")
    assert asked(standin, RESERVE) == [reserve(18), reserve(None)]


async def test_a_reserve_by_name_takes_a_pool_and_says_what_is_wrong(operator: Any, standin: Any) -> None:
    async def line(text: str) -> None:
        await operator.press("colon")
        await operator.type(text)
        await operator.press("enter")

    await line("reserve orders 100")
    await operator.until("100/min of 'orders' MAIN kept for operators")
    await line("reserve othr 5")
    await operator.until("there is no pool othr: orders, other, ean")
    await line("reserve other 999")
    await operator.until("from 0 to 179, not 999")
    assert asked(standin, RESERVE) == [reserve(100, "orders")]


async def test_an_engine_that_refuses_is_quoted_and_nothing_is_kept_for_undo(operator: Any, standin: Any) -> None:
    await operator.press("2", "c")
    await operator.until("req/min:  120")
    standin.snapshot["pools"][1]["minute_limit"] = 100
    await operator.press("enter")
    await operator.until("That is more than the pool has.")
    await operator.press("u")
    await operator.until("nothing that can be taken back")


async def test_read_only_and_frozen_say_why_nothing_is_set(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, read_only=True) as operator:
        await operator.until("WARNING 60")
        for key in ("c", "x", "C"):
            await operator.press("2", key)
            await operator.until("read-only: nothing is changed")
    assert not asked(standin, CAP)


async def test_frozen_says_why_nothing_is_set(operator: Any, standin: Any) -> None:
    await operator.press("2", "p")
    for key in ("c", "x", "C"):
        await operator.press(key)
        await operator.until("goes live first")
    assert not asked(standin, CAP)


async def test_what_the_limits_cost_is_read_once_a_minute(operator: Any, standin: Any) -> None:
    await operator.press("2")
    await operator.until(lambda: re.search(r" \d\d:[03]0-\d\d:[03]0 ", operator.screen()))
    await operator.until("1h26m")
    for _ in range(3):
        standin.publish()
        await operator.pilot.pause()
    assert len([path for _, path, _ in standin.asked if path == "/rate-limiter/losses"]) == 1


async def test_an_opened_route_tells_what_failed_last(operator: Any, standin: Any) -> None:
    for note in ("Internal error, ref 1", "Internal error, ref 2"):
        standin.add_request(route="product_offer/read", account="main", status=500, outcome="server_error", note=note)
    await operator.press("2", "enter")
    await shown(operator, standin, "500 Internal error, ref 2")
    assert "500 Internal error, ref 1" in operator.screen()


@pytest.mark.slow
def test_a_cap_costs_little_more_on_the_wire_than_the_line_it_is_typed_in(open_dashboard: Any) -> None:
    terminal = open_dashboard("still 1.00", DASHBOARD_CLOCK_STANDS="1")
    terminal.read_until_quiet(0.5, 3)

    def cost(keys: str) -> int:
        terminal.send(keys)
        return int(terminal.read_until_quiet(0.25, 2))

    assert 0 < cost("2") <= SCREEN
    for move in "jjk":
        assert 0 < cost(move) <= MOVE
    cost("k")
    assert 0 < cost("c") <= PROMPT
    assert "req/min" in terminal.text()
    for key in ("\x7f", "5", "\x1b"):
        assert 0 < cost(key) <= PROMPT
    assert 0 < cost("C") <= PROMPT
    assert 0 < cost("\x1b") <= PROMPT
