"""Time travel as an operator does it: steps, hours, times, gaps, and back to the present."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from magflow_tui.tui.doing import timeline

ZONE = timezone(timedelta(hours=2))
#: The stand-in's: the last minute that is over, and the gap of its night.
LAST = datetime(2026, 3, 14, 10, 3, tzinfo=UTC)
BEFORE, AFTER = datetime(2026, 3, 14, 0, 13, tzinfo=UTC), datetime(2026, 3, 14, 0, 31, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _times_of_the_stand_in(operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall's clock and zone are the stand-in's, and steps are read as fast as they are pressed."""
    operator.app._zone = ZONE
    operator.app._now = lambda: operator.app.feed.snapshot.at
    monkeypatch.setattr(timeline, "READ_SECONDS", 0.0)


def asked(standin: Any, path: str) -> list[dict[str, str]]:
    """The queries of a path, in order."""
    from urllib.parse import parse_qsl

    return [dict(parse_qsl(query)) for where, query in standin.queries if where == path]


async def goes_to(operator: Any, minute: datetime) -> None:
    """Wait until a minute is shown."""
    place = operator.app.place
    await operator.until(lambda: place.going_to is None and place.past is not None and place.past.minute == minute)


async def test_a_step_back_from_the_present_shows_the_last_minute_as_it_was(operator: Any, standin: Any) -> None:
    await operator.press("less_than_sign")
    await goes_to(operator, LAST)
    assert "PAST 12:03" in operator.line(0)
    assert "live" not in operator.line(0)
    assert "as it was when this minute ended" in operator.line(-2)
    assert "L live" in operator.line(-2)
    assert asked(standin, "/past") == [{"at": LAST.isoformat()}]
    await operator.press("less_than_sign")
    await goes_to(operator, LAST - MINUTE)
    assert "PAST 12:02" in operator.line(0)


async def test_what_was_well_then_is_shown_as_well(operator: Any) -> None:
    assert "WARNING 60" in operator.line(0)
    for _ in range(8):
        await operator.press("less_than_sign")
    await goes_to(operator, LAST - 7 * MINUTE)
    assert "HEALTHY 100" in operator.line(0)
    shown = operator.app.view()
    assert shown.events
    assert shown.events[0].at <= shown.snapshot.at < LAST - 6 * MINUTE


async def test_a_step_forward_goes_on_and_behind_the_last_minute_is_the_present(operator: Any) -> None:
    await operator.press("less_than_sign", "less_than_sign")
    await goes_to(operator, LAST - MINUTE)
    await operator.press("greater_than_sign")
    await goes_to(operator, LAST)
    await operator.press("greater_than_sign")
    assert "live" in operator.line(0)
    assert operator.app.place.frozen is None
    await operator.press("greater_than_sign")
    assert "already live" in operator.line(-2)


async def test_an_hour_is_a_step_too(operator: Any) -> None:
    await operator.press("left_curly_bracket")
    await goes_to(operator, LAST + MINUTE - timedelta(hours=1))
    await operator.press("left_curly_bracket")
    await goes_to(operator, LAST + MINUTE - timedelta(hours=2))
    await operator.press("right_curly_bracket")
    await goes_to(operator, LAST + MINUTE - timedelta(hours=1))
    await operator.press("right_curly_bracket")
    assert operator.app.place.frozen is None


async def test_of_many_steps_the_last_one_is_read_and_the_minute_moves_at_once(operator: Any, standin: Any) -> None:
    standin.gates["/past"] = asyncio.Event()
    for count in range(1, 13):
        await operator.press("less_than_sign")
        assert operator.app.place.going_to == LAST - (count - 1) * MINUTE
    assert "PAST 11:52…" in operator.line(0)
    standin.gates["/past"].set()
    await goes_to(operator, LAST - 11 * MINUTE)
    assert "PAST 11:52 " in operator.line(0)
    assert len(asked(standin, "/past")) == 2


