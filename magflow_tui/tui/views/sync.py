"""Sync: what runs, what is due, what was, and why it is not all there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_cells, account_name
from magflow_tui.tui.views.context import LIST_CELLS, Body, Cursor, View, columns_of
from magflow_tui.tui.views.figures import clock, compact, day, grouped, rate, share, span
from magflow_tui.tui.views.glyphs import progress
from magflow_tui.tui.views.health import waiting
from magflow_tui.tui.views.levels import result_role
from magflow_tui.tui.views.present import items_of, share_done
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.run_detail import progress_detail, retry_text, run_detail
from magflow_tui.tui.views.run_rows import (
    chosen_runs,
    items_a_second,
    resource_cells,
    run_filter,
    running_shown,
    runs_of_account,
    wait_share,
)
from magflow_tui.tui.views.spans import Line, Role, Span, beside, cells, clean, cut, fit, fit_right, joined, rule, stack
from magflow_tui.tui.views.table import Column, Marking, table

if TYPE_CHECKING:
    from magflow_tui.contract.runs import QueuedJob, Run, RunProgress
    from magflow_tui.contract.snapshot import Snapshot

#: Rows of the history that are not given up for the detail below it.
_LEAST_ROWS = 4


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen. Its list is the running syncs and, behind them, the history."""
    snapshot = view.snapshot
    if snapshot is None:
        return Body(stack(waiting(view, width), height))
    read = runs_of_account(view)
    running, history = running_shown(view), chosen_runs(read, view.list_state)
    keys = [run.run_id for run in running] + [run.run_id for run in history]
    cursor = view.cursor.settled(keys, height)
    if view.opened and keys:
        lines = _detail(view, running, history, cursor.index, width, height)
        return Body(stack(lines, height), keys=keys, cursor=cursor, first=cursor.index)
    main, side, tail = columns_of(width, zoomed=view.zoomed, least=LIST_CELLS)
    lines, places = _running_section(view, running, cursor.index, main, height)
    lines += _queue_section(view, snapshot, main, most=4 if height >= 28 else 2 if height >= 16 else 0)
    rows = height - len(lines) - 2
    detail = [] if side else _detail(view, running, history, cursor.index, main, rows - _LEAST_ROWS)
    rows = max(1, rows - len(detail))
    list_top = len(lines) + 2
    # The history has a window of its own, in which the cursor may not be.
    index = cursor.index - len(running)
    top = max(0, min(cursor.top - len(running), max(0, len(history) - rows)))
    if index >= 0:
        top = max(index - rows + 1, min(top, index))
    lines += _history_section(view, history, len(read), Cursor(index=index, top=top), main, rows)
    places |= {list_top + row: len(running) + top + row for row in range(min(rows, len(history) - top))}
    lines = stack(lines, list_top + rows) + detail
    if side:
        columns = [(lines, main), (_detail(view, running, history, cursor.index, side, height), side)]
        if tail:
            columns.append((tail_section(view, tail, height), tail))
        lines = beside(columns, height, divider=f" {view.glyphs.divider} ")
    return Body(
        stack(lines, height),
        list_top,
        rows,
        keys,
        cursor,
        first=len(running) + top,
        list_width=main,
        places=places,
    )


def _detail(
    view: View, running: Sequence[RunProgress], history: Sequence[Run], index: int, width: int, height: int
) -> list[Line]:
    """The run under the cursor."""
    if index < len(running):
        return progress_detail(view, running[index], width, height)
    if index - len(running) < len(history):
        return run_detail(view, history[index - len(running)], width, height)
    return []


