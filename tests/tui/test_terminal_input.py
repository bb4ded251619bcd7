"""What comes from a terminal: a paste is a paste wherever it is cut, whatever is in it; bad bytes are no keys."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.terminal.input import PASTE_END, PASTE_START, Pastes

ODD = st.text(st.sampled_from("\x1b[]201~ab\n"), max_size=30)


def parts_of(pieces: list[str]) -> tuple[str, list[str]]:
    """What was typed, and each paste."""
    pastes, typed, pasted = Pastes(), "", []
    for piece in pieces:
        for is_paste, text in pastes.split(piece):
            if is_paste:
                pasted.append(text)
            else:
                typed += text
    return typed + pastes.released(), pasted


@given(before=ODD, inside=ODD, behind=ODD, cuts=st.lists(st.integers(0, 100), max_size=4))
def test_a_paste_is_found_wherever_the_stream_is_cut(before: str, inside: str, behind: str, cuts: list[int]) -> None:
    stream = f"{before}x{PASTE_START}{inside.replace(PASTE_END, '')}x{PASTE_END}{behind.replace(PASTE_START, '')}"
    if stream.count(PASTE_START) != 1 or stream.count(PASTE_END) != 1:
        return
    start = stream.index(PASTE_START)
    # An escape character that comes alone is a key.
    places = [
        cut for cut in sorted({0, *cuts, len(stream)}) if cut not in (start + 1, start + 2) and cut <= len(stream)
    ]
    pieces = [stream[first:last] for first, last in pairwise(places)]
    if any(piece in ("\x1b", "\x03") for piece in pieces):
        return
    typed, pasted = parts_of(pieces)
    assert [typed, *pasted] == [
        stream[:start] + stream.partition(PASTE_END)[2],
        stream.partition(PASTE_START)[2].partition(PASTE_END)[0],
    ]


def test_a_paste_without_an_end_is_left_by_escape() -> None:
    assert parts_of([PASTE_START + "abc", "q", "\x1b", "2"]) == ("2", [])


@pytest.mark.slow
def test_bytes_that_are_no_text_and_pastes_full_of_escapes_press_no_key(open_dashboard: Any) -> None:
    terminal = open_dashboard()
    os.write(terminal.master, b"\xff\xfe\xc3\xe2\x82")
    os.write(terminal.master, b"\x1b[200~\x1b[31m\x1b2\x1bR\x1bOqn3\n\x03\x1b[201~")
    terminal.read_until_quiet(0.4, 3)
    assert "[1 Health]" in terminal.text()
    os.write(terminal.master, b":\x1b[200~lim\x1b[31mits\x1b[201~")
    terminal.read_until("lim")
    os.write(terminal.master, b"\x1b")
    terminal.read_until_quiet(0.4, 3)
    terminal.send("2")
    terminal.read_until("[2 Limits]")
