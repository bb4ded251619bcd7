"""The four lines around every screen: status, tabs, last event, hints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.concerns import new_count, trouble_count
from magflow_tui.tui.views.context import SCREENS, View
from magflow_tui.tui.views.diagnosis import health_of, troubled_accounts
from magflow_tui.tui.views.figures import clock, day, link_cost, span
from magflow_tui.tui.views.levels import health_role, severity_role, sign, use_role
from magflow_tui.tui.views.spans import Line, Role, Span, cells, clean, clip, cut, line_cells, spread

if TYPE_CHECKING:
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.snapshot import AccountState

#: Below this the frame is reduced: no tabs, shorter status.
REDUCED_CELLS, REDUCED_ROWS = 60, 16
#: From this width on the status line also says what the line to the terminal carries, and the tabs how many of the
#: alerts are new.
COST_CELLS = TOLD_CELLS = 120


def is_reduced(width: int, height: int) -> bool:
    """Whether only status and list have room."""
    return width < REDUCED_CELLS or height < REDUCED_ROWS


def pool_uses(view: View) -> list[tuple[str, float]]:
    """The highest minute use (0..1) of each pool kind over the shown accounts, in the snapshot's order."""
    uses: dict[str, float] = {}
    for pool in view.pools:
        share = pool.minute_used / pool.minute_limit if pool.minute_limit else 0.0
        uses[pool.pool] = max(uses.get(pool.pool, 0.0), share)
    return list(uses.items())


def account_title(view: View) -> str:
    """The chosen account in capitals, or the word for all of them."""
    if view.account is not None:
        return clean(view.account).upper()
    accounts = view.snapshot.accounts if view.snapshot else ()
    if len(accounts) == 1:
        return clean(accounts[0].name).upper()
    return view.say("status.all_accounts", count=len(accounts)) if accounts else ""


def _state(view: View, width: int) -> Line:
    """The right end of the status line: whether what is shown is live, what the line carries, the time in minutes."""
    say, link = view.say, view.link
    cost = view.link_cost
    if cost is not None and width >= COST_CELLS:
        carries: Span = (f"  {link_cost(cost.kb_per_second, cost.round_trip_ms)}", "warn" if cost.slow else "muted")
    else:
        carries = ("", "muted")
    time = clock(view.now, view.zone)
    if view.past is not None or view.going_to is not None:
        return ((f" {_past_minute(view)}", "prompt"), (f"  {time} ", "text"))
    if view.frozen_at is not None:
        frozen = say("status.frozen", at=clock(view.frozen_at, view.zone, seconds=True))
        missed = f" +{view.missed}" if view.missed else ""
        return ((f" {frozen}{missed} ", "selected"), carries, (f"  {time} ", "text"))
    if link.phase == "live":
        live: Span = (say("status.slow"), "warn") if view.slow else (say("status.live"), "muted")
        return (live, carries, (f"  {time} ", "text"))
    if link.phase == "starting":
        return ((say("status.starting"), "stale"), carries, (f"  {time} ", "text"))
    word = say("status.stale", age=span(link.age)) if link.age is not None else say("status.no_engine")
    role: Role = "alarm" if link.phase == "gone" else "stale"
    return ((f"{view.glyphs.stale} {word}", role), carries, (f"  {time} ", "text"))


def _past_minute(view: View) -> str:
    """The past minute that is meant, its date too when it is of another day; with dots until it has been read."""
    minute = view.going_to or (view.past.minute if view.past is not None else None)
    text = view.say("status.past", at=day(minute, view.now, view.zone))
    return text + (" " if view.going_to is None else "…")


def status_line(view: View, width: int) -> Line:
    """Row 1: account, score, sync, pools, live or frozen, clock."""
    state = _state(view, width)
    account = account_title(view)
    brand: Span = (" MagFlow ", "brand")
    whose: list[Span] = [(f" {account}", "strong")] if account else []
    room = width - line_cells(state) - 2
    # In words, else in short, else without the account: the score is what a screen must show.
    for wide, begin in ((True, [brand, *whose]), (False, [brand, *whose]), (False, [brand])):
        line, complete = list(begin), True
        for part in _status_parts(view, wide=wide):
            longer: list[Span] = [*line, (f" {view.glyphs.divider} " if wide else "  ", "muted"), *part]
            if line_cells(tuple(longer)) > room:
                complete = False
                break
            line = longer
        if complete or (not wide and len(line) > len(begin)):
            break
    return spread(tuple(line), state, width)


