"""What acting on orders costs on the wire, in a real pseudo-terminal: the menu, its cursor, a reason, the question."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

#: Bytes: a key that is typed into a line, a cursor that moves by a row, what a docked pane may send at once.
KEY, MOVE, PANE = 300, 600, 6_000


def test_acting_on_an_order_sends_little_more_than_the_pane_it_is_done_in(open_dashboard: Any) -> None:
    terminal = open_dashboard("still 1.000", DASHBOARD_CLOCK_STANDS="1")
    terminal.read_until_quiet(0.5, 3)

    def cost(keys: str) -> int:
        terminal.send(keys)
        return int(terminal.read_until_quiet(0.25, 2))

    cost("4")
    cost("/status:2 acct:main\r")
    assert 0 < cost("x") <= PANE
    for move in "jjk":
        assert 0 < cost(move) <= MOVE
    assert 0 < cost("a") <= MOVE + KEY  # it is not possible: the cursor goes there, and the question says why
    assert 0 < cost("c") <= PANE
    assert 0 < cost("\x1b[B") <= MOVE
    for letter in "sto":
        assert 0 < cost(letter) <= PANE
    assert 0 < cost("\r") <= PANE
    assert "About to be sent" in terminal.text()
    assert 0 < cost("n") <= PANE
    cost("  ")
    assert 0 < cost("X") <= PANE
    cost("3")
    assert "type" in terminal.text()
    assert 0 < cost("2") <= KEY
    assert 0 < cost("\x7f") <= KEY
