from __future__ import annotations

import io
from random import Random

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from magflow_tui.tui.terminal.outlet import Slice
from magflow_tui.tui.terminal.wire import Mirror

CONSOLE = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)
STYLES = [
    Style(),
    Style(color="red"),
    Style(color="#102030", bgcolor="#a0b0c0"),
    Style(bold=True, color="#ffffff"),
    Style(reverse=True),
    Style(underline=True, bgcolor="blue"),
]
WIDTH, HEIGHT = 12, 4
CELLS = st.lists(
    st.tuples(st.sampled_from("abc é"), st.sampled_from(range(len(STYLES)))), min_size=WIDTH, max_size=WIDTH
)
FRAMES = st.lists(CELLS, min_size=HEIGHT, max_size=HEIGHT)


def strip_of(cells: list[tuple[str, int]]) -> Strip:
    return Strip([Segment(character, STYLES[style]) for character, style in cells], WIDTH)


def layout(frame: list[list[tuple[str, int]]]) -> LayoutUpdate:
    return LayoutUpdate([[strip_of(row)] for row in frame], Region(0, 0, WIDTH, HEIGHT))


def chops(frame: list[list[tuple[str, int]]], spans: list[tuple[int, int, int]]) -> ChopsUpdate:
    return ChopsUpdate([{0: strip_of(row)} for row in frame], spans, [[WIDTH]] * HEIGHT)


def pieces(
    mirror: Mirror, update: LayoutUpdate | ChopsUpdate, slice_size: int = 9999, width: int = WIDTH
) -> list[Slice]:
    slices = mirror.render(update, (width, HEIGHT), CONSOLE, slice_size)
    assert slices is not None
    return slices


def render(mirror: Mirror, update: LayoutUpdate | ChopsUpdate, width: int = WIDTH) -> str:
    return "".join(piece.text for piece in pieces(mirror, update, width=width))


def shown(screen: pyte.Screen) -> list[list[object]]:
    return [[screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(FRAMES, st.booleans(), st.integers(0, WIDTH - 1), st.integers(1, WIDTH)), min_size=1, max_size=5)
)
def test_the_terminal_shows_what_textual_would_have_shown(
    steps: list[tuple[list[list[tuple[str, int]]], bool, int, int]],
) -> None:
    ours, theirs = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    our_stream, their_stream = pyte.Stream(ours), pyte.Stream(theirs)
    their_stream.feed("\x1b[20l")
    mirror = Mirror()
    for frame, whole, start, size in steps:
        if whole:
            update: LayoutUpdate | ChopsUpdate = layout(frame)
        else:
            update = chops(frame, [(y, start, min(WIDTH, start + size)) for y in (0, 2)])
        our_stream.feed(render(mirror, update))
        if whole:
            their_stream.feed(update.render_segments(CONSOLE))
        else:  # what was asked for and no more; Textual itself writes from the left edge on
            fresh = chops(frame, []).chops
            for y in (0, 2):
                stop = min(WIDTH, start + size)
                text = fresh[y][0].crop(start, stop).render(CONSOLE)  # type: ignore[union-attr]
                their_stream.feed(f"\x1b[{y + 1};{start + 1}H{text}")
        assert shown(ours) == shown(theirs)


def test_a_frame_that_is_shown_already_sends_nothing() -> None:
    mirror = Mirror()
    frame = [[("a", 1)] * WIDTH] * HEIGHT
    assert render(mirror, layout(frame))
    assert render(mirror, layout(frame)) == ""
    assert render(mirror, chops(frame, [(1, 0, WIDTH)])) == ""


def test_after_a_resize_or_a_redraw_everything_is_sent() -> None:
    mirror = Mirror()
    frame = [[("a", 1)] * WIDTH] * HEIGHT
    whole = render(mirror, layout(frame))
    mirror.forget()
    assert render(mirror, layout(frame)) == whole
    assert render(mirror, layout(frame), WIDTH + 1) == whole


def test_a_changed_cell_costs_its_cell() -> None:
    mirror = Mirror()
    frame = [[("a", 1)] * WIDTH for _ in range(HEIGHT)]
    render(mirror, layout(frame))
    frame[2][7] = ("b", 1)
    assert render(mirror, chops(frame, [(2, 7, 8)])) == "\x1b[3;8H\x1b[31mb\x1b[0m"


def test_neighbouring_styles_send_what_differs() -> None:
    mirror = Mirror()
    row = [("a", 0)] * (WIDTH - 3) + [("b", 1), ("b", 1), ("c", 3)]
    text = render(mirror, chops([row] * HEIGHT, [(0, 9, 12)]))
    assert text == "\x1b[1;10H\x1b[31mbb\x1b[1;38;2;255;255;255mc\x1b[0m"


@settings(max_examples=60, deadline=None)
@given(st.lists(FRAMES, min_size=1, max_size=3), st.integers(1, 80), st.randoms(use_true_random=False))
def test_slices_of_different_rows_may_be_sent_in_any_order(
    frames: list[list[list[tuple[str, int]]]], slice_size: int, random: Random
) -> None:
    whole, sliced = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    whole_stream, sliced_stream = pyte.Stream(whole), pyte.Stream(sliced)
    one, other = Mirror(), Mirror()
    for frame in frames:
        whole_stream.feed(render(one, layout(frame)))
        slices = pieces(other, layout(frame), slice_size)
        assert sum(len(piece.rows) for piece in slices) == len(frozenset[int]().union(*[s.rows for s in slices]))
        random.shuffle(slices)
        for piece in slices:
            sliced_stream.feed(piece.text)
    assert shown(whole) == shown(sliced)


def test_few_colours_are_written_in_fewer_bytes() -> None:
    frame = [[("a", 2)] * WIDTH] * HEIGHT
    many, few = Mirror(), Mirror()
    few.few_colours = True
    assert "48;2;160;176;192" in render(many, layout(frame))
    text = render(few, layout(frame))
    assert "38;5;" in text
    assert ";2;" not in text
