"""How a runbook is written down: every sentence in both languages, side by side."""

from __future__ import annotations

from magflow_tui.contract.alerts import CauseKind, Runbook
from magflow_tui.rules.findings import Words


def runbook(code: str, title: Words, meaning: Words, *steps: Words, cause: CauseKind | None = None) -> Runbook:
    """A runbook of a code; of a kind of cause where the way is another than for the rest."""
    return Runbook(
        code=code,
        cause=cause,
        title=title.en,
        title_ro=title.ro,
        meaning=meaning.en,
        meaning_ro=meaning.ro,
        steps=tuple(step.en for step in steps),
        steps_ro=tuple(step.ro for step in steps),
    )
