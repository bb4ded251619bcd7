"""The live view as plain lines: one a second, and one for each event. For logs, pipes and screen readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from magflow_tui.cli.progress import progress_text
from magflow_tui.cli.wording import clock_time

if TYPE_CHECKING:
    from magflow_tui.cli.printing import Printer
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.snapshot import Snapshot


async def watch_plain(client: EngineClient, printer: Printer, *, seconds: float | None) -> None:
    """Print each snapshot as it comes, for `seconds` (None: until interrupted). Under `--json` the snapshots whole."""
    try:
        async with asyncio.timeout(seconds), aclosing(client.snapshots()) as snapshots:
            await _print_each(snapshots, printer)
    except TimeoutError:
        return


async def _print_each(snapshots: AsyncGenerator[Snapshot, None], printer: Printer) -> None:
    told = 0
    async for snapshot in snapshots:
        if printer.json:
            printer.document(snapshot)
            continue
        event = snapshot.last_event
        if event is not None and event.seq > told:
            told = event.seq
            printer.sentence(event_line(event))
        printer.sentence(snapshot_line(snapshot))


def snapshot_line(snapshot: Snapshot) -> str:
    """`12:30:05  health 92 healthy · 11 requests/s …`, as much as one line tells."""
    return f"{clock_time(snapshot.at)}  " + " · ".join(_parts(snapshot))


def event_line(event: Event) -> str:
    """`12:30:05  warning main: …`."""
    where = f" {event.account}" if event.account else ""
    return f"{clock_time(event.at)}  {event.severity}{where}: {event.message}"


def _parts(snapshot: Snapshot) -> Iterator[str]:
    score = "" if snapshot.health.score is None else f" {snapshot.health.score}"
    yield f"health{score} {snapshot.health.level}"
    for gauge in snapshot.pools:
        if gauge.minute_used or gauge.waiting or gauge.paused_seconds:
            paused = " paused" if gauge.paused_seconds > 0 else ""
            yield f"{gauge.account} {gauge.pool} {gauge.minute_used}/{gauge.minute_limit} a minute{paused}"
    for account in snapshot.accounts:
        if account.status not in {"ok", "unknown"}:
            yield f"{account.name} {account.status}" + (f": {account.message}" if account.message else "")
    for run in snapshot.running:
        yield f"{run.account} {run.resource} {run.kind}: {progress_text(run)}"
    if not snapshot.running:
        yield "nothing running"
