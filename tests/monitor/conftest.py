"""Invented requests for the monitor's tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from magflow_tui.contract.records import RequestOutcome
from magflow_tui.marketplace.limiter import Lane, Pool
from magflow_tui.marketplace.observer import RequestRecord

RecordRequest = Callable[..., RequestRecord]


class Clock:
    """Monotonic seconds and wall time that only move when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 10, 0, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def request_of() -> RecordRequest:
    def make(
        outcome: RequestOutcome = "ok",
        *,
        account: str = "shop",
        route: str = "order/read",
        pool: Pool = Pool.ORDERS,
        elapsed_ms: float = 100.0,
        attempt: int = 1,
        note: str | None = None,
        job: str | None = None,
    ) -> RequestRecord:
        return RequestRecord(
            account=account,
            method="POST",
            route=route,
            pool=pool,
            lane=Lane.BACKGROUND,
            job=job,
            attempt=attempt,
            started_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
            waited_ms=1.0,
            elapsed_ms=elapsed_ms,
            first_byte_ms=elapsed_ms / 2,
            status=200 if outcome == "ok" else None,
            outcome=outcome,
            note=note,
            bytes_received=1000,
            page=1,
            run_id=1,
        )

    return make
