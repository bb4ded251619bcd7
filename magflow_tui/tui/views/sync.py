"""Sync: what runs, what is due, what was, and why it failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import LIST_CELLS, Body, Cursor, View, columns_of
from magflow_tui.tui.views.figures import clock, day, grouped, rate, share, span
from magflow_tui.tui.views.glyphs import progress
from magflow_tui.tui.views.health import items_of, share_done, waiting, wrapped
from magflow_tui.tui.views.levels import result_role
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import Line, Role, Span, beside, cells, clean, cut, fit, fit_right, rule, stack
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.runs import QueuedJob, Run, RunProgress
    from magflow_tui.contract.snapshot import Snapshot


def runs_shown(view: View) -> tuple[Run, ...]:
    """Finished runs of the chosen account, newest first: those of the snapshot, then older ones read since."""
    if view.snapshot is None:
        return ()
    recent = view.snapshot.recent_runs
    known = {run.run_id for run in recent}
    both = (*recent, *(run for run in view.older_runs if run.run_id not in known and run.result != "running"))
    return tuple(run for run in both if view.account in (None, run.account))


def running_shown(view: View) -> tuple[RunProgress, ...]:
    """Running runs of the chosen account."""
    if view.snapshot is None:
        return ()
    return tuple(run for run in view.snapshot.running if view.account in (None, run.account))


def list_keys(view: View) -> list[int]:
    """Run ids in the order of the screen: running ones, then history."""
    return [run.run_id for run in running_shown(view)] + [run.run_id for run in runs_shown(view)]


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen. Its list is the running syncs and, behind them, the history."""
    snapshot = view.snapshot
    if snapshot is None:
        return Body(stack(waiting(view, width), height))
    main, side, tail = columns_of(width, zoomed=view.zoomed, least=LIST_CELLS)
    running, history = running_shown(view), runs_shown(view)
    keys = list_keys(view)
    cursor = view.cursor.settled(keys, height)
    lines = _running_section(view, running, cursor.index, main, height)
    lines += _queue_section(view, snapshot, main, most=4 if height >= 28 else 2 if height >= 16 else 0)
    detail = [] if side else _detail_section(view, running, history, cursor.index, main)
    rows = height - len(lines) - 2
    if detail:
        detail = detail[: max(0, rows - 4)]
        rows -= len(detail)
    rows = max(1, rows)
    list_top = len(lines) + 2
    # The history has a window of its own, in which the cursor may not be.
    index = cursor.index - len(running)
    top = max(0, min(cursor.top - len(running), max(0, len(history) - rows)))
    if index >= 0:
        top = max(index - rows + 1, min(top, index))
    lines += _history_section(view, history, index, top, main, rows)
    lines = stack(lines, list_top + rows) + detail
    if side:
        columns = [(lines, main), (_detail_section(view, running, history, cursor.index, side), side)]
        if tail:
            columns.append((tail_section(view, tail, height), tail))
        lines = beside(columns, height, divider=f" {view.glyphs.divider} ")
    return Body(stack(lines, height), list_top, rows, keys, cursor, first=len(running) + top, list_width=main)