async def test_a_gap_is_shown_as_one_and_the_next_step_leaves_it(operator: Any) -> None:
    await operator.press("T")
    await operator.type("02:20")
    await operator.press("enter")
    await goes_to(operator, datetime(2026, 3, 14, 0, 20, tzinfo=UTC))
    screen = operator.screen()
    assert "Nothing was recorded at 02:20." in screen
    assert "The engine did not run from 02:14 to 02:31." in screen
    assert "<  02:13, the last minute recorded before" in screen
    assert ">  02:31, the first minute recorded after" in screen
    assert "WARNING" not in screen
    await operator.press("less_than_sign")
    await goes_to(operator, BEFORE)
    assert "HEALTHY 100" in operator.line(0)
    await operator.press("greater_than_sign")
    await goes_to(operator, BEFORE + MINUTE)
    assert "Nothing was recorded at 02:14." in operator.screen()
    await operator.press("greater_than_sign")
    await goes_to(operator, AFTER)
    await operator.press("less_than_sign")
    await goes_to(operator, AFTER - MINUTE)
    await operator.press("left_curly_bracket")
    await goes_to(operator, AFTER - MINUTE - timedelta(hours=1))


async def test_before_everything_that_is_kept_it_is_said_which_minute_is_the_first(operator: Any) -> None:
    await operator.press("T")
    await operator.type("03-12 10:00")
    await operator.press("enter")
    await operator.until("The oldest minute that is recorded is 03-13 00:00.")
    await operator.press("less_than_sign")
    assert "nothing older is recorded" in operator.line(-2)
    await operator.press("greater_than_sign")
    await goes_to(operator, datetime(2026, 3, 12, 22, 0, tzinfo=UTC))
    assert "PAST 03-13 00:00" in operator.line(0)
    await operator.press("less_than_sign")
    assert "nothing older is recorded" in operator.line(-2)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("09:30", datetime(2026, 3, 14, 7, 30, tzinfo=UTC)),
        ("ieri 03:00", datetime(2026, 3, 13, 1, 0, tzinfo=UTC)),
        ("2h", datetime(2026, 3, 14, 8, 4, tzinfo=UTC)),
        ("12:04", LAST),
    ],
)
async def test_a_time_is_gone_to_by_a_command(operator: Any, text: str, minute: datetime) -> None:
    await operator.press("colon")
    await operator.type("time ")
    await operator.paste(text)
    await operator.press("enter")
    await goes_to(operator, minute)


async def test_a_time_being_written_is_explained_and_a_wrong_one_says_what_is_allowed(operator: Any) -> None:
    await operator.press("T")
    await operator.paste("09:30")
    await operator.until("09:30 · 2h34m ago")
    await operator.paste("x")
    await operator.until("03:00, yesterday 03:00, -2h, 11-21 03:00, 2026-11-21 03:00")
    await operator.press("enter")
    await operator.until("is no time that was")
    assert operator.app.place.frozen is None


@pytest.mark.parametrize("key", ["L", "escape"])
async def test_the_present_is_a_key_away_from_anywhere(operator: Any, standin: Any, key: str) -> None:
    await operator.press("less_than_sign")
    await goes_to(operator, LAST)
    await operator.press("5")
    assert "Backups has no past" in operator.screen()
    await operator.press(key)
    assert "live again" in operator.line(-2)
    assert "PAST" not in operator.line(0)
    assert "has no past" not in operator.screen()


async def test_what_is_of_the_present_alone_is_refused_in_the_past(operator: Any, standin: Any) -> None:
    await operator.press("less_than_sign")
    await goes_to(operator, LAST)
    for key in ("n", "p", "ctrl+s"):
        await operator.press(key)
        assert "this is the past - L goes live first" in operator.line(-2), key
    await operator.press("3", "x")
    assert "this is the past - L goes live first" in operator.line(-2)
    assert not [path for verb, path, _ in standin.asked if verb == "POST" and path != "/alerts/looked"]


async def test_syncs_of_the_past_are_those_that_had_ended_by_then(operator: Any) -> None:
    await operator.press("3", "T")
    await operator.type("07:30")
    await operator.press("enter")
    await goes_to(operator, datetime(2026, 3, 14, 5, 30, tzinfo=UTC))
    await operator.until(lambda: operator.app.body.keys)
    assert 5101 in operator.app.body.keys
    assert not {5119, 5118, 5108, 5120} & set(operator.app.body.keys)


async def test_a_frozen_screen_is_left_by_a_step_on_either_side(operator: Any, standin: Any) -> None:
    await operator.press("p")
    operator.clock.time += 1
    standin.publish(at="2026-03-14T10:07:20.000+00:00")
    await operator.until(lambda: operator.app.snapshot.at.minute == 7)
    await operator.press("greater_than_sign")
    await goes_to(operator, LAST + MINUTE)
    await operator.press("L", "p", "less_than_sign")
    await goes_to(operator, LAST + 3 * MINUTE)


