"""Snapshots as lines of a stream."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from magflow_tui.contract.snapshot import EngineInfo, Health, Metrics, Snapshot

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def live_lines() -> Callable[[int], bytes]:
    def line(seq: int) -> bytes:
        engine = EngineInfo(
            pid=1, version="0", started_at=NOW, uptime_seconds=0, data_dir="/d", socket="/d/s", state="running",
            schedules_on=True, clients=0, db_bytes=0, wal_bytes=0,
        )  # fmt: skip
        metrics = Metrics(
            requests=0, requests_per_minute=0, error_rate=None, mean_ms=None, p50_ms=None, p95_ms=None, p99_ms=None,
            max_ms=None, limit_use=None, rate_limited=0, sync_success=None,
        )  # fmt: skip
        snapshot = Snapshot(
            seq=seq, at=NOW, engine=engine, accounts=(), pools=(), routes=(), running=(), queue=(),
            health=Health(score=None, level="unknown", lines=()), metrics=metrics, alerts=(),
        )  # fmt: skip
        return snapshot.model_dump_json().encode() + b"\n"

    return line
