"""Progress of running syncs: redrawn lines on a terminal, plain lines in a log, JSON lines for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from magflow_tui.cli.printing import JsonValue, Printer
from magflow_tui.cli.wording import count, duration

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from magflow_tui.contract.runs import Run, RunProgress

#: Seconds between two lines about the same run in a log.
PLAIN_EVERY = 10.0


class ProgressView(Protocol):
    """Where the progress of syncs is shown."""

    def show(self, progress: RunProgress) -> None:
        """A run as it is now."""

    def finish(self, run: Run) -> None:
        """A run that has ended."""

    def remark(self, text: str) -> None:
        """A sentence beside the runs."""

    def close(self) -> None:
        """Nothing more is shown."""


def progress_event(progress: RunProgress) -> dict[str, JsonValue]:
    """The progress line of the script contract."""
    return {
        "event": "progress",
        "run_id": progress.run_id,
        "account": progress.account,
        "resource": progress.resource,
        "kind": progress.kind,
        "page": progress.page,
        "pages": progress.pages_total,
        "items": progress.items,
        "items_total": progress.items_total,
        "items_per_second": None if progress.items_per_second is None else round(progress.items_per_second, 1),
        "eta_seconds": None if progress.eta_seconds is None else round(progress.eta_seconds, 1),
        "created": progress.created,
        "updated": progress.updated,
        "unchanged": progress.unchanged,
        "failed": progress.failed,
        "requests": progress.requests,
        "rate_limited": progress.rate_limited,
        "waited_seconds": round(progress.waited_seconds, 3),
    }


def finished_event(run: Run) -> dict[str, JsonValue]:
    """The last progress line of a run: what its record says. There is a total when all of it was read."""
    complete = run.result == "completed"
    return {
        "event": "progress",
        "run_id": run.run_id,
        "account": run.account,
        "resource": run.resource,
        "kind": run.kind,
        "page": run.pages,
        "pages": run.pages if complete else None,
        "items": run.items,
        "items_total": run.items if complete else None,
        "items_per_second": round(run.items / run.seconds, 1) if run.seconds > 0 else None,
        "eta_seconds": 0.0 if complete else None,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "failed": run.failed,
        "requests": run.requests,
        "rate_limited": run.rate_limited,
        "waited_seconds": round(run.waited_seconds, 3),
    }


def run_result(run: Run) -> dict[str, JsonValue]:
    """A run as the last line of the script contract lists it."""
    return {
        "run_id": run.run_id,
        "account": run.account,
        "resource": run.resource,
        "kind": run.kind,
        "result": run.result,
        "pages": run.pages,
        "items": run.items,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "failed": run.failed,
        "requests": run.requests,
        "rate_limited": run.rate_limited,
        "waited_seconds": round(run.waited_seconds, 3),
        "seconds": round(run.seconds, 3),
    }


def progress_text(progress: RunProgress) -> str:
    """`page 12 of 40, 1 200 of 4 000 items, 310 a second, 9.0 s left`, as far as it can be told."""
    parts = [
        f"page {count(progress.page)}" + (f" of {count(progress.pages_total)}" if progress.pages_total else ""),
        f"{count(progress.items)}" + (f" of {count(progress.items_total)}" if progress.items_total else "") + " items",
    ]
    if progress.items_per_second is not None:
        parts.append(f"{count(round(progress.items_per_second))} a second")
    if progress.eta_seconds is not None:
        parts.append(f"{duration(progress.eta_seconds)} left")
    if progress.rate_limited:
        parts.append(f"{count(progress.rate_limited)} refused by the limit")
    if progress.stopping:
        parts.append("stopping")
    return ", ".join(parts)


def finished_text(run: Run) -> str:
    """`completed, 4 000 items in 12 s`, and why when it was not completed."""
    reason = f": {run.reason}" if run.reason else ""
    return f"{run.result}, {count(run.items)} items in {duration(run.seconds)}{reason}"


class JsonProgress:
    """JSON lines on stdout; sentences on stderr."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def show(self, progress: RunProgress) -> None:
        self._printer.document(progress_event(progress))

    def finish(self, run: Run) -> None:
        self._printer.document(finished_event(run))

    def remark(self, text: str) -> None:
        self._printer.remark(text)

    def close(self) -> None:
        """Every line is out already."""


class PlainProgress:
    """A line about a run every `PLAIN_EVERY` seconds and one at its end, on stderr. `clock` gives seconds."""

    def __init__(self, printer: Printer, clock: Callable[[], float]) -> None:
        self._printer = printer
        self._clock = clock
        self._due: dict[int, float] = {}

    def show(self, progress: RunProgress) -> None:
        now = self._clock()
        if now >= self._due.get(progress.run_id, now):
            self._due[progress.run_id] = now + PLAIN_EVERY
            self._printer.remark(f"{progress.account} {progress.resource}: {progress_text(progress)}")

    def finish(self, run: Run) -> None:
        self._printer.remark(f"{run.account} {run.resource}: {finished_text(run)}")

    def remark(self, text: str) -> None:
        self._printer.remark(text)

    def close(self) -> None:
        """Every line is out already."""


class LiveProgress:
    """A bar per run on the terminal's stderr, redrawn in place when there is news."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bars: Progress = Progress(
            TextColumn("{task.fields[run]}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True, markup=False, highlight=False, emoji=False),
            auto_refresh=False,
        )
        self._tasks: dict[int, TaskID] = {}
        self._bars.start()

    def show(self, progress: RunProgress) -> None:
        self._update(
            progress.run_id,
            f"{progress.account} {progress.resource}",
            progress_text(progress),
            done=progress.items,
            total=progress.items_total,
        )

    def finish(self, run: Run) -> None:
        complete = run.result == "completed"
        self._update(
            run.run_id,
            f"{run.account} {run.resource}",
            finished_text(run),
            done=1 if complete else run.items,
            total=1 if complete else None,
        )
        self._bars.stop_task(self._tasks[run.run_id])
        self._bars.refresh()

    def remark(self, text: str) -> None:
        self._bars.console.print(text)

    def close(self) -> None:
        self._bars.stop()

    def _update(self, run_id: int, name: str, text: str, *, done: int, total: int | None) -> None:
        if run_id not in self._tasks:
            self._tasks[run_id] = self._bars.add_task(text, total=total, run=name)
        self._bars.update(self._tasks[run_id], description=text, completed=done, total=total, run=name, refresh=True)
