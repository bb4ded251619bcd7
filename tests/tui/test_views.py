"""Every screen at every size, as text. `UPDATE_GOLDENS=1 pytest tests/tui` writes the goldens anew: read the diff."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.past import RequestDetail
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.keyboard.actions import Situation, help_groups, hints
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import keyhelp
from magflow_tui.tui.views.bodies import body_of
from magflow_tui.tui.views.context import SCREENS, Cursor, Link, PaneState, RowsShown, ScreenName, View
from magflow_tui.tui.views.frame import event_line, hints_line, is_reduced, prompt_line, status_line, tabs_line
from magflow_tui.tui.views.glyphs import ASCII
from magflow_tui.tui.views.orders import masked
from magflow_tui.tui.views.spans import Line, cells, clip, join, line_cells

GOLDENS = Path(__file__).parent / "goldens"
SIZES = [(80, 24), (100, 30), (140, 40), (200, 60), (60, 16), (50, 12)]


def frame(view: View, width: int, height: int, *, helping: bool = False) -> list[Line]:
    """The whole screen, as the dashboard puts it together."""
    situation = Situation(screen=view.screen, phase=view.link.phase, snapshot=view.snapshot, rows=9)
    reduced = is_reduced(width, height)
    rows = height - 4 + (1 if reduced else 0)
    body = keyhelp.body(view, help_groups(situation, view.say), width, rows) if helping else body_of(view, width, rows)
    lines = [status_line(view, width)]
    if not reduced:
        lines.append(tabs_line(view, width)[0])
    lines += [clip(line, width) for line in body.lines]
    lines.append(event_line(view, width, None))
    lines.append(hints_line(hints(situation, view.say), width))
    return lines


def check(name: str, lines: list[Line], width: int, height: int) -> None:
    """Compare with the golden of that name."""
    assert len(lines) == height
    assert {line_cells(line) for line in lines} == {width}
    text = "\n".join(join(line).rstrip() for line in lines) + "\n"
    path = GOLDENS / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_drawn_as_recorded(full_view: View, screen: ScreenName, width: int, height: int) -> None:
    view = replace(full_view, screen=screen)
    check(f"{screen}-{width}x{height}", frame(view, width, height), width, height)


def test_one_account_alone_is_drawn_as_recorded(full_view: View) -> None:
    view = replace(full_view, screen="limits", account="main", cursor=Cursor(key=("main", "rma/read"), index=3))
    check("limits-main-80x24", frame(view, 80, 24), 80, 24)


def test_the_run_under_the_cursor_says_why_it_is_partial(full_view: View) -> None:
    view = replace(full_view, screen="sync", cursor=Cursor(key=5108, index=4))
    check("sync-partial-140x40", frame(view, 140, 40), 140, 40)


def test_a_run_and_a_request_on_all_of_the_screen_are_drawn_as_recorded(full_view: View) -> None:
    opened = replace(full_view, opened=True)
    check("sync-opened-80x24", frame(replace(opened, screen="sync", cursor=Cursor(key=5108)), 80, 24), 80, 24)
    check("api-opened-80x24", frame(replace(opened, screen="api", cursor=Cursor(key=213)), 80, 24), 80, 24)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40)])
def test_a_request_that_was_read_shows_its_bodies_and_attempts_as_recorded(
    full_view: View, width: int, height: int
) -> None:
    row = next(each for each in full_view.requests.known if each.seq == 213)
    detail = RequestDetail(
        row=row,
        url="https://marketplace.invalid/ro/product_offer/read",
        sent='{"currentPage": 88, "itemsPerPage": 100, "status": 1, "name": "…"}',
        received='{"body": "json", "bytes": 214, "isError": true, "messages": ["Internal error, ref 77120"]}',
    )
    view = replace(full_view, screen="api", cursor=Cursor(key=213))
    view = replace(view, requests=replace(view.requests, detail=detail))
    check(f"api-read-{width}x{height}", frame(view, width, height), width, height)
    opened = replace(view, opened=True, pane=PaneState(body_tab=int(width < 100)))
    check(f"api-read-opened-{width}x{height}", frame(opened, width, height), width, height)


def test_the_failed_page_is_named_below_the_history_as_recorded(full_view: View) -> None:
    view = replace(full_view, screen="sync", cursor=Cursor(key=5108, index=4))
    check("sync-partial-80x24", frame(view, 80, 24), 80, 24)


def test_the_shell_before_any_data_is_drawn_as_recorded(full_view: View) -> None:
    view = replace(full_view, snapshot=None, link=Link(), orders=RowsShown(), events=())
    check("starting-80x24", frame(view, 80, 24), 80, 24)


def test_an_engine_that_is_gone_says_so_with_the_age_of_what_is_shown(full_view: View) -> None:
    view = replace(full_view, link=Link("gone", 12.3, "No engine is running."))
    lines = [join(line) for line in frame(view, 80, 24)]
    assert "~ 12s old" in lines[0]
    assert "live" not in lines[0]
    assert "No engine is running." in lines[-2]


def test_a_frozen_screen_says_since_when_and_what_it_misses(full_view: View, snapshot: Snapshot) -> None:
    view = replace(full_view, frozen_at=snapshot.at, missed=41)
    assert "FROZEN 12:04:20 +41" in join(status_line(view, 140))


def test_help_is_drawn_as_recorded(full_view: View) -> None:
    check("help-100x30", frame(replace(full_view, screen="sync"), 100, 30, helping=True), 100, 30)


def test_ascii_needs_nothing_but_ascii(full_view: View) -> None:
    for screen in SCREENS:
        view = replace(full_view, screen=screen, glyphs=ASCII)
        for line in frame(view, 140, 40):
            folded = ASCII.fold(join(line))
            assert folded.isascii()
            assert len(folded) == 140


@pytest.mark.parametrize("screen", ["health", "sync"])
def test_a_screen_in_romanian_is_drawn_as_recorded(full_view: View, screen: ScreenName) -> None:
    view = replace(full_view, screen=screen, say=speak("ro"))
    check(f"{screen}-ro-80x24", frame(view, 80, 24), 80, 24)


def test_faults_stand_out_from_what_is_well(full_view: View) -> None:
    lines = frame(full_view, 80, 24)
    slow = next(line for line in lines if "response time" in join(line))
    well = next(line for line in lines if "error rate" in join(line))
    assert "warn" in {role for _, role in slow}
    assert not {"warn", "crit"} & {role for _, role in well}


def test_a_snapshot_without_data_shows_unknown_and_no_full_score(full_view: View, snapshot: Snapshot) -> None:
    nothing = snapshot.health.model_copy(
        update={
            "score": None,
            "level": "unknown",
            "history": (),
            "lines": tuple(
                line.model_copy(update={"value": None, "penalty": 0, "history": ()}) for line in snapshot.health.lines
            ),
        }
    )
    empty = snapshot.model_copy(
        update={
            "health": nothing,
            "running": (),
            "queue": (),
            "recent_runs": (),
            "alerts": (),
            "routes": (),
            "pools": (),
        }
    )
    for screen in SCREENS:
        view = replace(full_view, screen=screen, snapshot=empty)
        text = "\n".join(join(line) for line in frame(view, 80, 24))
        assert "100" not in text.splitlines()[0]
        assert "NO DATA" in text


def test_names_are_masked_with_nothing_left_but_initials() -> None:
    assert masked("Popa Ilinca") == "P. I*****"
    assert masked("Ana Maria Pop") == "A. P*****"
    assert masked("FLORAR") == "F*****"
    assert masked("  ") == ""


def test_names_are_in_clear_when_revealed(full_view: View) -> None:
    name = full_view.orders.rows[0].customer
    assert name is not None
    for reveal in (False, True):
        view = replace(full_view, screen="orders", reveal=reveal)
        assert (name in "\n".join(join(line) for line in frame(view, 140, 40))) is reveal


NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]\u202e漢👩\u0301\n\x9b")), max_size=40)


@settings(max_examples=30, deadline=None)
@given(text=NASTY, width=st.sampled_from([80, 140, 200]), screen=st.sampled_from(SCREENS))
def test_no_text_from_data_breaks_a_line_or_gets_an_escape_through(
    full_view: View, snapshot: Snapshot, text: str, width: int, screen: ScreenName
) -> None:
    alert = snapshot.alerts[0].model_copy(update={"message": text, "advice": text})
    event = snapshot.last_event.model_copy(update={"message": text}) if snapshot.last_event else None
    account = snapshot.accounts[0].model_copy(update={"name": text, "status": "refused_ip", "message": text})
    route = snapshot.routes[0].model_copy(update={"route": text, "account": text})
    run = snapshot.recent_runs[2].model_copy(update={"account": text, "reason": text, "requested_by": text})
    running = snapshot.running[0].model_copy(update={"account": text, "phase": text})
    job = snapshot.queue[0].model_copy(update={"account": text, "reason": text})
    pool = snapshot.pools[0].model_copy(update={"account": text, "caps": {text: 3}})
    changed = snapshot.model_copy(
        update={
            "alerts": (alert,),
            "last_event": event,
            "accounts": (account,),
            "routes": (route,),
            "recent_runs": (run,),
            "running": (running,),
            "queue": (job,),
            "pools": (pool,),
        }
    )
    order = full_view.orders.rows[0].model_copy(
        update={"customer": text, "status_text": text, "currency": text, "account": text}
    )
    request = full_view.requests.rows[0].model_copy(update={"route": text, "note": text, "account": text})
    view = replace(
        full_view,
        screen=screen,
        snapshot=changed,
        orders=RowsShown((order,), error=text),
        requests=replace(full_view.requests, rows=(request,)),
        reveal=True,
        cursor=Cursor(key=run.run_id, index=1),
        scenario=text,
        events=(event,) if event else (),
    )
    for line in frame(view, width, 30):
        assert line_cells(line) == width
        assert all(character.isprintable() for character in join(line))


@pytest.mark.parametrize("width", range(20, 220, 7))
@pytest.mark.parametrize("screen", SCREENS)
def test_any_size_is_filled_exactly(full_view: View, screen: ScreenName, width: int) -> None:
    for height in (6, 9, 13, 17, 23, 41, 70):
        lines = frame(replace(full_view, screen=screen), width, height)
        assert len(lines) == height
        assert {cells(join(line)) for line in lines} == {width}


def test_a_prompt_keeps_every_key_in_sight() -> None:
    choices = [("1", "calm"), ("2", "black-friday"), ("3", "rate-storm"), ("4", "outage"), ("esc", "cancel")]
    for width in (140, 80, 60):
        line = join(prompt_line("which scenario?", choices, width))
        assert cells(line) == width
        assert all(f"[{key}]" in line for key, _ in choices)


def test_the_status_line_leaves_a_part_out_rather_than_cut_it(full_view: View) -> None:
    for width in range(30, 160):
        line = join(status_line(replace(full_view, scenario="black-friday"), width))
        assert "demo" not in line or "demo: black-friday" in line
        assert "oth" not in line or "84" in line
