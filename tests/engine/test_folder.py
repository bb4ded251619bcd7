"""The data folder: private, held by one engine, and found again after any death."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from magflow_tui.config import DataFolder
from magflow_tui.engine.failures import EngineFailure
from magflow_tui.engine.folder import HeldFolder

HOLD = """
import sys
from pathlib import Path
from magflow_tui.config import DataFolder
from magflow_tui.engine.folder import HeldFolder
held = HeldFolder.take(DataFolder(Path(sys.argv[1])), version="1")
listener = held.bind()
print("held", flush=True)
sys.stdin.read()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def take(root: Path) -> HeldFolder:
    return HeldFolder.take(DataFolder(root), version="1.2.3", patience=0.05)


def test_a_folder_is_made_private_with_its_socket(tmp_path: Path) -> None:
    held = take(tmp_path / "a" / "b")
    with held.bind():
        assert mode(tmp_path / "a" / "b") == 0o700
        assert mode(held.folder.socket) == 0o600
        assert mode(held.folder.lock) == 0o600
        mark = json.loads(held.folder.lock.read_text())
        assert mark == {"pid": os.getpid(), "socket": str(held.folder.socket), "version": "1.2.3"}
    held.release()
    assert not held.folder.socket.exists()


def test_an_empty_or_own_folder_that_is_open_to_others_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "open"
    root.mkdir(mode=0o755)
    root.chmod(0o755)
    take(root).release()
    assert mode(root) == 0o700
    root.chmod(0o750)
    take(root).release()
    assert mode(root) == 0o700


def test_a_folder_of_other_things_that_is_open_to_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "homework.txt").write_text("x")
    tmp_path.chmod(0o755)
    with pytest.raises(EngineFailure, match="holds other things"):
        take(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EngineFailure, match="cannot be used: Not a directory") as caught:
        take(tmp_path / "file" / "data")
    assert "--data-dir" in caught.value.sentence


def test_a_second_engine_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    held = take(tmp_path / "d")
    with pytest.raises(EngineFailure, match=rf"pid {os.getpid()}\)"):
        take(tmp_path / "d")
    held.release()
    take(tmp_path / "d").release()


def test_what_a_killed_engine_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    root = tmp_path / "d"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(EngineFailure, match=rf"pid {process.pid}\)"):
            take(root)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert DataFolder(root).socket.exists()
    held = take(root)
    with held.bind() as listener:
        assert listener.getsockname() == str(held.folder.socket)
    held.release()


def test_a_long_path_gets_a_short_private_socket_folder_that_goes_with_the_engine(tmp_path: Path) -> None:
    held = take(tmp_path / ("x" * 110))
    with held.bind():
        place = held.folder.socket.parent
        assert place != held.folder.root
        assert mode(place) == 0o700
    held.release()
    assert not place.exists()
