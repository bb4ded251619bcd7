"""About this dashboard: what it is, what it looks at, in which zone its times are."""

from __future__ import annotations

from dataclasses import dataclass

from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.figures import size, span, wall
from magflow_tui.tui.views.spans import Line, clean, clip, cut, fit, rule, stack


@dataclass(frozen=True, slots=True)
class Facts:
    """What a view does not know of the dashboard: its version, the data folder, theme, language and keys by name."""

    version: str
    folder: str | None
    theme: str
    language: str
    preset: str
    read_only: bool


def zone_name(view: View) -> str:
    """The zone in which times are shown: name and offset."""
    local = wall(view.now, view.zone)
    offset = local.strftime("%z")
    return clean(f"{local.tzname()} (UTC{offset[:3]}:{offset[3:]})")


def facts(view: View, known: Facts) -> list[tuple[str, str]]:
    """Label and value, in the order they are shown."""
    say, snapshot, cost = view.say, view.snapshot, view.link_cost
    lines = [
        (say("about.version"), f"MagFlow {known.version}"),
        (say("about.zone"), zone_name(view)),
        (say("about.folder"), clean(known.folder or say("about.unknown"))),
    ]
    if snapshot is not None:
        engine = snapshot.engine
        lines.append(
            (
                say("about.engine"),
                say("about.engine_is", version=clean(engine.version), pid=engine.pid, up=span(engine.uptime_seconds)),
            )
        )
        lines.append((say("about.store"), say("about.store_is", db=size(engine.db_bytes), wal=size(engine.wal_bytes))))
    else:
        lines.append((say("about.engine"), say("status.no_engine")))
    if cost is not None:
        spared = say("about.spared") if cost.slow else say("about.not_spared")
        trip = "" if cost.round_trip_ms is None else f" · {cost.round_trip_ms:.0f} ms"
        lines.append((say("about.link"), f"{cost.kb_per_second:.1f} KB/s{trip} · {spared}"))
    lines.append((say("about.look"), f"{known.theme} · {known.language} · {known.preset}"))
    lines.append((say("about.personal"), say("about.clear" if view.reveal else "about.masked")))
    lines.append((say("about.changes"), say("about.read_only" if known.read_only else "about.may_change")))
    return lines


def lines_of(view: View, known: Facts, width: int) -> list[Line]:
    """The facts under their title."""
    title: Line = ((view.say("about.title"), "title"),)
    lines: list[Line] = [rule(title, (), width, stroke=view.glyphs.line)]
    for label, value in facts(view, known):
        lines.append(((f"  {fit(label, 17)} ", "muted"), (cut(value, max(0, width - 21)), "text")))
    return lines


def body(view: View, known: Facts, width: int, height: int) -> Body:
    """The facts alone."""
    return Body(stack([clip(line, width) for line in lines_of(view, known, width)], height))
