from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from magflow_tui.tui.views.glyphs import ASCII
from magflow_tui.tui.views.spans import (
    Line,
    beside,
    cells,
    changed_cells,
    clean,
    clip,
    cut,
    fit,
    fit_right,
    join,
    line_cells,
    rule,
    spread,
    stack,
)

#: Strings as data may bring them: escapes, controls, brackets, combining, wide, bidirectional, emoji, lone surrogates.
NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x07\x9b\x00\u202e\u2066\u200d\ufe0f\u0301\u00ad[]{}漢字👩🇷🇴　ｱțș\u2028\t\n"),
    ),
    max_size=60,
)
LINES = st.lists(st.tuples(NASTY.map(clean), st.sampled_from(["text", "warn", "muted"])), max_size=6).map(tuple)


@given(NASTY)
def test_cleaned_text_holds_nothing_a_terminal_obeys_or_measures_in_its_own_way(text: str) -> None:
    safe = clean(text)
    assert not [character for character in safe if unicodedata.category(character)[0] in "CM"]
    assert "\x1b" not in safe
    assert "\n" not in safe
    assert cells(safe) == cell_len(safe)
    assert clean(safe) == safe


def test_an_escape_sequence_in_data_is_shown_and_not_obeyed() -> None:
    assert clean("a\x1b[31mb\x07") == "a·[31mb·"


def test_letters_with_marks_are_kept_and_emoji_are_not() -> None:
    assert clean("S\u0326tefan 漢 🌸👩\u200d👧") == "Ștefan 漢 ···"


@given(NASTY, st.integers(0, 40))
def test_fitted_text_has_exactly_the_asked_width(text: str, width: int) -> None:
    safe = clean(text)
    assert cells(fit(safe, width)) == width
    assert cells(fit_right(safe, width)) == width
    assert cells(cut(safe, width)) <= width


@given(LINES, st.integers(0, 50))
def test_a_clipped_line_has_exactly_the_asked_width(line: Line, width: int) -> None:
    assert line_cells(clip(line, width)) == width


@given(LINES, LINES, st.integers(0, 50))
def test_no_data_can_push_a_spread_or_a_rule_past_its_width(left: Line, right: Line, width: int) -> None:
    assert line_cells(spread(left, right, width)) == width
    assert line_cells(rule(left, right, width)) == width


@given(LINES, LINES)
def test_columns_keep_their_widths_whatever_is_in_them(left: Line, right: Line) -> None:
    for line in beside([([left], 20), ([right], 15)], 2):
        assert line_cells(line) == 20 + 3 + 15
        assert join(line)[-15 - 2 :] is not None


@given(LINES, LINES)
def test_changed_cells_are_all_that_has_to_be_written(before: Line, after: Line) -> None:
    width = max(line_cells(before), line_cells(after), 1)
    old, new = clip(before, width), clip(after, width)
    painted = _cells(old)
    fresh = _cells(new)
    for start, stop in changed_cells(old, new):
        assert 0 <= start < stop <= width
        painted[start:stop] = fresh[start:stop]
    assert painted == fresh


def test_equal_lines_change_nothing() -> None:
    line: Line = (("abc", "text"), ("漢", "warn"))
    assert changed_cells(line, line) == []
    assert changed_cells(line, (("ab", "text"), ("c", "text"), ("漢", "warn"))) == []


def test_a_wide_character_is_never_repainted_by_half() -> None:
    assert changed_cells((("漢x", "text"),), (("字x", "text"),)) == [(0, 2)]
    assert changed_cells((("abx", "text"),), (("a漢", "text"),)) == [(1, 3)]


def test_distant_changes_are_separate_and_near_ones_are_one() -> None:
    old: Line = (("1" + " " * 40 + "1  1", "text"),)
    new: Line = (("2" + " " * 40 + "2  2", "text"),)
    assert changed_cells(old, new) == [(0, 1), (41, 45)]


@given(NASTY)
def test_ascii_only_keeps_the_width(text: str) -> None:
    safe = clean(text)
    folded = ASCII.fold(safe)
    assert folded.isascii()
    assert len(folded) == cells(safe)


@pytest.mark.parametrize("height", [0, 1, 5])
def test_a_stack_has_the_asked_height(height: int) -> None:
    assert len(stack([(("a", "text"),)] * 3, height)) == height


def _cells(line: Line) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for text, role in line:
        for character in text:
            found.append((character, role))
            found += [("", role)] * (cells(character) - 1)
    return found