def _running_section(view: View, running: Sequence[RunProgress], index: int, width: int, height: int) -> list[Line]:
    say, glyphs = view.say, view.glyphs
    title: Line = ((f"{say('sync.running')} {len(running)}", "title"),)
    lines = [rule(title, (), width, stroke=glyphs.line)]
    if not running:
        lines.append(((f"  {say('sync.none_running')}", "muted"),))
        return lines
    most = max(1, (height - 12) // 2)
    # Bars are of one length, whatever stands behind them.
    room = max((cells(items_of(run)) for run in running[:most]), default=0)
    for place, run in enumerate(running[:most]):
        lines += _progress_lines(view, run, place == index, width, room)
    if len(running) > most:
        lines.append(((f"  {say('more', count=len(running) - most)}", "muted"),))
    return lines


def _progress_lines(view: View, run: RunProgress, selected: bool, width: int, items_cells: int) -> list[Line]:
    """Two lines of a running sync: what, bar, share and items in so many cells; then its figures."""
    say, glyphs = view.say, view.glyphs
    done = share_done(run)
    sign = f"{glyphs.cursor} " if selected else "  "
    what = f"{fit(say(f'resource.{run.resource}'), 7)} {fit(clean(run.account).upper(), 8)} {say(f'kind.{run.kind}')}"
    items = fit_right(items_of(run), items_cells)
    percent = "  ?  " if done is None else f"{done * 100:3.0f} %"
    bar_cells = max(6, min(46, width - 28 - 8 - items_cells - 2))
    head: Span = (fit(sign + what, 27) + " ", "selected" if selected else "text")
    figures = [
        say("sync.page", page=run.page, total="?" if run.pages_total is None else run.pages_total),
        rate(run.items_per_second),
        say("sync.eta", left=span(run.eta_seconds)) if run.eta_seconds is not None else "",
        say("sync.counts", new=run.created, updated=run.updated),
        say("sync.failed", count=run.failed) if run.failed else "",
        say("sync.wait", share=share(run.wait_share)) if width >= 80 else "",
        say("sync.stopping") if run.stopping else clean(run.phase) if width >= 84 else "",
    ]
    second = f" {glyphs.dot} ".join(figure for figure in figures if figure)
    role: Role = "warn" if run.stopping or run.failed else "muted"
    return [
        (head, *progress(done, bar_cells, glyphs), (f"  {percent}  {items}", "text")),
        ((f"    {cut(second, width - 4)}", role),),
    ]


def _queue_section(view: View, snapshot: Snapshot, width: int, *, most: int) -> list[Line]:
    say, glyphs = view.say, view.glyphs
    queue: list[QueuedJob] = [job for job in snapshot.queue if view.account in (None, job.account)]
    if not most:
        return []
    title: Line = ((f"{say('sync.queue')} {len(queue)}", "title"),)
    lines = [rule(title, (), width, stroke=glyphs.line)]
    for job in queue[:most]:
        at = say("sync.next_at", at=clock(job.next_at, view.zone, seconds=True)) if job.next_at else ""
        lines.append(
            (
                (f"  {fit(say(f'resource.{job.resource}'), 7)} {fit(clean(job.account).upper(), 8)} ", "text"),
                (fit(say(f"kind.{job.kind}"), 7), "muted"),
                (fit(at, 15) + " " if at else "", "text"),
                (cut(clean(job.reason), width - 42), "muted"),
            )
        )
    if len(queue) > most:
        lines[-1] = ((f"  {say('more', count=len(queue) - most + 1)}", "muted"),)
    if not queue:
        lines.append(((f"  {say('sync.queue_empty')}", "muted"),))
    return lines


def _history_section(view: View, history: Sequence[Run], index: int, top: int, width: int, height: int) -> list[Line]:
    say, glyphs = view.say, view.glyphs
    lines = [rule(((say("sync.history"), "title"),), (), width, stroke=glyphs.line)]
    if not history:
        return [*lines, ((f"  {say('sync.no_history')}", "muted"),)]

    def figure(value: int, role: Role = "text") -> tuple[str, Role]:
        return (grouped(value), role if value else "muted")

    columns: list[Column[Run]] = [
        Column(
            say("col.when"), 11, lambda run: (day(run.finished_at or run.started_at, view.shown_at, view.zone), "text")
        ),
        Column(say("col.what"), 6, lambda run: (say(f"resource.{run.resource}"), "text")),
        Column(say("col.account"), 8, lambda run: (clean(run.account).upper(), "text")),
        Column(say("col.kind"), 5, lambda run: (say(f"kind.{run.kind}"), "muted"), need=84),
        Column(say("col.result"), 9, lambda run: (say(f"result.{run.result}"), result_role(run.result))),
        Column(say("col.items"), 7, lambda run: figure(run.items), "right"),
        Column(say("col.new"), 6, lambda run: figure(run.created), "right"),
        Column(say("col.updated"), 6, lambda run: figure(run.updated), "right"),
        Column(say("col.failed"), 4, lambda run: figure(run.failed, "warn"), "right"),
        Column(say("col.duration"), 7, lambda run: (span(run.seconds), "text"), "right"),
        Column(say("col.rate"), 8, lambda run: (_pace(run), "muted"), "right", need=92),
        Column("429", 4, lambda run: figure(run.rate_limited, "warn"), "right", need=100),
    ]
    cursor = Cursor(index=index, top=top)
    return lines + table(history, columns, cursor, width, height, glyphs)


def _pace(run: Run) -> str:
    return rate(run.items / run.seconds) if run.seconds >= 1 and run.items else "-"


def _detail_section(
    view: View, running: Sequence[RunProgress], history: Sequence[Run], index: int, width: int
) -> list[Line]:
    """The run under the cursor: its figures, why it did not complete, its errors in groups."""
    say, glyphs = view.say, view.glyphs
    if index < len(running):
        return _running_detail(view, running[index], width) if running else []
    if index - len(running) >= len(history):
        return []
    run = history[index - len(running)]
    role = result_role(run.result)
    title: Line = ((f"{say(f'resource.{run.resource}')} {clean(run.account).upper()} #{run.run_id}", "title"),)
    lines = [rule(title, ((say(f"result.{run.result}"), role),), width, stroke=glyphs.line)]
    if run.reason:
        lines += [((f"  {text}", role if role != "ok" else "text"),) for text in wrapped(clean(run.reason), width - 2)]
    waited = run.waited_seconds / run.seconds if run.seconds else 0.0
    started = clock(run.started_at, view.zone, seconds=True)
    facts = [
        say("sync.detail_when", start=started, took=span(run.seconds), by=clean(run.requested_by)),
        say("sync.detail_pages", kind=say(f"kind.{run.kind}"), pages=run.pages, requests=run.requests),
        say("sync.detail_wait", share=share(min(1.0, waited)), hits=run.rate_limited),
    ]
    if run.resumed:
        facts.append(say("sync.resumed", count=run.resumed))
    lines += [((f"  {cut(fact, width - 2)}", "muted"),) for fact in facts]
    if run.errors:
        total = sum(group.count for group in run.errors)
        lines.append(rule(((say("sync.errors", count=total), "title"),), (), width, stroke=glyphs.line))
        for group in run.errors:
            example = f"  {say('sync.example', example=clean(group.example))}" if group.example else ""
            room = width - 8 - (cells(example) if cells(example) < width // 3 else 0)
            line: list[Span] = [(f"{group.count:>5}x ", "warn"), (cut(clean(group.message), room), "text")]
            if example and cells(example) < width // 3:
                line.append((example, "muted"))
            lines.append(tuple(line))
    return lines


def _running_detail(view: View, run: RunProgress, width: int) -> list[Line]:
    say, glyphs = view.say, view.glyphs
    title: Line = ((f"{say(f'resource.{run.resource}')} {clean(run.account).upper()} #{run.run_id}", "title"),)
    facts = [
        say("sync.detail_started", start=clock(run.started_at, view.zone, seconds=True), kind=say(f"kind.{run.kind}")),
        clean(run.phase),
        say("sync.counts_full", new=grouped(run.created), updated=grouped(run.updated), same=grouped(run.unchanged)),
        say("sync.detail_requests", requests=grouped(run.requests), hits=run.rate_limited),
        say("sync.detail_waited", waited=span(run.waited_seconds), share=share(run.wait_share)),
    ]
    lines = [rule(title, ((say("result.running"), "info"),), width, stroke=glyphs.line)]
    lines += [((f"  {cut(fact, width - 2)}", "text"),) for fact in facts]
    if run.failed:
        lines.append(((f"  {say('sync.failed', count=run.failed)}", "warn"),))
    return lines
