"""Syncs as rows of a list: what runs and what ran, by which fields they are filtered, by which columns sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import ListState, View
from magflow_tui.tui.views.filter import Filter, parse
from magflow_tui.tui.views.spans import cells

if TYPE_CHECKING:
    from magflow_tui.contract.runs import Run, RunProgress

#: What `/` can ask for, by the name of the field.
FIELDS: Mapping[str, Callable[[Run], object]] = {
    "run": lambda run: run.run_id,
    "what": lambda run: run.resource,
    "acct": lambda run: run.account,
    "kind": lambda run: run.kind,
    "result": lambda run: run.result,
    "items": lambda run: run.items,
    "new": lambda run: run.created,
    "upd": lambda run: run.updated,
    "fail": lambda run: run.failed,
    "dur": lambda run: run.seconds,
    "rate": lambda run: items_a_second(run) or 0.0,
    "429": lambda run: run.rate_limited,
    "wait": lambda run: 100 * wait_share(run),
    "by": lambda run: run.requested_by,
    "error": lambda run: tuple(group.message for group in run.errors),
}
#: What words without a field look at.
BARE: Mapping[str, Callable[[Run], object]] = {
    "seen": lambda run: f"{run.resource} {run.account} {run.kind} {run.result} {run.requested_by} {run.reason or ''}",
    "error": FIELDS["error"],
    "items": FIELDS["items"],
}
#: Columns that the history can be sorted by; without one the newest run is first.
SORTS: Mapping[str, Callable[[Run], float | str]] = {
    "when": lambda run: run.run_id,
    "what": lambda run: run.resource,
    "acct": lambda run: run.account,
    "result": lambda run: run.result,
    "items": lambda run: run.items,
    "new": lambda run: run.created,
    "upd": lambda run: run.updated,
    "fail": lambda run: run.failed,
    "dur": lambda run: run.seconds,
    "rate": lambda run: items_a_second(run) or 0.0,
    "429": lambda run: run.rate_limited,
    "wait": lambda run: wait_share(run),
}


def resource_cells(view: View) -> int:
    """Width of a column of resources, in the operator's language."""
    return max(cells(view.say(f"resource.{name}")) for name in ("orders", "offers", "rma"))


def is_fault(run: Run) -> bool:
    """A run that is not all there."""
    return run.result != "completed" or run.failed > 0


def wait_share(run: Run) -> float:
    """The time spent waiting for slots as a share of the time at work, 0..1 also where waits were side by side."""
    return min(1.0, run.waited_seconds / run.seconds) if run.seconds > 0 else 0.0


def items_a_second(run: Run) -> float | None:
    """Items a second of the time at work; None where there is nothing to tell."""
    return run.items / run.seconds if run.seconds >= 1 and run.items else None


@lru_cache(maxsize=8)
def run_filter(text: str) -> Filter:
    """What was typed behind `/`, as a filter of runs."""
    return parse(text, known=FIELDS)


def known_runs(view: View) -> tuple[Run, ...]:
    """Every finished run that has been read, newest first: those of the snapshot, then older ones."""
    if view.snapshot is None:
        return ()
    recent = view.snapshot.recent_runs
    known = {run.run_id for run in recent}
    known |= {run.run_id for run in view.snapshot.running}
    older = [run for run in view.older_runs if run.run_id not in known]
    if view.frozen_at is not None:  # what is frozen, or past, does not know what ended since
        older = [run for run in older if run.finished_at is not None and run.finished_at <= view.shown_at]
    return (*recent, *older)


def runs_of_account(view: View) -> tuple[Run, ...]:
    """Finished runs of the chosen account, newest first."""
    known = known_runs(view)
    return known if view.account is None else tuple(run for run in known if run.account == view.account)


def chosen_runs(runs: Sequence[Run], state: ListState) -> Sequence[Run]:
    """Of these runs, newest first, the ones that are asked for, in the order that is asked for."""
    if not state.filter and not state.faults:
        return _in_order(runs, state)
    wanted = run_filter(state.filter)
    chosen = [run for run in runs if (not state.faults or is_fault(run)) and wanted.matches(run, FIELDS, bare=BARE)]
    return _in_order(chosen, state)


def _in_order(runs: Sequence[Run], state: ListState) -> Sequence[Run]:
    by = SORTS.get(state.sort)
    return runs if by is None else sorted(runs, key=by, reverse=state.descending)


def running_shown(view: View) -> tuple[RunProgress, ...]:
    """Running runs of the chosen account."""
    if view.snapshot is None:
        return ()
    return tuple(run for run in view.snapshot.running if view.account in (None, run.account))


def run_before(run: Run, known: Iterable[Run]) -> Run | None:
    """The run before this one of the same account, resource and kind that read what it could; None when not known.

    `known` are newest first.
    """

    def is_like(each: Run) -> bool:
        return (each.account, each.resource, each.kind) == (run.account, run.resource, run.kind)

    return next(
        (
            each
            for each in known
            if each.run_id < run.run_id and is_like(each) and each.result in ("completed", "partial")
        ),
        None,
    )


def known_values(runs: Iterable[Run]) -> dict[str, set[str]]:
    """The fields of the filter, and the values that these runs have of them where they are few."""
    values: dict[str, set[str]] = {field: set() for field in FIELDS}
    for run in runs:
        for field in ("what", "acct", "kind", "result", "by"):
            values[field].add(str(FIELDS[field](run)))
    return values
