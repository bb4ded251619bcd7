"""A row of the health screen explained: facts behind their words, in the room there is, with a plot where one fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.courses import drawn, metric_course
from magflow_tui.tui.views.diagnosis import Concern, Fact
from magflow_tui.tui.views.figures import age, day
from magflow_tui.tui.views.spans import Line, cells, cut, fit, rule, stack, wrapped

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import Snapshot

#: Lines of a plot in an opened row, its times included, from which on it is drawn.
LEAST_COURSE = 5
#: Lines that one fact takes at most, shortly and whole.
FACT_LINES, WHOLE_LINES = 4, 12
#: Which facts are left out first where there is little room: the last ones of this.
_FACTS_THAT_MATTER = (
    "why", "do", "set", "", "then", "try", "step", "what", "was", "state", "seen", "means", "so_far", "look", "now",
    "rule",
)  # fmt: skip
#: What the row itself says.
_ON_THE_ROW = frozenset({"now", "rule", "what", "so_far"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A row that is open, drawn. Of a long explanation `room` lines of `total` are in view, from `View.pane` on."""

    lines: list[Line]
    total: int = 0
    room: int = 0


def opened_section(view: View, snapshot: Snapshot, concern: Concern, width: int, height: int) -> Opened:
    """The row under the cursor, open, in `height` lines at most. An alert is told whole, page by page."""
    if concern.alert is None:
        return Opened(detail_section(view, snapshot, concern, width, height))
    facts = _fact_lines(view, concern.facts, width, None)
    room = max(1, height - 1)
    top = view.pane.top if view.pane.top < len(facts) else 0
    shown = facts[top : top + room]
    left = len(facts) - top - len(shown)
    more: Line = ((f"  {view.say('more', count=left)}", "text"),) if left else ()
    return Opened([_title(view, concern, width, more), *shown], len(facts), room)


def detail_section(
    view: View, snapshot: Snapshot, concern: Concern, width: int, height: int, *, course: bool = True
) -> list[Line]:
    """The row under the cursor explained in `height` lines at most, with its plot where there is room for one."""
    lines = [_title(view, concern, width)]
    lines += _fact_lines(view, concern.facts, width, max(1, height - 1))
    room = height - len(lines)
    shown = metric_course(view, snapshot, concern.metric) if course and concern.metric and not view.slow else None
    if shown is not None and room >= LEAST_COURSE:
        gap: list[Line] = [()] if room > LEAST_COURSE + 1 else []
        lines += [*gap, *drawn(view, shown, width, min(10, room - 1 - len(gap)), title=False)]
    return lines


def shortly_section(view: View, snapshot: Snapshot, concern: Concern, width: int, height: int) -> list[Line]:
    """The same without what its own row says already, unless it is read and not seen.

    Always as many lines, so that what stands below them stays where it is as the cursor moves.
    """
    told = _ON_THE_ROW if concern.role != "ok" else frozenset({"now"})
    more = tuple(fact for fact in concern.facts if fact.word not in told)
    shortly = concern if view.in_words or not more else replace(concern, facts=more, since=None)
    return stack(detail_section(view, snapshot, shortly, width, height, course=False), height)


def _title(view: View, concern: Concern, width: int, more: Line = ()) -> Line:
    # An alert's own words are its first fact.
    named = concern.title[:1].upper() + concern.title[1:]
    title: Line = ((cut(view.say("health.what_to_do") if concern.alert else named, max(8, width - 30)), "title"),)
    right: Line = ((_since(view, concern), "muted"),) if concern.since is not None else ()
    return rule(title, (*right, *more), width, stroke=view.glyphs.line)


def _since(view: View, concern: Concern) -> str:
    """Since when, and for how long; of what is over, from when until when."""
    say, alert = view.say, concern.alert
    if alert is not None and alert.closed_at is not None:
        begun, ended = (day(at, view.shown_at, view.zone) for at in (alert.opened_at, alert.closed_at))
        return f"{begun} - {ended}"
    since = say("health.since", at=day(concern.since, view.shown_at, view.zone))
    return f"{since} · {age(view.seconds_since(concern.since))}"


def _fact_lines(view: View, facts: Sequence[Fact], width: int, height: int | None) -> list[Line]:
    """Facts, each behind its word and in full, as many as there is room for: those that matter most. None: all."""
    words = [_word(view, fact) for fact in facts]
    margin = max((cells(word) for word in words), default=0) + 4
    texts: dict[int, list[str]] = {}
    room = 10_000 if height is None else height
    most = FACT_LINES if height is not None else WHOLE_LINES
    for place, fact in sorted(enumerate(facts), key=lambda each: _FACTS_THAT_MATTER.index(each[1].word)):
        if room > 0:
            texts[place] = wrapped(fact.text, width - margin, most=min(room, most))
            room -= len(texts[place])
    lines: list[Line] = []
    for place, fact in enumerate(facts):
        for index, text in enumerate(texts.get(place, ())):
            word = words[place] if index == 0 else ""
            lines.append(((f"  {fit(word, margin - 4)}  ", "muted"), (text, fact.role)))
    return lines


def _word(view: View, fact: Fact) -> str:
    if fact.number:
        return f"{fact.number}."
    return view.say(f"fact.{fact.word}") if fact.word else ""
