"""The findings of an order: what is wrong and where, what became of each, and what can be done about the one meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.finding_signs import SEVERITIES, message_of, severity_letter, severity_sign, state_words
from magflow_tui.tui.views.masking import hider, hides
from magflow_tui.tui.views.remembered import Remembered
from magflow_tui.tui.views.spans import Line, cells, clean, cut, wrapped

if TYPE_CHECKING:
    from magflow_tui.contract.findings import Finding
    from magflow_tui.contract.records import OrderDetail
    from magflow_tui.tui.views.context import View

#: Cells before what is said of a finding on lines of its own.
INDENT = 5
#: Made once for an order, however often it is drawn.
_HIDER: Remembered[Mapping[str, object], Callable[[str], str]] = Remembered(hider)
#: States in which a finding is off the operator's desk.
AWAY = ("ignored", "snoozed")


def ranked(detail: OrderDetail) -> list[Finding]:
    """The findings of an order as they are shown: those on the desk first, gravest first, then by place."""
    return sorted(
        detail.findings, key=lambda found: (found.state in AWAY, SEVERITIES.index(found.severity), found.path)
    )


def finding_lines(view: View, detail: OrderDetail, width: int) -> tuple[list[Line], list[int]]:
    """The findings of an order, and at which of the lines each begins."""
    found = ranked(detail)
    if not found:
        return [((f"  {view.say('findings.none')}", "muted"),)], []
    hidden = hiding(view, detail)
    lines: list[Line] = [((f"  {cut(_counts(view, found), width - 2)}", "muted"),)]
    stops: list[int] = []
    meant = min(view.pane.item, len(found) - 1)
    for number, finding in enumerate(found, 1):
        stops.append(len(lines))
        lines += _finding(view, finding, number, width, hidden, meant=number - 1 == meant)
    return lines, stops


def hiding(view: View, detail: OrderDetail) -> Callable[[str], str]:
    """Takes out of what is said of an order what may not be seen."""
    return (lambda text: text) if view.reveal else _HIDER(detail.order)


def _counts(view: View, found: list[Finding]) -> str:
    """`1 error · 2 warnings · 1 ignored`."""
    say = view.say
    desk = [finding for finding in found if finding.state not in AWAY]
    parts = [
        say(f"findings.{severity}", count=count)
        for severity in SEVERITIES
        if (count := sum(1 for finding in desk if finding.severity == severity))
    ]
    parts += [
        f"{say(f'finding_state.{state}')}: {count}"
        for state in AWAY
        if (count := sum(1 for finding in found if finding.state == state))
    ]
    return " · ".join(parts)


def _finding(
    view: View, finding: Finding, number: int, width: int, hidden: Callable[[str], str], *, meant: bool
) -> list[Line]:
    say = view.say
    sign, role = severity_sign(finding.severity, view.glyphs)
    away = finding.state in AWAY
    here = view.glyphs.cursor if meant and view.pane.focused else " "
    head = f"{here} {sign} {severity_letter(finding.severity)}{number} {clean(finding.rule)}"
    message = hidden_message(view, finding, hidden)
    fits = cells(head) + cells(message) + 3 <= width
    first, said = (message, []) if fits else ("", wrapped(message, width - INDENT - 1))
    if here.strip():
        lines: list[Line] = [((cut(f"{head}  {first}", width), "selected"),)]
    else:
        lines = [((f"{head}  ", "muted" if away else role), (first, "muted" if away else "text"))]
    lines += [((f"{' ' * INDENT}{text}", "muted" if away else "text"),) for text in said]
    state = state_words(view, finding)
    if state:
        lines.append(((f"{' ' * INDENT}{cut(state, width - INDENT - 1)}", "info"),))
    if meant:
        place = finding.path if finding.value is None else f"{finding.path} = {_value(view, finding)}"
        expected = of_two(say, finding.expected, finding.expected_ro)
        where = say("finding.where", place=hidden(clean(place)), expected=expected)
        lines += [((" " * INDENT + text, "muted"),) for text in wrapped(where, width - INDENT - 1, most=2)]
        advice = say("finding_try.away" if away else f"finding_try.{finding.severity}")
        lines.append(((f"{' ' * INDENT}{cut(advice, width - INDENT - 1)}", "info"),))
    return lines


def hidden_message(view: View, finding: Finding, hidden: Callable[[str], str]) -> str:
    """The sentence of a finding as it may be seen: what it quotes of a person is hidden with what the order hides."""
    text = message_of(view, finding)
    if view.reveal:
        return text
    return hides(hidden(text), finding.path, finding.value)


def _value(view: View, finding: Finding) -> str:
    value = finding.value or ""
    return value if view.reveal else hides(value, finding.path, finding.value)
