"""Finished runs as far as they have been read, and what the one under the cursor has to tell beside its record.

A snapshot has the last twenty. They are remembered as they come; older ones are read page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from magflow_tui.tui.views.context import RunShown

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.runs import Run, RunProgress, Throughput

RUNS_PAGE: Final = 100
#: Details kept; the least lately read go.
_KEPT: Final = 50
#: Seconds between two readings of a run that is at work.
_RUNNING_SECONDS: Final = 5.0


class RunHistory:
    """What has been read. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = self._reading = False
        self._read: dict[int, tuple[datetime | None, float]] = {}
        self._recent: list[tuple[int, datetime | None]] = []
        self.older: tuple[Run, ...] = ()
        self.complete = False
        #: What is known of runs beside their records; a new object whenever it changes.
        self.details: Mapping[int, RunShown] = {}

    def remember(self, recent: Sequence[Run]) -> None:
        """Keep the runs of a snapshot, which may be one of the past. Where there would be some missing between them and
        those that are known, reading begins anew.
        """
        seen = [(run.run_id, run.finished_at) for run in recent]
        if seen == self._recent:
            return
        self._recent = seen
        known = self.older
        if known and recent and (recent[-1].run_id > known[0].run_id or recent[0].run_id < known[-1].run_id):
            self.older, self.complete, self._begun = (), False, False
        self._merge(recent)

    def _merge(self, runs: Iterable[Run]) -> None:
        """Newer records take the place of older ones of the same run; newest first."""
        known = {run.run_id: run for run in (*self.older, *runs)}
        self.older = tuple(known[number] for number in sorted(known, reverse=True))

    @property
    def oldest(self) -> int | None:
        """The oldest run that has been read."""
        return self.older[-1].run_id if self.older else None

    @property
    def lacks_older(self) -> bool:
        """Whether not even the first page has been read."""
        return not self._begun

    async def begin(self, client: EngineClient) -> bool:
        """Read the first page once, so that there is something to compare with; tells whether it was read now.

        Raises `EngineError`.
        """
        if self._begun:
            return False
        self._begun = True
        try:
            await self.read_older(client, self.oldest)
        except BaseException:
            self._begun = False
            raise
        return True

    async def read_older(self, client: EngineClient, before: int | None = None) -> None:
        """Read the runs behind one, or the newest. Raises `EngineError`."""
        page = await client.runs(before=before, limit=RUNS_PAGE)
        self._merge(run for run in page.runs if run.result != "running")
        self.complete = page.next_before is None

    def is_due(self, run: Run | RunProgress, *, live: bool = True) -> bool:
        """Whether the details of a run are to be read: once when it is over, now and then while it is at work."""
        if self._reading:
            return False
        known = self._read.get(run.run_id)
        finished = _finished(run)
        if known is None or known[0] != finished:
            return True
        return live and finished is None and self._clock() - known[1] >= _RUNNING_SECONDS

    async def read(self, client: EngineClient, run: Run | RunProgress) -> None:
        """Read the details of a run. Raises `EngineError`."""
        self._reading = True
        try:
            self._read.pop(run.run_id, None)
            self._read[run.run_id] = (_finished(run), self._clock())
            pages = await client.run_pages(run.run_id)
            pace = await _throughput(client, run.run_id) if _finished(run) else None
        finally:
            self._reading = False
        while len(self._read) > _KEPT:
            del self._read[next(iter(self._read))]
        read = RunShown(run.run_id, pages.missed, pace)
        if read != self.details.get(run.run_id):
            self.details = {number: known for number, known in self.details.items() if number in self._read} | {
                run.run_id: read
            }


async def _throughput(client: EngineClient, run_id: int) -> Throughput | None:
    """How fast a run was, None where the engine does not remember it. Raises `EngineError`."""
    from magflow_tui.client import EngineError

    try:
        return await client.run_throughput(run_id)
    except EngineError as error:
        if error.status == 404:
            return None
        raise


def _finished(run: Run | RunProgress) -> datetime | None:
    """When a run was over, None for one at work."""
    return getattr(run, "finished_at", None)
