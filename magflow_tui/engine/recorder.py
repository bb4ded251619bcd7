"""What the engine keeps of its own work: every request, and of every minute its figures and the live view at its end.

Nothing waits for it: what is to be kept is handed over in passing and written once a second by a task of its own, in
one transaction. While the store cannot be written it waits in memory, as much as is bounded there; what does not fit
any more is lost, and the log says how much once the store is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection

from magflow_tui.contract.snapshot import HealthMetric, Snapshot
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.minutes import ClosedMinute, MinuteRequests
from magflow_tui.monitor.requests import RequestLog
from magflow_tui.monitor.score import RULE_OF, Readings, score
from magflow_tui.monitor.sentences import rounded
from magflow_tui.monitor.sketch import encode
from magflow_tui.store import Store, StoreError
from magflow_tui.store.frames import keep_frame, pack
from magflow_tui.store.minutes import ALL, HealthMinute, KeptMinute, PoolMinute, RouteMinute, keep_minute, last_minute
from magflow_tui.store.request_log import append_requests, last_request_seq

log = logging.getLogger(__name__)

#: Requests in one transaction at most, and minutes that wait for the store at most. Requests wait in the live log.
BATCH: Final = 2_000
PENDING_MINUTES: Final = 60

_NO_REQUESTS: Final = MinuteRequests()


@dataclass(slots=True)
class _Pending:
    """A minute that is to be written. The snapshot becomes a frame when it is its turn."""

    minute: KeptMinute
    snapshot: Snapshot | None
    frame: bytes | None = None


class Recorder:
    """Keeps what `requests` collects and the minutes it is handed. Everything is called on the loop."""

    def __init__(self, store: Store, requests: RequestLog) -> None:
        self._store = store
        self._requests = requests
        self._kept_seq = 0
        self._minutes: deque[_Pending] = deque()
        self._writing = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._failing = False
        self._lost_requests = 0
        self._lost_minutes = 0
        #: The newest minute that is over, kept already or about to be.
        self.last_minute: int | None = None

    async def start(self) -> None:
        """Find where the numbers of requests go on, and begin to write. Raises StoreError."""
        self._kept_seq = await self._store.read(last_request_seq)
        self.last_minute = await self._store.read(last_minute)
        self._requests.begin_at(self._kept_seq)
        self._task = asyncio.create_task(self._write(), name="recorder")

    def tick(self) -> None:
        """Once a second: have what is new written."""
        if self._requests.last_seq > self._kept_seq or self._minutes:
            self._wake.set()

    def keep(self, closed: ClosedMinute, snapshot: Snapshot | None) -> None:
        """Take over a minute that ended, with the live view as of now; without one it has no frame."""
        if len(self._minutes) >= PENDING_MINUTES:
            self._minutes.popleft()
            self._lost_minutes += 1
        self._minutes.append(_Pending(_kept(closed), snapshot))
        self.last_minute = closed.number
        self._wake.set()

    async def settle(self) -> None:
        """Wait until everything handed over so far is written, so that what is read then has it. While the store cannot
        be written nothing is waited for.
        """
        if not self._failing:
            await self._write_all()

    async def stop(self) -> None:
        """Write what is pending, and end. Stopping twice is harmless."""
        task, self._task = self._task, None
        if task is None:
            return
        self._stopping = True
        self._wake.set()
        await task
        if waiting := self._requests.last_seq - self._kept_seq:
            log.error("the last %d requests were not kept: the store cannot be written", waiting)

    async def _write(self) -> None:
        stopping = False
        while not stopping:
            await self._wake.wait()
            self._wake.clear()
            stopping = self._stopping
            try:
                await self._write_all()
            except Exception:  # what cannot be written now is tried again with the next second
                log.exception("requests and minutes could not be kept")

    async def _write_all(self) -> None:
        async with self._writing:
            while self._requests.last_seq > self._kept_seq or self._minutes:
                try:
                    await self._write_batch()
                except StoreError as error:
                    if not self._failing:
                        log.error("requests and minutes wait for the store: %s", error.message)
                    self._failing = True
                    return
            if self._failing or self._lost_requests or self._lost_minutes:
                self._tell_lost()
                self._failing = False

    async def _write_batch(self) -> None:
        requests = self._requests.after(self._kept_seq, BATCH)
        minutes = tuple(self._minutes)
        for pending in minutes:
            if pending.snapshot is not None:
                pending.frame = await asyncio.to_thread(pack, pending.snapshot)
                pending.snapshot = None
        await self._store.write(partial(_keep, requests=requests, minutes=minutes))
        # Whoever waits may be cancelled before this line: what is written twice is the same.
        if requests:
            self._lost_requests += requests[0][0] - self._kept_seq - 1
            self._kept_seq = requests[-1][0]
        for pending in minutes:
            if self._minutes and self._minutes[0] is pending:
                self._minutes.popleft()

    def _tell_lost(self) -> None:
        lost = self._lost_requests, self._lost_minutes
        self._lost_requests = self._lost_minutes = 0
        if any(lost):
            log.error("%d requests and %d minutes are lost: the store could not be written for too long", *lost)
        else:
            log.info("requests and minutes are kept again, none is lost")


def _keep(
    connection: Connection, *, requests: Sequence[tuple[int, RequestRecord]], minutes: Sequence[_Pending]
) -> None:
    append_requests(connection, requests)
    for pending in minutes:
        if keep_minute(connection, pending.minute) and pending.frame is not None:
            keep_frame(connection, pending.minute.number, pending.frame)


def _kept(closed: ClosedMinute) -> KeptMinute:
    """A minute as the store keeps it: a row of every account that has readings or requests, and one of all."""
    accounts = {account for account in closed.readings if account is not None} | set(closed.accounts)
    return KeptMinute(
        closed.number,
        health=(
            _health(ALL, closed.readings.get(None), closed.every),
            *(
                _health(account, closed.readings.get(account), closed.accounts.get(account, _NO_REQUESTS))
                for account in sorted(accounts)
            ),
        ),
        pools=[
            PoolMinute(account, pool, use.used, use.waited_ms, use.hits)
            for (account, pool), use in closed.pools.items()
        ],
        routes=[
            RouteMinute(
                account=key.account,
                route=key.route,
                pool=key.pool,
                requests=requests.requests,
                errors=requests.errors,
                rate_limited=requests.rate_limited,
                retries=requests.retries,
                total_us=requests.total_us,
                p95_ms=requests.p95_ms,
                max_ms=requests.max_ms,
                waited_ms=requests.waited_ms,
                jobs=requests.jobs,
                bins=encode(requests.bins),
            )
            for key, requests in closed.routes.items()
        ],
    )


def _health(account: str, readings: Readings | None, requests: MinuteRequests) -> HealthMinute:
    known = readings or Readings()
    return HealthMinute(
        account=account,
        score=score(known),
        error_rate=_rounded("error_rate", known),
        response_ms=_rounded("response_time", known),
        limit_use=_rounded("limit_use", known),
        sync_success=_rounded("sync_success", known),
        requests=requests.requests,
        errors=requests.errors,
        mean_ms=requests.mean_ms,
        p50_ms=requests.p50_ms,
        p95_ms=requests.p95_ms,
        max_ms=requests.max_ms,
    )


def _rounded(metric: HealthMetric, readings: Readings) -> float | None:
    """A reading as the score's line shows it: never rounded across its threshold."""
    value = readings.of(metric)
    return None if value is None else rounded(value, RULE_OF[metric].threshold)
