"""What time travel costs on the wire, in a real pseudo-terminal of 140x40: a step, and resting in the past."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

#: Bytes: from minute to minute; to another time, other plots or the present, as a switch of screens.
STEP, LEAP = 8_000, 16_000


def test_a_step_costs_half_a_switch_of_screens_and_a_leap_one(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1")
    terminal.read_until("page 88 of offers")
    for screen in "1236":
        terminal.send(screen)
        terminal.read_until(f"[{screen} ")
        terminal.read_until_quiet(0.3, 4)
        other_plots = "" if screen == "3" else f"t{screen}"
        acts = (("<", LEAP), ("<", STEP), ("<", STEP), (">", STEP), ("{", LEAP), (other_plots, LEAP), ("L", LEAP))
        for keys, budget in acts:
            if not keys:
                continue
            terminal.send(keys)
            cost = terminal.read_until_quiet(0.3, 4)
            assert 0 < cost <= budget, (screen, keys)


def test_nothing_is_sent_while_the_past_is_looked_at_whatever_goes_on(open_dashboard: Any) -> None:
    terminal = open_dashboard("live 0.3", DASHBOARD_CLOCK_STANDS="1")
    terminal.send("<")
    terminal.read_until("PAST")
    for screen in "1236":
        terminal.send(screen)
        terminal.read_until(f"[{screen} ")
        terminal.read_until_quiet(0.4, 4)
        assert terminal.read_for(1.2) == 0, screen
    terminal.send("\x1b[O")
    assert terminal.read_for(1.5) == 0
