"""The rehearsal from start to end: it shows a sync going on, and leaves nothing behind however it ends."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from magflow_tui.cli.demo import Demo
from magflow_tui.cli.demo_world import DemoPlan
from magflow_tui.client import EngineError

pytestmark = pytest.mark.slow

SMALL = ("--orders", "600", "--offers", "200")


@pytest.fixture
def temporary() -> Iterator[Path]:
    """The folder that the rehearsal makes its own one in. Short: a socket has to fit below it."""
    with tempfile.TemporaryDirectory(prefix="mf-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def environ(temporary: Path) -> dict[str, str]:
    """The environment of a rehearsal: none of ours, and everything temporary in `temporary`."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("MAGFLOW_")}
    return {**kept, "TMPDIR": str(temporary), "TERM": "xterm-256color"}


@pytest.fixture
def rehearse(environ: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `magflow demo` without a terminal."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "magflow_tui", "demo", *SMALL, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def left_behind(temporary: Path) -> list[psutil.Process]:
    """Processes that were given `temporary` as their folder for such files and live on, a moment after the end."""
    return psutil.wait_procs([each for each in psutil.process_iter() if belongs(each, temporary)], timeout=10)[1]


def belongs(process: psutil.Process, temporary: Path) -> bool:
    try:
        return process.environ().get("TMPDIR") == str(temporary)
    except psutil.Error:  # it has ended, or is another user's
        return False


def test_a_headless_rehearsal_syncs_and_leaves_only_the_folder_that_was_named(
    rehearse: Callable[..., subprocess.Popen[str]], temporary: Path
) -> None:
    folder = temporary / "mine"
    process = rehearse("--headless", "--seconds", "3", "--data-dir", str(folder))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, f"kept in {folder}\n")
    assert "MAIN" in out
    assert [entry.name for entry in temporary.iterdir()] == ["mine"]
    assert (folder / "magflow.db").exists()
    assert left_behind(temporary) == []


def test_a_signal_takes_everything_with_it(rehearse: Callable[..., subprocess.Popen[str]], temporary: Path) -> None:
    process = rehearse()
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGHUP
    assert "Traceback" not in err
    assert list(temporary.iterdir()) == []
    assert left_behind(temporary) == []


def test_killed_outright_it_takes_its_processes_with_it(
    rehearse: Callable[..., subprocess.Popen[str]], temporary: Path
) -> None:
    process = rehearse("--headless")
    assert process.stdout is not None
    assert process.stdout.readline()
    process.kill()
    process.communicate(timeout=10)
    assert left_behind(temporary) == []


def test_a_dashboard_that_is_quit_while_everything_starts_leaves_nothing(
    environ: dict[str, str], temporary: Path
) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "magflow_tui", "demo", *SMALL],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environ,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        painted = read_until(ours, b"quit")
        assert b"MagFlow" in painted
        os.write(ours, b"q")
        read_until(ours, None)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert list(temporary.iterdir()) == []
    assert left_behind(temporary) == []


def read_until(terminal: int, text: bytes | None) -> bytes:
    """What a terminal shows until `text` has come, or until nobody writes to it any more."""
    shown = b""
    while text is None or text not in shown:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side has closed
            break
        if not chunk:
            break
        shown += chunk
    return shown


def test_an_engine_that_does_not_start_is_not_waited_for_at_the_end(temporary: Path) -> None:
    folder = temporary / "mine"
    folder.mkdir(mode=0o700)
    rehearsal = Demo(DemoPlan(orders=10, offers=10), folder=folder, keep=True, environ=os.environ)

    async def quit_while_it_starts() -> None:
        connecting = asyncio.create_task(rehearsal.connect())
        done, _ = await asyncio.wait([connecting], timeout=0.5)
        assert not done
        await rehearsal.close(stop_engine=False)
        with pytest.raises(EngineError, match="has ended"):
            await asyncio.wait_for(connecting, 10)

    try:
        with (folder / "engine.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # as an engine does that never comes up
            asyncio.run(quit_while_it_starts())
    finally:
        rehearsal.clean_up()
    assert left_behind(temporary) == []