def _status_parts(view: View, *, wide: bool) -> list[list[Span]]:
    """What the status line says between account and clock, in words or in short."""
    say, snapshot, glyphs = view.say, view.snapshot, view.glyphs
    if snapshot is None:
        return []
    health = health_of(view, snapshot)
    role = health_role(health.level)
    word = say(f"level.{health.level}").upper()
    score = "" if health.score is None else f" {health.score}"
    level: Span = (f"{sign(role, glyphs)} {word}{score}", role)
    failed = sum(1 for run in snapshot.recent_runs if run.result == "failed")
    parts: list[list[Span]] = [[level]]
    troubled = troubled_accounts(view, snapshot)
    if troubled:
        parts.append([(f"{glyphs.crit} {_trouble(view, troubled, wide=wide)}", "crit")])
    if wide:
        running = say("status.running", count=len(snapshot.running))
        parts.append([(f"{running} ", "text"), (say("status.failed", count=failed), "crit" if failed else "text")])
    else:
        parts.append(
            [
                (f"sync {len(snapshot.running)}{glyphs.run} ", "text"),
                (f"{failed}{glyphs.crit}", "crit" if failed else "text"),
            ]
        )
    uses: list[Span] = []
    for name, share in pool_uses(view):
        use = use_role(share)
        label = say(f"pool.{name}") if wide else say(f"pool_short.{name}")
        # Of one width whatever the share, so that nothing behind it moves; in short but for the rare 100 %.
        text = f"{label} {share * 100:3.0f} %" if wide else f"{label} {share * 100:2.0f}%"
        if wide:
            text += "" if use == "ok" else f" {sign(use, glyphs)}"
        else:
            text += " " if use == "ok" else sign(use, glyphs)
        if uses and wide:
            uses.append((f" {glyphs.dot} ", "muted"))
        uses.append((text, "text" if use == "ok" else use))
    if uses:
        parts.append(uses)
    if wide:
        hits = sum(pool.hits for pool in view.pools)
        parts.append([(say("status.hits", count=hits), "warn" if hits else "text")])
    if view.read_only:
        parts.append([(say("status.read_only"), "info")])
    if view.scenario:
        parts.append([(say("status.scenario", name=clean(view.scenario)), "info")])
    return parts


def _trouble(view: View, troubled: Sequence[AccountState], *, wide: bool) -> str:
    """Which accounts the marketplace does not serve, and why: no names where it is all of them."""
    say = view.say
    known = len(view.snapshot.accounts) if view.snapshot else 0
    statuses = dict.fromkeys(account.status for account in troubled)
    whys = " / ".join(say(f"account.{status}") if wide else say(f"account_short.{status}") for status in statuses)
    if view.account is not None or len(troubled) == known:
        return whys
    few = len(troubled) <= 2
    names = " ".join(clean(account.name).upper() for account in troubled) if few else f"{len(troubled)}/{known}"
    return f"{names}: {whys}"


def tabs_line(view: View, width: int) -> tuple[Line, list[tuple[int, int, str]]]:
    """Row 2: the screens and the open alerts; and where each screen's name stands, `(first, end, screen)` in cells."""
    say = view.say
    counts: dict[str, int] = {}
    alerts = new = 0
    if view.snapshot is not None:
        counts["orders"] = sum(
            account.orders_new for account in view.snapshot.accounts if view.account in (None, account.name)
        )
        alerts, new = trouble_count(view, view.snapshot), new_count(view, view.snapshot)
    right_role: Role = "warn" if new else "muted"
    told = say("tabs.alerts_new", count=alerts, new=new) if width >= TOLD_CELLS else say("tabs.alerts", count=alerts)
    right: Line = ((told + " ", right_role),) if view.snapshot else ()
    places: list[tuple[int, int, str]] = []
    line: list[Span] = []
    names = {name: say(f"screen.{name}") + (f"({counts[name]})" if counts.get(name) else "") for name in SCREENS}
    full = sum(cells(name) + 4 for name in names.values()) + line_cells(right) + 2 <= width
    short = {name: say(f"screen_short.{name}") for name in SCREENS} | {view.screen: names[view.screen]}
    if sum(cells(name) + 4 for name in short.values()) + line_cells(right) + 1 > width:
        short[view.screen] = say(f"screen.{view.screen}")
    at = 0
    for number, name in enumerate(SCREENS, 1):
        label = (names if full else short)[name]
        active = name == view.screen
        text = f"[{number} {label}]" if active else f" {number} {label} "
        line.append((text, "tab_active" if active else "tab"))
        places.append((at, at + cells(text), name))
        at += cells(text)
    return spread(tuple(line), right, width), places