async def test_a_frozen_screen_says_how_to_go_on(operator: Any) -> None:
    await operator.press("p")
    operator.clock.time += 7
    operator.app.paint()
    assert "12:04:20 frozen; data are still being recorded - L live" in operator.line(-2)


async def test_plots_end_at_the_shown_instant_and_reach_back_as_far_as_was_chosen(operator: Any, standin: Any) -> None:
    await operator.press("less_than_sign")
    await goes_to(operator, LAST)
    assert asked(standin, "/monitoring/minutes")[-1] == {
        "until": (LAST + MINUTE).isoformat(),
        "minutes": "60",
        "step": "1",
    }
    await operator.press("t", "4")
    await operator.until("Score, 24 h")
    assert asked(standin, "/monitoring/minutes")[-1] == {
        "until": (LAST + MINUTE).isoformat(),
        "minutes": "1440",
        "step": "24",
    }
    await operator.press("less_than_sign")
    await goes_to(operator, LAST - MINUTE)
    assert asked(standin, "/monitoring/minutes")[-1]["until"] == LAST.isoformat()
    await operator.press("L")
    await operator.until(lambda: "until" not in asked(standin, "/monitoring/minutes")[-1])


async def test_the_range_is_chosen_by_a_command_too(operator: Any, standin: Any) -> None:
    await operator.press("colon")
    await operator.type("t 7d")
    await operator.press("enter")
    await operator.until("Score, 7 d")
    assert "plots of 7 d" in operator.line(-2)
    await operator.press("colon")
    await operator.type("t 8d")
    await operator.press("enter")
    assert "8d is none of 15m, 1h, 6h, 24h, 7d, 30d" in operator.line(-2)


async def test_the_minutes_of_one_account_are_asked_for(operator: Any, standin: Any) -> None:
    await operator.press("A", "2")
    await operator.until(lambda: asked(standin, "/monitoring/minutes")[-1].get("account") == "fbe")
    await operator.until(lambda: operator.app.view().minutes_of == "fbe")


async def test_an_engine_that_goes_leaves_what_was_read_and_steps_say_why_not(
    serve: Any, session: Any, standin_class: Any, watch: Any
) -> None:
    engine = standin_class(period=3600)
    async with watch(session) as operator:
        async with serve(engine):
            await operator.until("WARNING 60")
            operator.app._zone = ZONE
            operator.app._now = lambda: operator.app.feed.snapshot.at
            await operator.press("less_than_sign")
            await goes_to(operator, LAST)
        await operator.until("What is shown stays.")
        assert "PAST 12:03" in operator.line(0)
        await operator.press("less_than_sign")
        assert "the engine does not answer" in operator.line(-2)
        assert operator.app.place.past.minute == LAST
        assert "60/100" in operator.screen()
        async with serve(standin_class(period=3600)):
            await operator.until(lambda: operator.app.feed.link().phase == "live")
            await operator.press("less_than_sign")
            await goes_to(operator, LAST - MINUTE)


async def test_an_engine_without_a_past_says_so_and_the_present_stays(operator: Any, standin: Any) -> None:
    standin.past.missing = True
    await operator.press("less_than_sign")
    await operator.until("this engine keeps no past")
    assert "live" in operator.line(0)
    assert operator.app.place.frozen is None


async def test_a_step_that_cannot_be_read_leaves_the_minute_that_is_shown(operator: Any, standin: Any) -> None:
    await operator.press("less_than_sign")
    await goes_to(operator, LAST)
    standin.failing = "/past"
    await operator.press("less_than_sign")
    await operator.until("The store is busy.")
    assert "PAST 12:03 " in operator.line(0)


async def test_nothing_is_asked_for_while_the_past_is_looked_at(operator: Any, standin: Any) -> None:
    await operator.press("6", "less_than_sign")
    await goes_to(operator, LAST)
    await operator.until(lambda: asked(standin, "/past"))
    await operator.pilot.pause()
    before = [path for path, _ in standin.queries]
    for second in range(5):
        operator.clock.time += 1
        standin.publish(at=f"2026-03-14T10:05:{second:02d}.000+00:00")
        await operator.pilot.pause()
    assert [path for path, _ in standin.queries] == before
