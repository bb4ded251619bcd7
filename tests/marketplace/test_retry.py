"""When a call is repeated, and after how long."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable

import pytest

from magflow_tui.marketplace import errors
from magflow_tui.marketplace.retry import RetryPolicy, call_with_retry, can_succeed_later, retry_with_backoff


class Script:
    """A call that raises what it is given, one after the other, and then answers."""

    def __init__(self, failures: Iterable[BaseException]) -> None:
        self.failures = list(failures)
        self.calls = 0
        self.pauses: list[float] = []

    async def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "gata"

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def run(self, policy: RetryPolicy) -> str:
        return await call_with_retry(self, policy, rng=random.Random(3), sleep=self.sleep)


async def test_waits_double_from_two_seconds_to_sixty_four() -> None:
    script = Script(errors.ServerError("x") for _ in range(6))
    assert await script.run(RetryPolicy(jitter=0.0)) == "gata"
    assert script.pauses == [2, 4, 8, 16, 32, 64]


async def test_jitter_moves_each_wait_by_a_tenth_at_most_and_never_above_the_longest() -> None:
    script = Script(errors.NetworkError("x") for _ in range(6))
    await script.run(RetryPolicy())
    for pause, planned in zip(script.pauses, [2, 4, 8, 16, 32, 64], strict=True):
        assert 0.9 * planned <= pause <= min(1.1 * planned, 64)
    assert script.pauses != [2, 4, 8, 16, 32, 64]


async def test_the_allowance_spent_the_last_error_is_raised() -> None:
    last = errors.TimeoutError("ultima")
    script = Script([errors.ServerError("x"), errors.MalformedAnswerError("x"), last])
    with pytest.raises(errors.TimeoutError) as raised:
        await script.run(RetryPolicy(max_retries=2))
    assert raised.value is last
    assert script.calls == 3


async def test_refusals_for_rate_have_an_allowance_of_their_own_and_wait_for_the_limiter_only() -> None:
    script = Script([*(errors.RateLimitError(remaining_seconds=9) for _ in range(10)), errors.ServerError("x")])
    assert await script.run(RetryPolicy(max_retries=1, jitter=0.0)) == "gata"
    assert script.pauses == [0] * 10 + [2]


async def test_endless_refusals_end_too() -> None:
    script = Script(errors.RateLimitError() for _ in range(50))
    with pytest.raises(errors.RateLimitError):
        await script.run(RetryPolicy(rate_limit_retries=5))
    assert script.calls == 6


@pytest.mark.parametrize(
    "error",
    [
        errors.AuthenticationError("x"),
        errors.IpRefusedError("x"),
        errors.ValidationError("x"),
        errors.ResourceNotFoundError("x"),
        errors.BusinessLogicError("x"),
        errors.EmagApiError("x"),
        ValueError("x"),
    ],
)
async def test_what_cannot_pass_is_not_repeated(error: Exception) -> None:
    script = Script([error])
    with pytest.raises(type(error)):
        await script.run(RetryPolicy())
    assert script.calls == 1


async def test_a_write_that_may_have_happened_is_not_repeated() -> None:
    error = errors.NetworkError("x")
    error.maybe_applied = True
    script = Script([error])
    with pytest.raises(errors.NetworkError):
        await script.run(RetryPolicy())
    assert script.calls == 1


async def test_a_cancelled_call_is_not_repeated() -> None:
    script = Script([asyncio.CancelledError()])
    with pytest.raises(asyncio.CancelledError):
        await script.run(RetryPolicy())
    assert script.calls == 1


async def test_existing_callers_get_three_repetitions() -> None:
    script = Script(errors.ServerError("x") for _ in range(3))
    assert await retry_with_backoff(script, base_delay=0.0, max_delay=0.0) == "gata"
    assert script.calls == 4
    script = Script(errors.ServerError("x") for _ in range(9))
    with pytest.raises(errors.ServerError):
        await retry_with_backoff(script, max_retries=2, base_delay=0.0)
    assert script.calls == 3


async def test_existing_callers_count_refusals_like_other_failures_and_wait_as_asked() -> None:
    script = Script([errors.RateLimitError(remaining_seconds=0.01) for _ in range(9)])
    with pytest.raises(errors.RateLimitError):
        await retry_with_backoff(script, max_retries=1, base_delay=0.0)
    assert script.calls == 2


async def test_existing_callers_that_raise_plain_network_errors_are_helped_too() -> None:
    script = Script([ConnectionResetError(), TimeoutError()])
    assert await retry_with_backoff(script, base_delay=0.0) == "gata"
    assert not can_succeed_later(KeyError("x"))
