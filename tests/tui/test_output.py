"""What leaves as control sequences: it arrives whole, and nothing in it can be taken for anything else."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.past import RequestDetail
from magflow_tui.tui.output.clipboard import MOST_BYTES, to_clipboard
from magflow_tui.tui.output.copying import ids_of, json_text
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
from magflow_tui.tui.views.request_bodies import curl_of

NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x07\\]P;[\x9c\x9d\u202e\n\x18")), max_size=300)
#: Where the recorded accounts are.
BASE = "https://marketplace.invalid/ro"
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
    new = [alert for alert in full_view.snapshot.alerts if alert.state == "new"]
    assert title == f"MagFlow ▲ warning 60, alerts {len(new)}"


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


@given(route=NASTY, base=NASTY, sent=st.none() | NASTY, page=st.none() | st.integers(1, 9), read=st.booleans())
def test_a_curl_command_is_words_for_a_shell_and_holds_no_secret(
    full_view: View, route: str, base: str, sent: str | None, page: int | None, read: bool
) -> None:
    row = full_view.requests.rows[0].model_copy(update={"route": route, "page": page})
    url = f"https://{base}/{route}"
    detail = RequestDetail(row=row, url=url, sent=sent) if read else None
    command = curl_of(row, detail, full_view.snapshot)
    if command is None:
        assert read  # an address that is none
        return
    assert command.isascii()
    assert command.isprintable()
    words = shlex.split(command)
    assert words[:7] == ["curl", "-sS", "-g", "-X", row.method, "-u", "$MAGFLOW_USER:$MAGFLOW_PASSWORD"]
    assert words[7:10] == ["-H", "Content-Type: application/json", "--data-raw"]
    assert len(words) == 12
    asked = url if read else f"{BASE}/{route.lstrip('/')}"
    # What no encoding has (half a character) cannot be asked for either.
    assert unquote(words[11], errors="strict") == unquote(asked.encode(errors="replace").decode())
    if read:
        assert (words[10] == "") is (sent is None)
    else:
        assert words[10] == ("" if page is None else f'{{"currentPage":{page},"itemsPerPage":100}}')


def test_a_shell_gives_curl_the_very_words_of_a_request(full_view: View, tmp_path: Path) -> None:
    body = {"name": "O'Neill $(touch gone) `id` !! \u2026", "data": [1]}
    url = "https://example.com/api-3/order/acknowledge/7?a=[1-3]&b=c"
    row = full_view.requests.rows[0]
    command = curl_of(row, RequestDetail(row=row, url=url, sent=json.dumps(body)), None)
    program = tmp_path / "curl"
    program.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n')
    program.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "MAGFLOW_USER": "ana", "MAGFLOW_PASSWORD": "a b'$c"}
    ran = subprocess.run(["/bin/sh", "-c", command or ""], env=environ, capture_output=True, text=True, check=True)
    words = ran.stdout.splitlines()
    assert words[:6] == ["-sS", "-g", "-X", row.method, "-u", "ana:a b'$c"]
    assert json.loads(words[9]) == body
    assert words[10] == url


def test_marked_rows_are_copied_a_line_each(full_view: View) -> None:
    view = replace(full_view, screen="orders")
    copied = ids_of(view, [("main", 448120331), ("fbe", 448120298)])
    assert copied is not None
    assert (copied.name, copied.text) == ("2 marked rows", "448120331\n448120298")
    assert ids_of(replace(view, screen="api"), [10**9]) is None  # gone from the log
