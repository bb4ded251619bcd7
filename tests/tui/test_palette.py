"""The command palette: what it finds, and that it fits over every screen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.tui.keyboard.palette import Palette
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.palette import Entry
from magflow_tui.tui.views.spans import join, line_cells

ENTRIES = [
    Entry("freeze", "freeze", "p", "keep what is shown"),
    Entry("sync-new", "new sync", "n", "start a sync of orders, offers or returns"),
    Entry("sync-stop", "stop", "x", "stop a running sync", "no sync is running"),
    Entry("theme light", "theme: light", "", "other colours"),
    Entry("redraw", "redraw", "ctrl+l", "paint the whole screen again"),
]


def found(text: str) -> list[str]:
    palette = Palette()
    palette.open(ENTRIES)
    palette.narrow(text)
    commands = []
    while palette.chosen is not None and palette.chosen.command not in commands:
        commands.append(palette.chosen.command)
        palette.press("down")
    return commands


@pytest.mark.parametrize(
    ("text", "first"),
    [("frz", "freeze"), ("sync", "sync-new"), ("light", "theme light"), ("ctrl+l", "redraw"), ("x", "sync-stop")],
)
def test_a_few_letters_a_word_or_the_key_itself_find_an_entry(text: str, first: str) -> None:
    assert found(text)[0] == first


def test_no_text_shows_everything_and_a_strange_one_nothing() -> None:
    assert found("  ") == [entry.command for entry in ENTRIES]
    assert found("zzqq") == []


def test_the_cursor_stays_among_the_entries() -> None:
    palette = Palette()
    palette.open(ENTRIES)
    assert palette.press("up")
    assert palette.chosen == ENTRIES[0]
    assert palette.press("pagedown")
    for _ in range(9):
        palette.press("down")
    assert palette.chosen == ENTRIES[-1]
    assert not palette.press("a")
    palette.close()
    assert palette.chosen is None


@settings(deadline=None)
@given(
    text=st.text(max_size=12),
    presses=st.lists(st.sampled_from(["up", "down", "pageup", "pagedown", "tab", "x"]), max_size=8),
    width=st.integers(1, 200),
    height=st.integers(2, 50),
)
def test_whatever_is_looked_for_the_screen_keeps_its_size(
    full_view: View, text: str, presses: list[str], width: int, height: int
) -> None:
    palette = Palette()
    body = [(("." * width, "text"),) for _ in range(height)]
    assert palette.over(full_view, body, width) == body  # while it is closed
    palette.open(ENTRIES)
    palette.narrow(text)
    for key in presses:
        palette.press(key)
    shown = palette.over(full_view, body, width)
    assert len(shown) == height
    assert {line_cells(line) for line in shown} == {width}


def test_what_goes_on_behind_it_stays_in_sight(full_view: View) -> None:
    palette = Palette()
    palette.open(ENTRIES * 9)
    shown = palette.over(full_view, [(("." * 80, "text"),)] * 20, 80)
    assert join(shown[0]) == "." * 80
    assert "1/45" in "".join(join(line) for line in shown)
