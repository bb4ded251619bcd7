"""Pictures of the screen: whatever is on it, a sound SVG with its text in its places."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from magflow_tui.tui.output.pictures import Ground, svg
from magflow_tui.tui.views.spans import cells, clean

GROUND = Ground("#d0d0d0", "#101010")
NASTY = st.text(st.one_of(st.characters(), st.sampled_from("<>&\"'\x1b\x00 漢👩\u202e")), max_size=40).map(clean)
STYLES = st.sampled_from([Style.null(), Style.parse("bold red on blue"), Style.parse("reverse"), Style.parse("dim")])


def drawn(*rows: list[Segment]) -> ET.Element:
    return ET.fromstring(svg(rows, 80, GROUND, "MagFlow"))  # noqa: S314 - our own


def texts(picture: ET.Element) -> list[ET.Element]:
    return [element for element in picture if element.tag.endswith("text")]


@given(st.lists(st.tuples(NASTY, STYLES), max_size=6))
def test_any_text_is_drawn_as_it_is(pieces: list[tuple[str, Style]]) -> None:
    picture = drawn([Segment(text, style) for text, style in pieces])
    said = "".join(element.text or "" for element in texts(picture))
    assert said.replace(" ", "") == "".join(text for text, _ in pieces).replace(" ", "")


@given(NASTY.filter(str.strip))
def test_a_text_is_as_long_as_its_cells(text: str) -> None:
    [element] = texts(drawn([Segment(text)]))
    assert float(element.attrib["textLength"]) == 12 * cells(text.strip(" "))


def test_reverse_text_has_its_colours_the_other_way_round() -> None:
    text = svg([[Segment("selected", Style(color="#ffffff", bgcolor="#0000ff", reverse=True))]], 80, GROUND, "")
    assert ".s0{fill:#0000ff}" in text
    assert '<rect x="12" y="12" width="96" height="23" fill="#ffffff"/>' in text


def test_text_in_the_ground_s_colours_has_no_ground_of_its_own() -> None:
    assert svg([[Segment("plain")]], 80, GROUND, "").count("<rect") == 1


def test_the_same_rows_make_the_same_bytes() -> None:
    rows = [[Segment("a", Style(bold=True)), Segment("b"), Segment("c", Style(bold=True))]]
    assert svg(rows, 80, GROUND, "x") == svg(rows, 80, GROUND, "x")
    assert svg(rows, 80, GROUND, "x").count("font-weight:bold") == 1
