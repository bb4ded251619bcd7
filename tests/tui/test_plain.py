"""Screens as lines of words: the same views, without anything that only draws."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.output.plain import Changes, Section, sections, status
from magflow_tui.tui.text import LANGUAGES, speak
from magflow_tui.tui.views.context import SCREENS, ScreenName, View

GOLDENS = Path(__file__).parent / "goldens"
DRAWING = re.compile("[\u2190-\u21ff\u2500-\u25ff\u2800-\u28ff]")


def lines_of(view: View) -> list[str]:
    return [status(view), *Changes().fresh(sections(view))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", ["health", "sync"])
def test_a_screen_reads_as_recorded(full_view: View, screen: ScreenName, language: str) -> None:
    view = replace(full_view, screen=screen, say=speak(language))
    text = "\n".join(lines_of(view)) + "\n"
    path = GOLDENS / f"plain-{screen}-{language}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_drawn(full_view: View, screen: ScreenName) -> None:
    text = "\n".join(lines_of(replace(full_view, screen=screen)))
    assert DRAWING.findall(text) == []
    assert "\x1b" not in text


@pytest.mark.parametrize("screen", SCREENS)
def test_what_a_sign_says_is_said_in_a_word(full_view: View, screen: ScreenName) -> None:
    assert "warning 60" in status(replace(full_view, screen=screen))


def test_a_section_has_its_name_and_its_lines(full_view: View) -> None:
    [first, *_] = sections(full_view)
    assert first.title.startswith("Health 60/100")
    assert any("response time" in line and line.startswith("warning") for line in first.lines)


def test_what_was_said_is_not_said_again(full_view: View, snapshot: Snapshot) -> None:
    changes = Changes()
    assert changes.fresh(sections(full_view))
    assert changes.fresh(sections(full_view)) == []
    health = snapshot.health.model_copy(update={"score": 40, "level": "critical"})
    changed = replace(full_view, snapshot=snapshot.model_copy(update={"health": health}))
    assert changes.fresh(sections(changed))[0] == "Health 40/100 critical:"
    assert len(changes.fresh(sections(full_view))) < len(sections(full_view)[0].lines)


LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=4, unique=True).map(tuple)


@given(st.lists(LINES, min_size=1, max_size=6))
def test_every_line_is_said_when_it_is_new_and_only_then(states: list[tuple[str, ...]]) -> None:
    changes = Changes()
    before: tuple[str, ...] | None = None
    for state in states:
        said = changes.fresh([Section("Now", state)])
        new = [f"  {line}" for line in state if before is None or line not in before]
        assert said == ((["Now:"] if new or before is None else []) + new)
        before = state


def test_customers_are_masked_unless_revealed(full_view: View) -> None:
    name = full_view.orders.rows[0].customer
    assert name
    for reveal in (False, True):
        text = "\n".join(lines_of(replace(full_view, screen="orders", reveal=reveal)))
        assert (name in text) is reveal
