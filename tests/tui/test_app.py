"""The dashboard as an operator uses it: real keys, a real socket, recorded answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from magflow_tui.tui.views.context import SCREENS
from magflow_tui.tui.widgets.panel import Panel


def asked(standin: Any, method: str, path: str) -> list[Any]:
    return [json.loads(body or "null") for verb, where, body in standin.asked if (verb, where) == (method, path)]


async def test_the_shell_is_there_before_any_engine_is(session: Any, watch: Any) -> None:
    connecting = asyncio.Event()

    async def never() -> Any:
        connecting.set()
        await asyncio.Event().wait()

    session.connect = never
    async with watch(session, (80, 24)) as operator:
        await operator.until(connecting.is_set)
        assert "1 Health" in operator.line(1)
        assert "starting the engine" in operator.line(-2)
        assert "? help" in operator.line(-1)


async def test_data_appear_when_the_engine_answers(operator: Any) -> None:
    assert "response time" in operator.screen()
    assert "live" in operator.line(0)


async def test_every_screen_is_a_key_away_and_the_last_one_too(operator: Any) -> None:
    for number, name in enumerate(SCREENS, 1):
        await operator.press(str(number))
        assert f"[{number} " in operator.line(1)
        assert operator.app.place.screen == name
    await operator.press("right_square_bracket")
    assert "[1 Health]" in operator.line(1)
    await operator.press("left_square_bracket")
    assert "[6 API log]" in operator.line(1)
    await operator.press("minus")
    assert "[1 Health]" in operator.line(1)


async def test_a_new_snapshot_is_shown_and_the_same_one_repaints_nothing(operator: Any, standin: Any) -> None:
    painted: list[int] = []
    for panel in operator.app.query(Panel):
        original = panel.paint

        def counting(*args: Any, original: Any = original, **options: Any) -> int:
            count = original(*args, **options)
            painted.append(count)
            return int(count)

        panel.paint = counting  # type: ignore[method-assign]
    before = operator.app.snapshot
    operator.clock.time += 1
    standin.publish()
    await operator.until(lambda: operator.app.snapshot is not before and painted)
    assert not any(painted)
    operator.clock.time += 1
    standin.publish(health=dict(standin.snapshot["health"], score=40, level="critical"))
    await operator.until("CRITICAL 40")
    assert any(painted)


async def test_a_key_that_can_do_nothing_says_why(operator: Any) -> None:
    await operator.press("x")
    assert "not on this screen" in operator.line(-2)
    await operator.press("L")
    assert "already live" in operator.line(-2)
    await operator.press("F")
    assert "only in magflow demo" in operator.line(-2)


async def test_what_was_said_goes_away_by_itself(operator: Any) -> None:
    await operator.press("L")
    operator.clock.time += 7
    operator.app.paint()
    assert "already live" not in operator.line(-2)


async def test_a_sync_is_started_by_three_keys(operator: Any, standin: Any) -> None:
    await operator.press("n")
    await operator.until("sync what?")
    await operator.press("o")
    await operator.until("orders, how?")
    await operator.press("i")
    await operator.until("started: orders")
    [wanted] = asked(standin, "POST", "/runs")
    assert wanted["resources"] == ["orders"]
    assert wanted["full"] is False


async def test_a_question_takes_every_key_and_escape_puts_it_away(operator: Any, standin: Any) -> None:
    await operator.press("n")
    await operator.until("sync what?")
    await operator.press("3", "q", "n")
    await operator.until("sync what?")
    assert "[1 Health]" in operator.line(1)
    await operator.press("escape")
    await operator.until(lambda: "sync what?" not in operator.screen())
    assert not asked(standin, "POST", "/runs")


async def test_a_running_sync_is_stopped_after_its_page(operator: Any, standin: Any) -> None:
    await operator.press("3", "x")
    await operator.until("stop offers MAIN?")
    await operator.press("p")
    await operator.until("stops after its page")
    assert asked(standin, "POST", "/runs/5120/cancel") == [{"mode": "after_page"}]


async def test_only_a_run_that_did_not_complete_is_resumed(operator: Any, standin: Any) -> None:
    await operator.press("3", "j", "j", "r")
    assert "only a failed, partial or cancelled run" in operator.line(-2)
    await operator.press("j", "j", "r")
    await operator.until("goes on:")
    assert len(asked(standin, "POST", "/runs/5108/resume")) == 1


async def test_limiter_statistics_are_reset_only_after_asking(operator: Any, standin: Any) -> None:
    await operator.press("2", "R")
    await operator.until("reset the limiter's statistics?")
    await operator.press("escape")
    await operator.until(lambda: "reset the limiter" not in operator.screen())
    assert not asked(standin, "POST", "/rate-limiter/reset")
    await operator.press("R", "y")
    await operator.until("statistics reset")
    assert len(asked(standin, "POST", "/rate-limiter/reset")) == 1


async def test_one_account_alone_can_be_shown(operator: Any) -> None:
    await operator.press("A")
    await operator.until("show which account?")
    await operator.press("2")
    await operator.until("acct FBE" if "acct FBE" in operator.screen() else " FBE ")
    await operator.press("2")
    assert "orders MAIN" not in operator.screen()


async def test_a_frozen_screen_stands_still_while_the_engine_goes_on(operator: Any, standin: Any) -> None:
    await operator.press("p")
    assert "FROZEN" in operator.line(0)
    operator.clock.time += 1
    standin.publish(health=dict(standin.snapshot["health"], score=40, level="critical"), last_request_seq=341)
    await operator.until(lambda: "+41" in operator.line(0))
    assert "WARNING 60" in operator.line(0)
    await operator.press("L")
    assert "CRITICAL 40" in operator.line(0)


async def test_old_data_are_never_shown_as_new(operator: Any) -> None:
    operator.clock.time += 12
    operator.app.paint()
    assert "~ 12s old" in operator.line(0)
    assert "live" not in operator.line(0)


async def test_an_engine_that_goes_is_named_gone_and_comes_back_by_itself(
    serve: Any, session: Any, standin_class: Any, watch: Any
) -> None:
    first = standin_class(period=3600)
    async with watch(session) as operator:
        async with serve(first):
            await operator.until("WARNING 60")
        await operator.until("trying again")
        assert "old" in operator.line(0)
        second = standin_class(period=3600)
        second.publish(health=dict(second.snapshot["health"], score=95, level="healthy"))
        async with serve(second):
            await operator.until(lambda: operator.app.snapshot.health.score == 95)
            operator.clock.time += 1
            operator.app.paint()
            assert "HEALTHY 95" in operator.line(0)
            assert "live" in operator.line(0)


async def test_an_engine_that_does_not_start_says_why_and_is_tried_again_by_key(
    standin: Any, session: Any, watch: Any
) -> None:
    from magflow_tui.client import EngineError
    from magflow_tui.contract.errors import ErrorBody

    real = session.connect

    async def refuse() -> Any:
        session.connect = real
        raise EngineError(ErrorBody(code="settings", message="accounts.main.platform is not known."))

    session.connect = refuse
    async with watch(session) as operator:
        await operator.until("accounts.main.platform is not known.")
        await operator.press("r")
        await operator.until("WARNING 60")


async def test_requests_are_read_only_while_they_are_looked_at(operator: Any, standin: Any) -> None:
    assert not [path for _, path, _ in standin.asked if path == "/requests"]
    await operator.press("6")
    await operator.until("follow on")
    await operator.until(lambda: operator.app.body.keys)


async def test_the_request_log_stands_still_once_the_cursor_has_left_its_head(operator: Any, standin: Any) -> None:
    await operator.press("6")
    await operator.until(lambda: operator.app.body.keys)
    await operator.press("j", "j")
    chosen = operator.app.body.keys[2]
    for _ in range(10):
        standin.tick()
    operator.clock.time += 3
    standin.publish()
    await operator.until("+40 new")
    assert operator.app.body.keys[operator.app.body.cursor.index] == chosen
    await operator.press("g")
    await operator.until("follow on")
    assert operator.app.body.keys[0] == 340


async def test_only_faults_are_shown_on_demand(operator: Any) -> None:
    await operator.press("6")
    await operator.until(lambda: operator.app.body.keys)
    everything = len(operator.app.body.keys)
    await operator.press("f")
    assert "faults only" in operator.screen()
    assert 0 < len(operator.app.body.keys) < everything
    await operator.press("escape")
    assert len(operator.app.body.keys) == everything


async def test_help_lists_every_key_and_goes_away(operator: Any) -> None:
    await operator.press("3", "question_mark")
    assert "go on with the run under the cursor" in operator.screen()
    await operator.press("escape")
    assert "History" in operator.screen()


async def test_quitting_asks_what_becomes_of_an_engine_with_work(operator: Any, session: Any) -> None:
    await operator.press("q")
    await operator.until("and the engine?")
    await operator.press("escape")
    assert session.closed is None
    await operator.press("q")
    await operator.until("and the engine?")
    await operator.press("s")
    await operator.until(lambda: session.closed)
    assert operator.app.return_code == 0


async def test_a_demo_quits_at_once_and_takes_everything_along(standin: Any, session: Any, watch: Any) -> None:
    session.is_demo = True
    async with watch(session) as operator:
        await operator.until("WARNING 60")
        await operator.press("q")
        await operator.until(lambda: session.closed)


async def test_ctrl_c_quits_when_pressed_twice_and_leaves_the_engine(operator: Any, session: Any) -> None:
    await operator.press("ctrl+c")
    assert "ctrl+c again quits" in operator.line(-2)
    await operator.press("ctrl+c")
    await operator.until(lambda: operator.app._exit)
    assert not session.closed


async def test_scenarios_are_chosen_by_key_in_a_demo(standin: Any, session: Any, watch: Any) -> None:
    session.is_demo, session.scenarios = True, ("calm", "rate-storm")
    async with watch(session) as operator:
        await operator.until("WARNING 60")
        await operator.press("F", "2")
        await operator.until("demo: rate-storm")


async def test_a_refusal_is_told_in_the_engines_words(operator: Any, standin: Any) -> None:
    standin.refuse = (
        409,
        {"code": "account_disabled", "message": "The account MAIN is switched off.", "hint": "Enable it."},
    )
    await operator.press("n", "a", "f")
    await operator.until("The account MAIN is switched off. Enable it.")


async def test_the_mouse_reaches_tabs_and_rows(operator: Any) -> None:
    await operator.pilot.click("#tabs", offset=(25, 0))
    assert operator.app.place.screen == "sync"
    await operator.pilot.click("#body", offset=(10, operator.app.body.list_top + 2))
    assert operator.app.body.keys[operator.app.body.cursor.index] == 5108


async def test_rapid_resizing_under_load_ends_in_the_right_picture(operator: Any, standin: Any) -> None:
    before = operator.screen()
    for step in range(24):
        standin.publish()
        await operator.press(str(step % 6 + 1))
        await operator.pilot.resize_terminal(200 - step * 7, 60 - step * 2)
    await operator.pilot.resize_terminal(140, 40)
    await operator.press("1")
    operator.clock.time += 30
    standin.publish()
    await operator.until(lambda: operator.screen().splitlines()[2:38] == before.splitlines()[2:38])
