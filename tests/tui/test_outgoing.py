"""What an operator takes out of the dashboard by key, on a real terminal: copies, a row in the pager, the title."""

from __future__ import annotations

import json
import re
import stat
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder of the dashboard."""
    return tmp_path / "data"


@pytest.fixture
def terminal(terminals: ModuleType, socket_path: str, folder: Path) -> Iterator[Any]:
    """The dashboard on a terminal inside tmux, as far as it can tell, over the engine's stand-in."""
    import subprocess

    engine = subprocess.Popen([sys.executable, str(HERE / "standin.py"), socket_path, "still"])
    environ = {
        "MAGFLOW_DATA_DIR": str(folder),
        "TMUX": "/tmp/tmux/default,1,0",
        "TERM_PROGRAM": "tmux",
        "HOME": str(folder),
        "PAGER": f"{sys.executable} {HERE / 'pager.py'}",
    }
    screen = terminals.Terminal([str(HERE / "dashboard.py"), socket_path], 120, 32, environ)
    try:
        screen.read_until("WARNING 60", 20)
        yield screen
    finally:
        screen.close()
        engine.kill()
        engine.wait()


def copied(raw: bytes) -> list[str]:
    """Every text that was sent to the clipboard."""
    return [b64decode(text).decode() for text in re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", raw)]


def test_what_is_under_the_cursor_is_copied_to_the_clipboard_and_to_a_file(terminal: Any, folder: Path) -> None:
    kept = folder / "last-copy.txt"
    terminal.send("4")
    terminal.read_until("448120331")
    terminal.send("y")
    terminal.read_until("copied order 448120331 (9 B)")
    # Once through tmux, once for tmux.
    assert copied(terminal.raw) == ["448120331", "448120331"]
    assert b"\x1bPtmux;\x1b\x1b]52;c;" in terminal.raw
    assert kept.read_text() == "448120331"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    terminal.send("Y")
    terminal.read_until("copied order 448120331 as JSON")
    order = json.loads(kept.read_text())
    assert order["row"]["id"] == 448120331
    assert order["row"]["customer"].endswith("*****")
    terminal.send("6")
    terminal.read_until("10:04:19.630")
    terminal.send("y")
    terminal.read_until("as curl")
    assert kept.read_text().startswith('curl -sS -g -X POST -u "$MAGFLOW_USER:$MAGFLOW_PASSWORD"')
    assert copied(terminal.raw)[-1] == kept.read_text()


def read_until_raw(terminal: Any, sent: bytes, *, after: int = 0) -> None:
    """Read until something was sent to the terminal behind so many bytes, whatever is on the screen by then."""
    terminal.read_until_true(lambda: sent in terminal.raw[after:], 20.0)
    assert sent in terminal.raw[after:]


def test_a_row_is_opened_in_the_pager_and_its_file_is_gone_afterwards(terminal: Any, folder: Path) -> None:
    terminal.send("3")
    terminal.read_until("History")
    terminal.send("e")
    read_until_raw(terminal, b"THE PAGER HAS")
    read_until_raw(terminal, b"\r\n", after=terminal.raw.index(b"THE PAGER HAS"))
    shown = re.search(rb"THE PAGER HAS (\S+) 600 (\d+)\r\n", terminal.raw)
    assert shown is not None
    assert int(shown[2]) > 100
    before = len(terminal.raw)
    terminal.send("\n")
    read_until_raw(terminal, b"History", after=before)
    assert not Path(shown[1].decode()).exists()


def test_an_interrupt_is_the_pagers_own_and_what_ends_the_dashboard_ends_the_pager_first(terminal: Any) -> None:
    terminal.send("3")
    terminal.read_until("History")
    terminal.send("e")
    read_until_raw(terminal, b"THE PAGER HAS")
    before = len(terminal.raw)
    terminal.send("\x03")
    read_until_raw(terminal, b"History", after=before)  # the pager of the tests ends with it; the dashboard is back
    before = len(terminal.raw)
    terminal.send("e")
    read_until_raw(terminal, b"THE PAGER HAS", after=before)
    terminal.process.terminate()
    assert terminal.ends_within(3.0) == 143
    assert terminal.modes_restored()


def test_the_window_is_named_after_the_score_and_gets_its_name_back(terminal: Any) -> None:
    terminal.read_for(0.3)
    assert b"\x1b[22;2t\x1b]2;MagFlow \xe2\x96\xb2 warning 60" in terminal.raw
    titles = terminal.raw.count(b"\x1b]2;")
    assert titles == 1
    terminal.send("\x03")
    terminal.read_until("again quits")
    terminal.send("\x03")
    assert terminal.ends_within(5) == 0
    assert b"\x1b[23;2t" in terminal.raw
