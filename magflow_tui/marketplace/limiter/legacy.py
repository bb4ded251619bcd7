"""The names that callers of the earlier system use, as thin functions over the real ones."""

from __future__ import annotations

import asyncio
import functools
import time
from typing import Literal

from magflow_tui.marketplace.limiter import bucket
from magflow_tui.marketplace.limiter.limiter import AccountLimiter
from magflow_tui.marketplace.limiter.limits import Pool, PoolSnapshot


class TokenBucket:
    """A token bucket to await: `rate` tokens a second, `capacity` at most."""

    def __init__(self, rate: float, capacity: float) -> None:
        self._bucket = bucket.TokenBucket(rate, capacity, time.monotonic())
        self._turn = asyncio.Lock()

    async def acquire(self, tokens: float = 1.0) -> float:
        """Wait until `tokens` are there and take them; returns the seconds waited. ValueError above the capacity."""
        if not 0 < tokens <= self._bucket.capacity:
            raise ValueError(f"tokens must be above 0 and at most {self._bucket.capacity}, not {tokens}")
        began = time.monotonic()
        async with self._turn:
            ready = self._bucket.ready_at(began, tokens)
            await asyncio.sleep(max(0.0, ready - time.monotonic()))
            self._bucket.take(max(ready, time.monotonic()), tokens)
        return time.monotonic() - began

    def get_available_tokens(self) -> float:
        """Tokens in the bucket now."""
        return self._bucket.tokens(time.monotonic())


class EmagRateLimiter:
    """One account's limiter under the earlier names.

    It never learns when a request was answered, so each one counts as arriving up to `SPREAD` seconds after `acquire`
    returned.
    """

    SPREAD = 0.1

    def __init__(self, limiter: AccountLimiter | None = None) -> None:
        self._limiter = limiter if limiter is not None else AccountLimiter(spread=self.SPREAD)

    async def acquire(self, resource: Literal["orders", "other"] = "other", timeout: float | None = None) -> float:
        """Wait for leave to send one request; returns the seconds waited.

        Raises:
            SlotTimeoutError: none within `timeout` seconds.
            ValueError: another resource than "orders" or "other".
        """
        if resource not in ("orders", "other"):
            raise ValueError(f"resource must be 'orders' or 'other', not {resource!r}")
        async with self._limiter.slot(Pool(resource), timeout=timeout) as slot:
            slot.sent()
            return slot.waited

    def get_stats(self) -> dict[str, float]:
        """Counts, waits in seconds, tokens, and use of the minute in percent."""
        orders, other = self._pool(Pool.ORDERS), self._pool(Pool.OTHER)
        return {
            "orders_requests": orders.requests,
            "other_requests": other.requests,
            "rate_limit_hits": orders.hits + other.hits,
            "total_wait_time": orders.total_wait_seconds + other.total_wait_seconds,
            "current_orders_rpm": orders.minute_used,
            "current_other_rpm": other.minute_used,
            "orders_rpm_usage": 100 * orders.minute_used / orders.minute_limit,
            "other_rpm_usage": 100 * other.minute_used / other.minute_limit,
            "orders_tokens_available": orders.tokens,
            "other_tokens_available": other.tokens,
        }

    def reset_stats(self) -> None:
        """Start counting anew."""
        self._limiter.reset_stats()

    def get_usage_percentage(self, resource: Literal["orders", "other"] = "orders") -> float:
        """Part of the minute that is used, 0..100."""
        pool = self._pool(Pool(resource))
        return 100 * pool.minute_used / pool.minute_limit

    def _pool(self, pool: Pool) -> PoolSnapshot:
        return next(state for state in self._limiter.snapshot() if state.pool is pool)


@functools.cache
def get_rate_limiter() -> EmagRateLimiter:
    """The limiter that callers of the earlier system share; the engine itself hands out its own."""
    return EmagRateLimiter()
