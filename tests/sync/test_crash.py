"""Killed at any instant, a sync goes on where it was."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("crash", Path(__file__).with_name("crash.py"))
crash = importlib.util.module_from_spec(_spec)
sys.modules["crash"] = crash
_spec.loader.exec_module(crash)


@pytest.mark.slow
def test_nothing_is_missing_doubled_or_stale_after_kills_at_random_instants(tmp_path):
    report = crash.crash_test(orders=1500, kills=4, seed=11, folder=tmp_path, longest=0.3)
    assert report.sound, report
    assert report.kills >= 3, "the sync was over before it could be killed"
    assert report.runs[0][1] == report.kills
