"""A past minute as it is drawn: what it says of itself, gaps, and nothing that came later."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.past import PastMoment
from magflow_tui.contract.runs import MissedPage
from magflow_tui.tui.keyboard.actions import Situation, hints
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.bodies import body_of
from magflow_tui.tui.views.context import SCREENS, Cursor, Link, LinkCost, PastShown, RunShown, ScreenName, View
from magflow_tui.tui.views.frame import event_line, hints_line, status_line, tabs_line
from magflow_tui.tui.views.glyphs import ASCII
from magflow_tui.tui.views.spans import Line, clip, join, line_cells
from magflow_tui.tui.views.time_range import HOUR, RANGES, TimeRange

GOLDENS = Path(__file__).parent / "goldens"
MINUTE = timedelta(minutes=1)
#: Minutes of the recorded day: in trouble, calm, and one in which the engine did not run.
BAD = datetime(2026, 3, 14, 10, 2, tzinfo=UTC)
NIGHT = datetime(2026, 3, 14, 7, 13, tzinfo=UTC)
GAP = datetime(2026, 3, 14, 0, 20, tzinfo=UTC)
RECORDED: tuple[ScreenName, ...] = ("health", "limits", "sync", "api")

Look = Callable[[datetime, TimeRange | None], View]


@pytest.fixture(scope="session")
def past(standin_class: Any) -> Any:
    """What the stand-in keeps of the past."""
    return standin_class(period=3600).past


@pytest.fixture
def look(full_view: View, past: Any) -> Look:
    """A view of a past minute, as the dashboard makes it."""

    def at(minute: datetime, span: TimeRange | None = None) -> View:
        moment = PastMoment.model_validate(past.answer("/past", {"at": minute.isoformat()})[1])
        until, shown = minute + MINUTE, span or HOUR
        query = {"until": until.isoformat(), "minutes": str(shown.minutes), "step": str(shown.step)}
        requests = tuple(row for row in full_view.requests.rows if row.at <= until)
        return replace(
            full_view,
            snapshot=moment.snapshot,
            frozen_at=until,
            past=PastShown(minute, moment.snapshot is None, moment.earlier, moment.later, moment.first),
            minutes=Minutes.model_validate(past.answer("/monitoring/minutes", query)[1]),
            range=span,
            requests=replace(full_view.requests, rows=requests, known=requests, held=True),
            events=tuple(event for event in full_view.events if event.at <= until),
        )

    return at


def text_of(view: View, width: int = 140, height: int = 36) -> str:
    return "\n".join(join(line).rstrip() for line in body_of(view, width, height).lines)


def frame(view: View, width: int, height: int) -> list[Line]:
    """The whole screen, as the dashboard puts it together."""
    now = Situation(view.screen, view.link.phase, view.snapshot, rows=9, frozen=True, past=True)
    lines = [status_line(view, width), tabs_line(view, width)[0]]
    lines += [clip(line, width) for line in body_of(view, width, height - 4).lines]
    return [*lines, event_line(view, width, None), hints_line(hints(now, view.say), width)]


def check(name: str, view: View, width: int, height: int) -> None:
    """Compare with the golden of that name; `UPDATE_GOLDENS=1` writes it anew."""
    lines = frame(view, width, height)
    assert len(lines) == height
    assert {line_cells(line) for line in lines} == {width}
    text = "\n".join(join(line).rstrip() for line in lines) + "\n"
    path = GOLDENS / f"past-{name}-{width}x{height}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40)])
@pytest.mark.parametrize("screen", RECORDED)
def test_a_screen_in_the_past_is_drawn_as_recorded(look: Look, screen: ScreenName, width: int, height: int) -> None:
    check(screen, replace(look(BAD, None), screen=screen), width, height)


def test_the_past_of_another_day_and_of_a_gap_are_drawn_as_recorded(look: Look) -> None:
    check("gap", replace(look(GAP, None), screen="health"), 80, 24)
    check("gap-ro", replace(look(GAP, None), screen="sync", say=speak("ro")), 80, 24)
    day_before = look(datetime(2026, 3, 13, 1, 0, tzinfo=UTC), RANGES["24h"])
    check("day-before", day_before, 140, 40)
    check("month", look(NIGHT, RANGES["30d"]), 140, 40)


def test_the_status_line_names_the_past_minute_and_its_date_when_it_is_of_another_day(look: Look) -> None:
    assert "PAST 09:13  " in join(status_line(look(NIGHT, None), 100))
    other = look(datetime(2026, 3, 13, 1, 0, tzinfo=UTC), None)
    for width in (50, 80, 140):
        assert "PAST 03-13 03:00" in join(status_line(other, width))


def test_a_minute_on_its_way_is_named_at_once(full_view: View, look: Look) -> None:
    for view in (replace(full_view, frozen_at=full_view.shown_at), look(NIGHT, None)):
        line = join(status_line(replace(view, going_to=GAP), 100))
        assert "PAST 02:20…" in line
        assert "FROZEN" not in line


def test_the_past_differs_from_what_is_frozen_and_from_the_present_by_word_and_colour(
    full_view: View, look: Look
) -> None:
    frozen = replace(full_view, frozen_at=full_view.shown_at)
    words = {"live": full_view, "FROZEN": frozen, "PAST": look(NIGHT, None)}
    roles = {next(role for text, role in status_line(view, 140) if word in text) for word, view in words.items()}
    assert len(roles) == 3


def test_the_line_of_the_last_event_says_how_to_get_back_and_when_the_engine_is_gone(look: Look) -> None:
    view = look(NIGHT, None)
    for say, way in ((speak(), "L live"), (speak("ro"), "L în direct")):
        assert way in join(event_line(replace(view, say=say), 80, None))
    gone = replace(view, link=Link("gone", 3.0, "No engine is running."))
    assert "No engine is running. What is shown stays." in join(event_line(gone, 80, None))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (PastShown(GAP, True, GAP - 7 * MINUTE, GAP + 11 * MINUTE), "did not run from 02:14 to 02:31"),
        (PastShown(GAP, True, GAP - 7 * MINUTE), "has recorded nothing since 02:14"),
        (PastShown(GAP, True, None, GAP + 11 * MINUTE), "oldest minute that is recorded is 02:31"),
        (PastShown(GAP, True), "has recorded nothing yet"),
    ],
)
def test_a_gap_says_from_when_until_when_and_the_ways_on(full_view: View, shown: PastShown, expected: str) -> None:
    view = replace(full_view, snapshot=None, past=shown, frozen_at=shown.until)
    for screen in RECORDED:
        text = " ".join(text_of(replace(view, screen=screen), 60, 12).split())
        assert "Nothing was recorded at 02:20." in text
        assert expected in text
        assert ("< 02:13" in text) == (shown.earlier is not None)
        assert ("> 02:31" in text) == (shown.later is not None)
        assert "L the present" in text


@pytest.mark.parametrize("screen", ["orders", "backups"])
def test_a_screen_without_a_past_shows_nothing_of_the_present(look: Look, screen: ScreenName) -> None:
    text = text_of(replace(look(NIGHT, None), screen=screen), 80, 20)
    assert "has no past" in text
    assert "448120331" not in text


def test_runs_that_ended_later_and_pages_read_later_are_not_known_of(full_view: View, look: Look) -> None:
    at = NIGHT + MINUTE
    pages = tuple(
        MissedPage(
            window="offers",
            page=page,
            error="HTTP 500",
            attempts=3,
            first_failed=failed,
            last_failed=failed,
            recovered=read,
        )
        for page, failed, read in (
            (88, at - 2 * MINUTE, at + MINUTE),
            (41, at - 2 * MINUTE, at - MINUTE),
            (7, at + MINUTE, None),
        )
    )
    view = replace(look(NIGHT, None), screen="sync", cursor=Cursor(key=5108), run_details={5108: RunShown(5108, pages)})
    text = text_of(view)
    assert "5120" not in text
    assert "Failed pages 1" in text
    assert "✗  page 88" in text
    assert "ok page 41" in text
    assert "page 7 " not in text


def test_a_gap_in_a_plot_is_blank(look: Look) -> None:
    after = look(datetime(2026, 3, 14, 0, 40, tzinfo=UTC), None)
    lines = text_of(after).splitlines()
    top = next(index for index, line in enumerate(lines) if "Response time, " in line)
    lowest = lines[top + 5 :][next(i for i, line in enumerate(lines[top + 5 :]) if line.lstrip().startswith("0 "))]
    plot = lowest[7:67]
    assert plot.endswith("█" * 9) or plot.rstrip()[-1] in "▁▂▃▄▅▆▇█"
    assert " " * 17 in plot


@pytest.mark.parametrize("name", RANGES)
def test_plots_of_any_range_say_how_long_they_are_and_end_at_the_shown_instant(look: Look, name: str) -> None:
    span = RANGES[name]
    view = look(NIGHT, span)
    assert view.minutes is not None
    assert len(view.minutes.score) == span.values
    for screen in ("health", "api"):
        text = text_of(replace(view, screen=screen), 140, 36)
        assert f", {span.title} " in text
        assert "09:14" in text
        assert " now " not in text.split("Score")[-1] or screen == "api"


@pytest.mark.parametrize("screen", SCREENS)
def test_the_past_fills_any_size_in_any_glyphs_and_on_a_spared_link(look: Look, screen: ScreenName) -> None:
    spared = LinkCost(1.0, slow=True)
    for minute in (NIGHT, GAP):
        view = replace(look(minute, RANGES["24h"]), screen=screen)
        for width, height in ((24, 6), (50, 10), (80, 20), (200, 56)):
            for shown in (view, replace(view, glyphs=ASCII), replace(view, link_cost=spared)):
                lines = frame(shown, width, height)
                assert len(lines) == height
                assert {line_cells(line) for line in lines} == {width}
        slow = text_of(replace(view, link_cost=spared))
        assert not set("▂▃▄▅▆▇") & set(slow)
