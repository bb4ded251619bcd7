"""A run's way into the store: rows, counters and checkpoint of a page in one transaction, none without the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

from sqlalchemy import Connection

from magflow_tui.contract.runs import ErrorGroup
from magflow_tui.marketplace.paging import FailedPage
from magflow_tui.marketplace.schema import Item, Payload
from magflow_tui.store import Store, pages, runs
from magflow_tui.store.changes import PageOutcome
from magflow_tui.store.payloads import Source
from magflow_tui.store.runs import RunDelta
from magflow_tui.sync.checkpoint import Checkpoint, Reading, encode, encode_window
from magflow_tui.sync.progress import Progress
from magflow_tui.sync.sources import ResourceSource

T = TypeVar("T", bound=Payload)

Step: TypeAlias = Callable[[Connection], None]


@dataclass(slots=True)
class _Flushed:
    """How much of the live counters the record has already."""

    requests: int = 0
    rate_limited: int = 0
    waited_seconds: float = 0.0
    seconds: float = 0.0
    errors: tuple[ErrorGroup, ...] = ()


class Journal(Generic[T]):
    """Writes for one run. Every method is one transaction; StoreError passes through and leaves the store as it was."""

    def __init__(
        self,
        store: Store,
        source: ResourceSource[T],
        *,
        run_id: int,
        account: str,
        progress: Progress,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._source = source
        self._run_id = run_id
        self._account = account
        self._progress = progress
        self._clock = clock
        self._flushed = _Flushed(seconds=progress.seconds(), errors=progress.traffic.errors)

    async def commit_page(
        self, items: Sequence[Item[T]], checkpoint: Checkpoint, *, window: int, seen: Sequence[int], also: Step
    ) -> PageOutcome:
        """Store a page, note which items of a window it had, go on to the checkpoint behind it, and do `also`."""
        state = encode(checkpoint)
        platform = self._source.platform
        where = Source(self._account, platform.timezone, self._clock(), platform)
        delta, flushed = self._delta()

        def work(connection: Connection) -> PageOutcome:
            outcome = self._source.store(connection, where, items)
            also(connection)
            runs.mark_seen(connection, self._run_id, window, seen)
            runs.add_to_run(connection, self._run_id, delta, outcome, pages=1)
            runs.save_checkpoint(connection, self._run_id, state)
            self._flushed = flushed  # here, since whoever waits for the transaction may be cancelled
            return outcome

        outcome = await self._store.write(work)
        self._progress.note_page(outcome)
        return outcome

    async def commit(self, checkpoint: Checkpoint, also: Step | None = None) -> None:
        """Move on to a checkpoint without a page, and do what belongs to the step."""
        state = encode(checkpoint)
        delta, flushed = self._delta()

        def work(connection: Connection) -> None:
            if also is not None:
                also(connection)
            runs.add_to_run(connection, self._run_id, delta)
            runs.save_checkpoint(connection, self._run_id, state)
            self._flushed = flushed

        await self._store.write(work)

    async def count_seen(self, window: int) -> int:
        """How many different items of a window the run has stored."""
        return await self._store.read(lambda connection: runs.count_seen(connection, self._run_id, window))

    def forget_seen(self, connection: Connection, window: int) -> None:
        """Begin a window's count anew."""
        runs.forget_seen(connection, self._run_id, window)

    def note_missed(self, connection: Connection, reading: Reading, failed: FailedPage) -> None:
        """A page failed, for the first time or once more."""
        pages.note_missed(
            connection,
            self._run_id,
            window=reading.number,
            page=failed.number,
            place=encode_window(reading.window),
            error=failed.error.message,
            attempts=failed.attempts,
            at=self._clock(),
        )

    def settle_missed(self, connection: Connection, window: int, *, but: Sequence[int] = ()) -> None:
        """Nothing of a window is missing any more, but for these pages."""
        pages.settle_missed(connection, self._run_id, window, self._clock(), but=but)

    def settle_page(self, connection: Connection, window: int, page: int) -> None:
        """A page that had failed was read after all."""
        pages.settle_page(connection, self._run_id, window, page, self._clock())

    def last_delta(self) -> RunDelta:
        """What the record lacks of the live counters, for the transaction that ends the run."""
        return self._delta()[0]

    def _delta(self) -> tuple[RunDelta, _Flushed]:
        traffic, known = self._progress.traffic, self._flushed
        now = _Flushed(
            traffic.requests,
            traffic.rate_limited,
            traffic.waited_seconds,
            self._progress.seconds(),
            traffic.errors,
        )
        delta = RunDelta(
            requests=now.requests - known.requests,
            rate_limited=now.rate_limited - known.rate_limited,
            waited_seconds=now.waited_seconds - known.waited_seconds,
            seconds=now.seconds - known.seconds,
            errors=now.errors if now.errors != known.errors else None,
        )
        return delta, now
