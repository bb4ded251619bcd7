"""An engine that a command starts for itself goes with it, however the command ends."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from conftest import Shell

pytestmark = pytest.mark.slow


def test_a_command_leaves_no_engine_behind(shell: Shell) -> None:
    done = shell.run("orders", "list", "--json")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert shell.engines() == []
    status = shell.run("engine", "status", "--json")
    assert status.code == 3
    assert status.document["running"] is False
    assert status.document["pid"] is None


def test_an_engine_is_started_stopped_and_gone(shell: Shell) -> None:
    assert shell.run("engine", "start").code == 0
    assert len(shell.engines()) == 1
    assert shell.run("orders", "list").code == 0
    assert len(shell.engines()) == 1
    engines = shell.engines()
    stopped = shell.run("engine", "stop")
    assert stopped.code == 0
    assert psutil.wait_procs(engines, timeout=5)[1] == []
    assert shell.run("engine", "stop").code == 3


def test_commands_side_by_side_share_an_engine_that_goes_with_the_last(shell: Shell) -> None:
    processes = [shell.start("limits", "--json") for _ in range(3)]
    for process in processes:
        with process:
            out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert '"accounts"' in out
    gone, alive = psutil.wait_procs(shell.engines(), timeout=10)
    assert alive == []
    assert len(gone) <= 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_takes_the_engine_with_the_command(
    shell: Shell, number: signal.Signals, first_line: Callable[[subprocess.Popen[str]], str]
) -> None:
    with shell.start("watch", "--plain") as process:
        assert first_line(process)
        engines = shell.engines()
        assert len(engines) == 1
        process.send_signal(number)
        _, err = process.communicate(timeout=15)
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
    assert err == ""
    _, alive = psutil.wait_procs(engines, timeout=10)
    assert alive == []
