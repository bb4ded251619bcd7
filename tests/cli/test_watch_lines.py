"""`magflow watch` as lines: what cron and screen readers get."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_once_tells_how_things_are_and_ends(shell: Any) -> None:
    done = shell.call("watch", "--once", "--screen", "limits", "--lang", "ro")
    assert done.code == 0
    first, *lines = done.out.splitlines()
    assert "MagFlow" in first
    assert "Cine consumă" in done.out
    assert all(character.isprintable() for line in [first, *lines] for character in line)
    assert not shell.engines()


def test_without_a_terminal_the_dashboard_is_lines_too(shell: Any, first_line: Any) -> None:
    with shell.start() as process:
        assert "MagFlow" in first_line(process)
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert "no terminal to draw on" in err


def test_a_screen_that_does_not_exist_is_a_usage_error(shell: Any) -> None:
    done = shell.call("watch", "--screen", "attic")
    assert done.code == 2
    assert "health" in done.err