def event_text(event: Event) -> str:
    """An event's message, and whose it is where the message does not say."""
    message, account = clean(event.message), clean(event.account or "")
    return message if not account or account.lower() in message.lower() else f"{account.upper()}: {message}"


def event_line(view: View, width: int, note: tuple[str, Role] | None) -> Line:
    """Row H-1: what the operator was just told, or trouble with the engine, or the last event."""
    say = view.say
    if note is not None:
        return clip(((f" {cut(note[0], width - 2)}", note[1]),), width)
    link = view.link
    if view.frozen_at is not None or view.going_to is not None:
        return clip(_held(view, width), width)
    if link.phase == "starting":
        return clip(((" " + say("event.starting"), "stale"),), width)
    if link.phase == "gone":
        reason = clean(link.reason or say("event.gone"))
        return clip(((" " + cut(say("event.retrying", reason=reason), width - 2), "crit"),), width)
    if link.phase == "stale":
        return clip(((" " + say("event.stale", age=span(link.age)), "stale"),), width)
    event = view.snapshot.last_event if view.snapshot else None
    if event is None:
        return clip(((" " + say("event.none"), "muted"),), width)
    role = severity_role(event.severity)
    return clip(
        (
            (f" {clock(event.at, view.zone, seconds=True)} ", "muted"),
            (f"{sign(role, view.glyphs)} ", role),
            (cut(event_text(event), width - 14), "text" if role in ("ok", "muted") else role),
        ),
        width,
    )


def _held(view: View, width: int) -> Line:
    """That it is not the present that is shown, and how to get back to it."""
    say, link = view.say, view.link
    if link.phase == "gone":
        reason = clean(link.reason or say("event.gone"))
        return ((" " + cut(say("event.held_gone", reason=reason), width - 2), "crit"),)
    if view.past is None and view.going_to is None:
        text = say("event.frozen", at=clock(view.frozen_at, view.zone, seconds=True))
    else:
        text = say("event.gap" if view.past is not None and view.past.gap else "event.past")
    return ((f" {cut(text, width - 2)}", "info"),)


def hints_line(hints: Sequence[tuple[str, str]], width: int) -> Line:
    """Row H: keys and what they do now, as many as fit; the last one (help) always does."""
    line: list[Span] = [(" ", "muted")]
    room = width - 1
    kept = list(hints[:8])
    sizes = [cells(key) + 1 + cells(title) + 2 for key, title in kept]
    while len(kept) > 1 and sum(sizes) > room:
        del kept[-2], sizes[-2]
    for key, title in kept:
        line += [(key, "key"), (f" {title}  ", "muted")]
    return clip(tuple(line), width)


def prompt_line(question: str, choices: Sequence[tuple[str, str]], width: int) -> Line:
    """Row H-1 while something is asked: the question, and the keys that answer it.

    Keys stand in brackets and share one colour with their titles: a prompt is to cost little.
    """
    # A question that leaves no room for its answers is cut: without them it could not be answered.
    whole = sum(cells(key) + cells(title) + 5 for key, title in choices)
    question = cut(question, max(1, width - 4 - min(whole, width // 3)))
    room = width - cells(question) - 4
    longest = max((cells(title) for _, title in choices), default=0)
    # Every key stays in sight: titles are cut before any of them is left out.
    while True:
        answers = "  ".join(f"[{key}] {cut(title, longest)}" for key, title in choices)
        if cells(answers) <= room or longest <= 1:
            return clip(((f" {question} ", "prompt"), (f"  {answers}", "key")), width)
        longest -= 1
