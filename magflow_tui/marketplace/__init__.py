"""eMAG Marketplace as Python: codes, schema, errors, limiter, retry and client. Knows nothing of store or screens.

* `codes`      numbers as words: statuses, payment modes, cancellation reasons
* `platforms`  the marketplaces: address, currency, clock
* `localtime`  platform-local text to UTC and back
* `schema`     orders, offers, returns as tolerant models, and their reading
* `slices`     the exact bytes of each element of an answer
* `envelope`   what an answer means
* `errors`     what can go wrong, by name
* `limiter`    the rate limits, kept as the server counts them
* `retry`      what is worth asking again, and when
* `filters`    what reads and counts ask for
* `exchange`   one HTTP request
* `paging`     many pages, in order, fetched ahead
* `redaction`  what may be kept of a request and its answer
* `observer`   the record of one HTTP request
* `client`     all of it, as typed calls

The names below are those that existing callers import from here. Only the codes are loaded with the package; the
others on first use, so that who wants a label does not pay for an HTTP client.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from magflow_tui.marketplace.codes import (
    CANCELLATION_REASONS,
    get_cancellation_reason_text,
    get_order_status_text,
    get_payment_mode_text,
)

if TYPE_CHECKING:
    from magflow_tui.marketplace.errors import (
        AuthenticationError,
        BusinessLogicError,
        EmagApiError,
        NetworkError,
        RateLimitError,
        ResourceNotFoundError,
        TimeoutError,  # noqa: A004 - existing callers know it by this name
        ValidationError,
    )
    from magflow_tui.marketplace.limiter.legacy import EmagRateLimiter, TokenBucket, get_rate_limiter
    from magflow_tui.marketplace.retry import retry_with_backoff

__all__ = [
    "CANCELLATION_REASONS",
    "AuthenticationError",
    "BusinessLogicError",
    "EmagApiError",
    "EmagRateLimiter",
    "NetworkError",
    "RateLimitError",
    "ResourceNotFoundError",
    "TimeoutError",
    "TokenBucket",
    "ValidationError",
    "get_cancellation_reason_text",
    "get_order_status_text",
    "get_payment_mode_text",
    "get_rate_limiter",
    "retry_with_backoff",
]

_HOMES: Final = {
    "AuthenticationError": "errors",
    "BusinessLogicError": "errors",
    "EmagApiError": "errors",
    "NetworkError": "errors",
    "RateLimitError": "errors",
    "ResourceNotFoundError": "errors",
    "TimeoutError": "errors",
    "ValidationError": "errors",
    "EmagRateLimiter": "limiter.legacy",
    "TokenBucket": "limiter.legacy",
    "get_rate_limiter": "limiter.legacy",
    "retry_with_backoff": "retry",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
