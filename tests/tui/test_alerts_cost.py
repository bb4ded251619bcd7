"""What the dashboard sends while alerts are gone through, acked and muted, byte for byte in a real terminal."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

#: A move of the cursor, a question, and what stands beside the list when the cursor rests (screens of 140x40).
CURSOR_MOVE, PROMPT, BESIDE = 600, 300, 3_000
#: Seconds until what stands beside a list follows the cursor here: longer than a busy machine takes for a move.
REST = 0.7


def test_going_through_alerts_and_muting_one_keep_to_their_budgets(open_dashboard: Any) -> None:
    terminal = open_dashboard("still 1.0", DASHBOARD_CLOCK_STANDS="1", DASHBOARD_REST=str(REST))
    terminal.read_until("page 88 of offers")
    terminal.read_until_quiet(0.5, 4)
    terminal.send("jjjj")  # to the first alert
    terminal.read_until_quiet(REST + 0.2, 4)
    for move in "jj":
        terminal.send(move)
        assert 0 < terminal.read_until_quiet(0.1, 2) <= CURSOR_MOVE
        assert terminal.read_until_quiet(REST + 0.2, 4) <= BESIDE
    terminal.send("k")
    terminal.read_until_quiet(0.2, 2)
    terminal.send("m")
    assert 0 < terminal.read_until_quiet(0.15, 2) <= PROMPT
    terminal.send("e")
    assert 0 < terminal.read_until_quiet(0.15, 2) <= PROMPT
    terminal.send("\x1b")
    terminal.read_until_quiet(0.25, 2)
    terminal.send("a")
    assert 0 < terminal.read_until("2 acked") <= BESIDE
