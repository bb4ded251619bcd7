"""One run, from its first page or its checkpoint to its result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection

from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.contract.runs import Run, RunState
from magflow_tui.marketplace.errors import EmagApiError
from magflow_tui.marketplace.schema import Payload
from magflow_tui.store import EventDraft, Store, StoreError, runs
from magflow_tui.sync.checkpoint import Checkpoint, Reading, encode, encode_window
from magflow_tui.sync.journal import Journal
from magflow_tui.sync.lookahead import Lookahead
from magflow_tui.sync.outage import MarketplaceDownError, Patience, StoppedError
from magflow_tui.sync.plan import ORDER_TYPES, Plan
from magflow_tui.sync.policy import SyncAccount, SyncPolicy
from magflow_tui.sync.progress import Progress
from magflow_tui.sync.reading import WindowReader
from magflow_tui.sync.sources import ResourceSource
from magflow_tui.sync.windows import Window, describe

T = TypeVar("T", bound=Payload)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all runs share. `clock` gives aware UTC; `on_event` must not block."""

    store: Store
    policy: SyncPolicy
    clock: Callable[[], datetime]
    on_event: Callable[[EventDraft], None]


class SyncRun(Generic[T]):
    """Carries one run out. Set `stop` and it ends behind the page it is at."""

    def __init__(
        self,
        source: ResourceSource[T],
        run: Run,
        checkpoint: Checkpoint,
        account: SyncAccount,
        surroundings: Surroundings,
        progress: Progress,
    ) -> None:
        self.run = run
        self.progress = progress
        self.stop = asyncio.Event()
        self._checkpoint = checkpoint
        self._around = surroundings
        self._timezone = account.platform.timezone
        store, policy = surroundings.store, surroundings.policy
        self._journal = Journal(
            store, source, run_id=run.run_id, account=run.account, progress=progress, clock=surroundings.clock
        )
        self._ahead = Lookahead(source)
        patience = Patience(self._ahead, policy, progress, self.stop)
        self._plan = Plan(
            checkpoint,
            store=store,
            account=run.account,
            resource=run.resource,
            timezone=account.platform.timezone,
            history_start=account.history_start,
            patience=patience,
            policy=policy,
            now=self._now,
        )
        self._reader = WindowReader(
            checkpoint,
            resource=run.resource,
            source=source,
            ahead=self._ahead,
            journal=self._journal,
            patience=patience,
            policy=policy,
            progress=progress,
            stop=self.stop,
            now=self._now,
            on_page=self._note_page,
            forget_owed=self._forget_owed,
        )
        progress.expected = checkpoint.expected

    async def carry_out(self) -> Run | None:
        """Read until everything is read, then record the result. None when stopped: the run has no result yet.

        Whatever goes wrong is the run's result, not an exception; but for cancelling, and for StoreError when even
        the result cannot be recorded.
        """
        try:
            if self._checkpoint.expected is None:
                self._checkpoint.expected = self.progress.expected = await self._plan.expect()
            while await self._plan.next():
                self._ahead.begin(self._plan.upcoming())
                await self._reader.read()
        except StoppedError:
            return None
        except (EmagApiError, MarketplaceDownError) as error:
            return await self.finish("failed", str(error))
        except StoreError as error:
            return await self.finish("failed", error.message)
        finally:
            await self._ahead.close()
        return await self._finish_read()

    async def finish(self, result: RunState, reason: str | None) -> Run:
        """Record a result that leaves the checkpoint as it is. Raises StoreError when the store does not take it."""
        return await self._end(result, reason, lambda _: None)

    async def _finish_read(self) -> Run:
        """Everything was read that can be: raise the watermark, remember what is owed."""
        checkpoint, run = self._checkpoint, self.run
        at = self._around.clock()
        watermark = self._watermark()
        lasting = [reading for reading in checkpoint.parked if reading.window.dimension != "all"]

        def also(connection: Connection) -> None:
            if run.kind == "full":
                runs.forget_owed(connection, run.account, run.resource)
            for reading in lasting:
                if not reading.window.open or reading.window.dimension == "created":
                    reading.owed = True
                    reason = self._why(reading)
                    runs.owe_window(connection, run.account, run.resource, encode_window(reading.window), reason, at)
            if watermark is not None:
                mark = datetime.fromtimestamp(watermark, UTC)
                runs.raise_watermark(connection, run.account, run.resource, mark, at)
            for reading in checkpoint.parked:
                reading.rounds = 0  # a run that is resumed tries them again
            runs.save_checkpoint(connection, run.run_id, encode(checkpoint))

        missing = [self._why(reading) for reading in checkpoint.parked]
        failed = self.progress.outcome.failed
        if failed:
            missing.append(
                f"{failed} {'item' if failed == 1 else 'items'} could not be read and {_are(failed)} kept raw"
            )
        return await self._end("partial" if missing else "completed", "; ".join(missing[:5]) or None, also)

    async def _end(self, result: RunState, reason: str | None, also: Callable[[Connection], None]) -> Run:
        at = self._around.clock()
        delta = self._journal.last_delta()

        def work(connection: Connection) -> Run:
            runs.add_to_run(connection, self.run.run_id, delta)
            also(connection)
            return runs.finish_run(connection, self.run.run_id, result, reason, at)

        self.run = await self._around.store.write(work)
        return self.run

    def _watermark(self) -> int | None:
        """Up to where every change is stored or owed; None when that is not further than before."""
        checkpoint = self._checkpoint
        if self.run.resource != "orders":
            return None
        whole = not checkpoint.watermark_held and all(type_ in checkpoint.marks for type_ in ORDER_TYPES)
        if whole:
            return min(checkpoint.marks[type_] for type_ in ORDER_TYPES)
        return checkpoint.baseline if self.run.kind == "full" else None

    def _why(self, reading: Reading) -> str:
        name = describe(reading.window, self.run.resource)
        if not reading.set_aside:
            return f"{name}: what was read and what the marketplace counts differ"
        pages = ", ".join(map(str, reading.set_aside[:10])) + (" …" if len(reading.set_aside) > 10 else "")
        return f"{name}: page {pages} could not be read"

    def _note_page(self, recovered: bool, message: str) -> None:
        if recovered:
            self._tell("page.recovered", "ok", f"{message} was read after all")
        else:
            self._tell("page.set_aside", "warning", f"set aside: {message}")

    def _tell(self, kind: EventKind, severity: Severity, message: str) -> None:
        run = self.run
        self._around.on_event(
            EventDraft(self._around.clock(), kind, message, severity, run.account, run.resource, run.run_id)
        )

    def _forget_owed(self, connection: Connection, window: Window) -> None:
        runs.forget_owed(connection, self.run.account, self.run.resource, encode_window(window))

    def _now(self) -> int:
        return int(self._around.clock().timestamp())


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
