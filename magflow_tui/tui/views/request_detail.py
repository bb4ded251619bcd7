"""One request in detail: what became of it, where its time went, the attempts of its call, the run it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import clock_ms, milliseconds, size
from magflow_tui.tui.views.levels import result_role
from magflow_tui.tui.views.request_rows import attempts_of, request_role
from magflow_tui.tui.views.spans import (
    Line,
    Role,
    Span,
    cells,
    clean,
    cut,
    fit,
    fit_right,
    joined,
    line_cells,
    rule,
    wrapped,
)

if TYPE_CHECKING:
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.contract.runs import Run, RunProgress


def request_detail(view: View, row: RequestRow, width: int, height: int) -> list[Line]:
    """The request under the cursor, in sections where there are `height` lines for them, else in a few lines."""
    return _sections(view, row, width, height) if height >= 16 else _short(view, row, width)


def _title(view: View, row: RequestRow, width: int) -> Line:
    """The rule above: when, what, and how it ended."""
    role = request_role(row)
    title: Line = ((f"{clock_ms(row.at, view.zone)}  {clean(row.route)}", "title"),)
    words = f"{_status(row)} {view.say(f'outcome.{row.outcome}')}"
    if line_cells(title) + cells(words) + 8 > width:
        words = _status(row)
    right: Line = ((words, "ok" if role == "text" else role),)
    return rule(title, right, width, stroke=view.glyphs.line)


def _status(row: RequestRow) -> str:
    return "-" if row.status is None else str(row.status)


def _asked(view: View, row: RequestRow) -> str:
    """Method and page, and for whom; the route stands in the title."""
    page = "" if row.page is None else f" {view.say('api.page', page=row.page)}"
    pool = view.say("api.of_pool", account=account_name(row.account), pool=view.say(f"pool.{row.pool}"))
    return f"{clean(row.method)}{page} {view.glyphs.dot} {pool}"


def _words(view: View, row: RequestRow) -> list[tuple[str, Role]]:
    """The outcome as a sentence, and what the marketplace said."""
    role = request_role(row)
    words: list[tuple[str, Role]] = [(view.say(f"outcome_means.{row.outcome}"), role)]
    if row.outcome == "ok" and role == "warn":
        words = [(view.say("api.slow_means"), "warn")]
    if row.note:
        words.append((clean(row.note), "text"))
    return words


def _short(view: View, row: RequestRow, width: int) -> list[Line]:
    """Four to six lines."""
    say, between = view.say, f" {view.glyphs.dot} "
    room = width - 2
    words = _words(view, row)
    together = between.join(text for text, _ in words)
    first = "-" if row.first_byte_ms is None else milliseconds(row.first_byte_ms)
    times = [
        say("api.waited", ms=milliseconds(row.waited_ms)),
        say("api.first", ms=first),
        say("api.total", ms=milliseconds(row.elapsed_ms)),
        size(row.bytes_received),
    ]
    texts: list[tuple[str, Role]] = [(joined([_asked(view, row), _run_words(view, row)], between, room), "text")]
    texts += [(together, words[0][1])] if cells(together) <= room else words
    texts.append((joined(times, between, room), "text"))
    chain = attempts_of(row, view.requests.known)
    if len(chain) > 1 or row.attempt > 1:
        texts.append((_chain_in_a_line(view, chain, row, room), "text"))
    return [_title(view, row, width), *(((f"  {cut(text, room)}", role),) for text, role in texts)]


def _chain_in_a_line(view: View, chain: Sequence[RequestRow], row: RequestRow, room: int) -> str:
    """The attempts of a call, the shown one in brackets; the first ones go where there is no room for all."""
    tries = [f"[{_try(each)}]" if each.seq == row.seq else f" {_try(each)} " for each in chain]
    text = view.say("api.attempts_short", tries=" ".join(tries))
    while cells(text) > room and len(tries) > 1 and not tries[0].startswith("["):
        del tries[0]
        text = view.say("api.attempts_short", tries=" ".join(["…", *tries]))
    return text


def _try(row: RequestRow) -> str:
    return f"{row.attempt}: {_status(row)} {milliseconds(row.elapsed_ms)} ms"


def _sections(view: View, row: RequestRow, width: int, height: int) -> list[Line]:
    say, glyphs = view.say, view.glyphs
    lines: list[Line] = [_title(view, row, width), ((f"  {cut(_asked(view, row), width - 2)}", "text"),)]
    for text, role in _words(view, row):
        lines += [((f"  {part}", role),) for part in wrapped(text, width - 2)]
    lines.append(rule(((say("api.time"), "title"),), (), width, stroke=glyphs.line))
    lines += _time_lines(view, row, width)
    chain = attempts_of(row, view.requests.known)
    title: Line = ((say("api.attempts", count=len(chain)), "title"),)
    lines.append(rule(title, (), width, stroke=glyphs.line))
    lines += [_attempt_line(view, each, each.seq == row.seq, width) for each in chain]
    if chain[0].attempt > 1:
        lines.append(((f"  {cut(say('api.attempts_gone'), width - 2)}", "muted"),))
    jump: Line = ((say("api.jump"), "key"),) if row.run_id is not None else ()
    lines.append(rule(((say("api.run_title"), "title"),), jump, width, stroke=glyphs.line))
    lines += _run_lines(view, row, width)
    lines += [((f"  {part}", "muted"),) for part in wrapped(say("api.redacted"), width - 2)]
    return lines[:height]


def _time_lines(view: View, row: RequestRow, width: int) -> list[Line]:
    """Where the time went: a line a part, as bars of one scale."""
    say, glyphs = view.say, view.glyphs
    first = row.first_byte_ms
    parts: list[tuple[str, float | None]] = [
        (say("api.time_wait"), row.waited_ms),
        (say("api.time_first"), first),
        (say("api.time_body"), None if first is None else max(0.0, row.elapsed_ms - first)),
        (say("api.time_total"), row.elapsed_ms),
    ]
    longest = max((value for _, value in parts if value is not None), default=0.0)
    room = width - 2 - 16 - 10
    lines: list[Line] = []
    for name, value in parts:
        filled = 0 if value is None or longest <= 0 else round(max(0.0, value / longest) * room)
        shown = "-" if value is None else f"{milliseconds(value)} ms"
        text = f"  {fit(name, 16)}{fit_right(shown, 9)} "
        lines.append(((text, "text"), (glyphs.bar * filled, "bar")))
    lines.append(((f"  {fit(say('api.received'), 16)}{fit_right(size(row.bytes_received), 9)}", "text"),))
    return lines


def _attempt_line(view: View, row: RequestRow, here: bool, width: int) -> Line:
    sign = view.glyphs.cursor if here else " "
    head = f"{sign} {clock_ms(row.at, view.zone)} {row.attempt:>3} {_status(row):>4} "
    text = f"{head}{fit_right(f'{milliseconds(row.elapsed_ms)} ms', 10)}  {view.say(f'outcome.{row.outcome}')}"
    return ((cut(text, width), request_role(row)),)


def _run_of(view: View, run_id: int) -> Run | RunProgress | None:
    """A run as far as this screen knows it."""
    if view.snapshot is None:
        return None
    for run in view.snapshot.running:
        if run.run_id == run_id:
            return run
    return next((run for run in (*view.snapshot.recent_runs, *view.older_runs) if run.run_id == run_id), None)


def _run_words(view: View, row: RequestRow) -> str:
    """The run that made the request, in a line."""
    if row.run_id is None:
        return view.say("api.no_run")
    run = _run_of(view, row.run_id)
    if run is None:
        return view.say("api.run", run=row.run_id)
    name = f"{view.say(f'resource.{run.resource}')} {account_name(run.account)}"
    return view.say("api.run_named", run=row.run_id, name=name)


def _run_lines(view: View, row: RequestRow, width: int) -> list[Line]:
    run = None if row.run_id is None else _run_of(view, row.run_id)
    line: list[Span] = [(f"  {cut(_run_words(view, row), width - 14)}", "muted" if row.run_id is None else "text")]
    if run is not None:
        result = getattr(run, "result", "running")
        line.append((f"  {view.say(f'result.{result}')}", result_role(result)))
    return [tuple(line)]
