"""What the API log sends, byte for byte in a real pseudo-terminal of 140x40: bodies, attempts, errors far back."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

#: Bytes: a cursor that moves by a row, what stands beside the list, a list around another place.
MOVE, BESIDE, LIST = 600, 3_000, 12_000
#: Bytes of a figure that may change at any time: what the link carries, in the status line.
FIGURE = 60
#: Seconds until what stands beside a list follows the cursor here: longer than a busy machine takes for a move.
REST = 0.7


def test_looking_into_requests_sends_what_changed_and_nothing_more(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1", DASHBOARD_REST=str(REST))
    terminal.read_until("page 88 of offers")
    terminal.send("6")
    terminal.read_until("[6 ")
    terminal.read_until_quiet(0.3, 4)
    terminal.send("j")
    assert 0 < terminal.read_until_quiet(0.1, 2) <= MOVE
    terminal.read_until_quiet(REST + 0.3, 4)
    assert "currentPage" in terminal.text()
    assert terminal.read_for(1.5) <= FIGURE  # the request that was read stays read
    terminal.send("\t")
    assert 0 < terminal.read_until_quiet(0.3, 2) <= BESIDE
    assert "curl -sS" in terminal.text()
    terminal.send("n")
    assert 0 < terminal.read_until_quiet(REST + 0.3, 4) <= LIST
    terminal.send("h")
    assert 0 < terminal.read_until_quiet(0.1, 2) <= LIST
