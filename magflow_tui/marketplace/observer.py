"""What is told about each HTTP request: enough for a log, metrics and a live view, nothing personal and no secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from magflow_tui.contract.records import RequestOutcome
from magflow_tui.marketplace.limiter import Lane, Pool


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One attempt, finished: how long it waited for its slot, how long it took, how it ended.

    `route` is the path without ids (`order/read`, `offer_stock`). Times are milliseconds: `waited_ms` for the slot,
    `first_byte_ms` and `elapsed_ms` from the moment the request began. `note` is the marketplace's own sentence, or
    ours, when it did not succeed. `bytes_received` counts the body as it came over the wire.

    `call` is the same eight hexadecimal digits for every attempt of one call. `path` is the route with its id
    (`offer_stock/7`), empty where it has none. `sent` is what was asked, `received` how much was answered and with what
    messages: JSON in which nothing personal is left (`redaction`), None for nothing.
    """

    account: str
    method: str
    route: str
    pool: Pool
    lane: Lane
    job: str | None
    attempt: int
    started_at: datetime
    waited_ms: float
    elapsed_ms: float
    first_byte_ms: float | None
    status: int | None
    outcome: RequestOutcome
    note: str | None
    bytes_received: int
    page: int | None
    run_id: int | None
    call: str = ""
    sent: str | None = None
    received: str | None = None
    path: str = ""


#: Called once for every attempt, on the event loop; must be quick and must not raise.
RequestObserver = Callable[[RequestRecord], None]

#: Called before each pause between a failure and the next attempt, with the run's number and seconds; as quick.
PauseObserver = Callable[[int | None, float], None]
