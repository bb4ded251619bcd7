"""What goes on now: running syncs, each account, the engine and the line to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import age, grouped, link_cost, rate, size, span
from magflow_tui.tui.views.glyphs import progress
from magflow_tui.tui.views.levels import account_role, mark
from magflow_tui.tui.views.spans import Line, Span, cells, clean, cut, fit, fit_right, joined, rule, stack

if TYPE_CHECKING:
    from magflow_tui.contract.runs import RunProgress
    from magflow_tui.contract.snapshot import AccountState, Snapshot

#: Cells of an account's name.
NAME_CELLS = 12


def now_section(view: View, snapshot: Snapshot, width: int, *, most: int = 3, short: bool = False) -> list[Line]:
    """What goes on: running syncs and accounts, `most` of each, and the engine.

    Syncs come and go: they have always as many lines, and what stands below them stays where it is. Several accounts
    are one line together where it is to be `short`.
    """
    say = view.say
    running = tuple(run for run in snapshot.running if view.account in (None, run.account))
    more: Line = ((say("now.running", count=len(running)), "muted"),) if len(running) > most else ()
    title = say("health.now_title" if view.past is None else "health.then_title")
    lines = [rule(((title, "title"),), more, width, stroke=view.glyphs.line)]
    lines += stack(sync_lines(view, running[:most], width), most)
    accounts = [account for account in snapshot.accounts if view.account in (None, account.name)]
    if short and len(accounts) > 1:
        lines.append(_together(view, accounts, width))
    else:
        # What is in trouble must not fall behind "more".
        scores = {health.account: health.score for health in snapshot.account_health if health.score is not None}
        accounts.sort(key=lambda each: (account_role(each.status) != "crit", scores.get(each.name, 101)))
        lines += _account_lines(view, accounts[:most], width)
        if len(accounts) > most:
            lines.append(((f"  {say('more', count=len(accounts) - most)}", "muted"),))
    if not snapshot.accounts:
        lines.append(((f"  {say('setup.none')}", "warn"),))
    if view.past is None:
        lines.append(_engine_line(view, snapshot, width))
    if not snapshot.engine.schedules_on:
        lines.append(((f"  {cut(say('now.schedules_off'), width - 2)}", "warn"),))
    return lines


def _together(view: View, accounts: Sequence[AccountState], width: int) -> Line:
    """What all accounts hold together: `403 097 orders · 12 new · 9 invalid · 29 404 offers · 3 208 rma`."""
    say = view.say

    def total(read: Callable[[AccountState], int]) -> str:
        return grouped(sum(read(account) for account in accounts))

    parts = [
        say("now.orders", count=total(lambda account: account.orders)),
        say("now.new", count=total(lambda account: account.orders_new)),
        say("now.invalid", count=total(lambda account: account.orders_invalid)),
        say("now.offers", count=total(lambda account: account.offers)),
        say("now.rma", count=total(lambda account: account.rma)),
    ]
    return ((f"  {joined(parts, ' · ', width - 2)}", "text"),)


def _account_lines(view: View, accounts: Sequence[AccountState], width: int) -> list[Line]:
    """A line an account, numbers under each other."""
    say = view.say
    names = min(NAME_CELLS, max((cells(clean(account.name)) for account in accounts), default=0))
    table = [
        (
            say("now.orders", count=grouped(account.orders)),
            say("now.new", count=grouped(account.orders_new)),
            say("now.offers", count=grouped(account.offers)),
            say("now.rma", count=grouped(account.rma)),
        )
        for account in accounts
    ]
    widths = [max(cells(row[column]) for row in table) for column in range(4)] if table else []
    room = width - names - 7
    while widths and sum(widths) + 2 * len(widths) > room + 2:
        widths.pop()
    lines: list[Line] = []
    for account, row in zip(accounts, table, strict=True):
        role = account_role(account.status)
        head: list[Span] = [(f"  {fit(clean(account.name).upper(), names)} ", "strong"), mark(role, view.glyphs)]
        if role == "crit":
            lines.append((*head, (f"  {cut(say(f'account.{account.status}'), room)}", "crit")))
        elif account.status == "unknown" and account.message:
            lines.append((*head, (f"  {cut(clean(account.message), room)}", "muted")))
        else:
            figures = "".join(f"  {fit_right(text, cells_)}" for text, cells_ in zip(row, widths, strict=False))
            lines.append((*head, (figures, "text")))
    return lines


def _engine_line(view: View, snapshot: Snapshot, width: int) -> Line:
    say, engine = view.say, snapshot.engine
    parts = [
        say("now.engine", pid=engine.pid),
        say("now.up", up=age(engine.uptime_seconds)),
        say("now.db", size=size(engine.db_bytes)),
        say("now.wal", size=size(engine.wal_bytes)),
    ]
    if view.link_cost is not None:
        parts.append(
            say("now.link", cost=link_cost(view.link_cost.kb_per_second, view.link_cost.round_trip_ms).strip())
        )
    text = parts[0]
    for part in parts[1:]:
        if cells(text) + cells(part) + 5 > width:
            break
        text = f"{text} · {part}"
    return ((f"  {cut(text, width - 2)}", "muted"),)


def sync_lines(view: View, running: Sequence[RunProgress], width: int) -> list[Line]:
    """A line for each running sync: what, bar, share, items, speed and time left."""
    say, glyphs = view.say, view.glyphs
    if not running:
        return [((f"  {say('now.idle')}", "muted"),)]
    lines: list[Line] = []
    whats = [f"{say(f'resource.{run.resource}')} {clean(run.account).upper()}" for run in running]
    named = min(20, max(cells(what) for what in whats))
    room = max(cells(items_of(run)) for run in running)
    timed = width >= 70
    bar_cells = max(6, min(28, width - named - 6 - 7 - room - 2 - (17 if timed else 0)))
    for run, what in zip(running, whats, strict=True):
        done = share_done(run)
        tail = f"{'?' if done is None else f'{done * 100:.0f} %':>6}  {fit_right(items_of(run), room)}"
        if timed:
            left = "" if run.eta_seconds is None else span(run.eta_seconds)
            tail += f"  {rate(run.items_per_second):>7}  {left:>6}"
        head = f"  {fit(what, named)} "
        tail = cut(tail, max(0, width - cells(head) - bar_cells))
        lines.append(((head, "text"), *progress(done, bar_cells, glyphs), (tail, "text")))
    return lines


def items_of(run: RunProgress) -> str:
    """`12 410/19 602`, as far as the total is known."""
    return grouped(run.items) + (f"/{grouped(run.items_total)}" if run.items_total is not None else "")


def share_done(run: RunProgress) -> float | None:
    """How much of a run is done, 0..1; None while its size is not known."""
    if run.items_total:
        return min(1.0, run.items / run.items_total)
    if run.pages_total:
        return min(1.0, run.page / run.pages_total)
    return None
