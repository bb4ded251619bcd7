"""A request as a curl command: one line that any shell takes for the very words that were meant."""

from __future__ import annotations

import json
import shlex
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.client.curl import curl, is_redacted

NASTY = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("'\"`$\\!;&|<>\n\r\x1b\u202e…{}[]")), max_size=80
)


@given(path=NASTY, body=st.none() | NASTY)
def test_hostile_texts_stay_words(path: str, body: str | None) -> None:
    url = f"https://example.com/{path}"
    command = curl("POST", url, None if body is None else json.dumps({"text": body}))
    assert command.isascii()
    assert command.isprintable()
    words = shlex.split(command)
    assert words[:7] == ["curl", "-sS", "-g", "-X", "POST", "-u", "$MAGFLOW_USER:$MAGFLOW_PASSWORD"]
    assert unquote(words[11]) == unquote(url)
    assert words[10] == "" if body is None else json.loads(words[10]) == {"text": body}


@pytest.mark.parametrize(
    ("method", "url"),
    [("POST -o x", "https://example.com/a"), ("POST", "--output=x"), ("POST", "file:///etc/passwd"), ("", "http://x/")],
)
def test_what_is_no_request_is_no_command(method: str, url: str) -> None:
    with pytest.raises(ValueError, match="not a request"):
        curl(method, url, None)


def test_a_body_from_which_something_is_missing_says_so() -> None:
    assert is_redacted('{"name":"…"}')
    assert is_redacted('{"name":"\\u2026"}')
    assert not is_redacted('{"status":1}')
    assert not is_redacted(None)
