"""Progress of syncs, in its three forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from magflow_tui.cli.printing import Printer
from magflow_tui.cli.progress import (
    PLAIN_EVERY,
    JsonProgress,
    LiveProgress,
    PlainProgress,
    finished_event,
    progress_event,
    progress_text,
    run_result,
)
from magflow_tui.contract.runs import Run, RunProgress

STARTED = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

PROGRESS_KEYS = [
    *("event", "run_id", "account", "resource", "kind", "page", "pages", "items", "items_total", "items_per_second"),
    *("eta_seconds", "created", "updated", "unchanged", "failed", "requests", "rate_limited", "waited_seconds"),
]
RUN_KEYS = [
    *("run_id", "account", "resource", "kind", "result", "pages", "items", "created", "updated", "unchanged"),
    *("failed", "requests", "rate_limited", "waited_seconds", "seconds"),
]


def progress(**changes: object) -> RunProgress:
    values: dict[str, object] = {
        "run_id": 7,
        "account": "main",
        "resource": "orders",
        "kind": "full",
        "phase": "orders 2026-03, type 3",
        "started_at": STARTED,
        "page": 12,
        "items": 1200,
        "created": 1190,
        "updated": 10,
        "unchanged": 0,
        "failed": 0,
        "requests": 14,
        "rate_limited": 0,
        "waited_seconds": 0.1234567,
    }
    return RunProgress.model_validate({**values, **changes})


def run(**changes: object) -> Run:
    values: dict[str, object] = {
        "run_id": 7,
        "account": "main",
        "resource": "orders",
        "kind": "full",
        "result": "completed",
        "requested_by": "command",
        "started_at": STARTED,
        "seconds": 12.3456,
        "pages": 40,
        "items": 4000,
    }
    return Run.model_validate({**values, **changes})


def test_a_progress_line_has_the_keys_of_the_contract() -> None:
    assert list(progress_event(progress())) == PROGRESS_KEYS
    assert list(finished_event(run())) == PROGRESS_KEYS


def test_a_run_result_has_the_keys_of_the_contract() -> None:
    assert list(run_result(run())) == RUN_KEYS


def test_progress_tells_what_is_known_and_leaves_out_what_is_not() -> None:
    assert progress_text(progress()) == "page 12, 1 200 items"
    told = progress_text(progress(pages_total=40, items_total=4000, items_per_second=310.4, eta_seconds=9.0))
    assert told == "page 12 of 40, 1 200 of 4 000 items, 310 a second, 9.0 s left"


def test_json_progress_is_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    view = JsonProgress(Printer(json=True))
    view.show(progress())
    view.finish(run())
    view.remark("stopping")
    captured = capsys.readouterr()
    first, last = map(json.loads, captured.out.splitlines())
    assert (first["items"], last["items"]) == (1200, 4000)
    assert captured.err == "stopping\n"


def test_plain_progress_is_told_every_so_often_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    now = [100.0]
    view = PlainProgress(Printer(json=False), lambda: now[0])
    view.show(progress(page=1))
    now[0] += PLAIN_EVERY / 2
    view.show(progress(page=2))
    now[0] += PLAIN_EVERY / 2
    view.show(progress(page=3))
    view.finish(run(result="partial", reason="page 9 kept failing"))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.partition(",")[0] for line in captured.err.splitlines()] == [
        "main orders: page 1",
        "main orders: page 3",
        "main orders: partial",
    ]
    assert captured.err.rstrip().endswith("page 9 kept failing")


def test_live_progress_ends_with_how_the_run_ended(capsys: pytest.CaptureFixture[str]) -> None:
    view = LiveProgress()
    try:
        view.show(progress(items_total=4000))
        view.finish(run())
    finally:
        view.close()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "completed, 4 000 items in 12 s" in captured.err
