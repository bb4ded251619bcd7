"""What an account's requests used is not forgotten by a restart."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from magflow_tui.marketplace.limiter import AccountLimiter, Pool, SlotJournal


def test_it_gives_back_the_ages_of_what_left_within_the_window(tmp_path: Path) -> None:
    now = 1_000_000.0
    journal = SlotJournal(tmp_path / "main", wall=lambda: now)
    for _ in range(3):
        journal.record(Pool.ORDERS)
        now += 25.0
    assert sorted(journal.ages(Pool.ORDERS, 60.0)) == [25.0, 50.0]
    assert journal.ages(Pool.OTHER, 60.0) == []
    journal.close()


def test_its_ring_keeps_the_latest_when_it_is_full(tmp_path: Path) -> None:
    now = 1_000_000.0
    with SlotJournal(tmp_path / "main", wall=lambda: now) as journal:
        for _ in range(1000):
            journal.record(Pool.OTHER)
            now += 0.01
        assert len(journal.ages(Pool.OTHER, 60.0)) == 180


def test_a_clock_set_back_counts_as_now(tmp_path: Path) -> None:
    now = 1_000_000.0
    with SlotJournal(tmp_path / "main", wall=lambda: now) as journal:
        journal.record(Pool.OTHER)
        now -= 30.0
        assert journal.ages(Pool.OTHER, 60.0) == [0.0]


def test_it_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    with SlotJournal(tmp_path / "main"):
        assert stat.S_IMODE((tmp_path / "main").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"MFSLOTS1", b"x" * 70_000])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "main").write_bytes(content)
    with SlotJournal(tmp_path / "main") as journal:
        assert journal.learned is None
        assert journal.ages(Pool.ORDERS, 60.0) == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SlotJournal(tmp_path / "missing" / "main")


def test_a_new_limiter_goes_on_with_the_minute_of_a_killed_one(tmp_path: Path) -> None:
    path = tmp_path / "main"
    script = (
        "import sys, os, signal; from pathlib import Path;"
        "from magflow_tui.marketplace.limiter import Pool, SlotJournal;"
        "journal = SlotJournal(Path(sys.argv[1]));"
        "[journal.record(Pool.OTHER) for _ in range(150)]; journal.learn(0.05, True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script, os.fspath(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    limiter = AccountLimiter("main", journal=SlotJournal(path))
    state = next(pool for pool in limiter.snapshot() if pool.pool is Pool.OTHER)
    assert state.minute_used == 150
    assert state.second_used >= 3
    limiter.close()
    with SlotJournal(path) as journal:
        assert journal.learned == (0.05, True)
