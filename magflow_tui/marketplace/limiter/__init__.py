"""Rate limits kept as the server counts them: sliding windows over arrivals, full use, no refusals.

A server that allows 12 requests in any second counts them when they *arrive*. A client knows when it sent a request
and when the answer came; the arrival lies somewhere between. This package keeps, for each request, the latest instant
at which it can have arrived, and sends the next one when even that instant has left the window.

* `limits`    pools, lanes, the published limits, the frozen snapshot for gauges
* `bucket`    token bucket, for pace
* `bound`     how late a request can have arrived, learned from answers and refusals
* `arrivals`  sliding windows over those bounds
* `backoff`   pause and slower pace after a 429
* `schedule`  one pool: all of the above, as arithmetic over a clock that is passed in
* `journal`   the last minutes of requests, kept across restarts and crashes
* `limiter`   the asyncio shell: queues, lanes, slots, statistics
* `legacy`    the names that callers of the earlier system use
"""

from magflow_tui.marketplace.limiter.journal import SlotJournal
from magflow_tui.marketplace.limiter.limiter import AccountLimiter, Slot, SlotTimeoutError
from magflow_tui.marketplace.limiter.limits import EMAG_LIMITS, Lane, Pool, PoolLimit, PoolSnapshot

__all__ = [
    "EMAG_LIMITS",
    "AccountLimiter",
    "Lane",
    "Pool",
    "PoolLimit",
    "PoolSnapshot",
    "Slot",
    "SlotJournal",
    "SlotTimeoutError",
]
