"""Health: the score and why, alerts, what goes on now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import Body, View, columns_of
from magflow_tui.tui.views.figures import age, clock, grouped, percent, rate, response, size, span
from magflow_tui.tui.views.frame import event_text, is_reduced
from magflow_tui.tui.views.glyphs import plot, progress, sparkline
from magflow_tui.tui.views.levels import account_role, health_role, mark, penalty_role, severity_role, sign
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import Line, Role, Span, beside, cells, clean, cut, fit, fit_right, rule, stack
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.runs import RunProgress
    from magflow_tui.contract.snapshot import Alert, HealthLine, Snapshot


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""
    snapshot = view.snapshot
    if snapshot is None:
        return Body(stack(waiting(view, width), height))
    main, side, tail = columns_of(width, zoomed=view.zoomed)
    if not side:
        return _narrow(view, snapshot, main, height)
    lines = score_section(view, snapshot, main)
    lines.append(())
    if height >= 24:
        lines += _plot_section(view, snapshot, main)
        lines.append(())
    drawn = _alerts_section(view, snapshot, main, height - len(lines))
    list_top = len(lines) + 1
    lines += drawn.lines
    right = now_section(view, snapshot, side)
    right += [(), *_advice_section(view, snapshot, side, drawn)]
    room = height - len(right) - 2
    if room > 1:
        right += [(), *_events_section(view, side, room)]
    columns = [(lines, main), (right, side)]
    if tail:
        columns.append((tail_section(view, tail, height), tail))
    return Body(
        beside(columns, height, divider=f" {view.glyphs.divider} "),
        list_top=list_top,
        list_height=drawn.list_height,
        keys=drawn.keys,
        cursor=drawn.cursor,
        first=drawn.cursor.top,
        list_width=main,
    )


def _narrow(view: View, snapshot: Snapshot, width: int, height: int) -> Body:
    lines = score_section(view, snapshot, width)
    now = now_section(view, snapshot, width)
    reduced = is_reduced(width, height + 4)
    if not reduced:
        lines.append(())
    # The alerts get what score and present leave, and three rows at the least.
    room = max(3, height - len(lines) - len(now) - (0 if reduced else 1))
    advice = _advice_lines(view, snapshot, width)
    if advice and room > 5 + len(advice):
        room -= len(advice) + 1
    else:
        advice = []
    drawn = _alerts_section(view, snapshot, width, room)
    list_top = len(lines) + 1
    lines += stack(drawn.lines, room)
    if height - len(lines) > 2:  # a title alone says nothing
        lines += now if reduced else [(), *now]
    if advice:
        lines += [(), *advice]
    return Body(
        stack(lines, height),
        list_top,
        drawn.list_height,
        drawn.keys,
        drawn.cursor,
        first=drawn.cursor.top,
        list_width=width,
    )


def waiting(view: View, width: int) -> list[Line]:
    """Instead of data: what is being waited for."""
    say = view.say
    if view.link.phase == "gone":
        reason = clean(view.link.reason or say("event.gone"))
        return [(), ((f"  {say('wait.gone')}", "crit"),), ((f"  {cut(reason, width - 2)}", "text"),)]
    return [(), ((f"  {say('wait.starting')}", "muted"),)]


def score_section(view: View, snapshot: Snapshot, width: int) -> list[Line]:
    """The score, and a line for each metric of it, worst first: what it costs, value, limit, course, since when."""
    say, glyphs, health = view.say, view.glyphs, snapshot.health
    role = health_role(health.level)
    word = say(f"level.{health.level}")
    title: Line = (
        (f"{say('screen.health')} ", "title"),
        (f"{health.score}/100 " if health.score is not None else "", role),
        (word, role),
    )
    right: Line = ()
    if any(value is not None for value in health.history):
        right = ((f"{say('health.hour')} ", "muted"), *sparkline(health.history, 20, glyphs, top=100))
    lines = [rule(title, right, width, stroke=glyphs.line)]
    return lines + [_metric_line(view, line, width) for line in health.lines]


def _metric_line(view: View, line: HealthLine, width: int) -> Line:
    say, glyphs = view.say, view.glyphs
    if line.value is None:
        role: Role = "muted"
        value, cost = say("health.no_data"), ""
    else:
        role = penalty_role(line.penalty)
        value = percent(line.value, digits=1) if line.unit == "%" else response(line.value)
        cost = f"-{line.penalty}" if line.penalty else "0"
    bound = percent(line.threshold) if line.unit == "%" else response(line.threshold)
    limit = say("health.min" if line.metric == "sync_success" else "health.max", value=bound)
    quiet: Role = "muted" if role in ("ok", "muted") else role
    spans: list[Span] = [
        (" ", "text"),
        mark(role, glyphs),
        (fit_right(cost, 4) + "  ", quiet),
        (fit(say(f"metric.{line.metric}"), 15), "text" if role != "muted" else "muted"),
        (fit_right(value, 8) + "  ", quiet if quiet != "muted" else "text"),
        (fit(limit, 11), "muted"),
    ]
    since = f"  {say('health.since', at=clock(line.since, view.zone))}" if line.since and line.penalty else ""
    room = min(60, width - 46 - 13)
    if room >= 8:
        top = 100.0 if line.unit == "%" and line.metric != "error_rate" else None
        spans.append((" ", "text"))
        spans += sparkline(line.history, room, glyphs, top=top, role="spark" if quiet == "muted" else quiet)
    if since and room >= 0:
        spans.append((since, "muted"))
    return tuple(spans)


def _plot_section(view: View, snapshot: Snapshot, width: int) -> list[Line]:
    say, glyphs = view.say, view.glyphs
    history = snapshot.health.history
    title: Line = ((say("health.score_hour"), "title"),)
    columns = min(60, width - 8)
    rows = plot(history, columns, 3, glyphs, top=100, is_bad=lambda score: score < 90)
    labels = ("100", "", "0")
    body_lines = [((f"{label:>5} ", "muted"), *row) for label, row in zip(labels, rows, strict=True)]
    axis = fit(say("health.hour_ago"), columns - cells(say("health.now"))) + say("health.now")
    return [rule(title, (), width, stroke=glyphs.line), *body_lines, ((f"      {axis}", "muted"),)]


def alerts_shown(snapshot: Snapshot) -> list[Alert]:
    """Open alerts in the order of the screen: worst first, then newest first."""
    worst = ("critical", "warning", "info", "ok")
    newest = sorted(snapshot.alerts, key=lambda alert: alert.opened_at, reverse=True)
    return sorted(newest, key=lambda alert: worst.index(alert.severity))


def _alerts_section(view: View, snapshot: Snapshot, width: int, height: int) -> Body:
    """Open alerts, the list of this screen, in `height` lines with its title."""
    say, glyphs = view.say, view.glyphs
    alerts = alerts_shown(snapshot)
    title: Line = (
        (f"{say('health.alerts')}  ", "title"),
        (say("health.open", count=len(alerts)), "warn" if alerts else "muted"),
    )
    lines = [rule(title, (), width, stroke=glyphs.line)]
    if not alerts:
        lines.append(((f"  {say('health.no_alerts')}", "muted"),))
        return Body(lines, list_height=max(0, height - 1))
    columns: list[Column[Alert]] = [
        Column("", 2, lambda alert: mark(severity_role(alert.severity), glyphs)),
        Column("", 5, lambda alert: (clock(alert.opened_at, view.zone), "muted")),
        Column("", 0, lambda alert: (clean(alert.message), "text")),
        Column("", 6, lambda alert: (age(view.seconds_since(alert.opened_at)), "muted"), "right"),
    ]
    rows = max(1, height - 1)
    keys = [alert.alert_id for alert in alerts]
    cursor = view.cursor.settled(keys, rows)
    lines += table(alerts, columns, cursor, width, rows, glyphs, header=False)
    return Body(lines, list_height=rows, keys=keys, cursor=cursor)


def now_section(view: View, snapshot: Snapshot, width: int) -> list[Line]:
    """What goes on: running syncs, each account, the engine."""
    say = view.say
    lines = [rule(((say("health.now_title"), "title"),), (), width, stroke=view.glyphs.line)]
    lines += sync_lines(view, snapshot.running, width)
    names = max((cells(clean(account.name)) for account in snapshot.accounts), default=0)
    for account in snapshot.accounts:
        role = account_role(account.status)
        name = fit(clean(account.name).upper(), min(names, 12))
        head: list[Span] = [(f"  {name} ", "strong"), mark(role, view.glyphs), (" ", "text")]
        if role == "crit":
            text = f"{say(f'account.{account.status}')}: {clean(account.message or '')}"
            lines.append((*head, (cut(text, width - names - 8), "crit")))
            continue
        text = say(
            "now.account", orders=grouped(account.orders), new=account.orders_new, offers=grouped(account.offers)
        )
        returns = say("now.account_rma", rma=grouped(account.rma))
        if cells(text + returns) <= width - names - 8:
            text += returns
        lines.append((*head, (cut(text, width - names - 8), "text")))
    if not snapshot.accounts:
        lines.append(((f"  {say('now.no_accounts')}", "warn"),))
    engine = snapshot.engine
    up, store, log = age(engine.uptime_seconds), size(engine.db_bytes), size(engine.wal_bytes)
    text = say("now.engine", pid=engine.pid, up=up, db=store, wal=log)
    lines.append((("  " + cut(text, width - 2), "muted"),))
    if not engine.schedules_on:
        lines.append(((f"  {say('now.schedules_off')}", "warn"),))
    return lines


def sync_lines(view: View, running: tuple[RunProgress, ...], width: int, *, most: int = 3) -> list[Line]:
    """A line for each running sync: what, bar, share, items, time left."""
    say, glyphs = view.say, view.glyphs
    if not running:
        return [((f"  {say('now.idle')}", "muted"),)]
    lines: list[Line] = []
    room = max(cells(items_of(run)) for run in running[:most])
    for run in running[:most]:
        what = fit(f"{say(f'resource.{run.resource}')} {clean(run.account).upper()}", 15)
        done = share_done(run)
        text = "   ?  " if done is None else f"{done * 100:4.0f} %"
        tail = f"{text}  {fit_right(items_of(run), room)}"
        if width >= 70 and run.eta_seconds is not None:
            tail += f"  {rate(run.items_per_second)}  {span(run.eta_seconds)}"
        bar_cells = max(6, min(28, width - 19 - 8 - room - (16 if width >= 70 else 1)))
        lines.append(
            (
                (f"  {what} ", "text"),
                *progress(done, bar_cells, glyphs),
                (" " + cut(tail, width - 19 - bar_cells), "text"),
            )
        )
    if len(running) > most:
        lines.append(((f"  {say('more', count=len(running) - most)}", "muted"),))
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


def _advice_lines(view: View, snapshot: Snapshot, width: int) -> list[Line]:
    """Why the score is what it is, and what to do, from its worst line."""
    say = view.say
    lines: list[Line] = []
    for line in snapshot.health.lines:
        if line.penalty and (line.cause or line.advice):
            if line.cause:
                lines.append(((f"  {say('health.why')} ", "muted"), (cut(clean(line.cause), width - 8), "text")))
            if line.advice:
                lines.append(((f"  {say('health.try')} ", "muted"), (cut(clean(line.advice), width - 8), "text")))
            break
    return lines


def _advice_section(view: View, snapshot: Snapshot, width: int, drawn: Body) -> list[Line]:
    """The alert under the cursor and what to do about it; without alerts, what the score says."""
    say = view.say
    title: Line = ((say("health.what_to_do"), "title"),)
    lines = [rule(title, (), width, stroke=view.glyphs.line)]
    if drawn.keys:
        alert = alerts_shown(snapshot)[drawn.cursor.index]
        role = severity_role(alert.severity)
        lines.append(((f"  {sign(role, view.glyphs)} ", role), (say(f"severity.{alert.severity}"), role)))
        lines += [((f"  {text}", "text"),) for text in wrapped(clean(alert.message), width - 2)]
        if alert.advice:
            lines += [((f"  {text}", "info"),) for text in wrapped(clean(alert.advice), width - 2)]
        return lines
    advice = _advice_lines(view, snapshot, width)
    return lines + (advice or [((f"  {say('health.nothing_to_do')}", "muted"),)])


def wrapped(text: str, width: int, *, most: int = 3) -> list[str]:
    """Text over at most `most` lines of `width` cells, broken between words."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        if current and cells(current) + 1 + cells(word) > width:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    if current:
        lines.append(current)
    if len(lines) > most:
        lines[most - 1] = f"{lines[most - 1]} {lines[most]}"
    return [cut(line, width) for line in lines[:most]]


def _events_section(view: View, width: int, height: int) -> list[Line]:
    """The latest events, newest first."""
    say = view.say
    lines = [rule(((say("health.events"), "title"),), (), width, stroke=view.glyphs.line)]
    for event in view.events[: max(0, height)]:
        role = severity_role(event.severity)
        lines.append(
            (
                (f"  {clock(event.at, view.zone)} ", "muted"),
                mark(role, view.glyphs),
                (f" {cut(event_text(event), width - 11)}", "text"),
            )
        )
    if len(lines) == 1:
        lines.append(((f"  {say('event.none')}", "muted"),))
    return lines
