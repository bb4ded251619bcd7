"""What `magflow health` tells people and probes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from magflow_tui.cli.commands.health import probe_line
from magflow_tui.contract.management import HealthAnswer
from magflow_tui.contract.snapshot import HealthLine, Metrics

AT = datetime(2026, 3, 14, 7, 12, tzinfo=UTC)
QUIET = Metrics(
    requests=0,
    requests_per_minute=0,
    error_rate=None,
    mean_ms=None,
    p50_ms=None,
    p95_ms=None,
    p99_ms=None,
    max_ms=None,
    limit_use=None,
    rate_limited=0,
    sync_success=None,
)
SLOW = HealthLine(metric="response_time", value=2380.4, threshold=2000, unit="ms", penalty=20, points=20, since=AT)
USED = HealthLine(metric="limit_use", value=12.5, threshold=80, unit="%", penalty=0, points=20)
SYNCS = HealthLine(metric="sync_success", value=None, threshold=95, unit="%", penalty=0, points=30)


def answer(status="degraded", score=80, lines=(SLOW, USED, SYNCS)) -> HealthAnswer:
    return HealthAnswer(status=status, health_score=score, metrics=QUIET, alerts=(), timestamp=AT, lines=lines)


def test_a_probe_gets_one_line_with_what_costs_points_and_performance_data() -> None:
    line = probe_line(answer())
    text, _, figures = line.partition(" | ")
    assert text == "MAGFLOW WARNING - 80 of 100: response time 2380 ms"
    assert figures.split() == [
        "score=80;90:;50:;0;100",
        "response_time=2380.4ms;2000",
        "limit_use=12.5%;80",
        "alerts=0",
    ]


@pytest.mark.parametrize(
    ("status", "word"), [("healthy", "OK"), ("warning", "WARNING"), ("critical", "CRITICAL"), ("unknown", "UNKNOWN")]
)
def test_levels_have_the_words_that_probes_know(status: str, word: str) -> None:
    assert probe_line(answer(status=status, score=None)).startswith(f"MAGFLOW {word} - no data yet")


def test_without_an_engine_a_probe_starts_none_and_knows_nothing(shell) -> None:
    done = shell.run("health", "--nagios")
    assert (done.code, done.out.startswith("MAGFLOW UNKNOWN - ")) == (3, True)
    assert not shell.folder.exists()
    told = shell.run("health", "--no-start", "--json")
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("magflow: ")


def test_a_probe_asks_the_engine_that_runs(synced) -> None:
    shell, _ = synced
    done = shell.call("health", "--nagios")
    assert done.out.startswith("MAGFLOW ")
    assert "score=" in done.out
    assert done.code in (0, 1, 2)


def test_one_account_can_be_asked_for(synced) -> None:
    shell, _ = synced
    done = shell.call("health", "--account", "MAIN", "--json")
    assert [account["account"] for account in done.document["accounts"]] == ["main"]
    unknown = shell.call("health", "--account", "nobody")
    assert unknown.code == 2
    assert "main" in unknown.err
