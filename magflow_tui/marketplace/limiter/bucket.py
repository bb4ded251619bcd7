"""A token bucket, as arithmetic over a clock that is passed in."""

from __future__ import annotations


class TokenBucket:
    """Fills with `rate` tokens a second up to `capacity`."""

    __slots__ = ("_at", "_tokens", "capacity", "rate")

    def __init__(self, rate: float, capacity: float, now: float) -> None:
        if rate <= 0 or capacity <= 0:
            raise ValueError(f"rate and capacity must be above 0, not {rate} and {capacity}")
        self.rate = rate
        self.capacity = capacity
        self._tokens = capacity
        self._at = now

    def tokens(self, now: float) -> float:
        """Tokens in the bucket at `now`."""
        if now > self._at:
            self._tokens = min(self.capacity, self._tokens + (now - self._at) * self.rate)
            self._at = now
        return self._tokens

    def set_rate(self, rate: float, now: float) -> None:
        """Fill at another rate from `now` on."""
        self.tokens(now)
        self.rate = rate

    def ready_at(self, now: float, tokens: float = 1.0) -> float:
        """The earliest instant, `now` at the soonest, at which `tokens` are there."""
        lacking = tokens - self.tokens(now)
        # A hair of tolerance: without it a refill rounded down asks to come back in 1e-17 seconds, for ever.
        return now if lacking <= 1e-9 else now + lacking / self.rate

    def take(self, now: float, tokens: float = 1.0) -> None:
        """Take `tokens`; call it at or after `ready_at`."""
        self._tokens = self.tokens(now) - tokens

    def put_back(self, tokens: float = 1.0) -> None:
        """Undo a `take` that came to nothing."""
        self._tokens = min(self.capacity, self._tokens + tokens)
