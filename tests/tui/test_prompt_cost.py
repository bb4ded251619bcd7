"""What commands cost on the wire, in a real pseudo-terminal: a key in a line, the palette, another theme."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

#: Bytes: a key in the prompt row, a key in the palette, the palette's coming and going, one repaint of everything.
KEY, NARROWED, PALETTE, REPAINT = 300, 6_000, 16_000, 30_000


def test_a_line_costs_little_a_key_and_a_theme_one_repaint(open_dashboard: Any) -> None:
    terminal = open_dashboard(DASHBOARD_CLOCK_STANDS="1")
    terminal.read_until("page 88 of offers")
    terminal.read_until_quiet(0.5, 3)

    def cost(keys: str) -> int:
        terminal.send(keys)
        return int(terminal.read_until_quiet(0.2, 2))

    for key in (":", "t", "h", "\t", "\x1b[D", "\x7f", "\x1b[F", "\x15"):
        assert 0 < cost(key) <= KEY, key
    assert 0 < cost("\x1b[200~mono\x1b[201~") <= KEY  # a paste
    assert 0 < cost("\x15theme light\r") <= REPAINT
    assert 0 < cost("\x10") <= PALETTE
    for key in ("z", "o", "o"):
        assert 0 < cost(key) <= NARROWED, key
    assert 0 < cost("\x1b[B") <= 2 * KEY
    terminal.send("\x1b")
    assert 0 < terminal.read_until_quiet(0.3, 2) <= PALETTE
    assert "Commands" not in terminal.text()


def test_everything_typed_in_one_go_arrives_where_it_was_meant(open_dashboard: Any) -> None:
    terminal = open_dashboard(columns=100, rows=30)
    terminal.send(":theme mono\r:acct main\r2")
    terminal.read_until("[2 Limits]")
    terminal.read_until("showing MAIN")
    assert "theme" not in terminal.text()


def test_the_mouse_is_the_terminals_own_when_it_is_let_go(open_dashboard: Any) -> None:
    terminal = open_dashboard(columns=100, rows=30)
    terminal.send(":mouse\r")
    terminal.read_until("the mouse is the terminal's own")
    terminal.send(":mouse\r")
    terminal.read_until("the mouse clicks and scrolls here")
    assert terminal.raw.rindex(b"\x1b[?1003l") < terminal.raw.rindex(b"\x1b[?1003h")
