"""The command against the sandbox's truth, at a size for every day; `journey.py` takes larger ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run_journey(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(Path(__file__).with_name("journey.py")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)


@pytest.mark.slow
def test_the_store_holds_exactly_what_the_marketplace_holds_and_nothing_was_refused() -> None:
    done = run_journey("--orders", "600", "--offers", "200", "--changes", "20", "--new", "10")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_bad_weather_changes_nothing_about_it() -> None:
    done = run_journey("--orders", "600", "--offers", "200", "--changes", "20", "--new", "10", "--faults")
    assert done.returncode == 0, done.stdout + done.stderr
