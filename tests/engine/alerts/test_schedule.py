"""When a message that was not taken is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.engine.alerts.schedule import JITTER, PATIENCE, next_attempt

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_attempts_come_after_5_s_30_s_2_min_10_min_30_min_2_h_then_every_6_h_up_to_3_days() -> None:
    waits, now, attempts = [], NOON, 0
    while True:
        attempts += 1
        following = next_attempt(attempts, written=NOON, now=now, jitter=0.0)
        if following is None:
            break
        waits.append((following - now).total_seconds())
        now = following
    assert waits[:6] == [5, 30, 120, 600, 1800, 7200]
    assert set(waits[6:]) == {21_600}
    assert PATIENCE - timedelta(hours=6) < now - NOON <= PATIENCE == timedelta(days=3)


@pytest.mark.parametrize(("wish", "seconds"), [(None, 5.0), (2.0, 5.0), (90.0, 90.0)])
def test_what_the_receiver_asks_for_is_never_undercut(wish: float | None, seconds: float) -> None:
    following = next_attempt(1, written=NOON, now=NOON, jitter=0.0, retry_after=wish)
    assert following == NOON + timedelta(seconds=seconds)


@given(
    attempts=st.integers(1, 40),
    old=st.integers(0, 4 * 86_400),
    jitter=st.floats(-JITTER, JITTER),
    wish=st.none() | st.floats(0, 86_400),
)
def test_an_attempt_is_ahead_and_never_later_than_a_message_is_worth(
    attempts: int, old: int, jitter: float, wish: float | None
) -> None:
    now = NOON + timedelta(seconds=old)
    following = next_attempt(attempts, written=NOON, now=now, jitter=jitter, retry_after=wish)
    assert following is None or now < following <= NOON + PATIENCE
    if following is not None and wish is not None:
        assert (following - now).total_seconds() >= wish - 0.001
