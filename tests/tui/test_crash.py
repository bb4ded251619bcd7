"""A dashboard that fails says so in a sentence, and shows nobody what it knew."""

from __future__ import annotations

import stat
from pathlib import Path
from types import ModuleType

import pytest

from magflow_tui.tui import crash

BROKEN = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from magflow_tui.tui import run_dashboard

class Session:
    is_demo, scenarios, scenario, data_dir = False, (), None, Path(sys.argv[1])
    async def connect(self):
        await asyncio.Event().wait()
    async def close(self, *, stop_engine):
        pass

calls = []
def now():
    calls.append(1)
    if len(calls) > 2:
        raise ValueError("hunter2")
    return datetime(2026, 3, 14, 12, 4, tzinfo=UTC)

sys.exit(run_dashboard(None, None, session=Session(), now=now))
"""


def fail_with(password: str) -> BaseException:
    try:
        {}[password]
    except KeyError as error:
        return error
    raise AssertionError


def test_a_trace_tells_where_and_of_what_kind_and_none_of_the_values(tmp_path: Path) -> None:
    kept = crash.record(fail_with("hunter2"), tmp_path / "logs")
    assert kept is not None
    text = kept.read_text()
    assert "builtins.KeyError" in text
    assert "fail_with" in text
    assert "hunter2" not in text
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_folder_that_takes_nothing_is_passed_over_for_the_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where a folder should be")
    kept = crash.record(fail_with("hunter2"), tmp_path / "logs")
    assert kept is not None
    assert kept.parent != tmp_path / "logs"
    kept.unlink()


@pytest.mark.slow
def test_a_failing_dashboard_gives_the_terminal_back_with_one_sentence(tmp_path: Path, terminals: ModuleType) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN)
    terminal = terminals.Terminal([str(script), str(tmp_path / "data")], 100, 30, {})
    try:
        assert terminal.ends_within(15) == 1
        assert terminal.modes_restored()
        (kept,) = (tmp_path / "data/logs").iterdir()
        assert "ValueError" in kept.read_text()
        assert "the engine goes on" in terminal.text()
        assert "hunter2" not in terminal.text()
        assert "Traceback" not in terminal.text()
    finally:
        terminal.close()
