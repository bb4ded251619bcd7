"""Asking again: what can succeed later is repeated after 2, 4, 8, 16, 32, 64 seconds with jitter, by tenacity.

Rate-limit refusals have an allowance of their own: they say that the marketplace works, and the limiter's pause does
the waiting for them. Credentials, refused addresses and invalid requests are never repeated.
"""

from __future__ import annotations

import asyncio
import builtins
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from magflow_tui.marketplace.errors import EmagApiError, RateLimitError

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long. Delays in seconds; the n-th wait is `base_delay`·2ⁿ, `max_delay` at most, ± `jitter`.

    `max_retries` counts repetitions after the first attempt; refusals for rate are counted apart, up to
    `rate_limit_retries`.
    """

    max_retries: int = 6
    base_delay: float = 2.0
    max_delay: float = 64.0
    rate_limit_retries: int = 20
    jitter: float = 0.1

    def delay(self, failures: int, rng: random.Random) -> float:
        """Seconds to wait after that many failures (1 or more), never above `max_delay`."""
        planned = self.base_delay * 2.0 ** min(failures - 1, 60)
        return min(planned * rng.uniform(1 - self.jitter, 1 + self.jitter), self.max_delay)


def can_succeed_later(error: BaseException) -> bool:
    """Whether the same call may succeed when repeated, and repeating it cannot do anything twice."""
    if isinstance(error, EmagApiError):
        return error.retryable and not error.maybe_applied
    return isinstance(error, ConnectionError | builtins.TimeoutError)


async def call_with_retry(
    func: Callable[[], Awaitable[T]],
    policy: RetryPolicy,
    *,
    rng: random.Random,
    sleep: Sleep = asyncio.sleep,
) -> T:
    """Call until it succeeds, fails for good, or the allowance is spent; raises the last error.

    After a RateLimitError it calls again at once: `func` is expected to wait for its slot.
    """
    return await _repeat(func, _Allowance(policy, rng), sleep)


async def retry_with_backoff(
    func: Callable[[], Awaitable[T]], max_retries: int = 3, base_delay: float = 2.0, max_delay: float = 64.0
) -> T:
    """Await `func()`; repeat it up to `max_retries` times when the error can pass. Raises the last error.

    Delays are seconds. For callers that have no limiter: after a RateLimitError it waits at least what the
    marketplace asked for.
    """
    policy = RetryPolicy(max_retries, base_delay, max_delay, rate_limit_retries=max_retries)
    return await _repeat(func, _PatientAllowance(policy, _SYSTEM_RANDOM), asyncio.sleep)


_SYSTEM_RANDOM: Final = random.SystemRandom()


async def _repeat(func: Callable[[], Awaitable[T]], allowance: _Allowance, sleep: Sleep) -> T:
    retrying = AsyncRetrying(
        retry=retry_if_exception(allowance.allows),
        stop=allowance.is_spent,
        wait=allowance.wait,
        sleep=sleep,
        reraise=True,
    )
    return await retrying(func)


class _Allowance:
    """What is left of a policy in the course of one call."""

    def __init__(self, policy: RetryPolicy, rng: random.Random) -> None:
        self._policy = policy
        self._rng = rng
        self._failures = 0
        self._refusals = 0

    def allows(self, error: BaseException) -> bool:
        if isinstance(error, RateLimitError):
            self._refusals += 1
        else:
            self._failures += 1
        return can_succeed_later(error)

    def is_spent(self, state: RetryCallState) -> bool:
        return self._failures > self._policy.max_retries or self._refusals > self._policy.rate_limit_retries

    def wait(self, state: RetryCallState) -> float:
        return 0.0 if isinstance(_error(state), RateLimitError) else self._policy.delay(self._failures, self._rng)


class _PatientAllowance(_Allowance):
    """For calls that no limiter holds back: refusals count like other failures, and are waited out here."""

    def is_spent(self, state: RetryCallState) -> bool:
        return self._failures + self._refusals > self._policy.max_retries

    def wait(self, state: RetryCallState) -> float:
        error = _error(state)
        asked = error.remaining_seconds if isinstance(error, RateLimitError) else None
        return max(asked or 0.0, self._policy.delay(self._failures + self._refusals, self._rng))


def _error(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()
