"""What leaves as control sequences: it arrives whole, and nothing in it can be taken for anything else."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64decode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.output.clipboard import MOST_BYTES, to_clipboard
from magflow_tui.tui.output.copying import curl, ids_of, json_text
from magflow_tui.tui.output.notices import (
    QUIET_SECONDS,
    Dialect,
    Rationing,
    dialect_of,
    notification,
    title_of,
    window_title,
)
from magflow_tui.tui.output.passthrough import SCREEN_CHUNK, Multiplexer, multiplexer_of, through
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.spans import clean

NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x07\\]P;[\x9c\x9d\u202e\n\x18")), max_size=300)
MULTIPLEXERS: list[Multiplexer] = [None, "tmux", "screen"]
DIALECTS: list[Dialect] = ["osc9", "osc777", "osc99"]


def unwrapped(sent: str, multiplexer: Multiplexer) -> str:
    """What the terminal behind a multiplexer gets, by the multiplexers' own rules."""
    if multiplexer == "tmux":
        # A device control string ends at the first escape that is not doubled.
        found = re.match(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", sent)
        assert found is not None
        return found[1].replace("\x1b\x1b", "\x1b")
    if multiplexer == "screen":
        chunks = re.findall(r"\x1bP((?:(?!\x1b\\).)*)\x1b\\", sent, re.DOTALL)
        assert "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks) == sent
        assert all(len(chunk) <= SCREEN_CHUNK for chunk in chunks)
        return "".join(chunks)
    return sent


def controls_of(text: str) -> list[tuple[int, str]]:
    """Every control character of a text and its place."""
    return [(place, character) for place, character in enumerate(text) if not character.isprintable()]


@given(text=NASTY, multiplexer=st.sampled_from(MULTIPLEXERS))
def test_what_is_copied_arrives_as_it_was(text: str, multiplexer: Multiplexer) -> None:
    sent = to_clipboard(text, multiplexer)
    assert sent is not None
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", unwrapped(sent, multiplexer))
    assert found is not None
    assert b64decode(found[1]) == text.encode("utf-8", errors="replace")


@given(text=NASTY, multiplexer=st.sampled_from(MULTIPLEXERS))
def test_no_control_character_of_a_text_gets_out_of_its_wrapping(text: str, multiplexer: Multiplexer) -> None:
    sent = to_clipboard(text, multiplexer) or ""
    plain = to_clipboard("x" * len(text.encode("utf-8", errors="replace")), multiplexer) or ""
    assert controls_of(sent) == controls_of(plain)


def test_a_text_too_long_for_terminals_is_not_sent() -> None:
    assert to_clipboard("x" * MOST_BYTES) is not None
    assert len(to_clipboard("x" * MOST_BYTES) or "") <= 100_000 + 16
    assert to_clipboard("ș" * (MOST_BYTES // 2 + 1)) is None


def test_tmux_itself_gets_the_copy_too() -> None:
    bare = to_clipboard("448120331")
    assert bare is not None
    assert (to_clipboard("448120331", "tmux") or "").endswith(bare)


@pytest.mark.parametrize(
    ("environ", "found"),
    [({}, None), ({"TMUX": "/tmp/tmux-0/default,1,0"}, "tmux"), ({"STY": "12.pts"}, "screen"), ({"TMUX": ""}, None)],
)
def test_a_multiplexer_is_known_by_what_it_sets(environ: dict[str, str], found: Multiplexer) -> None:
    assert multiplexer_of(environ) == found


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, "osc9"),
        ({"TERM": "xterm-256color"}, "osc9"),
        ({"TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM": "xterm-kitty"}, "osc99"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "osc777"),
        ({"TERM_PROGRAM": "WezTerm"}, "osc9"),
    ],
)
def test_a_terminal_is_told_in_its_own_way(environ: dict[str, str], found: Dialect) -> None:
    assert dialect_of(environ) == found


@given(title=NASTY, text=NASTY, dialect=st.sampled_from(DIALECTS), multiplexer=st.sampled_from(MULTIPLEXERS))
def test_nothing_in_a_notification_steers_a_terminal(
    title: str, text: str, dialect: Dialect, multiplexer: Multiplexer
) -> None:
    inner = unwrapped(notification(title, text, dialect, multiplexer), multiplexer)
    assert inner.startswith("\x1b]")
    assert inner.endswith("\x07")
    assert all(character.isprintable() for character in inner[2:-1])
    if dialect == "osc777":
        assert inner.count(";") == 3


@given(text=NASTY)
def test_nothing_in_a_title_steers_a_terminal(text: str) -> None:
    sent = window_title(text)
    assert sent.startswith("\x1b]2;")
    assert sent.endswith("\x07")
    assert all(character.isprintable() for character in sent[4:-1])


def test_a_title_tells_score_and_alerts(full_view: View) -> None:
    assert full_view.snapshot is not None
    title = title_of(full_view.snapshot, full_view.say, full_view.glyphs)
    assert title == f"MagFlow ▲ warning 60, alerts {len(full_view.snapshot.alerts)}"


def test_notices_are_rationed_by_severity() -> None:
    rationing = Rationing()
    assert rationing.permits("warning", 100.0)
    assert not rationing.permits("warning", 100.0 + QUIET_SECONDS - 1)
    assert rationing.permits("critical", 101.0)
    assert rationing.permits("warning", 100.0 + QUIET_SECONDS)
    assert not rationing.permits("warning", 101.0 + QUIET_SECONDS)


def test_a_sequence_without_a_multiplexer_is_sent_as_it_is() -> None:
    assert through("\x1b]9;x\x07", None) == "\x1b]9;x\x07"


@given(text=NASTY)
def test_json_says_the_same_in_characters_that_can_be_seen(text: str) -> None:
    shown = json_text({"customer": text, "lines": [text]})
    assert json.loads(shown) == {"customer": text, "lines": [text]}
    assert all(line.isprintable() for line in shown.split("\n"))


@given(route=NASTY, account=st.sampled_from(["main", "gone"]), page=st.none() | st.integers(1, 9))
def test_a_curl_command_is_words_for_a_shell_and_holds_no_secret(
    full_view: View, route: str, account: str, page: int | None
) -> None:
    row = full_view.requests.rows[0].model_copy(update={"route": route, "account": account, "page": page})
    command = curl(row, full_view.snapshot)
    assert command.isprintable()
    words = shlex.split(command)
    assert words[:6] == ["curl", "-sS", "-X", row.method, "-u", "$EMAG_USERNAME:$EMAG_PASSWORD"]
    assert words[-1].endswith(clean(route).lstrip("/"))
    assert len(words) == (11 if page is not None else 9)


def test_marked_rows_are_copied_a_line_each(full_view: View) -> None:
    view = replace(full_view, screen="orders")
    copied = ids_of(view, [("main", 448120331), ("fbe", 448120298)])
    assert copied is not None
    assert (copied.name, copied.text) == ("2 marked rows", "448120331\n448120298")
    assert ids_of(replace(view, screen="api"), [10**9]) is None  # gone from the log
