"""Starts, joins, cancels and resumes runs: never two of the same account and resource at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from magflow_tui.contract.base import Resource
from magflow_tui.contract.events import Severity
from magflow_tui.contract.runs import CancelMode, Run, RunKind, RunProgress, RunState, Throughput
from magflow_tui.marketplace.client import CallContext
from magflow_tui.marketplace.limiter import Lane
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.marketplace.schema import Offer, Order, Rma
from magflow_tui.store import EventDraft, Store, StoreError, runs
from magflow_tui.sync.checkpoint import Checkpoint, decode, encode
from magflow_tui.sync.plan import first_checkpoint
from magflow_tui.sync.policy import SyncAccount, SyncPolicy
from magflow_tui.sync.progress import Progress
from magflow_tui.sync.run import Surroundings, SyncRun
from magflow_tui.sync.sources import OfferSource, OrderSource, RmaSource

_log = logging.getLogger(__name__)

#: Ended runs whose throughput is kept.
_THROUGHPUTS_KEPT = 100

_AnyRun = SyncRun[Order] | SyncRun[Offer] | SyncRun[Rma]


class UnknownAccountError(LookupError):
    """No account of this name is served; the message names those that are."""


class NotResumableError(Exception):
    """The run cannot go on; the message says why."""


class Started(NamedTuple):
    """What a start did: the run, and whether it was running already and is joined."""

    run: Run
    joined: bool


@dataclass(slots=True)
class _Active:
    """A run at work: `work` reads and may be cancelled, `task` waits for it, records how it ended and is left alone.

    `ending` is why it was asked to stop: `cancelled` is its result then, `drained` leaves it without one.
    """

    sync: _AnyRun
    work: asyncio.Task[Run | None]
    task: asyncio.Task[Run]
    ending: Literal["cancelled", "drained"] | None = None


class SyncRunner:
    """The runs of one engine. Use on one event loop; end with `drain`.

    `clock` gives aware UTC, `monotonic` seconds for rates. `on_event` is called on the loop and must not block; so is
    `on_end`, with a run that ended.
    """

    def __init__(
        self,
        *,
        store: Store,
        accounts: Iterable[SyncAccount],
        on_event: Callable[[EventDraft], None],
        on_end: Callable[[Run], None] = lambda run: None,
        clock: Callable[[], datetime],
        policy: SyncPolicy | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._accounts = {account.name: account for account in accounts}
        self._around = Surroundings(store, policy or SyncPolicy(), clock, on_event)
        self._monotonic = monotonic
        self._on_end = on_end
        self._active: dict[int, _Active] = {}
        self._starting: dict[tuple[str, Resource], asyncio.Lock] = {}
        self._unrecorded: dict[int, Run] = {}
        self._ended: dict[int, Throughput] = {}

    async def start(self, account: str, resource: Resource, *, full: bool, requested_by: str) -> Started:
        """Begin a run, or join the one of this account and resource that is at work.

        A run that was interrupted goes on under its own number, and so does a first sync of orders that failed or was
        cancelled; an interrupted incremental run makes room for a full one. Raises UnknownAccountError, and StoreError
        when the run cannot be recorded.
        """
        served = self._served(account)
        async with self._lock(account, resource):
            active = self._find(account, resource)
            if active is not None:
                return Started(active.sync.run, True)
            await self._record_late()
            left = await self._left_behind(account, resource)
            if left is not None and (left.kind == "full" or not full):
                return Started(await self._reopen(served, left), False)
            if left is not None and left.result == "running":
                reason = "interrupted, and replaced by a full sync"
                await self._store.write(partial(_finish, left.run_id, "cancelled", reason, self._around.clock()))
            run, checkpoint = await self._create(served, resource, full, requested_by)
            self._launch(served, run, checkpoint)
            return Started(run, False)

    async def resume(self, run_id: int) -> Run:
        """Let a run that was interrupted, cancelled, partial or failed go on at its checkpoint, under its own number.

        Raises NotResumableError when there is no such run, nothing left of it to do, or another one at work.
        """
        run = await self._store.read(lambda connection: runs.get_run(connection, run_id))
        if run is None:
            raise NotResumableError(f"there is no run {run_id}")
        served = self._accounts.get(run.account)
        if served is None:
            raise NotResumableError(f"run {run_id} is of account {run.account}, which is not served any more")
        async with self._lock(run.account, run.resource):
            active = self._find(run.account, run.resource)
            if active is not None and active.sync.run.run_id == run_id:
                return active.sync.run
            if active is not None:
                raise NotResumableError(f"run {active.sync.run.run_id} of the same account and resource is running")
            return await self._reopen(served, run)

    async def resume_interrupted(self) -> tuple[Run, ...]:
        """Let the runs go on that an earlier engine left unfinished, for the accounts served. Once, at start."""
        page = await self._store.read(lambda connection: runs.list_runs(connection, results=("running",), limit=1000))
        resumed = []
        for run in reversed(page.runs):
            if run.account in self._accounts and run.run_id not in self._active:
                try:
                    resumed.append(await self.resume(run.run_id))
                except NotResumableError as error:
                    _log.warning("run %d cannot go on: %s", run.run_id, error)
                    await self._store.write(partial(_finish, run.run_id, "failed", str(error), self._around.clock()))
        return tuple(resumed)

    async def cancel(self, run_id: int, mode: CancelMode) -> bool:
        """Ask a run to stop, behind its page or at once. False when it is not running."""
        active = self._active.get(run_id)
        if active is None:
            return False
        self._stop(active, "cancelled")
        if mode == "now":
            active.work.cancel()
        return True

    async def wait(self, run_id: int) -> Run:
        """Wait until a run ends or is drained; its record then. LookupError for a run that is not known."""
        active = self._active.get(run_id)
        if active is not None:
            return await asyncio.shield(active.task)
        run = self._unrecorded.get(run_id) or await self._store.get_run(run_id)
        if run is None:
            raise LookupError(f"there is no run {run_id}")
        return run

    async def drain(self, timeout: float) -> None:
        """Stop all runs behind their page, after `timeout` seconds at once. They stay `running` in the store."""
        tasks = [active.task for active in self._active.values()]
        for active in self._active.values():
            self._stop(active, "drained")
        if tasks:
            await asyncio.wait(tasks, timeout=timeout)
            for active in tuple(self._active.values()):
                active.work.cancel()
            await asyncio.wait(tasks)

    def running(self) -> tuple[RunProgress, ...]:
        """The runs at work, by number."""
        size = self._around.policy.page_size
        return tuple(active.sync.progress.view(size) for _, active in sorted(self._active.items()))

    def throughput(self, run_id: int) -> Throughput | None:
        """How fast a run at work is, or one of the last that ended was; None for any other."""
        active = self._active.get(run_id)
        return self._ended.get(run_id) if active is None else active.sync.progress.throughput()

    def is_running(self, account: str, resource: Resource) -> bool:
        return self._find(account, resource) is not None

    def on_request(self, record: RequestRecord) -> None:
        """Count a request for the run it was made for; give it to every client as its observer."""
        active = None if record.run_id is None else self._active.get(record.run_id)
        if active is not None:
            active.sync.progress.note_request(record)

    def on_pause(self, run_id: int | None, seconds: float) -> None:
        """A request of a run failed and is made again in so many seconds; give it to every client as well."""
        active = None if run_id is None else self._active.get(run_id)
        if active is not None:
            active.sync.progress.note_pause(seconds)

    # Beginning

    async def _create(
        self, served: SyncAccount, resource: Resource, full: bool, requested_by: str
    ) -> tuple[Run, Checkpoint]:
        now = self._around.clock()

        def work(connection: Connection) -> tuple[Run, Checkpoint]:
            mark = runs.read_watermark(connection, served.name, resource)
            checkpoint = first_checkpoint(
                resource,
                full=full,
                watermark=None if mark is None else int(mark.timestamp()),
                now=int(now.timestamp()),
                overlap=self._around.policy.overlap,
                timezone=served.platform.timezone,
            )
            kind: RunKind = "incremental" if resource == "orders" and not checkpoint.walks else "full"
            run = runs.create_run(
                connection,
                account=served.name,
                resource=resource,
                kind=kind,
                requested_by=requested_by,
                at=now,
                state=encode(checkpoint),
            )
            return run, checkpoint

        return await self._store.write(work)

    async def _reopen(self, served: SyncAccount, run: Run) -> Run:
        text = await self._store.read(lambda connection: runs.read_checkpoint(connection, run.run_id))
        if text is None:
            raise NotResumableError(f"run {run.run_id} is {run.result}: there is nothing left of it to do")
        try:
            checkpoint = decode(text)
        except ValueError as error:
            raise NotResumableError(f"run {run.run_id} was begun by another version of MagFlow") from error
        reopened = await self._store.write(lambda connection: runs.reopen_run(connection, run.run_id))
        self._launch(served, reopened, checkpoint)
        return reopened

    def _launch(self, served: SyncAccount, run: Run, checkpoint: Checkpoint) -> None:
        policy = self._around.policy
        context = CallContext(Lane.BACKGROUND, job=f"sync {run.resource}", run_id=run.run_id)
        place = served.client, served.platform, context, policy.page_size
        begun = run, checkpoint, served, self._around, Progress(run, self._monotonic, self._around.clock)
        sync: _AnyRun
        match run.resource:
            case "orders":
                sync = SyncRun(OrderSource(*place), *begun)
            case "offers":
                sync = SyncRun(OfferSource(*place), *begun)
            case "rma":
                sync = SyncRun(RmaSource(*place), *begun)
        work = asyncio.create_task(sync.carry_out(), name=f"run {run.run_id}")
        task = asyncio.create_task(self._see_through(sync, work), name=f"end of run {run.run_id}")
        self._active[run.run_id] = _Active(sync, work, task)
        task.add_done_callback(lambda _: self._put_away(run.run_id))
        how = "resumed" if run.resumed else "started"
        self._tell(run, f"{run.kind} sync of {run.resource} {how}, run {run.run_id}", "run.started", "info")

    # Ending

    async def _see_through(self, sync: _AnyRun, work: asyncio.Task[Run | None]) -> Run:
        """Wait for a run; whatever way it ends is recorded and told."""
        run_id = sync.run.run_id
        try:
            ended = await work
        except asyncio.CancelledError:
            ended = None
        except StoreError as error:
            ended = self._keep_unrecorded(sync, "failed", error.message)
        except Exception as error:
            _log.exception("run %d failed", run_id)
            ended = await self._finish_anyhow(sync, "failed", f"internal error: {type(error).__name__}")
        active = self._active[run_id]
        if ended is None and active.ending != "drained":
            ended = await self._finish_anyhow(sync, "cancelled", "cancelled by the operator")
        if ended is None:
            return sync.run  # drained: it has no result, and goes on when the engine is back
        self._tell_end(ended)
        self._on_end(ended)
        return ended

    async def _finish_anyhow(self, sync: _AnyRun, result: RunState, reason: str) -> Run:
        try:
            return await sync.finish(result, reason)
        except StoreError as error:
            _log.warning("the end of run %d cannot be recorded: %s", sync.run.run_id, error.message)
            return self._keep_unrecorded(sync, result, reason)

    def _keep_unrecorded(self, sync: _AnyRun, result: RunState, reason: str) -> Run:
        """The store does not even take the result: keep it until it does."""
        ended = sync.run.model_copy(update={"result": result, "reason": reason, "finished_at": self._around.clock()})
        self._unrecorded[ended.run_id] = ended
        return ended

    async def _record_late(self) -> None:
        for run in tuple(self._unrecorded.values()):
            at = run.finished_at or self._around.clock()
            await self._store.write(partial(_finish, run.run_id, run.result, run.reason, at))
            del self._unrecorded[run.run_id]

    def _put_away(self, run_id: int) -> None:
        """A run is over: of how fast it was, that much is kept."""
        ended = self._active.pop(run_id)
        self._ended[run_id] = ended.sync.progress.throughput()
        while len(self._ended) > _THROUGHPUTS_KEPT:
            del self._ended[next(iter(self._ended))]

    def _stop(self, active: _Active, ending: Literal["cancelled", "drained"]) -> None:
        active.ending = active.ending or ending
        active.sync.progress.stopping = True
        active.sync.stop.set()

    def _tell_end(self, run: Run) -> None:
        severities: dict[RunState, Severity] = {"completed": "ok", "partial": "warning", "failed": "critical"}
        because = f": {run.reason}" if run.reason else ""
        message = f"{run.kind} sync of {run.resource} {run.result}, {run.items} items{because}"
        self._tell(run, message, "run.finished", severities.get(run.result, "info"))

    def _tell(self, run: Run, message: str, kind: Literal["run.started", "run.finished"], severity: Severity) -> None:
        self._around.on_event(
            EventDraft(self._around.clock(), kind, message, severity, run.account, run.resource, run.run_id)
        )

    # Looking up

    def _served(self, account: str) -> SyncAccount:
        served = self._accounts.get(account)
        if served is None:
            known = ", ".join(self._accounts) or "none"
            raise UnknownAccountError(f"there is no account {account} (accounts: {known})")
        return served

    def _find(self, account: str, resource: Resource) -> _Active | None:
        for active in self._active.values():
            if (active.sync.run.account, active.sync.run.resource) == (account, resource):
                return active
        return None

    def _lock(self, account: str, resource: Resource) -> asyncio.Lock:
        return self._starting.setdefault((account, resource), asyncio.Lock())

    async def _left_behind(self, account: str, resource: Resource) -> Run | None:
        """The last run of an account and resource when it is to go on: it was interrupted, or it is the account's first
        sync of orders and did not get to its end.
        """

        def work(connection: Connection) -> Run | None:
            page = runs.list_runs(connection, account=account, resource=resource, limit=1)
            last = page.runs[0] if page.runs else None
            if last is None or last.result == "running":
                return last
            first_sync = resource == "orders" and runs.read_watermark(connection, account, resource) is None
            goes_on = first_sync and runs.read_checkpoint(connection, last.run_id) is not None
            return last if goes_on else None

        return await self._store.read(work)


def _finish(run_id: int, result: RunState, reason: str | None, at: datetime, connection: Connection) -> None:
    runs.finish_run(connection, run_id, result, reason, at)
