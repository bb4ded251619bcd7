"""Notices that reach an operator who looks elsewhere: bell, desktop notification, window title; when, and how coded.

Which notification sequence a terminal knows cannot be asked for, only told from its environment; over SSH that often
holds nothing. A terminal that does not know a sequence ignores it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from magflow_tui.tui.output.passthrough import BEL, ESC, Multiplexer, through
from magflow_tui.tui.views.levels import health_role, sign
from magflow_tui.tui.views.spans import clean, cut

if TYPE_CHECKING:
    from magflow_tui.contract.events import Severity
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.views.context import Say
    from magflow_tui.tui.views.glyphs import Glyphs

#: How a terminal is told: `osc9` iTerm2, WezTerm, ConEmu, Windows Terminal, ghostty; `osc777` urxvt, foot, VTE; `osc99`
#: kitty.
Dialect = Literal["osc9", "osc777", "osc99"]

#: Seconds between two notices of one severity.
QUIET_SECONDS = 600.0
#: Cells of a title and of a notification's text.
TITLE_CELLS, TEXT_CELLS = 80, 200

#: Push the window's title on the terminal's stack, and take it from there.
PUSH_TITLE, POP_TITLE = f"{ESC}[22;2t", f"{ESC}[23;2t"

_BY_PROGRAM: Mapping[str, Dialect] = {"iTerm.app": "osc9", "WezTerm": "osc9", "ghostty": "osc9"}
_BY_TERM: tuple[tuple[str, Dialect], ...] = (
    ("xterm-kitty", "osc99"),
    ("xterm-ghostty", "osc9"),
    ("rxvt", "osc777"),
    ("foot", "osc777"),
)


def dialect_of(environ: Mapping[str, str]) -> Dialect:
    """The notification sequence to use: by the terminal's name, else the one that most terminals know."""
    program = environ.get("LC_TERMINAL") or environ.get("TERM_PROGRAM", "")
    if program == "iTerm2":
        return "osc9"
    if program in _BY_PROGRAM:
        return _BY_PROGRAM[program]
    if environ.get("KITTY_WINDOW_ID"):
        return "osc99"
    if environ.get("ConEmuPID") or environ.get("WT_SESSION"):
        return "osc9"
    if environ.get("VTE_VERSION"):
        return "osc777"
    term = environ.get("TERM", "")
    return next((dialect for start, dialect in _BY_TERM if term.startswith(start)), "osc9")


def notification(title: str, text: str, dialect: Dialect, multiplexer: Multiplexer = None) -> str:
    """A desktop notification. Text from data may be in it: what steers a terminal is taken out, `;` cannot split it."""
    title, text = _told(title), cut(_told(text), TEXT_CELLS)
    if dialect == "osc777":
        inner = f"777;notify;{title.replace(';', ',')};{text.replace(';', ',')}"
    elif dialect == "osc99":
        inner = f"99;;{title}: {text}"
    else:
        # A text that began with a digit and `;` would be taken for ConEmu's other commands of the same number.
        inner = f"9;{title}: {text}"
    return through(f"{ESC}]{inner}{BEL}", multiplexer)


def window_title(text: str) -> str:
    """The window's title. Multiplexers take it themselves."""
    return f"{ESC}]2;{cut(_told(text), TITLE_CELLS)}{BEL}"


def title_of(snapshot: Snapshot, say: Say, glyphs: Glyphs) -> str:
    """`MagFlow ▲ warning 60, alerts 2`: what a row of windows is to tell. Changes with score and alerts alone.

    Alerts that were taken note of, or muted, are not counted.
    """
    health = snapshot.health
    score = "" if health.score is None else f" {health.score}"
    level = f"{sign(health_role(health.level), glyphs)} {say(f'level.{health.level}')}{score}"
    new = sum(1 for alert in snapshot.alerts if alert.state == "new")
    alerts = f", {say('tabs.alerts', count=new)}" if new else ""
    return glyphs.fold(f"MagFlow {level}{alerts}")


def _told(text: str) -> str:
    """Safe text for between two control codes."""
    return clean(text).strip()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices the operator wants: settings `ui.bell`, `ui.notify` and `ui.title`."""

    bell: bool = True
    notify: bool = True
    title: bool = True


class Rationing:
    """When a notice may be sent: the first of a severity at once, then at most one in ten minutes. `now` in seconds."""

    def __init__(self) -> None:
        self._sent: dict[Severity, float] = {}

    def permits(self, severity: Severity, now: float) -> bool:
        """Whether a notice of this severity goes out now; it then counts as sent."""
        last = self._sent.get(severity)
        if last is not None and now - last < QUIET_SECONDS:
            return False
        self._sent[severity] = now
        return True
