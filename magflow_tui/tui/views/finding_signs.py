"""How grave a finding is and what became of it, as sign, letter and word: never colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.figures import day
from magflow_tui.tui.views.spans import Role, clean

if TYPE_CHECKING:
    from magflow_tui.contract.findings import Finding, FindingSeverity
    from magflow_tui.tui.views.context import View
    from magflow_tui.tui.views.glyphs import Glyphs

#: Gravest first.
SEVERITIES: tuple[FindingSeverity, ...] = ("error", "warning", "info")
_ROLES: Mapping[str, Role] = {"error": "crit", "warning": "warn", "info": "info"}
_LETTERS: Mapping[str, str] = {"error": "E", "warning": "W", "info": "I"}


def severity_sign(severity: str | None, glyphs: Glyphs) -> tuple[str, Role]:
    """Sign and role of a severity; one that is not known is a warning."""
    role = _ROLES.get(severity or "", "warn")
    return {"crit": glyphs.crit, "warn": glyphs.warn}.get(role, glyphs.dot), role


def severity_letter(severity: str) -> str:
    """`E`, `W` or `I`, in front of a finding's number."""
    return _LETTERS.get(severity, "W")


def gravest(findings: tuple[Finding, ...]) -> str:
    """The gravest severity among findings, of which there is at least one."""
    return min((found.severity for found in findings), key=SEVERITIES.index)


def message_of(view: View, finding: Finding) -> str:
    """What is wrong, in the language of the screen."""
    return of_two(view.say, finding.message, finding.message_ro)


def state_words(view: View, finding: Finding) -> str:
    """`ignored until 03-21 12:00 · ana`; empty for a finding that is simply open."""
    if finding.state == "open":
        return ""
    say = view.say
    word = say(f"finding_state.{finding.state}")
    if finding.until is not None:
        word = say("finding_state.until", state=word, at=day(finding.until, view.shown_at, view.zone))
    return f"{word} · {clean(finding.changed_by)}" if finding.changed_by else word
