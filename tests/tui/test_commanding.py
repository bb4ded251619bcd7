"""What is done by name: command line, palette, themes, languages; and what read-only keeps from being done."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from textual import events

from magflow_tui.tui.keyboard.actions import ACTIONS
from magflow_tui.tui.look.palettes import PALETTES
from magflow_tui.tui.views.context import SCREENS


def posted(standin: Any) -> list[str]:
    return [path for verb, path, _ in standin.asked if verb == "POST"]


async def say(operator: Any, text: str) -> None:
    """Write a command behind the colon, and enter it."""
    await operator.press("colon")
    await operator.until(lambda: operator.app.prompt.asking)
    await operator.paste(text)
    await operator.press("enter")
    await operator.until(lambda: not operator.app.prompt.asking)


@pytest.mark.parametrize(("text", "tab"), [("2", "[2 Limits]"), ("orders", "[4 Orders"), ("screen api", "[6 API log]")])
async def test_a_screen_is_reached_by_name_or_number(operator: Any, text: str, tab: str) -> None:
    await say(operator, text)
    await operator.until(tab)


async def test_a_command_that_is_not_known_says_so_with_what_comes_nearest(operator: Any) -> None:
    await say(operator, "themes")
    await operator.until(":themes is not known - did you mean theme?")
    await say(operator, "qqqq")
    await operator.until(":qqqq is not known - ? lists the keys")
    await say(operator, "theme pink")
    await operator.until("pink is none of auto, dark")


async def test_a_command_keeps_to_the_reasons_of_its_action(operator: Any) -> None:
    await say(operator, "live")
    await operator.until("live: already live")


async def test_an_order_is_opened_by_its_number(operator: Any, standin: Any) -> None:
    number = standin.orders["orders"][4]["id"]
    await say(operator, f"order {number}")
    await operator.until("[4 Orders")
    await operator.until(lambda: [path for _, path, _ in standin.asked if path.startswith(f"/orders/{number}")])
    await operator.until("Cablu HDMI 2 m")


async def test_a_run_is_shown_by_its_number(operator: Any) -> None:
    await say(operator, "run 5108")
    await operator.until("[3 Sync]")
    await operator.until(lambda: operator.app.body.keys)
    assert operator.app.body.keys[operator.app.body.cursor.index] == 5108


async def test_a_sync_is_started_in_one_line(operator: Any, standin: Any) -> None:
    await say(operator, "sync offers full")
    await operator.until("started: offers")
    [body] = [body for verb, path, body in standin.asked if (verb, path) == ("POST", "/runs")]
    wanted = json.loads(body)
    assert (wanted["resources"], wanted["full"]) == (["offers"], True)


async def test_what_belongs_to_one_screen_alone_takes_the_operator_there(operator: Any, standin: Any) -> None:
    await operator.press("colon")
    await operator.paste("sync-stop")
    await operator.press("enter")
    await operator.until("[3 Sync]")
    await operator.until("stop offers MAIN?")
    await operator.press("escape")
    await operator.until(lambda: not operator.app.prompt.asking)
    for _ in range(2):  # said twice it is still the offers
        await say(operator, "offers")
        await operator.until("[4 Orders")
        assert operator.app.place.list_name == "offers"
    assert posted(standin) == []


async def test_an_account_is_chosen_by_name_and_left_again(operator: Any) -> None:
    await say(operator, "acct FBE")
    await operator.until(lambda: operator.app.account == "fbe")
    await say(operator, "acct all")
    await operator.until(lambda: operator.app.account is None)


async def test_tab_completes_a_command_and_up_brings_the_last_one_back(operator: Any) -> None:
    await operator.press("colon")
    await operator.until(lambda: operator.app.prompt.asking)
    await operator.type("the")
    await operator.press("tab")
    assert operator.app.prompt.text == "theme"
    await operator.type(" l")
    await operator.press("tab", "enter")
    await operator.until("theme: light")
    await operator.press("colon")
    await operator.until(lambda: operator.app.prompt.asking)
    await operator.press("up")
    assert operator.app.prompt.text == "theme light"
    await operator.press("escape")
    await operator.until(lambda: not operator.app.prompt.asking)


async def test_the_usage_of_a_command_is_told_while_it_is_written(operator: Any) -> None:
    await operator.press("colon")
    await operator.until(lambda: operator.app.prompt.asking)
    await operator.type("order 4")
    await operator.until(":order NUMBER [ACCOUNT]")
    await operator.press("ctrl+u")
    await operator.until(lambda: ":order NUMBER" not in operator.line(-2))
    await operator.press("tab", "tab")
    await operator.until(lambda: "account" in operator.line(-2))
    await operator.press("escape")


async def test_letters_belong_to_the_line_and_esc_puts_it_away(operator: Any) -> None:
    await operator.press("colon")
    await operator.until(lambda: operator.app.prompt.asking)
    await operator.type("q2?j")
    assert operator.app.prompt.text == "q2?j"
    assert "[1 Health]" in operator.line(1)
    await operator.press("escape")
    await operator.until(lambda: not operator.app.prompt.asking)
    assert not operator.app._exit


async def test_keys_typed_ahead_of_the_screen_go_where_they_were_meant(operator: Any) -> None:
    names = {"/": "slash", ":": "colon", " ": "space", "<": "escape", ">": "enter"}
    for character in "3/q5<:theme mono>":
        operator.app.post_message(events.Key(names.get(character, character), character))
    await operator.until("theme: mono")
    assert "[3 Sync]" in operator.line(1)


async def test_a_paste_outside_of_a_line_presses_no_key(operator: Any, standin: Any) -> None:
    await operator.paste("q2nof\n")
    assert "[1 Health]" in operator.line(1)
    assert not operator.app.prompt.asking
    assert posted(standin) == []


async def test_what_is_typed_is_told_once_the_keys_rest(operator: Any) -> None:
    told: list[str] = []
    entered = asyncio.create_task(operator.app.prompt.enter("filter", on_change=told.append))
    await operator.until(lambda: operator.app.prompt.asking)
    await operator.type("abc")
    await operator.until(lambda: told)
    assert told == ["abc"]
    await operator.press("enter")
    assert await entered == "abc"


async def test_a_word_must_be_typed_out_before_what_cannot_be_undone(operator: Any) -> None:
    sure = asyncio.create_task(operator.app.prompt.confirm_typed("Type the name to restore:", "2026-03-14-0300"))
    await operator.until("2026-03-14-0300")
    await operator.type("2026-03-14-03")
    await operator.press("enter")
    assert not sure.done()
    await operator.type("00")
    await operator.press("enter")
    assert await sure is True
    unsure = asyncio.create_task(operator.app.prompt.confirm_typed("Type the name to restore:", "x"))
    await operator.until("Type the name")
    await operator.press("escape")
    assert await unsure is False


async def test_a_second_question_does_not_disturb_the_first(operator: Any) -> None:
    first = asyncio.create_task(operator.app.prompt.enter("one"))
    await operator.until(lambda: operator.app.prompt.asking)
    assert await operator.app.prompt.enter("two") is None
    assert await operator.app.prompt.ask("three", [("y", "yes")]) is None
    assert await operator.app.prompt.confirm_typed("four", "x") is False
    await operator.press("enter")
    assert await first == ""


async def test_the_palette_finds_by_letters_and_does_what_is_chosen(operator: Any) -> None:
    await operator.press("ctrl+p")
    await operator.until("Commands")
    assert "response time" in operator.screen()  # the screen goes on above it
    await operator.type("frz")
    await operator.until(lambda: "freeze" in operator.screen() and "Commands" in operator.screen())
    await operator.press("enter")
    await operator.until("FROZEN")
    assert "Commands" not in operator.screen()


async def test_the_palette_says_why_something_cannot_be_done(operator: Any) -> None:
    await operator.press("ctrl+p")
    await operator.until("Commands")
    await operator.type("scenario")
    await operator.until("(only in magflow demo)")
    await operator.press("enter")
    await operator.until("scenario: only in magflow demo")


async def test_the_palette_moves_by_arrows_and_goes_away_by_esc(operator: Any) -> None:
    await operator.press("ctrl+p")
    await operator.until("1/")
    await operator.press("down", "down", "up")
    await operator.until("2/")
    await operator.press("escape")
    await operator.until(lambda: "Commands" not in operator.screen())
    await operator.press("ctrl+p")
    await operator.until("Commands")
    await operator.type("zzzz")
    await operator.until("nothing of that name")
    await operator.press("enter")
    await operator.until(lambda: not operator.app.prompt.asking)


async def test_a_theme_is_changed_while_it_runs(operator: Any) -> None:
    await say(operator, "theme high-contrast")
    await operator.until("theme: high-contrast")
    grounds = {
        segment.style.bgcolor.name
        for strip in operator.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style is not None and segment.style.bgcolor is not None
    }
    assert PALETTES["high-contrast"].background in grounds
    assert PALETTES["dark"].background not in grounds


async def test_the_language_is_changed_while_it_runs(operator: Any) -> None:
    await say(operator, "lang ro")
    await operator.until("[1 Stare]")
    await operator.until("timp de răspuns")
    await say(operator, "lang en")
    await operator.until("[1 Health]")


async def test_about_tells_version_zone_engine_and_folder(operator: Any) -> None:
    from magflow_tui import __version__

    await say(operator, "about")
    await operator.until(f"MagFlow {__version__}")
    for told in ("time zone", "engine", "data folder", "personal data"):
        assert told in operator.screen()
    await operator.press("escape")
    await operator.until("response time")


async def test_an_unbound_key_says_that_it_means_nothing(operator: Any) -> None:
    await operator.press("Z")
    await operator.until("Z means nothing here - ? lists the keys")


async def test_wrong_keys_are_told_at_the_start_and_at_the_top_of_help(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, keys={"freez": ("f9",), "live": ("nokey",)}) as operator:
        await operator.until("ui.keys.freez: there is no such action; did you mean freeze? (and 1 more")
        await operator.press("question_mark")
        await operator.until("ui.keys.live: nokey is no key")


async def test_an_operators_own_key_works_and_is_hinted(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, keys={"freeze": ("f9",)}) as operator:
        await operator.until("WARNING 60")
        await operator.until("f9 freeze")
        await operator.press("f9")
        await operator.until("FROZEN")


async def test_read_only_changes_nothing_and_says_so(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, read_only=True) as operator:
        await operator.until("WARNING 60")
        assert "read-only" in operator.line(0)
        mutating = [action for action in ACTIONS if action.mutates]
        assert mutating
        for action in mutating:
            operator.app.place.go(next(name for name in SCREENS if action.belongs_to(name)))
            if key := operator.app.keymap.of(action.id):
                await operator.press(key[0])
            else:
                operator.app.attempt(action)
            await operator.until("read-only: nothing is changed from here")
            operator.clock.time += 7
            operator.app.paint()
        await say(operator, "sync orders full")
        await operator.until("read-only")
        commands, run = operator.app.commands, operator.app.snapshot.recent_runs[0]
        for work in (commands.start_sync, commands.reset_limiter, lambda: commands.resume(run)):
            await work()
        await commands.stop_sync(operator.app.snapshot.running[0].run_id)
        assert await commands.confirm_quit() is False
    assert posted(standin) == []
