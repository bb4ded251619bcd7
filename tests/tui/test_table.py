from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.views.context import Cursor
from magflow_tui.tui.views.glyphs import UNICODE
from magflow_tui.tui.views.spans import join, line_cells
from magflow_tui.tui.views.table import Column, table

COLUMNS: list[Column[int]] = [
    Column("number", 8, lambda row: (str(row), "text"), "right"),
    Column("name", 0, lambda row: (f"row {row}", "muted")),
    Column("more", 6, lambda row: ("x", "warn"), need=60),
]


def test_only_rows_in_view_are_formatted() -> None:
    formatted: list[int] = []

    def cell(row: int) -> tuple[str, str]:
        formatted.append(row)
        return str(row), "text"

    rows = range(1_000_000)
    lines = table(rows, [Column("n", 8, cell)], Cursor(key=500_000, index=500_000, top=499_990), 40, 20, UNICODE)  # type: ignore[arg-type]
    assert len(lines) == 21
    assert formatted == list(range(499_990, 500_010))


def test_the_row_under_the_cursor_is_one_span_with_its_own_sign() -> None:
    lines = table([1, 2, 3], COLUMNS, Cursor(key=2, index=1), 40, 10, UNICODE)
    assert [role for _, role in lines[2]] == ["selected"]
    assert join(lines[2]).startswith(">")
    assert not [role for line in (lines[1], lines[3]) for _, role in line if role == "selected"]


def test_a_column_shows_where_there_is_room_for_it() -> None:
    assert "more" in join(table([1], COLUMNS, None, 60, 1, UNICODE)[0])
    assert "more" not in join(table([1], COLUMNS, None, 59, 1, UNICODE)[0])


@given(st.integers(0, 120), st.integers(0, 9))
def test_a_table_never_overflows(width: int, height: int) -> None:
    lines = table(list(range(20)), COLUMNS, Cursor(), width, height, UNICODE)
    assert len(lines) == 1 + height
    assert all(line_cells(line) <= max(width, 11) for line in lines)


KEYS = st.lists(st.integers(0, 40), unique=True, max_size=30)


@given(KEYS, KEYS, st.integers(1, 9), st.lists(st.integers(-12, 12), max_size=8))
def test_a_cursor_keeps_to_its_key_and_in_view_whatever_becomes_of_the_list(
    before: list[int], after: list[int], height: int, moves: list[int]
) -> None:
    cursor = Cursor()
    for delta in moves:
        cursor = cursor.moved(delta, before, height)
        if before:
            assert before[cursor.index] == cursor.key
            assert cursor.top <= cursor.index < cursor.top + height
    key = cursor.key
    cursor = cursor.settled(after, height)
    if after:
        assert cursor.top <= cursor.index < cursor.top + height
        assert 0 <= cursor.top <= max(0, len(after) - 1)
        if key in after:
            assert after[cursor.index] == key


def test_a_step_over_the_edge_turns_most_of_the_view_and_no_step_inside_it_does() -> None:
    keys, cursor, tops = list(range(100)), Cursor(), []
    for _ in range(60):
        cursor = cursor.moved(1, keys, 20)
        tops.append(cursor.top)
    assert sorted(set(tops)) == [0, 15, 30, 45]
    for _ in range(60):
        cursor = cursor.moved(-1, keys, 20)
    assert (cursor.index, cursor.top) == (0, 0)
    assert Cursor(key=98, index=98, top=75).moved(1, keys, 20).top == 80


def test_rows_that_come_in_above_leave_the_view_where_it_is() -> None:
    cursor = Cursor(key="c", index=2, top=1)
    settled = cursor.settled(["x", "y", "a", "b", "c", "d"], 2)
    assert (settled.index, settled.top) == (4, 3)


def test_the_head_of_a_list_stays_in_view_when_rows_come_in() -> None:
    settled = Cursor(key="b", index=1, top=0).settled(["x", "a", "b"], 5)
    assert (settled.index, settled.top) == (2, 0)


def test_a_cursor_without_a_key_is_the_first_row_whichever_that_is() -> None:
    assert Cursor().settled(["x", "a"], 5).key is None
    assert Cursor().settled(["x", "a"], 5).index == 0


def test_a_vanished_row_hands_the_cursor_to_its_neighbour() -> None:
    settled = Cursor(key="b", index=1).settled(["a", "c"], 5)
    assert (settled.key, settled.index) == ("c", 1)
    assert Cursor(key="b", index=1).settled([], 5) == Cursor()