def _running_section(
    view: View, running: Sequence[RunProgress], index: int, width: int, height: int
) -> tuple[list[Line], dict[int, int]]:
    """The syncs at work, and at which lines which of them stands."""
    say, glyphs = view.say, view.glyphs
    title: Line = ((f"{say('sync.running')} {len(running)}", "title"),)
    lines = [rule(title, (), width, stroke=glyphs.line)]
    places: dict[int, int] = {}
    if not running:
        accounts = view.snapshot.accounts if view.snapshot else ()
        lines.append(((f"  {say('sync.none_running' if accounts else 'setup.none')}", "muted"),))
        if not accounts:
            lines.append(((f"  {cut(say('setup.first'), width - 2)}", "info"),))
        return lines, places
    most = max(1, (height - 12) // 3)
    # The one under the cursor is always among those that are drawn.
    first = max(0, index - most + 1) if index < len(running) else 0
    # Bars are of one length, whatever stands behind them.
    room = max((cells(items_of(run)) for run in running[:most]), default=0)
    for place, run in enumerate(running[first : first + most], start=first):
        places |= {len(lines): place, len(lines) + 1: place}
        lines += _progress_lines(view, run, place == index, width, room)
    if len(running) > most:
        lines.append(((f"  {say('more', count=len(running) - most)}", "muted"),))
    return lines, places


def _progress_lines(view: View, run: RunProgress, selected: bool, width: int, items_cells: int) -> list[Line]:
    """Two lines of a running sync: what, bar, share and items in so many cells; then its figures."""
    say, glyphs = view.say, view.glyphs
    done = share_done(run)
    sign = f"{glyphs.cursor} " if selected else "  "
    resource = fit(say(f"resource.{run.resource}"), resource_cells(view))
    account = fit(account_name(run.account), account_cells(view))
    what = f"{sign}{resource} {account} {fit(say(f'kind.{run.kind}'), 5)}"
    items = fit_right(items_of(run), items_cells)
    percent = "  ?  " if done is None else f"{done * 100:3.0f} %"
    bar_cells = max(6, min(46, width - cells(what) - 1 - 9 - items_cells))
    head: Span = (what + " ", "selected" if selected else "text")
    figures = [
        say("sync.page", page=grouped(run.page), total="?" if run.pages_total is None else grouped(run.pages_total)),
        rate(run.items_per_second),
        say("sync.eta", left=span(run.eta_seconds)) if run.eta_seconds is not None else "",
        say("sync.counts", new=grouped(run.created), updated=grouped(run.updated)),
        say("sync.failed", count=grouped(run.failed)) if run.failed else "",
        say("sync.wait", share=share(run.wait_share)),
        say("sync.stopping") if run.stopping else "",
    ]
    if run.silence is not None:
        figures = [say("sync.silent"), retry_text(view, run), say("sync.stopping") if run.stopping else ""]
    second = joined(figures, f" {glyphs.dot} ", width - 4)
    # What went wrong stands out of the figures, if it has found room among them.
    before, found, after = second.partition(say("sync.failed", count=grouped(run.failed)) if run.failed else "\n")
    role: Role = "warn" if run.stopping or run.silence is not None else "muted"
    return [
        (head, *progress(done, bar_cells, glyphs), (f"  {percent}  {items}", "text")),
        ((f"    {before}", role), (found, "warn"), (after, role)),
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
        account = fit(account_name(job.account), account_cells(view))
        head = f"  {fit(say(f'resource.{job.resource}'), resource_cells(view))} {account} "
        when = f"{fit(at, 18)} " if at else ""
        room = width - cells(head) - 6 - cells(when)
        lines.append(
            (
                (head, "text"),
                (fit(say(f"kind.{job.kind}"), 5) + " ", "muted"),
                (when, "text"),
                (cut(_why_due(view, job), room), "muted"),
            )
        )
    if len(queue) > most:
        lines[-1] = ((f"  {say('more', count=len(queue) - most + 1)}", "muted"),)
    if not queue:
        lines.append(((f"  {say('sync.queue_empty')}", "muted"),))
    return lines


def _why_due(view: View, job: QueuedJob) -> str:
    """Why a sync is in the queue, in the operator's language where the engine's words are known."""
    if job.reason == "after current":
        return view.say("sync.after_current")
    every = re.fullmatch(r"every (\d+ (?:s|min|h|d))", job.reason)
    return view.say("sync.every", interval=every[1]) if every else clean(job.reason)


def _history_section(
    view: View, history: Sequence[Run], read: int, cursor: Cursor, width: int, height: int
) -> list[Line]:
    """The runs that are asked for, of so many that have been read."""
    say = view.say
    lines = [rule(((say("sync.history"), "title"),), _asked(view, len(history), read), width, stroke=view.glyphs.line)]
    if not history:
        nothing = "sync.none_match" if read else "sync.no_history"
        return [*lines, ((f"  {say(nothing)}", "muted"),)]
    marking = Marking(view.list_state, _run_id, order=("when", True))
    return lines + table(history, _columns(view), cursor, width, height, view.glyphs, marking=marking)


def _run_id(run: Run) -> object:
    return run.run_id


def _asked(view: View, shown: int, read: int) -> Line:
    """What of the history is shown: filter, faults, and how many of those that have been read."""
    say, state = view.say, view.list_state
    wanted = run_filter(state.filter)
    spans: list[Span] = []
    if wanted.problem:
        spans.append((f"{say(wanted.problem, part=clean(wanted.problem_part))}  ", "crit"))
    elif state.filter:
        spans.append((f"/ {clean(state.filter)}  ", "key"))
    if state.faults:
        spans.append((f"{say('sync.faults')}  ", "warn"))
    more = "" if view.runs_complete else "+"
    if shown != read or spans:
        spans.append((say("list.of", shown=grouped(shown), all=f"{grouped(read)}{more}"), "muted"))
    else:
        spans.append((f"{grouped(read)}{more}", "muted"))
    return tuple(spans)


def _columns(view: View) -> list[Column[Run]]:
    say = view.say

    def figure(value: int, role: Role = "text") -> tuple[str, Role]:
        return (grouped(value), role if value else "muted")

    def short(value: int) -> tuple[str, Role]:
        return (compact(value), "text" if value else "muted")

    def failed(run: Run) -> tuple[str, Role]:
        return (compact(run.failed), "warn" if run.failed else "muted")

    def what(run: Run) -> tuple[str, Role]:
        return (say(f"resource.{run.resource}"), "text")

    def when(run: Run) -> tuple[str, Role]:
        return (day(run.started_at, view.shown_at, view.zone), "text")

    def pace(run: Run) -> tuple[str, Role]:
        return (rate(items_a_second(run)), "muted")

    def waited(run: Run) -> tuple[str, Role]:
        return (f"{100 * wait_share(run):.0f}%", "text" if run.waited_seconds else "muted")

    return [
        Column(say("col.when"), 11, when, sort="when"),
        Column(say("col.what"), resource_cells(view), what, sort="what"),
        Column(
            say("col.acct"),
            account_cells(view),
            lambda run: (account_name(run.account), "text"),
            sort="acct",
        ),
        Column(say("col.kind"), 5, lambda run: (say(f"kind.{run.kind}"), "muted"), need=92),
        Column(say("col.result"), 9, lambda run: (say(f"result.{run.result}"), result_role(run.result)), sort="result"),
        Column(say("col.items"), 7, lambda run: figure(run.items), "right", sort="items"),
        Column(say("col.new"), 5, lambda run: short(run.created), "right", sort="new"),
        Column(say("col.updated"), 5, lambda run: short(run.updated), "right", sort="upd"),
        Column(say("col.failed"), 4, failed, "right", sort="fail"),
        Column(say("col.duration"), 6, lambda run: (span(run.seconds), "text"), "right", sort="dur"),
        Column(say("col.rate"), 7, pace, "right", sort="rate"),
        Column("429", 3, lambda run: figure(run.rate_limited, "warn"), "right", sort="429"),
        Column(say("col.wait_share"), 4, waited, "right", need=84, sort="wait"),
    ]
