"""Real engines killed at every stage of a bulk cancellation, at a size for every day; the program takes larger ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_no_order_is_cancelled_twice_or_forgotten_at_whichever_stage_the_engine_dies() -> None:
    program = str(Path(__file__).with_name("action_crashes.py"))
    command = [sys.executable, program, "--rounds", "5", "--orders", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
