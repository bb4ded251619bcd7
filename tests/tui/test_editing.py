"""The line editor behind every prompt: what keys and pastes make of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.keyboard.editing import LONGEST, REMEMBERED, Completion, Edit, History, typed
from magflow_tui.tui.views.prompt import editor_line, first_shown, shown_label, text_room
from magflow_tui.tui.views.spans import clean, join, line_cells

SNAGS = "\x1b[]\u202e漢👩\u0301\u0326s\n\t\x9b\x7f\u200d"
NASTY = st.text(st.one_of(st.characters(), st.sampled_from(SNAGS)), max_size=60)
CHORDS = st.sampled_from([f"ctrl+{letter}" for letter in "wukaedhg"])
NAMED = st.sampled_from(["backspace", "delete", "left", "right", "home", "end", "up", "f5", "escape"])
KEYS = st.one_of(CHORDS, NAMED)
PRESSES = st.lists(st.one_of(st.tuples(KEYS, st.none()), st.tuples(st.just("paste"), NASTY)), max_size=25)


def line(text: str) -> Edit:
    """A line with its cursor where the bar stands."""
    head, _, tail = text.partition("|")
    return Edit(head + tail, len(head))


@pytest.mark.parametrize(
    ("before", "key", "character", "after"),
    [
        ("ab|", "c", "c", "abc|"),
        ("a|c", "b", "b", "ab|c"),
        ("a|", "space", " ", "a |"),
        ("ab|c", "backspace", "\x7f", "a|c"),
        ("|ab", "backspace", "\x7f", "|ab"),
        ("a|bc", "delete", None, "a|c"),
        ("abc|", "delete", None, "abc|"),
        ("ab|", "left", None, "a|b"),
        ("|ab", "left", None, "|ab"),
        ("a|b", "right", None, "ab|"),
        ("ab|", "right", None, "ab|"),
        ("ab|c", "home", None, "|abc"),
        ("a|bc", "end", None, "abc|"),
        ("status:open acct:main|", "ctrl+w", "\x17", "status:open |"),
        ("status:open |", "ctrl+w", "\x17", "|"),
        ("one  two |three", "ctrl+w", "\x17", "one  |three"),
        ("|x", "ctrl+w", "\x17", "|x"),
        ("one two|three", "ctrl+u", "\x15", "|three"),
        ("one|two", "ctrl+k", "\x0b", "one|"),
        ("one|", "f5", None, "one|"),
        ("one|", "ctrl+g", "\x07", "one|"),
    ],
)
def test_a_key_does_to_the_line_what_it_does_everywhere(
    before: str, key: str, character: str | None, after: str
) -> None:
    assert line(before).pressed(key, character) == line(after)


def test_a_mark_typed_behind_its_letter_joins_it() -> None:
    assert line("s|").insert("\u0326") == line("ș|")
    assert line("|").insert("s\u0326i") == line("și|")


def test_pasted_lines_become_one_and_what_terminals_obey_is_left_out() -> None:
    assert line("|").insert("one\r\ntwo\tthree\x1b[2Jx\u202ey👩").text == "one  two three[2Jxy"


def test_a_paste_is_cut_where_the_line_is_full() -> None:
    full = line("|end").insert("x" * 5 * LONGEST)
    assert len(full.text) == LONGEST
    assert full.text.endswith("end")
    assert full.insert("y") == full


@given(presses=PRESSES)
def test_no_input_breaks_the_line_or_gets_a_control_through(presses: list[tuple[str, str | None]]) -> None:
    edit = Edit()
    for key, character in presses:
        edit = edit.insert(character or "") if key == "paste" else edit.pressed(key, character)
        assert 0 <= edit.cursor <= len(edit.text) <= LONGEST
        assert clean(edit.text) == edit.text
        assert edit.text.isprintable()


@given(text=NASTY)
def test_what_has_been_typed_is_safe_and_typing_it_again_changes_nothing(text: str) -> None:
    assert typed(typed(text)) == typed(text) == clean(typed(text))


@given(text=NASTY, cursor=st.integers(0, 60), first=st.integers(0, 60), width=st.integers(1, 120), remark=NASTY)
def test_the_prompt_row_is_always_full_and_always_shows_the_cursor(
    text: str, cursor: int, first: int, width: int, remark: str
) -> None:
    edit = Edit.at_end(text * 3).move(cursor)
    said = clean(remark)
    room = text_room("filter", said, width)
    shown = editor_line("filter", edit.text, edit.cursor, first_shown(edit.text, edit.cursor, room, first), said, width)
    assert line_cells(shown) == width
    if width >= 20:
        assert sum(role == "caret" for _, role in shown) == 1


def test_the_text_stands_still_until_the_cursor_leaves_its_room() -> None:
    text = "x" * 100
    starts = [first_shown(text, cursor, 20, 0) for cursor in range(20)]
    assert starts == [0] * 20
    moved = first_shown(text, 20, 20, 0)
    assert 0 < moved < 20
    assert [first_shown(text, cursor, 20, moved) for cursor in range(20, moved + 20)] == [moved] * moved


@pytest.mark.parametrize("width", [24, 40, 60, 80])
def test_a_long_label_leaves_room_and_keeps_its_end(width: int) -> None:
    label = "Type the name of the copy to restore:  2026-03-14-0300  >"
    shown = shown_label(label, width)
    assert shown.endswith(">")
    assert text_room(shown, "", width) >= 16
    assert (shown == label) is (width == 80)


def test_a_remark_gives_way_to_the_text() -> None:
    assert "pages: 3" in join(editor_line("/", "status:open", 11, 0, "pages: 3", 60))
    assert "pages: 3" not in join(editor_line("/", "x" * 25, 25, 0, "pages: 3", 30))


def test_history_goes_back_and_returns_to_what_was_being_written() -> None:
    history = History()
    for entered in ("one", "two", "one", "  "):
        history.keep(entered)
    history.begin()
    assert history.lines == ["two", "one"]
    assert [history.step(1, "dra"), history.step(1, "one"), history.step(1, "two")] == ["one", "two", None]
    assert [history.step(-1, "two"), history.step(-1, "one"), history.step(-1, "dra")] == ["one", "dra", None]


def test_history_keeps_the_last_lines_alone() -> None:
    history = History()
    for number in range(REMEMBERED + 10):
        history.keep(str(number))
    assert len(history.lines) == REMEMBERED
    assert history.lines[-1] == str(REMEMBERED + 9)


def test_completion_takes_what_is_shared_then_goes_round() -> None:
    completion = Completion()
    offered = ("theme dark", "theme light", "theme mono")
    assert completion.begin("th", offered) == "theme "
    assert [completion.step(1) for _ in range(4)] == ["theme dark", "theme light", "theme mono", "theme dark"]
    assert completion.step(-1) == "theme mono"
    completion.forget()
    assert completion.begin("theme d", ("theme dark",)) == "theme dark"
    assert completion.begin("nothing", ()) == "nothing"
