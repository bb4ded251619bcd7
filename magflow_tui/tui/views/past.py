"""In the place of a screen: that nothing was recorded at the past minute, or that the screen has no past."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from magflow_tui.tui.views.context import PastShown, ScreenName, View
from magflow_tui.tui.views.figures import day, later
from magflow_tui.tui.views.spans import Line, cut, wrapped

#: Screens of which the past is recorded.
RECORDED: Final[frozenset[ScreenName]] = frozenset({"health", "limits", "sync", "api"})


def instead(view: View, past: PastShown, width: int) -> list[Line]:
    """What stands there instead of the screen; nothing where the screen itself is drawn."""
    if view.screen not in RECORDED:
        said = view.say("past.not_here", screen=view.say(f"screen.{view.screen}"))
        return [*_paragraph(said, width), (), _way(view.say("past.to_live"), width)]
    return _gap(view, past, width) if past.gap else []


def _gap(view: View, past: PastShown, width: int) -> list[Line]:
    """Nothing was recorded: from when until when, and the ways on."""
    say = view.say
    lines: list[Line] = [(), ((f"  {cut(say('past.nothing_at', at=_at(view, past.minute)), width - 2)}", "warn"),)]
    lines += _paragraph(_why(view, past), width)
    lines.append(())
    if past.earlier is not None:
        lines.append(_way(say("past.to_earlier", at=_at(view, past.earlier)), width))
    if past.later is not None:
        lines.append(_way(say("past.to_later", at=_at(view, past.later)), width))
    return [*lines, _way(say("past.to_live"), width)]


def _why(view: View, past: PastShown) -> str:
    say = view.say
    begun = None if past.earlier is None else _at(view, later(past.earlier, 60))
    if begun is not None and past.later is not None:
        return say("past.gap", begun=begun, ended=_at(view, past.later))
    if begun is not None:
        return say("past.gap_since", begun=begun)
    return say("past.gap_before", ended=_at(view, past.later)) if past.later is not None else say("past.nothing_yet")


def _at(view: View, minute: datetime) -> str:
    return day(minute, view.now, view.zone)


def _paragraph(text: str, width: int) -> list[Line]:
    return [(), *(((f"  {part}", "text"),) for part in wrapped(text, width - 4))]


def _way(text: str, width: int) -> Line:
    return ((f"  {cut(text, width - 2)}", "key"),)
