"""One running engine: composes store, accounts, sync, monitor, schedule and live view, and starts and ends them.

What a request may do is in `api`; how the process and its sockets live is in `process` and `serving`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from magflow_tui import __version__
from magflow_tui.config import Settings, SettingsError, resolve_passwords, resolve_webhook_secret
from magflow_tui.contract.base import Resource
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.contract.snapshot import AccountState, EngineInfo, Snapshot
from magflow_tui.engine.accounts import ServedAccounts, account_state
from magflow_tui.engine.actions import ActionAccount, ActionDesk, ActionPolicy
from magflow_tui.engine.alerts import AlertDesk, Webhook
from magflow_tui.engine.checking import OrderChecking
from magflow_tui.engine.disk import DiskGauge
from magflow_tui.engine.events import EventHub
from magflow_tui.engine.failures import EngineFailure, as_sentence, settings_failure
from magflow_tui.engine.folder import HeldFolder
from magflow_tui.engine.history import History
from magflow_tui.engine.limits import LimitDesk
from magflow_tui.engine.live import TICK_SECONDS, LiveView, Watchers
from magflow_tui.engine.pruning import Pruner
from magflow_tui.engine.recorder import Recorder
from magflow_tui.engine.scheduler import Scheduler, Timetable
from magflow_tui.engine.triage import TriageDesk
from magflow_tui.marketplace.limiter import Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.monitor.minutes import ClosedMinute
from magflow_tui.monitor.monitor import Monitor
from magflow_tui.store import EventDraft, Store, StoreError, StoreVersionError
from magflow_tui.store.migrations import HEAD
from magflow_tui.sync import SyncAccount, SyncPolicy, SyncRunner

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger(__name__)

RESOURCES: tuple[Resource, ...] = ("orders", "offers", "rma")
#: How long runs may take to store their page when the engine ends, in seconds.
DRAIN_SECONDS = 2.5


class Engine:
    """Serves one data folder. `async with engine.running():` is its whole life.

    `schedules` tells whether interrupted runs go on and due syncs start by themselves. `passwords` and
    `webhook_secret` are looked up from the settings unless given; `held` is the data folder's lock when the caller
    took it already.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        schedules: bool = True,
        passwords: Mapping[str, str] | None = None,
        webhook_secret: str | None = None,
        held: HeldFolder | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        rng: random.Random | None = None,
    ) -> None:
        self.settings = settings
        self.now = now
        self.started_at = now()
        self.draining = False
        #: Set by whoever wants the engine to end: a signal, a call, the end of a lifeline.
        self.stop_requested = asyncio.Event()
        #: The engine ends when the process that started it does; a call to keep it changes that.
        self.tied = False
        self.watchers = Watchers()
        self.live = LiveView(self.build_snapshot)
        self._schedules = schedules
        self._passwords = passwords
        self._webhook_secret = webhook_secret
        self._held = held
        self._rng = rng or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._monotonic_start = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        self.store: Store
        self.accounts: ServedAccounts
        self.events: EventHub
        self.monitor: Monitor
        self.runner: SyncRunner
        self.scheduler: Scheduler
        self.history: History
        self.disk: DiskGauge
        self.alerts: AlertDesk
        self.checking: OrderChecking
        self.desk: TriageDesk
        self.actions: ActionDesk
        self.limits: LimitDesk
        self.recorder: Recorder
        self.pruner: Pruner

    @cached_property
    def asgi_app(self) -> FastAPI:
        """The management API as an ASGI application."""
        from magflow_tui.engine.api import create_app

        return create_app(self)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start; at the end drain and close. Raises `EngineFailure` when it cannot start.

        A marketplace that is down or refuses the credentials is no reason: the account's state says so.
        """
        async with AsyncExitStack() as stack:
            await self._open(stack)
            self.notify("engine.started", "info", f"Engine {__version__} started (pid {os.getpid()})", None)
            await self.actions.recover()
            if self._schedules:
                for run in await self.runner.resume_interrupted():
                    log.info("run %d of %s of %s goes on", run.run_id, run.resource, run.account)
                await self.scheduler.switch(True)
                await self.checking.start_if_due()
            self.spawn(self.desk.keep_time(), name="triage")
            self.spawn(self.pruner.run(), name="pruning")
            ticking = asyncio.create_task(self._tick(), name="tick")
            try:
                yield
            finally:
                ticking.cancel()
                await asyncio.gather(ticking, return_exceptions=True)
                await self.drain()

    async def _open(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        if self._held is None:
            self._held = await asyncio.to_thread(HeldFolder.take, settings.folder, version=__version__)
            stack.callback(self._held.release)
        try:
            if self._passwords is None:
                self._passwords = await asyncio.to_thread(resolve_passwords, settings)
            if self._webhook_secret is None:
                self._webhook_secret = await asyncio.to_thread(resolve_webhook_secret, settings)
        except SettingsError as error:
            raise settings_failure(error) from None
        try:
            self.store = await Store.open(settings.folder.database)
        except StoreError as error:
            raise _store_failure(error) from None
        stack.push_async_callback(self.store.close)
        self.events = EventHub(self.store)
        webhook = Webhook.of(settings.alerts, self._webhook_secret)
        self.alerts = AlertDesk(self.store, notify=self.notify, now=self.now, webhook=webhook, rng=self._rng)
        self.monitor = Monitor(tuple(settings.enabled_accounts()), self.notify, self.alerts.on_alert, now=self.now)
        self.accounts = ServedAccounts(settings, self._passwords, self._observe, self._on_pause)
        await stack.enter_async_context(self.accounts)
        self.limits = LimitDesk(
            self.store,
            {served.name: served.limiter for served in self.accounts.values()},
            {Pool.ORDERS: settings.limits.orders_reserve, Pool.OTHER: settings.limits.other_reserve},
            notify=self.notify,
            now=self.now,
        )
        self.runner = SyncRunner(
            store=self.store,
            accounts=[
                SyncAccount(served.name, served.platform, served.client, served.settings.history_start)
                for served in self.accounts.values()
            ],
            on_event=self._on_sync_event,
            on_end=self.monitor.totals.add_run,
            clock=self.now,
            policy=SyncPolicy(
                overlap=self.settings.sync.overlap_seconds,
                page_size=self.settings.sync.page_size,
                ahead=self.settings.sync.prefetch_pages,
            ),
        )
        self.actions = ActionDesk(
            store=self.store,
            accounts={
                served.name: ActionAccount(served.name, served.platform, served.operator)
                for served in self.accounts.values()
            },
            notify=self.notify,
            policy=ActionPolicy(answer=settings.http.connect_timeout + settings.http.read_timeout),
            now=self.now,
        )
        self.recorder = Recorder(self.store, self.monitor.requests)
        self.pruner = Pruner(self.store, is_busy=lambda: bool(self.runner.running()), now=self.now)
        timetables = tuple(
            Timetable(name, resource, every)
            for name in self.accounts
            for resource in RESOURCES
            if (every := settings.interval(name, resource))
        )
        self.history = History(self.store, self.now, timetables)
        self.disk = DiskGauge(settings.data_dir, self.now)
        self.desk = TriageDesk(self.store, notify=self.notify, now=self.now)
        self.checking = OrderChecking(
            self.store,
            {name: PLATFORMS[account.platform] for name, account in settings.accounts.items()},
            is_busy=lambda: bool(self.runner.running()),
            notify=self.notify,
            now=self.now,
        )
        self.scheduler = Scheduler(
            timetables,
            start=self._start_scheduled,
            is_running=self.runner.is_running,
            last_start=self.history.last_start,
            now=self.now,
            rng=self._rng,
        )
        try:
            await self.events.start()
            await self.history.refresh()
            await self.limits.start()
            await self.alerts.start(self.monitor)
            await self.recorder.start()
        except StoreError as error:
            raise _store_failure(error) from None
        stack.push_async_callback(self.events.stop)
        stack.push_async_callback(self.alerts.stop)
        stack.push_async_callback(self.recorder.stop)

    async def drain(self) -> None:
        """Stop taking work, let each run store its page and its checkpoint, end every stream. Idempotent."""
        if self.draining:
            return
        self.draining = True
        self.notify("engine.stopping", "info", "Engine stops: runs store their page and go on at the next start", None)
        await self.scheduler.switch(False)
        await self.checking.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await asyncio.gather(self.runner.drain(DRAIN_SECONDS), self.actions.drain(DRAIN_SECONDS))
        finally:
            self.live.close()
            await self.recorder.stop()
            await self.alerts.stop()
            await self.events.stop()

    def spawn(self, work: Awaitable[None], name: str) -> None:
        """Run something for as long as the engine lives."""

        async def run() -> None:
            await work

        task = asyncio.create_task(run(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def notify(self, kind: EventKind, severity: Severity, message: str, account: str | None) -> None:
        """Record an event."""
        self.events.record(EventDraft(at=self.now(), kind=kind, message=message, severity=severity, account=account))

    async def switch_schedules(self, on: bool) -> None:
        """Turn scheduled syncs on or off; turned on, interrupted runs go on too."""
        if on and not self.scheduler.on:
            await self.runner.resume_interrupted()
        await self.scheduler.switch(on)
        self.notify("notice", "info", f"Schedules are {'on' if on else 'off'}", None)

    async def end_with(self, owner: Awaitable[None]) -> None:
        """Ask the engine to end once `owner` is over and nobody is attached, unless it was asked to stay."""
        self.tied = True
        await owner
        while self.tied:
            if await self.watchers.none_left(timeout=1.0):
                if self.tied:
                    self.stop_requested.set()
                return

    def info(self) -> EngineInfo:
        size = self.store.size()
        return EngineInfo(
            pid=os.getpid(),
            version=__version__,
            started_at=self.started_at,
            uptime_seconds=round(time.monotonic() - self._monotonic_start, 1),
            data_dir=str(self.settings.data_dir),
            socket=str(self.settings.folder.socket),
            state="draining" if self.draining else "running",
            schedules_on=self.scheduler.on,
            tied=self.tied,
            clients=self.watchers.count,
            db_bytes=size.db_bytes,
            wal_bytes=size.wal_bytes,
            schema_version=HEAD,
        )

    async def account_states(self) -> tuple[AccountState, ...]:
        """Every account of the settings with its standing and what is stored of it."""
        counts = await self.store.counts()
        return tuple(
            account_state(
                name,
                account,
                self.monitor.standing(name) if account.enabled else None,
                *((counts[name],) if name in counts else ()),
            )
            for name, account in self.settings.accounts.items()
        )

    async def build_snapshot(self, seq: int) -> Snapshot:
        """The whole live view as of now."""
        return Snapshot(
            seq=seq,
            at=self.now(),
            engine=self.info(),
            accounts=await self.account_states(),
            pools=self.accounts.gauges(),
            routes=self.monitor.routes(),
            running=self.runner.running(),
            queue=self.scheduler.queue(),
            recent_runs=self.history.recent_runs,
            health=self.monitor.health(),
            account_health=self.monitor.account_health(),
            metrics=self.monitor.metrics(),
            alerts=self.alerts.open,
            last_event=self.events.last_event,
            last_request_seq=self.monitor.requests.last_seq,
        )

    async def _tick(self) -> None:
        """Once a second: health, and a snapshot when anybody watches."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            try:
                await self._read_runs()
                closed = self.monitor.tick(
                    self.accounts.gauges(),
                    self.history.readings(self.scheduler.on_since, self.runner.running()),
                    await self.disk.read(),
                )
                if closed is not None:
                    await self._record(closed)
                self.recorder.tick()
                await self.live.tick()
            except StoreError as error:
                log.error("the live view waits for the store: %s", error.message)
            except Exception:  # a bad tick must not be the last one
                log.exception("a tick of the live view failed")
            # Missed ticks are not made up for: the next snapshot is as good as all of them.
            due = max(due + TICK_SECONDS, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _read_runs(self) -> None:
        """Have health know of the runs that ended; of those it knew, where the store cannot be read."""
        try:
            await self.history.refresh_if_stale()
        except StoreError as error:
            log.error("runs that ended wait for the store: %s", error.message)

    async def _record(self, closed: ClosedMinute) -> None:
        """Have a minute kept that is over, and the live view as of now; without one where the store cannot be read."""
        snapshot = None
        try:
            snapshot = await self.build_snapshot(self.live.seq)
        except StoreError as error:
            log.error("a minute is kept without its frame: %s", error.message)
        finally:
            self.recorder.keep(closed, snapshot)

    def _observe(self, record: RequestRecord) -> None:
        self.monitor.observe(record)
        self.runner.on_request(record)

    def _on_pause(self, run_id: int | None, seconds: float) -> None:
        self.runner.on_pause(run_id, seconds)

    def _on_sync_event(self, draft: EventDraft) -> None:
        if draft.kind == "account.state":
            return  # the monitor tells it, from every request and not only those of a run
        if draft.kind == "run.finished":
            self.history.mark_stale()
        self.events.record(draft)

    async def _start_scheduled(self, account: str, resource: Resource) -> None:
        await self.runner.start(account, resource, full=False, requested_by="schedule")


def _store_failure(error: StoreError) -> EngineFailure:
    """The store cannot be opened: damaged, not writable, disk full, or of a newer version."""
    code = "newer_database" if isinstance(error, StoreVersionError) else "store"
    return EngineFailure(code, as_sentence(error.message), hint=as_sentence(error.hint) if error.hint else None)
