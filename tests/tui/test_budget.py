"""What the dashboard sends, byte for byte in a real pseudo-terminal of 140x40, against its budget."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

FIRST_PAINT = 30_000
LIVE_PER_SECOND = 1_500
SLOW_PER_SECOND = 250
BLURRED_PER_SECOND = 100
LIVE_FRAME = 4_000
CURSOR_MOVE = 600
#: What stands beside a list, when the cursor rests on another row.
BESIDE = 3_000
SCREEN_SWITCH = 16_000
FILTER_KEY = 6_000
PROMPT = 300
SCREENS = {"1": "[1 ", "2": "[2 ", "3": "[3 ", "4": "[4 ", "5": "[5 ", "6": "[6 "}
#: How many times faster than the wall's the clock of a dashboard in haste goes.
HASTE = 2
#: Seconds until what stands beside a list follows the cursor here: longer than a busy machine takes for a move.
REST = 0.7


def go(terminal: Any, key: str) -> int:
    """To a screen, until it has settled; the bytes that took."""
    terminal.send(key)
    return int(terminal.read_until(SCREENS[key]) + terminal.read_until_quiet(0.3, 4))


def test_nothing_is_sent_while_nothing_changes(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1")  # else a minute may pass, and the clock shows it
    terminal.read_until("page 88 of offers")  # the event log, which is read behind the snapshot
    terminal.read_until_quiet(0.5, 3)
    assert terminal.bytes <= FIRST_PAINT
    assert terminal.read_for(2.5) == 0


def test_each_act_keeps_to_its_budget(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1", DASHBOARD_REST=str(REST))
    terminal.read_until("page 88 of offers")
    for key in "234561":
        assert 0 < go(terminal, key) <= SCREEN_SWITCH, key
        if key in "1346":
            for move in "jk":
                terminal.send(move)
                assert 0 < terminal.read_until_quiet(0.1, 2) <= CURSOR_MOVE, key
                assert terminal.read_until_quiet(REST + 0.1, 4) <= BESIDE, key
    terminal.send("n")
    assert 0 < terminal.read_until_quiet(0.15, 2) <= PROMPT
    terminal.send("\x1b")
    terminal.read_until_quiet(0.25, 2)
    terminal.send("\x0c")
    assert terminal.read_until_quiet(0.2, 2) > 4_000  # a redraw is sent whole


def test_a_key_of_a_filter_keeps_to_its_budget(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1")
    go(terminal, "6")
    terminal.send("/")
    assert 0 < terminal.read_until_quiet(0.2, 2) <= PROMPT
    for letter in "main":
        terminal.send(letter)
        assert 0 < terminal.read_until_quiet(0.25, 2) <= FILTER_KEY


@pytest.mark.parametrize("key", ["2", "6"])
def test_a_running_sync_costs_its_budget_a_second_and_next_to_nothing_while_nobody_looks(
    open_dashboard: Any, key: str
) -> None:
    terminal = open_dashboard(f"live {1 / HASTE}", DASHBOARD_HASTE=str(HASTE))
    go(terminal, key)
    assert 0 < terminal.read_for(2.5) <= LIVE_PER_SECOND * HASTE * 2.5 + LIVE_FRAME
    terminal.send("\x1b[O")
    terminal.read_until_quiet(0.4, 2)
    assert terminal.read_for(4) <= BLURRED_PER_SECOND * HASTE * 4 + LIVE_FRAME
    terminal.send("\x1b[I")
    assert terminal.read_for(2) > BLURRED_PER_SECOND * HASTE * 2


def test_a_spared_link_gets_a_frame_every_five_seconds_and_no_plots(open_dashboard: Any) -> None:
    terminal = open_dashboard(f"live {1 / HASTE}", DASHBOARD_HASTE=str(HASTE), DASHBOARD_SLOW="on")
    terminal.read_until_quiet(0.4, 4)
    assert not set("▂▃▄▅▆▇") & set(terminal.text())
    assert 0 < terminal.read_for(4) <= SLOW_PER_SECOND * HASTE * 4 + LIVE_FRAME / 2
    assert b";2;" not in terminal.raw  # 256 colours
