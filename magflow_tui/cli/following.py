"""Follows sync runs to their end: progress on the way, ctrl+c, the results and the exit code they mean."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from magflow_tui.cli.failures import FAILED, INCOMPLETE, INTERRUPTED, OK, CommandError, SignalledError
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.progress import JsonProgress, LiveProgress, PlainProgress, ProgressView, run_result
from magflow_tui.cli.wording import count, duration

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.runs import CancelMode, Run, Started
    from magflow_tui.contract.snapshot import AccountState

_COLUMNS = (
    Column("RUN", right=True),
    Column("ACCOUNT"),
    Column("RESOURCE"),
    Column("KIND"),
    Column("RESULT"),
    Column("ITEMS", right=True),
    Column("CREATED", right=True),
    Column("UPDATED", right=True),
    Column("UNCHANGED", right=True),
    Column("FAILED", right=True),
    Column("REQUESTS", right=True),
    Column("TIME", right=True),
)


async def follow(client: EngineClient, started: Started, printer: Printer) -> int:
    """Show the runs until all have ended, print their results, give the exit code.

    0 all completed, 1 any partial or cancelled, 2 any failed, 130 after ctrl+c. The first ctrl+c asks the engine to
    stop the runs that this command began when their page is stored, the second one at once; runs that were going
    before are left alone.
    """
    view = _view(printer)
    try:
        runs, interrupted = await _Following(client, started, view).to_end()
    finally:
        view.close()
    if printer.json:
        printer.document({"event": "run", "runs": [run_result(run) for run in runs]})
    else:
        printer.table(_COLUMNS, (_row(run) for run in runs))
    if interrupted:
        for run in runs:
            if run.result == "cancelled":
                place = f"{run.account} {run.resource} keeps its place"
                printer.remark(f"{place}: `magflow runs resume {run.run_id}` goes on there")
        return INTERRUPTED
    standings = {state.name: state.message for state in await _refused_accounts(client, runs)}
    for sentence in reasons(runs, standings):
        printer.remark(f"magflow: {sentence}")
    return exit_code(runs)


def exit_code(runs: Iterable[Run]) -> int:
    """What the results mean for a script."""
    results = {run.result for run in runs}
    if "failed" in results:
        return FAILED
    return OK if results <= {"completed"} else INCOMPLETE


def reasons(runs: Iterable[Run], standings: Mapping[str, str | None]) -> list[str]:
    """Why runs were not completed, a sentence each, the same one once.

    `standings` holds, for accounts that the marketplace does not let in, what the operator should do: it is told in
    place of what each run met.
    """
    told = (
        f"{run.account}: {(standings.get(run.account) if run.result == 'failed' else None) or run.reason}"
        for run in runs
        if run.result != "completed" and run.reason
    )
    return list(dict.fromkeys(told))


async def _refused_accounts(client: EngineClient, runs: Iterable[Run]) -> tuple[AccountState, ...]:
    if all(run.result != "failed" for run in runs):
        return ()
    states = (await client.accounts()).accounts
    return tuple(state for state in states if state.status in {"unauthorised", "refused_ip"})


class _Following:
    """Runs on their way to their end."""

    def __init__(self, client: EngineClient, started: Started, view: ProgressView) -> None:
        self._client = client
        self._ours = tuple(run.run_id for run in started.runs)
        self._awaited = sorted({*self._ours, *started.joined})
        self._view = view
        self._ended: dict[int, Run] = {}
        self._collecting = asyncio.Lock()
        self._interrupts = 0
        self._cancelling: set[asyncio.Task[None]] = set()

    async def to_end(self) -> tuple[tuple[Run, ...], bool]:
        """The finished runs in order of their number, and whether ctrl+c was pressed."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if task is not None:
            loop.add_signal_handler(signal.SIGINT, self._interrupt, task)
        try:
            await self._watch()
        except asyncio.CancelledError:
            if self._interrupts:
                raise SignalledError(signal.SIGINT) from None
            raise
        finally:
            # From here on it is a moment to the end, and the engine is to be given back undisturbed.
            loop.add_signal_handler(signal.SIGINT, _nothing)
        await asyncio.gather(*self._cancelling)
        return tuple(self._ended[run_id] for run_id in self._awaited if run_id in self._ended), self._interrupts > 0

    async def _watch(self) -> None:
        """Until all have ended: progress by snapshot, a second apart, and ends by event, at once."""
        await self._collect(frozenset())
        if self._all_ended:
            return
        watching = [asyncio.create_task(self._show_progress()), asyncio.create_task(self._hear_of_ends())]
        try:
            done, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        if not self._all_ended:
            raise CommandError("the engine ended before the sync did", hint="`magflow sync` goes on where it stopped")

    async def _show_progress(self) -> None:
        async with aclosing(self._client.snapshots(reconnect=False)) as snapshots:
            async for snapshot in snapshots:
                going = [progress for progress in snapshot.running if progress.run_id in self._awaited]
                for progress in going:
                    if progress.run_id not in self._ended:
                        self._view.show(progress)
                await self._collect(frozenset(progress.run_id for progress in going))
                if self._all_ended:
                    return

    async def _hear_of_ends(self) -> None:
        async with aclosing(self._client.event_stream(reconnect=False)) as events:
            async for event in events:
                if event.kind == "run.finished" and event.run_id in self._awaited:
                    await self._collect(frozenset())
                    if self._all_ended:
                        return

    @property
    def _all_ended(self) -> bool:
        waiting_for = self._ours if self._interrupts else self._awaited
        return all(run_id in self._ended for run_id in waiting_for)

    async def _collect(self, going: frozenset[int]) -> None:
        """Ask about the runs that are not seen running."""
        async with self._collecting:
            for run_id in self._awaited:
                if run_id in going or run_id in self._ended:
                    continue
                run = await self._client.run(run_id)
                if run.result != "running":
                    self._ended[run_id] = run
                    self._view.finish(run)

    def _interrupt(self, task: asyncio.Task[object]) -> None:
        self._interrupts += 1
        if self._interrupts > 2 or not self._ours:
            task.cancel()
            return
        mode: CancelMode = "after_page" if self._interrupts == 1 else "now"
        said = "after the page, ctrl+c again: at once" if self._interrupts == 1 else "at once"
        self._view.remark(f"stopping {said}")
        cancelling = asyncio.ensure_future(self._cancel(mode))
        self._cancelling.add(cancelling)

    async def _cancel(self, mode: CancelMode) -> None:
        from magflow_tui.client import EngineError

        for run_id in self._ours:
            if run_id not in self._ended:
                try:
                    await self._client.cancel_run(run_id, mode)
                except EngineError as error:
                    # It ended by itself meanwhile, or the engine is gone; following tells which.
                    self._view.remark(error.body.message)


def _nothing() -> None:
    """Ctrl+c when there is nothing left to stop."""


def _view(printer: Printer) -> ProgressView:
    if printer.json:
        return JsonProgress(printer)
    if sys.stderr.isatty():
        return LiveProgress()
    return PlainProgress(printer, time.monotonic)


def _row(run: Run) -> Sequence[str]:
    return (
        str(run.run_id),
        run.account,
        run.resource,
        run.kind,
        run.result,
        count(run.items),
        count(run.created),
        count(run.updated),
        count(run.unchanged),
        count(run.failed),
        count(run.requests),
        duration(run.seconds),
    )
