"""One request in detail: what became of it, where its time went, the attempts of its call, its bodies, its run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import clock_ms, milliseconds, size
from magflow_tui.tui.views.levels import result_role
from magflow_tui.tui.views.request_bodies import address_of, body_section, detail_of, is_curl, short_bodies
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


#: Lines from which on a request is told in sections.
FULL = 16
#: Lines of the bodies with a line for each.
_SHORT_BODIES = 3


def request_detail(view: View, row: RequestRow, width: int, height: int) -> list[Line]:
    """The request under the cursor, in sections where there are `height` lines for them, else in a few lines."""
    return _sections(view, row, width, height) if height >= FULL else _short(view, row, width)


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
    """Four to eight lines; what comes when the request has been read stands last."""
    between, room = f" {view.glyphs.dot} ", width - 2
    words = _words(view, row)
    together = between.join(text for text, _ in words)
    texts: list[tuple[str, Role]] = [(joined([_asked(view, row), _run_words(view, row)], between, room), "text")]
    texts += [(together, words[0][1])] if cells(together) <= room else words
    texts.append((_times(view, row, room), "text"))
    chain = _chain(view, row)
    if len(chain) > 1 or row.attempt > 1:
        texts.append((_chain_in_a_line(view, chain, row, room), "text"))
    told: list[Line] = [((f"  {cut(text, room)}", role),) for text, role in texts]
    return [_title(view, row, width), *told, *short_bodies(view, row, width)]


def _times(view: View, row: RequestRow, room: int) -> str:
    """Where the time went, in a line."""
    say = view.say
    first = "-" if row.first_byte_ms is None else milliseconds(row.first_byte_ms)
    times = [
        say("api.waited", ms=milliseconds(row.waited_ms)),
        say("api.first", ms=first),
        say("api.total", ms=milliseconds(row.elapsed_ms)),
        size(row.bytes_received),
    ]
    return joined(times, f" {view.glyphs.dot} ", room)


def _chain(view: View, row: RequestRow) -> list[RequestRow]:
    return attempts_of(row, view.requests.known, detail_of(view, row))


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
    redacted: list[Line] = [((f"  {part}", "muted"),) for part in wrapped(view.say("api.redacted"), width - 2)]
    lines, bodies = _what_and_when(view, row, width), body_section(view, row, width)
    if len(lines) + len(bodies) + len(redacted) > height:
        # The bars are of less use than a command that is whole; and values on two lines than none at all.
        if is_curl(view):
            lines = _what_and_when(view, row, width, barred=False)
        elif len(lines) + len(redacted) + _SHORT_BODIES <= height:
            bodies = [bodies[0], *(short_bodies(view, row, width) or bodies[1:])]
    room = max(1, height - len(lines) - len(redacted))
    if len(bodies) > room:
        bodies = [*bodies[: room - 1], (("  …", "muted"),)]
    return [*lines, *bodies, *redacted][:height]


def _what_and_when(view: View, row: RequestRow, width: int, *, barred: bool = True) -> list[Line]:
    """What became of the request, its times (as bars where `barred`, else in a line), its attempts, its run."""
    say, glyphs = view.say, view.glyphs
    address = f"{clean(row.method)} {clean(address_of(row, detail_of(view, row), view.snapshot))}"
    lines: list[Line] = [_title(view, row, width), ((f"  {cut(_asked(view, row), width - 2)}", "text"),)]
    lines.append(((f"  {cut(address, width - 2)}", "muted"),))
    for text, role in _words(view, row):
        lines += [((f"  {part}", role),) for part in wrapped(text, width - 2)]
    if barred:
        lines.append(rule(((say("api.time"), "title"),), (), width, stroke=glyphs.line))
        lines += _time_lines(view, row, width)
    else:
        lines.append(((f"  {_times(view, row, width - 2)}", "text"),))
    chain = _chain(view, row)
    title: Line = ((say("api.attempts", count=len(chain)), "title"),)
    along: Line = ((say("api.along"), "key"),) if len(chain) > 1 else ()
    lines.append(rule(title, along, width, stroke=glyphs.line))
    lines += [_attempt_line(view, each, each.seq == row.seq, width) for each in chain]
    if chain[0].attempt > 1:
        lines.append(((f"  {cut(say('api.attempts_gone'), width - 2)}", "muted"),))
    jump: Line = ((say("api.jump"), "key"),) if row.run_id is not None else ()
    lines.append(rule(((say("api.run_title"), "title"),), jump, width, stroke=glyphs.line))
    lines += _run_lines(view, row, width)
    return lines


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
